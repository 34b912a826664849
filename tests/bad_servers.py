"""Misbehaving servers on loopback: each reply is the bytes to send, or a function of the connection."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from geopy.geocoders import Nominatim

from geostrike.places.geocoders import USER_AGENT

Reply = bytes | Callable[[socket.socket], None]


@dataclass
class Server:
    """A server on loopback that records requests and their times, and sends its replies, the last one repeatedly."""

    replies: list[Reply]
    heads: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._answer, args=(self.listening.accept()[0],), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (read := connection.recv(65_536)):
                head += read
            if not head:
                return
            self.heads.append(head.decode("latin-1"))
            self.times.append(time.monotonic())
            reply = self.replies[min(len(self.heads), len(self.replies)) - 1]
            if callable(reply):
                reply(connection)
            else:
                connection.sendall(reply)

    @property
    def asked(self) -> list[str]:
        """Return the names in the requests."""
        return [parse_qs(urlsplit(head.split()[1]).query)["q"][0] for head in self.heads]

    def geocoder(self, timeout: float | None = 2, **options: object) -> Nominatim:
        address = {"domain": f"127.0.0.1:{self.port}", "scheme": "http"}
        return Nominatim(**(address | {"user_agent": USER_AGENT, "timeout": timeout} | options))

    def close(self) -> None:
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()


def http(body: str | bytes, status: int = 200, /, length: int | None = None, **headers: str) -> bytes:
    """Build an HTTP response; names of headers are written with underscores."""
    content = body if isinstance(body, bytes) else body.encode()
    fields = {"Content-Type": "application/json", "Content-Length": str(len(content) if length is None else length)}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Word\r\n{lines}Connection: close\r\n\r\n".encode("latin-1") + content


def places(*points: object, **more: object) -> str:
    """Build a response of Nominatim."""
    return json.dumps([{"lat": lat, "lon": lon, "display_name": f"place at {lat}"} | more for lat, lon in points])


def drip(head: bytes, piece: bytes = b" ", seconds: float = 0.02) -> Callable[[socket.socket], None]:
    """Send the head, then a piece now and then until the connection closes, ten seconds at most."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(int(10 / seconds)):
            connection.sendall(piece)
            time.sleep(seconds)

    return send


def flood(head: bytes, megabytes: int = 200) -> Callable[[socket.socket], None]:
    """Send far too much."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(megabytes):
            connection.sendall(b" " * 1_000_000)

    return send


def silence(connection: socket.socket) -> None:
    """Send nothing until the connection closes, ten seconds at most."""
    connection.settimeout(10)
    connection.recv(1)


def reset(connection: socket.socket) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def bomb() -> bytes:
    """Build a response of 50 kB that decompresses to 50 MB."""
    return http(gzip.compress(b" " * 50_000_000, 6), Content_Encoding="gzip")

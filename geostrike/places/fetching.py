"""Fetch a service's answer over HTTP within limits of time, size and redirects: an adapter for geopy.

geopy's own adapters read a body of any size, wait for as long as a server goes on dripping bytes, repeat a broken
connection at once, and follow any redirect with all headers. This one takes their place.
"""

from __future__ import annotations

import codecs
import ipaddress
import json
import math
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any, NoReturn, cast
from urllib.error import URLError
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter, _normalize_proxies
from geopy.exc import GeocoderParseError, GeocoderServiceError

from geostrike.errors import InputError

__all__ = ["BoundedAdapter", "FetchError", "Limits", "StatusError", "named_wait"]

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PASSING = frozenset((408, 425, 429))
_CHARSETS = frozenset(("utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "cp1251", "cp1252", "koi8-r", "koi8-u"))
_CHUNK = 65_536
_LONGEST_COMPLAINT = 65_536
_LOOPBACK, _PRIVATE, _PUBLIC = range(3)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one question to a service may cost, and how long answers are kept.

    Parameters
    ----------
    total_seconds
        Longest time for one name, with all tries and the waits between them; waiting for one's turn, at most a pause,
        comes on top. A single try is bounded by the geocoder's own `timeout`, too.
    answer_bytes
        Largest answer, also after unpacking a compressed one.
    redirects
        Most redirects of one try.
    tries
        Most tries for one name.
    found_days, none_days
        How long a found place, and an answer that there is none, are remembered. A failure is never remembered.

    Raises
    ------
    InputError
        When one is no number, or below 0, or the time, the size or the tries are 0.

    Examples
    --------
    >>> Limits(total_seconds=5).tries
    3
    """

    total_seconds: float = 30.0
    answer_bytes: int = 2_000_000
    redirects: int = 3
    tries: int = 3
    found_days: float = 365.0
    none_days: float = 7.0

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if not known or value < 0 or (value == 0 and name in ("total_seconds", "answer_bytes", "tries")):
                msg = f"{name} is {value!r}; write a number above 0"
                raise InputError(msg)
        for name in ("answer_bytes", "redirects", "tries"):
            if getattr(self, name) != int(getattr(self, name)):
                msg = f"{name} is {getattr(self, name)!r}; write a whole number"
                raise InputError(msg)


class FetchError(GeocoderServiceError):  # type: ignore[misc]  # geopy has no types
    """An exchange without an answer; `passing` says whether asking again may help."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


class StatusError(AdapterHTTPError):  # type: ignore[misc]
    """A status that is no success; `passing` says whether asking again may help, `wait` what the server asks for."""

    def __init__(self, status: int, headers: Message, text: str) -> None:
        # Without its headers: geopy would read the waiting time from them, and trips over some.
        super().__init__(f"HTTP status {status}", status_code=status, headers={}, text=text)
        self.passing = status >= 500 or status in _PASSING
        self.wait = named_wait(headers.get("Retry-After"))


def named_wait(header: str | None) -> float | None:
    """The seconds to wait that a Retry-After names as a number or a date; None where it names none above 0.

    Examples
    --------
    >>> named_wait("120"), named_wait("-5"), named_wait("soon")
    (120.0, None, None)
    """
    text = (header or "").strip()[:100]
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            seconds = (aware - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    return min(seconds, 1e9) if seconds > 0 else None


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]
    """One question's way to the server: everything ends at the deadline, and what is too large is not read.

    Parameters
    ----------
    proxies, ssl_context
        As geopy's geocoders hold them.
    limits
        Size of an answer and number of redirects.
    deadline
        When all must have ended, by `time.monotonic`.
    """

    def __init__(
        self, *, proxies: Mapping[str, str] | None, ssl_context: ssl.SSLContext | None, limits: Limits, deadline: float
    ) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._limits, self._deadline = limits, deadline
        self._sockets: list[socket.socket] = []
        self._opener = OpenerDirector()
        for handler in (
            ProxyHandler(_normalize_proxies(proxies)),
            _PlainHandler(self._sockets),
            _SecureHandler(self._sockets, ssl_context),
        ):
            self._opener.add_handler(handler)

    def abandon(self) -> None:
        """Cut the connections, so that whoever still reads from them stops."""
        for connection in list(self._sockets):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """The JSON value that the server answers."""
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            why = "it is empty" if not text.strip() else "it is a web page" if text.lstrip()[:1] == "<" else str(error)
            msg = f"the answer is no JSON: {why}"
            raise GeocoderParseError(msg[:200]) from error

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """The text that the server answers."""
        del timeout  # the deadline holds
        try:
            return self._text(url, dict(headers))
        except (FetchError, StatusError, GeocoderParseError):
            raise
        except (OSError, HTTPException, ValueError, EOFError, zlib.error) as error:
            raise _fault_of(error) from error

    def _text(self, url: str, headers: dict[str, str]) -> str:
        response = self._final_response(url, headers)
        with response:
            if response.status >= 400:
                raise StatusError(response.status, response.headers, self._complaint(response))
            if not 200 <= response.status < 300:
                msg = f"HTTP status {response.status} without an answer"
                raise FetchError(msg)
            return _decoded(self._body(response, self._limits.answer_bytes), response.headers.get_content_charset())

    def _final_response(self, url: str, headers: dict[str, str]) -> HTTPResponse:
        for _ in range(int(self._limits.redirects) + 1):
            response = self._opened(url, headers)
            if response.status not in _REDIRECTS:
                return response
            with response:
                target = _redirect_target(url, response.headers.get("Location"))
            if _origin(target) != _origin(url):  # keys and cookies are for the one who was asked
                headers = {name: value for name, value in headers.items() if name.lower() == "user-agent"}
            url = target
        msg = f"the server redirects more than {self._limits.redirects} times"
        raise FetchError(msg)

    def _opened(self, url: str, headers: dict[str, str]) -> HTTPResponse:
        request = Request(url, headers=headers)  # noqa: S310 - the scheme is looked at below
        response = None
        if urlsplit(url).scheme in ("http", "https"):
            response = self._opener.open(request, timeout=self._time_left())
        if response is None:
            msg = f"the scheme {urlsplit(url).scheme!r} is not asked"
            raise FetchError(msg)
        return cast("HTTPResponse", response)

    def _time_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            msg = "no whole answer in time"
            raise FetchError(msg, passing=True)
        return left

    def _complaint(self, response: HTTPResponse) -> str:
        """What a server says of its refusal, which some of geopy's parsers look at; empty where it cannot be read."""
        try:
            return self._body(response, _LONGEST_COMPLAINT).decode("utf-8", "replace")
        except (FetchError, OSError, HTTPException, ValueError, EOFError, zlib.error):
            return ""

    def _body(self, response: HTTPResponse, most: int) -> bytes:
        unpack = _unpacker(response.headers.get("Content-Encoding"))
        parts, size = [], 0
        while packed := response.read1(_CHUNK):
            self._time_left()
            part = unpack(packed, most - size + 1)
            size += len(part)
            if size > most:
                msg = f"the answer is larger than {most:,} bytes"
                raise FetchError(msg)
            parts.append(part)
        if response.length:
            read = b""
            raise IncompleteRead(read, response.length)
        return b"".join(parts)


class _PlainHandler(HTTPHandler):
    """Opens connections that are written down, so that they can be cut."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._sockets = sockets

    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(_watched(HTTPConnection, self._sockets), request)


class _SecureHandler(HTTPSHandler):
    """The same over TLS."""

    def __init__(self, sockets: list[socket.socket], context: ssl.SSLContext | None) -> None:
        super().__init__(context=context)
        self._sockets, self._tls = sockets, context

    def https_open(self, request: Request) -> HTTPResponse:
        return self.do_open(_watched(HTTPSConnection, self._sockets), request, context=self._tls)


def _watched(kind: type[HTTPConnection], sockets: list[socket.socket]) -> Any:
    class Watched(kind):  # type: ignore[misc, valid-type]
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    return Watched


def _refuse_constant(word: str) -> NoReturn:
    msg = f"{word} is no number"
    raise ValueError(msg)


def _unpacker(encoding: str | None) -> Callable[[bytes, int], bytes]:
    """What makes plain bytes of packed ones, no more than asked for."""
    name = (encoding or "identity").strip().lower()
    if name == "identity":
        return lambda packed, most: packed[:most]
    if name not in ("gzip", "x-gzip", "deflate"):
        msg = f"the answer is packed as {name[:20]!r}, which was not asked for"
        raise FetchError(msg)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | (32 if name != "deflate" else 0))
    return unpacking.decompress


def _decoded(body: bytes, charset: str | None) -> str:
    """The text of a body: UTF-8, as JSON must be, or else what the server says it is."""
    with suppress(UnicodeDecodeError):
        return body.decode("utf-8-sig")
    with suppress(LookupError, UnicodeDecodeError):
        name = codecs.lookup(charset or "").name
        if name in _CHARSETS:
            return body.decode(name)
    msg = "the answer is no text in the charset that the server names, nor in UTF-8"
    raise GeocoderParseError(msg)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _redirect_target(url: str, location: str | None) -> str:
    """Where a redirect leads.

    Raises
    ------
    FetchError
        When it leads nowhere, to another scheme than http and https, from https to http, or from a public server to one
        within a private network.
    """
    if not location:
        msg = "the server redirects without saying where to"
        raise FetchError(msg)
    target = urljoin(url, location.strip())
    here, there = urlsplit(url), urlsplit(target)
    fault = ""
    if there.scheme not in ("http", "https") or not there.hostname:
        fault = f"to {there.scheme[:20]!r}, which is not asked"
    elif (here.scheme, there.scheme) == ("https", "http"):
        fault = "from https to http"
    elif there.username is not None:
        fault = "to an address with a user's name in it"
    elif here.hostname != there.hostname and _reach(there) < _reach(here):
        fault = "from a public server into a private network"
    if fault:
        msg = f"the server redirects {fault}"
        raise FetchError(msg)
    return target


def _reach(parts: SplitResult) -> int:
    """Who can reach a host: the least of all its addresses; a name that cannot be looked up counts as public."""
    host = parts.hostname or ""
    try:
        addresses = [ipaddress.ip_address(host)]
    except ValueError:
        try:
            found = socket.getaddrinfo(host, parts.port or 80, type=socket.SOCK_STREAM)
            addresses = [ipaddress.ip_address(str(address[4][0]).partition("%")[0]) for address in found]
        except (OSError, UnicodeError):
            addresses = []
    return min(map(_reach_of, addresses), default=_PUBLIC)


def _reach_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    plain = getattr(address, "ipv4_mapped", None) or address
    if plain.is_link_local or plain.is_unspecified or plain.is_multicast:  # also the servers' own metadata
        return _LOOPBACK - 1
    if plain.is_loopback:
        return _LOOPBACK
    return _PUBLIC if plain.is_global else _PRIVATE


def _fault_of(error: Exception) -> FetchError:
    """The fault in plain words, without address or body, which may hold keys."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    for kinds, words, passing in _WORDS:
        if isinstance(cause, kinds):
            return FetchError(words, passing=passing)
    if isinstance(cause, OSError):
        return FetchError(f"the connection failed: {cause.strerror or type(cause).__name__}", passing=True)
    return FetchError(f"the answer cannot be read: {type(cause).__name__}")


_WORDS: tuple[tuple[tuple[type[Exception], ...], str, bool], ...] = (
    ((TimeoutError,), "no whole answer in time", True),
    ((ssl.SSLCertVerificationError,), "the server's certificate is not valid", False),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "the server closed the connection", True),
    ((ssl.SSLError,), "the secure connection failed", False),
    ((socket.gaierror,), "the server's name is not known", True),
    ((ConnectionRefusedError,), "the connection was refused", True),
    ((ConnectionError, IncompleteRead), "the server closed the connection before the answer was whole", True),
    ((zlib.error, EOFError), "the answer cannot be unpacked", False),
)

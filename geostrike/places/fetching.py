"""Fetch a service's answer over HTTP within limits of time, size and redirects: an adapter for geopy.

geopy's own adapters read a body of any size, wait as long as a server keeps sending bytes, repeat a broken connection
at once, and follow any redirect with all headers. This one replaces them.
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
    """Limits on one question to a service, and how long answers are kept.

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
        How long a place found, and an answer without a place, are kept. A failure is never kept.

    Raises
    ------
    InputError
        If one is not a number, or below 0, or the time, the size or the tries are 0.

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
    """An HTTP status other than success.

    `passing` says whether asking again may help, `wait` how long the server asks to wait.
    """

    def __init__(self, status: int, headers: Message, text: str) -> None:
        # Without its headers: geopy would read the waiting time from them, and fails on some.
        super().__init__(f"HTTP status {status}", status_code=status, headers={}, text=text)
        self.passing = status >= 500 or status in _PASSING
        self.wait = named_wait(headers.get("Retry-After"))


def named_wait(header: str | None) -> float | None:
    """Return the seconds of a Retry-After header, given as a number or a date; None unless above 0.

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
    """The connection for one question: everything ends at the deadline, and too large bodies are not read.

    Parameters
    ----------
    proxies, ssl_context
        As geopy's geocoders hold them.
    limits
        Size of an answer and number of redirects.
    deadline
        When everything must have ended, by `time.monotonic`.
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
        """Close the connections, so that any pending read ends."""
        for connection in list(self._sockets):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """Return the JSON value that the server sends."""
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            why = "it is empty" if not text.strip() else "it is a web page" if text.lstrip()[:1] == "<" else str(error)
            msg = f"the answer is not JSON: {why}"
            raise GeocoderParseError(msg[:200]) from error

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Return the text that the server sends."""
        del timeout  # the deadline applies
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
            if _origin(target) != _origin(url):  # keys and cookies are for the original server only
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
            msg = f"the scheme {urlsplit(url).scheme!r} is not used"
            raise FetchError(msg)
        return cast("HTTPResponse", response)

    def _time_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            msg = "no complete answer in time"
            raise FetchError(msg, passing=True)
        return left

    def _complaint(self, response: HTTPResponse) -> str:
        """Return the body of an error response, which some of geopy's parsers inspect; empty if it cannot be read."""
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
    """Open connections that are recorded, so that they can be closed."""

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
    msg = f"{word} is not a number"
    raise ValueError(msg)


def _unpacker(encoding: str | None) -> Callable[[bytes, int], bytes]:
    """Return a function that decompresses bytes, no more than asked for."""
    name = (encoding or "identity").strip().lower()
    if name == "identity":
        return lambda packed, most: packed[:most]
    if name not in ("gzip", "x-gzip", "deflate"):
        msg = f"the answer is compressed as {name[:20]!r}, which was not asked for"
        raise FetchError(msg)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | (32 if name != "deflate" else 0))
    return unpacking.decompress


def _decoded(body: bytes, charset: str | None) -> str:
    """Decode a body: UTF-8, as JSON must be, or else the charset of the response."""
    with suppress(UnicodeDecodeError):
        return body.decode("utf-8-sig")
    with suppress(LookupError, UnicodeDecodeError):
        name = codecs.lookup(charset or "").name
        if name in _CHARSETS:
            return body.decode(name)
    msg = "the answer is not text in UTF-8 or the charset that the server names"
    raise GeocoderParseError(msg)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _redirect_target(url: str, location: str | None) -> str:
    """Return the target of a redirect.

    Raises
    ------
    FetchError
        If there is none, or it has a scheme other than http and https, or goes from https to http, or from a public
        server to a private network.
    """
    if not location:
        msg = "the server redirects without saying where to"
        raise FetchError(msg)
    target = urljoin(url, location.strip())
    here, there = urlsplit(url), urlsplit(target)
    fault = ""
    if there.scheme not in ("http", "https") or not there.hostname:
        fault = f"to {there.scheme[:20]!r}, which is not used"
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
    """Return who can reach a host: the least of all its addresses; a name that cannot be looked up counts as public."""
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
    """Describe a fault in plain words, without address or body, which may contain keys."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    for kinds, words, passing in _WORDS:
        if isinstance(cause, kinds):
            return FetchError(words, passing=passing)
    if isinstance(cause, OSError):
        return FetchError(f"the connection failed: {cause.strerror or type(cause).__name__}", passing=True)
    return FetchError(f"the answer cannot be read: {type(cause).__name__}")


_WORDS: tuple[tuple[tuple[type[Exception], ...], str, bool], ...] = (
    ((TimeoutError,), "no complete answer in time", True),
    ((ssl.SSLCertVerificationError,), "the server's certificate is not valid", False),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "the server closed the connection", True),
    ((ssl.SSLError,), "the secure connection failed", False),
    ((socket.gaierror,), "the server's name is not known", True),
    ((ConnectionRefusedError,), "the connection was refused", True),
    ((ConnectionError, IncompleteRead), "the server closed the connection before the answer was whole", True),
    ((zlib.error, EOFError), "the answer cannot be unpacked", False),
)

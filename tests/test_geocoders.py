"""geopy, both ways: the gazetteer as a geocoder, and a service (here on loopback) asked about unresolved names."""

from __future__ import annotations

import gzip
import inspect
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import geopy.geocoders
import pandas as pd
import pytest
from bad_servers import Server, bomb, drip, flood, http, places, reset, silence
from geopy.adapters import AioHTTPAdapter, BaseSyncAdapter
from geopy.geocoders import Nominatim
from geopy.location import Location

from geostrike.errors import GeostrikeError, InputError, InputWarning
from geostrike.places import Gazetteer, answer_cache, fetching, geocoders, resolve_places
from geostrike.places.answer_scale import scale_of
from geostrike.places.geocoders import (
    ANSWER_COLUMNS,
    USER_AGENT,
    Geostrike,
    Limits,
    OnlineLookup,
    accept_places,
    online_geocoder,
    suggest_places,
)

PAUSE = 0.02
FOUND = http(places(("55.1", "32.2")))
NONE = http("[]")
QUICK = Limits(total_seconds=3)
Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers = []

    def start(*replies: Any) -> Server:
        servers.append(Server(list(replies)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits a second between two questions, but where it looks at just that."""
    monkeypatch.setattr(geocoders, "_PAUSE_SECONDS", PAUSE)


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., OnlineLookup]:
    def made(server: Server, *, limits: Limits = QUICK, pause: float = PAUSE, **options: Any) -> OnlineLookup:
        geocoder = server.geocoder(**options)
        return OnlineLookup(geocoder, cache=tmp_path / "cache.sqlite", pause_seconds=pause, limits=limits)

    return made


# --- the gazetteer as a geocoder --------------------------------------------------------------------------------------


def test_geopandas_provider():
    """geopandas takes the gazetteer as a provider."""
    found = gpd.tools.geocode(["Tuapse", "Krasny Yar"], provider=Geostrike)
    assert found.geometry[0].y == pytest.approx(44.1, abs=0.1)
    assert found.geometry[1].is_empty
    assert found["address"].iloc[0] == "Tuapse, RU-KDA, RUS"


def test_geostrike_arguments():
    """A user's gazetteer is used, hints narrow, timeout and user agent are accepted, junk is not a place."""
    geocoder = Geostrike(gazetteer=Gazetteer(), country="RUS", admin1="RU-ROS", timeout=3, user_agent="me")
    assert geocoder.geocode("Donetsk", exactly_one=True, timeout=5).raw["place"]["admin1"] == "RU-ROS"
    assert (geocoder.timeout, geocoder.headers["User-Agent"]) == (3, "me")
    found = gpd.tools.geocode(["Donetsk"], provider=Geostrike, country="RUS", timeout=3)
    assert found["address"][0].endswith("RUS")
    for junk in (None, 5, "", "x" * 10_000, {"city": "Tuapse"}):
        assert geocoder.geocode(junk) is None


def test_ambiguous_names():
    """An ambiguous name is None, or all its candidates."""
    geocoder = Geostrike()
    assert geocoder.geocode("Krasny Yar") is None
    assert len(geocoder.geocode("Krasny Yar", exactly_one=False)) > 1
    assert geocoder.geocode("Qwertyuiop", exactly_one=False) is None
    assert Geostrike(country="RUS").geocode("Donetsk").raw["place"]["admin1"] == "RU-ROS"


# --- asking a service -------------------------------------------------------------------------------------------------


def test_request_content(serve, ask):
    """Only name, region and country are sent, with our user agent."""
    server = serve(FOUND)
    answer = ask(server).ask("Razdorovo\n", admin1="Smolensk Oblast", country="Russia")
    assert answer.outcome == "found"
    assert answer.places == [(55.1, 32.2, "place at 55.1")]
    assert server.asked == ["Razdorovo, Smolensk Oblast, Russia"]
    (head,) = server.heads
    assert f"User-Agent: {USER_AGENT}\r\n".lower() in head.lower()
    assert "cookie" not in head.lower()


def test_pause_and_cache(serve, ask):
    """Questions are a pause apart, and answers are kept."""
    server = serve(FOUND, NONE)
    assert ask(server, pause=0.3).ask("Qone").outcome == "found"
    other_process = ask(server, pause=0.3)
    assert other_process.ask("Qtwo").outcome == "none"
    assert server.times[1] - server.times[0] >= 0.24
    assert [other_process.ask(name).outcome for name in ("Qone", "Qtwo")] == ["found", "none"]
    assert other_process.ask("Qone").places == [(55.1, 32.2, "place at 55.1")]
    assert len(server.heads) == 2


def test_processes_share_cache(serve, ask):
    """Two lookups at once share cache and pace."""
    server = serve(NONE)
    lookups = [ask(server, pause=0.3) for _ in range(2)]
    threads = [threading.Thread(target=one.ask, args=(f"Q{n}",)) for n, one in enumerate(lookups)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.heads) == 2
    assert abs(server.times[1] - server.times[0]) >= 0.24


@pytest.mark.parametrize("name", ["", "   ", "🔥", "x" * 500, None, 5, float("nan"), "\ud800"], ids=repr)
def test_other_texts_are_not_sent(serve, ask, name):
    """A text that is not a name is not sent."""
    server = serve(FOUND)
    assert ask(server).ask(name, admin1=None, country=float("nan")).outcome == "none"
    assert server.heads == []


# --- bad answers ------------------------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\n"
DEEP = "[" * 100_000
BAD_ANSWERS: dict[str, tuple[Any, str]] = {
    "a web page": (http("<html>not json</html>"), "web page"),
    "empty": (http(""), "empty"),
    "no content": (http("", 204), "empty"),
    "an error in words": (http('{"error": "no"}'), "no"),
    "numbers": (http("[1, 2]"), "not as expected"),
    "a text": (http('"here"'), "not as expected"),
    "a list of lists": (http("[[55.1, 32.2]]"), "not as expected"),
    "true": (http("true"), "not as expected"),
    "cut off JSON": (http('[{"lat": "55.1", "lo'), "not JSON"),
    "nested deeply": (http(DEEP), "not JSON"),
    "a huge number": (http('[{"lat": ' + "9" * 5000 + ', "lon": 1}]'), "not JSON"),
    "NaN": (http('[{"lat": NaN, "lon": 32.2}]'), "NaN"),
    "nan as text": (http(places(("nan", "32.2"))), "not as expected"),
    "infinite": (http('[{"lat": 1e999, "lon": 32.2}]'), "not as expected"),
    "words": (http(places(("north", "32.2"))), "not as expected"),
    "lists": (http(places(([55.1], [32.2]))), "not as expected"),
    "true and false": (http(places((True, False))), "impossible"),
    "zero": (http(places(("0", "0"))), "impossible"),
    "off the globe": (http(places(("144.1", "32.2"))), "not as expected"),
    "beyond 180": (http(places(("55.1", "392.2"))), "impossible"),
    "no longitude": (http('[{"lat": "55.1", "display_name": "x"}]'), "not as expected|impossible"),
    "no address": (http('[{"lat": "55.1", "lon": "32.2"}]'), "not as expected"),
    "null latitude": (http(places((None, "32.2"))), "impossible"),
    "neither": (http('[{"display_name": "x"}]'), "impossible"),
    "wrong charset": (http("\xff\xfe".encode("latin-1"), Content_Type="text/plain; charset=klingon"), "charset"),
    "a codec, not a charset": (http(b"\xff", Content_Type="text/plain; charset=idna"), "charset"),
    "packed oddly": (http("x", Content_Encoding="br"), "compressed"),
    "packed and broken": (http("x" * 30, Content_Encoding="gzip"), "unpacked"),
    "packed and cut off": (http(gzip.compress(FOUND)[:20], Content_Encoding="gzip"), "not JSON"),
    "a gzip bomb": (bomb(), "larger than"),
    "200 MB": (flood(HEAD + b"\r\n"), "larger than"),
    "200 MB in chunks": (flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\nbebc200\r\n"), "larger than"),
    "shorter than said": (http("[", length=500), "closed the connection"),
    "longer than said": (http(places(("55.1", "32.2")), length=20), "not JSON"),
    "no number of bytes": (http("[", Content_Length="many") + b"", "not JSON"),
    "chunks without a size": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n", "closed the connection"),
    "a chunk cut off": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n[", "closed the connection"),
    "closed at once": (b"", "closed the connection"),
    "reset": (reset, "closed the connection"),
    "closed in the head": (b"HTTP/1.1 200 O", "not JSON|cannot be read"),
    "no HTTP": (b"SSH-2.0-server\r\n\r\n", "cannot be read"),
    "a long line": (HEAD + b"X: " + b"y" * 100_000 + b"\r\n\r\n", "cannot be read"),
    "too many headers": (HEAD + b"X: y\r\n" * 200 + b"\r\n", "cannot be read"),
    "silent": (silence, "in time"),
    "dripping body": (drip(HEAD + b"\r\n"), "in time"),
    "dripping head": (drip(HEAD, b"X: y\r\n", 0.05), "in time|cannot be read"),
    "dripping 100": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "in time"),
    "status 400": (http("no", 400), "HTTP status 400"),
    "status 401": (http("no", 401), "HTTP status 401"),
    "status 403": (http("no", 403), "HTTP status 403"),
    "status 404": (http("no", 404), "HTTP status 404"),
    "status 429": (http("no", 429), "HTTP status 429"),
    "status 500": (http("no", 500), "HTTP status 500"),
    "status 509": (http("no", 509), "HTTP status 509"),
    "status 999": (http("no", 999), "HTTP status 999"),
    "status 304": (http("", 304), "HTTP status 304"),
    "an endless complaint": (flood(b"HTTP/1.1 500 No\r\n\r\n"), "HTTP status 500"),
    "a redirect to itself": (http("", 302, Location="/search"), "more than 3 times"),
    "a redirect to nowhere": (http("", 302), "without saying"),
    "a redirect to a file": (http("", 302, Location="file:///etc/hostname"), "not used"),
    "a redirect to ftp": (http("", 301, Location="ftp://127.0.0.1/x"), "not used"),
    "a redirect to data": (http("", 307, Location="data:application/json,[]"), "not used"),
    "a redirect to metadata": (http("", 302, Location="http://169.254.169.254/latest"), "private network"),
    "a redirect with a name": (http("", 302, Location="http://me:word@127.0.0.1/"), "user's name"),
    "a broken redirect": (http("", 302, Location="http://[::1/"), "cannot be read"),
    "a redirect to port x": (http("", 302, Location="http://127.0.0.1:x/"), "cannot be read"),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_bad_answers_fail(serve, ask, case):
    """It is "failed" with a reason of one line, in bounded time, and is not kept."""
    reply, reason = BAD_ANSWERS[case]
    server = serve(reply)
    begun = time.monotonic()
    with warnings.catch_warnings(action="error"):
        answer = ask(server, limits=Limits(total_seconds=0.6, tries=2), timeout=0.25).ask("Qone")
    assert time.monotonic() - begun < 5  # the servers would continue for ten seconds
    assert (answer.outcome, answer.places) == ("failed", [])
    assert re.search(reason, answer.reason), answer.reason
    assert answer.reason.isprintable()
    assert len(answer.reason) <= 200
    server.replies = [FOUND]
    assert ask(server).ask("Qone").outcome == "found"


GOOD_ANSWERS = {
    "a BOM": http(b"\xef\xbb\xbf" + places(("55.1", "32.2")).encode()),
    "UTF-16 as said": http(places(("55.1", "32.2")).encode("utf-16"), Content_Type="text/plain; charset=utf-16"),
    "UTF-8 said to be Latin": http(places(("55.1", "32.2")), Content_Type="text/plain; charset=latin-1"),
    "packed": http(gzip.compress(places(("55.1", "32.2")).encode()), Content_Encoding="gzip"),
    "in chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    + f"{len(places(('55.1', '32.2'))):x}\r\n{places(('55.1', '32.2'))}\r\n0\r\n\r\n".encode(),
    "without a length": HEAD + b"\r\n" + places(("55.1", "32.2")).encode(),
    "numbers": http(places((55.1, 32.2))),
    "one place": http('{"lat": "55.1", "lon": "32.2", "display_name": "place at 55.1"}'),
    "one of three sound": http(places(("0", "0"), ("55.1", "32.2"), (None, None))),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD_ANSWERS)
def test_unusual_answers_are_read(serve, ask, case):
    """An unusual but valid answer is read."""
    assert ask(serve(GOOD_ANSWERS[case])).ask("Qone").places == [(55.1, 32.2, "place at 55.1")]


def test_addresses_are_plain(serve, ask):
    """Control characters, lone surrogates and formulas are removed; an address that is not text is empty."""
    reply = [
        {"lat": "55.1", "lon": "32.2", "display_name": '=HYPERLINK("x")\x1b[31m\n\ud800\u202eQ' + "y" * 5000},
        {"lat": "55.1", "lon": "32.2", "display_name": ["x"]},
    ]
    answer = ask(serve(http(json.dumps(reply)))).ask("Qone")
    addresses = [address for _, _, address in answer.places]
    assert addresses[1:] == [""]
    assert addresses[0].startswith('HYPERLINK("x") [31m Qyyy')
    assert addresses[0].isprintable()
    assert len(addresses[0]) == 300


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://nosuchhost.invalid", "http://[::1"])
def test_missing_server_fails(tmp_path, address):
    """A missing server is a failure."""
    scheme, _, domain = address.partition("://")
    geocoder = Nominatim(domain=domain, scheme=scheme, user_agent=USER_AGENT, timeout=0.3)
    answer = OnlineLookup(geocoder, cache=tmp_path / "c", pause_seconds=PAUSE, limits=QUICK).ask("Qone")
    assert answer.outcome == "failed"
    assert re.search("refused|not known|cannot be read|in time", answer.reason), answer.reason


@pytest.mark.parametrize("reply", [b"plain words, no TLS\r\n\r\n", b"", silence], ids=["words", "closed", "silent"])
def test_server_without_tls_fails(serve, ask, reply):
    """A server without TLS is a failure."""
    answer = ask(serve(reply), scheme="https", timeout=1, limits=Limits(tries=1)).ask("Qone")
    assert answer.outcome == "failed"
    assert re.search("secure connection|closed|in time", answer.reason), answer.reason


# --- retries and waits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        (http("busy", 429), 3),
        (http("broken", 500), 3),
        (http("busy", 503), 3),
        (b"", 3),
        (http("no", 400), 1),
        (http("no", 404), 1),
        (http("<html>"), 1),
        (http("", 302, Location="file:///x"), 1),
    ],
    ids=["429", "500", "503", "closed", "400", "404", "web page", "file"],
)
def test_temporary_failures_retry(serve, ask, reply, asked):
    """Only temporary failures are retried, up to the limit, after pauses that double."""
    server = serve(reply)
    assert ask(server, pause=0.05).ask("Qone").outcome == "failed"
    assert len(server.heads) == asked
    if asked > 1:
        assert server.times[1] - server.times[0] >= 0.045
        assert server.times[2] - server.times[1] >= 0.095


@pytest.mark.parametrize("status", [429, 503])
def test_short_waits_are_obeyed(serve, ask, status):
    """A short Retry-After is obeyed, in seconds and for both statuses."""
    server = serve(http("busy", status, Retry_After="0.4"), FOUND)
    assert ask(server).ask("Qone").outcome == "found"
    assert server.times[1] - server.times[0] >= 0.38


def test_dated_waits_are_obeyed(serve, ask):
    """A Retry-After with a date is obeyed."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    server = serve(http("busy", 503, Retry_After=moment), FOUND)
    assert ask(server, limits=Limits(total_seconds=5)).ask("Qone").outcome == "found"
    assert server.times[1] - server.times[0] >= 0.9


@pytest.mark.parametrize("asked", ["3600", "9" * 400, "1e300", "inf", "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_long_waits_end_questions(serve, ask, asked):
    """The name fails at once, and nothing is asked before the time; another run may ask."""
    server = serve(http("busy", 429, Retry_After=asked), FOUND)
    lookup = ask(server)
    begun = time.monotonic()
    answers = [lookup.ask(name) for name in ("Qone", "Qtwo", "Qthree", "Qfour")]
    assert time.monotonic() - begun < 3
    assert {answer.outcome for answer in answers} == {"failed"}
    assert "asks to wait" in answers[-1].reason
    assert len(server.heads) == 1
    assert ask(server).ask("Qone").outcome == "found"


@pytest.mark.parametrize(
    "asked", ["-5", "0", "nan", "soon", "", "Fri, 31 Dec 1999 23:59:59 GMT", "Mon, 99 Foo 20 99:99", "٣", "1,000"]
)
def test_empty_waits_are_ignored(serve, ask, asked):
    """A Retry-After that is not in the future is ignored."""
    server = serve(http("busy", 429, Retry_After=asked.encode().decode("latin-1")), FOUND)
    assert ask(server).ask("Qone").outcome == "found"
    assert server.times[1] - server.times[0] < 2.5


def test_failing_services_are_dropped(serve, ask):
    """A service that keeps failing is not asked any more."""
    server = serve(http("no", 403))
    lookup = ask(server)
    answers = [lookup.ask(f"Q{number}") for number in range(6)]
    assert {answer.outcome for answer in answers} == {"failed"}
    assert len(server.heads) == 3
    assert answers[-1].reason.endswith("failed 3 times in a row")


def test_limits_are_enforced(serve, ask):
    """Each limit works: time, size, redirects, tries, days."""
    again = http("", 302, Location="/search?q=x")
    for limits, reply, outcome, asked in (
        (Limits(tries=1), http("", 500), "failed", 1),
        (Limits(tries=2, total_seconds=1), http("", 500), "failed", 2),
        (Limits(redirects=0), again, "failed", 1),
        (Limits(redirects=1), again, "failed", 2),
        (Limits(answer_bytes=10), FOUND, "failed", 1),
        (Limits(answer_bytes=1000), FOUND, "found", 1),
        (Limits(total_seconds=0.5), silence, "failed", 1),
    ):
        server = serve(reply)
        assert ask(server, limits=limits).ask("Qone").outcome == outcome, limits
        assert len(server.heads) == asked, limits


@pytest.mark.parametrize("name", list(inspect.signature(Limits).parameters))
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "3", None, True], ids=repr)
def test_wrong_limits_are_rejected(name, value):
    """A wrong limit is rejected."""
    with pytest.raises(InputError, match=name):
        Limits(**{name: value})


def test_zero_tries_are_rejected():
    """A limit of zero tries is rejected."""
    for name in ("tries", "answer_bytes", "total_seconds"):
        with pytest.raises(InputError, match="above 0"):
            Limits(**{name: 0})
    for name in ("tries", "answer_bytes", "redirects"):
        with pytest.raises(InputError, match="whole"):
            Limits(**{name: 1.5})


@pytest.mark.parametrize("pause", [0.001, -1, 0, float("nan"), float("inf"), 1e9])
def test_wrong_pauses_are_rejected(serve, ask, pause):
    """A pause out of range is rejected."""
    with pytest.raises(InputError, match="pause_seconds"):
        ask(serve(NONE), pause=pause)


def test_default_pause_is_a_second(monkeypatch, serve, ask):
    """The default pause is a second."""
    monkeypatch.undo()
    with pytest.raises(InputError, match="at least 1 s"):
        ask(serve(NONE), pause=0.99)
    assert inspect.signature(OnlineLookup).parameters["pause_seconds"].default == 1.0


def test_clock_changes_are_harmless(serve, ask, tmp_path):
    """A turn further away than any process could have set it is ignored."""
    server = serve(FOUND)
    lookup = ask(server)
    with closing(sqlite3.connect(tmp_path / "cache.sqlite", isolation_level=None)) as connection:
        connection.execute("INSERT INTO turns VALUES (?, ?)", (lookup.service, time.time() + 1e6))
    assert lookup.ask("Qone").outcome == "found"


# --- geocoders and their secrets --------------------------------------------------------------------------------------


def test_own_timeout_counts(serve, ask):
    """The geocoder's own timeout limits a try."""
    server = serve(silence)
    for timeout, least in ((0.1, 0.1), (0.5, 0.5)):
        begun = time.monotonic()
        assert ask(server, timeout=timeout, limits=Limits(tries=1)).ask("Qone").outcome == "failed"
        assert least - 0.05 <= time.monotonic() - begun < least + 3
    begun = time.monotonic()
    ask(server, timeout=None, limits=Limits(tries=1, total_seconds=0.3)).ask("Qone")
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "5"])
def test_wrong_timeouts_are_rejected(serve, ask, timeout):
    """A timeout that is not a time is rejected."""
    with pytest.raises(InputError, match="timeout"):
        ask(serve(NONE), timeout=timeout)
    with pytest.raises(InputError, match="timeout"):
        online_geocoder("nominatim", timeout=timeout)


@pytest.mark.parametrize("geocoder", ["nominatim", None, Nominatim, object()])
def test_other_objects_are_rejected(tmp_path, geocoder):
    """An object that is not a geocoder is rejected."""
    with pytest.raises(InputError, match="online_geocoder"):
        OnlineLookup(geocoder, cache=tmp_path / "c")


def test_async_geocoders_are_rejected(tmp_path, monkeypatch):
    """An asynchronous geocoder is rejected."""
    monkeypatch.setattr(AioHTTPAdapter, "__init__", lambda *_, **__: None)
    with pytest.raises(InputError, match="asynchronous"):
        OnlineLookup(Nominatim(user_agent="me", adapter_factory=AioHTTPAdapter), cache=tmp_path / "c")


class OwnAdapter(BaseSyncAdapter):
    """An adapter of the caller's own, that takes its time."""

    seconds = 0.0

    def __init__(self, **options: object) -> None:
        super().__init__(**options)

    def get_text(self, *_: object, **__: object) -> str:
        time.sleep(self.seconds)
        return places(("55.1", "32.2"))

    def get_json(self, url: str, **_: object) -> object:
        return json.loads(self.get_text(url))


def test_own_adapters_are_kept(serve, ask, monkeypatch):
    """A caller's adapter is kept, with limits of time."""
    lookup = ask(serve(NONE), adapter_factory=OwnAdapter, limits=Limits(tries=1), timeout=0.3)
    assert lookup.ask("Qone").outcome == "found"
    monkeypatch.setattr(OwnAdapter, "seconds", 4)
    begun = time.monotonic()
    assert lookup.ask("Qtwo").outcome == "failed"
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("error", [RuntimeError("x"), RecursionError("deep"), MemoryError(), KeyError("lat")], ids=repr)
def test_any_error_is_a_failure(tmp_path, error):
    """Any error of a geocoder is a failure."""

    class Odd:
        def geocode(self, *_: object, **__: object) -> None:
            raise error

    answer = OnlineLookup(Odd(), cache=tmp_path / "c", pause_seconds=PAUSE).ask("Qone")
    assert answer.outcome == "failed"
    assert type(error).__name__ in answer.reason


@pytest.mark.parametrize("service", ["nosuchservice", "", None, 5])
def test_unknown_services_are_rejected(service):
    """An unknown service is rejected."""
    with pytest.raises(InputError, match="cannot be asked"):
        online_geocoder(service)


def test_options_reach_service(serve, tmp_path):
    """Every option of the documented geocoder reaches the server, and an unknown one is rejected."""
    server = serve(FOUND)
    made = online_geocoder(
        "nominatim", domain=f"127.0.0.1:{server.port}", scheme="http", user_agent="mine", timeout=2, proxies={}
    )
    lookup = OnlineLookup(made, cache=tmp_path / "c", pause_seconds=PAUSE)
    assert lookup.ask("Qone").outcome == "found"
    assert "User-Agent: mine" in server.heads[0]
    assert online_geocoder().timeout == 10
    with pytest.raises(InputError, match="colour"):
        online_geocoder("nominatim", colour="red")
    with pytest.raises(InputError, match="cannot be asked"):
        online_geocoder("nominatim", scheme="ftp")


KEY = "s3cr3t-key-0123456789"


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
def test_keys_stay_secret(serve, tmp_path, status):
    """A key is in no message and no cache, even if the server repeats it."""
    server = serve(http(json.dumps({"error": f"bad key {KEY}", "status": KEY, "error_message": KEY}), status))
    geocoder = geopy.geocoders.GoogleV3(KEY, domain=f"127.0.0.1:{server.port}", scheme="http", timeout=1)
    lookup = OnlineLookup(geocoder, cache=tmp_path / "c", pause_seconds=PAUSE, limits=QUICK)
    table = pd.DataFrame({"place_as_written": ["Qone"], "place_status": ["unresolved"]})
    suggestions = suggest_places(table, lookup)
    assert suggestions["outcome"].tolist() == ["failed"]
    assert KEY in server.heads[0]
    assert KEY not in suggestions.to_csv() + lookup.service + lookup.ask("Qone").reason
    assert all(KEY.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_option_errors_hide_keys():
    """An error about an option does not show the key."""
    with pytest.raises(InputError) as caught:
        online_geocoder("googlev3", api_key=KEY, scheme=KEY, client_id="x")
    assert KEY not in str(caught.value)


def test_redirects_drop_keys(serve, ask):
    """Keys and cookies in headers are not sent to another server; to the same one they are."""
    other = serve(FOUND)
    server = serve(http("", 302, Location="/search?q=again"), http("", 302, Location=f"http://127.0.0.1:{other.port}/"))
    lookup = ask(server)
    lookup._geocoder.headers |= {"Authorization": KEY, "X-Api-Key": KEY, "Cookie": KEY}
    assert lookup.ask("Qone").outcome == "found"
    assert server.heads[1].count(KEY) == 3
    assert KEY not in other.heads[0]
    assert USER_AGENT in other.heads[0]


def test_netrc_and_proxy(serve, ask, tmp_path, monkeypatch):
    """Nothing is taken from .netrc; a proxy of the environment is used, and its password is sent to no server."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password netrcword\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server = serve(FOUND)
    assert ask(server).ask("Qone").outcome == "found"
    assert "authorization" not in server.heads[0].lower()

    proxy = serve(http("", 302, Location=f"http://127.0.0.1:{server.port}/"))
    monkeypatch.setenv("http_proxy", f"http://me:proxyword@127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    answer = ask(proxy, domain="service.example").ask("Qtwo")
    assert "Proxy-Authorization: Basic" in proxy.heads[0]
    assert "private network" in answer.reason
    assert len(server.heads) == 1


def test_proxy_password_stays_secret(serve, ask):
    """A proxy's password is in no message."""
    proxy = serve(http("bad me:proxyword", 407))
    answer = ask(proxy, domain="service.example", proxies=f"me:proxyword@127.0.0.1:{proxy.port}").ask("Qone")
    assert answer.outcome == "failed"
    assert "proxyword" not in answer.reason


@pytest.mark.parametrize(
    ("here", "there", "fault"),
    [
        ("https://192.0.78.9/a", "http://192.0.78.9/a", "https to http"),
        ("http://192.0.78.9/a", "https://192.0.78.9/a", ""),
        ("https://192.0.78.9/a", "/b", ""),
        ("https://192.0.78.9/a", "//1.1.1.1/b", ""),
        ("https://192.0.78.9/a", "https://127.0.0.1/b", "private"),
        ("https://192.0.78.9/a", "https://10.0.0.1/b", "private"),
        ("https://192.0.78.9/a", "https://192.168.1.1/b", "private"),
        ("https://192.0.78.9/a", "https://[::1]/b", "private"),
        ("https://192.0.78.9/a", "https://[::ffff:127.0.0.1]/b", "private"),
        ("https://192.0.78.9/a", "https://[fe80::1]/b", "private"),
        ("https://192.0.78.9/a", "https://0.0.0.0/b", "private"),
        ("https://192.0.78.9/a", "https://localhost/b", "private"),
        ("http://10.0.0.1/a", "http://127.0.0.1/b", "private"),
        ("http://10.0.0.1/a", "http://10.0.0.2/b", ""),
        ("http://127.0.0.1/a", "http://10.0.0.2/b", ""),
        ("https://192.0.78.9/a", "javascript:1", "not used"),
    ],
)
def test_redirect_targets(here, there, fault):
    """Redirects go to http and https, never to less security or into a private network."""
    if not fault:
        assert fetching._redirect_target(here, there).startswith(("http", "https"))
        return
    with pytest.raises(fetching.FetchError, match=fault):
        fetching._redirect_target(here, there)


# --- the cache --------------------------------------------------------------------------------------------------------


def rows_of(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT query, asked FROM answers").fetchall()


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)


@pytest.mark.parametrize(
    ("reply", "days", "asked"),
    [(NONE, 6, 1), (NONE, 8, 2), (FOUND, 8, 1), (FOUND, 364, 1), (FOUND, 366, 2), (NONE, -3, 2)],
)
def test_answers_expire(serve, ask, tmp_path, reply, days, asked):
    """An empty answer is kept for a week, a place for a year, and an answer dated tomorrow not at all."""
    server = serve(reply)
    ask(server).ask("Qone")
    day = (date.today() - timedelta(days=days)).isoformat()
    change(tmp_path / "cache.sqlite", "UPDATE answers SET asked = ?", day)
    ask(server).ask("Qone")
    assert len(server.heads) == asked


def test_days_kept_are_limits(serve, ask):
    """The days of keeping are limits."""
    for limits, reply in ((Limits(none_days=0), NONE), (Limits(found_days=0), FOUND)):
        server = serve(reply)
        ask(server, limits=limits).ask("Qone")
        ask(server, limits=limits).ask("Qone")
        assert len(server.heads) == 2


@pytest.mark.parametrize(
    "kept",
    [
        "no json", "{}", "5", "null", "[" * 50_000, "[5]", "[[55.1, 32.2]]", '[[55.1, 32.2, "of an older version"]]',
        '[[NaN, 32.2, "x", "settlement", 10]]', '[[144.1, 32.2, "x", "settlement", 10]]',
        '[[55.1, 32.2, "x", "castle", 10]]', '[[55.1, 32.2, "x", "settlement", -1]]',
        '[[[], {}, "x", "settlement", 1]]',
    ],
    ids=lambda kept: kept[:40],
)  # fmt: skip
def test_wrong_rows_are_asked_again(serve, ask, tmp_path, kept):
    """A wrong row of the cache is asked again."""
    server = serve(FOUND)
    ask(server).ask("Qone")
    change(tmp_path / "cache.sqlite", "UPDATE answers SET answer = ?", kept)
    assert ask(server).ask("Qone").places == [(55.1, 32.2, "place at 55.1")]
    assert len(server.heads) == 2


def test_wrong_days_are_asked_again(serve, ask, tmp_path):
    """A row with a wrong day is asked again."""
    server = serve(FOUND)
    ask(server).ask("Qone")
    change(tmp_path / "cache.sqlite", "UPDATE answers SET asked = ?", b"\xff")
    assert ask(server).ask("Qone").outcome == "found"
    assert len(server.heads) == 2


def not_sqlite(path: Path) -> None:
    path.write_text("not a database, but long enough to be looked at as one " * 40)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100:] = b"\x5a" * (len(content) - 100)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [not_sqlite, truncated, overwritten])
def test_damaged_cache_is_set_aside(serve, ask, tmp_path, damage):
    """With one warning; a new one is started, and the old one is kept under another name."""
    server = serve(FOUND)
    ask(server).ask("Qone")
    path = tmp_path / "cache.sqlite"
    damage(path)
    was = path.read_bytes()
    with pytest.warns(InputWarning, match="renamed cache.sqlite.damaged") as said:
        assert ask(server).ask("Qtwo").outcome == "found"
    assert len(said) == 1
    assert (tmp_path / "cache.sqlite.damaged").read_bytes() == was
    assert [query for query, _ in rows_of(path)] == ["Qtwo"]
    not_sqlite(path)
    with pytest.warns(InputWarning, match="damaged-2"):
        ask(server)


def test_cache_damaged_in_use(serve, ask, tmp_path):
    """A cache damaged while in use is set aside."""
    server = serve(FOUND)
    lookup = ask(server)
    lookup.ask("Qone")
    not_sqlite(tmp_path / "cache.sqlite")
    with pytest.warns(InputWarning, match="renamed"):
        assert lookup.ask("Qtwo").outcome == "found"
    assert lookup.ask("Qtwo").reason == "remembered"


def in_no_folder(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def something_else(path: Path) -> None:
    change(path, "CREATE TABLE letters (text)")


def other_columns(path: Path) -> None:
    change(path, "CREATE TABLE answers (a, b)")


def newer(path: Path) -> None:
    change(path, "PRAGMA user_version = 99")


@pytest.mark.parametrize("fault", [in_no_folder, a_folder, a_pipe, something_else, other_columns, newer])
def test_unusable_cache_is_skipped(serve, tmp_path, fault):
    """It is left unchanged, with one warning; answers last as long as the lookup, and the pause applies."""
    path = tmp_path / "folder" / "cache.sqlite"
    path.parent.mkdir()
    fault(path)
    was = path.read_bytes() if path.is_file() else None
    server = serve(FOUND)
    with pytest.warns(InputWarning, match="cannot be used, and answers are not kept") as said:
        lookup = OnlineLookup(server.geocoder(), cache=path, pause_seconds=0.2, limits=QUICK)
    answers = [lookup.ask(name) for name in ("Qone", "Qtwo", "Qone")]  # a second warning would be an error
    assert len(said) == 1
    assert [answer.reason for answer in answers] == ["", "", "remembered"]
    assert server.times[1] - server.times[0] >= 0.14
    assert was is None or path.read_bytes() == was


def test_locked_cache_is_skipped(serve, ask, tmp_path, monkeypatch):
    """Another process that locks it for long does not stop the questions."""
    server = serve(FOUND)
    lookup = ask(server)
    monkeypatch.setattr(answer_cache, "_LOCK_SECONDS", 0.1)
    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "cache.sqlite")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.warns(InputWarning, match="locked") as said:
            assert [lookup.ask(name).outcome for name in ("Qone", "Qtwo")] == ["found", "found"]
        assert len(said) == 1
        other.kill()


@pytest.mark.skipif(os.name == "nt", reason="no such limit")
def test_full_disk_is_harmless(serve, ask, tmp_path):
    """A file that cannot grow only loses later answers."""
    import resource

    server = serve(http(places(*[("55.1", "32.2")] * 5, display_name="x" * 290)))
    lookup = ask(server)
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, was[1]))
    try:
        with pytest.warns(InputWarning, match="cannot be used") as said:
            outcomes = [lookup.ask(f"Q{number}").outcome for number in range(20)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
    assert outcomes == ["found"] * 20
    assert len(said) == 1


def test_older_cache_is_used(serve, ask, tmp_path):
    """Version 0.1 kept no scale: its places are asked again, its empty answers are used."""
    path = tmp_path / "cache.sqlite"
    change(
        path, "CREATE TABLE answers (service TEXT, query TEXT, asked TEXT, answer TEXT, PRIMARY KEY (service, query))"
    )
    change(path, "CREATE TABLE turns (service TEXT PRIMARY KEY, next REAL NOT NULL)")
    server = serve(FOUND)
    service = f"Nominatim 127.0.0.1:{server.port}"
    for query, kept in (("Qone", '[[55.1, 32.2, "x"]]'), ("Qtwo", "[]")):
        change(path, "INSERT INTO answers VALUES (?, ?, ?, ?)", service, query, date.today().isoformat(), kept)
    lookup = ask(server)
    assert lookup.service == service
    assert [lookup.ask(name).outcome for name in ("Qone", "Qtwo")] == ["found", "none"]
    assert server.asked == ["Qone"]


def test_cache_is_in_user_folder(serve, monkeypatch, tmp_path):
    """The cache is in the user's cache folder."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    OnlineLookup(serve(FOUND).geocoder(), pause_seconds=PAUSE).ask("Qone")
    assert rows_of(tmp_path / "geostrike" / "online.sqlite")


# --- the scale of an answer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "kind", "radius"),
    [
        ({}, "settlement", 10),
        ({"class": "place", "type": "village"}, "settlement", 10),
        ({"class": "boundary", "type": "administrative", "addresstype": "country"}, "country", 3000),
        ({"class": "boundary", "type": "administrative", "place_rank": 8}, "region", 300),
        ({"category": "boundary", "addresstype": "state", "boundingbox": ["50", "52", "30", "34"]}, "region", 209),
        ({"properties": {"type": "country", "extent": [22.1, 52.4, 40.2, 44.2]}}, "country", 1033),
        ({"types": ["country", "political"], "address_components": [{"types": ["locality"]}]}, "country", 3000),
        ({"types": ["locality"], "address_components": [{"types": ["country"]}]}, "settlement", 10),
        ({"types": ["administrative_area_level_2"]}, "district", 50),
        ({"metaDataProperty": {"GeocoderMetaData": {"kind": "province"}}}, "region", 300),
        ({"properties": {"layer": "macroregion"}, "bbox": [31, 51, 31.1, 51.1]}, "region", 37),
        ({"place_type": ["country", "place"]}, "country", 3000),
        ({"fcode": "ADM1"}, "region", 300),
        ({"type": "Feature", "geometry": {"type": "Point"}}, "settlement", 10),
        ({"type": "sea"}, "sea", 500),
        ({"type": {"type": {"type": {"type": {"type": {"type": "country"}}}}}}, "settlement", 10),
        ({"type": 5, "boundingbox": ["x"], "bbox": None, "extent": [1, 2, 3]}, "settlement", 10),
        ({"type": "city", "boundingbox": [500, 600, 700, 800]}, "settlement", 10),
        ([1, 2], "settlement", 10),
        (None, "settlement", 10),
    ],
    ids=lambda value: str(value)[:50] if isinstance(value, dict | list) else None,
)
def test_scale_of_answers(raw, kind, radius):
    """The coarsest of the service's own words, and a radius that covers its own bounding box."""
    scale = scale_of(raw, 51.0, 31.5)
    assert scale.kind == kind
    assert scale.radius_km == pytest.approx(radius, rel=0.01)


def test_countries_stay_countries(serve, ask, tmp_path):
    """From the server through the cache and the suggestion into a gazetteer, which gives it no depth."""
    server = serve(http(places(("49.0", "32.0"), addresstype="country", boundingbox=["44.1", "52.4", "22.1", "40.2"])))
    table = pd.DataFrame({"place_as_written": ["Qland"], "country_hint": ["UKR"], "place_status": ["unresolved"]})
    for _ in range(2):
        (row,) = suggest_places(table, ask(server)).to_dict("records")
        assert (row["kind"], int(row["radius_km"]) > 700) == ("country", True)
    assert len(server.heads) == 1
    accept_places(pd.DataFrame([row | {"accepted": "yes"}]), tmp_path / "mine.csv")
    place = Gazetteer(extra=tmp_path / "mine.csv").resolve("Qland").place
    assert (place.kind, place.radius_km > 700) == ("country", True)


# --- suggestions ------------------------------------------------------------------------------------------------------


def test_accepted_suggestions_are_places(serve, ask, tmp_path):
    """An accepted suggestion becomes a place of the user's file."""
    server = serve(FOUND, NONE)
    table = pd.DataFrame(
        {
            "place_as_written": ["Tuapse", "Qvillage", "Qnothing", "Qvillage", ""],
            "country_hint": ["", "RUS", "", "RUS", ""],
            "admin1_hint": ["", "RU-SMO", "", "RU-SMO", ""],
        }
    )
    gazetteer = Gazetteer()
    records = resolve_places(table, gazetteer)
    suggestions = suggest_places(records, ask(server), gazetteer=gazetteer)
    assert suggestions.columns.tolist() == list(ANSWER_COLUMNS)
    assert suggestions["place_as_written"].tolist() == ["Qvillage", "Qnothing"]
    assert suggestions["outcome"].tolist() == ["found", "none"]
    assert server.asked == ["Qvillage, Smolensk Oblast, Russia", "Qnothing"]

    mine = tmp_path / "mine.csv"
    assert accept_places(suggestions, mine) == []
    assert not mine.exists()
    suggestions.loc[0, "accepted"] = "yes"
    assert accept_places(suggestions, mine) == ["qvillage"]
    place = Gazetteer(extra=mine).resolve("Qvillage").place
    assert (place.latitude, place.longitude, place.admin1) == (55.1, 32.2, "RU-SMO")
    assert place.source.startswith("Nominatim 127.0.0.1")


def open_names(*names: object) -> pd.DataFrame:
    return pd.DataFrame({"place_as_written": names, "place_status": ["unresolved"] * len(names)})


def test_plain_geocoders_are_bounded(monkeypatch, tmp_path):
    """A plain geocoder gets the same pause, cache and limits."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)

    class Own:
        def geocode(self, query: str, **_: object) -> Location:
            return Location(query, (55.1, 32.2), {})

    suggestions = suggest_places(open_names("Qone"), Own(), gazetteer=Gazetteer())
    assert suggestions["outcome"].tolist() == ["found"]
    assert suggestions["service"].tolist() == ["Own"]


def test_suggestions_have_own_ids(serve, ask):
    """Two names with the same Latin spelling can both be accepted."""
    suggestions = suggest_places(
        open_names("Qvelo", "Qvelo!", "Qvelo"), ask(serve(http(places((55.1, 32.2), (55, 32)))))
    )
    assert suggestions["id"].tolist() == ["qvelo", "qvelo-2", "qvelo-3", "qvelo-4"]


def test_cells_of_any_type(serve, ask):
    """Missing cells, numbers and categories work."""
    server = serve(NONE)
    table = open_names("Qone", None, 5, pd.NA).astype("category").assign(country_hint=[None, "x", 5.0, pd.NA])
    suggestions = suggest_places(table, ask(server))
    assert suggestions["outcome"].tolist() == ["none", "none"]
    assert server.asked == ["Qone"]


@pytest.mark.parametrize("column", ["place_status", "place_as_written"])
def test_unresolved_tables_are_rejected(serve, ask, column):
    """A table without place_status is rejected."""
    with pytest.raises(InputError, match=f"one column '{column}'"):
        suggest_places(open_names("Qone").drop(columns=column), ask(serve(NONE)))


def suggestion(**cells: object) -> pd.DataFrame:
    point = {"id": "q", "name": "Q", "kind": "settlement", "country": "RUS", "latitude": "55.1", "longitude": "32.2"}
    row = dict.fromkeys(ANSWER_COLUMNS, "") | point | {"radius_km": "5", "source": "me", "accepted": "yes"} | cells
    return pd.DataFrame([row])


@pytest.mark.parametrize(("word", "accepted"), [
    ("yes", True), (" Y ", True), ("TRUE", True), (True, True), (1, True), ("x", True),
    ("", False), ("no", False), (None, False), (False, False), (float("nan"), False), ("maybe", False),
])  # fmt: skip
def test_accepting_words(tmp_path, word, accepted):
    """The words that accept a suggestion."""
    assert accept_places(suggestion(accepted=word), tmp_path / "mine.csv") == ["q"] * accepted


@pytest.mark.parametrize(
    "cells",
    [{"latitude": ""}, {"latitude": "144"}, {"country": "US"}, {"kind": "castle"}, {"radius_km": "nan"}, {"id": ""}],
    ids=str,
)
def test_wrong_suggestions_are_rejected(tmp_path, cells):
    """A wrong accepted row is rejected."""
    with pytest.raises(InputError, match="was not added"):
        accept_places(suggestion(**cells), tmp_path / "mine.csv")
    assert not (tmp_path / "mine.csv").exists()


def test_accepting_needs_columns(tmp_path):
    """Accepting needs its columns and a writable file."""
    for column in ("accepted", "latitude"):
        with pytest.raises(InputError, match=f"one column '{column}'"):
            accept_places(suggestion().drop(columns=column), tmp_path / "mine.csv")
    for path in (tmp_path / "no" / "mine.csv", tmp_path, Path(str(tmp_path / "f") + "x" * 300)):
        with pytest.raises(GeostrikeError):
            accept_places(suggestion(), path)


def test_resolving_is_offline(monkeypatch):
    """Resolving asks no service."""
    monkeypatch.setattr(Nominatim, "geocode", lambda *_, **__: pytest.fail("a service was asked"))
    resolve_places(pd.DataFrame({"place_as_written": ["Qvillage", "Krasny Yar"]}), Gazetteer())

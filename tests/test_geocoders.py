"""geopy both ways: the gazetteer as a geocoder, and a service asked about open names, here a server on loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import pandas as pd
import pytest
from geopy.geocoders import Nominatim

from geostrike.errors import InputError
from geostrike.places import Gazetteer, resolve_places
from geostrike.places.geocoders import (
    ANSWER_COLUMNS,
    USER_AGENT,
    Geostrike,
    OnlineLookup,
    accept_places,
    online_geocoder,
    suggest_places,
)

PAUSE = 1.0


@dataclass
class Service:
    """What the server was asked, when, and what it answers: status, body and headers, the last again and again."""

    replies: list[tuple[int, str, dict[str, str]]]
    port: int = 0
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def geocoder(self, timeout: float = 10) -> Nominatim:
        return Nominatim(domain=f"127.0.0.1:{self.port}", scheme="http", user_agent=USER_AGENT, timeout=timeout)


def places(*points: tuple[str, str]) -> str:
    return json.dumps([{"lat": lat, "lon": lon, "display_name": f"place at {lat}"} for lat, lon in points])


FOUND = (200, places(("55.1", "32.2")), {})
NONE = (200, "[]", {})


@pytest.fixture
def serve() -> Iterator:
    servers = []

    def start(*replies: tuple[int, str, dict[str, str]]) -> Service:
        service = Service(list(replies))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.times.append(time.monotonic())
                service.asked.append(parse_qs(urlsplit(self.path).query))
                service.agents.append(self.headers["User-Agent"])
                status, body, headers = service.replies[min(len(service.asked), len(service.replies)) - 1]
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        service.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return service

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def lookup(service: Service, tmp_path: Path) -> OnlineLookup:
    return OnlineLookup(service.geocoder(), cache=tmp_path / "cache.sqlite", pause_seconds=PAUSE)


# --- the gazetteer as a geocoder --------------------------------------------------------------------------------------


def test_geopandas_takes_the_gazetteer_as_a_provider():
    found = gpd.tools.geocode(["Tuapse", "Krasny Yar"], provider=Geostrike)
    assert found.geometry[0].y == pytest.approx(44.1, abs=0.1)
    assert found.geometry[1].is_empty
    assert found["address"].iloc[0] == "Tuapse, RU-KDA, RUS"


def test_an_ambiguous_name_is_no_place_and_all_its_candidates():
    geocoder = Geostrike()
    assert geocoder.geocode("Krasny Yar") is None
    assert len(geocoder.geocode("Krasny Yar", exactly_one=False)) > 1
    assert geocoder.geocode("Qwertyuiop", exactly_one=False) is None
    assert Geostrike(country="RUS").geocode("Donetsk").raw["place"]["admin1"] == "RU-ROS"


# --- asking a service -------------------------------------------------------------------------------------------------


def test_only_name_region_and_country_are_sent_with_our_user_agent(serve, tmp_path):
    service = serve(FOUND)
    answer = lookup(service, tmp_path).ask("Razdorovo\n", admin1="Smolensk Oblast", country="Russia")
    assert answer.outcome == "found"
    assert answer.places == [(55.1, 32.2, "place at 55.1")]
    (asked,) = service.asked
    assert asked["q"] == ["Razdorovo, Smolensk Oblast, Russia"]
    assert service.agents == [USER_AGENT]


def test_questions_are_a_second_apart_and_answers_are_kept(serve, tmp_path):
    service = serve(FOUND, NONE)
    first = lookup(service, tmp_path)
    assert first.ask("Qone").outcome == "found"
    other_process = lookup(service, tmp_path)
    assert other_process.ask("Qtwo").outcome == "none"
    assert service.times[1] - service.times[0] >= PAUSE - 0.05
    assert [other_process.ask(name).outcome for name in ("Qone", "Qtwo")] == ["found", "none"]
    assert len(service.asked) == 2


def test_two_at_once_share_cache_and_pace(serve, tmp_path):
    service = serve(NONE)
    lookups = [lookup(service, tmp_path) for _ in range(2)]
    threads = [threading.Thread(target=one.ask, args=(f"Q{n}",)) for n, one in enumerate(lookups)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.asked) == 2
    assert service.times[1] - service.times[0] >= PAUSE - 0.05


@pytest.mark.parametrize("status", [429, 503])
def test_a_passing_failure_is_asked_again(serve, tmp_path, status):
    service = serve((status, "busy", {"Retry-After": "1"}), FOUND)
    assert lookup(service, tmp_path).ask("Qone").outcome == "found"
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    "reply",
    [
        (200, "<html>not json</html>", {}),
        (200, '{"error": "no"}', {}),
        (200, "[1, 2]", {}),
        (200, places(("0", "0")), {}),
        (200, places(("144.1", "32.2")), {}),
        (200, places(("nan", "32.2")), {}),
        (403, "go away", {}),
        (500, "broken", {}),
    ],
    ids=["html", "error", "numbers", "zero", "off the globe", "nan", "403", "500"],
)
def test_garbage_is_a_failure_that_is_not_kept(serve, tmp_path, reply):
    service = serve(reply)
    answer = lookup(service, tmp_path).ask("Qone")
    assert answer.outcome in ("failed", "none")
    assert answer.places == []
    assert answer.reason or answer.outcome == "none"
    service.replies.append(FOUND)
    if answer.outcome == "failed":
        assert lookup(service, tmp_path).ask("Qone").outcome == "found"


def test_a_service_that_keeps_failing_is_left_alone(serve, tmp_path):
    service = serve((403, "no", {}))
    asking = lookup(service, tmp_path)
    answers = [asking.ask(f"Q{number}") for number in range(5)]
    assert {answer.outcome for answer in answers} == {"failed"}
    assert len(service.asked) == 3
    assert "not asked" in answers[-1].reason


def test_a_server_that_is_not_there_is_a_failure(tmp_path):
    gone = Service([NONE], port=9)
    assert lookup(gone, tmp_path).ask("Qone").outcome == "failed"


@pytest.mark.parametrize("name", ["", "   ", "🔥", "x" * 500])
def test_what_is_no_name_is_not_sent(serve, tmp_path, name):
    service = serve(FOUND)
    assert lookup(service, tmp_path).ask(name).outcome == "none"
    assert service.asked == []


def test_a_short_pause_and_an_unknown_service_are_refused(serve, tmp_path):
    with pytest.raises(InputError, match="at least 1 s"):
        OnlineLookup(serve(NONE).geocoder(), cache=tmp_path / "c.sqlite", pause_seconds=0.1)
    with pytest.raises(InputError, match="nosuchservice"):
        online_geocoder("nosuchservice")
    (tmp_path / "no.sqlite").write_text("not a database, but long enough to be looked at as one" * 40)
    with pytest.raises(InputError, match="cannot be used as a cache"):
        OnlineLookup(serve(NONE).geocoder(), cache=tmp_path / "no.sqlite")


# --- suggestions ------------------------------------------------------------------------------------------------------


def test_an_accepted_suggestion_becomes_a_place_of_ones_own(serve, tmp_path):
    service = serve(FOUND, NONE)
    table = pd.DataFrame(
        {
            "place_as_written": ["Tuapse", "Qvillage", "Qnothing", "Qvillage", ""],
            "country_hint": ["", "RUS", "", "RUS", ""],
            "admin1_hint": ["", "RU-SMO", "", "RU-SMO", ""],
        }
    )
    gazetteer = Gazetteer()
    records = resolve_places(table, gazetteer)
    suggestions = suggest_places(records, lookup(service, tmp_path), gazetteer=gazetteer)
    assert suggestions.columns.tolist() == list(ANSWER_COLUMNS)
    assert suggestions["place_as_written"].tolist() == ["Qvillage", "Qnothing"]
    assert suggestions["outcome"].tolist() == ["found", "none"]
    assert [asked["q"][0] for asked in service.asked] == ["Qvillage, Smolensk Oblast, Russia", "Qnothing"]

    mine = tmp_path / "mine.csv"
    assert accept_places(suggestions, mine) == []
    assert not mine.exists()
    suggestions.loc[0, "accepted"] = "yes"
    assert accept_places(suggestions, mine) == ["qvillage"]
    place = Gazetteer(extra=mine).resolve("Qvillage").place
    assert (place.latitude, place.longitude, place.admin1) == (55.1, 32.2, "RU-SMO")
    assert place.source.startswith("Nominatim 127.0.0.1")


def test_resolving_asks_no_service(monkeypatch):
    monkeypatch.setattr(Nominatim, "geocode", lambda *_, **__: pytest.fail("a service was asked"))
    resolve_places(pd.DataFrame({"place_as_written": ["Qvillage", "Krasny Yar"]}), Gazetteer())

"""geopy, both ways: this gazetteer as a geopy geocoder, and any geopy geocoder asked about what is left unresolved.

No service is asked unless somebody calls for it. Only a name, its region and its country are sent, never text of a
report; at least a second lies between two questions; what a service says is a suggestion for a person to accept,
and what is accepted is written into the user's own gazetteer file. Needs the extra "online": geopy and platformdirs.
"""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
import time
import warnings
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pandas as pd
from geopy.exc import GeocoderRateLimited, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable, GeopyError
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from geostrike.errors import InputError, PlaceNotFoundError
from geostrike.places.gazetteer import Gazetteer
from geostrike.places.names import fold, transliterate
from geostrike.places.overlay import COLUMNS
from geostrike.places.own import add_place

if TYPE_CHECKING:
    from geostrike.places.place import Candidate

__all__ = ["ANSWER_COLUMNS", "Geostrike", "OnlineLookup", "accept_places", "online_geocoder", "suggest_places"]

USER_AGENT = f"geostrike/{version('geostrike')} (place names of published reports)"
ANSWER_COLUMNS = ("accepted", "place_as_written", "outcome", "address", "service", *COLUMNS)
"""Columns of a table of suggestions: what was asked, what came of it, and the row that accepting it would add."""

_PAUSE_SECONDS = 1.0
_TIMEOUT_SECONDS = 10.0
_LONGEST_WAIT_SECONDS = 20.0
_ATTEMPTS = 3
_GIVE_UP_AFTER = 3
_MOST_ANSWERS = 5
_LONGEST_NAME = 120
_RADIUS_KM = 10
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (service TEXT, query TEXT, asked TEXT, answer TEXT, PRIMARY KEY (service, query));
CREATE TABLE IF NOT EXISTS turns (service TEXT PRIMARY KEY, next REAL NOT NULL);
"""
_GARBAGE = (GeopyError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError)
"""What geopy raises when a service fails, or answers something that its parser does not expect."""


class Geostrike(Geocoder):  # type: ignore[misc]  # geopy has no types
    """The gazetteer as a geopy geocoder, for `geopandas.tools.geocode` and all else that takes one.

    Parameters
    ----------
    gazetteer
        Where to look; the shipped gazetteer by default.
    country, admin1
        Country (ISO 3166-1 alpha-3) and region that all names are in, where that is known.
    timeout, user_agent
        Taken because every geocoder takes them; nothing is sent anywhere.

    Examples
    --------
    >>> Geostrike(country="RUS").geocode("Donetsk").raw["place"]["admin1"]
    'RU-ROS'
    >>> Geostrike().geocode("Krasny Yar") is None
    True
    """

    def __init__(
        self,
        *,
        gazetteer: Gazetteer | None = None,
        country: str = "",
        admin1: str = "",
        timeout: float | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        super().__init__(timeout=timeout, user_agent=user_agent)
        self._gazetteer = gazetteer or Gazetteer()
        self._country, self._admin1 = country, admin1

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: object = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """The place that the name means, or None; with ``exactly_one=False`` all candidates, best first, or None."""
        del timeout
        found = self._gazetteer.resolve(str(query), country=self._country, admin1=self._admin1)
        if exactly_one:
            return _location(found.candidates[0]) if found.status == "resolved" else None
        return [_location(candidate) for candidate in found.candidates] or None


def _location(candidate: Candidate) -> Location:
    place = candidate.place
    address = ", ".join(part for part in (place.name, place.admin1, place.country) if part)
    raw = {"place": place._asdict(), "match": candidate.match, "confidence": candidate.confidence}
    return Location(address, (place.latitude, place.longitude), raw)


def online_geocoder(service: str = "nominatim", **options: object) -> Geocoder:
    """A geopy geocoder with geostrike's user agent and a time-out; `service` is geopy's name of it.

    Raises
    ------
    InputError
        When geopy knows no such service, or it refuses the options.

    Examples
    --------
    >>> online_geocoder("photon").headers["User-Agent"].startswith("geostrike/")
    True
    """
    try:
        return get_geocoder_for_service(service)(**{"user_agent": USER_AGENT, "timeout": _TIMEOUT_SECONDS} | options)
    except (GeopyError, TypeError) as error:
        msg = f"{service!r} cannot be asked: {error}"
        raise InputError(msg) from error


class Answer(NamedTuple):
    """What a service said of a name: "found" with places, "none", or "failed" with the reason."""

    outcome: str
    places: list[tuple[float, float, str]]
    reason: str = ""


class OnlineLookup:
    """A geopy geocoder with a memory and manners: answers are kept, questions are a second or more apart.

    Parameters
    ----------
    geocoder
        Any geopy geocoder, such as `online_geocoder` makes.
    cache
        SQLite file of the answers, which several processes may share; in the user's cache folder by default.
    pause_seconds
        Least time between two questions to one service, at least a second, over all processes that share the cache.

    Raises
    ------
    InputError
        When the pause is shorter than a second, or the cache cannot be used.
    """

    def __init__(
        self, geocoder: Geocoder, *, cache: str | os.PathLike[str] | None = None, pause_seconds: float = _PAUSE_SECONDS
    ) -> None:
        if not pause_seconds >= _PAUSE_SECONDS:
            msg = f"pause_seconds is {pause_seconds}; services ask for at least {_PAUSE_SECONDS:g} s between questions"
            raise InputError(msg)
        self._geocoder = geocoder
        self._pause = pause_seconds
        self.service = f"{type(geocoder).__name__} {getattr(geocoder, 'domain', '')}".strip()
        self._cache = Path(cache) if cache is not None else _cache_file()
        self._failures = 0
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connection()) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            msg = f"{self._cache}: cannot be used as a cache: {error}"
            raise InputError(msg) from error

    def ask(self, name: str, *, admin1: str = "", country: str = "") -> Answer:
        """What the service says of the name in the region and country, which are written as names."""
        query = ", ".join(part for part in map(_plain, (name, admin1, country)) if part)
        if not any(map(str.isalpha, name)) or len(query) > 3 * _LONGEST_NAME or len(name) > _LONGEST_NAME:
            return Answer("none", [], "no name to ask about")
        known = self._known(query)
        if known is not None:
            return known
        if self._failures >= _GIVE_UP_AFTER:
            return Answer("failed", [], f"not asked: {self.service} failed {self._failures} times in a row")
        answer = self._ask_service(query)
        self._failures = self._failures + 1 if answer.outcome == "failed" else 0
        if answer.outcome != "failed":
            self._keep(query, answer)
        return answer

    def _ask_service(self, query: str) -> Answer:
        reason = ""
        for attempt in range(_ATTEMPTS):
            self._wait_for_turn()
            try:
                with warnings.catch_warnings(action="ignore", category=UserWarning):  # of points that cannot be
                    found = self._geocoder.geocode(query, exactly_one=False, timeout=_TIMEOUT_SECONDS)
                return _answer(found)
            except _GARBAGE as error:
                reason = f"{type(error).__name__}: {error}"[:200]
                if not _is_passing(error):
                    break
                self._postpone(_patience(error, attempt, self._pause))
        return Answer("failed", [], reason)

    def _wait_for_turn(self) -> None:
        """Wait until a pause has passed since the last question of any process, and take the next turn."""
        with closing(self._connection()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            now = time.time()
            row = connection.execute("SELECT next FROM turns WHERE service = ?", (self.service,)).fetchone()
            turn = max(now, min(row[0] if row else now, now + _LONGEST_WAIT_SECONDS))
            connection.execute("INSERT OR REPLACE INTO turns VALUES (?, ?)", (self.service, turn + self._pause))
            connection.commit()
        time.sleep(max(0.0, turn - now))

    def _postpone(self, seconds: float) -> None:
        with closing(self._connection()) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO turns VALUES (?, ?)", (self.service, time.time() + seconds))

    def _known(self, query: str) -> Answer | None:
        with closing(self._connection()) as connection:
            select = "SELECT answer FROM answers WHERE service = ? AND query = ?"
            row = connection.execute(select, (self.service, query)).fetchone()
        if row is None:
            return None
        places = [(float(lat), float(lon), str(address)) for lat, lon, address in json.loads(row[0])]
        return Answer("found" if places else "none", places, "remembered")

    def _keep(self, query: str, answer: Answer) -> None:
        told = json.dumps(answer.places, ensure_ascii=False)
        with closing(self._connection()) as connection, connection:
            row = (self.service, query, time.strftime("%Y-%m-%d"), told)
            connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)

    def _connection(self) -> sqlite3.Connection:
        return sqlite3.connect(self._cache, timeout=30, isolation_level=None)


def suggest_places(
    records: pd.DataFrame, geocoder: Geocoder | OnlineLookup, *, gazetteer: Gazetteer | None = None
) -> pd.DataFrame:
    """What a service says of the names of a table that are unresolved or ambiguous, for a person to accept.

    Parameters
    ----------
    records
        A table that `geostrike.places.resolve_places` has resolved.
    geocoder
        A geopy geocoder, or an `OnlineLookup` where the cache or the pause is to be chosen.
    gazetteer
        Where names of regions and countries are taken from.

    Returns
    -------
    DataFrame
        One row a suggestion, and one for each name without any, with the columns `ANSWER_COLUMNS`. Write "yes" in
        `accepted`, correct what needs correcting, and give it to `accept_places`.
    """
    lookup = geocoder if isinstance(geocoder, OnlineLookup) else OnlineLookup(geocoder)
    places = gazetteer or Gazetteer()
    rows = []
    for name, country, admin1 in _open_questions(records):
        region, state = _name_of(places, admin1), _name_of(places, country)
        answer = lookup.ask(name, admin1=region, country=state)
        told = {"accepted": "", "place_as_written": name, "outcome": answer.outcome, "service": lookup.service}
        if not answer.places:
            rows.append(told | {"address": answer.reason})
        for number, (lat, lon, address) in enumerate(answer.places):
            rows.append(
                told | {"address": address} | _suggested(name, number, country, admin1, lat, lon, lookup.service)
            )
    return pd.DataFrame(rows, columns=list(ANSWER_COLUMNS), dtype="str").fillna("")


def accept_places(suggestions: pd.DataFrame, path: str | os.PathLike[str]) -> list[str]:
    """Write the suggestions whose `accepted` says so ("yes", "y", "true", "1", "x") into a gazetteer file; their ids.

    Raises
    ------
    InputError
        When an accepted row is wrong, such as a point outside its country; the rows before it are written.
    """
    added = []
    for row in suggestions.fillna("").astype(str).to_dict("records"):
        if row["accepted"].strip().lower() in ("yes", "y", "true", "1", "x"):
            add_place(Path(path), {str(column): cell for column, cell in row.items()})
            added.append(row["id"])
    return added


def _open_questions(records: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Name, country hint and region hint of the rows that are unresolved or ambiguous, each once."""
    still_open = records.loc[records["place_status"].isin(["unresolved", "ambiguous"])]
    columns = [
        still_open[column].fillna("").astype(str) if column in still_open else pd.Series("", index=still_open.index)
        for column in ("place_as_written", "country_hint", "admin1_hint")
    ]
    asked = dict.fromkeys(zip(*columns, strict=True))
    return [cast("tuple[str, str, str]", question) for question in asked if question[0].strip()]


def _name_of(gazetteer: Gazetteer, code: str) -> str:
    """The name of a country or region given by its code; what is no code is a name already."""
    try:
        return gazetteer[code].name if code else ""
    except PlaceNotFoundError:
        return code


def _suggested(
    name: str, number: int, country: str, admin1: str, latitude: float, longitude: float, service: str
) -> dict[str, str]:
    slug = re.sub(r"[^a-z0-9]+", "-", fold(transliterate(fold(name), "ru"))).strip("-") or "place"
    return {
        "id": f"{slug}-{number + 1}" if number else slug,
        "name": name,
        "kind": "settlement",
        "country": country,
        "admin1": admin1 if re.fullmatch(r"[A-Z]{2}[-.][A-Z0-9]{1,6}", admin1) else "",
        "latitude": f"{latitude:.5f}",
        "longitude": f"{longitude:.5f}",
        "radius_km": str(_RADIUS_KM),
        "source": f"{service}, asked {time.strftime('%Y-%m-%d')}",
        "source2": "single source",
    }


def _answer(found: Any) -> Answer:
    """The answer in a geocoder's reply, without points that cannot be."""
    given = found if isinstance(found, list) else [found] if found is not None else []
    places = []
    for location in given[:_MOST_ANSWERS]:
        lat, lon = float(location.latitude), float(location.longitude)
        if math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0):
            places.append((lat, lon, _plain(str(location.address))[:300]))
    if given and not places:
        msg = "the service gave only points that cannot be"
        raise ValueError(msg)
    return Answer("found" if places else "none", places)


def _is_passing(error: Exception) -> bool:
    """Whether asking again may help: too many questions, a time-out, a server's fault."""
    passing = isinstance(error, GeocoderRateLimited | GeocoderTimedOut | GeocoderUnavailable)
    return passing or (type(error) is GeocoderServiceError and "non-successful status code 5" in str(error).lower())


def _patience(error: Exception, attempt: int, pause: float) -> float:
    """Seconds to wait before asking again: what the service asks for, within reason, or twice as long each time."""
    asked = getattr(error, "retry_after", None)
    wanted = float(asked) if isinstance(asked, int | float) and asked > 0 else pause * 2**attempt
    return min(max(wanted, pause), _LONGEST_WAIT_SECONDS)


def _plain(text: str) -> str:
    """Text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _cache_file() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("geostrike") / "online.sqlite"

"""geopy, both ways: this gazetteer as a geopy geocoder, and any geopy geocoder for names that are left unresolved.

A service is only asked on request. Only a name, its region and its country are sent, never text of a report; questions
are at least a second apart; time, size and redirects of an answer are bounded (`Limits`). Answers are suggestions for a
person to accept, and accepted ones are written to the user's own gazetteer file.
"""

from __future__ import annotations

import copy
import math
import os
import queue
import re
import threading
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote, urlsplit

import pandas as pd
from geopy.adapters import BaseAsyncAdapter
from geopy.exc import GeocoderRateLimited, GeocoderTimedOut, GeocoderUnavailable, GeopyError
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from geostrike.errors import InputError, PlaceNotFoundError
from geostrike.places.answer_cache import AnswerCache
from geostrike.places.answer_scale import Scale, numbers_in, scale_of
from geostrike.places.fetching import BoundedAdapter, FetchError, Limits, StatusError
from geostrike.places.gazetteer import Gazetteer
from geostrike.places.names import fold, transliterate
from geostrike.places.overlay import COLUMNS
from geostrike.places.own import add_place
from geostrike.tables import PLACE_KINDS

if TYPE_CHECKING:
    from geostrike.places.place import Candidate

__all__ = [
    "ANSWER_COLUMNS",
    "Answer",
    "Geostrike",
    "Limits",
    "OnlineLookup",
    "accept_places",
    "online_geocoder",
    "suggest_places",
]

USER_AGENT = f"geostrike/{version('geostrike')} (place names of published reports)"
ANSWER_COLUMNS = ("accepted", "place_as_written", "outcome", "address", "service", *COLUMNS)
"""Columns of a table of suggestions: what was asked, what came of it, and the row that accepting it would add."""

_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 3600.0
_TIMEOUT_SECONDS = 10.0
_GIVE_UP_AFTER = 3
_MOST_ANSWERS = 5
_LONGEST_NAME = 120
_SECRET_NAME = re.compile("key|token|secret|passw|auth|user|_id$|code$", re.IGNORECASE)
_SHORTEST_SECRET = 4
_PLAIN_HEADERS = frozenset(("user-agent", "accept", "accept-language", "referer"))


class Geostrike(Geocoder):  # type: ignore[misc]  # geopy has no types
    """The gazetteer as a geopy geocoder, for `geopandas.tools.geocode` and anything else that takes one.

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
        """Return the place of a name, or None; with ``exactly_one=False`` all candidates, best first, or None."""
        del timeout
        if not isinstance(query, str):
            return None
        found = self._gazetteer.resolve(query, country=self._country, admin1=self._admin1)
        if exactly_one:
            return _location(found.candidates[0]) if found.status == "resolved" else None
        return [_location(candidate) for candidate in found.candidates] or None


def _location(candidate: Candidate) -> Location:
    place = candidate.place
    address = ", ".join(part for part in (place.name, place.admin1, place.country) if part)
    raw = {"place": place._asdict(), "match": candidate.match, "confidence": candidate.confidence}
    return Location(address, (place.latitude, place.longitude), raw)


def online_geocoder(service: str = "nominatim", **options: object) -> Geocoder:
    """Return a geopy geocoder with geostrike's user agent and a timeout of 10 s; `service` is its name in geopy.

    Parameters
    ----------
    service
        geopy's name of the service, such as "nominatim" or "photon".
    options
        What geopy's class of the service takes, such as ``api_key``, ``domain``, ``proxies`` or ``timeout`` (seconds,
        for one try).

    Raises
    ------
    InputError
        If geopy has no such service, or it rejects the options.

    Examples
    --------
    >>> online_geocoder("photon").headers["User-Agent"].startswith("geostrike/")
    True
    """
    try:
        made = get_geocoder_for_service(service)(**{"user_agent": USER_AGENT, "timeout": _TIMEOUT_SECONDS} | options)
    except (GeopyError, TypeError, ValueError, AttributeError) as error:
        msg = f"{service!r} cannot be asked: {_without(_secrets(options), str(error))}"
        raise InputError(msg) from None
    _timeout_of(made)
    return made


class Answer(NamedTuple):
    """The answer of a service to a name.

    Parameters
    ----------
    outcome
        "found", "none" (the service knows no such place), or "failed" (it gave no answer that can be used).
    places
        Latitude, longitude and address of each place.
    reason
        Why it failed, or that the answer was remembered.
    scales
        Kind and radius of each place, as the service's own type and box say.
    """

    outcome: str
    places: list[tuple[float, float, str]]
    reason: str = ""
    scales: list[Scale] = []  # noqa: RUF012 - nobody adds to it


class OnlineLookup:
    """A geopy geocoder with a cache, a rate limit and bounds.

    Answers are kept, and questions are a second or more apart. A temporary failure (no connection, no answer in time,
    HTTP status 408, 425, 429 or 5xx) is retried after a pause that doubles, or after the time in the server's
    ``Retry-After``. If that is longer than the time left for the name, the name fails at once, and no question is sent
    before that time. After three names in a row that failed, no further question is sent.

    A geocoder with one of geopy's own HTTP adapters gets one that keeps the limits, follows redirects only to http and
    https, never from https to http or from a public server into a private network, and sends keys to no other server. A
    geocoder with an adapter of the caller's own keeps it; then only the limits of time apply.

    Parameters
    ----------
    geocoder
        Any synchronous geopy geocoder, such as `online_geocoder` makes. Its `timeout` bounds one try.
    cache
        SQLite file of the answers, which several processes may share; in the user's cache folder by default. A damaged
        one is renamed, one that cannot be used is done without, each with a warning.
    pause_seconds
        Least time between two questions to one service, 1 to 3600 s, over all processes that share the cache.
    limits
        What a question may cost, and how long answers are kept.

    Raises
    ------
    InputError
        If the pause is out of range, or the geocoder cannot be used.
    """

    def __init__(
        self,
        geocoder: Geocoder,
        *,
        cache: str | os.PathLike[str] | None = None,
        pause_seconds: float = _PAUSE_SECONDS,
        limits: Limits | None = None,
    ) -> None:
        if not _PAUSE_SECONDS <= pause_seconds <= _LONGEST_PAUSE_SECONDS:
            msg = (
                f"pause_seconds is {pause_seconds}; services ask for at least {_PAUSE_SECONDS:g} s between questions, "
                f"and more than {_LONGEST_PAUSE_SECONDS:g} s is not waited"
            )
            raise InputError(msg)
        _check_geocoder(geocoder)
        self._geocoder = geocoder
        self._timeout = _timeout_of(geocoder)
        self._pause, self._limits = pause_seconds, limits or Limits()
        self._secrets = _secrets(vars(geocoder))
        self.service = _service_name(geocoder)
        self._failures = 0
        self._left_alone_until = 0.0
        self._cache = AnswerCache(
            Path(cache) if cache is not None else _cache_file(),
            self.service,
            found_days=self._limits.found_days,
            none_days=self._limits.none_days,
        )

    def ask(self, name: str, *, admin1: str = "", country: str = "") -> Answer:
        """Ask the service for the name in the region and country, which are written as names."""
        texts: list[Any] = [name, admin1, country]
        name, *rest = (part if isinstance(part, str) else "" for part in texts)
        query = ", ".join(part for part in map(_plain, (name, *rest)) if part)
        if not any(map(str.isalpha, name)) or len(query) > 3 * _LONGEST_NAME or len(name) > _LONGEST_NAME:
            return Answer("none", [], "no name to ask about")
        known = _remembered(self._cache.known(query))
        if known is not None:
            return known
        refused = self._refusal()
        if refused is not None:
            return refused
        answer = self._ask_service(query)
        self._failures = self._failures + 1 if answer.outcome == "failed" else 0
        if answer.outcome != "failed":
            found = [[*place, *scale] for place, scale in zip(answer.places, answer.scales, strict=True)]
            self._cache.keep(query, found)
        return answer

    def _refusal(self) -> Answer | None:
        """Return why the service is not asked any more, if so."""
        if self._failures >= _GIVE_UP_AFTER:
            return _failed(f"not asked: {self.service} failed {self._failures} times in a row")
        left = self._left_alone_until - time.monotonic()
        return _failed(f"not asked: {self.service} asks to wait {left:,.0f} s more") if left > 0 else None

    def _ask_service(self, query: str) -> Answer:
        end = time.monotonic() + self._pause + self._limits.total_seconds
        answer = _failed("other processes ask the same service")
        for attempt in range(int(self._limits.tries)):
            if not self._wait_for_turn(end):
                return answer
            try:
                return _answer(self._reply(query, min(end, time.monotonic() + self._timeout)))
            except Exception as error:  # noqa: BLE001 - geopy's parsers raise anything on an answer that they do not expect
                answer = _failed(_plain(_without(self._secrets, _words_of(error)))[:200])
                passing, wait = _is_passing(error), _named_wait(error)
            if not passing or not self._postpone(attempt, wait, end):
                break
        return answer

    def _wait_for_turn(self, end: float) -> bool:
        """Wait for the pause since the last question of any process; False if it ends after the deadline."""
        wait = self._cache.take_turn(self._pause, self._pause + self._limits.total_seconds)
        if time.monotonic() + wait >= end:
            return False
        time.sleep(wait)
        return True

    def _postpone(self, attempt: int, wait: float | None, end: float) -> bool:
        """Make all processes wait as long as the server asks, or twice as long each time; False if that is too long."""
        seconds = max(wait or 0.0, self._pause * 2**attempt)
        if time.monotonic() + seconds >= end:
            self._left_alone_until = time.monotonic() + (wait or 0.0)
            return False
        self._cache.postpone(seconds)
        return True

    def _reply(self, query: str, deadline: float) -> Any:
        """Return geopy's result for the service's reply, or raise its error, by the deadline."""
        geocoder, adapter = self._geocoder, None
        if type(getattr(geocoder, "adapter", None)).__module__ == "geopy.adapters":
            adapter = BoundedAdapter(
                proxies=geocoder.proxies, ssl_context=geocoder.ssl_context, limits=self._limits, deadline=deadline
            )
            geocoder = copy.copy(geocoder)
            geocoder.adapter = adapter
        left = max(0.001, deadline - time.monotonic())
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # for impossible points
            try:
                return _by(deadline, lambda: geocoder.geocode(query, exactly_one=False, timeout=left))
            finally:
                if adapter is not None:
                    adapter.abandon()


def _by(deadline: float, call: Callable[[], Any]) -> Any:
    """Return or raise what the call does, or a fault at the deadline: looking up a server's name has no timeout."""
    outcome: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

    def work() -> None:
        try:
            outcome.put((True, call()))
        except Exception as error:  # noqa: BLE001 - it is raised again below
            outcome.put((False, error))

    threading.Thread(target=work, daemon=True, name="geostrike-lookup").start()
    try:
        returned, value = outcome.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        msg = "no complete answer in time"
        raise FetchError(msg, passing=True) from None
    if returned:
        return value
    raise value


def _failed(reason: str) -> Answer:
    return Answer("failed", [], reason)


def _check_geocoder(geocoder: Any) -> None:
    if isinstance(geocoder, type) or not callable(getattr(geocoder, "geocode", None)):
        msg = f"{geocoder!r} is not a geocoder; make one with online_geocoder"
        raise InputError(msg)
    if isinstance(getattr(geocoder, "adapter", None), BaseAsyncAdapter):
        msg = f"{type(geocoder).__name__} is asynchronous; make it with one of geopy's synchronous adapters"
        raise InputError(msg)


def _timeout_of(geocoder: Any) -> float:
    """Return the longest time of one try; geopy's None, for no limit, is ignored."""
    timeout = getattr(geocoder, "timeout", None)
    if timeout is None:
        return _TIMEOUT_SECONDS
    if not isinstance(timeout, int | float) or not 0 < timeout < math.inf:
        msg = f"timeout is {timeout!r}; write seconds, more than 0"
        raise InputError(msg)
    return float(timeout)


def _service_name(geocoder: Any) -> str:
    """Return class and domain, without a user's name or a key."""
    domain = str(getattr(geocoder, "domain", "") or "")
    return f"{type(geocoder).__name__} {re.split('[?#]', domain)[0].rpartition('@')[2]}".strip()


def _secrets(options: Any) -> list[str]:
    """Return the values among a geocoder's options that no message may show, the longest first."""
    found = [value for name, value in options.items() if isinstance(value, str) and _is_secret(name)]
    headers = options.get("headers")
    if isinstance(headers, dict):
        found += [str(value) for name, value in headers.items() if str(name).lower() not in _PLAIN_HEADERS]
    proxies = options.get("proxies")
    for proxy in proxies.values() if isinstance(proxies, dict) else [proxies]:
        found += _password_of(proxy)
    found += _password_of(options.get("domain"))
    kept = {value for value in found if len(value) >= _SHORTEST_SECRET}
    return sorted(kept | {quote(value, safe="") for value in kept}, key=len, reverse=True)


def _is_secret(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not name.endswith("user_agent")


def _password_of(address: object) -> list[str]:
    if not isinstance(address, str) or "@" not in address:
        return []
    credentials = urlsplit(address if "://" in address else f"//{address}").netloc.rpartition("@")[0]
    return [credentials, *credentials.split(":", 1)]


def _without(secrets: list[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def suggest_places(
    records: pd.DataFrame, geocoder: Geocoder | OnlineLookup, *, gazetteer: Gazetteer | None = None
) -> pd.DataFrame:
    """Return a service's suggestions for the unresolved and ambiguous names of a table, for a person to accept.

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
        One row per suggestion, and one for each name without any, with the columns `ANSWER_COLUMNS`; `outcome` is
        "found", "none" or "failed", and `address` says why it failed. `kind` and `radius_km` are never finer than the
        service's own type: where it knows only the country, the suggestion is a country. Write "yes" in `accepted`,
        correct what needs correcting, and give it to `accept_places`.

    Raises
    ------
    InputError
        If the table was not resolved, or the geocoder cannot be used.
    """
    _require(records, "place_status", "place_as_written")
    lookup = geocoder if isinstance(geocoder, OnlineLookup) else OnlineLookup(geocoder)
    places = gazetteer or Gazetteer()
    rows: list[dict[str, str]] = []
    ids: set[str] = set()
    for name, country, admin1 in _open_questions(records):
        region, state = _name_of(places, admin1), _name_of(places, country)
        answer = lookup.ask(name, admin1=region, country=state)
        common = {"accepted": "", "place_as_written": name, "outcome": answer.outcome, "service": lookup.service}
        if not answer.places:
            rows.append(common | {"address": answer.reason})
        for (lat, lon, address), scale in zip(answer.places, answer.scales, strict=True):
            point = {"latitude": f"{lat:.5f}", "longitude": f"{lon:.5f}"}
            named = {"id": _free_id(name, ids), "name": name, "country": country, "admin1": _region_code(admin1)}
            rows.append(common | {"address": address} | named | point | _judged(scale, lookup.service))
    return pd.DataFrame(rows, columns=list(ANSWER_COLUMNS), dtype="str").fillna("")


def accept_places(suggestions: pd.DataFrame, path: str | os.PathLike[str]) -> list[str]:
    """Write the suggestions marked in `accepted` ("yes", "y", "true", "1", "x") to a gazetteer file; return their ids.

    Raises
    ------
    InputError
        If an accepted row is wrong, such as a point outside its country, or the file cannot be written; earlier rows
        are written. If the table lacks a column.
    """
    _require(suggestions, "accepted", *COLUMNS)
    added = []
    cells = {column: _as_text(suggestions[column]) for column in ("accepted", *COLUMNS)}
    for row in pd.DataFrame(cells).to_dict("records"):
        if row["accepted"].strip().lower() in ("yes", "y", "true", "1", "x"):
            try:
                add_place(Path(path), {str(column): cell for column, cell in row.items()})
            except OSError as error:
                msg = f"{path}: {row['name']!r} cannot be written: {error.strerror or error}"
                raise InputError(msg) from error
            added.append(row["id"].strip())
    return added


def _require(table: pd.DataFrame, *columns: str) -> None:
    missing = [column for column in columns if list(table.columns).count(column) != 1]
    if missing:
        msg = f"the table needs one column {missing[0]!r}; it has: {', '.join(map(str, table.columns))}"
        raise InputError(msg)


def _as_text(column: pd.Series) -> pd.Series:
    """Return the cells as text, empty if missing, whatever the column's type."""
    return column.astype("object").where(column.notna(), "").astype(str)


def _open_questions(records: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return name, country hint and region hint of the rows that are unresolved or ambiguous, each once."""
    still_open = records.loc[records["place_status"].isin(["unresolved", "ambiguous", "pending"])]
    columns = [
        _as_text(still_open[column]) if column in still_open else pd.Series("", index=still_open.index)
        for column in ("place_as_written", "country_hint", "admin1_hint")
    ]
    asked = dict.fromkeys(zip(*columns, strict=True))
    return [cast("tuple[str, str, str]", question) for question in asked if question[0].strip()]


def _name_of(gazetteer: Gazetteer, code: str) -> str:
    """Return the name of a country or region given by code; anything else is returned as it is."""
    try:
        return gazetteer[code].name if code else ""
    except PlaceNotFoundError:
        return code


def _free_id(name: str, ids: set[str]) -> str:
    """Return an id made from the name that no suggestion has yet."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(transliterate(fold(name), "ru"))).strip("-") or "place"
    number = 1
    while (free := f"{slug}-{number}" if number > 1 else slug) in ids:
        number += 1
    ids.add(free)
    return free


def _region_code(admin1: str) -> str:
    return admin1 if re.fullmatch(r"[A-Z]{2}[-.][A-Z0-9]{1,6}", admin1) else ""


def _judged(scale: Scale, service: str) -> dict[str, str]:
    return {
        "kind": scale.kind,
        "radius_km": f"{scale.radius_km:.0f}",
        "source": f"{service}, asked {time.strftime('%Y-%m-%d')}",
        "source2": "single source",
    }


def _answer(found: Any) -> Answer:
    """Return the answer in a geocoder's reply, without impossible points."""
    given = found if isinstance(found, list) else [found] if found is not None else []
    places, scales = [], []
    for location in given[:_MOST_ANSWERS]:
        lat, lon, raw = float(location.latitude), float(location.longitude), location.raw
        if _can_be(lat, lon) and _is_in(raw, lat, lon):
            places.append((lat, lon, _address(location.address)))
            scales.append(scale_of(raw, lat, lon))
    if given and not places:
        msg = "the service returned only impossible points"
        raise FetchError(msg)
    return Answer("found" if places else "none", places, scales=scales)


def _can_be(lat: float, lon: float) -> bool:
    return abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)  # False for NaN


def _is_in(raw: Any, lat: float, lon: float) -> bool:
    """Whether both numbers are in the raw answer: geopy makes 0 of a missing one, and turns 392 degrees into 32."""
    return not raw or {lat, lon} <= set(numbers_in(raw))


def _address(text: object) -> str:
    """Return the address on one line that no spreadsheet takes for a formula."""
    return _plain(text if isinstance(text, str) else "").lstrip("=+-@ ")[:300]


def _remembered(kept: list[Any] | None) -> Answer | None:
    """Return the answer from the cache; None if it cannot be used, such as an older version's without a scale."""
    if kept is None:
        return None
    places, scales = [], []
    for row in kept:
        try:
            lat, lon, address, kind, radius = row
            place, scale = (float(lat), float(lon), _address(address)), Scale(str(kind), float(radius))
        except (TypeError, ValueError):
            return None
        if not _can_be(*place[:2]) or scale.kind not in PLACE_KINDS or not 0 < scale.radius_km < math.inf:
            return None
        places.append(place)
        scales.append(scale)
    return Answer("found" if places else "none", places, "remembered", scales)


def _fetch_fault(error: BaseException | None) -> FetchError | StatusError | None:
    """Return the fetching fault that geopy turned into an error of its own."""
    while error is not None and not isinstance(error, FetchError | StatusError):
        error = error.__cause__
    return error


def _is_passing(error: Exception) -> bool:
    """Whether asking again may help: too many questions, no connection, a server's fault."""
    fault = _fetch_fault(error)
    if fault is not None:
        return fault.passing
    return isinstance(error, GeocoderRateLimited | GeocoderTimedOut | GeocoderUnavailable)


def _named_wait(error: Exception) -> float | None:
    """Return the seconds that the server asks to wait, if it does."""
    fault = _fetch_fault(error)
    asked = fault.wait if isinstance(fault, StatusError) else getattr(error, "retry_after", None)
    return float(asked) if isinstance(asked, int | float) and 0 < asked < math.inf else None


def _words_of(error: Exception) -> str:
    if isinstance(error, FetchError | GeopyError):
        return str(error) or type(error).__name__
    return f"the answer is not as expected ({type(error).__name__}: {error})"


def _plain(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _cache_file() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("geostrike") / "online.sqlite"

"""Read many reports with worker processes: in chunks and in order, with the same rows as one by one.

A worker that times out or dies costs one report: the reports of its chunk are read again, one by one.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.intake import FaultError, Job, LimitError, limits_for, outcomes, processes
from geostrike.places import Gazetteer, Hints, Resolution
from geostrike.reading.overrides import NamedPlaces
from geostrike.reading.rows import NO_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geostrike.places import Resolver
    from geostrike.reading.rows import Read, Report

__all__ = [
    "describe_places",
    "extract_in_workers",
    "is_worth_workers",
    "open_places",
    "to_json",
]

_TASK = "geostrike.reading.extraction:extract_some"
# Measured on two cores: a worker starts in 1.2 s, and a million characters take 3.4 s.
_WORTH = 1_500_000  # characters
_AT_ONCE = 30_000  # characters per chunk: a tenth of a second
_DAYS = ("date_start", "date_end")


def is_worth_workers(reports: Sequence[Report]) -> bool:
    """Whether there is enough text for workers to be faster, including their start."""
    return processes() > 1 and len(reports) > 1 and sum(len(text) for *_, text in reports) >= _WORTH


def describe_places(places: Any) -> dict[str, Any] | None:
    """Describe a gazetteer so that a worker can open it; None if it does not consist of files alone."""
    if type(places) is NamedPlaces:
        inner = describe_places(places.places)
        return inner and inner | {"names": [*inner["names"], places.names]}
    if type(places) is not Gazetteer:
        return None
    return {"files": [str(path) for path in places.files], "versions": places.versions, "names": []}


def open_places(described: dict[str, Any]) -> Resolver | None:
    """Open a described gazetteer; None if its files have changed."""
    gazetteer = Gazetteer(extra=described["files"])
    if gazetteer.versions != described["versions"]:
        return None
    places: Resolver = gazetteer
    for names in described["names"]:
        places = NamedPlaces(places, names)
    return places


def extract_in_workers(reports: Sequence[Report], places: dict[str, Any]) -> Iterator[Read | None]:
    """Yield the rows of each report, in order; None if the caller has to read it, since the gazetteer has changed."""
    chunks = list(_chunks(reports))
    for chunk, outcome in zip(chunks, outcomes(_job(chunk, places) for chunk in chunks), strict=True):
        try:
            found: list[Any] | None = outcome.result()
        except (LimitError, FaultError):
            yield from _one_by_one(chunk, places)
            continue
        yield from [None] * len(chunk) if found is None else map(_from_json, found)


def _one_by_one(chunk: list[Report], places: dict[str, Any]) -> Iterator[Read | None]:
    for outcome in outcomes(_job([report], places) for report in chunk):
        try:
            found: list[Any] | None = outcome.result()
        except (LimitError, FaultError) as error:
            yield NO_ROWS, {}, "LIMIT" if isinstance(error, LimitError) else "FAULT", str(error)
            continue
        yield None if found is None else _from_json(found[0])


def _chunks(reports: Sequence[Report]) -> Iterator[list[Report]]:
    chunk: list[Report] = []
    length = 0
    for report in reports:
        chunk.append(report)
        length += len(report[3])
        if length >= _AT_ONCE:
            yield chunk
            chunk, length = [], 0
    if chunk:
        yield chunk


def _job(chunk: list[Report], places: dict[str, Any]) -> Job:
    rows = [(report, day and day.isoformat(), language, text) for report, day, language, text in chunk]
    size = sum(len(text.encode("utf-8", "surrogatepass")) for *_, text in chunk)
    return Job(_TASK, {"places": json.dumps(places), "reports": rows}, limits_for(size))


def to_json(read: Read) -> Any:
    """Convert rows to a form that JSON can hold: dates as text."""
    tables, resolutions, code, reason = read
    for row in tables[1]:
        for name in _DAYS:
            day = row[name]
            row[name] = day.date().isoformat() if isinstance(day, pd.Timestamp) else None
    return tables, list(resolutions.items()), code, reason


def _from_json(read: Any) -> Read:
    """Convert rows back from `to_json`."""
    tables, resolutions, code, reason = read
    for row in tables[1]:
        for name in _DAYS:
            row[name] = pd.Timestamp(dt.date.fromisoformat(row[name])) if row[name] else pd.NaT
    known = {(name, Hints(*hints)): Resolution.of(resolution) for (name, hints), resolution in resolutions}
    return tuple(tables), known, code, reason

"""Many reports, read by workers on all processors: in chunks, in their order, with the same rows as one by one.

A worker that takes too long or dies costs one report: those of its chunk are read again, each alone.
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
    "chosen_places",
    "described_places",
    "is_worth_workers",
    "read_by_workers",
    "to_json",
]

_TASK = "geostrike.reading.extraction:read_some"
# Measured on two cores: a worker starts in 1.2 s, and a million characters take 3.4 s to read.
_WORTH = 1_500_000  # characters
_AT_ONCE = 30_000  # characters in a chunk: a tenth of a second
_DAYS = ("date_start", "date_end")


def is_worth_workers(reports: Sequence[Report]) -> bool:
    """Whether there is so much to read that workers are done sooner, their start included."""
    return processes() > 1 and len(reports) > 1 and sum(len(text) for *_, text in reports) >= _WORTH


def described_places(places: Any) -> dict[str, Any] | None:
    """What a worker needs to open the same gazetteer; None for one that is not only files."""
    if type(places) is NamedPlaces:
        inner = described_places(places.places)
        return inner and inner | {"names": [*inner["names"], places.names]}
    if type(places) is not Gazetteer:
        return None
    return {"files": [str(path) for path in places.files], "versions": places.versions, "names": []}


def chosen_places(described: dict[str, Any]) -> Resolver | None:
    """The gazetteer that is described; None where its files are not any more what they were."""
    gazetteer = Gazetteer(extra=described["files"])
    if gazetteer.versions != described["versions"]:
        return None
    places: Resolver = gazetteer
    for names in described["names"]:
        places = NamedPlaces(places, names)
    return places


def read_by_workers(reports: Sequence[Report], places: dict[str, Any]) -> Iterator[Read | None]:
    """What each report tells, in order; None for one that the caller has to read, since the gazetteer has changed."""
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
    told = [(report, day and day.isoformat(), language, text) for report, day, language, text in chunk]
    size = sum(len(text.encode("utf-8", "surrogatepass")) for *_, text in chunk)
    return Job(_TASK, {"places": json.dumps(places), "reports": told}, limits_for(size))


def to_json(read: Read) -> Any:
    """The rows as what JSON can hold: days as text."""
    tables, resolutions, code, reason = read
    for row in tables[1]:
        for name in _DAYS:
            day = row[name]
            row[name] = day.date().isoformat() if isinstance(day, pd.Timestamp) else None
    return tables, list(resolutions.items()), code, reason


def _from_json(told: Any) -> Read:
    """The rows as they were before `to_json`."""
    tables, resolutions, code, reason = told
    for row in tables[1]:
        for name in _DAYS:
            row[name] = pd.Timestamp(dt.date.fromisoformat(row[name])) if row[name] else pd.NaT
    known = {(name, Hints(*hints)): Resolution.of(resolution) for (name, hints), resolution in resolutions}
    return tuple(tables), known, code, reason

"""Places kept by hand in a CSV file, gazetteer.csv or a user's own, which overlay the base gazetteer."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geostrike.errors import InputError
from geostrike.places.index import overlay_keys, split_names
from geostrike.places.names import index_keys
from geostrike.places.place import Place
from geostrike.tables import PLACE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["COLUMNS", "Overlay", "check_header", "read_overlay"]

COLUMNS = (
    "id", "name", "variants", "kind", "country", "admin1", "latitude", "longitude", "radius_km", "geonameid",
    "blocked_variants", "source", "source2",
)  # fmt: skip
"""Columns of the file; variants and blocked variants are separated by "|"."""
_COUNTRY = re.compile("[A-Z]{3}")
# float() also accepts 5_0.9 and digits of other scripts.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_LONGEST = 100  # characters of a number
_LONGEST_CELL = 100_000  # characters
_FARTHEST_KM = 20_100


@dataclass(slots=True)
class Overlay:
    """Places kept by hand, their keys, and what they change in the layers below.

    Parameters
    ----------
    places
        The places, by id.
    keys
        Key of `geostrike.places.names` -> ids of the places with this key.
    replaces
        Id of a place below -> id of the place here that replaces it, and takes over its names.
    blocked
        Id of a place below -> keys of names to remove from it.
    """

    places: dict[str, Place] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    replaces: dict[str, str] = field(default_factory=dict)
    blocked: dict[str, frozenset[str]] = field(default_factory=dict)


def read_overlay(path: Path, prepared: Mapping[str, str] | None = None, *, preferred: bool = False) -> Overlay:
    """Read the places of a file.

    Parameters
    ----------
    path
        A CSV file with the columns of gazetteer.csv.
    prepared
        SHA-256 of a file's content -> its precomputed keys, as JSON.
    preferred
        Whether its places come before all others of the same name: a user's own file.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or a row is not a place; the message names file and line.
    """
    try:
        if path.exists() and not path.is_file():
            msg = f"{path}: is not a regular file; a gazetteer is a CSV file, or an index of places"
            raise InputError(msg)
        content = path.read_bytes()
        rows = _numbered_rows(path, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        msg = f"{path}: is not UTF-8 text: {error.reason} at byte {error.start}; save it as UTF-8"
        raise InputError(msg) from error
    except (OSError, ValueError, csv.Error) as error:
        if isinstance(error, InputError):
            raise
        msg = f"{path}: cannot be read as a gazetteer: {error}"
        raise InputError(msg) from error
    known = (prepared or {}).get(hashlib.sha256(content).hexdigest())
    overlay = Overlay(keys=json.loads(known) if known else overlay_keys(rows.values(), index_keys))
    for number, row in rows.items():
        place = _place(row, f"{path.name}:{number}", preferred=preferred)
        if place.id in overlay.places:
            msg = f"{path.name}:{number}: the id {place.id!r} is already used by an earlier row"
            raise InputError(msg)
        _add(overlay, row, place)
    return overlay


def check_header(names: Sequence[str], file: str) -> None:
    """Reject a gazetteer that lacks a column or has one twice.

    Raises
    ------
    InputError
        If it does.
    """
    missing = next((name for name in COLUMNS if name not in names), None)
    if missing is not None:
        msg = f"{file}: the column {missing!r} is missing; a gazetteer has: {', '.join(COLUMNS)}"
        raise InputError(msg)
    twice = next((name for name in COLUMNS if names.count(name) > 1), None)
    if twice is not None:
        msg = f"{file}: the column {twice!r} occurs twice; remove one of them"
        raise InputError(msg)


def _numbered_rows(path: Path, text: str) -> dict[int, dict[str, str]]:
    """Return rows by line number, without those that have neither id nor point, as in a run's unresolved.csv."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    check_header(reader.fieldnames or (), path.name)
    filled_in = ("id", "latitude", "longitude")
    return {number: row for number, row in enumerate(reader, start=2) if any(row[c].strip() for c in filled_in)}


def _add(overlay: Overlay, row: dict[str, str], place: Place) -> None:
    overlay.places[place.id] = place
    if row["geonameid"]:
        below = f"geonames:{row['geonameid']}"
        overlay.replaces[below] = place.id
        overlay.blocked[below] = frozenset(
            key for name in split_names(row["blocked_variants"]) for key, _ in index_keys(name, [])
        )


def _place(row: dict[str, str], where: str, *, preferred: bool) -> Place:
    numbers = {column: _number(row[column]) for column in ("latitude", "longitude", "radius_km")}
    fault = next(_faults(row, numbers), None)
    if fault:
        msg = f"{where}: {fault}"
        raise InputError(msg)
    sources = "; ".join(row[column] for column in ("source", "source2") if row[column])
    return Place(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        country=row["country"],
        admin1=row["admin1"],
        latitude=numbers["latitude"],
        longitude=numbers["longitude"],
        radius_km=numbers["radius_km"],
        population=0,
        source=sources,
        preferred=preferred,
    )


def _number(text: str) -> float:
    """Parse the number in a cell; NaN if there is none."""
    return float(text) if text and len(text) <= _LONGEST and _NUMBER.fullmatch(text.strip()) else math.nan


def _long_cells(row: dict[str, str]) -> Iterator[str]:
    for name, cell in row.items():
        if len(cell or "") > _LONGEST_CELL:
            yield f"{name} has {len(cell):,} characters, and at most {_LONGEST_CELL:,} are read"


def _faults(row: dict[str, str], numbers: Mapping[str, float]) -> Iterator[str]:
    """Yield why a row cannot be a place; `geostrike.places.own` checks more."""
    if None in row:
        yield "it has more cells than there are columns"
    if not row["id"].strip():
        yield "the id is empty"
    yield from _long_cells(row)
    for column, number in numbers.items():
        if not math.isfinite(number):
            yield f"{column} is {row[column][:40]!r}, which is not a number"
    latitude, longitude, radius = numbers.values()
    if abs(latitude) > 90 or abs(longitude) > 180:
        yield f"{latitude}, {longitude} is off the globe; are lat and lon swapped?"
    if latitude == longitude == 0:
        yield "0, 0 is not a place"
    if radius < 0 or radius > _FARTHEST_KM:
        yield f"radius_km is {radius:g}; write kilometres, 0 or more, and no more than half around the Earth"
    if row["kind"] not in PLACE_KINDS or not row["kind"]:
        yield f"kind is {row['kind'][:40]!r}; known kinds: {', '.join(sorted(filter(None, PLACE_KINDS)))}"
    if row["country"] and not _COUNTRY.fullmatch(row["country"]):
        yield f"country is {row['country'][:40]!r}; it is an ISO 3166-1 alpha-3 code, such as UKR"

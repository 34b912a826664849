"""Places kept by hand in a CSV file: gazetteer.csv, and a user's own file. They are laid over the base gazetteer."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geostrike.errors import InputError
from geostrike.places.index import overlay_keys, split_names
from geostrike.places.names import index_keys
from geostrike.places.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["COLUMNS", "Overlay", "read_overlay"]

COLUMNS = (
    "id", "name", "variants", "kind", "country", "admin1", "latitude", "longitude", "radius_km", "geonameid",
    "blocked_variants", "source", "source2",
)  # fmt: skip
"""Columns of the file; variants and blocked variants are separated by "|"."""


@dataclass(slots=True)
class Overlay:
    """Places by hand, their keys, and what they change in the layers below.

    Parameters
    ----------
    places
        The places, by id.
    keys
        Key of `geostrike.places.names` -> ids of the places found under it.
    replaces
        Id of a place below -> id of the place here that stands in its stead, and bears its names too.
    blocked
        Id of a place below -> the folded names that it does not bear.
    """

    places: dict[str, Place] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    replaces: dict[str, str] = field(default_factory=dict)
    blocked: dict[str, frozenset[str]] = field(default_factory=dict)


def read_overlay(path: Path, prepared: Mapping[str, str] | None = None, *, preferred: bool = False) -> Overlay:
    """The places of a file.

    Parameters
    ----------
    path
        A CSV file with the columns of gazetteer.csv.
    prepared
        SHA-256 of a file's content -> its keys, as JSON, where they were made beforehand.
    preferred
        Whether its places are meant before all others of their names: a user's own file.

    Raises
    ------
    InputError
        When the file cannot be read, lacks a column, or a number is none; the message names file and line.
    """
    try:
        content = path.read_bytes()
        rows = _numbered_rows(path, content.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}: cannot be read as a gazetteer: {error}"
        raise InputError(msg) from error
    known = (prepared or {}).get(hashlib.sha256(content).hexdigest())
    overlay = Overlay(keys=json.loads(known) if known else overlay_keys(rows.values(), index_keys))
    for number, row in rows.items():
        _add(overlay, row, f"{path.name}:{number}", preferred=preferred)
    return overlay


def _numbered_rows(path: Path, text: str) -> dict[int, dict[str, str]]:
    """The rows by number. A row with neither id nor point is no place yet: a run's unresolved.csv has such rows."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        msg = f"{path.name}: the column {missing[0]!r} is missing; a gazetteer has: {', '.join(COLUMNS)}"
        raise InputError(msg)
    filled_in = ("id", "latitude", "longitude")
    return {number: row for number, row in enumerate(reader, start=2) if any(row[c].strip() for c in filled_in)}


def _add(overlay: Overlay, row: dict[str, str], where: str, *, preferred: bool) -> None:
    place = _place(row, where, preferred=preferred)
    overlay.places[place.id] = place
    if row["geonameid"]:
        below = f"geonames:{row['geonameid']}"
        overlay.replaces[below] = place.id
        overlay.blocked[below] = frozenset(
            key for name in split_names(row["blocked_variants"]) for key, _ in index_keys(name, [])
        )


def _place(row: dict[str, str], where: str, *, preferred: bool) -> Place:
    numbers = {}
    for column in ("latitude", "longitude", "radius_km"):
        try:
            numbers[column] = float(row[column])
        except (TypeError, ValueError):
            msg = f"{where}: {column} is {row[column]!r}, which is no number"
            raise InputError(msg) from None
    if abs(numbers["latitude"]) > 90 or abs(numbers["longitude"]) > 180:
        msg = f"{where}: {numbers['latitude']}, {numbers['longitude']} is off the globe; are lat and lon swapped?"
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

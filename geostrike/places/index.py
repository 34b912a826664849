"""The gazetteer's index: one SQLite file of places and of the keys under which they are found.

It is written while the package is being installed (see hatch_build.py), so this module imports nothing but the standard
library; the keys come from `geostrike.places.names`.
"""

from __future__ import annotations

import csv
import lzma
import os
import sqlite3
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["BASE_COLUMNS", "THEATRE", "PlaceRow", "read_base_table", "write_index"]

THEATRE = frozenset(("RUS", "UKR", "BLR"))
"""The countries that the reporting is about; their places weigh more."""

_ROMANISED = THEATRE | {"KAZ", "MDA", "GEO", "ARM", "AZE"}
"""The countries whose names come in many romanisations: only there is a name found under loose spellings too."""

BASE_COLUMNS = (
    "place_id", "name", "kind", "country", "admin1", "latitude", "longitude", "radius_km", "population", "alternates"
)  # fmt: skip
"""Columns of the base table; alternates are separated by "|"."""

PlaceRow = dict[str, str]
"""One row of the base table, as text."""

_SCHEMA = """
CREATE TABLE places (
    row INTEGER PRIMARY KEY, place_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
    country TEXT NOT NULL, admin1 TEXT NOT NULL, latitude REAL NOT NULL, longitude REAL NOT NULL,
    radius_km REAL NOT NULL, population INTEGER NOT NULL
);
CREATE TABLE keys (key TEXT NOT NULL, row INTEGER NOT NULL, grade INTEGER NOT NULL, PRIMARY KEY (key, row)) WITHOUT ROWID;
"""


class KeyMaker(Protocol):
    """What `geostrike.places.names.index_keys` is."""

    def __call__(
        self, name: str, alternates: list[str], *, all_own: bool = False, loose: bool = True
    ) -> list[tuple[str, int]]:
        """The keys of one place, each with how it spells the place."""


def read_base_table(path: Path) -> Iterator[PlaceRow]:
    """The rows of the compressed base table."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def write_index(rows: Iterable[PlaceRow], target: Path, index_keys: KeyMaker) -> int:
    """Write the SQLite index of the rows to `target`, whole or not at all, and return the number of places."""
    scratch = target.with_name(f"{target.name}.{os.getpid()}.part")
    scratch.unlink(missing_ok=True)
    connection = sqlite3.connect(scratch)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        count = _fill(connection, rows, index_keys)
        connection.commit()
    finally:
        connection.close()
    scratch.replace(target)
    return count


def _fill(connection: sqlite3.Connection, rows: Iterable[PlaceRow], index_keys: KeyMaker) -> int:
    places = []
    keys = []
    for number, row in enumerate(rows):
        places.append((number, *(row[column] for column in BASE_COLUMNS[:-1])))
        alternates = row["alternates"].split("|") if row["alternates"] else []
        loose = row["country"] in _ROMANISED
        found = index_keys(row["name"], alternates, all_own=row["kind"] == "district", loose=loose)
        keys += [(key, number, grade) for key, grade in found]
    connection.executemany(f"INSERT INTO places VALUES ({','.join('?' * len(BASE_COLUMNS))})", places)  # noqa: S608
    keys.sort()  # inserting in the order of the primary key keeps the file small and the build fast
    connection.executemany("INSERT INTO keys VALUES (?, ?, ?)", keys)
    return len(places)

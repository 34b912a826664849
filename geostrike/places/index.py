"""The gazetteer's index: one SQLite file of places and of the keys under which they are found.

It is written while the package is being installed (see hatch_build.py), so this module imports nothing but the standard
library; the keys come from `geostrike.places.names`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import lzma
import os
import sqlite3
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = [
    "BASE_COLUMNS",
    "THEATRE",
    "PlaceRow",
    "file_version",
    "overlay_keys",
    "read_base_table",
    "split_names",
    "write_index",
]

THEATRE = frozenset(("RUS", "UKR", "BLR"))
"""The countries that the reporting is about; their places weigh more."""

_ROMANISED = THEATRE | {"KAZ", "MDA", "GEO", "ARM", "AZE"}
"""The countries whose names come in many romanisations; only their places are found under loose spellings."""

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
CREATE TABLE prepared (sha256 TEXT PRIMARY KEY, keys TEXT NOT NULL);
CREATE TABLE base (version TEXT NOT NULL);
CREATE TABLE keys (
    key TEXT NOT NULL, row INTEGER NOT NULL, grade INTEGER NOT NULL, PRIMARY KEY (key, row)
) WITHOUT ROWID;
"""


class KeyMaker(Protocol):
    """What `geostrike.places.names.index_keys` is."""

    def __call__(
        self, name: str, alternates: list[str], *, all_own: bool = False, loose: bool = True
    ) -> list[tuple[str, int]]:
        """The keys of one place, each with how it spells the place."""


def file_version(path: Path) -> str:
    """What tells one version of a file of places from another: the beginning of its SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def read_base_table(path: Path) -> Iterator[PlaceRow]:
    """The rows of the compressed base table."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def overlay_keys(rows: Iterable[PlaceRow], index_keys: KeyMaker) -> dict[str, list[str]]:
    """The keys of places kept by hand, as in gazetteer.csv, each with the ids of the places found under it."""
    keys: dict[str, list[str]] = {}
    for row in rows:
        for key, _ in index_keys(row["name"], split_names(row["variants"]), all_own=True):
            keys.setdefault(key, []).append(row["id"])
    return keys


def split_names(cell: str) -> list[str]:
    """The names of a cell, which are separated by "|"."""
    return [name.strip() for name in cell.split("|") if name.strip()]


def write_index(rows: Iterable[PlaceRow], curated: Path, target: Path, index_keys: KeyMaker, *, version: str) -> int:
    """Write the SQLite index of the rows to `target`, whole or not at all, and return the number of places.

    The keys of `curated`, which is gazetteer.csv, are kept beside it for as long as that file stays as it is: making
    them takes longer than opening the index may take. `version` says which rows these are.
    """
    scratch = target.with_name(f"{target.name}.{os.getpid()}.part")
    scratch.unlink(missing_ok=True)
    connection = sqlite3.connect(scratch)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        count = _fill(connection, rows, index_keys)
        _prepare(connection, curated.read_bytes(), index_keys)
        connection.execute("INSERT INTO base VALUES (?)", (version,))
        connection.commit()
        connection.close()
        scratch.replace(target)
    finally:
        connection.close()
        scratch.unlink(missing_ok=True)
    return count


def _prepare(connection: sqlite3.Connection, content: bytes, index_keys: KeyMaker) -> None:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    keys = json.dumps(overlay_keys(rows, index_keys), ensure_ascii=False)
    connection.execute("INSERT INTO prepared VALUES (?, ?)", (hashlib.sha256(content).hexdigest(), keys))


def _fill(connection: sqlite3.Connection, rows: Iterable[PlaceRow], index_keys: KeyMaker) -> int:
    places = []
    keys = []
    for number, row in enumerate(rows):
        places.append((number, *(row[column] for column in BASE_COLUMNS[:-1])))
        by_hand = row["kind"] != "settlement"
        loose = by_hand or row["country"] in _ROMANISED
        found = index_keys(row["name"], split_names(row["alternates"]), all_own=by_hand, loose=loose)
        keys += [(key, number, grade) for key, grade in found]
    connection.executemany(f"INSERT INTO places VALUES ({','.join('?' * len(BASE_COLUMNS))})", places)  # noqa: S608
    keys.sort()  # inserting in the order of the primary key keeps the file small and the build fast
    connection.executemany("INSERT INTO keys VALUES (?, ?, ?)", keys)
    return len(places)

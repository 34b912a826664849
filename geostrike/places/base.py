"""A base index as it is asked: the places under each key, with what lies over them put in their stead."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, TypeVar

from geostrike.errors import InputError
from geostrike.places.index import THEATRE
from geostrike.places.names import OWN
from geostrike.places.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from geostrike.places.overlay import Overlay

__all__ = ["BaseIndex", "is_index"]

_Value = TypeVar("_Value", int, str)
_REMEMBERED = 20_000
_MOST_PARAMETERS = 900  # any SQLite takes 999
_COLUMNS = "place_id, name, kind, country, admin1, latitude, longitude, radius_km, population, anchor"
_SOURCES = {
    "geonames": "GeoNames", "ourairports": "OurAirports", "katottg": "Codifier of Ukraine, OpenStreetMap",
    "overture": "Overture Maps, OpenStreetMap", "geoboundaries": "geoBoundaries", "pikud": "pikud-haoref-api",
}  # fmt: skip
"""What an id begins with -> where the place is from."""
_POSTINGS = "SELECT key, row, grade FROM keys WHERE key IN"
_SPELT = "SELECT key, found FROM spelt WHERE key IN"
_PLACES = f"SELECT row, {_COLUMNS} FROM places WHERE row IN"  # noqa: S608
_POPULATIONS = "SELECT place_id, population FROM places WHERE place_id IN"
_MAGIC = b"SQLite format 3\x00"


def is_index(path: Path) -> bool:
    """Whether the file is an SQLite file, and so a built index rather than a table."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


class BaseIndex:
    """One SQLite index of places.

    Parameters
    ----------
    path
        What `geostrike.places.index.write_index` wrote.

    Raises
    ------
    InputError
        When it is missing, or no such index.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            msg = f"{path} is missing: install the package again, or run: python scripts/build_gazetteer.py index"
            raise InputError(msg)
        self._index = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        try:
            self.prepared = dict(self._index.execute("SELECT sha256, keys FROM prepared"))
            (version,) = self._index.execute("SELECT version FROM base").fetchone()
        except sqlite3.DatabaseError as error:
            msg = f"{path} is no index of places: {error}; build one with: geostrike gazetteer build"
            raise InputError(msg) from error
        self.version = str(version)
        self._places: dict[int, Place] = {}
        self._blocked: dict[int, frozenset[str]] = {}

    def place(self, place_id: str) -> Place | None:
        """The place with this id, if it is here."""
        row = self._index.execute(f"SELECT {_COLUMNS} FROM places WHERE place_id = ?", (place_id,)).fetchone()  # noqa: S608
        return _place(row) if row else None

    def populations(self, place_ids: set[str]) -> dict[str, int]:
        """The inhabitants of those of the places that are here."""
        return {
            place_id: people
            for some in _batches(place_ids)
            for place_id, people in self._index.execute(_query(_POPULATIONS, len(some)), some)
        }

    def theatre_skeletons(self) -> set[str]:
        """The skeletons of the theatre's own names, for finding misspelt ones."""
        query = _query(
            f"SELECT DISTINCT substr(key, 2) FROM keys JOIN places USING (row) "  # noqa: S608
            f"WHERE key >= '~' AND key < '~~' AND grade = {OWN} AND country IN",
            len(THEATRE),
        )
        return {key for (key,) in self._index.execute(query, sorted(THEATRE))}

    def spelt(self, folded: set[str]) -> dict[str, str]:
        """What was looked up beforehand of folded names; `geostrike.places.index.read_found` reads it."""
        return {
            key: found
            for some in _batches(folded)
            for key, found in self._index.execute(_query(_SPELT, len(some)), some)
        }

    def places(self, rows: set[int], layers: Sequence[Overlay]) -> dict[int, Place]:
        """The places of these rows, each replaced by what lies over it; none whose row blocks names."""
        self._load_places(rows, layers)
        return {row: self._places[row] for row in rows if not self._blocked.get(row)}

    def hits(self, keys: set[str], layers: Sequence[Overlay]) -> Iterator[tuple[str, Place, int]]:
        """Key, place and how the key spells it, for every place under one of the keys.

        A place that a row of the layers replaces comes as that row, without the names that the row blocks.
        """
        postings = [
            posting
            for some in _batches(keys)
            for posting in self._index.execute(_query(_POSTINGS, len(some)), some).fetchall()
        ]
        self._load_places({row for _, row, _ in postings}, layers)
        places, blocked = self._places, self._blocked
        for key, row, grade in postings:
            if row not in blocked or key not in blocked[row]:
                yield key, places[row], grade

    def _load_places(self, rows: set[int], layers: Sequence[Overlay]) -> None:
        if len(self._places) > _REMEMBERED:
            self._places.clear()
        layers = [layer for layer in layers if layer.replaces]
        for some in _batches(rows - self._places.keys()):
            for row, *columns in self._index.execute(_query(_PLACES, len(some)), some):
                place = _place(columns)
                for layer in layers:
                    if place.id in layer.replaces:
                        self._blocked[row] = layer.blocked[place.id]
                        place = layer.places[layer.replaces[place.id]]
                        break
                self._places[row] = place


def _place(columns: Sequence[Any]) -> Place:
    place_id = columns[0]
    source = _SOURCES.get(place_id[: place_id.find(":")], "GeoNames")
    return Place._make((*columns[:-1], source, False, columns[-1]))


def _batches(values: set[_Value]) -> Iterator[list[_Value]]:
    """The values in lists that SQLite takes as parameters of one query."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _MOST_PARAMETERS):
        yield ordered[start : start + _MOST_PARAMETERS]


def _query(select: str, count: int) -> str:
    return f"{select} ({','.join('?' * count)})"

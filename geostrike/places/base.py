"""A base index as it is asked: the places under each key, with what lies over them put in their stead."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

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
_TABLES = ("places", "keys", "spelt", "prepared", "base")
_LONGEST_CELL = 64_000_000  # bytes; the longest, the keys of gazetteer.csv, has less than one million
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAGIC = b"SQLite format 3\x00"


def is_index(path: Path) -> bool:
    """Whether the file is an SQLite file, and so a built index rather than a table."""
    try:
        if not path.is_file():  # a pipe would wait for ever
            return False
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except (OSError, ValueError):
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
        self._path = path
        self._index.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL)
        kinds = dict(self._ask("SELECT name, type FROM sqlite_master"))
        if other := [name for name in _TABLES if kinds.get(name) != "table"]:
            # A view may compute for ever.
            self._refuse(f"it has no table {other[0]}")
        self.prepared = dict(self._ask("SELECT sha256, keys FROM prepared"))
        versions = self._ask("SELECT version FROM base")
        if not versions:
            self._refuse("it does not tell its version")
        self.version = str(versions[0][0])
        self.is_empty = not self._ask("SELECT 1 FROM places LIMIT 1")
        self._places: dict[int, Place] = {}
        self._blocked: dict[int, frozenset[str]] = {}

    def _ask(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """The rows that a query gives.

        Raises
        ------
        InputError
            When the file is damaged, or no index.
        """
        try:
            return self._index.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._refuse(str(error))

    def _refuse(self, why: str) -> NoReturn:
        msg = f"{self._path} is no index of places: {why}; build one with: geostrike gazetteer build"
        raise InputError(msg)

    def _place_of(self, columns: Sequence[Any]) -> Place:
        """The place that a row holds."""
        numbers, texts = columns[5:9], (*columns[:5], columns[9])
        if not all(isinstance(number, int | float) for number in numbers) or not all(
            isinstance(text, str) for text in texts
        ):
            self._refuse(f"its place {str(columns[0])[:60]!r} lacks a number or a name")
        return _place(columns)

    def place(self, place_id: str) -> Place | None:
        """The place with this id, if it is here."""
        if _SURROGATE.search(place_id):
            return None
        rows = self._ask(f"SELECT {_COLUMNS} FROM places WHERE place_id = ?", (place_id,))  # noqa: S608
        return self._place_of(rows[0]) if rows else None

    def populations(self, place_ids: set[str]) -> dict[str, int]:
        """The inhabitants of those of the places that are here."""
        return {
            place_id: people
            for some in _batches(place_ids)
            for place_id, people in self._ask(_query(_POPULATIONS, len(some)), some)
        }

    def theatre_skeletons(self) -> set[str]:
        """The skeletons of the theatre's own names, for finding misspelt ones."""
        query = _query(
            f"SELECT DISTINCT substr(key, 2) FROM keys JOIN places USING (row) "  # noqa: S608
            f"WHERE key >= '~' AND key < '~~' AND grade = {OWN} AND country IN",
            len(THEATRE),
        )
        return {key for (key,) in self._ask(query, sorted(THEATRE))}

    def spelt(self, folded: set[str]) -> dict[str, str]:
        """What was looked up beforehand of folded names; `geostrike.places.index.read_found` reads it."""
        return {key: found for some in _batches(folded) for key, found in self._ask(_query(_SPELT, len(some)), some)}

    def places(self, rows: set[int], layers: Sequence[Overlay]) -> dict[int, Place]:
        """The places of these rows, each replaced by what lies over it; none whose row blocks names."""
        self._load_places(rows, layers)
        return {row: self._places[row] for row in rows if not self._blocked.get(row)}

    def hits(self, keys: set[str], layers: Sequence[Overlay]) -> Iterator[tuple[str, Place, int]]:
        """Key, place and how the key spells it, for every place under one of the keys.

        A place that a row of the layers replaces comes as that row, without the names that the row blocks.
        """
        postings = [posting for some in _batches(keys) for posting in self._ask(_query(_POSTINGS, len(some)), some)]
        if not all(isinstance(row, int) and isinstance(grade, int) for _, row, grade in postings):
            self._refuse("a name in it leads to no place")
        self._load_places({row for _, row, _ in postings}, layers)
        places, blocked = self._places, self._blocked
        for key, row, grade in postings:
            if row not in places:
                self._refuse("a name in it leads to no place")
            if row not in blocked or key not in blocked[row]:
                yield key, places[row], grade

    def _load_places(self, rows: set[int], layers: Sequence[Overlay]) -> None:
        if len(self._places) > _REMEMBERED:
            self._places.clear()
        layers = [layer for layer in layers if layer.replaces]
        # Not rows - self._places.keys(): that goes through all places that are remembered.
        for some in _batches({row for row in rows if row not in self._places}):
            for row, *columns in self._ask(_query(_PLACES, len(some)), some):
                place = self._place_of(columns)
                for layer in layers:
                    if place.id in layer.replaces:
                        self._blocked[row] = layer.blocked[place.id]
                        place = layer.places[layer.replaces[place.id]]
                        break
                self._places[row] = place


def _place(columns: Sequence[Any]) -> Place:
    source = _SOURCES.get(columns[0].partition(":")[0], "GeoNames")
    return Place._make((*columns[:-1], source, False, columns[-1]))


def _batches(values: set[_Value]) -> Iterator[list[_Value]]:
    """The values in lists that SQLite takes as parameters of one query; half a letter is in no index."""
    ordered = sorted(value for value in values if not _SURROGATE.search(str(value)))
    for start in range(0, len(ordered), _MOST_PARAMETERS):
        yield ordered[start : start + _MOST_PARAMETERS]


def _query(select: str, count: int) -> str:
    return f"{select} ({','.join('?' * count)})"

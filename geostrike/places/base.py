"""Query a base index: places by key, with overlay rows replacing the places they refer to."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any, NoReturn

from geostrike.errors import InputError
from geostrike.places.index import THEATRE
from geostrike.places.names import OWN
from geostrike.places.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from geostrike.places.overlay import Overlay

__all__ = ["BaseIndex", "is_index"]

_MOST_PARAMETERS = 900  # any SQLite takes 999
_COLUMNS = "row, place_id, name, kind, country, admin1, latitude, longitude, radius_km, population, anchor"
_TYPES = (int, str, str, str, str, str, float, float, float, int, str)
_SOURCES = {
    "geonames": "GeoNames", "ourairports": "OurAirports", "katottg": "Codifier of Ukraine, OpenStreetMap",
    "overture": "Overture Maps, OpenStreetMap", "geoboundaries": "geoBoundaries", "pikud": "pikud-haoref-api",
}  # fmt: skip
"""Prefix of an id -> source of the place."""
_POSTINGS = "SELECT key, row, grade FROM keys WHERE key IN"
_PRECOMPUTED = "SELECT key, found FROM spelt WHERE key IN"
_PLACES = f"SELECT {_COLUMNS} FROM places WHERE row IN"  # noqa: S608
_ENTRIES = "SELECT place_id, row, population FROM places WHERE place_id IN"
_NO_KEYS: frozenset[str] = frozenset()
_new_place = tuple.__new__  # `Place._make` without its check of the length
_TABLES = ("places", "keys", "spelt", "prepared", "base")
_LONGEST_CELL = 64_000_000  # bytes; the keys of gazetteer.csv, the longest cell, have less than one million
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAGIC = b"SQLite format 3\x00"


def is_index(path: Path) -> bool:
    """Whether the file is an SQLite file, and so a built index rather than a table."""
    try:
        if not path.is_file():  # opening a pipe would block
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
        A file written by `geostrike.places.index.write_index`.

    Raises
    ------
    InputError
        If it is missing, or not such an index.
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
            # A view could run a query of any length.
            self._refuse(f"it has no table {other[0]}")
        self.prepared = dict(self._ask("SELECT sha256, keys FROM prepared"))
        versions = list(self._ask("SELECT version FROM base"))
        if not versions:
            self._refuse("it has no version")
        self.version = str(versions[0][0])
        self.is_empty = not list(self._ask("SELECT 1 FROM places LIMIT 1"))
        self._replaced: dict[int, tuple[Overlay, str]] = {}

    def _ask(self, query: str, values: Sequence[object] = ()) -> Iterator[Any]:
        """Yield the rows of a query.

        Raises
        ------
        InputError
            If the file is damaged, or not an index.
        """
        try:
            yield from self._index.execute(query, values)
        except sqlite3.Error as error:
            self._refuse(str(error))

    def _refuse(self, why: str) -> NoReturn:
        msg = f"{self._path} is not an index of places: {why}; build one with: geostrike gazetteer build"
        raise InputError(msg)

    def _place_of(self, row: tuple[Any, ...]) -> Place:
        """Build the place of a row."""
        if tuple(map(type, row)) != _TYPES:
            self._check_row(row)
        source = _SOURCES.get(row[1].partition(":")[0], "GeoNames")
        return _new_place(Place, row[1:10] + (source, False, row[10]))  # noqa: RUF005 - unpacking takes twice as long

    def _check_row(self, row: Sequence[Any]) -> None:
        numbers, texts = row[6:10], (*row[1:6], row[10])
        if not all(isinstance(number, int | float) for number in numbers) or not all(
            isinstance(text, str) for text in texts
        ):
            self._refuse(f"its place {str(row[1])[:60]!r} lacks a number or a name")

    def place(self, place_id: str) -> Place | None:
        """Return the place with this id, if the index has it."""
        if _SURROGATE.search(place_id):
            return None
        rows = self._ask(f"SELECT {_COLUMNS} FROM places WHERE place_id = ?", (place_id,))  # noqa: S608
        return next(map(self._place_of, rows), None)

    def lay_over(self, overlay: Overlay) -> None:
        """Replace places by those of an overlay, which take over their populations."""
        for place_id, row, population in self._ask_in(_ENTRIES, _texts(overlay.replaces)):
            other = overlay.replaces[place_id]
            overlay.places[other] = overlay.places[other]._replace(population=population)
            self._replaced[row] = (overlay, place_id)

    def theatre_skeletons(self) -> set[str]:
        """Return the skeletons of own names in the theatre, for finding misspelt ones."""
        query = _query(
            f"SELECT DISTINCT substr(key, 2) FROM keys JOIN places USING (row) "  # noqa: S608
            f"WHERE key >= '~' AND key < '~~' AND grade = {OWN} AND country IN",
            len(THEATRE),
        )
        return {key for (key,) in self._ask(query, sorted(THEATRE))}

    def precomputed(self, folded: set[str]) -> dict[str, str]:
        """Return the precomputed matches of folded names, encoded; see `geostrike.places.index.read_precomputed`."""
        return dict(self._ask_in(_PRECOMPUTED, _texts(folded)))

    def places(self, rows: set[int]) -> dict[int, Place]:
        """Return the places of rows, with replacements; without rows whose replacement blocks names."""
        return {row: place for row, place in self._load_places(rows).items() if not self._blocked(row)}

    def hits(self, keys: set[str]) -> Iterator[tuple[str, Place, int]]:
        """Yield key, place and how the key spells it, for every place under one of the keys.

        A replaced place is yielded as its replacement, unless that blocks the key.
        """
        postings = list(self._ask_in(_POSTINGS, _texts(keys)))
        if not all(isinstance(row, int) and isinstance(grade, int) for _, row, grade in postings):
            self._refuse("a key refers to a missing place")
        places = self._load_places({row for _, row, _ in postings})
        for key, row, grade in postings:
            if row not in places:
                self._refuse("a key refers to a missing place")
            if key not in self._blocked(row):
                yield key, places[row], grade

    def _load_places(self, rows: set[int]) -> dict[int, Place]:
        """Load the places of rows, with replacements."""
        places = {row[0]: self._place_of(row) for row in self._ask_in(_PLACES, sorted(rows))}
        for row in rows & self._replaced.keys():
            overlay, place_id = self._replaced[row]
            places[row] = overlay.places[overlay.replaces[place_id]]
        return places

    def _blocked(self, row: int) -> frozenset[str]:
        """Return the keys under which the place of a row must not be found."""
        if row not in self._replaced:
            return _NO_KEYS
        overlay, place_id = self._replaced[row]
        return overlay.blocked[place_id]

    def _ask_in(self, select: str, values: Sequence[object]) -> Iterator[Any]:
        """Yield the rows of a query that ends in "IN", in batches of as many values as SQLite takes."""
        for start in range(0, len(values), _MOST_PARAMETERS):
            some = values[start : start + _MOST_PARAMETERS]
            yield from self._ask(_query(select, len(some)), some)


def _texts(values: Iterable[str]) -> list[str]:
    """Return the texts in order, without those with half a surrogate pair, which no index contains."""
    texts = sorted(values)
    return [text for text in texts if not _SURROGATE.search(text)] if _SURROGATE.search("".join(texts)) else texts


def _query(select: str, count: int) -> str:
    return f"{select} ({','.join('?' * count)})"

"""The gazetteer's index: one SQLite file of places and of the keys under which they are found.

It is written while the package is being installed (see packaging/hatch_build.py), so this module imports nothing but
the standard library; the keys come from `geostrike.places.names`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import lzma
import os
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = [
    "BASE_COLUMNS",
    "TABLES",
    "THEATRE",
    "PlaceRow",
    "file_version",
    "overlay_keys",
    "read_base_table",
    "read_precomputed",
    "shipped_rows",
    "shipped_version",
    "split_names",
    "write_index",
]

THEATRE = frozenset(("RUS", "UKR", "BLR"))
"""Countries that the reports are mainly about; their places weigh more."""

_ROMANISED = THEATRE | {"KAZ", "MDA", "GEO", "ARM", "AZE"}
"""Countries with many romanisations; only their places are found under loose spellings."""

_VARIED = frozenset(
    "ISR PSE LBN SYR JOR IRQ IRN YEM SAU EGY LBY SDN SSD ETH ERI PAK IND AFG ARM AZE GEO".split()  # noqa: SIM905
)
"""Countries whose names are romanised with different vowels, with or without an article."""

TABLES = ("gazetteer_base.tsv.xz", "gazetteer_osm.tsv.xz")
"""The shipped tables: places under CC BY 4.0, and places whose points come from OpenStreetMap, under ODbL 1.0."""

BASE_COLUMNS = (
    "place_id", "name", "kind", "country", "admin1", "latitude", "longitude", "radius_km", "population", "anchor",
    "alternates",
)  # fmt: skip
"""Columns of the shipped tables; alternates are separated by "|".

`anchor` is the id of the area at whose point a place without a point of its own is placed, such as a village known only
by its community: `latitude` and `longitude` are that area's, and `radius_km` covers it. Otherwise it is empty.
"""

PlaceRow = dict[str, str]
"""One row of the base table, as text."""

_SCHEMA = """
CREATE TABLE places (
    row INTEGER PRIMARY KEY, place_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
    country TEXT NOT NULL, admin1 TEXT NOT NULL, latitude REAL NOT NULL, longitude REAL NOT NULL,
    radius_km REAL NOT NULL, population INTEGER NOT NULL, anchor TEXT NOT NULL
);
CREATE TABLE prepared (sha256 TEXT PRIMARY KEY, keys TEXT NOT NULL);
CREATE TABLE base (version TEXT NOT NULL);
CREATE TABLE spelt (key TEXT PRIMARY KEY, found TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (
    key TEXT NOT NULL, row INTEGER NOT NULL, grade INTEGER NOT NULL, PRIMARY KEY (key, row)
) WITHOUT ROWID;
"""


class Names(Protocol):
    """The interface of the module `geostrike.places.names`, which the build hook loads by its path."""

    MATCHES: tuple[str, ...]
    OWN: int
    CASE_ENDING: int

    def index_keys(
        self, name: str, alternates: list[str], *, all_own: bool = False, loose: bool = True, slavic: bool = True
    ) -> list[tuple[str, int]]:
        """Return the keys of one place, each with how it spells the place."""

    def spelling_keys(self, name: str) -> dict[str, str]:
        """Return the keys to look a name up under, each with its kind of match."""

    def inflected_keys(self, name: str) -> dict[str, str]:
        """Return the keys of a Cyrillic name without its case ending."""

    def case_forms(self, name: str) -> list[str]:
        """Return the oblique cases of a town's Cyrillic name."""

    def is_slavic(self, name: str) -> bool:
        """Whether the name is written in the letters of Russian, Ukrainian or Belarusian."""

    def sounds_alike(self, name: str, other: str) -> bool:
        """Whether two spellings have the same consonants."""

    def latin_keys(self, name: str) -> tuple[str, ...]:
        """Return the folded name in Latin letters."""

    def has_cyrillic(self, name: str) -> bool:
        """Whether the name contains a Cyrillic letter."""

    def match_of_grade(self, match: str, grade: int) -> str:
        """Return the kind of match of a key with a name of this grade."""


KeyMaker = Callable[..., list[tuple[str, int]]]
Postings = dict[str, list[tuple[int, int]]]


def file_version(path: Path) -> str:
    """Return the version of a file of places: the beginning of its SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def read_base_table(path: Path) -> Iterator[PlaceRow]:
    """Yield the rows of the compressed base table."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def shipped_rows(folder: Path) -> Iterator[PlaceRow]:
    """Yield the rows of the shipped tables in the folder."""
    for name in TABLES:
        yield from read_base_table(folder / name)


def shipped_version(folder: Path) -> str:
    """Return the version of the shipped tables: the beginning of their SHA-256."""
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in TABLES)).hexdigest()[:12]


def overlay_keys(rows: Iterable[PlaceRow], index_keys: KeyMaker) -> dict[str, list[str]]:
    """Return the keys of an overlay such as gazetteer.csv, each with the ids of its places."""
    keys: dict[str, list[str]] = {}
    for row in rows:
        for key, _ in index_keys(row["name"], split_names(row["variants"]), all_own=True):
            keys.setdefault(key, []).append(row["id"])
    return keys


def split_names(cell: str) -> list[str]:
    """Split a cell of names separated by "|"."""
    return [name.strip() for name in cell.split("|") if name.strip()]


def write_index(rows: Iterable[PlaceRow], curated: Path, target: Path, names: Names, *, version: str) -> int:
    """Write the SQLite index of the rows to `target`, whole or not at all, and return the number of places.

    The keys of `curated`, which is gazetteer.csv, are stored for as long as that file does not change: making them
    takes longer than opening the index may take. `version` is the version of the rows; `names` is the module
    `geostrike.places.names`.
    """
    scratch = target.with_name(f"{target.name}.{os.getpid()}.part")
    scratch.unlink(missing_ok=True)
    connection = sqlite3.connect(scratch)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        count = _fill(connection, rows, names)
        _prepare(connection, curated.read_bytes(), names.index_keys)
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


def _fill(connection: sqlite3.Connection, rows: Iterable[PlaceRow], names: Names) -> int:
    places = []
    postings: Postings = {}
    large: dict[int, PlaceRow] = {}
    inhabitants: list[int] = []
    anchored: set[int] = set()
    for number, row in enumerate(rows):
        places.append((number, *(row.get(column, "") for column in BASE_COLUMNS[:-1])))
        inhabitants.append(int(row["population"]))
        if row.get("anchor"):
            anchored.add(number)
        by_hand = row["kind"] != "settlement"
        loose = by_hand or row["country"] in _ROMANISED
        if loose and not by_hand and inhabitants[-1] >= _LARGE:
            large[number] = row
        slavic = row["country"] not in _VARIED
        found = names.index_keys(
            row["name"], split_names(row["alternates"]), all_own=by_hand, loose=loose, slavic=slavic
        )
        for key, grade in found:
            postings.setdefault(key, []).append((number, grade))
    connection.executemany(f"INSERT INTO places VALUES ({','.join('?' * len(BASE_COLUMNS))})", places)  # noqa: S608
    _add_cases(postings, large, inhabitants, names)
    # Inserting in the order of the primary key keeps the file small and the build fast.
    ordered = ((key, number, grade) for key in sorted(postings) for number, grade in postings[key])
    connection.executemany("INSERT INTO keys VALUES (?, ?, ?)", ordered)
    connection.executemany("INSERT INTO spelt VALUES (?, ?)", _precomputed_rows(postings, anchored, names))
    return len(places)


_WELL_KNOWN, _LARGE = 20_000, 100_000
"""Population above which an own name is not read as a case form of another place, and above which a case form of a
place may be meant even if a smaller place has that name."""


def _add_cases(postings: Postings, rows: dict[int, PlaceRow], inhabitants: list[int], names: Names) -> None:
    """Let the name of a small place also find a large one of which it is a case form: "Самары" is a form of Samara.

    A name that matches as spelt is not looked up without its case ending, so these are added here.
    """
    for number, row in rows.items():
        own = [
            name
            for name in split_names(row["alternates"])
            if names.is_slavic(name) and names.sounds_alike(name, row["name"])
        ]
        for case in dict.fromkeys(case for name in own for case in names.case_forms(name)):
            bearers = {other for key in (case, *names.latin_keys(case)) for other, _ in postings.get(key, ())}
            if bearers and number not in bearers and max(inhabitants[other] for other in bearers) < _WELL_KNOWN:
                postings.setdefault(case, []).append((number, names.CASE_ENDING))


# --- precomputed names ------------------------------------------------------------------------------------------------

_LISTS, _ITEMS = "\x1e", "\x1f"


def _precomputed_rows(postings: Postings, anchored: set[int], names: Names) -> Iterator[tuple[str, str]]:
    """Yield the precomputed matches of each well-attested name: making keys is most of the time of a lookup.

    Names that only places without a point of their own have are left out: they are rare, and there are many of them.
    """
    for key in sorted(postings):
        if key[0] not in "~^%" and any(grade > 0 and row not in anchored for row, grade in postings[key]):
            yield key, _precompute(key, postings, anchored, names)


def _precompute(name: str, postings: Postings, anchored: set[int], names: Names) -> str:
    """Encode keys and hits of a name as spelt, and of its inflected forms if they are needed; see `read_precomputed`.

    They are needed if no place with a point of its own has this name.
    """
    spelling = names.spelling_keys(name)
    hits = _best_matches(spelling, postings, names)
    parts = [_ITEMS.join(spelling), _join_hits(hits)]
    if names.has_cyrillic(name) and not any(rank == 0 and row not in anchored for row, rank in hits.items()):
        inflected = names.inflected_keys(name)
        parts += [_ITEMS.join(inflected), _join_hits(_best_matches(inflected, postings, names))]
    return _LISTS.join(parts)


def _best_matches(keys: dict[str, str], postings: Postings, names: Names) -> dict[int, int]:
    """Return row of a place -> rank of its best match under the keys."""
    best: dict[int, int] = {}
    for key, kind in keys.items():
        for row, grade in postings.get(key, ()):
            rank = names.MATCHES.index(names.match_of_grade(kind, grade))
            best[row] = min(rank, best.get(row, rank))
    return best


def _join_hits(hits: dict[int, int]) -> str:
    return _ITEMS.join(f"{row} {rank}" for row, rank in hits.items())


def read_precomputed(text: str) -> list[tuple[list[str], list[tuple[int, int]]]]:
    """Decode keys, and hits as row and rank of match, of a name as spelt and of its inflected forms."""
    lists = text.split(_LISTS)
    return [(lists[at].split(_ITEMS), _read_hits(lists[at + 1])) for at in range(0, len(lists), 2)]


def _read_hits(text: str) -> list[tuple[int, int]]:
    numbers = [*map(int, text.split())]  # the separator of items counts as white space
    return list(zip(numbers[::2], numbers[1::2], strict=True))

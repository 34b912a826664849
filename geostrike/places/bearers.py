"""Who bears a name: the base index and the files by hand laid over it, asked as one."""

from __future__ import annotations

import sqlite3
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from geostrike.errors import InputError, PlaceNotFoundError
from geostrike.places.index import THEATRE, file_version
from geostrike.places.misspelt import Misspellings
from geostrike.places.names import (
    ATTESTED,
    OWN,
    fold,
    has_cyrillic,
    latin_keys,
    skeletons,
    stem_keys,
    stem_skeletons,
)
from geostrike.places.overlay import Overlay, read_overlay
from geostrike.places.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["Bearers", "Found"]

Found = tuple[tuple[Place, str], ...]
"""Places that bear a name, each with the best kind of match (see `geostrike.places.place.Candidate`)."""

_Value = TypeVar("_Value", int, str)
_MATCHES = (
    "folded",
    "inflected",
    "romanised",
    "misspelt",
    "badly misspelt",
    "alternate",
    "stray alternate",
    "loose alternate",
)
_RANK = {match: rank for rank, match in enumerate(_MATCHES)}
_SHORTEST_SKELETON = 5  # shorter ones are alike by chance
_REMEMBERED = 20_000
_MOST_PARAMETERS = 900  # any SQLite takes 999
_COLUMNS = "place_id, name, kind, country, admin1, latitude, longitude, radius_km, population, 'GeoNames'"
_POSTINGS = "SELECT key, row, grade FROM keys WHERE key IN"
_PLACES = f"SELECT row, {_COLUMNS} FROM places WHERE row IN"  # noqa: S608


class Bearers:
    """The places under each key, from all layers.

    Parameters
    ----------
    index
        The SQLite index that `geostrike.places.index.write_index` wrote.
    paths
        Files with the columns of gazetteer.csv, uppermost first.

    Raises
    ------
    InputError
        When a file cannot be used, or the index has not been built.
    """

    def __init__(self, index: Path, paths: Sequence[Path]) -> None:
        self._index = _open_index(index)
        prepared = dict(self._index.execute("SELECT sha256, keys FROM prepared"))
        # The lowest is gazetteer.csv; what lies over it is the user's own.
        self._layers = [read_overlay(path, prepared, preferred=path != paths[-1]) for path in paths]
        (base,) = self._index.execute("SELECT version FROM base").fetchone()
        self.versions = {"base": str(base)} | {path.name: file_version(path) for path in paths}
        for layer in self._layers:
            self._add_populations(layer)
        self._remembered: dict[str, Found] = {}
        self._places: dict[int, Place] = {}
        self._blocked: dict[int, frozenset[str]] = {}

    def __getitem__(self, place_id: str) -> Place:
        """The place with this id, from the uppermost layer that has it."""
        for layer in self._layers:
            place_id = layer.replaces.get(place_id, place_id)
            if place_id in layer.places:
                return layer.places[place_id]
        row = self._index.execute(f"SELECT {_COLUMNS} FROM places WHERE place_id = ?", (place_id,)).fetchone()  # noqa: S608
        if row is None:
            msg = f"no place has the id {place_id!r}"
            raise PlaceNotFoundError(msg)
        return Place(*row)

    def find(self, name: str) -> Found:
        """The places that bear the name, in any of its spellings."""
        if name not in self._remembered:
            self.find_all([name])
        return self._remembered[name]

    def find_all(self, names: Iterable[str]) -> None:
        """Look many names up together, for `find` to remember: several times faster than one by one."""
        if len(self._remembered) > _REMEMBERED:
            self._remembered.clear()
        wanted = {name: _spelling_keys(name) for name in names if name not in self._remembered}
        found = self._under(wanted)
        inflected = {
            name: wanted[name] | _inflected_keys(name)
            for name in wanted
            if has_cyrillic(name) and not any(match == "folded" for _, match in found[name].values())
        }
        found |= self._under(inflected)
        for name, places in found.items():
            self._remembered[name] = tuple(
                (place, "exact" if place.name == name else match) for place, match in places.values()
            )

    def find_misspelt(self, name: str) -> Found:
        """The places of the theatre whose own name is an edit or two away."""
        keys: dict[str, str] = {}
        for skeleton in skeletons(name):
            for other, edits in self._misspellings.near(skeleton).items():
                keys["~" + other] = "misspelt" if edits == 1 else "badly misspelt"
        found = self._under({name: keys})[name]
        return tuple(hit for hit in found.values() if "alternate" not in hit[1])

    @cached_property
    def _misspellings(self) -> Misspellings:
        marks = ",".join("?" * len(THEATRE))
        query = (
            "SELECT DISTINCT substr(key, 2) FROM keys JOIN places USING (row) "  # noqa: S608
            f"WHERE key >= '~' AND key < '~~' AND grade = {OWN} AND country IN ({marks})"
        )
        names = {key for (key,) in self._index.execute(query, sorted(THEATRE))}
        names |= {key[1:] for layer in self._layers for key in layer.keys if key.startswith("~")}
        return Misspellings(sorted(names))

    def _under(self, wanted: dict[str, dict[str, str]]) -> dict[str, dict[str, tuple[Place, str]]]:
        """The places under the keys of each name, by id, each with the best of its matches."""
        hits = self._hits({key for keys in wanted.values() for key in keys})
        found: dict[str, dict[str, tuple[Place, str]]] = {}
        for name, keys in wanted.items():
            best = found[name] = {}
            for key, kind in keys.items():
                for place, grade in hits.get(key, ()):
                    match = kind if grade == OWN else _graded(kind, grade)
                    known = best.get(place.id)
                    if known is None or _RANK[match] < _RANK[known[1]]:
                        best[place.id] = (place, match)
        return found

    def _hits(self, keys: set[str]) -> dict[str, list[tuple[Place, int]]]:
        """Key -> the places found under it, each with how the key spells it."""
        hits: dict[str, list[tuple[Place, int]]] = {}
        for layer in self._layers:
            for key in keys & layer.keys.keys():
                hits.setdefault(key, []).extend((layer.places[place_id], OWN) for place_id in layer.keys[key])
        postings = [
            posting
            for some in _batches(keys)
            for posting in self._index.execute(_query(_POSTINGS, len(some)), some).fetchall()
        ]
        self._load_places({row for _, row, _ in postings})
        places, blocked = self._places, self._blocked
        for key, row, grade in postings:
            if row in blocked and key in blocked[row]:
                continue
            if key in hits:
                hits[key].append((places[row], grade))
            else:
                hits[key] = [(places[row], grade)]
        return hits

    def _load_places(self, rows: set[int]) -> None:
        """Keep the places of these rows of the index at hand, or what stands in for them in the layers above."""
        if len(self._places) > _REMEMBERED:
            self._places.clear()
        layers = [layer for layer in self._layers if layer.replaces]
        for some in _batches(rows - self._places.keys()):
            for row, *columns in self._index.execute(_query(_PLACES, len(some)), some):
                place = Place._make((*columns, False))
                for layer in layers:
                    if place.id in layer.replaces:
                        self._blocked[row] = layer.blocked[place.id]
                        place = layer.places[layer.replaces[place.id]]
                        break
                self._places[row] = place

    def _add_populations(self, layer: Overlay) -> None:
        """Give the places that stand in for base places the populations of those."""
        marks = ",".join("?" * len(layer.replaces))
        query = f"SELECT place_id, population FROM places WHERE place_id IN ({marks})"  # noqa: S608
        for below, population in self._index.execute(query, tuple(layer.replaces)):
            place_id = layer.replaces[below]
            layer.places[place_id] = layer.places[place_id]._replace(population=population)


def _spelling_keys(name: str) -> dict[str, str]:
    """The keys of a name as it is spelt, by the kind of match they make."""
    keys = {"~" + key: "romanised" for key in skeletons(name) if len(key) >= _SHORTEST_SKELETON}
    keys.update(dict.fromkeys((key for key in (fold(name), *latin_keys(name)) if key), "folded"))
    return keys


def _inflected_keys(name: str) -> dict[str, str]:
    """The keys of a Cyrillic name without its case ending, by the kind of match they make."""
    stems = {"^" + key: "inflected" for key in stem_keys(name) if key}
    loose = [key for key in stem_skeletons(name) if len(key) >= _SHORTEST_SKELETON]
    return stems | {mark + key: "romanised" for key in loose for mark in ("^~", "~")}


def _graded(match: str, grade: int) -> str:
    """The kind of match when a key of that kind meets a name of that grade."""
    if grade == OWN:
        return match
    if match != "folded":
        return "loose alternate"
    return "alternate" if grade == ATTESTED else "stray alternate"


def _batches(values: set[_Value]) -> Iterator[list[_Value]]:
    """The values in lists that SQLite takes as parameters of one query."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _MOST_PARAMETERS):
        yield ordered[start : start + _MOST_PARAMETERS]


def _query(select: str, count: int) -> str:
    return f"{select} ({','.join('?' * count)})"


def _open_index(path: Path) -> sqlite3.Connection:
    if not path.exists():
        msg = f"{path} is missing: install the package again, or run: python scripts/build_gazetteer.py index"
        raise InputError(msg)
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

"""Who bears a name: the base index and the files by hand laid over it, asked as one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from geostrike.errors import PlaceNotFoundError
from geostrike.places.base import BaseIndex
from geostrike.places.index import file_version
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
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["Bearers", "Found"]

Found = tuple[tuple[Place, str], ...]
"""Places that bear a name, each with the best kind of match (see `geostrike.places.place.Candidate`)."""

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


class Bearers:
    """The places under each key, from all layers.

    Parameters
    ----------
    indexes
        SQLite indexes that `geostrike.places.index.write_index` wrote; the last is the shipped one.
    paths
        Files with the columns of gazetteer.csv, uppermost first.

    Raises
    ------
    InputError
        When a file cannot be used, or an index has not been built.
    """

    def __init__(self, indexes: Sequence[Path], paths: Sequence[Path]) -> None:
        self._indexes = [BaseIndex(path) for path in indexes]
        shipped = self._indexes[-1]
        # The lowest is gazetteer.csv; what lies over it is the user's own.
        self._layers = [read_overlay(path, shipped.prepared, preferred=path != paths[-1]) for path in paths]
        self.versions = {path.name: index.version for path, index in zip(indexes[:-1], self._indexes, strict=False)}
        self.versions |= {"base": shipped.version} | {path.name: file_version(path) for path in paths}
        for layer in self._layers:
            self._add_populations(layer)
        self._remembered: dict[str, Found] = {}

    def __getitem__(self, place_id: str) -> Place:
        """The place with this id, from the uppermost layer that has it."""
        for layer in self._layers:
            place_id = layer.replaces.get(place_id, place_id)
            if place_id in layer.places:
                return layer.places[place_id]
        for index in self._indexes:
            place = index.place(place_id)
            if place is not None:
                return place
        msg = f"no place has the id {place_id!r}"
        raise PlaceNotFoundError(msg)

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
        names = {key for index in self._indexes for key in index.theatre_skeletons()}
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
        for index in self._indexes:
            for key, place, grade in index.hits(keys, self._layers):
                if key in hits:
                    hits[key].append((place, grade))
                else:
                    hits[key] = [(place, grade)]
        return hits

    def _add_populations(self, layer: Overlay) -> None:
        """Give the places that stand in for base places the populations of those."""
        for index in reversed(self._indexes):
            for below, population in index.populations(set(layer.replaces)).items():
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

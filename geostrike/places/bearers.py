"""Who bears a name: the base index and the files by hand laid over it, asked as one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from geostrike.errors import PlaceNotFoundError
from geostrike.places.base import BaseIndex
from geostrike.places.index import THEATRE, file_version, read_found
from geostrike.places.misspelt import Misspellings
from geostrike.places.names import (
    MATCHES,
    OWN,
    adjective_keys,
    fold,
    graded,
    has_cyrillic,
    inflected_keys,
    is_as_folded,
    skeletons,
    spelling_keys,
)
from geostrike.places.overlay import read_overlay
from geostrike.places.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["Bearers", "Found"]

Found = tuple[tuple[Place, str], ...]
"""Places that bear a name, each with the best kind of match (see `geostrike.places.place.Candidate`)."""

_Best = dict[str, tuple[Place, str]]
"""Id of a place -> the place and its best match."""
_RANK = {match: rank for rank, match in enumerate(MATCHES)}
_KNOWN_FAR_OFF = 200_000


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
        for index in reversed(self._indexes):
            for layer in reversed(self._layers):
                index.lay_over(layer)
        empty = [path.name for path, index in zip(indexes, self._indexes, strict=True) if index.is_empty]
        empty += [path.name for path, layer in zip(paths, self._layers, strict=True) if not layer.places]
        self.notes = tuple(f"the gazetteer {name} holds no place" for name in empty)

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

    def find(self, names: Iterable[str]) -> dict[str, Found]:
        """The places that bear each name, in any of its spellings: many names several times faster than one by one."""
        new = list(dict.fromkeys(names))
        found = self._looked_up_beforehand(new)
        wanted = {name: spelling_keys(name) for name in new if name not in found}
        if wanted:
            found |= self._under(wanted)
            inflected = {
                name: keys | inflected_keys(name)
                for name, keys in wanted.items()
                if _may_be_inflected(name, found[name])
            }
            found |= {name: _believable_forms(name, best) for name, best in self._under(inflected).items()}
        return {
            name: tuple([(place, "exact" if place.name == name else match) for place, match in places.values()])
            for name, places in found.items()
        }

    def _looked_up_beforehand(self, names: list[str]) -> dict[str, _Best]:
        """What the index keeps of well-attested names, without the making of their keys; the same as `_under` finds."""
        if len(self._indexes) > 1:
            return {}
        index = self._indexes[0]
        folded = {name: fold(name) for name in names}
        kept = index.spelt(set(folded.values()))
        parts = {name: read_found(kept[key]) for name, key in folded.items() if key in kept and is_as_folded(name, key)}
        rows = {row for part in parts.values() for _, hits in part for row, _ in hits}
        places = index.places(rows)
        found: dict[str, _Best] = {}
        for name, part in parts.items():
            best = self._best_of(part, places)
            if best is not None:
                found[name] = best
        return found

    def _best_of(self, parts: list[tuple[list[str], list[tuple[int, int]]]], places: dict[int, Place]) -> _Best | None:
        """The best matches; None where one of the places does not bear some of its names."""
        best: _Best = {}
        for keys, hits in parts:
            for layer in self._layers:
                for key in keys:
                    for place_id in layer.keys.get(key, ()):
                        _put(best, layer.places[place_id], _layer_match(key))
            for row, rank in hits:
                if row not in places:
                    return None
                _put(best, places[row], MATCHES[rank])
            if any(match == "folded" and not place.anchor for place, match in best.values()):
                break
        return best

    def find_adjective(self, name: str) -> Found:
        """The towns that the name is the adjective of, as "Wolgograder" and "волгоградский" are."""
        found = self._under({name: adjective_keys(name)})[name]
        return tuple(
            (place, match)
            for place, match in found.values()
            if place.kind == "settlement" and match in ("adjective", "romanised", "inflected alternate")
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

    def _under(self, wanted: dict[str, dict[str, str]]) -> dict[str, _Best]:
        """The places under the keys of each name, by id, each with the best of its matches."""
        hits = self._hits({key for keys in wanted.values() for key in keys})
        found: dict[str, _Best] = {}
        for name, keys in wanted.items():
            best = found[name] = {}
            for key, kind in keys.items():
                for place, grade in hits.get(key, ()):
                    _put(best, place, kind if grade == OWN else graded(kind, grade))
        return found

    def _hits(self, keys: set[str]) -> dict[str, list[tuple[Place, int]]]:
        """Key -> the places found under it, each with how the key spells it."""
        hits: dict[str, list[tuple[Place, int]]] = {}
        for layer in self._layers:
            for key in keys & layer.keys.keys():
                hits.setdefault(key, []).extend((layer.places[place_id], OWN) for place_id in layer.keys[key])
        for index in self._indexes:
            for key, place, grade in index.hits(keys):
                if key in hits:
                    hits[key].append((place, grade))
                else:
                    hits[key] = [(place, grade)]
        return hits


def _may_be_inflected(name: str, best: _Best) -> bool:
    """Whether the name may be one in another case: no place is so called, in Latin letters not even among others.

    Villages without a point of their own do not count.
    """
    enough = ("folded",) if has_cyrillic(name) else ("folded", "respelt", "alternate")
    return all(match not in enough or place.anchor for place, match in best.values())


def _believable_forms(name: str, best: _Best) -> _Best:
    """The matches without names in another case of small places far from the theatre: any word is one."""
    if has_cyrillic(name):
        return best
    return {
        place.id: (place, match)
        for place, match in best.values()
        if "inflected" not in match or place.country in THEATRE or place.population >= _KNOWN_FAR_OFF
    }


def _put(best: _Best, place: Place, match: str) -> None:
    """Keep the better of the matches of a place."""
    known = best.get(place.id)
    if known is None or _RANK[match] < _RANK[known[1]]:
        best[place.id] = (place, match)


def _layer_match(key: str) -> str:
    """The kind of match that a key makes with a row of a layer, whose names are all its own."""
    if key.startswith(("~", "^~")):
        return "romanised"
    return "inflected" if key.startswith("^") else "folded"

"""Match names against all layers: the base indexes and the overlays on top of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from geostrike.errors import PlaceNotFoundError
from geostrike.places.base import BaseIndex
from geostrike.places.index import THEATRE, file_version, read_precomputed
from geostrike.places.misspellings import Misspellings
from geostrike.places.names import (
    MATCHES,
    OWN,
    adjective_keys,
    fold,
    has_cyrillic,
    inflected_keys,
    is_as_folded,
    match_of_grade,
    skeletons,
    spelling_keys,
)
from geostrike.places.overlay import read_overlay
from geostrike.places.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["Layers", "Matches"]

Matches = tuple[tuple[Place, str], ...]
"""Places that match a name, each with the best kind of match (see `geostrike.places.place.Candidate`)."""

_Best = dict[str, tuple[Place, str]]
"""Id of a place -> the place and its best match."""
_RANK = {match: rank for rank, match in enumerate(MATCHES)}
_KNOWN_FAR_OFF = 200_000


class Layers:
    """The base indexes and the overlays on top of them, searched as one.

    Parameters
    ----------
    indexes
        SQLite indexes written by `geostrike.places.index.write_index`; the last is the shipped one.
    paths
        Files with the columns of gazetteer.csv, uppermost first.

    Raises
    ------
    InputError
        If a file cannot be used, or an index has not been built.
    """

    def __init__(self, indexes: Sequence[Path], paths: Sequence[Path]) -> None:
        self._indexes = [BaseIndex(path) for path in indexes]
        shipped = self._indexes[-1]
        # The lowest overlay is gazetteer.csv; those above it are the user's own.
        self._overlays = [read_overlay(path, shipped.prepared, preferred=path != paths[-1]) for path in paths]
        self.versions = {path.name: index.version for path, index in zip(indexes[:-1], self._indexes, strict=False)}
        self.versions |= {"base": shipped.version} | {path.name: file_version(path) for path in paths}
        for index in reversed(self._indexes):
            for overlay in reversed(self._overlays):
                index.lay_over(overlay)
        empty = [path.name for path, index in zip(indexes, self._indexes, strict=True) if index.is_empty]
        empty += [path.name for path, overlay in zip(paths, self._overlays, strict=True) if not overlay.places]
        self.notes = tuple(f"the gazetteer {name} has no places" for name in empty)

    def __getitem__(self, place_id: str) -> Place:
        """Return the place with this id, from the uppermost layer that has it."""
        for overlay in self._overlays:
            place_id = overlay.replaces.get(place_id, place_id)
            if place_id in overlay.places:
                return overlay.places[place_id]
        for index in self._indexes:
            place = index.place(place_id)
            if place is not None:
                return place
        msg = f"no place has the id {place_id!r}"
        raise PlaceNotFoundError(msg)

    def match(self, names: Iterable[str]) -> dict[str, Matches]:
        """Match each name, in any spelling, to places; many names at once are several times faster than one by one."""
        new = list(dict.fromkeys(names))
        found = self._precomputed(new)
        wanted = {name: spelling_keys(name) for name in new if name not in found}
        if wanted:
            found |= self._match_keys(wanted)
            inflected = {
                name: keys | inflected_keys(name)
                for name, keys in wanted.items()
                if _may_be_inflected(name, found[name])
            }
            found |= {name: _believable_forms(name, best) for name, best in self._match_keys(inflected).items()}
        return {
            name: tuple([(place, "exact" if place.name == name else match) for place, match in places.values()])
            for name, places in found.items()
        }

    def _precomputed(self, names: list[str]) -> dict[str, _Best]:
        """Read the precomputed matches of well-attested names; `_match_keys` would find the same more slowly."""
        if len(self._indexes) > 1:
            return {}
        index = self._indexes[0]
        folded = {name: fold(name) for name in names}
        kept = index.precomputed(set(folded.values()))
        parts = {
            name: read_precomputed(kept[key]) for name, key in folded.items() if key in kept and is_as_folded(name, key)
        }
        rows = {row for part in parts.values() for _, hits in part for row, _ in hits}
        places = index.places(rows)
        found: dict[str, _Best] = {}
        for name, part in parts.items():
            best = self._best_matches(part, places)
            if best is not None:
                found[name] = best
        return found

    def _best_matches(
        self, parts: list[tuple[list[str], list[tuple[int, int]]]], places: dict[int, Place]
    ) -> _Best | None:
        """Return the best match of each place; None if an overlay blocks names of one of them."""
        best: _Best = {}
        for keys, hits in parts:
            for overlay in self._overlays:
                for key in keys:
                    for place_id in overlay.keys.get(key, ()):
                        _put(best, overlay.places[place_id], _overlay_match(key))
            for row, rank in hits:
                if row not in places:
                    return None
                _put(best, places[row], MATCHES[rank])
            if any(match == "folded" and not place.anchor for place, match in best.values()):
                break
        return best

    def match_adjective(self, name: str) -> Matches:
        """Match the adjective of a town's name, such as "Wolgograder" and "волгоградский"."""
        found = self._match_keys({name: adjective_keys(name)})[name]
        return tuple(
            (place, match)
            for place, match in found.values()
            if place.kind == "settlement" and match in ("adjective", "romanised", "inflected alternate")
        )

    def match_misspelt(self, name: str) -> Matches:
        """Match places in the theatre whose own name is one or two edits away."""
        keys: dict[str, str] = {}
        for skeleton in skeletons(name):
            for other, edits in self._misspellings.near(skeleton).items():
                keys["~" + other] = "misspelt" if edits == 1 else "badly misspelt"
        found = self._match_keys({name: keys})[name]
        return tuple(hit for hit in found.values() if "alternate" not in hit[1])

    @cached_property
    def _misspellings(self) -> Misspellings:
        names = {key for index in self._indexes for key in index.theatre_skeletons()}
        names |= {key[1:] for overlay in self._overlays for key in overlay.keys if key.startswith("~")}
        return Misspellings(sorted(names))

    def _match_keys(self, wanted: dict[str, dict[str, str]]) -> dict[str, _Best]:
        """Return the places under the keys of each name, by id, each with its best match."""
        hits = self._hits({key for keys in wanted.values() for key in keys})
        found: dict[str, _Best] = {}
        for name, keys in wanted.items():
            best = found[name] = {}
            for key, kind in keys.items():
                for place, grade in hits.get(key, ()):
                    _put(best, place, kind if grade == OWN else match_of_grade(kind, grade))
        return found

    def _hits(self, keys: set[str]) -> dict[str, list[tuple[Place, int]]]:
        """Return the places under each key, each with how the key spells it."""
        hits: dict[str, list[tuple[Place, int]]] = {}
        for overlay in self._overlays:
            for key in keys & overlay.keys.keys():
                hits.setdefault(key, []).extend((overlay.places[place_id], OWN) for place_id in overlay.keys[key])
        for index in self._indexes:
            for key, place, grade in index.hits(keys):
                if key in hits:
                    hits[key].append((place, grade))
                else:
                    hits[key] = [(place, grade)]
        return hits


def _may_be_inflected(name: str, best: _Best) -> bool:
    """Whether a name may be an inflected form: no place with a point of its own has it as a name.

    In Latin letters alternate names count, too.
    """
    enough = ("folded",) if has_cyrillic(name) else ("folded", "respelt", "alternate")
    return all(match not in enough or place.anchor for place, match in best.values())


def _believable_forms(name: str, best: _Best) -> _Best:
    """Drop inflected forms of small places far from the theatre, where any word would match."""
    if has_cyrillic(name):
        return best
    return {
        place.id: (place, match)
        for place, match in best.values()
        if "inflected" not in match or place.country in THEATRE or place.population >= _KNOWN_FAR_OFF
    }


def _put(best: _Best, place: Place, match: str) -> None:
    """Keep the better match of a place."""
    known = best.get(place.id)
    if known is None or _RANK[match] < _RANK[known[1]]:
        best[place.id] = (place, match)


def _overlay_match(key: str) -> str:
    """Return the kind of match of a key with an overlay row, all of whose names are its own."""
    if key.startswith(("~", "^~")):
        return "romanised"
    return "inflected" if key.startswith("^") else "folded"

"""The gazetteer: who bears a name, and which of them is meant."""

from __future__ import annotations

import re
import sqlite3
from collections import OrderedDict
from dataclasses import replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.errors import InputError, PlaceNotFoundError
from geostrike.places.index import THEATRE
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
from geostrike.places.place import Candidate, Place, Resolution
from geostrike.places.rank import Context, decide, rank
from geostrike.places.wording import Wording, wordings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import geopandas as gpd

__all__ = ["Gazetteer"]

_LONGEST_NAME = 120
_REMEMBERED = 20_000
_PLACE_COLUMNS = "place_id, name, kind, country, admin1, latitude, longitude, radius_km, population, 'GeoNames'"
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
_SHORTEST_SKELETON = 5  # shorter ones are alike by chance
_NEAR_KM = 25.0
_ADMIN1_CODE = re.compile(r"[A-Z]{2}[-.][A-Z0-9]{1,6}")


class Gazetteer:
    """Places by name: the base gazetteer with gazetteer.csv laid over it, and a file of one's own over both.

    Parameters
    ----------
    extra
        A CSV file of one's own places, with the columns of gazetteer.csv. Its rows win.

    Raises
    ------
    InputError
        When a file cannot be used, or the base index has not been built.

    Examples
    --------
    >>> gazetteer = Gazetteer()
    >>> gazetteer.resolve("Туапсе").place.name
    'Tuapse'
    >>> gazetteer.resolve("Krasny Yar").status
    'ambiguous'
    """

    def __init__(self, *, extra: str | Path | None = None) -> None:
        self._index = _open_index(_data_file("gazetteer.sqlite"))
        prepared = dict(self._index.execute("SELECT sha256, keys FROM prepared"))
        paths = [_curated_file()] if extra is None else [Path(extra), _curated_file()]
        self._layers = [read_overlay(path, prepared) for path in paths]
        for layer in self._layers:
            self._add_populations(layer)
        self._found: OrderedDict[str, tuple[tuple[Place, str], ...]] = OrderedDict()

    def lookup(self, name: str) -> list[Candidate]:
        """All places that bear the name, best first, without regard to any context; none for a word that is no place.

        Examples
        --------
        >>> [candidate.place.country for candidate in Gazetteer().lookup("Donetsk")][:2]
        ['UKR', 'RUS']
        """
        resolution = self.resolve(name)
        return [] if resolution.status == "unresolved" else list(resolution.candidates)

    def resolve(
        self,
        name: str,
        *,
        country: str | None = None,
        admin1: str | None = None,
        near: tuple[float, float] | Iterable[tuple[float, float]] | None = None,
        kind: str | None = None,
    ) -> Resolution:
        """Which place the name means, or why that cannot be said.

        Parameters
        ----------
        name
            The name as written, in any script, spelling or case ending.
        country
            Country that the text puts it in, ISO 3166-1 alpha-3.
        admin1
            First-level region that the text puts it in: an ISO 3166-2 code or a name as written.
        near
            A point (latitude, longitude) that the place is near to, or several.
        kind
            Kind of place that the text speaks of, a word of `geostrike.tables.PLACE_KINDS`.

        Examples
        --------
        >>> Gazetteer().resolve("Donetsk", country="RUS").place.admin1
        'RU-ROS'
        """
        context = Context(country or "", self._admin1_code(admin1 or "", country or ""), _points(near), kind or "")
        if len(name) > _LONGEST_NAME:
            return Resolution(name, "unresolved", f"longer than any place name ({len(name)} characters)")
        for wording in wordings(name):
            resolution = self._resolve_wording(name, wording, context)
            if resolution.candidates:
                return resolution
        return self._resolve_misspelt(name, context)

    def _resolve_misspelt(self, name: str, context: Context) -> Resolution:
        """The outcome for a name that nobody bears: perhaps a misspelling, where there is context to support it."""
        found: list[tuple[Place, str]] = []
        if context.country or context.admin1 or context.near:
            for key in skeletons(name):
                near = {f"~{other}": edits for other, edits in self._misspellings.near(key).items()}
                matches = {key: "misspelt" if edits == 1 else "badly misspelt" for key, edits in near.items()}
                found += [hit for hit in self._under(matches).values() if "alternate" not in hit[1]]
        return decide(name, rank(found, context), context)

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

    def _resolve_wording(self, query: str, wording: Wording, context: Context) -> Resolution:
        at_site = wording.kind == "near"
        if wording.kind and not at_site:
            context = replace(context, kind=wording.kind)
        if wording.container:
            context = self._within(context, wording.container)
        found = self._find(wording.name)
        if context.kind == "region":
            found += self._find(f"{wording.name} region")
        resolution = decide(query, rank(found, context), context)
        return _at_a_site(resolution, wording.name) if at_site else resolution

    def _within(self, context: Context, container: str) -> Context:
        """The context with what a larger place, as written, adds to it."""
        place = self.resolve(container, country=context.country).place
        if place is None:
            return context
        if place.kind == "country":
            return replace(context, country=place.country)
        if place.kind == "region":
            return replace(context, admin1=place.admin1)
        return replace(context, near=(*context.near, (place.latitude, place.longitude)))

    def __getitem__(self, place_id: str) -> Place:
        """The place with this id."""
        for layer in self._layers:
            place_id = layer.replaces.get(place_id, place_id)
            if place_id in layer.places:
                return layer.places[place_id]
        row = self._index.execute(f"SELECT {_PLACE_COLUMNS} FROM places WHERE place_id = ?", (place_id,)).fetchone()  # noqa: S608
        if row is None:
            msg = f"no place has the id {place_id!r}"
            raise PlaceNotFoundError(msg)
        return Place(*row)

    def areas(self, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
        """The polygons of those places that have one, indexed by place_id."""
        from geostrike.areas import admin1_areas

        areas = admin1_areas().rename_axis("place_id")
        return areas.loc[areas.index.isin(list(place_ids)), ["name", "kind", "country", "geometry"]]

    def _admin1_code(self, written: str, country: str) -> str:
        """The ISO 3166-2 code of a region given as a code or as a name; the text itself where no region is meant."""
        if not written or _ADMIN1_CODE.fullmatch(written):
            return written
        place = self.resolve(written, country=country, kind="region").place
        return place.admin1 if place else written

    def _find(self, name: str) -> tuple[tuple[Place, str], ...]:
        """The places under all keys of the name, each with its best kind of match."""
        found = self._found.get(name)
        if found is None:
            found = tuple(self._search(name))
            self._found[name] = found
            if len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return found

    def _search(self, name: str) -> list[tuple[Place, str]]:
        keys = dict.fromkeys((fold(name), *latin_keys(name)), "folded")
        keys |= dict.fromkeys(("~" + key for key in skeletons(name) if len(key) >= _SHORTEST_SKELETON), "romanised")
        best = self._under(keys)
        if has_cyrillic(name) and not any(match == "folded" for _, match in best.values()):
            best = self._under(keys | _inflected_keys(name))
        return [(place, "exact" if place.name == name else match) for place, match in best.values()]

    def _under(self, keys: dict[str, str]) -> dict[str, tuple[Place, str]]:
        """The places found under any of the keys, by id, each with the best of its matches."""
        best: dict[str, tuple[Place, str]] = {}
        for place, match in self._hits(keys):
            known = best.get(place.id)
            if known is None or _MATCHES.index(match) < _MATCHES.index(known[1]):
                best[place.id] = (place, match)
        return best

    def _hits(self, keys: dict[str, str]) -> Iterator[tuple[Place, str]]:
        for layer in self._layers:
            for key in keys:
                for place_id in layer.keys.get(key, ()):
                    yield layer.places[place_id], keys[key]
        marks = ",".join("?" * len(keys))
        query = f"SELECT {_PLACE_COLUMNS}, grade, key FROM keys JOIN places USING (row) WHERE key IN ({marks})"  # noqa: S608
        for *columns, grade, key in self._index.execute(query, tuple(keys)):
            place = Place(*columns)
            if not any(key in layer.blocked.get(place.id, ()) for layer in self._layers):
                yield self._overlaid(place), _match(keys[key], grade)

    def _overlaid(self, place: Place) -> Place:
        for layer in self._layers:
            if place.id in layer.replaces:
                return layer.places[layer.replaces[place.id]]
        return place

    def _add_populations(self, layer: Overlay) -> None:
        """Give the places that stand in for base places the populations of those."""
        marks = ",".join("?" * len(layer.replaces))
        query = f"SELECT place_id, population FROM places WHERE place_id IN ({marks})"  # noqa: S608
        for below, population in self._index.execute(query, tuple(layer.replaces)):
            place_id = layer.replaces[below]
            layer.places[place_id] = replace(layer.places[place_id], population=population)


def _match(match: str, grade: int) -> str:
    """The kind of match when a key of that kind meets a name of that grade."""
    if grade == OWN:
        return match
    if match != "folded":
        return "loose alternate"
    return "alternate" if grade == ATTESTED else "stray alternate"


def _inflected_keys(name: str) -> dict[str, str]:
    """The keys of a Cyrillic name without its case ending, by the kind of match they make."""
    stems = dict.fromkeys(("^" + key for key in stem_keys(name)), "inflected")
    return stems | dict.fromkeys(
        (mark + key for key in stem_skeletons(name) if key for mark in ("^~", "~")), "romanised"
    )


def _at_a_site(resolution: Resolution, town: str) -> Resolution:
    """The outcome for a site that the gazetteer does not hold: somewhere near the town that it is named after."""
    candidates = tuple(c for c in resolution.candidates if c.place.kind == "settlement")
    near = tuple(
        replace(c, place=replace(c.place, kind="near", radius_km=max(_NEAR_KM, c.place.radius_km))) for c in candidates
    )
    reason = f"the site itself is not in the gazetteer; {town}: {resolution.reason}"
    return replace(resolution, status=resolution.status if near else "unresolved", reason=reason, candidates=near)


def _points(near: tuple[float, float] | Iterable[tuple[float, float]] | None) -> tuple[tuple[float, float], ...]:
    """The points of `near`, which is one point or several."""
    if near is None:
        return ()
    points: list[Any] = list(near)
    if len(points) == 2 and not isinstance(points[0], tuple | list):
        points = [points]
    return tuple((float(lat), float(lon)) for lat, lon in points)


def _data_file(name: str) -> Path:
    return Path(str(files("geostrike"))) / "data" / name


def _curated_file() -> Path:
    """gazetteer.csv: in the package's data in a wheel, at the top of the repository in an editable install."""
    in_wheel = _data_file("gazetteer.csv")
    return in_wheel if in_wheel.exists() else in_wheel.parents[2] / "gazetteer.csv"


def _open_index(path: Path) -> sqlite3.Connection:
    if not path.exists():
        msg = f"{path} is missing: install the package again, or run: python scripts/build_gazetteer.py index"
        raise InputError(msg)
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

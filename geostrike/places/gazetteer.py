"""The gazetteer: candidates for a name, and the resolution to one of them."""

from __future__ import annotations

import math
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.errors import InputError
from geostrike.places.base import is_index
from geostrike.places.cache import LookupCache
from geostrike.places.index import THEATRE
from geostrike.places.joint import resolve_jointly
from geostrike.places.layers import Layers, Matches
from geostrike.places.names import fold, same_name
from geostrike.places.nearby import Nearby
from geostrike.places.place import AREA_KINDS, Candidate, Hints, Place, Resolution
from geostrike.places.rank import HEADING, REGION_NAMED_LAST, SPEAKER, Context, decide, distance_km, rank
from geostrike.places.wording import Wording, names_area, region_phrases, site_names, wordings
from geostrike.tables import PLACE_KINDS, sound_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd

__all__ = ["Gazetteer", "curated_file"]

_LONGEST_NAME = 120
_NEAR_KM = PLACE_KINDS["near"].radius_km
_AT_TOWN_KM, _IN_CITY_KM = 60.0, 40.0
_AREAS = ("region", "district")
_NO_CONTEXT, _NO_HINTS, _NO_POINTS = Context(), Hints(), Nearby()
_REGION_HINTS = (REGION_NAMED_LAST, HEADING, SPEAKER)
"""What the last three fields of `Hints` are called in a reason."""
_DISTRICTS = ("geonames:", "katottg:", "geoboundaries:")
_ADMIN1_CODE = re.compile(r"[A-Z]{2}[-.][A-Z0-9-]{1,6}")


class Gazetteer:
    """Places by name: the base gazetteer, gazetteer.csv over it, and the user's own files over both.

    Parameters
    ----------
    extra
        A CSV file of your own places, with the columns of gazetteer.csv, whose rows win; or an index built with
        ``geostrike gazetteer build``, which is searched in addition to the shipped one; or several of both.

    Raises
    ------
    InputError
        If a file cannot be used, or the base index has not been built.

    Examples
    --------
    >>> gazetteer = Gazetteer()
    >>> gazetteer.resolve("Туапсе").place.name
    'Tuapse'
    >>> gazetteer.resolve("Krasny Yar").status
    'ambiguous'
    """

    def __init__(self, *, extra: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None) -> None:
        own = [Path(path) for path in ([extra] if isinstance(extra, str | os.PathLike) else extra or ())]
        self.files = tuple(path.absolute() for path in own)
        indexes = [path for path in own if is_index(path)]
        tables = [path for path in own if path not in indexes]
        self._layers = Layers([*indexes, _data_file("gazetteer.sqlite")], [*tables, curated_file()])
        self._cache = LookupCache()

    @property
    def versions(self) -> dict[str, str]:
        """Return the version of each layer by name: the beginning of the file's SHA-256.

        Examples
        --------
        >>> sorted(Gazetteer().versions)
        ['base', 'gazetteer.csv']
        """
        return dict(self._layers.versions)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return notes for a reader of the results, such as that a user's file has no places.

        Examples
        --------
        >>> Gazetteer().notes
        ()
        """
        return self._layers.notes

    def lookup(self, name: str) -> list[Candidate]:
        """Return all places of this name, best first, regardless of context; empty if the name is unresolved.

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
        region: str | None = None,
        heading: str | None = None,
        speaker: str | None = None,
    ) -> Resolution:
        """Resolve a name to a place, or explain why that is not possible.

        Parameters
        ----------
        name
            The name as written, in any script, spelling or case ending.
        country
            Country according to the text, ISO 3166-1 alpha-3.
        admin1
            First-level region according to the text: an ISO 3166-2 code or a name as written.
        near
            A point (latitude, longitude) near the place, or several.
        kind
            Kind of place according to the text, a word of `geostrike.tables.PLACE_KINDS`.
        region, heading, speaker
            Regions named elsewhere in the text: last before the name, in the heading above it, or as that of the
            official who speaks. They add weight; they do not locate the place.

        Raises
        ------
        InputError
            If the name or a hint is not a text, or `near` is not a point on the globe.

        Examples
        --------
        >>> Gazetteer().resolve("Donetsk", country="RUS").place.admin1
        'RU-ROS'
        >>> Gazetteer().resolve("Kirovsk", region="Leningrad Oblast").place.admin1
        'RU-LEN'
        """
        question = (name, country, admin1, kind, region, heading, speaker)
        answer = self._cache.answer(question) if near is None else None
        if answer is None:
            _check_is_text(name, "name")
            hints = _NO_HINTS
            if not (country is admin1 is kind is region is heading is speaker is None):
                hints = _hints(
                    country=country, admin1=admin1, kind=kind, region=region, heading=heading, speaker=speaker
                )
            answer = self._resolve(sound_text(name), hints, _NO_POINTS if near is None else _points(near))
            if near is None:
                self._cache.keep(question, answer)
        return answer

    def resolve_jointly(self, names: Sequence[str], hints: Sequence[Hints] | None = None) -> list[Resolution]:
        """Resolve the names of one text, each with its own hints and with the other places of the text.

        The result does not depend on the order of the names. Names that are resolved alone keep their place; ambiguous
        ones are resolved again near those places. The reason says what decided.

        Parameters
        ----------
        names
            The names as written.
        hints
            What the text says about each of them, in the same order; None if it says nothing.

        Raises
        ------
        InputError
            If there are not as many hints as names, or one of them cannot be used.

        Examples
        --------
        >>> found = Gazetteer().resolve_jointly(["Kirovsk", "Apatity"])
        >>> found[0].place.admin1, found[0].reason[:36]
        ('RU-MUR', 'near Apatity, also named in the text')
        """
        return resolve_jointly(self, names, hints)

    def _resolve(self, name: str, hints: Hints, near: Nearby) -> Resolution:
        if len(name) > _LONGEST_NAME:
            return Resolution(name, "unresolved", f"longer than any place name ({len(name)} characters)")
        if not near and not any(hints):
            return self._resolve_in(name, _NO_CONTEXT)
        context = self._context(hints, near)
        answer = self._resolve_in(name, context)
        unknown = _unknown_regions(context)
        return answer._replace(reason=f"{unknown}; {answer.reason}") if unknown else answer

    def _resolve_in(self, name: str, context: Context) -> Resolution:
        for wording in wordings(name):
            if context.kind in _AREAS and wording.container and wording.kind != context.kind:
                continue  # asked for a region, "Лозовой Харьковской области" must not match the town in it
            resolution = self._resolve_wording(name, wording, context)
            if resolution.candidates:
                return resolution
        has_context = context.country or context.admin1 or context.near or context.regions
        misspelt = self._layers.match_misspelt(name) if has_context else ()
        return decide(name, rank(misspelt, context), context)

    def _context(self, hints: Hints, near: Nearby) -> Context:
        country, admin1, kind, *regions_hinted = hints
        regions = tuple(
            (says, self._admin1_code(written, country))
            for says, written in zip(_REGION_HINTS, regions_hinted, strict=True)
            if written
        )
        return Context(country, self._admin1_code(admin1, country), near, kind, (), regions)

    def prefetch(self, names: Iterable[str]) -> None:
        """Match many names at once before resolving them one by one: several times faster."""
        known = self._cache.matches
        new = [name for name in names if name not in known and name.strip() and len(name) <= _LONGEST_NAME]
        self._cache.keep_matches(self._layers.match(new))

    def _find(self, name: str) -> Matches:
        """Return the places that match a name."""
        if name not in self._cache.matches:
            self._cache.keep_matches(self._layers.match([name]))
        return self._cache.matches[name]

    def __getitem__(self, place_id: str) -> Place:
        """Return the place with this id.

        Raises
        ------
        PlaceNotFoundError
            If no place has this id.

        Examples
        --------
        >>> Gazetteer()["RU-LEN"].name
        'Leningrad Oblast'
        """
        return self._layers[place_id]

    def areas(self, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
        """Return the polygons of those places that have one, indexed by place_id.

        Examples
        --------
        >>> Gazetteer().areas(["UA-43", "tuapse"]).index.tolist()
        ['UA-43']
        """
        import pandas as pd

        from geostrike.borders.areas import admin1_areas, district_areas, ground_areas

        grounds = ground_areas()
        grounds = grounds.assign(kind="country", country=grounds.index)
        wanted = set(place_ids)
        layers = [admin1_areas().rename_axis("place_id"), grounds.rename_axis("place_id")]
        if any(str(place_id).startswith(_DISTRICTS) for place_id in wanted):
            layers.append(district_areas())
        areas = pd.concat(layers)
        return areas.loc[[name in wanted for name in areas.index], ["name", "kind", "country", "geometry"]]

    def _resolve_wording(self, query: str, wording: Wording, context: Context) -> Resolution:
        if wording.container:
            larger = self.resolve(wording.container, country=context.country).place
            if larger is None and wording.strict:
                return Resolution(query, "unresolved", f"{wording.container} is not a known place")
            is_part = wording.strict and (wording.kind == "district" or names_area(wording.name))
            if larger is not None and is_part and _is_city(larger):
                return self._resolve_quarter(query, wording, larger, context)
            context = _within(context, larger)
        if wording.kind == "near":
            return self._resolve_site(query, wording, context)
        if not wording.kind and not context.kind and not wording.also and " " not in wording.name:  # most names
            return decide(query, rank(self._find(wording.name), context), context)
        kind = "facility" if wording.kind == "site" else wording.kind
        context = context._replace(kind=kind) if kind else context
        return decide(query, rank(self._matches_of(wording, context.kind), context), context)

    def _matches_of(self, wording: Wording, kind: str) -> Matches:
        """Return the places that match the name and that the words around it do not exclude."""
        found = self._find(wording.name)
        if " " in wording.name and any(map(_is_alternate_of_town, found)) and names_area(wording.name):
            found = tuple(hit for hit in found if not _is_alternate_of_town(hit))
        if wording.kind == "site":
            found = tuple(hit for hit in found if hit[0].kind == "facility")
        if wording.also:
            others = _ids(self._find(wording.also))
            found = tuple(hit for hit in found if hit[0].id in others)
        return found + self._regions_named(wording.name, found) if kind == "region" else found

    def _resolve_quarter(self, query: str, wording: Wording, city: Place, context: Context) -> Resolution:
        """Resolve a district of a city; to the city itself if the gazetteer does not have the district."""
        near = tuple(hit for hit in self._find(wording.name) if _km_apart(hit[0], city) <= _IN_CITY_KM)
        district = context._replace(kind="district")
        found = decide(query, rank(near, district), district)
        if found.place is not None:
            return found
        context = context._replace(kind="")
        answer = decide(query, rank(((city, "exact"),), context), context)
        return answer._replace(reason=f"the district itself is not in the gazetteer; {city.name}: {answer.reason}")

    def _resolve_site(self, query: str, wording: Wording, context: Context) -> Resolution:
        """Resolve a site at a town; to an area near the town if the gazetteer does not have the site.

        If the name itself is that of a site, as in "the drone factory in Alabuga", it is resolved to that site.
        """
        sites = self._sites_named(site_names(wording.name, wording.site))
        if sites:
            return decide(query, rank(sites, context), context)
        found = self._find(wording.name)
        found += tuple(hit for hit in self._layers.match_adjective(wording.name) if hit[0].id not in _ids(found))
        answer = decide(query, rank(found, context), context)
        town = answer.place
        if town is None or town.kind != "settlement":
            return _at_a_site(answer, wording.name)
        sites = self._sites_named(site_names(town.name, wording.site))
        sites = tuple(hit for hit in sites if _km_apart(hit[0], town) <= _AT_TOWN_KM)
        if sites:
            return decide(query, rank(sites, context), context)
        if wording.strict and not wording.container and answer.candidates[0].match != "inflected":
            return Resolution(query, "unresolved", f"no site called {wording.name} is known")
        return _at_a_site(answer, wording.name)

    def _sites_named(self, names: list[str]) -> Matches:
        """Return the sites with one of the names, each once."""
        found = {place.id: (place, match) for name in names for place, match in self._find(name)}
        return tuple(hit for hit in found.values() if hit[0].kind == "facility" and "alternate" not in hit[1])

    def _regions_named(self, name: str, found: Matches) -> Matches:
        """Return regions known by a short form, "Калужской", or by the name of their seat, "Charkiw"."""
        for phrase in region_phrases(name):
            regions = tuple(hit for hit in self._find(phrase) if hit[0].kind == "region")
            if regions:
                return regions
        return tuple(
            (self[place.admin1], match)
            for place, match in (*found, *self._layers.match_adjective(name))
            if place.kind == "settlement" and place.country in THEATRE and self._is_seat(place)
        )

    def _is_seat(self, town: Place) -> bool:
        """Whether a town's region is named after it."""
        return bool(town.admin1) and any(
            same_name(town.name, wording.name) for wording in wordings(self[town.admin1].name)
        )

    def _admin1_code(self, written: str, country: str) -> str:
        """Return the ISO 3166-2 code of a region given by code or name; the text itself if no region matches."""
        if not written or _ADMIN1_CODE.fullmatch(written):
            return written
        place = self.resolve(written, country=country, kind="region").place
        return place.admin1 if place else written


def _unknown_regions(context: Context) -> str:
    """Name the regions of the hints that the gazetteer does not have; empty if there are none."""
    hints = dict.fromkeys((context.admin1, *(admin1 for _, admin1 in context.regions)))
    unknown = [
        hint for hint in hints if fold(hint).strip("\N{REPLACEMENT CHARACTER}") and not _ADMIN1_CODE.fullmatch(hint)
    ]
    return "; ".join(f"{hint} is not a known region" for hint in unknown)


def _within(context: Context, larger: Place | None) -> Context:
    """Return the context with what a larger place adds to it."""
    if larger is None:
        return context
    if larger.kind == "country":
        return context._replace(country=larger.country)
    if larger.kind == "region":
        return context._replace(admin1=larger.admin1)
    if larger.kind == "district":
        context = context._replace(admin1=context.admin1 or larger.admin1, within=(*context.within, larger))
    return context._replace(beside=(*context.beside, (larger.latitude, larger.longitude)))


def _is_city(place: Place) -> bool:
    """Whether a "district of" the place is a part of it, rather than an area around it."""
    return place.kind == "settlement" and place.country in THEATRE


def _is_alternate_of_town(hit: tuple[Place, str]) -> bool:
    place, match = hit
    return place.kind not in AREA_KINDS and "alternate" in match


def _ids(found: Matches) -> set[str]:
    return {place.id for place, _ in found}


def _km_apart(place: Place, other: Place) -> float:
    return distance_km(place.latitude, place.longitude, other.latitude, other.longitude)


def _at_a_site(resolution: Resolution, town: str) -> Resolution:
    """Return the resolution of a site that the gazetteer does not have: near the town it is named after.

    A site that the gazetteer has, "the drone factory in Alabuga", is kept.
    """
    if resolution.place is not None and resolution.place.kind == "facility":
        return resolution
    near = tuple(
        c._replace(place=c.place._replace(kind="near", radius_km=max(_NEAR_KM, c.place.radius_km)))
        for c in resolution.candidates
        if c.place.kind == "settlement"
    )
    status = resolution.status if near and near[0].place.id == resolution.candidates[0].place.id else "unresolved"
    reason = f"the site itself is not in the gazetteer; {town}: {resolution.reason}"
    return Resolution(resolution.query, status, reason, near)


def _points(near: tuple[float, float] | Iterable[tuple[float, float]]) -> Nearby:
    """Return the points of `near`, which is one point or several."""
    if isinstance(near, Nearby):
        return near
    try:
        points: list[Any] = list(near)
        if len(points) == 2 and not isinstance(points[0], tuple | list):
            points = [points]
        found = Nearby((float(lat), float(lon)) for lat, lon in points)
    except (TypeError, ValueError):
        found = Nearby([(math.nan, math.nan)])
    if not all(abs(lat) <= 90 and abs(lon) <= 360 for lat, lon in found):  # False for NaN
        msg = f"near is {str(near)[:80]}; give a point on the globe as (latitude, longitude), or several"
        raise InputError(msg)
    return found


def _hints(**given: object) -> Hints:
    """Return the hints as clean text, empty if not given."""
    hints = {what: _hint(value, what) for what, value in given.items() if value is not None}
    if len(hints.get("country", "")) == len("UKR"):
        hints["country"] = hints["country"].upper()
    return Hints(**hints) if hints else _NO_HINTS


def _hint(value: object, what: str) -> str:
    _check_is_text(value, what)
    return sound_text(str(value).strip())


def _check_is_text(value: object, what: str) -> None:
    if not isinstance(value, str):
        msg = f"{what} is {str(value)[:80]!r}, a {type(value).__name__}; give a text"
        raise InputError(msg)


def _data_file(name: str) -> Path:
    return Path(str(files("geostrike"))) / "data" / name


def curated_file() -> Path:
    """Return the path of gazetteer.csv: package data in a wheel, the top of the repository in an editable install."""
    in_wheel = _data_file("gazetteer.csv")
    return in_wheel if in_wheel.exists() else in_wheel.parents[2] / "gazetteer.csv"

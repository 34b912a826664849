"""The gazetteer: who bears a name, and which of them is meant."""

from __future__ import annotations

import math
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.errors import InputError
from geostrike.places.base import is_index
from geostrike.places.bearers import Bearers, Found
from geostrike.places.index import THEATRE
from geostrike.places.names import same_name
from geostrike.places.nearby import Nearby
from geostrike.places.place import Candidate, Place, Resolution
from geostrike.places.rank import Context, decide, rank
from geostrike.places.wording import Wording, region_phrases, wordings
from geostrike.tables import sound_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd

__all__ = ["Gazetteer", "curated_file"]

_LONGEST_NAME = 120
_NEAR_KM = 25.0
_REMEMBERED = 50_000
_DISTRICTS = ("geonames:", "katottg:", "geoboundaries:")
_ADMIN1_CODE = re.compile(r"[A-Z]{2}[-.][A-Z0-9]{1,6}")


class Gazetteer:
    """Places by name: the base gazetteer with gazetteer.csv laid over it, and a file of one's own over both.

    Parameters
    ----------
    extra
        A CSV file of one's own places, with the columns of gazetteer.csv, whose rows win; or an index that ``geostrike
        gazetteer build`` made, whose places are found as well as the shipped ones; or several of both.

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

    def __init__(self, *, extra: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None) -> None:
        own = [Path(path) for path in ([extra] if isinstance(extra, str | os.PathLike) else extra or ())]
        self.files = tuple(path.absolute() for path in own)
        indexes = [path for path in own if is_index(path)]
        tables = [path for path in own if path not in indexes]
        self._bearers = Bearers([*indexes, _data_file("gazetteer.sqlite")], [*tables, curated_file()])
        self._admin1_codes: dict[tuple[str, str], str] = {}
        self._answers: dict[tuple[str, str, str, Nearby, str], Resolution] = {}

    @property
    def versions(self) -> dict[str, str]:
        """What tells the versions of its layers apart: the name of each, and the beginning of its file's SHA-256.

        Examples
        --------
        >>> sorted(Gazetteer().versions)
        ['base', 'gazetteer.csv']
        """
        return dict(self._bearers.versions)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the results should know of it, such as that a file of one's own holds no place.

        Examples
        --------
        >>> Gazetteer().notes
        ()
        """
        return self._bearers.notes

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

        Raises
        ------
        InputError
            If the name or a hint is no text, or `near` is no point on the globe.

        Examples
        --------
        >>> Gazetteer().resolve("Donetsk", country="RUS").place.admin1
        'RU-ROS'
        """
        _check_is_text(name, "name")
        name = sound_text(name)
        country, admin1, kind = (
            _hint(text, what) for what, text in {"country": country, "admin1": admin1, "kind": kind}.items()
        )
        country = country.upper() if len(country) == len("UKR") else country
        if near is not None:
            return self._resolve(name, country, admin1, _points(near), kind)
        asked = (name, country, admin1, Nearby(), kind)
        if asked not in self._answers:
            if len(self._answers) > _REMEMBERED:
                self._answers.clear()
            self._answers[asked] = self._resolve(*asked)
        return self._answers[asked]

    def _resolve(self, name: str, country: str, admin1: str, near: Nearby, kind: str) -> Resolution:
        if len(name) > _LONGEST_NAME:
            return Resolution(name, "unresolved", f"longer than any place name ({len(name)} characters)")
        context = Context(country, self._admin1_code(admin1, country), near, kind)
        for wording in wordings(name):
            resolution = self._resolve_wording(name, wording, context)
            if resolution.candidates:
                return resolution
        told_more = context.country or context.admin1 or context.near
        misspelt = self._bearers.find_misspelt(name) if told_more else ()
        return decide(name, rank(misspelt, context), context)

    def remember(self, names: Iterable[str]) -> None:
        """Look many names up together, ahead of resolving them one by one: several times faster."""
        answered = {name for name, *_ in self._answers}
        self._bearers.find_all(
            name for name in names if name not in answered and name.strip() and len(name) <= _LONGEST_NAME
        )

    def __getitem__(self, place_id: str) -> Place:
        """The place with this id.

        Raises
        ------
        PlaceNotFoundError
            When no place has it.

        Examples
        --------
        >>> Gazetteer()["RU-LEN"].name
        'Leningrad Oblast'
        """
        return self._bearers[place_id]

    def areas(self, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
        """The polygons of those places that have one, indexed by place_id.

        Examples
        --------
        >>> Gazetteer().areas(["UA-43", "tuapse"]).index.tolist()
        ['UA-43']
        """
        import pandas as pd

        from geostrike.areas import admin1_areas, district_areas, ground_areas

        grounds = ground_areas()
        grounds = grounds.assign(kind="country", country=grounds.index)
        wanted = set(place_ids)
        layers = [admin1_areas().rename_axis("place_id"), grounds.rename_axis("place_id")]
        if any(str(place_id).startswith(_DISTRICTS) for place_id in wanted):
            layers.append(district_areas())
        areas = pd.concat(layers)
        return areas.loc[[name in wanted for name in areas.index], ["name", "kind", "country", "geometry"]]

    def _resolve_wording(self, query: str, wording: Wording, context: Context) -> Resolution:
        at_site = wording.kind == "near"
        if wording.kind and not at_site:
            context = context._replace(kind=wording.kind)
        if wording.container:
            context = self._within(context, wording.container)
        found = self._bearers.find(wording.name)
        if context.kind == "region":
            found += self._regions_called(wording.name, found)
        resolution = decide(query, rank(found, context), context)
        return _at_a_site(resolution, wording.name) if at_site else resolution

    def _regions_called(self, name: str, found: Found) -> Found:
        """The regions that are meant by their name alone, "Калужской", or by the name of their seat, "Charkiw"."""
        for phrase in region_phrases(name):
            regions = tuple(hit for hit in self._bearers.find(phrase) if hit[0].kind == "region")
            if regions:
                return regions
        return tuple(
            (self[place.admin1], match)
            for place, match in found
            if place.kind == "settlement" and place.country in THEATRE and self._is_seat(place)
        )

    def _is_seat(self, town: Place) -> bool:
        """Whether a town's region bears its name."""
        return bool(town.admin1) and any(
            same_name(town.name, wording.name) for wording in wordings(self[town.admin1].name)
        )

    def _within(self, context: Context, container: str) -> Context:
        """The context with what a larger place, as written, adds to it."""
        place = self.resolve(container, country=context.country).place
        if place is None:
            return context
        if place.kind == "country":
            return context._replace(country=place.country)
        if place.kind == "region":
            return context._replace(admin1=place.admin1)
        return context._replace(near=Nearby((*context.near, (place.latitude, place.longitude))))

    def _admin1_code(self, written: str, country: str) -> str:
        """The ISO 3166-2 code of a region given as a code or as a name; the text itself where no region is meant."""
        if not written or _ADMIN1_CODE.fullmatch(written):
            return written
        if (written, country) not in self._admin1_codes:
            place = self.resolve(written, country=country, kind="region").place
            self._admin1_codes[written, country] = place.admin1 if place else written
        return self._admin1_codes[written, country]


def _at_a_site(resolution: Resolution, town: str) -> Resolution:
    """The outcome for a site that the gazetteer does not hold: somewhere near the town that it is named after.

    A site that the gazetteer does hold, "the drone factory in Alabuga", is meant itself.
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
    """The points of `near`, which is one point or several."""
    if isinstance(near, Nearby):
        return near
    try:
        points: list[Any] = list(near)
        if len(points) == 2 and not isinstance(points[0], tuple | list):
            points = [points]
        found = Nearby((float(lat), float(lon)) for lat, lon in points)
    except (TypeError, ValueError):
        found = Nearby([(math.nan, math.nan)])
    if not all(abs(lat) <= 90 and abs(lon) <= 360 for lat, lon in found):  # and NaN is not
        msg = f"near is {str(near)[:80]}; give a point on the globe as (latitude, longitude), or several"
        raise InputError(msg)
    return found


def _hint(value: object, what: str) -> str:
    """A hint as text; empty where none is given."""
    if value is None:
        return ""
    _check_is_text(value, what)
    return sound_text(str(value).strip())


def _check_is_text(value: object, what: str) -> None:
    if not isinstance(value, str):
        msg = f"{what} is {str(value)[:80]!r}, a {type(value).__name__}; give a text"
        raise InputError(msg)


def _data_file(name: str) -> Path:
    return Path(str(files("geostrike"))) / "data" / name


def curated_file() -> Path:
    """gazetteer.csv: in the package's data in a wheel, at the top of the repository in an editable install."""
    in_wheel = _data_file("gazetteer.csv")
    return in_wheel if in_wheel.exists() else in_wheel.parents[2] / "gazetteer.csv"

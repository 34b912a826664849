"""Which line: the border that depth is measured from.

A `Border` is a named line with its source, version, licence, stated accuracy and definition. ``Border.between`` opens
the lines that ship with geostrike, ``Border.from_file`` and ``Border.from_lines`` take a line of the user's own.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from geostrike.borders.areas import country_basis
from geostrike.borders.files import read_lines
from geostrike.borders.lines import as_day, as_lines, days_of_lines, in_degrees, notes_on, with_crs
from geostrike.borders.names import (
    DEFAULT_BORDER,
    BorderName,
    country_code,
    looks_like_a_name,
    pair_of,
    readable,
)
from geostrike.borders.shipped import border_facts, definitions, shipped_names, shipped_pairs
from geostrike.errors import BorderError
from geostrike.geodesy import GEOD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    import geopandas as gpd

__all__ = ["Border"]

EdgeModel = Literal["planar", "geodesic"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Border:
    """A line to measure from. Immutable; made by `between`, `from_file` or `from_lines`.

    Attributes
    ----------
    name
        What it is called, such as ``"UKR-RUS"``.
    pair
        The two countries (ISO 3166-1 alpha-3) that it lies between; None if not told.
    definition
        ``"land"``: the line that the two share on land. ``"territory"``: the outline of the recognised ground of that
        country of the pair in which a point does *not* lie. ``"territory_without_crimea"``: the same without Crimea and
        Sevastopol, to compare with. ``"given"``: a line of the user's own.
    source, version, licence
        Where it comes from and what may be done with it.
    accuracy_km
        Stated accuracy of the line; NaN if not known.
    edges
        How two neighbouring vertices are joined: ``"planar"`` straight in longitude and latitude (RFC 7946),
        ``"geodesic"`` by the shortest way. A planar edge from 179 to -179 goes round the globe; one across the
        antimeridian is cut there, or written from 179 to 181.
    basis
        ``"recognised"``, or ``"de_facto"`` where the line follows who keeps which clock, and so control; empty for a
        line of the user's own.
    valid_from, valid_to
        First and last day on which the line holds, such as a line of control's; None where it is not bounded.
    notes
        What a reader of the results should know of it, such as features of its file that hold no geometry.
    geometry
        MultiLineString, EPSG:4326, two-dimensional. For ``"territory"`` both outlines.
    """

    name: str
    geometry: shapely.MultiLineString
    pair: tuple[str, str] | None = None
    definition: str = "given"
    source: str = ""
    version: str = ""
    licence: str = ""
    accuracy_km: float = float("nan")
    edges: EdgeModel = "planar"
    basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    notes: tuple[str, ...] = ()
    outlines: Mapping[str, shapely.MultiLineString] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.edges not in ("planar", "geodesic"):
            msg = f"edges is {self.edges!r}; it can be 'planar' or 'geodesic'"
            raise BorderError(msg)
        for text in ("name", "source", "version", "licence"):  # a file's name may hold what a terminal would obey
            object.__setattr__(self, text, readable(getattr(self, text)))
        if not isinstance(self.geometry, shapely.Geometry) or self.geometry.is_empty:
            msg = f"{self.name}: geometry is {self.geometry!r}; from_lines and from_file make a Border of lines"
            raise BorderError(msg)
        if self.pair is not None:
            object.__setattr__(self, "pair", pair_of(self.pair, self.name))
        for day in ("valid_from", "valid_to"):
            object.__setattr__(self, day, as_day(getattr(self, day), day, self.name))
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            msg = f"{self.name}: valid_from {self.valid_from} is after valid_to {self.valid_to}"
            raise BorderError(msg)

    def __repr__(self) -> str:
        return f"Border(name={self.name!r}, definition={self.definition!r}, version={self.version!r})"

    @property
    def border_id(self) -> str:
        """Name, definition and version, as in the column of that name.

        Examples
        --------
        >>> Border.between("UKR", "RUS").border_id
        'UKR-RUS:land:2026c'
        """
        return f"{self.name}:{self.definition}:{self.version}"

    @property
    def is_dated(self) -> bool:
        """Whether the line holds on some days only."""
        return self.valid_from is not None or self.valid_to is not None

    def line_for(self, country: str) -> shapely.MultiLineString | None:
        """The line that a point in a country is measured from; None where the definition gives none.

        Only ``"territory"`` depends on the country: a point in Ukraine is measured from Russia's ground, and the other
        way round.
        """
        return self.outlines.get(country) if self.outlines else self.geometry

    @staticmethod
    def known() -> list[str]:
        """The pairs that `between` knows, in the order of their names.

        Examples
        --------
        >>> Border.known()[:3]
        ['UKR-RUS', 'UKR-BLR', 'BLR-RUS']
        """
        return shipped_pairs()

    @classmethod
    def shipped(cls, pair: tuple[str, str] | None = None) -> list[Border]:
        """Every border that ships, one for each pair and definition; or those of one pair of countries.

        Examples
        --------
        >>> [border.border_id for border in Border.shipped()][:2]
        ['UKR-RUS:land:2026c', 'UKR-RUS:territory:2026c']
        """
        return [
            cls.between(*name.split("-"), definition=definition, version=version)
            for name, definition, version in shipped_names()
            if pair is None or set(name.split("-")) == set(pair)
        ]

    def facts(self) -> dict[str, str]:
        """What the border is and where it comes from, in words; only what is known.

        Examples
        --------
        >>> Border.between("UKR", "RUS").facts()["vertices"]
        '8764'
        """
        days = f"{self.valid_from or 'any day'} to {self.valid_to or 'any day'}" if self.is_dated else ""
        told = {
            "border": self.border_id,
            "countries": " and ".join(self.pair or ()),
            "definition": _meaning_of(self.definition),
            "follows": self.basis,
            "territories": ", ".join(f"{c}: {country_basis(c) or self.basis}" for c in self.pair or () if self.basis),
            "holds from": days,
            "length": f"{GEOD.geometry_length(self.geometry) / 1000:,.0f} km",
            "vertices": str(shapely.get_num_coordinates(self.geometry)),
            "edges": self.edges,
            "accuracy": "" if np.isnan(self.accuracy_km) else f"{self.accuracy_km} km, typically",
            "source": self.source,
            "version": self.version,
            "licence": self.licence,
            "note": "; ".join(self.notes),
        }
        return {name: fact for name, fact in told.items() if fact}

    @classmethod
    def named(cls, name: str | PathLike[str] | None = None) -> Border:
        """The border of a name, or the line of a file.

        Parameters
        ----------
        name
            Two countries, in any case, with a definition: "UKR-RUS", "UKR-RUS:land", "UKR-RUS:territory"; or a
            `border_id`. Or the path of a file that holds a line; a file of this very name comes first. The shared land
            border of Ukraine and Russia by default.

        Raises
        ------
        BorderError
            If it is neither, as for `between` and `from_file`.

        Examples
        --------
        >>> Border.named("UKR-RUS:territory").border_id
        'UKR-RUS:territory:2026c'
        """
        text = DEFAULT_BORDER if name is None else os.fspath(name)
        if not text:
            msg = f"the border has no name; give one such as {DEFAULT_BORDER}, or a file that holds a line"
            raise BorderError(msg)
        if _is_there(text):
            return _from_named_file(text)
        parts = BorderName.of(text)
        if parts is not None:
            return cls.between(parts.first, parts.second, definition=parts.definition, version=parts.version)
        if looks_like_a_name(text):
            msg = (
                f"{text} is neither a file nor a border. A border is two countries and a definition, such as "
                f"{DEFAULT_BORDER} or UKR-RUS:territory; shipped are {', '.join(shipped_pairs())}"
            )
            raise BorderError(msg)
        return _from_named_file(text)

    @classmethod
    def between(cls, first: str, second: str, *, definition: str = "land", version: str = "") -> Border:
        """The border between two countries.

        Parameters
        ----------
        first, second
            ISO 3166-1 alpha-3, in any order.
        definition
            ``"land"``, ``"territory"`` or ``"territory_without_crimea"``; see the attribute.
        version
            Which of several lines that ship for the pair; the first by default.

        A pair that is not shipped is made from OpenStreetMap's time-zone polygons where the packages of the extra
        `world` are installed (``pip install geostrike[world]``), which takes seconds. Such a line has ``basis``
        ``"de_facto"``, and may run on into the sea.

        Raises
        ------
        BorderError
            For what is no country code, and for a pair that is neither shipped nor can be made; the message lists those
            that are shipped.

        Examples
        --------
        >>> Border.between("RUS", "UKR").name
        'UKR-RUS'
        >>> Border.between("UKR", "SVK")
        Border(name='UKR-SVK', definition='land', version='2026c')
        """
        return _opened(country_code(first), country_code(second), definition, version)

    @classmethod
    def from_file(
        cls,
        path: str | PathLike[str],
        *,
        outline: bool = False,
        layer: str | None = None,
        crs: str | None = None,
        name: str | None = None,
        pair: tuple[str, str] | None = None,
        edges: EdgeModel = "planar",
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> Border:
        """A line from a GeoJSON, GeoPackage, shapefile or GeoParquet file, in any CRS.

        Parameters
        ----------
        path
            The file; what it is is told by its ending: .geojson, .json, .gpkg, .shp, .parquet or .geoparquet.
        outline
            Take polygons by their outline. Otherwise polygons are refused, for within one every distance would be 0.
        layer
            Layer of a GeoPackage that has several.
        crs
            CRS of a file that names none.
        name
            Name of the border; the file's name without ending by default.
        pair
            The two countries that it lies between, ISO 3166-1 alpha-3.
        edges
            How vertices are joined; see the attribute. The vertices are transformed before.
        valid_from, valid_to
            First and last day on which it holds; see the attributes.

        Raises
        ------
        BorderError
            If the file cannot be read as what it is called, names no CRS, or holds no line.
        """
        path = Path(path)
        frame = with_crs(read_lines(path, layer), crs, path)
        version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        called = name or path.stem
        try:
            return cls.from_lines(
                frame.geometry,
                name=called,
                outline=outline,
                pair=pair,
                edges=edges,
                source=path.name,
                version=version,
                valid_from=valid_from,
                valid_to=valid_to,
            )
        except BorderError as error:
            msg = f"{path}: {str(error).removeprefix(f'{called}: ')}"
            raise BorderError(msg) from None

    @classmethod
    def series_from_file(
        cls,
        path: str | PathLike[str],
        *,
        valid_from: str = "valid_from",
        valid_to: str | None = None,
        outline: bool = False,
        layer: str | None = None,
        crs: str | None = None,
        name: str | None = None,
        pair: tuple[str, str] | None = None,
        edges: EdgeModel = "planar",
    ) -> list[Border]:
        """Dated lines from one file, such as a line of control as it moved: a Border a date, in their order.

        Features of one date make one line. `measure_depth` takes the list, and measures each strike from the line of
        its day.

        Parameters
        ----------
        path
            As for `from_file`.
        valid_from
            Field that holds the first day of each feature.
        valid_to
            Field that holds the last day; without one, a line holds until the day before the next, the last one
            without end.
        outline, layer, crs, name, pair, edges
            As for `from_file`.

        Raises
        ------
        BorderError
            As for `from_file`, and if a field is missing or holds no date.
        """
        path = Path(path)
        fields = [valid_from] if valid_to is None else [valid_from, valid_to]
        frame = with_crs(read_lines(path, layer, fields), crs, path)
        days = [days_of_lines(frame, field, path) for field in fields]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        lines = []
        for start in sorted(set(days[0])):
            rows = [day == start for day in days[0]]
            end = max(day for day, used in zip(days[1], rows, strict=True) if used) if valid_to else None
            line = cls.from_lines(
                frame.geometry[rows], name=name or path.stem, outline=outline, pair=pair, edges=edges,
                source=path.name, version=f"{start.isoformat()}.{digest}", valid_from=start, valid_to=end,
            )  # fmt: skip
            lines.append(line)
        return lines if valid_to else _until_the_next(lines)

    @classmethod
    def from_lines(
        cls,
        geometry: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame | Sequence[shapely.Geometry],
        *,
        name: str,
        outline: bool = False,
        pair: tuple[str, str] | None = None,
        edges: EdgeModel = "planar",
        source: str = "",
        version: str = "",
        licence: str = "",
        accuracy_km: float = float("nan"),
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> Border:
        """A line of the user's own, such as a line of control.

        Parameters
        ----------
        geometry
            Lines: a shapely geometry or several in longitude and latitude, or a GeoSeries or GeoDataFrame in any CRS.
        name
            What to call it.
        outline
            Take polygons by their outline instead of refusing them.
        pair, edges, source, version, licence, accuracy_km, valid_from, valid_to
            See the attributes. Without a version, a hash of the line is one.

        Raises
        ------
        BorderError
            If there is no line in it, or a polygon and not `outline`, or a coordinate off the globe.

        Examples
        --------
        >>> Border.from_lines(shapely.LineString([(30, 50), (31, 51)]), name="front", version="2024-05-01").border_id
        'front:given:2024-05-01'
        """
        given = in_degrees(geometry, name)
        line = as_lines(given, outline=outline, name=name, geodesic=edges == "geodesic")
        return cls(
            name=name,
            geometry=line,
            pair=pair,
            source=source,
            version=version or hashlib.sha256(shapely.to_wkb(line)).hexdigest()[:12],
            licence=licence,
            accuracy_km=accuracy_km,
            edges=edges,
            valid_from=valid_from,
            valid_to=valid_to,
            notes=notes_on(given),
        )


def _until_the_next(lines: list[Border]) -> list[Border]:
    """Lines in the order of their dates, each until the day before the next."""
    ends = [line.valid_from - timedelta(days=1) for line in lines[1:] if line.valid_from]
    return [replace(line, valid_to=end) for line, end in zip(lines, [*ends, None], strict=True)]


@cache
def _opened(first: str, second: str, definition: str, version: str) -> Border:
    """The border of two countries; one object for all of its names."""
    border = Border(**border_facts(first, second, definition, version))
    named = (*(border.pair or ()), definition, border.version)
    return border if (first, second, definition, version) == named else _opened(*named)


def _from_named_file(path: str) -> Border:
    try:
        return Border.from_file(path)
    except UnicodeEncodeError as error:
        msg = f"{path}: its name is no UTF-8 text; give the file another name"
        raise BorderError(msg) from error


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # no name that a file can have
        return False


def _meaning_of(definition: str) -> str:
    return "a line of the user's own" if definition == "given" else definitions()[definition].meaning

"""`Border`: the line that depth is measured from, with its source, version, licence, accuracy and definition."""

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
    """A line to measure from. Immutable; made by `named`, `between`, `from_file` or `from_lines`.

    Attributes
    ----------
    name
        Such as ``"UKR-RUS"``.
    pair
        The two countries (ISO 3166-1 alpha-3) that it separates; None if unknown.
    definition
        ``"land"``: the line that the two share on land. ``"territory"``: a point in one country is measured from the
        outline of the recognised ground of the *other*. ``"territory_without_crimea"``: the same without Crimea and
        Sevastopol, for comparison. ``"given"``: a line of the user.
    source, version, licence
        Origin and terms of use.
    accuracy_km
        Stated accuracy of the line; NaN if unknown.
    edges
        How consecutive vertices are joined: ``"planar"``, straight in longitude and latitude (RFC 7946), or
        ``"geodesic"``, by the shortest path. A planar edge from 179 to -179 goes around the globe; to cross the
        antimeridian, cut it there or write it from 179 to 181.
    basis
        ``"recognised"``, or ``"de_facto"`` where the line follows time zones and so control; empty for a line of the
        user.
    valid_from, valid_to
        First and last day of validity, such as of a line of control; None where it is open.
    notes
        Caveats for readers of the results, such as features without geometry in its file.
    geometry
        MultiLineString, EPSG:4326, two-dimensional. For ``"territory"``, both outlines.
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
        for text in ("name", "source", "version", "licence"):  # a file name may contain terminal escapes
            object.__setattr__(self, text, readable(getattr(self, text)))
        if not isinstance(self.geometry, shapely.Geometry) or self.geometry.is_empty:
            msg = f"{self.name}: geometry is {self.geometry!r}; make a Border with from_lines or from_file"
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
        """Name, definition and version, as in the column border_id.

        Examples
        --------
        >>> Border.between("UKR", "RUS").border_id
        'UKR-RUS:land:2026c'
        """
        return f"{self.name}:{self.definition}:{self.version}"

    @property
    def is_dated(self) -> bool:
        """Whether the validity of the line is limited in time."""
        return self.valid_from is not None or self.valid_to is not None

    def line_for(self, country: str) -> shapely.MultiLineString | None:
        """Return the line that a point in a country is measured from; None where the definition has none.

        Only ``"territory"`` depends on the country: in Ukraine it is Russia's ground, and vice versa.
        """
        return self.outlines.get(country) if self.outlines else self.geometry

    @staticmethod
    def known() -> list[str]:
        """Return the shipped pairs.

        Examples
        --------
        >>> Border.known()[:3]
        ['UKR-RUS', 'UKR-BLR', 'BLR-RUS']
        """
        return shipped_pairs()

    @classmethod
    def shipped(cls, pair: tuple[str, str] | None = None) -> list[Border]:
        """Return the shipped borders, one per pair, definition and version; optionally of one pair only.

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
        """Describe the border and its origin in words; unknown facts are omitted.

        Examples
        --------
        >>> Border.between("UKR", "RUS").facts()["vertices"]
        '8764'
        """
        days = f"{self.valid_from or 'any day'} to {self.valid_to or 'any day'}" if self.is_dated else ""
        facts = {
            "border": self.border_id,
            "countries": " and ".join(self.pair or ()),
            "definition": _meaning_of(self.definition),
            "follows": self.basis,
            "territories": ", ".join(f"{c}: {country_basis(c) or self.basis}" for c in self.pair or () if self.basis),
            "valid": days,
            "length": f"{GEOD.geometry_length(self.geometry) / 1000:,.0f} km",
            "vertices": str(shapely.get_num_coordinates(self.geometry)),
            "edges": self.edges,
            "accuracy": "" if np.isnan(self.accuracy_km) else f"{self.accuracy_km} km, typically",
            "source": self.source,
            "version": self.version,
            "licence": self.licence,
            "note": "; ".join(self.notes),
        }
        return {name: fact for name, fact in facts.items() if fact}

    @classmethod
    def named(cls, name: str | PathLike[str] | None = None) -> Border:
        """Open a border by name, or the line in a file.

        Parameters
        ----------
        name
            Two countries and a definition, in any case, such as "UKR-RUS", "UKR-RUS:land" or "UKR-RUS:territory"; a
            `border_id`; or the path of a line file. An existing file takes precedence. The shared land border of
            Ukraine and Russia by default.

        Raises
        ------
        BorderError
            If it is neither; see `between` and `from_file`.

        Examples
        --------
        >>> Border.named("UKR-RUS:territory").border_id
        'UKR-RUS:territory:2026c'
        """
        text = DEFAULT_BORDER if name is None else os.fspath(name)
        if not text:
            msg = f"the border has no name; give one such as {DEFAULT_BORDER}, or a file with a line"
            raise BorderError(msg)
        if _is_there(text):
            return _from_path(text)
        parts = BorderName.of(text)
        if parts is not None:
            return cls.between(parts.first, parts.second, definition=parts.definition, version=parts.version)
        if looks_like_a_name(text):
            msg = (
                f"{text} is neither a file nor a border. A border is two countries and a definition, such as "
                f"{DEFAULT_BORDER} or UKR-RUS:territory; shipped are {', '.join(shipped_pairs())}"
            )
            raise BorderError(msg)
        return _from_path(text)

    @classmethod
    def between(cls, first: str, second: str, *, definition: str = "land", version: str = "") -> Border:
        """Open the border between two countries.

        Parameters
        ----------
        first, second
            ISO 3166-1 alpha-3, in any order.
        definition
            ``"land"``, ``"territory"`` or ``"territory_without_crimea"``; see the attribute.
        version
            One of several shipped lines of the pair; the first by default.

        Raises
        ------
        BorderError
            For an invalid country code, and for a pair that is neither shipped nor can be built; the message lists the
            shipped ones.

        Notes
        -----
        A pair that is not shipped is built from OpenStreetMap's time-zone polygons if the packages of the extra `world`
        are installed (``pip install geostrike[world]``), which takes seconds. Such a line has ``basis="de_facto"`` and
        may continue into the sea.

        Examples
        --------
        >>> Border.between("RUS", "UKR").name
        'UKR-RUS'
        >>> Border.between("UKR", "SVK")
        Border(name='UKR-SVK', definition='land', version='2026c')
        """
        return _open(country_code(first), country_code(second), definition, version)

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
        """Read a line from a GeoJSON, GeoPackage, shapefile or GeoParquet file, in any CRS.

        Parameters
        ----------
        path
            The file; its extension is the format: .geojson, .json, .gpkg, .shp, .parquet or .geoparquet.
        outline
            Use the outline of polygons. Otherwise polygons are rejected: inside one every distance would be 0.
        layer
            Layer, for a GeoPackage with several.
        crs
            CRS, for a file without one.
        name
            Name of the border; the file name without extension by default.
        pair
            The two countries that it separates, ISO 3166-1 alpha-3.
        edges
            How vertices are joined, after transformation; see the attribute.
        valid_from, valid_to
            First and last day of validity; see the attributes.

        Raises
        ------
        BorderError
            If the file cannot be read in its format, has no CRS, or contains no line.
        """
        path = Path(path)
        frame = with_crs(read_lines(path, layer), crs, path)
        version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        title = name or path.stem
        try:
            return cls.from_lines(
                frame.geometry,
                name=title,
                outline=outline,
                pair=pair,
                edges=edges,
                source=path.name,
                version=version,
                valid_from=valid_from,
                valid_to=valid_to,
            )
        except BorderError as error:
            msg = f"{path}: {str(error).removeprefix(f'{title}: ')}"
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
        """Read dated lines, such as a moving line of control, from one file: one Border per date, in order.

        Features of one date form one line. Given the list, `measure_depth` measures each strike from the line of its
        day.

        Parameters
        ----------
        path
            As for `from_file`.
        valid_from
            Field with the first day of each feature.
        valid_to
            Field with the last day; without one, each line is valid until the day before the next, the last one without
            end.
        outline, layer, crs, name, pair, edges
            As for `from_file`.

        Raises
        ------
        BorderError
            As for `from_file`, and if a field is missing or not a date.
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
        return lines if valid_to else _end_before_next(lines)

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
        """Make a border from lines of the user, such as a line of control.

        Parameters
        ----------
        geometry
            Lines: a shapely geometry or several in longitude and latitude, or a GeoSeries or GeoDataFrame in any CRS.
        name
            Name of the border.
        outline
            Use the outline of polygons instead of rejecting them.
        pair, edges, source, version, licence, accuracy_km, valid_from, valid_to
            See the attributes. The version defaults to a hash of the line.

        Raises
        ------
        BorderError
            If there is no line, a polygon without `outline`, or a coordinate off the globe.

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


def _end_before_next(lines: list[Border]) -> list[Border]:
    """End each line on the day before the next."""
    ends = [line.valid_from - timedelta(days=1) for line in lines[1:] if line.valid_from]
    return [replace(line, valid_to=end) for line, end in zip(lines, [*ends, None], strict=True)]


@cache
def _open(first: str, second: str, definition: str, version: str) -> Border:
    """Open the border of two countries; all of its names give the same object."""
    border = Border(**border_facts(first, second, definition, version))
    canonical = (*(border.pair or ()), definition, border.version)
    return border if (first, second, definition, version) == canonical else _open(*canonical)


def _from_path(path: str) -> Border:
    try:
        return Border.from_file(path)
    except UnicodeEncodeError as error:
        msg = f"{path}: the file name is not UTF-8 text; rename the file"
        raise BorderError(msg) from error


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # an impossible file name
        return False


def _meaning_of(definition: str) -> str:
    return "a line of the user" if definition == "given" else definitions()[definition].meaning

"""Which line: the border that depth is measured from.

A `Border` is a named line with its source, version, licence, stated accuracy and definition. ``Border.between`` opens
the lines that ship with geostrike, ``Border.from_file`` and ``Border.from_lines`` take a line of the user's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import shapely

from geostrike.borders.areas import admin1_areas, country_basis, country_of, ground_areas
from geostrike.borders.files import read_lines, shortened
from geostrike.errors import BorderError
from geostrike.geodesy.nearest_point import GEOD, count_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    import numpy.typing as npt

__all__ = ["Border", "country_of"]

Definition = Literal["land", "territory", "territory_without_crimea", "given"]
EdgeModel = Literal["planar", "geodesic"]

_DATA = Path(__file__).parent.parent / "data"
_SOURCE = "OpenStreetMap, by way of timezone-boundary-builder"
_LICENCE = "ODbL-1.0, © OpenStreetMap contributors"
_ACCURACY_KM = 0.2  # typical, against OpenStreetMap's own boundary relations; up to 1 km locally
_DEFINITIONS = {
    "land": "the line that the two countries share on land",
    "territory": "the outline of the recognised ground of the country that a point does not lie in",
    "territory_without_crimea": "the same, Crimea and Sevastopol left out of Ukraine",
    "given": "a line of the user's own",
}
_CRIMEA = ("UA-40", "UA-43")  # Sevastopol and the Autonomous Republic of Crimea
_CODE_LETTERS = 3
_MOST_VERTICES = 2_000_000  # a hundred times the coast of Russia; reading them takes seconds and 1 GB
_MOST_PIECES = 2_000_000


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
    definition: Definition = "given"
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
            object.__setattr__(self, text, _readable(getattr(self, text)))
        if not isinstance(self.geometry, shapely.Geometry) or self.geometry.is_empty:
            msg = f"{self.name}: geometry is {self.geometry!r}; from_lines and from_file make a Border of lines"
            raise BorderError(msg)
        if self.pair is not None:
            object.__setattr__(self, "pair", _pair_of(self.pair, self.name))
        for day in ("valid_from", "valid_to"):
            object.__setattr__(self, day, _as_day(getattr(self, day), day, self.name))
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
        return list(_shipped_lines().index)

    @classmethod
    def shipped(cls) -> list[Border]:
        """Every border that ships, one for each pair and definition.

        Examples
        --------
        >>> [border.border_id for border in Border.shipped()][:2]
        ['UKR-RUS:land:2026c', 'UKR-RUS:territory:2026c']
        """
        grounds = set(ground_areas().index)
        borders = []
        for name in cls.known():
            first, second = name.split("-")
            definitions = ["land"]
            if {first, second} <= grounds:
                definitions += ["territory", *(["territory_without_crimea"] if "UKR" in (first, second) else [])]
            borders += [cls.between(first, second, definition=definition) for definition in definitions]
        return borders

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
            "definition": _DEFINITIONS[self.definition],
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
    def between(cls, first: str, second: str, *, definition: str = "land") -> Border:
        """The border between two countries.

        Parameters
        ----------
        first, second
            ISO 3166-1 alpha-3, in any order.
        definition
            ``"land"``, ``"territory"`` or ``"territory_without_crimea"``; see the attribute.

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
        if definition not in ("land", "territory", "territory_without_crimea"):
            named = shortened(definition)
            msg = f"definition is {named!r}; it can be 'land' or 'territory' or 'territory_without_crimea'"
            raise BorderError(msg)
        first, second = _country_code(first), _country_code(second)
        if first == second:
            msg = f"{first} has no border with itself; give two countries"
            raise BorderError(msg)
        name = _name_of_shipped(first, second)
        if definition != "land":
            return _territory_border(name or f"{first}-{second}", without_crimea=definition != "territory")
        return _land_border(name) if name else _world_border(first, second)

    @classmethod
    def named(cls, name: str) -> Border:
        """The border with a name such as "UKR-RUS", "UKR-RUS:land" or "UKR-RUS:territory".

        Raises
        ------
        BorderError
            If the name is not known.

        Examples
        --------
        >>> Border.named("ukr-rus:territory").definition
        'territory'
        """
        pair, _, definition = name.partition(":")
        first, _, second = pair.upper().partition("-")
        return cls.between(first, second, definition=definition or "land")

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
        frame = _with_crs(read_lines(path, layer), crs, path)
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
        frame = _with_crs(read_lines(path, layer, fields), crs, path)
        days = [_days_of(frame, field, path) for field in fields]
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
        given = _in_degrees(geometry, name)
        line = _as_lines(given, outline=outline, name=name, geodesic=edges == "geodesic")
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
            notes=_notes_on(given),
        )


def _readable(text: object) -> str:
    """The text, each character that does not print replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def _notes_on(given: Sequence[shapely.Geometry | None]) -> tuple[str, ...]:
    empty = sum(shape is None or shape.is_empty for shape in given)
    return (f"{empty} of {len(given)} features hold no geometry and are left out",) if empty else ()


def _country_code(country: object) -> str:
    """A country's code in capitals."""
    code = country.strip().upper() if isinstance(country, str) else ""
    if len(code) != _CODE_LETTERS or not (code.isascii() and code.isalpha()):
        msg = f"{shortened(country)!r} is no country code; give ISO 3166-1 alpha-3, such as UKR"
        raise BorderError(msg)
    return code


def _pair_of(pair: Sequence[str], name: str) -> tuple[str, str]:
    if isinstance(pair, str) or len(pair) != len(("first", "second")):
        msg = f'{name}: pair is {pair!r}; give two countries, such as ("UKR", "RUS")'
        raise BorderError(msg)
    return _country_code(pair[0]), _country_code(pair[1])


def _as_day(value: object, field_name: str, name: str) -> date | None:
    """A day from a date, a time or text such as 2024-01-25; None as it is."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))
    except ValueError:
        msg = f"{name}: {field_name} is {value!r}, which is no date; write it as 2024-01-25"
        raise BorderError(msg) from None


@cache
def _shipped_lines() -> gpd.GeoDataFrame:
    frame = gpd.read_file(_DATA / "borders.fgb", engine="pyogrio").set_index("pair")
    return frame.set_crs("EPSG:4326", allow_override=True)


def _name_of_shipped(first: str, second: str) -> str | None:
    """The name of a shipped line; None where the pair is not shipped."""
    known = Border.known()
    return next((name for name in (f"{first}-{second}", f"{second}-{first}") if name in known), None)


def _world_border(first: str, second: str) -> Border:
    """The line that the time zones of two countries share."""
    from geostrike.borders.world import shared_line, zones_version

    try:
        line = shared_line(first, second)
    except BorderError as error:
        msg = f"no border between {first} and {second} is shipped; {_shipped_with(first, second)}. {error}"
        raise BorderError(msg) from error
    return Border(
        name=f"{first}-{second}", geometry=line, pair=(first, second), definition="land", source=_SOURCE,
        version=zones_version(), licence=_LICENCE, accuracy_km=_ACCURACY_KM, basis="de_facto",
    )  # fmt: skip


def _shipped_with(first: str, second: str) -> str:
    known = Border.known()
    for country in (first, second):
        partners = [name for name in known if country in name.split("-")]
        if partners:
            return f"with {country} there are: {', '.join(partners)}"
    return f"there are: {', '.join(known)}"


@cache
def _land_border(name: str) -> Border:
    row = _shipped_lines().loc[name]
    first, second = name.split("-")
    return Border(
        name=name,
        geometry=row.geometry,
        pair=(first, second),
        definition="land",
        source=_SOURCE,
        version=row.version,
        licence=_LICENCE,
        accuracy_km=_ACCURACY_KM,
        basis=row.basis,
    )


@cache
def _territory_border(name: str, *, without_crimea: bool) -> Border:
    first, second = name.split("-")
    ground = ground_areas()
    lacking = [country for country in (first, second) if country not in ground.index]
    definition: Definition = "territory_without_crimea" if without_crimea else "territory"
    if lacking:
        carried = ", ".join(ground.index)
        needed = " and ".join(lacking)
        msg = f"{name}:{definition} needs the recognised ground of {needed}; only that of {carried} is shipped"
        raise BorderError(msg)
    if without_crimea and "UKR" not in (first, second):
        msg = f"{name}:{definition}: neither country has Crimea"
        raise BorderError(msg)
    shapes = dict(ground.geometry)
    if without_crimea:
        crimea = shapely.union_all(admin1_areas().geometry.loc[list(_CRIMEA)].to_numpy())
        # The regions fill the ground to rounding: the buffer, of about 10 m, leaves no thread of it along the coast.
        shapes["UKR"] = _areas_of(shapely.difference(shapes["UKR"], shapely.buffer(crimea, 1e-4)))
    outline = {country: _outline(shapes[country]) for country in (first, second)}
    return Border(
        name=name,
        geometry=shapely.multilinestrings([line for lines in outline.values() for line in lines.geoms]),
        pair=(first, second),
        definition=definition,
        source=_SOURCE,
        version=ground.loc[first, "version"],
        licence=_LICENCE,
        accuracy_km=_ACCURACY_KM,
        basis="recognised",
        outlines={first: outline[second], second: outline[first]},
    )


def _areas_of(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.multipolygons([part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"])


def _outline(ground: shapely.MultiPolygon) -> shapely.MultiLineString:
    """The outline of an area without the antimeridian, along which polygons are cut and where nothing ends."""
    rings = shapely.get_parts(shapely.get_parts(shapely.boundary(ground)))
    parts = []
    for ring in rings:
        xy = shapely.get_coordinates(ring)
        cut = (np.abs(xy[:-1, 0]) == 180.0) & (np.abs(xy[1:, 0]) == 180.0)
        stretches = np.split(np.arange(len(xy) - 1), np.flatnonzero(np.diff(cut)) + 1)
        parts += [shapely.linestrings(xy[s[0] : s[-1] + 2]) for s in stretches if not cut[s[0]]]
    return shapely.multilinestrings(parts)


def _until_the_next(lines: list[Border]) -> list[Border]:
    """Lines in the order of their dates, each until the day before the next."""
    ends = [line.valid_from - timedelta(days=1) for line in lines[1:] if line.valid_from]
    return [replace(line, valid_to=end) for line, end in zip(lines, [*ends, None], strict=True)]


def _days_of(frame: gpd.GeoDataFrame, field_name: str, path: Path) -> list[date]:
    if field_name not in frame.columns:
        msg = f"{path}: has no field {field_name!r}; it has: {', '.join(frame.columns.drop('geometry')) or 'none'}"
        raise BorderError(msg)
    days = []
    for value in frame[field_name]:
        try:
            days.append(date.fromisoformat(str(value)[:10]))
        except ValueError:
            msg = f"{path}: {field_name} is {value!r}, which is no date; write it as 2024-01-25"
            raise BorderError(msg) from None
    return days


def _with_crs(frame: gpd.GeoDataFrame, crs: str | None, path: Path) -> gpd.GeoDataFrame:
    if frame.crs is not None:
        return frame
    if crs is None:
        msg = f'{path}: names no coordinate reference system; say which, as in crs="EPSG:4326"'
        raise BorderError(msg)
    return frame.set_crs(crs)


def _in_degrees(
    geometry: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame | Sequence[shapely.Geometry], name: str
) -> list[shapely.Geometry]:
    if isinstance(geometry, shapely.Geometry):
        return [geometry]
    if isinstance(geometry, (gpd.GeoSeries, gpd.GeoDataFrame)):
        return list(geometry.geometry if geometry.crs is None else geometry.geometry.to_crs("EPSG:4326"))
    shapes = [] if isinstance(geometry, str) or not isinstance(geometry, Iterable) else list(geometry)
    if not shapes or not all(isinstance(shape, shapely.Geometry) for shape in shapes):
        kind = type(geometry).__name__
        msg = (
            f"{name}: a border is made of shapely geometries or a GeoDataFrame, not of a {kind}; from_file reads files"
        )
        raise BorderError(msg)
    return shapes


def _as_lines(
    geometries: Sequence[shapely.Geometry | None], *, outline: bool, name: str, geodesic: bool = False
) -> shapely.MultiLineString:
    """One two-dimensional MultiLineString, or a BorderError that says why not."""
    parts = np.asarray([g for g in geometries if g is not None and not g.is_empty], dtype=object)
    if not len(parts):
        msg = f"{name}: a border is made of lines; none of its {len(geometries)} features holds a geometry"
        raise BorderError(msg)
    _check_size(parts, name)
    for _ in range(2):  # a collection may hold multi-geometries
        parts = shapely.get_parts(parts)
    kinds = set(shapely.get_type_id(parts).tolist())
    if shapely.GeometryType.POLYGON in kinds and not outline:
        msg = f"{name}: has polygons; within one every distance would be 0. Give the line, or in Python outline=True"
        raise BorderError(msg)
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts = np.concatenate([parts[~is_area], shapely.get_parts(shapely.get_rings(parts[is_area]))])
    unfit = ~np.isin(shapely.get_type_id(parts), [shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING])
    if unfit.any() or not len(parts):
        found = ", ".join(sorted({g.geom_type for g in parts[unfit]})) or "an empty collection"
        msg = f"{name}: a border is made of lines; this has {found}"
        raise BorderError(msg)
    vertices, part = shapely.get_coordinates(parts, return_index=True)
    line = shapely.multilinestrings(shapely.linestrings(vertices, indices=part))
    _check_degrees(line, name)
    if line.length == 0:
        msg = f"{name}: a border is made of lines; this has a single point"
        raise BorderError(msg)
    pieces = count_pieces(line, geodesic_edges=geodesic)
    if pieces > _MOST_PIECES:
        msg = (
            f"{name}: the line is too long to measure from: in pieces of 2.5 km it has {pieces:,}, and at most "
            f"{_MOST_PIECES:,} are held; give the part that matters"
        )
        raise BorderError(msg)
    return line


def _check_size(shapes: npt.NDArray[np.object_], name: str) -> None:
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    if vertices > _MOST_VERTICES:
        msg = f"{name}: has {vertices:,} vertices, and at most {_MOST_VERTICES:,} are read; simplify it, or cut it"
        raise BorderError(msg)


def _check_degrees(line: shapely.MultiLineString, name: str) -> None:
    xy = shapely.get_coordinates(line)
    off = ~(np.isfinite(xy).all(axis=1) & (np.abs(xy[:, 0]) <= 360.0) & (np.abs(xy[:, 1]) <= 90.0))
    if off.any():
        lon, lat = xy[off.argmax()]
        msg = (
            f"{name}: vertex ({lon}, {lat}) is off the globe; longitude comes first, and the unit is degrees; are the "
            "two swapped?"
        )
        raise BorderError(msg)

"""Areas shipped with geostrike: recognised territories, first-level regions, districts and communities.

Derived from OpenStreetMap and Natural Earth (geostrike/data/README.md: sources, licences, accuracy) and read from disk
on first use. Crimea and Sevastopol are in Ukraine.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.borders.world import territory_of
from geostrike.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = [
    "admin1_areas",
    "country_at",
    "country_basis",
    "country_of",
    "district_areas",
    "ground_areas",
    "lon_lat",
    "points_of",
    "read_areas",
    "sound_areas",
    "territory_areas",
]

_DATA = Path(__file__).parent.parent / "data"
_TERRITORIES = ("territories.fgb", "territories_de_facto.fgb")  # a country in both is taken from the first


def territory_areas() -> gpd.GeoDataFrame:
    """Return the recognised territories of Ukraine, Russia and Belarus, with their territorial sea.

    Returns
    -------
    GeoDataFrame
        Indexed by country (ISO 3166-1 alpha-3), with columns name, version and geometry, EPSG:4326.

    Examples
    --------
    >>> territory_areas().index.tolist()
    ['UKR', 'RUS', 'BLR']
    """
    return read_areas(_TERRITORIES[0], "country")[["name", "version", "geometry"]].copy()


def ground_areas() -> gpd.GeoDataFrame:
    """Return the same territories without the sea; lakes and rivers count as ground.

    Examples
    --------
    >>> ground_areas().loc["UKR", "name"]
    'Ukraine'
    """
    return read_areas("ground.fgb", "country")[["name", "version", "geometry"]].copy()


def admin1_areas() -> gpd.GeoDataFrame:
    """Return the first-level regions of Ukraine, Russia and Belarus, without the sea.

    Returns
    -------
    GeoDataFrame
        Indexed by place_id, which is the ISO 3166-2 code, with columns name (English), kind (``"region"``), country
        (ISO 3166-1 alpha-3) and geometry (EPSG:4326).

    Examples
    --------
    >>> admin1_areas().loc["UA-43", ["name", "country"]].tolist()
    ['Autonomous Republic of Crimea', 'UKR']
    """
    areas = read_areas("admin1.fgb", "place_id").copy()
    areas.insert(1, "kind", "region")
    return areas[["name", "kind", "country", "geometry"]]


def district_areas() -> gpd.GeoDataFrame:
    """Return the districts of Ukraine, Russia and Belarus and the communities of Ukraine, clipped to the ground.

    Returns
    -------
    GeoDataFrame
        Indexed by the place_id of the gazetteer, with columns name (English), kind (``"district"``), country
        (ISO 3166-1 alpha-3), admin1 (ISO 3166-2) and geometry (EPSG:4326), simplified to about 150 m.

    Examples
    --------
    >>> areas = district_areas()
    >>> areas.loc["geonames:700049", ["name", "admin1"]].tolist()
    ['Nikopol Raion', 'UA-12']
    """
    return read_areas("districts.fgb", "place_id").copy()


def country_basis(country: str) -> str:
    """Return whether a country's territory follows recognition or control.

    Returns
    -------
    str
        ``"recognised"``; ``"de_facto"`` where it is built from time zones and so follows control; empty for a country
        whose territory is not shipped.

    Examples
    --------
    >>> country_basis("UKR"), country_basis("ISR"), country_basis("FRA")
    ('recognised', 'de_facto', '')
    """
    return _bases().get(country, "")


def country_of(points: gpd.GeoSeries | gpd.GeoDataFrame) -> pd.Series[str]:
    """Return the country whose territory, including the territorial sea, contains each point; see `country_basis`.

    Parameters
    ----------
    points
        Points in any CRS; without one, longitude and latitude.

    Returns
    -------
    Series
        ISO 3166-1 alpha-3 on the points' index; ``""`` where the point is missing or outside all territories: the
        recognised ones, and those of the other countries with a shipped border, built from their time zones.

    Examples
    --------
    >>> sevastopol_hamburg = gpd.GeoSeries.from_xy([33.5224, 10.0], [44.5888, 53.55], crs="EPSG:4326")
    >>> country_of(sevastopol_hamburg).tolist()
    ['UKR', '']
    """
    return pd.Series(country_at(*lon_lat(points)), index=points.index, name="country", dtype="str")


def lon_lat(points: gpd.GeoSeries | gpd.GeoDataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitude and latitude of points in degrees; NaN where a point is missing, empty or another geometry."""
    geometry = points.geometry if points.crs is None else points.geometry.to_crs("EPSG:4326")
    shapes = geometry.to_numpy()
    shapes = np.where(shapely.is_empty(shapes), None, shapes)
    return shapely.get_x(shapes), shapely.get_y(shapes)


def points_of(strikes: pd.DataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitude and latitude of the points in a table's geometry column; NaN where there is none.

    Raises
    ------
    TableError
        If the column is missing, a geometry is not a point, or a coordinate is off the globe.

    Examples
    --------
    >>> points_of(gpd.GeoDataFrame(geometry=gpd.points_from_xy([39.08], [44.1], crs="EPSG:4326")))
    (array([39.08]), array([44.1]))
    """
    if "geometry" not in strikes.columns:
        msg = "the strikes table has no geometry; make one with geopandas.points_from_xy(longitude, latitude)"
        raise TableError(msg)
    shapes = np.array(strikes["geometry"], dtype=object)
    shapes[~shapely.is_geometry(shapes)] = None
    kinds = shapely.get_type_id(shapes)
    if (wrong := (kinds != shapely.GeometryType.POINT) & (kinds >= 0)).any():
        row = strikes.index[int(wrong.argmax())]
        msg = (
            f"strikes, row {row}: geometry is a {shapes[wrong][0].geom_type}; a strike is a point, areas are given by "
            "`areas` and place_id"
        )
        raise TableError(msg)
    longitude, latitude = lon_lat(gpd.GeoSeries(shapes, crs=getattr(strikes["geometry"], "crs", None)))
    for name, values, most in (("longitude", longitude, 180), ("latitude", latitude, 90)):
        if (outside := np.abs(values) > most).any():
            row = strikes.index[int(outside.argmax())]
            msg = f"strikes, row {row}: {name} {values[outside][0]:g} is outside -{most}..{most}; are the two swapped?"
            raise TableError(msg)
    missing = np.isnan(longitude) | np.isnan(latitude)
    return np.where(missing, np.nan, longitude), np.where(missing, np.nan, latitude)


def sound_areas(areas: gpd.GeoDataFrame | None) -> gpd.GeoSeries:
    """Return the polygons of areas by place_id, in degrees: valid, each id once.

    Invalid polygons are repaired. Other geometries, and missing ones, are dropped: a place without an area is measured
    and drawn as a disc.

    Raises
    ------
    TableError
        If `areas` is not a GeoDataFrame, or a coordinate is off the globe.

    Examples
    --------
    >>> bow = shapely.Polygon([(36, 50), (37, 51), (37, 50), (36, 51)])
    >>> sound_areas(gpd.GeoDataFrame(geometry=[bow], index=["a"], crs="EPSG:4326")).is_valid.tolist()
    [True]
    """
    if areas is None:
        return gpd.GeoSeries([], index=pd.Index([], dtype="str"), crs="EPSG:4326")
    if not isinstance(areas, gpd.GeoDataFrame):
        msg = f"areas is a {type(areas).__name__}; give a GeoDataFrame of polygons by place_id"
        raise TableError(msg)
    given = areas.geometry if areas.crs is None else areas.geometry.to_crs("EPSG:4326")
    shapes = given.to_numpy()
    kept = np.isin(shapely.get_type_id(shapes), _POLYGONS) & ~shapely.is_empty(shapes) & ~given.index.duplicated()
    shapes, names = shapes[kept], given.index[kept].astype(str)
    vertices, owner = shapely.get_coordinates(shapes, return_index=True)
    off = ~(np.isfinite(vertices).all(axis=1) & (np.abs(vertices) <= (360.0, 90.0)).all(axis=1))
    if off.any():
        lon, lat = vertices[off.argmax()]
        msg = f"areas, {names[owner[off.argmax()]]}: vertex ({lon}, {lat}) is off the globe; longitude comes first"
        raise TableError(msg)
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = [_polygons_of(shape) for shape in shapely.make_valid(shapes[broken])]
    filled = ~shapely.is_empty(shapes)
    return gpd.GeoSeries(shapes[filled], index=names[filled], crs="EPSG:4326")


_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def _polygons_of(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return the polygons of a geometry, without its lines and points."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def country_at(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], pair: Sequence[str] = ()
) -> npt.NDArray[np.object_]:
    """Return the country at each coordinate, in degrees; ``""`` where one is NaN.

    `pair` are the countries of a border that is not shipped: without a recognised territory, they are located by the
    time zones that the border was built from.
    """
    found = np.full(len(lon), "", dtype=object)
    lon = (lon + 180.0) % 360.0 - 180.0
    for country, territory in _prepared_territories(frozenset(pair)).items():
        west, south, east, north = shapely.bounds(territory)
        near = np.flatnonzero((found == "") & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        found[near[shapely.intersects_xy(territory, lon[near], lat[near])]] = country
    return found


@cache
def _prepared_territories(pair: frozenset[str]) -> dict[str, shapely.Geometry]:
    """Return territories by country: the recognised, those of other shipped lines, those of the pair."""
    recognised, de_facto = (dict(read_areas(name, "country").geometry) for name in _TERRITORIES)
    zones = {country: territory_of(country) for country in sorted(pair - recognised.keys())}
    territories = recognised | de_facto | zones
    shapely.prepare(list(territories.values()))
    return territories


@cache
def _bases() -> dict[str, str]:
    return {country: basis for name in _TERRITORIES for country, basis in read_areas(name, "country")["basis"].items()}


@cache
def read_areas(name: str, index: str) -> gpd.GeoDataFrame:
    """Read a file of geostrike/data, indexed by a column, in degrees; cached, so do not change it."""
    return gpd.read_file(_DATA / name, engine="pyogrio").set_crs("EPSG:4326", allow_override=True).set_index(index)

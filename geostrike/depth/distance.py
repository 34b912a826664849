"""The distance from a border to points, and the nearest point of the border."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geostrike.borders.areas import country_at
from geostrike.borders.border import Border
from geostrike.depth.columns import check_on_globe, degrees_of
from geostrike.errors import BorderError, TableError
from geostrike.geodesy.nearest_point import Pieces, nearest

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Texts = npt.NDArray[np.object_]
    Rows = slice | npt.NDArray[np.intp]

__all__ = [
    "border_distance",
    "check_is_border",
    "countries_by_line",
    "distance_columns",
    "distances",
    "distinct",
    "pieces_of",
]

_MEASURES = ("distance_km", "nearest_lon", "nearest_lat", "azimuth")
_SAMPLE = 16_384  # rows checked for repeated coordinates
_MANY_REPEATED = 0.05  # below this share, finding repeated rows takes longer than measuring them again


def border_distance(points: gpd.GeoSeries | gpd.GeoDataFrame, border: Border) -> pd.DataFrame:
    """Measure the geodesic distance from each point to a border, and the border's nearest point.

    Parameters
    ----------
    points
        Points in any CRS; without one, longitude and latitude.
    border
        The line. With ``definition="territory"``, a point in one country is measured from the ground of the other.

    Returns
    -------
    DataFrame
        On the points' index: distance_km, nearest_lon, nearest_lat (degrees) and azimuth (degrees, from the point
        towards the border; NaN on the border itself). NaN for a missing point, and where the definition has no line.

    Raises
    ------
    TableError
        If there are no geometries, one is not a point, or a latitude is off the globe.
    BorderError
        If `border` is not a Border.

    Notes
    -----
    WGS84. Within 0.01 mm of Karney's solution of the inverse problem (J. Geodesy 87, 2013) on every edge up to 500 km,
    and within 1 mm up to 3,000 km.

    Examples
    --------
    >>> from geostrike.borders.border import Border
    >>> tuapse = gpd.GeoSeries.from_xy([39.08326], [44.10083], crs="EPSG:4326")
    >>> border_distance(tuapse, Border.between("UKR", "RUS")).distance_km.round(1).tolist()
    [342.0]
    """
    if not isinstance(points, (gpd.GeoSeries, gpd.GeoDataFrame)):
        kind = type(points).__name__
        msg = (
            f"points is a {kind}; give a GeoSeries, such as geopandas.GeoSeries.from_xy(longitude, latitude, crs=4326)"
        )
        raise TableError(msg)
    lon, lat = degrees_of(points)
    columns = distance_columns(lon, lat, border)
    return pd.DataFrame({name: columns[name] for name in _MEASURES}, index=points.index)


def distance_columns(lon: Floats, lat: Floats, border: Border, *, country: bool = False) -> dict[str, npt.NDArray[Any]]:
    """Measure arrays of coordinates, with the columns of `border_distance`: for millions of rows.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,); NaN where a coordinate is missing.
    border
        The line to measure from.
    country
        Whether to return the country of each point, too.

    Returns
    -------
    dict
        distance_km, nearest_lon, nearest_lat and azimuth, and country (ISO 3166-1 alpha-3) on request; shape (n,)
        each.

    Raises
    ------
    TableError
        If their lengths differ, or a latitude is off the globe.
    BorderError
        If `border` is not a Border.

    Notes
    -----
    Repeated coordinates are measured once. More than a few thousand distinct ones are searched by compiled code in one
    thread per processor; the first such call on a machine compiles it, which takes seconds.

    Examples
    --------
    >>> columns = distance_columns(
    ...     np.array([39.08326]), np.array([44.10083]), Border.between("UKR", "RUS"), country=True
    ... )
    >>> columns["distance_km"].round(1).tolist(), columns["country"].tolist()
    ([342.0], ['RUS'])
    """
    check_is_border(border)
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if lon.ndim != 1 or lon.shape != lat.shape:
        msg = f"lon and lat have the shapes {lon.shape} and {lat.shape}; give one of each per point"
        raise TableError(msg)
    check_on_globe(lon, lat, range(len(lon)))
    rows, code = distinct(lon, lat)
    lon, lat = lon[rows], lat[rows]
    countries = np.full(len(lon), "", dtype=np.object_)
    if country or border.outlines:
        countries = country_at(lon, lat, countries_by_line(border))
    measures = _distances(lon, lat, countries, border)
    columns: dict[str, npt.NDArray[Any]] = {
        name: column[code] for name, column in zip(_MEASURES, measures, strict=True)
    }
    return columns | {"country": countries[code]} if country else columns


def check_is_border(border: object) -> None:
    """Raise BorderError unless it is a Border."""
    if not isinstance(border, Border):
        msg = f'{border!r} is not a Border; open one, as with Border.between("UKR", "RUS")'
        raise BorderError(msg)


def countries_by_line(border: Border) -> tuple[str, ...]:
    """Return the countries of a border built from their time zones; else none."""
    return border.pair if border.pair and border.basis and border.name not in Border.known() else ()


@lru_cache(maxsize=64)
def pieces_of(border: Border, country: str) -> Pieces | None:
    """Return the pieces of the line that points in a country are measured from; None where there is no line."""
    line = border.line_for(country)
    return None if line is None else Pieces.of(line, geodesic_edges=border.edges == "geodesic")


def distances(lon: Floats, lat: Floats, country: Texts, border: Border) -> tuple[Floats, Floats, Floats, Floats]:
    """Return distance_km, nearest_lon, nearest_lat and azimuth; repeated coordinates are measured once."""
    rows, code = distinct(lon, lat)
    distance, nearest_lon, nearest_lat, azimuth = _distances(lon[rows], lat[rows], country[rows], border)
    return distance[code], nearest_lon[code], nearest_lat[code], azimuth[code]


def _distances(lon: Floats, lat: Floats, country: Texts, border: Border) -> tuple[Floats, Floats, Floats, Floats]:
    """Return distance_km, nearest_lon, nearest_lat and azimuth of finite coordinates, NaN for the others."""
    columns = np.full((4, len(lon)), np.nan)
    given = np.isfinite(lon) & np.isfinite(lat)
    by_country = bool(border.outlines)
    for name in dict.fromkeys(country[given]) if by_country else [""]:
        rows = np.flatnonzero(given & (country == name) if by_country else given)
        pieces = pieces_of(border, name)
        if pieces is None:
            continue
        found = nearest(lon[rows], lat[rows], pieces)
        azimuth = np.where(found.distance_m > 0, found.azimuth, np.nan)
        columns[:, rows] = np.stack([found.distance_m / 1000, found.lon, found.lat, azimuth])
    return columns[0], columns[1], columns[2], columns[3]


def distinct(lon: Floats, lat: Floats) -> tuple[Rows, Rows]:
    """Return rows with each coordinate once, and for every row the position of its own among them.

    Where few are repeated, or two coordinates share a hash (never observed), both are all rows.
    """
    everything = slice(None)
    sample = slice(None, None, max(1, len(lon) // _SAMPLE))
    hashes = _hashes(lon[sample], lat[sample])
    if len(pd.unique(hashes)) > (1 - _MANY_REPEATED) * len(hashes):
        return everything, everything
    code, distinct = pd.factorize(_hashes(lon, lat))
    rows = np.empty(len(distinct), dtype=np.intp)
    rows[code[::-1]] = np.arange(len(lon))[::-1]
    same = [np.array_equal(v, v[rows][code], equal_nan=True) for v in (lon, lat)]
    return (rows, code) if all(same) else (everything, everything)


def _hashes(lon: Floats, lat: Floats) -> npt.NDArray[np.uint64]:
    """Return a hash of each coordinate."""
    lon_bits, lat_bits = (np.ascontiguousarray(v, dtype=np.float64).view(np.uint64) for v in (lon, lat))
    mixed: npt.NDArray[np.uint64] = lon_bits * np.uint64(0x9E3779B97F4A7C15) ^ lat_bits * np.uint64(0xC2B2AE3D27D4EB4F)
    return mixed

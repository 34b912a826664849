"""The areas that ship with geostrike: recognised territories and first-level regions.

They are derived from OpenStreetMap and Natural Earth (geostrike/data/README.md: sources, licences, accuracy) and read
from disk at the first call. Crimea and Sevastopol are Ukraine's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["admin1_areas", "country_at", "country_of", "ground_areas", "lon_lat", "territory_areas"]

_DATA = Path(__file__).parent / "data"


def territory_areas() -> gpd.GeoDataFrame:
    """The recognised territories of Ukraine, Russia and Belarus, with their territorial sea.

    Returns
    -------
    GeoDataFrame
        Indexed by country (ISO 3166-1 alpha-3), with columns name, version and geometry, EPSG:4326.

    Examples
    --------
    >>> territory_areas().index.tolist()
    ['UKR', 'RUS', 'BLR']
    """
    return _read("territories.fgb", "country").copy()


def ground_areas() -> gpd.GeoDataFrame:
    """The same territories without the sea; lakes and rivers are ground.

    Examples
    --------
    >>> ground_areas().loc["UKR", "name"]
    'Ukraine'
    """
    return _read("ground.fgb", "country").copy()


def admin1_areas() -> gpd.GeoDataFrame:
    """The first-level regions of Ukraine, Russia and Belarus, without the sea.

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
    areas = _read("admin1.fgb", "place_id").copy()
    areas.insert(1, "kind", "region")
    return areas[["name", "kind", "country", "geometry"]]


def country_of(points: gpd.GeoSeries | gpd.GeoDataFrame) -> pd.Series[str]:
    """The country whose recognised territory, territorial sea included, each point lies in.

    Parameters
    ----------
    points
        Points in any CRS; without a CRS they are taken as longitude and latitude.

    Returns
    -------
    Series
        ISO 3166-1 alpha-3 on the points' index; ``""`` where the point is missing or lies in none of the territories.

    Examples
    --------
    >>> sevastopol_hamburg = gpd.GeoSeries.from_xy([33.5224, 10.0], [44.5888, 53.55], crs="EPSG:4326")
    >>> country_of(sevastopol_hamburg).tolist()
    ['UKR', '']
    """
    return pd.Series(country_at(*lon_lat(points)), index=points.index, name="country", dtype="str")


def lon_lat(points: gpd.GeoSeries | gpd.GeoDataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitude and latitude of points in degrees; NaN where a point is missing or empty, or it is no point."""
    geometry = points.geometry if points.crs is None else points.geometry.to_crs("EPSG:4326")
    shapes = geometry.to_numpy()
    shapes = np.where(shapely.is_empty(shapes), None, shapes)
    return shapely.get_x(shapes), shapely.get_y(shapes)


def country_at(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """The same for arrays of degrees; ``""`` where a coordinate is NaN."""
    found = np.full(len(lon), "", dtype=object)
    lon = (lon + 180.0) % 360.0 - 180.0
    for country, territory in _prepared_territories().items():
        found[shapely.intersects_xy(territory, lon, lat)] = country
    return found


@cache
def _prepared_territories() -> dict[str, shapely.Geometry]:
    territories = _read("territories.fgb", "country").geometry
    shapely.prepare(territories.to_numpy())
    return dict(territories.items())


@cache
def _read(name: str, index: str) -> gpd.GeoDataFrame:
    return gpd.read_file(_DATA / name, engine="pyogrio").set_crs("EPSG:4326", allow_override=True).set_index(index)

"""The columns of a strikes table as arrays: coordinates, text, radii and days, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.borders.areas import lon_lat
from geostrike.errors import TableError
from geostrike.tables import STRIKES, check_table, days_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Texts = npt.NDArray[np.object_]

__all__ = ["USED", "as_geoframe", "check_on_globe", "days_of_column", "degrees_of", "radius_of", "text_of"]

# What the depth of a strike depends on, besides its point.
USED = ("attacker", "country", "struck_country", "place_kind", "place_id", "place_reason", "radius_km")
_OPEN_WORDS = ("place_kind", "radius_km")  # of a user's table; an invalid radius is rejected with its row
_POLE = 90.0


def as_geoframe(strikes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the strikes as a new GeoDataFrame, with the columns that depth depends on checked."""
    used = [name for name in USED if name in getattr(strikes, "columns", ()) and name not in _OPEN_WORDS]
    check_table(strikes, STRIKES, columns=used)
    if isinstance(strikes, gpd.GeoDataFrame) and strikes.active_geometry_name is not None:
        return strikes.copy(deep=False)
    if "geometry" not in strikes.columns:
        msg = "the strikes table has no geometry; make one with geopandas.points_from_xy(longitude, latitude)"
        raise TableError(msg)
    try:
        return gpd.GeoDataFrame(strikes.copy(deep=False), geometry="geometry", crs="EPSG:4326")
    except (TypeError, ValueError) as error:
        msg = f"the column geometry of the strikes table has a value that is not a geometry: {str(error)[:200]}"
        raise TableError(msg) from error


def degrees_of(points: gpd.GeoSeries | gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """Return longitude and latitude; NaN for a missing point."""
    shapes = points.geometry.to_numpy()
    wrong = ~np.isin(shapely.get_type_id(shapes), [shapely.GeometryType.MISSING, shapely.GeometryType.POINT])
    if wrong.any():
        row = points.index[wrong.argmax()]
        kind = shapes[wrong.argmax()].geom_type
        msg = f"row {row}: its geometry is a {kind}; give points, and areas as areas="
        raise TableError(msg)
    lon, lat = lon_lat(points)
    check_on_globe(lon, lat, points.index)
    return np.where(np.isfinite(lat), lon, np.nan), lat


def check_on_globe(lon: Floats, lat: Floats, names: pd.Index[Any] | range) -> None:
    """Raise TableError for the first row off the globe; NaN is a missing point."""
    off = (np.abs(lat) > _POLE) & ~np.isnan(lon) | np.isinf(lon)
    if off.any():
        at = int(off.argmax())
        place = f"row {names[at]}: latitude {lat[at]}, longitude {lon[at]}"
        msg = f"{place} is off the globe; are the two swapped?"
        raise TableError(msg)


def text_of(frame: pd.DataFrame, column: str) -> Texts:
    """Return a text column, empty where the frame has none."""
    if column not in frame.columns:
        return np.full(len(frame), "", dtype=object)
    return frame[column].astype(object).where(frame[column].notna(), "").to_numpy(dtype=object)


def radius_of(frame: gpd.GeoDataFrame) -> Floats:
    """Return the radii in kilometres; 0 where missing."""
    if "radius_km" not in frame.columns:
        return np.zeros(len(frame))
    radius: Floats = pd.to_numeric(frame["radius_km"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.isnan(radius) & frame["radius_km"].notna().to_numpy() | (radius < 0) | np.isinf(radius)
    if wrong.any():
        row = int(wrong.argmax())
        msg = f"row {frame.index[row]}: radius_km is {frame['radius_km'].iloc[row]}; it must be kilometres, 0 or more"
        raise TableError(msg)
    return np.nan_to_num(radius)


def days_of_column(strikes: gpd.GeoDataFrame, column: str) -> npt.NDArray[np.datetime64]:
    """Return a column of days; NaT where the frame has none."""
    if column not in strikes.columns:
        return np.full(len(strikes), np.datetime64("NaT", "D"))
    days: npt.NDArray[np.datetime64] = days_of(strikes, column).to_numpy().astype("datetime64[D]")
    return days

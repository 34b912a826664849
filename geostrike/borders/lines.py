"""Lines of the user: geometries of any kind as one checked line in degrees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geostrike.errors import BorderError
from geostrike.geodesy.pieces import count_pieces

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

__all__ = ["as_day", "as_lines", "days_of_lines", "in_degrees", "notes_on", "with_crs"]

_MOST_VERTICES = 2_000_000  # a hundred times the coast of Russia; takes seconds and 1 GB to read
_MOST_PIECES = 2_000_000


def as_day(value: object, field_name: str, name: str) -> date | None:
    """Convert a date, a time or text such as 2024-01-25 to a day; None stays None."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))
    except ValueError:
        msg = f"{name}: {field_name} is {value!r}, which is not a date; write it as 2024-01-25"
        raise BorderError(msg) from None


def days_of_lines(frame: gpd.GeoDataFrame, field_name: str, path: Path) -> list[date]:
    """Return the day of each feature, from one of its fields."""
    if field_name not in frame.columns:
        msg = f"{path}: has no field {field_name!r}; it has: {', '.join(frame.columns.drop('geometry')) or 'none'}"
        raise BorderError(msg)
    days = []
    for value in frame[field_name]:
        try:
            days.append(date.fromisoformat(str(value)[:10]))
        except ValueError:
            msg = f"{path}: {field_name} is {value!r}, which is not a date; write it as 2024-01-25"
            raise BorderError(msg) from None
    return days


def with_crs(frame: gpd.GeoDataFrame, crs: str | None, path: Path) -> gpd.GeoDataFrame:
    """Set the given CRS on a frame that has none."""
    if frame.crs is not None:
        return frame
    if crs is None:
        msg = f'{path}: has no coordinate reference system; give one, as in crs="EPSG:4326"'
        raise BorderError(msg)
    return frame.set_crs(crs)


def in_degrees(
    geometry: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame | Sequence[shapely.Geometry], name: str
) -> list[shapely.Geometry]:
    """Return the geometries in longitude and latitude."""
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


def as_lines(
    geometries: Sequence[shapely.Geometry | None], *, outline: bool, name: str, geodesic: bool = False
) -> shapely.MultiLineString:
    """Merge geometries into one two-dimensional MultiLineString; raise BorderError where that is impossible."""
    parts = np.asarray([g for g in geometries if g is not None and not g.is_empty], dtype=object)
    if not len(parts):
        msg = f"{name}: a border is made of lines; none of its {len(geometries)} features has a geometry"
        raise BorderError(msg)
    _check_size(parts, name)
    for _ in range(2):  # a collection may contain multi-geometries
        parts = shapely.get_parts(parts)
    kinds = set(shapely.get_type_id(parts).tolist())
    if shapely.GeometryType.POLYGON in kinds and not outline:
        msg = f"{name}: has polygons, inside which every distance would be 0. Give the line, or in Python outline=True"
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
            f"{name}: the line is too long to measure from: it has {pieces:,} pieces of 2.5 km, and at most "
            f"{_MOST_PIECES:,} are allowed; give the part that matters"
        )
        raise BorderError(msg)
    return line


def _check_size(shapes: npt.NDArray[np.object_], name: str) -> None:
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    if vertices > _MOST_VERTICES:
        msg = f"{name}: has {vertices:,} vertices, and at most {_MOST_VERTICES:,} are allowed; simplify or cut it"
        raise BorderError(msg)


def _check_degrees(line: shapely.MultiLineString, name: str) -> None:
    xy = shapely.get_coordinates(line)
    off = ~(np.isfinite(xy).all(axis=1) & (np.abs(xy[:, 0]) <= 360.0) & (np.abs(xy[:, 1]) <= 90.0))
    if off.any():
        lon, lat = xy[off.argmax()]
        msg = f"{name}: vertex ({lon}, {lat}) is off the globe; longitude comes first, in degrees; are the two swapped?"
        raise BorderError(msg)


def notes_on(given: Sequence[shapely.Geometry | None]) -> tuple[str, ...]:
    """Return a note on the features without geometry, if any."""
    empty = sum(shape is None or shape.is_empty for shape in given)
    return (f"{empty} of {len(given)} features have no geometry and are left out",) if empty else ()

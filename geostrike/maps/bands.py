"""Bands of equal distance from a border: drawn for orientation, not measured with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod

from geostrike.maps.outlines import line_rings, polygon_rings, quantise

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["DISTANCES_KM", "band_outlines"]

DISTANCES_KM = (50, 100, 250, 500, 1000)
_PRECISION = 200
_MANY_VERTICES = 30_000
_WGS84 = Geod(ellps="WGS84")
_AZIMUTHS = np.arange(0, 360, 2)


def band_outlines(border: BaseGeometry, distances: tuple[int, ...] = DISTANCES_KM) -> dict[str, Any]:
    """The line and its bands as the page draws them.

    A band is the union of geodesic circles around points of the line, close enough together that its edge is within
    about 1 % of its distance.
    """
    line = shapely.simplify(border, 0.002)
    # The outlines of whole countries are drawn more coarsely, and without their smallest islands.
    coarse = shapely.get_num_coordinates(border) > _MANY_VERTICES
    drawn = shapely.get_parts(shapely.simplify(border, 0.01 if coarse else 0.001))
    if coarse:
        drawn = drawn[shapely.length(drawn) > 0.1]
    return {
        "precision": _PRECISION,
        "border": line_rings(shapely.multilinestrings(drawn), 1000),
        "border_precision": 1000,
        "bands": [_band(line, distance) for distance in distances],
    }


def _band(line: BaseGeometry, distance: int) -> dict[str, Any]:
    area = _around(line, distance)
    edges = sorted(shapely.get_parts(area.boundary), key=lambda edge: -edge.length)
    return {
        "km": distance,
        "area": polygon_rings(area, _PRECISION),
        "labels": [quantise(np.asarray(point.coords), 1000) for edge in edges[:2] for point in _label_points(edge)],
    }


def _around(line: BaseGeometry, distance: int) -> BaseGeometry:
    """The area within a distance in kilometres of a line."""
    step = distance * 0.25 / 111
    coarse = shapely.segmentize(shapely.simplify(line, step / 8), step)
    points = _thinned(shapely.get_coordinates(coarse), step / 2)
    count = len(_AZIMUTHS)
    longitude, latitude, _ = _WGS84.fwd(
        np.repeat(points[:, 0], count),
        np.repeat(points[:, 1], count),
        np.tile(_AZIMUTHS, len(points)),
        np.full(len(points) * count, distance * 1000.0),
    )
    circles = shapely.polygons(np.dstack([longitude.reshape(-1, count), latitude.reshape(-1, count)]))
    union = shapely.union_all(shapely.make_valid(circles))
    filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(union) if part.geom_type == "Polygon"]
    return shapely.simplify(shapely.union_all(filled), distance / 20_000)


def _thinned(points: np.ndarray, step: float) -> np.ndarray:
    """One point for each cell of a grid."""
    _, first = np.unique(np.floor(points / step).astype(np.int64), axis=0, return_index=True)
    return points[np.sort(first)]


def _label_points(edge: BaseGeometry) -> list[shapely.Point]:
    """Where the edge's distance is written: its outermost points, and some between."""
    return [edge.interpolate(share, normalized=True) for share in np.arange(0.03, 1, 0.125)]

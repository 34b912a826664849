"""What is derived from a polygon: a point inside it, a radius that covers it, a simpler outline, a table row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely

from geostrike.geodesy import GEOD

TOLERANCE_DEG = 0.0015
"""About 150 m: the districts' outlines are no better than that."""
SMALLEST_DEG2 = 3e-4
"""About 3 km²: a smaller part is an islet or a clipping artefact."""
MOST_VERTICES, COARSER_DEG = 1_500, (0.003, 0.006, 0.012)
"""Outlines with more vertices, mostly Arctic coasts, are simplified further, up to about 1 km."""
STEP_DEG = 2.0**-13
"""About 10 m; numbers with few binary digits halve the size of the compressed package."""
DECIMALS = 4


def reach_km(lon: float, lat: float, points: Any) -> int:
    """Return a radius, in km, that covers the points (rows of longitude and latitude)."""
    away = GEOD.inv(np.full(len(points), lon), np.full(len(points), lat), points[:, 0], points[:, 1])[2]
    return math.ceil(1.02 * float(max(away)) / 1000 + 1)


def outline(polygon: shapely.Geometry, ground: shapely.Geometry) -> shapely.MultiPolygon:
    """Simplify the polygon and clip it to its country's ground, which is prepared."""
    simpler = shapely.make_valid(shapely.simplify(polygon, TOLERANCE_DEG))
    inside = simpler if shapely.contains_properly(ground, simpler) else shapely.intersection(simpler, ground)
    parts = [part for part in shapely.get_parts(shapely.get_parts(inside)) if part.geom_type == "Polygon"]
    least = min(SMALLEST_DEG2, max(part.area for part in parts))
    whole = shapely.multipolygons([part for part in parts if part.area >= least])
    for tolerance in COARSER_DEG:
        if shapely.get_num_coordinates(whole) > MOST_VERTICES:
            simpler = shapely.make_valid(shapely.simplify(whole, tolerance))
            whole = shapely.multipolygons([p for p in shapely.get_parts(simpler) if p.geom_type == "Polygon"])
    snapped = shapely.make_valid(shapely.transform(whole, lambda xy: np.round(xy / STEP_DEG) * STEP_DEG))
    return shapely.multipolygons([p for p in shapely.get_parts(shapely.get_parts(snapped)) if p.geom_type == "Polygon"])


def point_inside(polygon: shapely.Geometry) -> tuple[float, float]:
    """Return longitude and latitude of a point inside the polygon: its centre where that is inside."""
    largest = max(shapely.get_parts(polygon), key=lambda part: part.area)
    for point in (polygon.centroid, largest.centroid, shapely.point_on_surface(largest)):
        lon, lat = round(point.x, DECIMALS), round(point.y, DECIMALS)
        if shapely.contains_xy(polygon, lon, lat):
            return lon, lat
    return point.x, point.y


def located(polygon: shapely.Geometry) -> dict[str, float]:
    """Return the columns latitude, longitude and radius_km of an area."""
    lon, lat = point_inside(polygon)
    return {"latitude": lat, "longitude": lon, "radius_km": reach_km(lon, lat, shapely.get_coordinates(polygon))}


def district_row(place_id: str, spelt: list[str], country: str, region: str, place: dict[str, float]) -> dict[str, Any]:
    """Return the row of a district; `spelt` are its names, the English one first, `place` comes from `located`."""
    return {
        "place_id": place_id,
        "name": spelt[0],
        "kind": "district",
        "country": country,
        "admin1": region,
        "population": 0,
        "anchor": "",
        "alternates": spelt[1:],
    } | place

"""Bands of equal distance from a border, for orientation only: depth is measured elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

from geostrike.borders.basemap import within_box
from geostrike.geodesy.ellipsoid import GEOD, to_ecef
from geostrike.maps.outlines import line_rings, polygon_rings, quantise

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    Floats = npt.NDArray[np.float64]

__all__ = ["DISTANCES_KM", "band_outlines"]

DISTANCES_KM = (50, 100, 250, 500, 1000)
_PRECISION = 200
_LABEL_PRECISION = 1000
_MANY_VERTICES = 30_000
_COARSE = 0.01
_AZIMUTHS = np.arange(0, 360, 2)
_KM_PER_DEGREE = 111.0
_MOST_CIRCLES = 6_000  # twice what the outline of Russia needs; their union takes some seconds
_HALVINGS = 12
# A line, and the territory that its band is clipped to; None where the band covers both sides of the line.
_Side: TypeAlias = "tuple[BaseGeometry, BaseGeometry | None]"


def band_outlines(
    border: BaseGeometry,
    distances: tuple[int, ...] = DISTANCES_KM,
    *,
    outlines: Mapping[str, BaseGeometry] | None = None,
) -> dict[str, Any]:
    """Return a border and its bands, quantised for the page.

    A band is the union of geodesic circles around points of the line, spaced so that its edge is within about 1 % of
    its distance. `outlines` gives, for each of two countries, the line that depth in this country is measured from
    (the outline of the other); the bands are then clipped to the territory of the two.
    """
    sides = _sides(outlines) if outlines else [(shapely.simplify(border, 0.002), None)]
    # The outlines of whole countries are simplified more, and lose their smallest islands.
    coarse = shapely.get_num_coordinates(border) > _MANY_VERTICES
    drawn = shapely.get_parts(shapely.simplify(border, _COARSE if coarse else 0.001))
    if coarse:
        drawn = drawn[shapely.length(drawn) > 0.1]
    return {
        "precision": _PRECISION,
        "border": line_rings(shapely.multilinestrings(drawn), 1000),
        "border_precision": 1000,
        "label_precision": _LABEL_PRECISION,
        "bands": [_band(sides, distance) for distance in distances],
    }


def _sides(outlines: Mapping[str, BaseGeometry]) -> list[_Side]:
    """Return, for each of two countries, the line that depth is measured from and the country's territory."""
    first, second = outlines
    lines = {country: shapely.simplify(outlines[country], _COARSE) for country in (first, second)}
    return [(lines[first], _territory(lines[second])), (lines[second], _territory(lines[first]))]


def _territory(outline: BaseGeometry) -> BaseGeometry:
    """Return the area inside an outline; one that the antimeridian cuts open is closed along the meridian."""
    parts = shapely.get_parts(shapely.line_merge(outline) if outline.geom_type == "MultiLineString" else outline)
    closed = shapely.is_closed(parts)
    meridians = [shapely.LineString([(x, -90), (x, 90)]) for x in (-180, 180)]
    opened = shapely.union_all([*parts[~closed], *meridians]) if (~closed).any() else shapely.GeometryCollection()
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(opened)))
    rings = [shapely.Polygon(part.coords) for part in parts[closed]]
    return shapely.union_all([*faces, *shapely.make_valid(rings)])


def _band(sides: list[_Side], distance: int) -> dict[str, Any]:
    areas, edges = [], []
    many = 8 if len(sides) == 1 else 3
    for line, ground in sides:
        area = _buffer(line if ground is None else _part_in_reach(line, ground, distance), distance)
        edge = area.boundary
        if ground is not None:
            area, edge = shapely.intersection(area, ground), shapely.line_merge(shapely.intersection(edge, ground))
        areas.append(shapely.simplify(area, distance / 20_000))
        edges += sorted(shapely.get_parts(edge), key=lambda part: -part.length)[:2]
    return {
        "km": distance,
        "area": [rings for area in areas for rings in polygon_rings(area, _PRECISION)],
        "labels": [
            quantise(np.asarray(point.coords), _LABEL_PRECISION)
            for edge in edges
            for point in _label_points(edge, many)
        ],
    }


def _part_in_reach(line: BaseGeometry, ground: BaseGeometry, distance: int) -> BaseGeometry:
    """Clip a line to what can be within a distance in km of a country: a degree of longitude is 38 km at 70 N."""
    west, south, east, north = ground.bounds
    wide, high = distance / 38, distance / 110
    near = within_box(shapely.get_parts(line), (west - wide, south - high, east + wide, north + high))
    return shapely.multilinestrings(near[shapely.get_type_id(near) == shapely.GeometryType.LINESTRING])


def _buffer(line: BaseGeometry, distance: int) -> BaseGeometry:
    """Return the area within a distance in kilometres of a line: a geodesic buffer."""
    points = _sample_points(line, distance * 0.25)
    count = len(_AZIMUTHS)
    longitude, latitude, _ = GEOD.fwd(
        np.repeat(points[:, 0], count),
        np.repeat(points[:, 1], count),
        np.tile(_AZIMUTHS, len(points)),
        np.full(len(points) * count, distance * 1000.0),
    )
    longitude, latitude = longitude.reshape(-1, count), latitude.reshape(-1, count)
    around_pole = (90.0 - np.abs(points[:, 1])) * _KM_PER_DEGREE < distance
    # A circle may extend beyond the antimeridian; around a pole it is not a ring in degrees, but a cap.
    unwrapped = points[:, :1] + _wrap_longitude(longitude - points[:, :1])
    circles = [*shapely.polygons(np.dstack([unwrapped, latitude])[~around_pole])]
    circles += [_polar_cap(*ring) for ring in zip(longitude[around_pole], latitude[around_pole], strict=True)]
    union = _split_at_antimeridian(shapely.union_all(shapely.make_valid(circles)))
    filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(union) if part.geom_type == "Polygon"]
    return shapely.simplify(shapely.union_all(filled), distance / 20_000)


def _sample_points(line: BaseGeometry, step_km: float) -> Floats:
    """Return points of a line, at most a step apart, and at most one per cell of a third of a step.

    The step is doubled until there are at most `_MOST_CIRCLES` points.
    """
    for _ in range(_HALVINGS):
        step = step_km / _KM_PER_DEGREE
        simple = shapely.simplify(line, step / 8)
        if shapely.length(simple) / step < _MOST_CIRCLES * _KM_PER_DEGREE:
            vertices = shapely.get_coordinates(shapely.segmentize(simple, step))
            cells = np.floor(to_ecef(vertices[:, 0], vertices[:, 1]) / (step_km * 300.0)).astype(np.int64)
            first = np.sort(np.unique(cells, axis=0, return_index=True)[1])
            if len(first) <= _MOST_CIRCLES:
                return np.asarray(vertices[first], dtype=np.float64)
        step_km *= 2
    return np.asarray(shapely.get_coordinates(simple)[:_MOST_CIRCLES], dtype=np.float64)


def _wrap_longitude(longitude: Floats) -> Floats:
    """Wrap longitudes into -180 to 180."""
    return (longitude + 180.0) % 360.0 - 180.0


def _polar_cap(longitude: Floats, latitude: Floats) -> shapely.Polygon:
    """Return the polygon inside a ring around a pole."""
    longitude = _wrap_longitude(longitude)
    order = np.argsort(longitude, kind="stable")
    longitude, latitude = longitude[order], latitude[order]
    pole = 90.0 if latitude[0] > 0 else -90.0
    seam = (latitude[0] + latitude[-1]) / 2
    ends = [(-180.0, pole), (-180.0, seam)], [(180.0, seam), (180.0, pole)]
    return shapely.Polygon([*ends[0], *np.column_stack([longitude, latitude]).tolist(), *ends[1]])


def _split_at_antimeridian(area: BaseGeometry) -> BaseGeometry:
    """Move the parts of an area beyond the antimeridian to the other side of the map."""
    west, _, east, _ = shapely.bounds(area)
    turns = [turn for turn in (-720.0, -360.0, 0.0, 360.0, 720.0) if west + turn < 180.0 and east + turn > -180.0]
    if turns == [0.0]:
        return area
    parts = [within_box([_shift_east(area, turn)], (-180.0, -90.0, 180.0, 90.0)) for turn in turns]
    return shapely.union_all(np.concatenate([*parts, np.array([], dtype=object)]))


def _shift_east(area: BaseGeometry, degrees_east: float) -> BaseGeometry:
    return shapely.transform(area, lambda xy: np.add(xy, (degrees_east, 0.0)))


def _label_points(edge: BaseGeometry, count: int) -> list[shapely.Point]:
    """Return `count` evenly spaced points along an edge, for its labels."""
    return [edge.interpolate((k + 0.25) / count, normalized=True) for k in range(count)]

"""Bands of equal distance from a border: drawn for orientation, not measured with."""

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
# A line that is measured from, and the ground on which it is; None where it is measured from on both sides.
_Side: TypeAlias = "tuple[BaseGeometry, BaseGeometry | None]"


def band_outlines(
    border: BaseGeometry,
    distances: tuple[int, ...] = DISTANCES_KM,
    *,
    outlines: Mapping[str, BaseGeometry] | None = None,
) -> dict[str, Any]:
    """The line and its bands as the page draws them.

    A band is the union of geodesic circles around points of the line, close enough together that its edge is within
    about 1 % of its distance. Where depth is measured to the other country's ground, `outlines` gives for each of the
    two countries the line that a point in it is measured from: the bands then lie on the ground of the two only.
    """
    sides = _sides(outlines) if outlines else [(shapely.simplify(border, 0.002), None)]
    # The outlines of whole countries are drawn more coarsely, and without their smallest islands.
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
    """For each of two countries: the line that its points are measured from, and its ground."""
    first, second = outlines
    lines = {country: shapely.simplify(outlines[country], _COARSE) for country in (first, second)}
    return [(lines[first], _ground(lines[second])), (lines[second], _ground(lines[first]))]


def _ground(outline: BaseGeometry) -> BaseGeometry:
    """What an outline encloses; an outline is open where the antimeridian cut it, and is closed along it."""
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
        area = _around(line if ground is None else _nearby(line, ground, distance), distance)
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


def _nearby(line: BaseGeometry, ground: BaseGeometry, distance: int) -> BaseGeometry:
    """The part of a line that can be within a distance of a country: a degree of longitude has 38 km at 70 N."""
    west, south, east, north = ground.bounds
    wide, high = distance / 38, distance / 110
    near = within_box(shapely.get_parts(line), (west - wide, south - high, east + wide, north + high))
    return shapely.multilinestrings(near[shapely.get_type_id(near) == shapely.GeometryType.LINESTRING])


def _around(line: BaseGeometry, distance: int) -> BaseGeometry:
    """The area within a distance in kilometres of a line."""
    points = _along(line, distance * 0.25)
    count = len(_AZIMUTHS)
    longitude, latitude, _ = GEOD.fwd(
        np.repeat(points[:, 0], count),
        np.repeat(points[:, 1], count),
        np.tile(_AZIMUTHS, len(points)),
        np.full(len(points) * count, distance * 1000.0),
    )
    longitude, latitude = longitude.reshape(-1, count), latitude.reshape(-1, count)
    around_pole = (90.0 - np.abs(points[:, 1])) * _KM_PER_DEGREE < distance
    # A circle is drawn around its middle, if need be beyond the antimeridian; around a pole it is no ring in degrees.
    unwrapped = points[:, :1] + _turned(longitude - points[:, :1])
    circles = [*shapely.polygons(np.dstack([unwrapped, latitude])[~around_pole])]
    circles += [_cap(*ring) for ring in zip(longitude[around_pole], latitude[around_pole], strict=True)]
    union = _on_globe(shapely.union_all(shapely.make_valid(circles)))
    filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(union) if part.geom_type == "Polygon"]
    return shapely.simplify(shapely.union_all(filled), distance / 20_000)


def _along(line: BaseGeometry, step_km: float) -> Floats:
    """Points of a line, no farther apart than a step on the ground, and one at most in each third of a step.

    Of a line so long that there would be more than some thousand, they are farther apart.
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


def _turned(longitude: Floats) -> Floats:
    """Longitudes as they are written from -180 to 180."""
    return (longitude + 180.0) % 360.0 - 180.0


def _cap(longitude: Floats, latitude: Floats) -> shapely.Polygon:
    """What lies within a ring around a pole."""
    longitude = _turned(longitude)
    order = np.argsort(longitude, kind="stable")
    longitude, latitude = longitude[order], latitude[order]
    pole = 90.0 if latitude[0] > 0 else -90.0
    seam = (latitude[0] + latitude[-1]) / 2
    ends = [(-180.0, pole), (-180.0, seam)], [(180.0, seam), (180.0, pole)]
    return shapely.Polygon([*ends[0], *np.column_stack([longitude, latitude]).tolist(), *ends[1]])


def _on_globe(area: BaseGeometry) -> BaseGeometry:
    """The area with what lies beyond the antimeridian on its other side."""
    west, _, east, _ = shapely.bounds(area)
    turns = [turn for turn in (-720.0, -360.0, 0.0, 360.0, 720.0) if west + turn < 180.0 and east + turn > -180.0]
    if turns == [0.0]:
        return area
    parts = [within_box([_moved(area, turn)], (-180.0, -90.0, 180.0, 90.0)) for turn in turns]
    return shapely.union_all(np.concatenate([*parts, np.array([], dtype=object)]))


def _moved(area: BaseGeometry, degrees_east: float) -> BaseGeometry:
    return shapely.transform(area, lambda xy: np.add(xy, (degrees_east, 0.0)))


def _label_points(edge: BaseGeometry, count: int) -> list[shapely.Point]:
    """Where the edge's distance is written: evenly along it."""
    return [edge.interpolate((k + 0.25) / count, normalized=True) for k in range(count)]

"""The nearest point of a line on the WGS84 ellipsoid, exactly.

The line is cut into short pieces, each kept as a quadratic curve in earth-centred coordinates (ECEF) through both ends
and the middle of the piece. A tree of balls over consecutive pieces finds, by chords through the earth, the few pieces
that can hold the nearest point; on those the geodesic inverse problem (Karney 2013, by pyproj) is solved.

Nothing is lost in the search: for two points of the surface with chord c, the geodesic distance s obeys

    2 R asin(c / 2R) <= s <= 2 r asin(c / 2r)

where R and r are the largest and the least radius of curvature: the upper bound is Schur's theorem, the lower one
Blaschke's rolling ball of radius R, within which the ellipsoid lies. A piece is left out only when its lower bound is
above another piece's upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Indices = npt.NDArray[np.int64]

__all__ = ["Nearest", "Pieces", "nearest"]

_GEOD = Geod(ellps="WGS84")
_A = _GEOD.a
_E2 = _GEOD.es
_LEAST_RADIUS = _A * (1 - _E2)  # of curvature: along the meridian at the equator
_LARGEST_RADIUS = _A / np.sqrt(1 - _E2)  # at the poles
_SURE_CHORD = 12.6e6  # beyond it, near the antipodes, Schur's bound says nothing

_PIECE_M = 2500.0
_BEND_M = 1.25e-3  # bound of length times squared turn of a piece: keeps the curve within 1e-5 m of the edge
_BRANCHES = 8
_CHUNK = 2048
_FAR_M = 20_000.0  # nearer than this, the foot of the chord is the foot of the geodesic within 1e-6 m


@dataclass(frozen=True)
class Nearest:
    """For each point: distance in metres, the nearest point of the line and the azimuth towards it in degrees."""

    distance_m: Floats
    lon: Floats
    lat: Floats
    azimuth: Floats


@dataclass(frozen=True)
class _Level:
    """One level of the tree: node k holds the nodes _BRANCHES * k ... of the level below."""

    centre: Floats  # (n, 3), a point of the line
    radius: Floats  # (n,), of a ball around it that holds the whole node


@dataclass(frozen=True)
class Pieces:
    """The short pieces of a line, with the tree over them."""

    start: Floats  # (n, 3) metres, ECEF
    step: Floats  # end - start
    bulge: Floats  # middle - (start + end) / 2
    levels: tuple[_Level, ...]  # the pieces themselves first, the roots last

    @classmethod
    def of(cls, line: shapely.MultiLineString, *, geodesic_edges: bool) -> Pieces:
        """The pieces of a line in longitude and latitude, its edges straight there or geodesic."""
        start, stop = _edges(line)
        start, middle, stop = _cut(start, stop, geodesic=geodesic_edges)
        step, bulge = stop - start, middle - (start + stop) / 2
        control = middle + bulge  # the Bezier control point: with both ends, its hull holds the curve
        radius = np.max([np.linalg.norm(corner - middle, axis=1) for corner in (start, stop, control)], axis=0)
        levels = [_Level(middle, radius)]
        while len(levels[-1].radius) > 4 * _BRANCHES:
            levels.append(_parents(levels[-1]))
        return cls(start, step, bulge, tuple(levels))

    def at(self, piece: Indices, t: Floats) -> Floats:
        """ECEF of the points at parameters t in [0, 1] of pieces, shape (n, 3)."""
        t = t[:, None]
        position: Floats = self.start[piece] + t * self.step[piece] + 4 * t * (1 - t) * self.bulge[piece]
        return position


def nearest(lon: Floats, lat: Floats, pieces: Pieces) -> Nearest:
    """The nearest point of the line for each point in degrees; all must be finite."""
    chunks = [slice(k, k + _CHUNK) for k in range(0, len(lon), _CHUNK)]
    found = [_nearest(lon[c], lat[c], pieces) for c in chunks]
    columns = zip(*((n.distance_m, n.lon, n.lat, n.azimuth) for n in found), strict=True)
    return Nearest(*(np.concatenate(column) for column in columns)) if found else Nearest(*np.empty((4, 0)))


def _nearest(lon: Floats, lat: Floats, pieces: Pieces) -> Nearest:
    point = to_ecef(lon, lat)
    owner, piece, t, chord = _candidates(point, pieces)
    owner, t, distance = _geodesic_feet(lon, lat, pieces, (owner, piece, t, chord))
    order = np.lexsort((distance, owner))
    best = order[np.unique(owner[order], return_index=True)[1]]
    foot_lon, foot_lat = to_degrees(pieces.at(piece[best], t[best]))
    azimuth, _, length = _GEOD.inv(lon, lat, foot_lon, foot_lat)
    return Nearest(np.asarray(length), foot_lon, foot_lat, np.asarray(azimuth))


def _candidates(point: Floats, pieces: Pieces) -> tuple[Indices, Indices, Floats, Floats]:
    """Pairs of point and piece that can be nearest, with the foot of the chord on the piece and its length."""
    count = len(point)
    roots = len(pieces.levels[-1].radius)
    owner, node = np.repeat(np.arange(count), roots), np.tile(np.arange(roots), count)
    for depth in range(len(pieces.levels) - 1, -1, -1):
        level = pieces.levels[depth]
        chord = np.linalg.norm(point[owner] - level.centre[node], axis=1)
        keep = chord - level.radius[node] <= _reach(_least(owner, chord, count))[owner]
        owner, node = owner[keep], node[keep]
        if depth:
            owner = np.repeat(owner, _BRANCHES)
            node = (node[:, None] * _BRANCHES + np.arange(_BRANCHES)).ravel()
            exists = node < len(pieces.levels[depth - 1].radius)
            owner, node = owner[exists], node[exists]
    t, chord = _chord_feet(point[owner], node, pieces)
    keep = chord <= _reach(_least(owner, chord, count))[owner]
    return owner[keep], node[keep], t[keep], chord[keep]


def _least(owner: Indices, value: Floats, count: int) -> Floats:
    """The least value of each owner; owners are sorted and all of 0 ... count - 1 occur."""
    least: Floats = np.minimum.reduceat(value, np.searchsorted(owner, np.arange(count)))
    return least


def _reach(chord: Floats) -> Floats:
    """How long the chord to another point may be if that point is to be nearer by geodesic; see the module's text."""
    half_angle = np.arcsin(np.minimum(chord / (2 * _LEAST_RADIUS), 1.0))
    longest = 2 * _LARGEST_RADIUS * np.sin(half_angle * _LEAST_RADIUS / _LARGEST_RADIUS)
    return np.where(chord < _SURE_CHORD, longest + 1e-6, np.inf)


def _chord_feet(point: Floats, piece: Indices, pieces: Pieces) -> tuple[Floats, Floats]:
    """Parameter and chord of the point of each piece that is nearest through the earth."""
    step, bulge = pieces.step[piece], pieces.bulge[piece]
    offset = point - pieces.start[piece]
    square = np.einsum("ij,ij->i", step, step)
    t = np.clip(np.einsum("ij,ij->i", offset, step) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    for _ in range(3):  # Newton on (point - curve) . tangent
        tangent = step + 4 * (1 - 2 * t)[:, None] * bulge
        gap = offset - t[:, None] * step - (4 * t * (1 - t))[:, None] * bulge
        slope = np.einsum("ij,ij->i", tangent, tangent) + 8 * np.einsum("ij,ij->i", gap, bulge)
        change = np.einsum("ij,ij->i", gap, tangent) / np.where(slope > 0, slope, np.inf)
        t = np.clip(t + change, 0.0, 1.0)
    gap = offset - t[:, None] * step - (4 * t * (1 - t))[:, None] * bulge
    return t, np.linalg.norm(gap, axis=1)


def _geodesic_feet(
    lon: Floats, lat: Floats, pieces: Pieces, candidates: tuple[Indices, Indices, Floats, Floats]
) -> tuple[Indices, Floats, Floats]:
    """Owner, parameter and geodesic distance of each candidate's nearest point.

    Far away the foot of the chord is not the foot of the geodesic. The distance along a short piece is a parabola but
    for terms of third order; its lowest point is found from three distances.
    """
    owner, piece, foot, chord = candidates
    t = foot.copy()

    def distance(rows: Indices, parameter: Floats) -> Floats:
        foot_lon, foot_lat = to_degrees(pieces.at(piece[rows], parameter))
        return np.asarray(_GEOD.inv(lon[owner[rows]], lat[owner[rows]], foot_lon, foot_lat)[2])

    everything = np.arange(len(owner))
    shortest = distance(everything, t)
    # On the way along a piece the distance falls by no more than the piece is long.
    longest_step = 1.001 * np.linalg.norm(pieces.step[piece], axis=1) + 1e-3
    hopeful = shortest - longest_step <= _least(owner, shortest, len(lon))[owner]
    far = np.flatnonzero(hopeful & (chord > _FAR_M))
    if far.size:
        half = np.minimum(0.5, 200.0 / np.linalg.norm(pieces.step[piece[far]], axis=1))
        centre = np.clip(foot[far], half, 1 - half)
        before, here, after = (distance(far, centre + k * half) for k in (-1, 0, 1))
        bend = before + after - 2 * here
        lowest = np.where(bend > 0, centre + half * (before - after) / (2 * np.where(bend > 0, bend, 1.0)), foot[far])
        for parameter in (np.clip(lowest, 0.0, 1.0), np.zeros(far.size), np.ones(far.size)):
            length = distance(far, parameter)
            nearer = length < shortest[far]
            t[far[nearer]], shortest[far[nearer]] = parameter[nearer], length[nearer]
    return owner, t, shortest


def _edges(line: shapely.MultiLineString) -> tuple[Floats, Floats]:
    """Both ends of each edge of positive length, shape (n, 2) each."""
    vertex, part = shapely.get_coordinates(shapely.get_parts(line), return_index=True)
    start, stop = vertex[:-1], vertex[1:]
    real = (part[:-1] == part[1:]) & (start != stop).any(axis=1)
    if not real.any():  # a line of no length is a point
        return vertex[:1], vertex[:1]
    return start[real], stop[real]


def _cut(start: Floats, stop: Floats, *, geodesic: bool) -> tuple[Floats, Floats, Floats]:
    """Start, middle and end, in ECEF, of the pieces into which the edges are cut."""
    if geodesic:
        azimuth, _, length = (np.asarray(v) for v in _GEOD.inv(start[:, 0], start[:, 1], stop[:, 0], stop[:, 1]))
        count = np.maximum(1, np.ceil(length / _PIECE_M)).astype(np.int64)
    else:
        count = _count_of_planar(start, stop)
    edge = np.repeat(np.arange(len(start)), count)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)

    def at(t: Floats) -> Floats:
        if not geodesic:
            along = start[edge] + t[:, None] * (stop[edge] - start[edge])
            return to_ecef(along[:, 0], along[:, 1])
        lon, lat, _ = _GEOD.fwd(start[edge, 0], start[edge, 1], azimuth[edge], t * length[edge])
        return to_ecef(np.asarray(lon), np.asarray(lat))

    return at(number / count[edge]), at((number + 0.5) / count[edge]), at((number + 1) / count[edge])


def _count_of_planar(start: Floats, stop: Floats) -> Indices:
    """In how many pieces to cut edges that are straight in longitude and latitude: these bend towards the poles."""
    turn = np.radians(np.abs(stop[:, 0] - start[:, 0]))
    nearest_equator = np.where(start[:, 1] * stop[:, 1] < 0, 0.0, np.abs([start[:, 1], stop[:, 1]]).min(axis=0))
    east = _LARGEST_RADIUS * turn * np.cos(np.radians(nearest_equator))
    north = _LARGEST_RADIUS * np.radians(np.abs(stop[:, 1] - start[:, 1]))
    length = np.hypot(east, north)
    bend = np.cbrt(length * turn**2 / _BEND_M)
    count: Indices = np.maximum(1, np.ceil(np.maximum(length / _PIECE_M, bend))).astype(np.int64)
    return count


def _parents(level: _Level) -> _Level:
    """The next level up: balls around the middle child's centre."""
    first = np.arange(0, len(level.radius), _BRANCHES)
    sizes = np.diff(np.append(first, len(level.radius)))
    centre = level.centre[first + sizes // 2]
    spread = np.linalg.norm(level.centre - np.repeat(centre, sizes, axis=0), axis=1) + level.radius
    return _Level(centre, np.maximum.reduceat(spread, first))


def to_ecef(lon: Floats, lat: Floats) -> Floats:
    """Points of the ellipsoid's surface in earth-centred metres, shape (n, 3)."""
    lon, lat = np.radians(lon), np.radians(lat)
    normal = _A / np.sqrt(1 - _E2 * np.sin(lat) ** 2)
    across = normal * np.cos(lat)
    return np.column_stack([across * np.cos(lon), across * np.sin(lon), normal * (1 - _E2) * np.sin(lat)])


def to_degrees(ecef: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude of points of the surface."""
    x, y, z = ecef.T
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z / (1 - _E2), np.hypot(x, y)))

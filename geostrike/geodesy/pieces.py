"""A line cut into short pieces, each a quadratic curve in earth-centred coordinates, and the trees over them.

A piece passes through both ends and the middle of its stretch of an edge, so edges that are straight in longitude and
latitude and geodesic edges have one form. It stays within 1e-5 m of its edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geostrike.geodesy.ellipsoid import GEOD, LARGEST_RADIUS_M, to_ecef

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Indices = npt.NDArray[np.int64]

__all__ = ["BRANCHES", "Pieces", "count_pieces"]

_PIECE_M = 2500.0
_BEND_M = 1.25e-3  # bound of length times squared turn of a piece: keeps the curve within 1e-5 m of the edge
BRANCHES = 8  # of the tree of balls
_LEAF = 2  # pieces in a leaf of the tree of boxes


@dataclass(frozen=True)
class _Level:
    """One level of the tree: node k contains the nodes BRANCHES * k ... of the level below."""

    centre: Floats  # (n, 3), a point of the line
    radius: Floats  # (n,), of a ball around it that contains the whole node


@dataclass(frozen=True, eq=False)  # compared, and hashed, by identity
class Pieces:
    """The pieces of a line, with the tree over them."""

    start: Floats  # (n, 3) metres, ECEF
    step: Floats  # end - start
    bulge: Floats  # middle - (start + end) / 2
    levels: tuple[_Level, ...]  # the pieces themselves first, the roots last

    @classmethod
    def of(cls, line: shapely.MultiLineString, *, geodesic_edges: bool) -> Pieces:
        """Cut a line in longitude and latitude, whose edges are straight there or geodesic."""
        start, stop = _edges(line)
        start, middle, stop = _cut(start, stop, geodesic=geodesic_edges)
        step, bulge = stop - start, middle - (start + stop) / 2
        control = middle + bulge  # the Bezier control point: the hull with both ends contains the curve
        radius = np.max([np.linalg.norm(corner - middle, axis=1) for corner in (start, stop, control)], axis=0)
        levels = [_Level(middle, radius)]
        while len(levels[-1].radius) > 4 * BRANCHES:
            levels.append(_parents(levels[-1]))
        return cls(start, step, bulge, tuple(levels))

    def at(self, piece: Indices, t: Floats) -> Floats:
        """Return the ECEF points at parameters t in [0, 1] of pieces, shape (n, 3)."""
        t = t[:, None]
        position: Floats = self.start[piece] + t * self.step[piece] + 4 * t * (1 - t) * self.bulge[piece]
        return position

    @property
    def leaf(self) -> int:
        """The number of pieces in a leaf of `boxes`."""
        return _LEAF

    @cached_property
    def curves(self) -> Floats:
        """Start, step and bulge of each piece, shape (n, 9)."""
        return np.ascontiguousarray(np.hstack([self.start, self.step, self.bulge]))

    @cached_property
    def boxes(self) -> Floats:
        """A binary tree of boxes in heap order, shape (2 m - 1, 6): least x, y, z, greatest x, y, z.

        Node k contains the nodes 2 k + 1 and 2 k + 2; the last m nodes are leaves of `leaf` consecutive pieces each.
        """
        stop = self.start + self.step
        corners = np.stack([self.start, stop, (self.start + stop) / 2 + 2 * self.bulge])  # the hull contains the curve
        leaves = 1 << int(np.ceil(np.log2(max(1, -(-len(stop) // _LEAF)))))
        least, most = np.full((leaves * _LEAF, 3), np.inf), np.full((leaves * _LEAF, 3), -np.inf)
        least[: len(stop)], most[: len(stop)] = corners.min(axis=0), corners.max(axis=0)
        least, most = least.reshape(leaves, _LEAF, 3).min(axis=1), most.reshape(leaves, _LEAF, 3).max(axis=1)
        tree = [np.hstack([least, most])]
        while len(least) > 1:
            least, most = least.reshape(-1, 2, 3).min(axis=1), most.reshape(-1, 2, 3).max(axis=1)
            tree.append(np.hstack([least, most]))
        return np.ascontiguousarray(np.concatenate(tree[::-1]))


def count_pieces(line: shapely.MultiLineString, *, geodesic_edges: bool) -> int:
    """Count the pieces of a line without cutting it."""
    start, stop = _edges(line)
    return int(_counts(start, stop, geodesic=geodesic_edges).sum())


def _counts(start: Floats, stop: Floats, *, geodesic: bool) -> Indices:
    """Count the pieces of each edge."""
    if not geodesic:
        return _count_of_planar(start, stop)
    length = np.asarray(GEOD.inv(start[:, 0], start[:, 1], stop[:, 0], stop[:, 1])[2])
    count: Indices = np.maximum(1, np.ceil(length / _PIECE_M)).astype(np.int64)
    return count


def _edges(line: shapely.MultiLineString) -> tuple[Floats, Floats]:
    """Return both ends of each edge of positive length, shape (n, 2) each."""
    vertex, part = shapely.get_coordinates(shapely.get_parts(line), return_index=True)
    start, stop = vertex[:-1], vertex[1:]
    real = (part[:-1] == part[1:]) & (start != stop).any(axis=1)
    if not real.any():  # a line of zero length is a point
        return vertex[:1], vertex[:1]
    return start[real], stop[real]


def _cut(start: Floats, stop: Floats, *, geodesic: bool) -> tuple[Floats, Floats, Floats]:
    """Cut edges into pieces; return their start, middle and end in ECEF."""
    count = _counts(start, stop, geodesic=geodesic)
    if geodesic:
        azimuth, _, length = (np.asarray(v) for v in GEOD.inv(start[:, 0], start[:, 1], stop[:, 0], stop[:, 1]))
    edge = np.repeat(np.arange(len(start)), count)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)

    def at(t: Floats) -> Floats:
        if not geodesic:
            along = start[edge] + t[:, None] * (stop[edge] - start[edge])
            return to_ecef(along[:, 0], along[:, 1])
        lon, lat, _ = GEOD.fwd(start[edge, 0], start[edge, 1], azimuth[edge], t * length[edge])
        return to_ecef(np.asarray(lon), np.asarray(lat))

    return at(number / count[edge]), at((number + 0.5) / count[edge]), at((number + 1) / count[edge])


def _count_of_planar(start: Floats, stop: Floats) -> Indices:
    """Count the pieces of edges that are straight in longitude and latitude; near the poles these bend more."""
    turn = np.radians(np.abs(stop[:, 0] - start[:, 0]))
    nearest_equator = np.where(start[:, 1] * stop[:, 1] < 0, 0.0, np.abs([start[:, 1], stop[:, 1]]).min(axis=0))
    east = LARGEST_RADIUS_M * turn * np.cos(np.radians(nearest_equator))
    north = LARGEST_RADIUS_M * np.radians(np.abs(stop[:, 1] - start[:, 1]))
    length = np.hypot(east, north)
    bend = np.cbrt(length * turn**2 / _BEND_M)
    count: Indices = np.maximum(1, np.ceil(np.maximum(length / _PIECE_M, bend))).astype(np.int64)
    return count


def _parents(level: _Level) -> _Level:
    """Build the next level up: balls around the centre of the middle child."""
    first = np.arange(0, len(level.radius), BRANCHES)
    sizes = np.diff(np.append(first, len(level.radius)))
    centre = level.centre[first + sizes // 2]
    spread = np.linalg.norm(level.centre - np.repeat(centre, sizes, axis=0), axis=1) + level.radius
    return _Level(centre, np.maximum.reduceat(spread, first))

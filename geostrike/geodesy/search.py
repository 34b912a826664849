"""Nearest points with NumPy and Karney's inverse problem: for small inputs, and where numba is not available.

A tree of balls over consecutive pieces finds, by chords through the earth, the few pieces that can contain the nearest
point. A closed form drops those farther than its error, and for the others the geodesic inverse problem (Karney 2013,
by pyproj) is solved. It is valid at every distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geostrike.geodesy.ellipsoid import (
    GEOD,
    LARGEST_RADIUS_M,
    LEAST_RADIUS_M,
    SURE_M,
    closed_form_length,
    to_degrees,
    to_ecef,
)
from geostrike.geodesy.pieces import BRANCHES

if TYPE_CHECKING:
    import numpy.typing as npt

    from geostrike.geodesy.pieces import Pieces

    Floats = npt.NDArray[np.float64]
    Indices = npt.NDArray[np.int64]

__all__ = ["Nearest", "search", "search_roughly"]

_SURE_CHORD = 12.6e6  # beyond it, near the antipodes, Schur's bound is useless
_CHUNK = 2048
_CLOSED_FORM_M = 2.9e6  # of chord: well within SURE_M, so compared distances come from the same method
_FAR_M = 20_000.0  # nearer than this, the foot of the chord is the foot of the geodesic within 1e-6 m


@dataclass(frozen=True)
class Nearest:
    """For each point: distance in metres, the nearest point of the line and the azimuth towards it in degrees."""

    distance_m: Floats
    lon: Floats
    lat: Floats
    azimuth: Floats


def search(lon: Floats, lat: Floats, pieces: Pieces) -> Nearest:
    """Find the nearest point of the line to each point in degrees; all must be finite."""
    chunks = [slice(k, k + _CHUNK) for k in range(0, len(lon), _CHUNK)]
    found = [_search(lon[c], lat[c], pieces) for c in chunks]
    columns = zip(*((n.distance_m, n.lon, n.lat, n.azimuth) for n in found), strict=True)
    return Nearest(*(np.concatenate(column) for column in columns)) if found else Nearest(*np.empty((4, 0)))


def search_roughly(lon: Floats, lat: Floats, pieces: Pieces) -> Floats:
    """Measure the distance only, in metres, to 0.1 m, in a third of the time."""
    chunks = [slice(k, k + _CHUNK) for k in range(0, len(lon), _CHUNK)]
    found = [np.empty(0)]
    for chunk in chunks:
        point = to_ecef(lon[chunk], lat[chunk])
        # Up to SURE_M the feet of chord and geodesic are so close that the distance is the same.
        owner, _, _, shortest = _geodesic_feet(point, pieces, _candidates(point, pieces), farther_than=SURE_M)
        found.append(_least(owner, shortest, len(point)))
    return np.concatenate(found)


def _search(lon: Floats, lat: Floats, pieces: Pieces) -> Nearest:
    point = to_ecef(lon, lat)
    owner, piece, t, shortest = _geodesic_feet(point, pieces, _candidates(point, pieces))
    least = _least(owner, shortest, len(lon))[owner]
    close = shortest <= least + _doubt(least)
    owner = owner[close]
    foot_lon, foot_lat = to_degrees(pieces.at(piece[close], t[close]))
    azimuth, _, length = (np.asarray(v) for v in GEOD.inv(lon[owner], lat[owner], foot_lon, foot_lat))
    order = np.lexsort((length, owner))
    best = order[np.unique(owner[order], return_index=True)[1]]
    return Nearest(length[best], foot_lon[best], foot_lat[best], azimuth[best])


def _doubt(length: Floats) -> Floats:
    """Return by how many metres two distances may be in the wrong order; see `closed_form_length`."""
    return np.where(length <= SURE_M, 1e-6 + 6e-4 * (length / 1e6) ** 5, 1e-6)


def _candidates(point: Floats, pieces: Pieces) -> tuple[Indices, Indices, Floats, Floats]:
    """Return pairs of point and piece that can be nearest, with the foot of the chord on the piece and its length."""
    count = len(point)
    roots = len(pieces.levels[-1].radius)
    owner, node = np.repeat(np.arange(count), roots), np.tile(np.arange(roots), count)
    for depth in range(len(pieces.levels) - 1, -1, -1):
        level = pieces.levels[depth]
        chord = np.linalg.norm(point[owner] - level.centre[node], axis=1)
        keep = chord - level.radius[node] <= _reach(_least(owner, chord, count))[owner]
        owner, node = owner[keep], node[keep]
        if depth:
            owner = np.repeat(owner, BRANCHES)
            node = (node[:, None] * BRANCHES + np.arange(BRANCHES)).ravel()
            exists = node < len(pieces.levels[depth - 1].radius)
            owner, node = owner[exists], node[exists]
    t, chord = _chord_feet(point[owner], node, pieces)
    keep = chord <= _reach(_least(owner, chord, count))[owner]
    return owner[keep], node[keep], t[keep], chord[keep]


def _least(owner: Indices, value: Floats, count: int) -> Floats:
    """Return the least value of each owner; owners are sorted and all of 0 ... count - 1 occur."""
    least: Floats = np.minimum.reduceat(value, np.searchsorted(owner, np.arange(count)))
    return least


def _reach(chord: Floats) -> Floats:
    """Return the longest chord of a point that can be nearer by geodesic; see `geostrike.geodesy.nearest_point`."""
    half_angle = np.arcsin(np.minimum(chord / (2 * LEAST_RADIUS_M), 1.0))
    longest = 2 * LARGEST_RADIUS_M * np.sin(half_angle * LEAST_RADIUS_M / LARGEST_RADIUS_M)
    return np.where(chord < _SURE_CHORD, longest + 1e-6, np.inf)


def _chord_feet(point: Floats, piece: Indices, pieces: Pieces) -> tuple[Floats, Floats]:
    """Return parameter and chord of the point of each piece that is nearest through the earth."""
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
    point: Floats,
    pieces: Pieces,
    candidates: tuple[Indices, Indices, Floats, Floats],
    *,
    farther_than: float = _FAR_M,
) -> tuple[Indices, Indices, Floats, Floats]:
    """Return owner, piece, parameter and geodesic distance of each candidate's nearest point.

    Beyond `farther_than` metres, the foot of the chord is not the foot of the geodesic. The distance along a short
    piece is a parabola up to terms of third order; its minimum is found from three distances.
    """
    owner, piece, foot, chord = candidates
    t = foot.copy()

    def distance(rows: Indices, parameter: Floats) -> Floats:
        return _length(point[owner[rows]], pieces.at(piece[rows], parameter))

    shortest = distance(np.arange(len(owner)), t)
    # Along a piece the distance decreases by at most the length of the piece.
    longest_step = 1.001 * np.linalg.norm(pieces.step[piece], axis=1) + 1e-3
    hopeful = shortest - longest_step <= _least(owner, shortest, len(point))[owner]
    far = np.flatnonzero(hopeful & (chord > farther_than))
    if far.size:
        half = np.minimum(0.5, 200.0 / np.maximum(np.linalg.norm(pieces.step[piece[far]], axis=1), 1e-3))
        centre = np.clip(foot[far], half, 1 - half)
        before, here, after = (distance(far, centre + k * half) for k in (-1, 0, 1))
        bend = before + after - 2 * here
        lowest = np.where(bend > 0, centre + half * (before - after) / (2 * np.where(bend > 0, bend, 1.0)), foot[far])
        for parameter in (np.clip(lowest, 0.0, 1.0), np.zeros(far.size), np.ones(far.size)):
            length = distance(far, parameter)
            nearer = length < shortest[far]
            t[far[nearer]], shortest[far[nearer]] = parameter[nearer], length[nearer]
    return owner, piece, t, shortest


def _length(start: Floats, stop: Floats) -> Floats:
    """Return the geodesic distance of points: by the closed form where valid, else by the inverse problem."""
    beyond = np.linalg.norm(stop - start, axis=1) > _CLOSED_FORM_M
    if not beyond.any():
        return closed_form_length(start, stop)
    length = np.empty(len(start))
    length[~beyond] = closed_form_length(start[~beyond], stop[~beyond])
    length[beyond] = GEOD.inv(*to_degrees(start[beyond]), *to_degrees(stop[beyond]))[2]
    return length

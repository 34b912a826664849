"""Nearest points by a compiled search that solves no inverse problem: for many points.

numba compiles it on first use and caches the result next to this file, or in the user's cache if that is not writable.
It compiles the values of module constants in and detects changes of this file only: what may change elsewhere, such as
the size of a leaf, is an argument. All functions are inlined into one, `_search_all`: it loads at once, and its plain
loops over a block of points are vectorised.

For each point a binary tree of boxes (`Pieces.boxes`) leads to the pieces that can be nearest by geodesic, by the
bounds of `geostrike.geodesy.nearest_point` and a narrower one for pieces in nearly the same direction (`TURN`). The
geodesic distance follows from the chord c by

    s = 2/k asin(k c / 2)

where k is the curvature of the ellipsoid along the path, combined from its values at both ends and in the middle.
Compared with Karney's solution this is 5e-6 m off at 500 km and 2e-4 m at 1,000 km. Beyond `FAR_M` the distance to the
foot is therefore computed with Vincenty's solution (Survey Review 23, 1975). Beyond `SURE_M` the bounds of this search
are not valid: those points are searched by `geostrike.geodesy.search`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from geostrike.geodesy.ellipsoid import (
    ECCENTRICITY_2,
    EQUATOR_M,
    GEOD,
    LARGEST_RADIUS_M,
    LEAST_RADIUS_M,
    POLE_M,
    SURE_M,
)
from geostrike.geodesy.search import Nearest, search

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geostrike.geodesy.pieces import Pieces

    Floats = npt.NDArray[np.float64]

__all__ = ["BAND", "FAR_M", "SURE_M", "TURN", "compiled_search"]

FAR_M = 1.0e6

_E2, _F = ECCENTRICITY_2, GEOD.f
_EQUATOR_2, _POLE_2 = 1 / EQUATOR_M**2, 1 / POLE_M**2
# Of two points of the line with squared chords c2 and more than c2 (1 + b c2), the second is farther by geodesic, too.
# For b = BAND that follows from the first term of the series of both bounds; the factor covers the further terms up to
# SURE_M. If the two points are w apart, b = TURN w / sqrt(c2) is sufficient: k2 changes by at most twice the squared
# eccentricity times the angle between the two directions. Half as much again covers the further terms.
BAND = (1 / LEAST_RADIUS_M**2 - 1 / LARGEST_RADIUS_M**2) / 12 * 1.08
TURN = 3 * ECCENTRICITY_2 / LEAST_RADIUS_M**2 / 12 * 1.08
_TURN_2 = TURN**2
_NEAR_2 = 2e4**2  # nearer than this, the foot of the chord is the foot of the geodesic within 1e-6 m
_SAME_2 = 1e-12  # square of the distance of one vertex computed from two pieces
_STEP_M = 20.0  # to both sides of the foot of the chord, to find the foot of the geodesic
_DEPTH = 64  # of the stack; the tree is never deeper
_BLOCK = 256  # points prepared and finished together
_GRID = 256  # cells per direction, in which points are ordered

_OPTIONS: dict[str, Any] = {"nogil": True, "fastmath": {"contract", "nsz", "arcp"}, "error_model": "numpy"}
_COLUMN, _ROWS = numba.float64[::1], numba.float64[:, ::1]


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the compiled function; its machine code is cached where a folder is writable."""
    signature = numba.void(_COLUMN, _COLUMN, _ROWS, _ROWS, numba.int64, _ROWS)
    try:
        compiled: Callable[..., Any] = numba.njit(signature, cache=True, **_OPTIONS)(function)
    except RuntimeError:  # no folder is writable
        compiled = numba.njit(signature, **_OPTIONS)(function)
    return compiled


_inlined = numba.njit(forceinline=True, **_OPTIONS)


def compiled_search(lon: Floats, lat: Floats, pieces: Pieces) -> Nearest:
    """Find the nearest point of the line to each point in degrees; all must be finite."""
    lon, lat = (np.require(degrees, np.float64, ["C", "W"]) for degrees in (lon, lat))
    found = np.empty((4, len(lon)))
    _search_all(lon, lat, pieces.curves, pieces.boxes, pieces.leaf, found)
    unsure = np.flatnonzero(~(found[0] <= SURE_M))
    if unsure.size:
        again = search(lon[unsure], lat[unsure], pieces)
        found[:, unsure] = again.distance_m, again.lon, again.lat, again.azimuth
    return Nearest(*found)


@_inlined
def _order_by_cell(lon, lat):  # type: ignore[no-untyped-def]
    """Return the rows in the order of a space-filling curve through a grid, which keeps neighbours together."""
    cells = np.empty(lon.size, np.int64)
    firsts = np.zeros(_GRID * _GRID + 1, np.int64)  # of each cell, in the order
    west, south = lon.min(), lat.min()
    across = (_GRID - 1) / max(lon.max() - west, 1e-9)
    up = (_GRID - 1) / max(lat.max() - south, 1e-9)
    for i in range(lon.size):
        column, row = int((lon[i] - west) * across), int((lat[i] - south) * up)
        cells[i] = _spread(column) | _spread(row) << 1
        firsts[cells[i] + 1] += 1
    firsts = np.cumsum(firsts)
    order = np.empty(lon.size, np.int64)
    for i in range(lon.size):
        order[firsts[cells[i]]] = i
        firsts[cells[i]] += 1
    return order


@_inlined
def _spread(bits):  # type: ignore[no-untyped-def]
    """Insert a zero before each of the eight bits of a number."""
    bits = (bits | bits << 4) & 0x0F0F
    bits = (bits | bits << 2) & 0x3333
    return (bits | bits << 1) & 0x5555


@_inlined
def _to_ecef(lon, lat):  # type: ignore[no-untyped-def]
    """Convert a surface point from degrees to earth-centred metres."""
    (sin_lon, cos_lon), (sine, cosine) = _sine_cosine(lon), _sine_cosine(lat)
    cosine = max(cosine, 1e-16)  # so that a point at a pole still has its meridian
    normal = EQUATOR_M / math.sqrt(1 - _E2 * sine * sine)
    return normal * cosine * cos_lon, normal * cosine * sin_lon, normal * (1 - _E2) * sine


@_inlined
def _finish(block, count):  # type: ignore[no-untyped-def]
    """Put distance, longitude and latitude of the foot, and azimuth into rows 0 to 3 of a block.

    The rows are the points (0 to 2) and their feet (3 to 5) in earth-centred metres.
    """
    far = False
    for j in range(count):
        point, foot = (block[0, j], block[1, j], block[2, j]), (block[3, j], block[4, j], block[5, j])
        length = _geodesic_length(point, foot)
        block[6, j], block[7, j] = length, _azimuth(point, foot, length)
        far |= length > FAR_M
    if far:
        for j in range(count):
            point, foot = (block[0, j], block[1, j], block[2, j]), (block[3, j], block[4, j], block[5, j])
            length, azimuth = _vincenty(point, foot)
            is_far = block[6, j] > FAR_M
            block[7, j] = azimuth if is_far else block[7, j]
            block[6, j] = length if is_far else block[6, j]
    for j in range(count):
        x, y, z = block[3, j], block[4, j], block[5, j]
        block[0, j], block[3, j] = block[6, j], block[7, j]
        block[1, j] = math.degrees(_arc_tangent(y, x))
        block[2, j] = math.degrees(_arc_tangent(z / (1 - _E2), math.sqrt(x * x + y * y)))


@_inlined
def _find_piece(point, curves, boxes, leaf, first_guess, stack, gaps):  # type: ignore[no-untyped-def]
    """Return the piece nearest by geodesic, the parameter of the foot of its chord, and the squared chord."""
    leaves = (boxes.shape[0] + 1) // 2
    t, chord2 = _chord_foot(curves, first_guess, point)
    best = first_guess, t, chord2, -1.0, _position(curves, first_guess, t)
    top, node, gap = 0, 0, _gap2(boxes, 0, point)
    while True:
        if _can_contain(boxes, node, gap, best[2], best[4]):
            if node < leaves - 1:
                near, far = 2 * node + 1, 2 * node + 2
                gap, far_gap = _gap2(boxes, near, point), _gap2(boxes, far, point)
                if far_gap < gap:
                    near, far, gap, far_gap = far, near, far_gap, gap
                if far_gap <= _reach2(best[2]):
                    stack[top], gaps[top] = far, far_gap
                    top += 1
                node = near
                continue
            first = (node - leaves + 1) * leaf
            for k in range(first, min(first + leaf, curves.shape[0])):
                best = _nearer_piece(point, curves, k, best)
        if top == 0:
            return best[0], best[1], best[2]
        top -= 1
        node, gap = stack[top], gaps[top]


@_inlined
def _reach2(chord2):  # type: ignore[no-untyped-def]
    """Return the squared chord beyond which every point of the line is farther by geodesic."""
    return chord2 * (1 + BAND * chord2)


@_inlined
def _can_contain(boxes, node, gap, chord2, foot):  # type: ignore[no-untyped-def]
    """Return whether a point in a box with this squared gap can be nearer than the best foot, by both bounds."""
    if gap <= chord2:
        return True
    if gap > _reach2(chord2):
        return False
    x, y, z = foot
    dx = max(x - boxes[node, 0], boxes[node, 3] - x)
    dy = max(y - boxes[node, 1], boxes[node, 4] - y)
    dz = max(z - boxes[node, 2], boxes[node, 5] - z)
    return (gap - chord2) ** 2 <= _TURN_2 * chord2**3 * (dx * dx + dy * dy + dz * dz)


@_inlined
def _nearer_piece(point, curves, k, best):  # type: ignore[no-untyped-def]
    """Return the nearer of piece k and the best one: piece, parameter, squared chord, distance and foot.

    The distance is computed only where two pieces are too close to call by their chords, and negative otherwise.
    """
    piece, best_t, best_chord2, best_length, best_foot = best
    if k == piece or _is_beyond(curves, k, point, _reach2(best_chord2)):
        return best
    t, chord2 = _chord_foot(curves, k, point)
    foot = _position(curves, k, t)
    apart2, excess = _distance2(foot, best_foot), chord2 - best_chord2
    if apart2 < _SAME_2:
        return best
    if excess * excess > _TURN_2 * best_chord2**3 * apart2 or excess > BAND * best_chord2 * best_chord2:
        return best if excess > 0 else (k, t, chord2, -1.0, foot)
    if best_length < 0:
        best_length = _geodesic_length(point, best_foot)
    length = _geodesic_length(point, foot)
    if length < best_length:
        return k, t, chord2, length, foot
    return piece, best_t, best_chord2, best_length, best_foot


@_inlined
def _is_beyond(curves, k, point, reach2):  # type: ignore[no-untyped-def]
    """Return whether piece k is farther than the root of `reach2`, by the chord between its ends and its bulge b.

    Nothing of the piece is farther from that line than b, and (a + b)^2 <= a^2 (1 + e) + b^2 (1 + 1/e) for any e > 0.
    """
    ax, ay, az = point[0] - curves[k, 0], point[1] - curves[k, 1], point[2] - curves[k, 2]
    dx, dy, dz = curves[k, 3], curves[k, 4], curves[k, 5]
    square = dx * dx + dy * dy + dz * dz
    t = min(1.0, max(0.0, (ax * dx + ay * dy + az * dz) / square)) if square > 0 else 0.0
    rx, ry, rz = ax - t * dx, ay - t * dy, az - t * dz
    bulge2 = curves[k, 6] ** 2 + curves[k, 7] ** 2 + curves[k, 8] ** 2
    return rx * rx + ry * ry + rz * rz > reach2 * (1 + 1e-6) + bulge2 * (1 + 1e6)


@_inlined
def _geodesic_foot(point, curves, piece, t, chord2):  # type: ignore[no-untyped-def]
    """Return piece and parameter of the foot of the geodesic, which may be just beyond the end of the piece."""
    if chord2 <= _NEAR_2 or ((t <= 0 or t >= 1) and _is_corner(point, curves, piece, t)):
        return piece, t
    length = _length_to(point, curves, piece, t)
    t, length = _lowest(point, curves, piece, t, length)
    other = piece - 1 if t <= 0 else piece + 1 if t >= 1 else piece
    if other == piece or not _joined(curves, piece, other):
        return piece, t
    start = 1.0 if other < piece else 0.0
    other_t, other_length = _lowest(point, curves, other, start, length)
    if other_length < length:
        return other, other_t
    return piece, t


@_inlined
def _is_corner(point, curves, k, t):  # type: ignore[no-untyped-def]
    """Return whether the path to an end of a piece is far from perpendicular, so that the end is nearest anyway."""
    x, y, z = _position(curves, k, t)
    v = 4 * (1 - 2 * t)
    cx, cy, cz = curves[k, 3] + v * curves[k, 6], curves[k, 4] + v * curves[k, 7], curves[k, 5] + v * curves[k, 8]
    rx, ry, rz = point[0] - x, point[1] - y, point[2] - z
    along = rx * cx + ry * cy + rz * cz
    return along * along > 1e-6 * (rx * rx + ry * ry + rz * rz) * (cx * cx + cy * cy + cz * cz)


@_inlined
def _joined(curves, k, other):  # type: ignore[no-untyped-def]
    """Return whether two consecutive pieces meet."""
    first, second = min(k, other), max(k, other)
    if first < 0 or second >= curves.shape[0]:
        return False
    return _distance2(_position(curves, first, 1.0), _position(curves, second, 0.0)) < 1e-6


@numba.njit(**_OPTIONS)  # too large, and called too rarely, to be inlined
def _lowest(point, curves, piece, t, length):  # type: ignore[no-untyped-def]
    """Take one step from t on the parabola through three distances, within the piece."""
    extent = math.sqrt(curves[piece, 3] ** 2 + curves[piece, 4] ** 2 + curves[piece, 5] ** 2)
    if extent < 1.0:
        return t, length
    h = min(_STEP_M / extent, 0.5)
    centre = min(1 - h, max(h, t))
    here = length if centre == t else _length_to(point, curves, piece, centre)
    before = _length_to(point, curves, piece, centre - h)
    after = _length_to(point, curves, piece, centre + h)
    bend = before + after - 2 * here
    if bend <= 0:
        return t, length
    lowest = min(1.0, max(0.0, centre + h * (before - after) / (2 * bend)))
    return lowest, _length_to(point, curves, piece, lowest)


@_inlined
def _chord_foot(curves, k, point):  # type: ignore[no-untyped-def]
    """Return the parameter of the point of piece k nearest through the earth, and the squared chord."""
    ax, ay, az = point[0] - curves[k, 0], point[1] - curves[k, 1], point[2] - curves[k, 2]
    dx, dy, dz = curves[k, 3], curves[k, 4], curves[k, 5]
    qx, qy, qz = curves[k, 6], curves[k, 7], curves[k, 8]
    square = dx * dx + dy * dy + dz * dz
    t = min(1.0, max(0.0, (ax * dx + ay * dy + az * dz) / square)) if square > 0 else 0.0
    for _ in range(2):  # Newton on (point - curve) . tangent
        u, v = 4 * t * (1 - t), 4 * (1 - 2 * t)
        cx, cy, cz = dx + v * qx, dy + v * qy, dz + v * qz
        rx, ry, rz = ax - t * dx - u * qx, ay - t * dy - u * qy, az - t * dz - u * qz
        slope = cx * cx + cy * cy + cz * cz + 8 * (rx * qx + ry * qy + rz * qz)
        if slope <= 0:
            break
        t = min(1.0, max(0.0, t + (rx * cx + ry * cy + rz * cz) / slope))
    u = 4 * t * (1 - t)
    rx, ry, rz = ax - t * dx - u * qx, ay - t * dy - u * qy, az - t * dz - u * qz
    return t, rx * rx + ry * ry + rz * rz


@_inlined
def _position(curves, k, t):  # type: ignore[no-untyped-def]
    """Return the point at parameter t of piece k."""
    u = 4 * t * (1 - t)
    return (
        curves[k, 0] + t * curves[k, 3] + u * curves[k, 6],
        curves[k, 1] + t * curves[k, 4] + u * curves[k, 7],
        curves[k, 2] + t * curves[k, 5] + u * curves[k, 8],
    )


@_inlined
def _distance2(first, second):  # type: ignore[no-untyped-def]
    """Return the squared chord of two points."""
    return (first[0] - second[0]) ** 2 + (first[1] - second[1]) ** 2 + (first[2] - second[2]) ** 2


@_inlined
def _gap2(boxes, k, point):  # type: ignore[no-untyped-def]
    """Return the squared distance from a point to box k; 0 inside."""
    dx = max(boxes[k, 0] - point[0], point[0] - boxes[k, 3], 0.0)
    dy = max(boxes[k, 1] - point[1], point[1] - boxes[k, 4], 0.0)
    dz = max(boxes[k, 2] - point[2], point[2] - boxes[k, 5], 0.0)
    return dx * dx + dy * dy + dz * dz


@_inlined
def _length_to(point, curves, k, t):  # type: ignore[no-untyped-def]
    """Return the geodesic distance from a point to parameter t of piece k."""
    return _geodesic_length(point, _position(curves, k, t))


@_inlined
def _geodesic_length(point, foot):  # type: ignore[no-untyped-def]
    """Return the geodesic distance of two surface points, from their chord and the curvature along the path."""
    (x, y, z), (X, Y, Z) = point, foot  # noqa: N806 - capital: on the line; small: the point
    way = X - x, Y - y, Z - z
    mx, my, mz = x + X, y + Y, z + Z
    lift = 1 / math.sqrt((mx * mx + my * my) * _EQUATOR_2 + mz * mz * _POLE_2)  # projects the middle onto the surface
    middle = _curvature((mx * lift, my * lift, mz * lift), way)
    start, stop = _curvature(point, way), _curvature(foot, way)
    k2 = middle * middle + middle * (start + stop - 2 * middle) * 0.2 + (stop - start) ** 2 / 60
    chord2 = _distance2(point, foot)
    q = k2 * chord2 * 0.25 if chord2 > 1.0 else 0.0  # the square of k c / 2
    series = 1 / 6 + q * (
        3 / 40 + q * (5 / 112 + q * (35 / 1152 + q * (63 / 2816 + q * (231 / 13312 + q * 143 / 10240))))
    )
    return math.sqrt(chord2) * (1 + q * series)  # asin


@_inlined
def _curvature(place, way):  # type: ignore[no-untyped-def]
    """Return the normal curvature of the ellipsoid at a surface point in the direction of a vector."""
    gx, gy, gz = place[0] * _EQUATOR_2, place[1] * _EQUATOR_2, place[2] * _POLE_2  # half the gradient: the normal
    g2 = gx * gx + gy * gy + gz * gz
    p = (way[0] * gx + way[1] * gy + way[2] * gz) / g2
    tx, ty, tz = way[0] - p * gx, way[1] - p * gy, way[2] - p * gz
    across, up = tx * tx + ty * ty, tz * tz
    return (across * _EQUATOR_2 + up * _POLE_2) / ((across + up) * math.sqrt(g2))


@_inlined
def _azimuth(point, foot, length):  # type: ignore[no-untyped-def]
    """Return the azimuth in degrees from the point to the foot: of the normal section, corrected to the geodesic."""
    x, y, z = point
    dx, dy, dz = foot[0] - x, foot[1] - y, foot[2] - z
    p, up = math.sqrt(x * x + y * y), z / (1 - _E2)
    r = math.sqrt(p * p + up * up)
    sine, cosine = up / r, p / r
    east = (x * dy - y * dx) / p
    north = cosine * dz - sine * (x * dx + y * dy) / p
    square = east * east + north * north
    sine_of_double = 2 * east * north / square if square > 0 else 0.0
    bend = _E2 / 12 * (length / EQUATOR_M) ** 2 * cosine * cosine * sine_of_double
    return math.degrees(_arc_tangent(east, north) - bend)


@_inlined
def _vincenty(point, foot):  # type: ignore[no-untyped-def]
    """Return geodesic distance and azimuth in degrees by Vincenty's series; not for points near the antipodes."""
    (x, y, z), (X, Y, Z) = point, foot  # noqa: N806
    p, P = math.sqrt(x * x + y * y), math.sqrt(X * X + Y * Y)  # noqa: N806
    sin_u, cos_u = z / POLE_M, p / EQUATOR_M  # of the reduced latitudes
    sin_v, cos_v = Z / POLE_M, P / EQUATOR_M
    sin_l, cos_l = (x * Y - y * X) / (p * P), (x * X + y * Y) / (p * P)  # of the difference in longitude
    turn = last = 0.0  # added to it on the auxiliary sphere
    for _ in range(3):  # the third leaves an error of 1e-11
        last = turn
        sin_t, cos_t = turn * (1 - turn * turn / 6), 1 - turn * turn * (0.5 - turn * turn / 24)
        sine, cosine = sin_l * cos_t + cos_l * sin_t, cos_l * cos_t - sin_l * sin_t
        east, north = cos_v * sine, cos_u * sin_v - sin_u * cos_v * cosine
        sin_s, cos_s = math.sqrt(east * east + north * north), sin_u * sin_v + cos_u * cos_v * cosine
        s = _arc_tangent(sin_s, cos_s)
        sin_a = cos_u * cos_v * sine / sin_s if sin_s > 0 else 0.0
        cos2_a = 1 - sin_a * sin_a
        cos_2m = cos_s - 2 * sin_u * sin_v / cos2_a if cos2_a > 0 else 0.0
        c = _F / 16 * cos2_a * (4 + _F * (4 - 3 * cos2_a))
        turn = (1 - c) * _F * sin_a * (s + c * sin_s * (cos_2m + c * cos_s * (2 * cos_2m * cos_2m - 1)))
    s += sin_a * (turn - last)
    w = cos2_a * (EQUATOR_M**2 / POLE_M**2 - 1)
    a = 1 + w / 16384 * (4096 + w * (-768 + w * (320 - 175 * w)))
    b = w / 1024 * (256 + w * (-128 + w * (74 - 47 * w)))
    square = 2 * cos_2m * cos_2m - 1
    third = b / 6 * cos_2m * (4 * sin_s * sin_s - 3) * (4 * cos_2m * cos_2m - 3)
    change = b * sin_s * (cos_2m + b / 4 * (cos_s * square - third))
    return POLE_M * a * (s - change), math.degrees(_arc_tangent(east, north))


# Sine, cosine and arc tangent are written out, after Moshier's Cephes library, because calls into the system library
# are not vectorised; they agree with it to 1e-15.


@_inlined
def _sine_cosine(degrees):  # type: ignore[no-untyped-def]
    """Return sine and cosine of an angle in degrees."""
    quarters = math.floor(degrees / 90 + 0.5)
    a = math.radians(degrees - 90 * quarters)  # within 45 degrees, the range of the series
    z = a * a
    s = 2.75573136213857245213e-6 + z * (-2.50507477628578072866e-8 + z * 1.58962301576546568060e-10)
    s = 8.33333333332211858878e-3 + z * (-1.98412698295895385996e-4 + z * s)
    s = a + a * z * (-1.66666666666666307295e-1 + z * s)
    c = -2.75573141792967388112e-7 + z * (2.08757008419747316778e-9 - z * 1.13585365213876817300e-11)
    c = -1.38888888888730564116e-3 + z * (2.48015872888517045348e-5 + z * c)
    c = 1 - 0.5 * z + z * z * (4.16666666666665929218e-2 + z * c)
    quarter = quarters - 4 * math.floor(quarters / 4)
    odd = (quarter == 1) | (quarter == 3)
    sine, cosine = c if odd else s, s if odd else c
    return -sine if quarter >= 2 else sine, -cosine if (quarter == 1) | (quarter == 2) else cosine


@_inlined
def _arc_tangent(y, x):  # type: ignore[no-untyped-def]
    """Return the angle in radians of a direction, like atan2."""
    most, least = max(abs(y), abs(x)), min(abs(y), abs(x))
    ratio = least / most if most > 0 else 0.0
    steep = ratio > 0.41421356237309503  # the tangent of 22.5 degrees; beyond, the difference from 45 is computed
    t = (least - most) / (least + most) if steep else ratio
    z = t * t
    p = -1.228866684490136173410e2 + z * (
        -7.500855792314704667340e1 + z * (-1.615753718733365076637e1 - z * 8.750608600031904122785e-1)
    )
    p = -6.485021904942025371773e1 + z * p
    q = 4.328810604912902668951e2 + z * (1.650270098316988542046e2 + z * (2.485846490142306297962e1 + z))
    q = 1.945506571482613964425e2 + z * (4.853903996359136964868e2 + z * q)
    angle = t + t * (z * p / q)
    angle = angle + math.pi / 4 if steep else angle
    angle = math.pi / 2 - angle if abs(y) > abs(x) else angle
    angle = math.pi - angle if x < 0 else angle
    return -angle if y < 0 else angle


@_compiled
def _search_all(lon, lat, curves, boxes, leaf, found):  # type: ignore[no-untyped-def]
    """Fill distance, longitude and latitude of the foot, and azimuth: the rows of `found`, one column a point.

    Points are taken block by block, neighbours after each other: the nearest piece of one is the first guess for the
    next.
    """
    stack, gaps = np.empty(_DEPTH, np.int64), np.empty(_DEPTH)
    block = np.empty((8, _BLOCK))
    piece = 0
    order = _order_by_cell(lon, lat) if lon.size else np.empty(0, np.int64)
    for start in range(0, lon.size, _BLOCK):
        rows = order[start : start + _BLOCK]
        for j in range(rows.size):
            block[0, j], block[1, j], block[2, j] = _to_ecef(lon[rows[j]], lat[rows[j]])
        for j in range(rows.size):
            point = block[0, j], block[1, j], block[2, j]
            piece, t, chord2 = _find_piece(point, curves, boxes, leaf, piece, stack, gaps)
            piece, t = _geodesic_foot(point, curves, piece, t, chord2)
            block[3, j], block[4, j], block[5, j] = _position(curves, piece, t)
        _finish(block, rows.size)
        for j in range(rows.size):
            for column in range(4):
                found[column, rows[j]] = block[column, j]

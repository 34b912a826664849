"""The nearest points by a compiled search that solves no inverse problem: for many points.

numba compiles it at the first use and keeps the result beside this file, or in the user's cache where that cannot be
written. It compiles the values of module constants in and notices changes of this file only: what may change elsewhere,
such as the size of a leaf, is an argument.

For each point a binary tree of boxes (`Pieces.boxes`) leads to the pieces that can be nearest by geodesic, by the
bounds that the package's text states, and the geodesic distance follows from the chord c by

    s = 2/k asin(k c / 2)

where k is the curvature of the ellipsoid along the way, put together from its values at both ends and in the middle.
Against Karney's solution this is 5e-6 m off at 500 km and 2e-4 m at 1,000 km. Farther than `FAR_M` the distance to the
foot that was found is therefore taken from Vincenty's solution (Survey Review 23, 1975), and farther than `SURE_M` the
bounds of this search no longer hold: those points are searched by `geostrike.nearest.search`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from geostrike.nearest.ellipsoid import ECCENTRICITY_2, EQUATOR_M, GEOD, LARGEST_RADIUS_M, LEAST_RADIUS_M, POLE_M
from geostrike.nearest.search import Nearest, search

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geostrike.nearest.pieces import Pieces

    Floats = npt.NDArray[np.float64]

__all__ = ["FAR_M", "SURE_M", "compiled_search"]

FAR_M = 1.0e6
SURE_M = 3.0e6

_E2, _F = ECCENTRICITY_2, GEOD.f
_EQUATOR_2, _POLE_2 = 1 / EQUATOR_M**2, 1 / POLE_M**2
# Of two points of the line whose squared chords are c2 and more than c2 (1 + _BAND c2), the second is farther by
# geodesic, too: the first term of the series of both bounds; the factor covers its further terms up to SURE_M.
_BAND = (1 / LEAST_RADIUS_M**2 - 1 / LARGEST_RADIUS_M**2) / 12 * 1.08
_NEAR_M = 2e4  # nearer than this, the foot of the chord is the foot of the geodesic within 1e-6 m
_STEP_M = 20.0  # from the foot of the chord, to either side, to find the foot of the geodesic
_DEPTH = 64  # of the stack: the tree is never deeper


def _jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """The compiled function; its machine code is kept where there is a folder to write it to."""
    options: dict[str, Any] = {"nogil": True, "fastmath": {"contract", "nsz", "arcp"}, "error_model": "numpy"}
    try:
        compiled: Callable[..., Any] = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # no folder can be written
        compiled = numba.njit(**options)(function)
    return compiled


def compiled_search(lon: Floats, lat: Floats, pieces: Pieces) -> Nearest:
    """The nearest point of the line for each point in degrees; all must be finite."""
    lon, lat = np.ascontiguousarray(lon), np.ascontiguousarray(lat)
    found = Nearest(*(np.empty(len(lon)) for _ in range(4)))
    order = np.argsort(_cells(lon, lat), kind="stable")
    columns = (found.distance_m, found.lon, found.lat, found.azimuth)
    _nearest(lon, lat, order, pieces.curves, pieces.boxes, pieces.leaf, *columns)
    unsure = np.flatnonzero(~(found.distance_m <= SURE_M))
    if unsure.size:
        again = search(lon[unsure], lat[unsure], pieces)
        found.distance_m[unsure], found.azimuth[unsure] = again.distance_m, again.azimuth
        found.lon[unsure], found.lat[unsure] = again.lon, again.lat
    return found


@_jit
def _cells(lon, lat):  # type: ignore[no-untyped-def]
    """For each point the number of its cell in a grid over all of them, on a curve that keeps neighbours together."""
    cells = np.empty(lon.size, np.uint16)
    if lon.size == 0:
        return cells
    west, south = lon.min(), lat.min()
    across = 255 / max(lon.max() - west, 1e-9)
    up = 255 / max(lat.max() - south, 1e-9)
    for i in range(lon.size):
        column, row = np.uint32((lon[i] - west) * across), np.uint32((lat[i] - south) * up)
        cell = np.uint32(0)
        for bit in range(8):
            cell |= ((column >> bit) & 1) << (2 * bit) | ((row >> bit) & 1) << (2 * bit + 1)
        cells[i] = cell
    return cells


@_jit
def _nearest(  # type: ignore[no-untyped-def]
    lon, lat, order, curves, boxes, leaf, distance, foot_lon, foot_lat, azimuth
):
    """Fill distance, foot and azimuth of every point, in the order given: neighbours after each other.

    The nearest piece of one point is the first guess for the next.
    """
    stack = np.empty(_DEPTH, np.int64)
    gaps = np.empty(_DEPTH)
    piece = 0
    for i in order:
        x, y, z = _to_ecef(lon[i], lat[i])
        piece, t, length = _find_piece(x, y, z, curves, boxes, leaf, piece, stack, gaps)
        piece, t, length = _geodesic_foot(x, y, z, curves, piece, t, length)
        X, Y, Z = _position(curves, piece, t)  # noqa: N806 - capital: on the line; small: the point
        distance[i] = length
        foot_lon[i] = math.degrees(math.atan2(Y, X))
        foot_lat[i] = math.degrees(math.atan2(Z / (1 - _E2), math.sqrt(X * X + Y * Y)))
        if length > FAR_M:
            distance[i], azimuth[i] = _vincenty(x, y, z, X, Y, Z)
        else:
            azimuth[i] = _azimuth(x, y, z, X, Y, Z, length)


@_jit
def _find_piece(x, y, z, curves, boxes, leaf, best, stack, gaps):  # type: ignore[no-untyped-def]
    """The piece that is nearest by geodesic, the parameter of its foot, and the distance."""
    leaves = (boxes.shape[0] + 1) // 2
    best_t, best_chord2 = _chord_foot(curves, best, x, y, z)
    best_length = -1.0  # computed only when two pieces are too close to call by their chords
    reach = best_chord2 * (1 + _BAND * best_chord2)
    top, node, gap = 0, 0, _gap2(boxes, 0, x, y, z)
    while True:
        if gap <= reach:
            if node < leaves - 1:
                near, far = 2 * node + 1, 2 * node + 2
                gap, far_gap = _gap2(boxes, near, x, y, z), _gap2(boxes, far, x, y, z)
                if far_gap < gap:
                    near, far, gap, far_gap = far, near, far_gap, gap
                if far_gap <= reach:
                    stack[top], gaps[top] = far, far_gap
                    top += 1
                node = near
                continue
            first = (node - leaves + 1) * leaf
            for k in range(first, min(first + leaf, curves.shape[0])):
                best, best_t, best_chord2, best_length = _nearer_piece(
                    x, y, z, curves, k, best, best_t, best_chord2, best_length
                )
            reach = best_chord2 * (1 + _BAND * best_chord2)
        if top == 0:
            break
        top -= 1
        node, gap = stack[top], gaps[top]
    if best_length < 0:
        best_length = _length_to(curves, best, best_t, x, y, z)
    return best, best_t, best_length


@_jit
def _nearer_piece(x, y, z, curves, k, best, best_t, best_chord2, best_length):  # type: ignore[no-untyped-def]
    """Piece, parameter, squared chord and distance of piece k if it is nearer than the best one, else of that."""
    reach = best_chord2 * (1 + _BAND * best_chord2)
    if k == best or _is_beyond(curves, k, x, y, z, reach):
        return best, best_t, best_chord2, best_length
    t, chord2 = _chord_foot(curves, k, x, y, z)
    if chord2 > reach:
        return best, best_t, best_chord2, best_length
    if chord2 * (1 + _BAND * chord2) < best_chord2:
        return k, t, chord2, -1.0
    if best_length < 0:
        best_length = _length_to(curves, best, best_t, x, y, z)
    length = _length_to(curves, k, t, x, y, z)
    if length < best_length:
        return k, t, chord2, length
    return best, best_t, best_chord2, best_length


@_jit
def _is_beyond(curves, k, x, y, z, reach):  # type: ignore[no-untyped-def]
    """Whether piece k is farther than the root of `reach`, by the straight line between its ends and its bulge b.

    Nothing of the piece is farther from that line than b, and (a + b)^2 <= a^2 (1 + e) + b^2 (1 + 1/e) for any e > 0.
    """
    ax, ay, az = x - curves[k, 0], y - curves[k, 1], z - curves[k, 2]
    dx, dy, dz = curves[k, 3], curves[k, 4], curves[k, 5]
    square = dx * dx + dy * dy + dz * dz
    t = min(1.0, max(0.0, (ax * dx + ay * dy + az * dz) / square)) if square > 0 else 0.0
    rx, ry, rz = ax - t * dx, ay - t * dy, az - t * dz
    bulge2 = curves[k, 6] ** 2 + curves[k, 7] ** 2 + curves[k, 8] ** 2
    return rx * rx + ry * ry + rz * rz > reach * (1 + 1e-6) + bulge2 * (1 + 1e6)


@_jit
def _geodesic_foot(x, y, z, curves, piece, t, length):  # type: ignore[no-untyped-def]
    """From the foot of the chord to that of the geodesic, which may lie just beyond the end of the piece."""
    if length <= _NEAR_M or ((t <= 0 or t >= 1) and _is_corner(x, y, z, curves, piece, t)):
        return piece, t, length
    t, length = _lowest(x, y, z, curves, piece, t, length)
    other = piece - 1 if t <= 0 else piece + 1 if t >= 1 else piece
    if other == piece or not _joined(curves, piece, other):
        return piece, t, length
    start = 1.0 if other < piece else 0.0
    other_t, other_length = _lowest(x, y, z, curves, other, start, length)
    if other_length < length:
        return other, other_t, other_length
    return piece, t, length


@_jit
def _is_corner(x, y, z, curves, k, t):  # type: ignore[no-untyped-def]
    """Whether the way to an end of a piece is far from square to it, so that the end is nearest by any measure."""
    X, Y, Z = _position(curves, k, t)  # noqa: N806
    v = 4 * (1 - 2 * t)
    cx, cy, cz = curves[k, 3] + v * curves[k, 6], curves[k, 4] + v * curves[k, 7], curves[k, 5] + v * curves[k, 8]
    rx, ry, rz = x - X, y - Y, z - Z
    along = rx * cx + ry * cy + rz * cz
    return along * along > 1e-6 * (rx * rx + ry * ry + rz * rz) * (cx * cx + cy * cy + cz * cz)


@_jit
def _joined(curves, k, other):  # type: ignore[no-untyped-def]
    """Whether two neighbours in the order of the pieces meet."""
    first, second = min(k, other), max(k, other)
    if first < 0 or second >= curves.shape[0]:
        return False
    gap = 0.0
    for axis in range(3):
        gap += (curves[first, axis] + curves[first, axis + 3] - curves[second, axis]) ** 2
    return gap < 1e-6


@_jit
def _lowest(x, y, z, curves, piece, t, length):  # type: ignore[no-untyped-def]
    """One step from t on the parabola through three distances, within the piece."""
    extent = math.sqrt(curves[piece, 3] ** 2 + curves[piece, 4] ** 2 + curves[piece, 5] ** 2)
    if extent < 1.0:
        return t, length
    h = min(_STEP_M / extent, 0.5)
    centre = min(1 - h, max(h, t))
    here = length if centre == t else _length_to(curves, piece, centre, x, y, z)
    before = _length_to(curves, piece, centre - h, x, y, z)
    after = _length_to(curves, piece, centre + h, x, y, z)
    bend = before + after - 2 * here
    if bend <= 0:
        return t, length
    lowest = min(1.0, max(0.0, centre + h * (before - after) / (2 * bend)))
    return lowest, _length_to(curves, piece, lowest, x, y, z)


@_jit
def _chord_foot(curves, k, x, y, z):  # type: ignore[no-untyped-def]
    """The parameter of the point of piece k that is nearest through the earth, and the squared chord."""
    ax, ay, az = x - curves[k, 0], y - curves[k, 1], z - curves[k, 2]
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


@_jit
def _position(curves, k, t):  # type: ignore[no-untyped-def]
    """The point at parameter t of piece k."""
    u = 4 * t * (1 - t)
    return (
        curves[k, 0] + t * curves[k, 3] + u * curves[k, 6],
        curves[k, 1] + t * curves[k, 4] + u * curves[k, 7],
        curves[k, 2] + t * curves[k, 5] + u * curves[k, 8],
    )


@_jit
def _gap2(boxes, k, x, y, z):  # type: ignore[no-untyped-def]
    """The squared distance from a point to box k; 0 inside."""
    dx = max(boxes[k, 0] - x, x - boxes[k, 3], 0.0)
    dy = max(boxes[k, 1] - y, y - boxes[k, 4], 0.0)
    dz = max(boxes[k, 2] - z, z - boxes[k, 5], 0.0)
    return dx * dx + dy * dy + dz * dz


@_jit
def _length_to(curves, k, t, x, y, z):  # type: ignore[no-untyped-def]
    """The geodesic distance from a point to parameter t of piece k."""
    X, Y, Z = _position(curves, k, t)  # noqa: N806
    return _geodesic_length(x, y, z, X, Y, Z)


@_jit
def _geodesic_length(x, y, z, X, Y, Z):  # type: ignore[no-untyped-def] # noqa: N803
    """The geodesic distance of two points of the surface, from their chord and the curvature along the way."""
    dx, dy, dz = X - x, Y - y, Z - z
    chord = math.sqrt(dx * dx + dy * dy + dz * dz)
    if chord < 1.0:
        return chord
    mx, my, mz = x + X, y + Y, z + Z
    lift = 1 / math.sqrt((mx * mx + my * my) * _EQUATOR_2 + mz * mz * _POLE_2)  # puts the middle on the surface
    k = _curvature(mx * lift, my * lift, mz * lift, dx, dy, dz)
    if chord > 3e4:
        start, stop = _curvature(x, y, z, dx, dy, dz), _curvature(X, Y, Z, dx, dy, dz)
        k = math.sqrt(k * k + k * (start + stop - 2 * k) * 0.2 + (stop - start) ** 2 / 60)
    q = k * chord * 0.5
    if q < 0.05:
        q2 = q * q
        return chord * (1 + q2 * (1 / 6 + q2 * (3 / 40 + q2 * (15 / 336 + q2 * (105 / 3456)))))
    return 2 / k * math.asin(min(q, 1.0))


@_jit
def _curvature(x, y, z, ux, uy, uz):  # type: ignore[no-untyped-def]
    """The normal curvature of the ellipsoid at a point of its surface in the direction u, as seen from above."""
    gx, gy, gz = x * _EQUATOR_2, y * _EQUATOR_2, z * _POLE_2  # half the gradient: along the normal
    g2 = gx * gx + gy * gy + gz * gz
    p = (ux * gx + uy * gy + uz * gz) / g2
    tx, ty, tz = ux - p * gx, uy - p * gy, uz - p * gz
    across, up = tx * tx + ty * ty, tz * tz
    return (across * _EQUATOR_2 + up * _POLE_2) / ((across + up) * math.sqrt(g2))


@_jit
def _azimuth(x, y, z, X, Y, Z, length):  # type: ignore[no-untyped-def] # noqa: N803
    """Degrees from north at the point towards the foot: that of the normal section, corrected to the geodesic."""
    dx, dy, dz = X - x, Y - y, Z - z
    p, up = math.sqrt(x * x + y * y), z / (1 - _E2)
    if p > 0:
        r = math.sqrt(p * p + up * up)
        sine, cosine = up / r, p / r
        east = (x * dy - y * dx) / p
        north = cosine * dz - sine * (x * dx + y * dy) / p
    else:
        cosine, east, north = 0.0, dy, -math.copysign(1.0, z) * dx
    angle = math.atan2(east, north)
    angle -= _E2 / 12 * (length / EQUATOR_M) ** 2 * cosine * cosine * math.sin(2 * angle)
    return math.degrees(angle)


@_jit
def _vincenty(x, y, z, X, Y, Z):  # type: ignore[no-untyped-def] # noqa: N803
    """Geodesic distance and azimuth in degrees by Vincenty's series; the points are not near the antipodes."""
    sin_u, cos_u = z / POLE_M, math.sqrt(x * x + y * y) / EQUATOR_M  # of the reduced latitudes
    sin_v, cos_v = Z / POLE_M, math.sqrt(X * X + Y * Y) / EQUATOR_M
    difference = math.atan2(x * Y - y * X, x * X + y * Y)
    on_sphere = difference
    for _ in range(6):
        sine, cosine = math.sin(on_sphere), math.cos(on_sphere)
        east, north = cos_v * sine, cos_u * sin_v - sin_u * cos_v * cosine
        sin_s, cos_s = math.sqrt(east * east + north * north), sin_u * sin_v + cos_u * cos_v * cosine
        s = math.atan2(sin_s, cos_s)
        sin_a = cos_u * cos_v * sine / sin_s
        cos2_a = 1 - sin_a * sin_a
        cos_2m = cos_s - 2 * sin_u * sin_v / cos2_a if cos2_a > 0 else 0.0
        c = _F / 16 * cos2_a * (4 + _F * (4 - 3 * cos2_a))
        last = on_sphere
        on_sphere = difference + (1 - c) * _F * sin_a * (
            s + c * sin_s * (cos_2m + c * cos_s * (2 * cos_2m * cos_2m - 1))
        )
        if abs(on_sphere - last) < 1e-9:  # a three-hundredth of it is left
            break
    s += sin_a * (on_sphere - last)
    w = cos2_a * (EQUATOR_M**2 / POLE_M**2 - 1)
    a = 1 + w / 16384 * (4096 + w * (-768 + w * (320 - 175 * w)))
    b = w / 1024 * (256 + w * (-128 + w * (74 - 47 * w)))
    square = 2 * cos_2m * cos_2m - 1
    third = b / 6 * cos_2m * (4 * sin_s * sin_s - 3) * (4 * cos_2m * cos_2m - 3)
    change = b * sin_s * (cos_2m + b / 4 * (cos_s * square - third))
    return POLE_M * a * (s - change), math.degrees(math.atan2(east, north))


@_jit
def _to_ecef(lon, lat):  # type: ignore[no-untyped-def]
    """A point of the surface, given in degrees, in earth-centred metres."""
    lon, lat = math.radians(lon), math.radians(lat)
    sine, cosine = math.sin(lat), math.cos(lat)
    normal = EQUATOR_M / math.sqrt(1 - _E2 * sine * sine)
    return normal * cosine * math.cos(lon), normal * cosine * math.sin(lon), normal * (1 - _E2) * sine

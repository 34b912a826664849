"""Minimum and maximum distance from a line over areas, to 1 m; on the far side of the earth, to 0.1 %.

Branch and bound on a quadtree over all areas at once: within a cell the distance differs from that of its middle by at
most half the diagonal, so cells that cannot improve the best value are dropped and the others are quartered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from geostrike.geodesy.ellipsoid import LARGEST_RADIUS_M
from geostrike.geodesy.nearest_point import Pieces, rough_distance

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Shapes = npt.NDArray[np.object_]

__all__ = ["area_extremes"]

_TOLERANCE_M = 0.8  # with twice the 0.1 m of each distance, 1 m in all
_FAR_M = 12e6  # from here on, on the far side of the earth, a search takes a thousand times as long
_FAR_TOLERANCE = 1e-3  # of the distance
_FIRST_CELLS = 8  # in each direction
_SEED_VERTICES = 64
_KEPT = 100_000  # areas in the cache of a line: 16 bytes of result and an 8-byte hash of the polygon

# Results of each line by the hash of the area: strikes in one region are measured again and again.
_cache: WeakKeyDictionary[Pieces, dict[int, tuple[float, float]]] = WeakKeyDictionary()


def area_extremes(areas: Shapes, pieces: Pieces, line: shapely.MultiLineString | None = None) -> Floats:
    """Measure minimum and maximum distance in metres from a line over each polygon, shape (2, n), to 1 m.

    Beyond 12,000 km, to 0.1 %.

    Parameters
    ----------
    areas
        Polygons and multipolygons in longitude and latitude.
    pieces
        The pieces of the line.
    line
        The line itself if its edges are straight in longitude and latitude: an area that it touches is at distance 0
        without a search. None if they are geodesic.

    Examples
    --------
    >>> meridian = shapely.multilinestrings([[(30.0, 40.0), (30.0, 60.0)]])
    >>> areas = np.array([shapely.box(31, 50, 32, 51)])
    >>> (area_extremes(areas, Pieces.of(meridian, geodesic_edges=False)) / 1000).round(1).tolist()
    [[70.2], [143.4]]
    """
    known = _cache.setdefault(pieces, {})
    keys = [hash(content) for content in shapely.to_wkb(areas)]
    missing = list({key: row for row, key in enumerate(keys) if key not in known}.values())
    if missing:
        if len(known) > _KEPT:
            known.clear()
        found = _search(areas[missing], pieces, line)
        known.update((keys[row], (least, most)) for row, least, most in zip(missing, *found, strict=True))
    return np.array([known[key] for key in keys]).reshape(-1, 2).T


def _search(areas: Shapes, pieces: Pieces, line: shapely.MultiLineString | None) -> list[list[float]]:
    """Search minimum and maximum distance over each area."""
    shapely.prepare(areas)
    # The minimum is the maximum of the negative: task k is the minimum over area k, task n + k the maximum.
    sign = np.repeat([-1.0, 1.0], len(areas))
    shape = np.concatenate([areas, areas])
    best = _seeds(areas, pieces)
    task, middle, half = _first_cells(shape)
    if line is not None:
        touching = shapely.intersects(areas, line)
        best[: len(areas)][touching] = 0.0
        searched = ~np.concatenate([touching, np.zeros_like(touching)])[task]
        task, middle, half = task[searched], middle[searched], half[searched]
    while len(task):
        met = shapely.intersects(shape[task], shapely.box(*(middle - half).T, *(middle + half).T))
        task, middle, half = task[met], middle[met], half[met]
        value = sign[task] * rough_distance(middle[:, 0], middle[:, 1], pieces)
        inside = shapely.intersects_xy(shape[task], middle[:, 0], middle[:, 1])
        np.maximum.at(best, task[inside], value[inside])
        near = np.abs(best[task])
        tolerance = np.where(near > _FAR_M, _FAR_TOLERANCE * near, _TOLERANCE_M)
        kept = value + _half_diagonal(middle, half) > best[task] + tolerance
        task, middle, half = np.tile(task[kept], 4), middle[kept], half[kept] / 2
        middle = np.concatenate([middle + half * corner for corner in ((-1, -1), (-1, 1), (1, -1), (1, 1))])
        half = np.tile(half, (4, 1))
    extremes: list[list[float]] = np.abs(best).reshape(2, len(areas)).tolist()
    return extremes


def _seeds(areas: Shapes, pieces: Pieces) -> Floats:
    """Return a first value for each task: the best over some vertices of the area."""
    vertex, area = shapely.get_coordinates(areas, return_index=True)
    number = np.arange(len(area)) - np.searchsorted(area, area)
    stride = np.maximum(1, np.bincount(area) // _SEED_VERTICES)
    chosen = number % stride[area] == 0
    distance = rough_distance(vertex[chosen, 0], vertex[chosen, 1], pieces)
    first = np.searchsorted(area[chosen], np.arange(len(areas)))
    return np.concatenate([-np.minimum.reduceat(distance, first), np.maximum.reduceat(distance, first)])


def _first_cells(shapes: Shapes) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Return owner, middle and half sides of the cells that cover the bounds of each shape."""
    bounds = shapely.bounds(shapes)
    half = (bounds[:, 2:] - bounds[:, :2]) / (2 * _FIRST_CELLS)
    steps = 2 * np.stack(np.meshgrid(*[np.arange(_FIRST_CELLS)] * 2), axis=-1).reshape(-1, 2) + 1
    owner = np.repeat(np.arange(len(shapes)), len(steps))
    middle = bounds[owner, :2] + half[owner] * np.tile(steps, (len(shapes), 1))
    return owner, middle, half[owner]


def _half_diagonal(middle: Floats, half: Floats) -> Floats:
    """Return a bound on the distance in metres from the middle of a cell to its farthest corner."""
    towards_equator = np.maximum(np.abs(middle[:, 1]) - half[:, 1], 0.0)
    east = np.radians(half[:, 0]) * LARGEST_RADIUS_M * np.cos(np.radians(towards_equator))
    diagonal: Floats = np.hypot(east, np.radians(half[:, 1]) * LARGEST_RADIUS_M)
    return diagonal

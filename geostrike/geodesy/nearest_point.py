"""The nearest point of a line on the WGS84 ellipsoid, exactly.

The line is cut into short curves in earth-centred coordinates (`pieces`). A tree over them finds, by chords through the
earth, the few that can contain the nearest point (`search` with NumPy for small inputs, `compiled` with numba).

The search is exact: for two surface points with chord c, the geodesic distance s satisfies

    2 R asin(c / 2R) <= s <= 2 r asin(c / 2r)

where R and r are the largest and the least radius of curvature: the upper bound is Schur's theorem, the lower one
Blaschke's rolling ball of radius R, which contains the ellipsoid. A piece is dropped only when its lower bound exceeds
another piece's upper bound.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from geostrike.geodesy.pieces import Pieces, count_pieces
from geostrike.geodesy.search import Nearest, search, search_roughly

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Search = Callable[[Floats, Floats, Pieces], Nearest]

__all__ = ["FEW", "Nearest", "Pieces", "count_pieces", "nearest", "processors", "rough_distance"]

FEW = 10_000  # up to this many points NumPy finishes before numba is imported
_CHUNK = 32_768


def nearest(lon: Floats, lat: Floats, pieces: Pieces, *, threads: int | None = None) -> Nearest:
    """Find the nearest point of the line to each point in degrees; all must be finite.

    Up to `FEW` points are searched with NumPy, more with numba if available; the choice depends only on their number.
    Both are within 0.1 mm of the true distance up to 3,000 km. Chunks of points run in one thread per processor, or in
    `threads`.
    """
    if len(lon) <= FEW:
        return search(lon, lat, pieces)
    return in_chunks(search_for_many(), lon, lat, pieces, threads or processors())


def rough_distance(lon: Floats, lat: Floats, pieces: Pieces) -> Floats:
    """Measure the distance of each point in degrees, in metres, to 0.1 m; all must be finite."""
    return search_roughly(lon, lat, pieces) if len(lon) <= FEW else nearest(lon, lat, pieces).distance_m


def in_chunks(find: Search, lon: Floats, lat: Floats, pieces: Pieces, threads: int) -> Nearest:
    """Run `find` chunk by chunk in several threads."""
    found = Nearest(*(np.empty(len(lon)) for _ in range(4)))

    def fill(start: int) -> None:
        chunk = slice(start, start + _CHUNK)
        part = find(lon[chunk], lat[chunk], pieces)
        found.distance_m[chunk], found.azimuth[chunk] = part.distance_m, part.azimuth
        found.lon[chunk], found.lat[chunk] = part.lon, part.lat

    starts = range(0, len(lon), _CHUNK)
    if threads == 1 or len(starts) == 1:
        for start in starts:
            fill(start)
        return found
    _ = pieces.curves, pieces.boxes  # computed once, not by every thread
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(fill, start) for start in starts]:
            done.result()
    return found


@cache
def search_for_many() -> Search:
    """Return the compiled search; NumPy's where numba is missing or does not support this Python or processor."""
    try:
        from geostrike.geodesy.compiled import compiled_search
    except ImportError:
        return search
    return compiled_search


def processors() -> int:
    """Return the number of processors that this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1

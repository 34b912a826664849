"""The distance from points to a line on WGS84, slowly, with Karney's inverse problem only.

It shares no code with geostrike: every edge that can contain the nearest point is scanned, the best stretch is narrowed
by golden section, and the last step is the vertex of a parabola. Tests and benchmarks compare with it.
"""

from __future__ import annotations

import numpy as np
import shapely

from geostrike.geodesy import GEOD

STEPS = 129  # of the scan of an edge
PARABOLA_M = 200.0  # half width of the last step


class Edges:
    """The edges of a line, with points along them."""

    def __init__(self, geometry: shapely.Geometry, model: str) -> None:
        vertices = [shapely.get_coordinates(part) for part in shapely.get_parts(geometry)]
        self.start = np.concatenate([v[:-1] for v in vertices])
        self.stop = np.concatenate([v[1:] for v in vertices])
        self.planar = model == "planar"
        self.azimuth, _, self.length = GEOD.inv(*self.start.T, *self.stop.T)
        # An edge that is straight in longitude and latitude may be longer than the geodesic.
        self.along = np.hypot(*((self.stop - self.start) * (111.4e3, 111.7e3)).T)

    def at(self, rows: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.planar:
            lon, lat = (self.start[rows] + t[:, None] * (self.stop[rows] - self.start[rows])).T
        else:
            lon, lat, _ = GEOD.fwd(*self.start[rows].T, self.azimuth[rows], t * self.length[rows])
        return np.asarray(lon), np.asarray(lat)

    def distance(self, lon: float, lat: float, rows: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.asarray(GEOD.inv(np.full(len(rows), lon), np.full(len(rows), lat), *self.at(rows, t))[2])


def true_nearest(lon: float, lat: float, edges: Edges) -> tuple[float, float, float]:
    """Return metres to the nearest point of the edges, and its longitude and latitude."""
    every = np.arange(len(edges.start))
    ends = [edges.distance(lon, lat, every, np.full(len(every), end)) for end in (0.0, 1.0)]
    # No point of an edge is nearer than half the excess of the distances to both ends over its length.
    rows = np.flatnonzero((ends[0] + ends[1] - edges.along) / 2 <= np.minimum(*ends).min())
    scan = np.linspace(0, 1, STEPS)
    values = np.stack([edges.distance(lon, lat, rows, np.full(len(rows), t)) for t in scan])
    lowest = values.argmin(axis=0)
    low, high = (scan[np.clip(lowest + k, 0, STEPS - 1)] for k in (-1, 1))
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(45):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        nearer = edges.distance(lon, lat, rows, left) < edges.distance(lon, lat, rows, right)
        low, high = np.where(nearer, low, left), np.where(nearer, right, high)
    found = [(rows, (low + high) / 2), (rows, np.zeros(len(rows))), (rows, np.ones(len(rows)))]
    rows, t = (np.concatenate(column) for column in zip(*found, strict=True))
    best = edges.distance(lon, lat, rows, t).argmin()
    row, t = rows[best : best + 1], _lowest(lon, lat, edges, rows[best : best + 1], t[best : best + 1])
    foot = edges.at(row, t)
    return float(edges.distance(lon, lat, row, t)[0]), float(foot[0][0]), float(foot[1][0])


def _lowest(lon: float, lat: float, edges: Edges, row: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return the parameter of the minimum, beyond the rounding limit of a golden section."""
    half = np.minimum(PARABOLA_M / np.maximum(edges.along[row], 1e-9), np.minimum(t, 1 - t))
    if half[0] * edges.along[row][0] < 1.0:
        return t
    before, here, after = (edges.distance(lon, lat, row, t + k * half) for k in (-1, 0, 1))
    bend = before + after - 2 * here
    return t + half * (before - after) / (2 * bend) if bend[0] > 1e-6 else t


def true_distances(lon: np.ndarray, lat: np.ndarray, geometry: shapely.Geometry, model: str) -> np.ndarray:
    """Return distance in metres, longitude and latitude of the nearest point, shape (n, 3)."""
    edges = Edges(geometry, model)
    return np.array([true_nearest(x, y, edges) for x, y in zip(lon, lat, strict=True)])

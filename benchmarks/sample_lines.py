"""Sample lines and points for tests and benchmarks: a border with any number of vertices, points around it."""

from __future__ import annotations

import numpy as np
import shapely

from geostrike.borders.border import Border


def line_of(vertices: int, *, seed: int = 0) -> shapely.MultiLineString:
    """Return the border of Ukraine and Russia with about this many vertices: thinned, or roughened like a fractal."""
    line = Border.between("UKR", "RUS").geometry
    coordinates = shapely.get_coordinates(line)
    if vertices < len(coordinates):
        kept = np.unique(np.linspace(0, len(coordinates) - 1, vertices).round().astype(int))
        return shapely.multilinestrings([coordinates[kept]])
    generator = np.random.default_rng(seed)
    while len(coordinates) < vertices:
        coordinates = _midpoints_displaced(coordinates, generator)
    kept = np.unique(np.linspace(0, len(coordinates) - 1, vertices).round().astype(int))
    return shapely.multilinestrings([coordinates[kept]])


def _midpoints_displaced(line: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Insert the middle of each edge, displaced by about a tenth of the edge's length."""
    step = np.diff(line, axis=0)
    scale = np.cos(np.radians(line[:-1, 1]))
    offset = generator.normal(0, 0.10, len(step))[:, None]
    normal = np.column_stack([-step[:, 1] / scale, step[:, 0] * scale])
    middle = (line[:-1] + line[1:]) / 2 + offset * normal
    denser = np.empty((2 * len(line) - 1, 2))
    denser[0::2], denser[1::2] = line, middle
    return denser


def points(count: int, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude of points spread evenly over 20-60 E, 43-66 N: 0 to 2,200 km from the border."""
    generator = np.random.default_rng(seed)
    return generator.uniform(20, 60, count), generator.uniform(43, 66, count)

"""Lines and polygons as short lists of integers, and the packing of content for the page."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["line_rings", "pack", "pack_bytes", "polygon_rings", "quantise"]


def quantise(coordinates: np.ndarray, precision: int) -> list[int]:
    """Return coordinates times `precision` as integers, without repeats; all but the first as differences.

    Examples
    --------
    >>> quantise([(30.0, 50.0), (30.01, 50.0), (30.011, 50.0)], 100)
    [3000, 5000, 1, 0]
    """
    grid = np.round(np.asarray(coordinates, dtype=float)[:, :2] * precision).astype(np.int64)
    moved = np.r_[True, (np.diff(grid, axis=0) != 0).any(axis=1)]
    grid = grid[moved]
    return [int(value) for value in np.vstack([grid[:1], np.diff(grid, axis=0)]).ravel()]


def polygon_rings(geometry: BaseGeometry, precision: int) -> list[list[list[int]]]:
    """Return the quantised rings of each polygon of a geometry, without rings that collapse to a line."""
    result = []
    for polygon in shapely.get_parts(geometry):
        if polygon.geom_type == "Polygon":
            rings = [quantise(ring.coords, precision) for ring in (polygon.exterior, *polygon.interiors)]
            result.append([ring for ring in rings if len(ring) >= 8])
    return [rings for rings in result if rings]


def line_rings(geometry: BaseGeometry, precision: int) -> list[list[int]]:
    """Return each line of a geometry, quantised."""
    parts = shapely.get_parts(geometry)
    return [quantise(part.coords, precision) for part in parts if part.geom_type in ("LineString", "LinearRing")]


def pack(content: object) -> str:
    """Return content as compressed JSON in base64, which is safe in a page whatever its text.

    Examples
    --------
    >>> pack({"a": "</script>"}).isascii()
    True
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return pack_bytes(text.encode("utf-8", "replace"))


def pack_bytes(data: bytes, *, level: int = 9) -> str:
    """Return compressed bytes in base64."""
    return base64.b64encode(gzip.compress(data, level, mtime=0)).decode("ascii")

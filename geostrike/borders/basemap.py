"""Land, lakes and country lines of the basemap, for the map and the printed map.

Drawn only, never measured with; `geostrike/data/README.md` lists the sources.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["BaseLines", "base_lines", "within_box"]

Box: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class BaseLines:
    """A basemap, in degrees (EPSG:4326).

    Attributes
    ----------
    land, lakes
        Polygons.
    borders, disputed
        Country lines, and disputed ones. Crimea is in Ukraine.
    """

    land: npt.NDArray[Any]
    lakes: npt.NDArray[Any]
    borders: npt.NDArray[Any]
    disputed: npt.NDArray[Any]


@cache
def base_lines(name: str = "europe-light") -> BaseLines:
    """Return the lines and polygons of a shipped basemap.

    Parameters
    ----------
    name
        "world" (coarse, without the extent of "europe"), "europe" (11 W to 66 E, 35 to 71.5 N, 1:10 million) or
        "europe-light" (the same, coarse).

    Examples
    --------
    >>> lines = base_lines()
    >>> bool(shapely.contains_xy(lines.land, 30.5, 50.4).any())
    True
    """
    path = resources.files("geostrike") / "data" / f"basemap-{name}.json.gz"
    content = json.loads(gzip.decompress(path.read_bytes()))
    precision = content["precision"]
    return BaseLines(
        *(_polygons(content[part], precision) for part in ("land", "lakes")),
        *(_lines(content[part], precision) for part in ("borders", "dashed")),
    )


def _coordinates(numbers: list[int], precision: int) -> npt.NDArray[np.float64]:
    """Decode delta-encoded integers into degrees."""
    return np.cumsum(np.asarray(numbers).reshape(-1, 2), axis=0) / precision


def _polygons(parts: list[list[list[int]]], precision: int) -> npt.NDArray[Any]:
    """Decode polygons and make them valid: rounded to the file's grid, a ring may touch itself."""
    rings = [[_coordinates(ring, precision) for ring in part if len(ring) >= 8] for part in parts]
    drawn = [shapely.Polygon(outer, holes) for outer, *holes in (part for part in rings if part)]
    valid: npt.NDArray[Any] = shapely.make_valid(np.array(drawn, dtype=object))
    return valid


def _lines(parts: list[list[int]], precision: int) -> npt.NDArray[Any]:
    lines = [_coordinates(part, precision) for part in parts]
    return np.array([shapely.LineString(line) for line in lines if len(line) > 1], dtype=object)


def within_box(shapes: npt.ArrayLike, box: Box) -> npt.NDArray[Any]:
    """Clip valid lines and polygons to a box (west, south, east, north); return single parts.

    GEOS's `clip_by_rect` is faster, but fails where a ring touches the box in one point.

    Examples
    --------
    >>> shapely.area(within_box([shapely.box(0, 0, 4, 4), shapely.box(8, 8, 9, 9)], (1, 1, 6, 6))).tolist()
    [9.0]
    """
    parts = np.asarray(shapes, dtype=object)
    west, south, east, north = box
    left, low, right, high = shapely.bounds(parts).reshape(-1, 4).T
    meets = np.isfinite([left, low, right, high]).all(axis=0)
    meets &= (left <= east) & (right >= west) & (low <= north) & (high >= south)
    whole = (left >= west) & (right <= east) & (low >= south) & (high <= north)
    cut = shapely.intersection(parts[meets & ~whole], shapely.box(*box))
    found = np.concatenate([parts[meets & whole], cut])
    for _ in range(2):  # a collection may contain multi-geometries
        found = shapely.get_parts(found)
    kept: npt.NDArray[Any] = found[~shapely.is_empty(found)]
    return kept

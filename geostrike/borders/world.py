"""The line between any two countries, from OpenStreetMap's time-zone polygons: the extra `world`.

The time zones of a country (zone.tab of the tz database) together are its territory with the territorial sea; the edges
that two countries share are the line. Time zones follow control rather than recognition.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geostrike.errors import BorderError

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["shared_line", "territory_of", "zones_version"]

_UNITS = 10_000_000  # per degree, in the polygons
_SIMPLIFIED_DEG = 1e-4  # about 10 m, as in the shipped lines


@cache
def shared_line(first: str, second: str) -> shapely.MultiLineString:
    """Return the edges that the time zones of two countries share, in degrees, simplified to about 10 m.

    Parameters
    ----------
    first, second
        ISO 3166-1 alpha-3.

    Raises
    ------
    BorderError
        If the packages of the extra are missing, a country is unknown, or the two share no edge.
    """
    edges = np.intersect1d(_edges_of(first), _edges_of(second))
    if not len(edges):
        msg = f"The time zones of {first} and {second} have no edge in common"
        raise BorderError(msg)
    ends = edges.view(np.int64).reshape(-1, 2, 2) / _UNITS
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends)))
    return shapely.multilinestrings(shapely.get_parts(shapely.simplify(merged, _SIMPLIFIED_DEG)))


@cache
def territory_of(country: str) -> shapely.Geometry:
    """Return the union of a country's time zones, with the territorial sea, in degrees.

    Built from the same polygons as `shared_line`, it follows control rather than recognition. Empty where the packages
    of the extra are missing or the country is unknown: then it has no border either.
    """
    try:
        ends = _edges_of(country).view(np.int64).reshape(-1, 2, 2) / _UNITS
    except BorderError:
        return shapely.MultiPolygon()
    lines = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends)))
    return shapely.make_valid(shapely.build_area(lines))


def zones_version() -> str:
    """Return the release of the time-zone polygons, such as "2026c"."""
    return (files("timezonefinder_data") / "data" / "data_version.txt").read_text(encoding="utf-8").strip()


def _edges_of(country: str) -> npt.NDArray[np.void]:
    """Return the outline of a country's time zones: edges as rows of x0, y0, x1, y1, the smaller end first."""
    zones, finder = _zones_of(country), _finder()
    try:
        rings = [ring for zone in zones for ring in _rings(finder, zone)]
    finally:
        finder.cleanup()  # close its files
    ends = np.vstack([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends = np.ascontiguousarray(np.where(turned[:, None], ends[:, [2, 3, 0, 1]], ends))
    edges, counts = np.unique(ends.view(np.dtype([("", np.int64)] * 4)).ravel(), return_counts=True)
    outline: npt.NDArray[np.void] = edges[counts % 2 == 1]  # the others are shared by two zones of the country
    return outline


def _rings(finder: Any, zone: str) -> list[Integers]:
    """Return the closed rings of a time zone, holes included, in ten-millionths of a degree."""
    rings = []
    for polygon in finder.get_geometry(tz_name=zone, coords_as_pairs=True):
        for ring in polygon:
            vertices = np.round(np.asarray(ring) * _UNITS).astype(np.int64)
            rings.append(np.vstack([vertices, vertices[:1]]))
    return rings


def _zones_of(country: str) -> list[str]:
    _needs_the_extra()
    from babel.core import get_global

    code = get_global("territory_aliases").get(country, [""])[0]
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    zones = [row[2] for row in rows if row[0] == code]
    if not zones:
        msg = f"{country} is not a known country; give ISO 3166-1 alpha-3, such as FRA"
        raise BorderError(msg)
    return zones


def _finder() -> Any:
    from timezonefinder import TimezoneFinder

    return TimezoneFinder()


def _needs_the_extra() -> None:
    try:
        for package in ("babel", "timezonefinder", "tzdata"):
            import_module(package)
    except ImportError as error:
        msg = "Other pairs need the extra `world`: pip install geostrike[world]; or give a line to Border.from_file"
        raise BorderError(msg) from error

"""The places of the strikes in a table: their points, and how precise these are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geostrike.borders.areas import country_at
from geostrike.exchange.columns import distinct_points, taken
from geostrike.exchange.degrees import Axis, pair_fault, read_degrees
from geostrike.tables import PLACE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from geostrike.exchange.grid import Grid
    from geostrike.exchange.mapped import MappedTable
    from geostrike.exchange.sieve import Sieve

    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["axis_degrees", "off_globe", "place_columns", "refuse_broken", "refuse_halves"]

_MOST = 0.5  # share of the points above which those elsewhere are odd ones out
_HALF_AROUND = 20_100.0  # kilometres: no place is farther from another
_STATUSES = ("given", "unresolved", "pending", "unresolved")
_REASONS = (
    "",
    "the source's code of precision says that its point stands for a whole country, or for nothing",
    "the table gives a name and no coordinates; it is not looked up yet",
    "no place is told",
)


def place_columns(table: MappedTable) -> tuple[dict[str, Any], npt.NDArray[Any]]:
    """The columns of places of a strikes table, and its points."""
    lon, lat = _points(table) if table.grid.geometry is not None else _degrees(table)
    precision = _Precision.of(table)
    useless = ~precision.placed & np.isfinite(lat)
    lon, lat = np.where(useless, np.nan, lon), np.where(useless, np.nan, lat)
    given = np.isfinite(lat) & np.isfinite(lon)
    spots, spot_of = distinct_points(lon, lat)
    country = country_at(lon[spots], lat[spots])[spot_of]
    _refuse_swapped(table, lon, lat, country, given)
    named = table.filled("place")
    table.sieve.refuse(~(given | named | table.filled("text") | useless), "MISSING_VALUE", "nothing tells where it was")
    table.sieve.warn(~given, "UNKNOWN_PLACE")
    radius = _radius(table)
    geometry = shapely.points(np.nan_to_num(lon[spots]), np.nan_to_num(lat[spots]))[spot_of]
    geometry[~given] = None
    name = table.cells("place")
    outcome = np.where(given, 0, np.where(useless, 1, np.where(named, 2, 3)))
    return {
        "place_as_written": name, "place": name.where(given, ""),
        "place_kind": precision.values("kind", "point").where(given, ""),
        "country": taken(*_coded_array(country)),
        "place_status": taken(_STATUSES, outcome),
        "place_reason": taken(_REASONS, outcome),
        "radius_km": np.where(given, np.where(np.isnan(radius), precision.numbers("radius_km"), radius), np.nan),
        "geo_precision": np.where(given, precision.numbers("geo_precision"), np.nan),
    }, geometry  # fmt: skip


# --- coordinates ------------------------------------------------------------------------------------------------------


def _points(table: MappedTable) -> tuple[Floats, Floats]:
    """The coordinates of a file with geometries."""
    shapes: Any = table.grid.geometry
    refuse_broken(table.sieve, table.grid)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    reason = "the feature has no geometry, and no place is told"
    table.sieve.refuse(missing & ~table.filled("place"), "NULL_GEOMETRY", reason)
    other = ~missing & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    table.sieve.refuse(other, "BAD_GEOMETRY", lambda row: f"the geometry is a {shapes[row].geom_type}, not a point")
    points = np.where(missing | other, None, shapes)
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    _check_pairs(table.sieve, lon, lat)
    return lon, lat


def _degrees(table: MappedTable) -> tuple[Floats, Floats]:
    """The coordinates of a table with columns for them."""
    lon, lat = (axis_degrees(table.sieve, *table.coded(axis), axis, warn=True) for axis in _AXES)
    half = refuse_halves(table.sieve, lon, lat)
    lon, lat = np.where(half, np.nan, lon), np.where(half, np.nan, lat)
    _check_pairs(table.sieve, lon, lat)
    return lon, lat


_AXES: tuple[Axis, Axis] = ("longitude", "latitude")


def axis_degrees(
    sieve: Sieve, codes: npt.NDArray[np.int64], values: list[str], axis: Axis, *, warn: bool = False
) -> Floats:
    """The degrees of a column, from the number of the value in each row and the values; rows with others do not pass.

    Parameters
    ----------
    sieve
        The verdicts on the rows.
    codes, values
        The column.
    axis
        Which coordinate it is.
    warn
        Whether to warn of degrees that were repaired.
    """
    found = [read_degrees(value, axis) for value in values]
    sieve.refuse_values(codes, [(degrees.code, degrees.reason) for degrees in found])
    if warn:
        sieve.warn(np.array([degrees.repaired for degrees in found], dtype=bool)[codes], "REPAIRED")
    return np.array([degrees.value for degrees in found], dtype=float)[codes]


def refuse_halves(sieve: Sieve, lon: Floats, lat: Floats) -> Mask:
    """Quarantine the rows with half a pair of degrees; which ones they are."""
    half: Mask = np.isnan(lon) != np.isnan(lat)
    sieve.refuse(half, "MISSING_VALUE", "one of latitude and longitude is missing")
    return half


def refuse_broken(sieve: Sieve, grid: Grid) -> None:
    """Quarantine the rows whose geometry cannot be read."""
    if grid.broken is not None:
        sieve.refuse(grid.broken, "BAD_GEOMETRY", "the geometry's bytes cannot be read (WKB)")


def off_globe(lon: Floats, lat: Floats) -> Mask:
    """Which pairs of degrees are off the globe, or both zero; NaN is neither."""
    off: Mask = (np.abs(lat) > 90) | (np.abs(lon) > 180) | ((lat == 0) & (lon == 0))
    return off


def _check_pairs(sieve: Sieve, lon: Floats, lat: Floats) -> None:
    """Quarantine what is off the globe, swapped, or zero; what is quarantined is no coordinate from here on."""
    half = np.isnan(lat) != np.isnan(lon)
    odd = np.flatnonzero(off_globe(lon, lat) | half)
    for row in odd:
        code, reason = pair_fault(float(lat[row]), float(lon[row]))
        sieve.refuse_row(int(row), code or "BAD_COORD", reason or "a coordinate is no number")
    lon[odd] = lat[odd] = np.nan


def _refuse_swapped(table: MappedTable, lon: Floats, lat: Floats, country: npt.NDArray[Any], given: Mask) -> None:
    """Quarantine the odd ones out: points in no country of the others that would be in one the other way round."""
    home = country != ""
    abroad = given & ~home & (np.abs(lon) <= 90)
    if not abroad.any():
        return
    turned = np.full(len(lon), "", dtype=object)
    turned[abroad] = country_at(lat[abroad], lon[abroad])
    suspect = turned != ""

    def reason(row: int) -> str:
        return (
            f"latitude {lat[row]:g}, longitude {lon[row]:g} is far from all other rows; "
            f"the other way round it is in {turned[row]}, like them"
        )

    if home.sum() / max(given.sum(), 1) >= _MOST:
        table.sieve.refuse(suspect, "SWAPPED_COORD", reason)
    elif suspect.any():
        table.notes.append(
            f"{suspect.sum()} points would be in {', '.join(sorted(set(turned[suspect])))} if latitude and "
            "longitude were swapped; check which column is which"
        )


# --- precision --------------------------------------------------------------------------------------------------------


def _radius(table: MappedTable) -> Floats:
    codes, values = table.coded("radius_km")
    numbers = [read_degrees(value, "latitude") for value in values]
    faults = [bool(n.code) or n.value < 0 or n.value > _HALF_AROUND for n in numbers]
    reasons = [f"radius_km is {value[:40]!r}; write kilometres" for value in values]
    table.sieve.refuse_values(codes, [("BAD_COORD" if f else "", r) for f, r in zip(faults, reasons, strict=True)])
    return np.array([n.value for n in numbers], dtype=float)[codes]


# What a code of precision means that names a kind of place and no more.
_OF_KIND: dict[str, dict[str, Any]] = {
    kind.word: {"radius_km": kind.radius_km, "geo_precision": math.nan if kind.acled is None else kind.acled}
    for kind in PLACE_KINDS.values()
    if kind.word
}


class _Precision(NamedTuple):
    """What the codes of precision of a table mean, row by row."""

    codes: npt.NDArray[np.int64]
    meanings: list[Mapping[str, Any]]

    @classmethod
    def of(cls, table: MappedTable) -> _Precision:
        precision = table.schema.place_precision
        if not table.has_column(precision.column):
            return cls(np.zeros(len(table), dtype=np.int64), [{}])
        codes, values = table.coded_column(precision.column)
        found = [precision.codes.get(value.strip(), {}) for value in values]
        return cls(codes, [_OF_KIND.get(meaning.get("kind", ""), {}) | dict(meaning) for meaning in found])

    @property
    def placed(self) -> Mask:
        """Whether the point says where it was."""
        return np.array([bool(m.get("placed", True)) for m in self.meanings], dtype=bool)[self.codes]

    def numbers(self, name: str) -> Floats:
        """A number for each row; NaN where the code tells none."""
        return np.array([m.get(name, np.nan) for m in self.meanings], dtype=float)[self.codes]

    def values(self, name: str, missing: str) -> pd.Series[str]:
        """A word for each row."""
        return taken([str(m.get(name, missing)) for m in self.meanings], self.codes)


def _coded_array(values: npt.NDArray[Any]) -> tuple[list[str], npt.NDArray[np.int64]]:
    codes, distinct = pd.factorize(values)
    return [str(value) for value in distinct], codes

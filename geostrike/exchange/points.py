"""Read the places of a table: the point of each row, and how precise it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geostrike.borders.areas import country_at
from geostrike.exchange.columns import distinct_points, text_column
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

__all__ = ["axis_degrees", "off_globe", "place_columns", "reject_broken", "reject_halves"]

_MOST = 0.5  # share of points in a country above which a point in none is an outlier
_HALF_AROUND = 20_100.0  # kilometres, half the Earth's circumference
_STATUSES = ("given", "unresolved", "pending", "unresolved")
_REASONS = (
    "",
    "the source's precision code says that its point represents a whole country, or no place",
    "the table gives a name and no coordinates; it is not looked up yet",
    "no place is given",
)


def place_columns(table: MappedTable) -> tuple[dict[str, Any], npt.NDArray[Any]]:
    """Return the place columns of a strikes table, and its points."""
    lon, lat = _points(table) if table.grid.geometry is not None else _degrees(table)
    precision = _Precision.of(table)
    useless = ~precision.placed & np.isfinite(lat)
    lon, lat = np.where(useless, np.nan, lon), np.where(useless, np.nan, lat)
    given = np.isfinite(lat) & np.isfinite(lon)
    spots, spot_of = distinct_points(lon, lat)
    country = country_at(lon[spots], lat[spots])[spot_of]
    _reject_swapped(table, lon, lat, country, given)
    named = table.filled("place")
    table.sieve.reject(
        ~(given | named | table.filled("text") | useless),
        "MISSING_VALUE",
        "there are neither coordinates, a place name nor a text",
    )
    table.sieve.warn(~given, "UNKNOWN_PLACE")
    radius = _radius(table)
    geometry = shapely.points(np.nan_to_num(lon[spots]), np.nan_to_num(lat[spots]))[spot_of]
    geometry[~given] = None
    name = table.cells("place")
    outcome = np.where(given, 0, np.where(useless, 1, np.where(named, 2, 3)))
    return {
        "place_as_written": name, "place": name.where(given, ""),
        "place_kind": precision.values("kind", "point").where(given, ""),
        "country": text_column(*_coded_array(country)),
        "place_status": text_column(_STATUSES, outcome),
        "place_reason": text_column(_REASONS, outcome),
        "radius_km": np.where(given, np.where(np.isnan(radius), precision.numbers("radius_km"), radius), np.nan),
        "geo_precision": np.where(given, precision.numbers("geo_precision"), np.nan),
    }, geometry  # fmt: skip


# --- coordinates ------------------------------------------------------------------------------------------------------


def _points(table: MappedTable) -> tuple[Floats, Floats]:
    """Read the coordinates of a file with geometries."""
    shapes: Any = table.grid.geometry
    reject_broken(table.sieve, table.grid)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    reason = "the feature has neither geometry nor place name"
    table.sieve.reject(missing & ~table.filled("place"), "NULL_GEOMETRY", reason)
    other = ~missing & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    table.sieve.reject(other, "BAD_GEOMETRY", lambda row: f"the geometry is a {shapes[row].geom_type}, not a point")
    points = np.where(missing | other, None, shapes)
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    _check_pairs(table.sieve, lon, lat)
    return lon, lat


def _degrees(table: MappedTable) -> tuple[Floats, Floats]:
    """Read the coordinates of a table with columns for them."""
    lon, lat = (axis_degrees(table.sieve, *table.codes_of(axis), axis, warn=True) for axis in _AXES)
    half = reject_halves(table.sieve, lon, lat)
    lon, lat = np.where(half, np.nan, lon), np.where(half, np.nan, lat)
    _check_pairs(table.sieve, lon, lat)
    return lon, lat


_AXES: tuple[Axis, Axis] = ("longitude", "latitude")


def axis_degrees(
    sieve: Sieve, codes: npt.NDArray[np.int64], values: list[str], axis: Axis, *, warn: bool = False
) -> Floats:
    """Read a column of degrees, and quarantine rows whose value cannot be read.

    Parameters
    ----------
    sieve
        The verdicts on the rows.
    codes, values
        The code of each row's value, and the distinct values.
    axis
        Which coordinate it is.
    warn
        Whether to warn of degrees that were repaired.
    """
    found = [read_degrees(value, axis) for value in values]
    sieve.reject_values(codes, [(degrees.code, degrees.reason) for degrees in found])
    if warn:
        sieve.warn(np.array([degrees.repaired for degrees in found], dtype=bool)[codes], "REPAIRED")
    return np.array([degrees.value for degrees in found], dtype=float)[codes]


def reject_halves(sieve: Sieve, lon: Floats, lat: Floats) -> Mask:
    """Quarantine the rows with half a pair of degrees, and return which they are."""
    half: Mask = np.isnan(lon) != np.isnan(lat)
    sieve.reject(half, "MISSING_VALUE", "one of latitude and longitude is missing")
    return half


def reject_broken(sieve: Sieve, grid: Grid) -> None:
    """Quarantine the rows whose geometry cannot be read."""
    if grid.broken is not None:
        sieve.reject(grid.broken, "BAD_GEOMETRY", "the geometry's bytes cannot be read (WKB)")


def off_globe(lon: Floats, lat: Floats) -> Mask:
    """Whether each pair of degrees is off the globe or 0, 0; False for NaN."""
    off: Mask = (np.abs(lat) > 90) | (np.abs(lon) > 180) | ((lat == 0) & (lon == 0))
    return off


def _check_pairs(sieve: Sieve, lon: Floats, lat: Floats) -> None:
    """Quarantine pairs that are off the globe, swapped or zero, and set them to NaN."""
    half = np.isnan(lat) != np.isnan(lon)
    odd = np.flatnonzero(off_globe(lon, lat) | half)
    for row in odd:
        code, reason = pair_fault(float(lat[row]), float(lon[row]))
        sieve.reject_row(int(row), code or "BAD_COORD", reason or "a coordinate is not a number")
    lon[odd] = lat[odd] = np.nan


def _reject_swapped(table: MappedTable, lon: Floats, lat: Floats, country: npt.NDArray[Any], given: Mask) -> None:
    """Quarantine outliers: points outside the countries of the others that would be in one if swapped."""
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
        table.sieve.reject(suspect, "SWAPPED_COORD", reason)
    elif suspect.any():
        table.notes.append(
            f"{suspect.sum()} points would be in {', '.join(sorted(set(turned[suspect])))} if latitude and "
            "longitude were swapped; check which column is which"
        )


# --- precision --------------------------------------------------------------------------------------------------------


def _radius(table: MappedTable) -> Floats:
    codes, values = table.codes_of("radius_km")
    numbers = [read_degrees(value, "latitude") for value in values]
    faults = [bool(n.code) or n.value < 0 or n.value > _HALF_AROUND for n in numbers]
    reasons = [f"radius_km is {value[:40]!r}; write kilometres" for value in values]
    table.sieve.reject_values(codes, [("BAD_COORD" if f else "", r) for f, r in zip(faults, reasons, strict=True)])
    return np.array([n.value for n in numbers], dtype=float)[codes]


# The meaning of a precision code that names only a kind of place.
_OF_KIND: dict[str, dict[str, Any]] = {
    kind.word: {"radius_km": kind.radius_km, "geo_precision": math.nan if kind.acled is None else kind.acled}
    for kind in PLACE_KINDS.values()
    if kind.word
}


class _Precision(NamedTuple):
    """The meaning of each row's precision code."""

    codes: npt.NDArray[np.int64]
    meanings: list[Mapping[str, Any]]

    @classmethod
    def of(cls, table: MappedTable) -> _Precision:
        precision = table.schema.place_precision
        if not table.has_column(precision.column):
            return cls(np.zeros(len(table), dtype=np.int64), [{}])
        codes, values = table.codes_of_column(precision.column)
        found = [precision.codes.get(value.strip(), {}) for value in values]
        return cls(codes, [_OF_KIND.get(meaning.get("kind", ""), {}) | dict(meaning) for meaning in found])

    @property
    def placed(self) -> Mask:
        """Whether the point locates the event."""
        return np.array([bool(m.get("placed", True)) for m in self.meanings], dtype=bool)[self.codes]

    def numbers(self, name: str) -> Floats:
        """A number for each row; NaN where the code gives none."""
        return np.array([m.get(name, np.nan) for m in self.meanings], dtype=float)[self.codes]

    def values(self, name: str, missing: str) -> pd.Series[str]:
        """A word for each row."""
        return text_column([str(m.get(name, missing)) for m in self.meanings], self.codes)


def _coded_array(values: npt.NDArray[Any]) -> tuple[list[str], npt.NDArray[np.int64]]:
    codes, distinct = pd.factorize(values)
    return [str(value) for value in distinct], codes

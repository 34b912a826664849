"""Read geostrike's own strikes table back: every column typed, every closed word checked."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geostrike.exchange.columns import codes_of, days_column, text_column
from geostrike.exchange.days import read_days
from geostrike.exchange.degrees import Axis, pair_fault
from geostrike.exchange.mapped import StrikeColumns
from geostrike.exchange.points import axis_degrees, off_globe, reject_broken, reject_halves
from geostrike.exchange.sieve import Sieve
from geostrike.intake.formulas import unguarded
from geostrike.tables import STRIKES, Column

if TYPE_CHECKING:
    import numpy.typing as npt

    from geostrike.exchange.grid import Grid

__all__ = ["columns_of_own"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONGEST, _BEYOND = 100, 1e15  # characters; above it a float does not resolve single units
_FILLED = {"status": "unconfirmed", "date_precision": "unknown", "place_status": "unresolved"}


class _Own:
    """The columns of a strikes table, from the cells of a written one."""

    def __init__(self, grid: Grid, latest: dt.date) -> None:
        self.grid, self.sieve = grid, Sieve(len(grid))
        self.columns: dict[str, Any] = {}
        self.notes: list[str] = []
        self.mapping = {name: name for name in STRIKES.names if name in grid.cells.columns}
        for column in STRIKES.columns:
            if column.dtype != "geometry":
                self.columns[column.name] = self._column(column)
        if "date_basis" not in self.mapping:
            dated = ~np.isnat(self.columns["date_start"]) | ~np.isnat(self.columns["date_end"])
            self.columns["date_basis"] = text_column(["none", "reported"], dated.astype(np.int64))
        late = self.columns["date_start"] > np.datetime64(latest, "s")
        self.sieve.reject(late, "FUTURE_DATE", "date_start is in the future")
        ids = self.columns["strike_id"]
        self.sieve.reject((ids == "").to_numpy(dtype=bool), "MISSING_VALUE", "strike_id is missing")
        self.sieve.reject(
            ids.duplicated().to_numpy(), "DUPLICATE_ID", lambda row: f"{ids[row]!r} is used by an earlier row"
        )
        self.geometry = self._geometry()
        known = {*STRIKES.names, "longitude", "latitude"}
        others = [name for name in grid.cells.columns if name not in known]
        names = self._unguard(pd.Series(others, dtype="str")).tolist()
        self.extra = {name: self._unguard(grid.column(at)) for name, at in zip(names, others, strict=True)}

    def _column(self, column: Column) -> Any:
        if column.name not in self.grid.cells.columns:
            return self._missing(column)
        if column.dtype == "text":
            return self._words(column, self._unguard(self.grid.column(column.name)))
        codes, values = codes_of(self.grid.cells[column.name])
        if column.dtype == "date":
            return self._dates(column.name, codes, values)
        return self._numbers(column, codes, values)

    def _missing(self, column: Column) -> Any:
        rows = len(self.grid)
        if column.dtype == "text":
            return text_column([_FILLED.get(column.name, "")], np.zeros(rows, dtype=np.int64))
        if column.dtype == "date":
            return np.full(rows, np.datetime64("NaT"), dtype="datetime64[s]")
        return np.full(rows, np.nan if column.dtype == "float" else -1)

    def _words(self, column: Column, cells: pd.Series[str]) -> pd.Series[str]:
        if column.values is not None:
            unknown = ~cells.isin(list(column.values)).to_numpy(dtype=bool)
            words = ", ".join(sorted(filter(None, column.values)))
            self.sieve.reject(
                unknown, "BAD_TEXT", lambda row: f"{column.name} is {cells[row][:40]!r}; known words: {words}"
            )
        return cells

    def _unguard(self, cells: pd.Series[str]) -> pd.Series[str]:
        return unguarded(cells) if self.grid.guarded else cells

    def _dates(self, name: str, codes: npt.NDArray[np.int64], values: list[str]) -> npt.NDArray[np.datetime64]:
        found = [read_days(value) for value in values]
        self.sieve.reject_values(codes, [(days.code, f"{name}: {days.reason}") for days in found])
        return days_column([days.start for days in found])[codes].astype("datetime64[s]")

    def _numbers(self, column: Column, codes: npt.NDArray[np.int64], values: list[str]) -> npt.NDArray[np.float64]:
        empty = np.nan if column.dtype == "float" else -1.0
        found = [_number(value, empty) for value in values]
        faults = [f"{column.name} is {value[:40]!r}, which is not a possible number" for value in values]
        self.sieve.reject_values(
            codes, [("BAD_COORD" if n is None else "", fault) for n, fault in zip(found, faults, strict=True)]
        )
        return np.array([empty if number is None else number for number in found], dtype=float)[codes]

    def _geometry(self) -> Any:
        """Read the points, from geometries or from longitude and latitude."""
        lon, lat = self._of_shapes() if self.grid.geometry is not None else (self._axis(axis) for axis in _AXES)
        half = reject_halves(self.sieve, lon, lat)
        for row in np.flatnonzero(~half & off_globe(lon, lat)):
            self.sieve.reject_row(int(row), *pair_fault(float(lat[row]), float(lon[row])))
        points = shapely.points(np.nan_to_num(lon), np.nan_to_num(lat))
        points[np.isnan(lon) | np.isnan(lat)] = None
        return points

    def _of_shapes(self) -> tuple[Any, Any]:
        shapes: Any = self.grid.geometry
        reject_broken(self.sieve, self.grid)
        other = ~shapely.is_missing(shapes) & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
        self.sieve.reject(other, "BAD_GEOMETRY", lambda row: f"the geometry is a {shapes[row].geom_type}")
        points = np.where(other, None, shapes)
        return shapely.get_x(points), shapely.get_y(points)

    def _axis(self, axis: Axis) -> npt.NDArray[np.float64]:
        if axis not in self.grid.cells.columns:
            return np.full(len(self.grid), np.nan)
        return axis_degrees(self.sieve, *codes_of(self.grid.cells[axis]), axis)


_AXES: tuple[Axis, Axis] = ("longitude", "latitude")


def _number(text: str, empty: float) -> float | None:
    """The number in a cell; None where it holds none, or an impossible one."""
    if not text:
        return empty
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) < _BEYOND else None


def columns_of_own(grid: Grid, latest: dt.date) -> StrikeColumns:
    """Return the columns of the strikes table in a grid; strikes after `latest` are quarantined."""
    own = _Own(grid, latest)
    return StrikeColumns(own.columns, own.geometry, own.extra, own.mapping, own.sieve)

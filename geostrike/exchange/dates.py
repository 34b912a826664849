"""The days of the strikes in a table: first and last day, and how wide the interval is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geostrike.exchange.columns import days_column, taken
from geostrike.exchange.days import Days, read_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from geostrike.exchange.mapped import MappedTable

    Dates = npt.NDArray[np.datetime64]

__all__ = ["date_columns"]


class _Intervals(NamedTuple):
    """The days of each row, and how precise they are."""

    start: Dates
    end: Dates
    precision: pd.Series[str]


def date_columns(table: MappedTable, order: str, latest: dt.date) -> dict[str, Any]:
    """The columns of dates of a strikes table; no strike can be after `latest`.

    Parameters
    ----------
    table
        The table.
    order
        How figures are read that can mean two days: a key of `geostrike.exchange.days.ORDERS`.
    latest
        The last day that a date can be.
    """
    days = _intervals(table, order)
    future = days.start > np.datetime64(latest, "D")
    table.sieve.refuse(future, "FUTURE_DATE", lambda row: f"{days.start[row]} has not been yet")
    days = _widened(table, days)
    table.sieve.warn(np.isnat(days.start), "PARTIAL_DATE")
    table.sieve.warn((days.end - days.start) > np.timedelta64(1, "D"), "DATE_RANGE")
    return {
        "date_start": days.start.astype("datetime64[s]"), "date_end": days.end.astype("datetime64[s]"),
        "date_precision": days.precision, "date_as_written": table.cells("date"),
        "date_basis": taken(["reported", "none"], (np.isnat(days.start) & np.isnat(days.end)).astype(np.int64)),
    }  # fmt: skip


def _intervals(table: MappedTable, order: str) -> _Intervals:
    """The days that the cells tell."""
    codes, found = _days(table, "date", order)
    start = days_column([days.start for days in found])[codes]
    end = days_column([days.end for days in found])[codes]
    precision = taken([days.precision for days in found], codes)
    if "date_end" not in table.mapping:
        return _Intervals(start, end, precision)
    codes, found = _days(table, "date_end", order)
    ends = days_column([days.end for days in found])[codes]
    names = table.mapping["date_end"], table.mapping.get("date", "")
    table.sieve.refuse(ends < start, "BAD_DATE", f"{names[0]} is before {names[1]}")
    longer, open_start = ends > end, ~np.isnat(ends) & np.isnat(start)
    end = np.where(longer | open_start, ends, end)
    return _Intervals(start, end, precision.mask(longer, "span").mask(open_start, "vague"))


def _days(table: MappedTable, key: str, order: str) -> tuple[npt.NDArray[np.int64], list[Days]]:
    """The distinct days of a column, and which of them each row has."""
    codes, values = table.coded(key)
    found = [read_days(value, order=order) for value in values]
    table.sieve.refuse_values(codes, [(days.code, days.reason) for days in found])
    return codes, found


def _widened(table: MappedTable, days: _Intervals) -> _Intervals:
    """The intervals as wide as the source's code of precision says."""
    precision = table.schema.date_precision
    if not table.has_column(precision.column):
        return days
    codes, values = table.coded_column(precision.column)
    for number, value in enumerate(values):
        days = _as_wide(days, (codes == number) & ~np.isnat(days.start), precision.codes.get(value, {}))
    return days


def _as_wide(days: _Intervals, rows: npt.NDArray[np.bool_], code: Mapping[str, Any]) -> _Intervals:
    """The intervals, in these rows as wide as one code says."""
    start, end, precision = days
    if code.get("days"):
        margin = np.timedelta64(int(code["days"]), "D")
        start, end = np.where(rows, start - margin, start), np.where(rows, end + margin, end)
        precision = precision.mask(rows, "span")
    if code.get("month"):
        month = start.astype("datetime64[M]")
        last = (month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
        start, end = np.where(rows, month.astype("datetime64[D]"), start), np.where(rows, last, end)
        precision = precision.mask(rows, "month")
    return _Intervals(start, end, precision)

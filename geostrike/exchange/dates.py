"""Read the dates of a table: first and last day of each row, and the precision of the interval."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geostrike.exchange.columns import days_column, text_column
from geostrike.exchange.days import Days, read_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from geostrike.exchange.mapped import MappedTable

    Dates = npt.NDArray[np.datetime64]

__all__ = ["date_columns"]


class _Intervals(NamedTuple):
    """First and last day of each row, and the precision."""

    start: Dates
    end: Dates
    precision: pd.Series[str]


def date_columns(table: MappedTable, order: str, latest: dt.date) -> dict[str, Any]:
    """Return the date columns of a strikes table; days after `latest` are quarantined.

    Parameters
    ----------
    table
        The table.
    order
        How ambiguous figures are read: a key of `geostrike.exchange.days.ORDERS`.
    latest
        The last possible day.
    """
    written = _intervals(table, order)
    future = written.start > np.datetime64(latest, "D")
    table.sieve.reject(future, "FUTURE_DATE", lambda row: f"{written.start[row]} is in the future")
    days = _widen(table, written)
    table.sieve.warn(np.isnat(days.start), "PARTIAL_DATE")
    table.sieve.warn((days.end - days.start) > np.timedelta64(1, "D"), "DATE_RANGE")
    return {
        "date_start": days.start.astype("datetime64[s]"), "date_end": days.end.astype("datetime64[s]"),
        "date_precision": days.precision, "date_as_written": table.cells("date"),
        "date_basis": text_column(["reported", "none"], (np.isnat(days.start) & np.isnat(days.end)).astype(np.int64)),
    }  # fmt: skip


def _intervals(table: MappedTable, order: str) -> _Intervals:
    """The intervals as written in the cells."""
    codes, found = _days(table, "date", order)
    start = days_column([days.start for days in found])[codes]
    end = days_column([days.end for days in found])[codes]
    precision = text_column([days.precision for days in found], codes)
    if "date_end" not in table.mapping:
        return _Intervals(start, end, precision)
    codes, found = _days(table, "date_end", order)
    ends = days_column([days.end for days in found])[codes]
    names = table.mapping["date_end"], table.mapping.get("date", "")
    table.sieve.reject(ends < start, "BAD_DATE", f"{names[0]} is before {names[1]}")
    longer, open_start = ends > end, ~np.isnat(ends) & np.isnat(start)
    end = np.where(longer | open_start, ends, end)
    return _Intervals(start, end, precision.mask(longer, "span").mask(open_start, "vague"))


def _days(table: MappedTable, key: str, order: str) -> tuple[npt.NDArray[np.int64], list[Days]]:
    """The code of each row, and the distinct days of a column."""
    codes, values = table.codes_of(key)
    found = [read_days(value, order=order) for value in values]
    table.sieve.reject_values(codes, [(days.code, days.reason) for days in found])
    return codes, found


def _widen(table: MappedTable, days: _Intervals) -> _Intervals:
    """Widen the intervals as the source's precision codes say."""
    precision = table.schema.date_precision
    if not table.has_column(precision.column):
        return days
    codes, values = table.codes_of_column(precision.column)
    for number, value in enumerate(values):
        days = _widen_rows(days, (codes == number) & ~np.isnat(days.start), precision.codes.get(value, {}))
    return days


def _widen_rows(days: _Intervals, rows: npt.NDArray[np.bool_], code: Mapping[str, Any]) -> _Intervals:
    """Widen the intervals of these rows as one code says."""
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

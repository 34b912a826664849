"""Parse dates in table cells strictly: an interval of days, or the reason why not.

Accepted are ISO dates with or without a time (2024-01-25, 2024-01-25T06:10:00Z, 20240125, 20240125061000), figures that
are unambiguous (25/01/2024, 25.01.2024), months by name (25 January 2024, 25-Jan-2024, 25 января 2024), parts (2024-01,
January 2024, 2024) and intervals (2024-01-25/2024-01-27). 03/04/2024 is ambiguous and needs `order`. A day written with
a time zone stays the day that is written.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

__all__ = ["ORDERS", "Days", "read_days"]

ORDERS = {
    "": "ambiguous figures are rejected",
    "dmy": "03/04/2024 is the third of April",
    "mdy": "03/04/2024 is the fourth of March",
    "excel": "45316 is a serial day of Excel",
    "epoch": "1706140800 are seconds, or 1706140800000 milliseconds, since 1970",
}

_ZONE = r"(?:Z|UTC|GMT|[+-][0-9][0-9]:?(?:[0-9][0-9])?)?"
_TIME = r"(?:[T ]+(?P<hour>[0-9]{1,2}):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?(?: ?[AaPp][Mm])? ?" + _ZONE + ")?"
_ISO = re.compile(r"(?P<y>[0-9]{4})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})" + _TIME)
_COMPACT = re.compile(r"(?P<y>(?:19|20)[0-9][0-9])(?P<m>[0-9][0-9])(?P<d>[0-9][0-9])(?:[0-9]{6})?")
_FIGURES = re.compile(r"(?P<a>[0-9]{1,2})(?P<sep>[-/.])(?P<b>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4})" + _TIME)
_WORD = r"(?P<name>[^\W0-9_]{3,12})"
_DAY_FIRST = re.compile(r"(?P<d>[0-9]{1,2})\.?[ -]" + _WORD + r"\.?,?[ -](?P<y>[0-9]{4})(?: ?(?:г|р|года|року)\.?)?")
_NAME_FIRST = re.compile(_WORD + r"\.? (?P<d>[0-9]{1,2}),? (?P<y>[0-9]{4})")
_MONTH = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})|" + _WORD + r" (?P<y2>[0-9]{4})")
_YEAR = re.compile(r"(?:19|20)[0-9][0-9]")
_RANGE = re.compile(r"(?P<a>.*[0-9]{4}.*?)(?: ?/ ?| to | ?\.\.\.? ?| ?[–—] ?| - )(?P<b>.*[0-9]{4}.*)")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_EPOCH = re.compile(r"[0-9]{10}(?:\.[0-9]+)?|[0-9]{13}")
_NAMES = {
    name: number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(map(str.lower, names))
    if name
} | {"sept": 9}
_FIRST_YEAR = 1900
_LONGEST = 100  # characters; the patterns backtrack, and take minutes on a long text
_EXCEL_ZERO = dt.date(1899, 12, 30)


class Days(NamedTuple):
    """The days in a cell, or the quarantine code and the reason why there are none.

    `precision` is a word of `geostrike.tables.DATE_PRECISIONS`.
    """

    start: dt.date | None
    end: dt.date | None
    precision: str
    code: str = ""
    reason: str = ""


_EMPTY = Days(None, None, "unknown")


def read_days(text: str, *, order: str = "") -> Days:
    """Parse the days in a cell; open where the cell is empty.

    Parameters
    ----------
    text
        The cell.
    order
        How ambiguous figures are read: a key of `ORDERS`.

    Examples
    --------
    >>> read_days("2024-01-25 06:10:00+02:00").start.isoformat(), read_days("2024-02").end.isoformat()
    ('2024-01-25', '2024-02-29')
    >>> read_days("03/04/2024").code, read_days("03/04/2024", order="dmy").start.isoformat()
    ('AMBIGUOUS_DATE', '2024-04-03')
    """
    text = " ".join(text.split())
    if not text:
        return _EMPTY
    if len(text) > _LONGEST:
        reason = f"{_short(text)} is not a date: it is {len(text):,} characters long"
        return Days(None, None, "unknown", "BAD_DATE", reason)
    try:
        return _one(text, order) or _interval(text, order)
    except _AmbiguousError as error:
        return Days(None, None, "unknown", "AMBIGUOUS_DATE", str(error))
    except (ValueError, OverflowError, OSError) as error:
        return Days(None, None, "unknown", "BAD_DATE", f"{_short(text)} is not a date: {error}")


class _AmbiguousError(Exception):
    """Figures that can mean two days."""


def _one(text: str, order: str) -> Days | None:
    """Parse a day, a month or a year; None where the text has another form."""
    serial = _serial_day(text, order)
    day = serial or _day_as_written(text, order)
    if day is not None:
        return Days(day, day, "day")
    if _YEAR.fullmatch(text):
        return Days(dt.date(int(text), 1, 1), dt.date(int(text), 12, 31), "vague")
    month = _MONTH.fullmatch(text)
    if month and (month["m"] or month["name"].lower() in _NAMES):
        first = _date(month["y"] or month["y2"], month["m"] or _NAMES[month["name"].lower()], 1)
        return Days(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]), "month")
    return None


def _day_as_written(text: str, order: str) -> dt.date | None:
    """Parse a day in figures or with the month's name."""
    found = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        _check_hour(found)
        return _date(found["y"], found["m"], found["d"])
    figures = _FIGURES.fullmatch(text)
    if figures:
        _check_hour(figures)
        return _in_figures(figures, order)
    named = _DAY_FIRST.fullmatch(text) or _NAME_FIRST.fullmatch(text)
    if named and named["name"].lower() in _NAMES:
        return _date(named["y"], _NAMES[named["name"].lower()], named["d"])
    if named:
        # The lexicons hold the names of months in the languages of reports, in all grammatical cases.
        from geostrike.reading.text.publication import parse_date

        return parse_date(text)
    return None


def _in_figures(found: re.Match[str], order: str) -> dt.date:
    first, second, year = int(found["a"]), int(found["b"]), found["y"]
    if found["sep"] == "." or order == "dmy" or first == second:  # with dots, the day is first everywhere
        return _date(year, second, first)
    if order == "mdy":
        return _date(year, first, second)
    if first <= 12 and second <= 12:
        readings = f"{year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}"
        msg = f"{found.group()} can mean {readings}; say which with dates='dmy' or dates='mdy'"
        raise _AmbiguousError(msg)
    return _date(year, second, first) if first > 12 else _date(year, first, second)


def _serial_day(text: str, order: str) -> dt.date | None:
    """Parse a number of days or seconds; an error unless `order` says that it is one."""
    if _SERIAL.fullmatch(text):
        day = _EXCEL_ZERO + dt.timedelta(days=int(float(text)))
        if order == "excel":
            return day
        msg = f"if it is a serial day of Excel ({day}), say dates='excel'"
        raise ValueError(msg)
    if _EPOCH.fullmatch(text):
        seconds = float(text) / (1000 if len(text) == 13 else 1)
        day = dt.datetime.fromtimestamp(seconds, tz=dt.UTC).date()
        if order == "epoch":
            return day
        msg = f"if these are seconds since 1970 ({day}), say dates='epoch'"
        raise ValueError(msg)
    return None


def _interval(text: str, order: str) -> Days:
    """Parse an interval of two dates."""
    both = _RANGE.fullmatch(text)
    ends = [_one(both[name].strip(), order) for name in ("a", "b")] if both else [None]
    first, last = ends[0], ends[-1]
    if first is None or last is None or first.start is None or last.end is None:
        msg = "write it as 2024-01-25"
        raise ValueError(msg)
    if first.start > last.end:
        msg = f"it ends on {last.end}, before it begins"
        raise ValueError(msg)
    return Days(first.start, last.end, "day" if first.start == last.end else "span")


def _date(year: str | int, month: str | int, day: str | int) -> dt.date:
    made = dt.date(int(year), int(month), int(day))
    if made.year < _FIRST_YEAR:
        msg = f"the year is before {_FIRST_YEAR}"
        raise ValueError(msg)
    return made


def _check_hour(found: re.Match[str]) -> None:
    hour = found.groupdict().get("hour")
    if hour and int(hour) > 24:
        msg = f"the hour is {hour}"
        raise ValueError(msg)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")

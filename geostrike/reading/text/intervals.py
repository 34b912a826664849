"""Resolve date expressions to intervals of days, anchored at the publication date or at another day of the text."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace
from typing import NamedTuple

__all__ = ["DAY", "OPEN", "DateExpression", "When"]

DAY = dt.timedelta(days=1)
# "23 March" in a text of 22 March is tomorrow; in a text of 10 March it is last year's.
AHEAD = 2 * DAY
_LONG = {"month", "year"}
_MONTH_PARTS = {"begin": (1, 10), "middle": (11, 20), "end": (21, 31)}


class When(NamedTuple):
    """An interval of days, `None` where open, with its precision and the words of the text.

    `early` marks "early on Friday": the night before for drones and missiles, the day itself for other weapons.
    `inferred` marks the date of undated news, which is that of the publication.
    """

    start: dt.date | None
    end: dt.date | None
    precision: str
    written: str
    future: bool = False
    early: bool = False
    inferred: bool = False

    @property
    def day(self) -> dt.date | None:
        """The day that anchors later expressions: the last one."""
        return self.end

    @property
    def basis(self) -> str:
        """Whether the date is reported, inferred, or none."""
        if self.inferred:
            return "inferred"
        return "reported" if self.start is not None or (self.end is not None and self.written) else "none"


@dataclass(frozen=True)
class DateExpression:
    """Adjacent date words, not yet anchored."""

    start: int
    end: int
    text: str
    day: int | None = None
    last_day: int | None = None
    month: int | None = None
    year: int | None = None
    month_part: str = ""
    weekday: int | None = None
    mode: str = ""
    offset: int | None = None
    offset_unit: str = "day"
    anchor: str = "published"
    period: str = ""
    part: str = ""
    until: DateExpression | None = None
    hours: bool = False

    @property
    def is_part(self) -> bool:
        """Whether the expression is only a part of a day: "at night"."""
        return bool(self.part) and all(field is None for field in (self.day, self.weekday, self.offset, self.month))

    def resolve(
        self, published: dt.date | None, reference: dt.date | None = None, night: dt.date | None = None
    ) -> When:
        """Return the interval in a text with that publication date.

        `reference` is the last day mentioned before in the text, `night` the day on which the last mentioned night
        ended.
        """
        if self.until is not None:
            return self._span(published, reference)._replace(written=self.text)
        last = night or reference if self.anchor == "night" else reference
        when = self._interval(published, last or published)
        backwards = when.start is not None and when.end is not None and when.start > when.end
        return (OPEN if backwards else when)._replace(written=self.text)

    def _span(self, published: dt.date | None, reference: dt.date | None) -> When:
        """Return the interval from this day to the joined day, which also supplies the year."""
        last = self.until.resolve(published, reference).end if self.until else None
        first = replace(self, until=None).resolve(last).start
        if first is None or last is None or first > last:
            return OPEN
        if last == first:
            return When(first, last, "day", "")
        return When(first, last, "night" if self.hours and last - first == DAY else "span", "")

    def _interval(self, published: dt.date | None, reference: dt.date | None) -> When:
        if self.month is not None:
            return self._calendar(published, reference)
        if self.weekday is not None:
            return self._of_weekday(published, reference)
        if self.offset is not None:
            return self._of_offset(reference if self.anchor == "reference" else published)
        if self.period:
            return _of_period(self.period, reference if self.period.endswith(":same") else published)
        return self._of_part(published if self.anchor == "published" else reference)

    def _calendar(self, published: dt.date | None, reference: dt.date | None) -> When:
        year = self.year or self._stated_year(published, reference)
        if year is None and published is None:
            year = _nearest_year(self.month or 1, self.day or 1, reference)
        year = year or _year_of(self.month or 1, self.day or 1, published)
        if year is None:
            return OPEN
        if self.day is None:
            return _of_month(year, self.month or 1, self.month_part)
        try:
            first = dt.date(year, self.month or 1, self.day)
            last = first if self.last_day is None else dt.date(year, self.month or 1, self.last_day)
        except ValueError:
            return OPEN
        if last != first:
            return When(first, last, "night" if self.part and last - first == DAY else "span", "")
        return _of_day(first, self.part, published)

    def _stated_year(self, published: dt.date | None, reference: dt.date | None) -> int | None:
        """Return the year in words: "12 September last year", "27 June of that year"."""
        name, _, shift = self.period.partition(":")
        if name != "year":
            return None
        anchor = reference if shift == "same" else published
        return anchor.year + (0 if shift == "same" else int(shift)) if anchor is not None else None

    def _of_weekday(self, published: dt.date | None, reference: dt.date | None) -> When:
        if published is None or self.weekday is None:
            return OPEN
        if self.mode == "next":
            ahead = (self.weekday - published.weekday()) % 7 or 7
            return When(published + ahead * DAY, published + ahead * DAY, "day", "", future=True)
        base = published
        if self.offset is not None and reference is not None:
            base = (reference if self.anchor == "reference" else published) + (self.offset + 3) * DAY
            base = min(base, published)
        back = (base.weekday() - self.weekday) % 7
        if back == 0 and self.mode == "last":
            back = 7
        return _of_day(base - back * DAY, self.part, published)

    def _of_offset(self, anchor: dt.date | None) -> When:
        if anchor is None or self.offset is None:
            return OPEN
        day = anchor + self.offset * DAY
        if self.offset_unit in _LONG:
            slack = 10 if self.offset_unit == "month" else 60
            return When(day - slack * DAY, day + slack * DAY, "vague", "")
        return _of_day(day, self.part, anchor if self.anchor == "published" else None)

    def _of_part(self, anchor: dt.date | None) -> When:
        if anchor is None:
            return OPEN
        if self.part in ("night", "night_into", "early", "dawn", "night_before"):
            return When(anchor - DAY, anchor, "night", "")
        return When(anchor, anchor, "day", "")


OPEN = When(None, None, "unknown", "")


def _year_of(month: int, day: int, published: dt.date | None) -> int | None:
    """Return the year of the last such day up to the publication."""
    if published is None:
        return None
    for year in range(published.year, published.year - 9, -1):  # there may be no 29 February for eight years
        try:
            if dt.date(year, month, day) <= published + AHEAD:
                return year
        except ValueError:
            continue
    return published.year - 1


def _nearest_year(month: int, day: int, reference: dt.date | None) -> int | None:
    """Return the year of such a day that is nearest to the day mentioned before."""
    if reference is None:
        return None
    years = [year for year in range(reference.year - 1, reference.year + 2) if day <= _days_of(year, month)]
    return min(years, key=lambda year: abs(dt.date(year, month, day) - reference), default=None)


def _days_of(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _of_day(day: dt.date, part: str, published: dt.date | None) -> When:
    if part in ("night_into", "early", "dawn"):
        return When(day - DAY, day, "night", "", early=part == "early")
    if part in ("night", "night_before"):
        # "Tuesday night" ends on Wednesday, unless the text was published on Tuesday.
        if part == "night" and (published is None or day < published):
            return When(day, day + DAY, "night", "")
        return When(day - DAY, day, "night", "")
    return When(day, day, "day", "")


def _of_month(year: int, month: int, part: str) -> When:
    last = calendar.monthrange(year, month)[1]
    if not part:
        return When(dt.date(year, month, 1), dt.date(year, month, last), "month", "")
    begin, end = _MONTH_PARTS[part]
    return When(dt.date(year, month, begin), dt.date(year, month, min(end, last)), "vague", "")


def _of_period(period: str, published: dt.date | None) -> When:
    """Return a past day, week, month or year relative to the publication; "recent" is any time before it."""
    if published is None:
        return OPEN
    name, _, number = period.partition(":")
    if name == "recent":
        return When(None, published, "vague", "")
    if name == "day":
        return When(published - DAY, published, "span", "")
    shift = 0 if number == "same" else int(number or 0)
    if name == "week":
        monday = published - published.weekday() * DAY + 7 * shift * DAY
        return When(monday, min(monday + 6 * DAY, published), "span", "")
    if name == "month":
        year, month = divmod(published.year * 12 + published.month - 1 + shift, 12)
        when = _of_month(year, month + 1, "")
        return when._replace(end=min(when.end or published, published))
    year = published.year + shift
    return When(dt.date(year, 1, 1), min(dt.date(year, 12, 31), published), "vague", "")

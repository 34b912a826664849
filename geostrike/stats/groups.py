"""Groups of strikes: by direction of fire, by period under a rule for dates, or by a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geostrike.errors import TableError
from geostrike.tables import STRIKES, check_table, days_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Numbers = npt.NDArray[np.int64]

__all__ = ["DATE_RULES", "PERIODS", "Grouping", "days_by_rule", "direction", "group_strikes", "measured_rows"]

UNKNOWN = "unknown"
PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}
# How a strike with a date interval is assigned to a period.
DATE_RULES = {
    "first": "the period of its first day",
    "middle": "the period of the day in the middle",
    "last": "the period of its last day",
    "spread": "every period that the interval touches; by day, it is expected in each with its share of the days",
}
# Other names for columns to group by.
_COLUMN_OF = {"border": "border_id"}


@dataclass(frozen=True)
class Grouping:
    """Rows of a table in groups; with spread dates, a row may be in several.

    Attributes
    ----------
    keys
        One row per group: `direction`, and the column grouped by; sorted.
    row, group, share
        One entry per row and group: the row's number, the group's number in `keys`, and how much of the row is
        expected in the group (1 unless spread).
    """

    keys: pd.DataFrame
    row: Numbers
    group: Numbers
    share: Floats

    def counts(self, flags: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
        """Count the rows of each group, or those with a flag set."""
        group = self.group if flags is None else self.group[flags[self.row]]
        return np.bincount(group, minlength=len(self.keys))


def direction(strikes: pd.DataFrame) -> pd.Series[str]:
    """The direction of fire, such as "UKR to RUS", or "UKR to unknown" if the place is unknown.

    A strike without an attacker counts under the struck country, as "in RUS"; one without a place, under the side it
    was aimed at. A strike inside the attacker's own recognised territory is "UKR to UKR".

    Examples
    --------
    >>> row = {"attacker": ["UKR"], "struck_country": ["RUS"], "target_side": [""]}
    >>> direction(pd.DataFrame(row)).tolist()
    ['UKR to RUS']
    """
    code, names = _directions(strikes)
    return pd.Series(np.array(names, dtype=object)[code], index=strikes.index, dtype="str")


def _directions(strikes: pd.DataFrame) -> tuple[Numbers, list[str]]:
    """The number of each strike's direction, and the sorted directions; much faster than joining words."""
    check_table(strikes, STRIKES, columns=["attacker", "struck_country", "target_side"])
    struck = strikes["struck_country"].where(strikes["struck_country"] != "", strikes["target_side"])
    (attacker, by), (side, at) = (_numbered(words) for words in (strikes["attacker"], struck))
    pair, code = np.unique(attacker * len(at) + side, return_inverse=True)
    names = [_direction(by[number // len(at)], at[number % len(at)]) for number in pair.tolist()]
    ordered, number = np.unique(np.array(names, dtype=str), return_inverse=True)
    return number.astype(np.int64)[code.reshape(-1)], ordered.tolist()


def _direction(attacker: str, struck: str) -> str:
    return f"in {struck}" if attacker == UNKNOWN else f"{attacker} to {struck}"


def _numbered(words: pd.Series[str]) -> tuple[Numbers, list[str]]:
    """The number of each word, and the words; the last one is for missing values."""
    number, distinct = pd.factorize(words)
    return np.where(number < 0, len(distinct), number), [*(word or UNKNOWN for word in distinct), UNKNOWN]


def measured_rows(strikes: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which strikes enter the distances: those with a depth, not known to be on the attacker's own ground.

    Strikes in neither country of the border do not enter; strikes without an attacker do.
    """
    check_table(strikes, STRIKES, columns=["side", "depth_km"])
    apart = strikes["side"].isin(["home", "outside"])
    flags: npt.NDArray[np.bool_] = (~apart & strikes["depth_km"].notna()).to_numpy(dtype=bool)
    return flags


def group_strikes(strikes: pd.DataFrame, by: str | None, dates: str = "first") -> Grouping:
    """Group strikes by direction and, optionally, by period or by the words of a column.

    Raises
    ------
    TableError
        If `by` is neither a period nor a column, or `dates` is not a rule.
    """
    first, directions = _directions(strikes)
    if by is None:
        keys = pd.DataFrame({"direction": pd.Series(directions, dtype="str")})
        return Grouping(keys, np.arange(len(strikes)), first, np.ones(len(strikes)))
    row, second, labels, share = _groups(strikes, by, dates)
    pair, group = np.unique(first[row] * max(1, len(labels)) + second, return_inverse=True)
    keys = pd.DataFrame(
        {
            "direction": pd.Series(np.asarray(directions, dtype=object)[pair // max(1, len(labels))], dtype="str"),
            by: pd.Series(np.asarray(labels, dtype=object)[pair % max(1, len(labels))], dtype="str"),
        }
    )
    return Grouping(keys, row, group.reshape(-1), share)


def _groups(strikes: pd.DataFrame, by: str, dates: str) -> tuple[Numbers, Numbers, list[str], Floats]:
    """Rows, the number of each row's label, the labels, and the shares."""
    if by in PERIODS:
        row, ordinal, share = _periods(strikes, PERIODS[by], dates)
        distinct, number = np.unique(ordinal, return_inverse=True)
        return row, number.reshape(-1), [_period_label(value, PERIODS[by]) for value in distinct.tolist()], share
    column = _COLUMN_OF.get(by, by)
    if column not in strikes.columns:
        msg = f"cannot group by {by!r}: it is neither a column nor one of {', '.join(PERIODS)}"
        raise TableError(msg)
    words = strikes[column].astype("str").mask(strikes[column].isna() | (strikes[column] == ""), UNKNOWN)
    number, labels = pd.factorize(words, sort=True)
    return np.arange(len(strikes)), number, list(labels), np.ones(len(strikes))


# --- dates ------------------------------------------------------------------------------------------------------------

# An unknown date; sorts after every period, as its label does.
_NO_PERIOD = np.iinfo(np.int64).max


def days_by_rule(strikes: pd.DataFrame, dates: str) -> pd.Series[pd.Timestamp]:
    """The day of each strike under a rule; NaT for none.

    Raises
    ------
    TableError
        If `dates` is not a rule that gives one day, or a date cannot be read.

    Examples
    --------
    >>> night = pd.DataFrame({"date_start": [pd.Timestamp("2024-01-31")], "date_end": [pd.Timestamp("2024-02-01")]})
    >>> days_by_rule(night, "last").dt.strftime("%Y-%m-%d").tolist()
    ['2024-02-01']
    """
    if dates in ("first", "last"):
        return days_of(strikes, "date_start" if dates == "first" else "date_end")
    if dates == "middle":
        first, last = days_of(strikes, "date_start"), days_of(strikes, "date_end")
        middle: pd.Series[pd.Timestamp] = (first + (last - first) / 2).dt.floor("D")
        return middle
    rules = ", ".join(rule for rule in DATE_RULES if rule != "spread")
    msg = f"dates is {dates!r}; the rules are: {rules}"
    raise TableError(msg)


def _periods(strikes: pd.DataFrame, frequency: str, dates: str) -> tuple[Numbers, npt.NDArray[np.int64], Floats]:
    if dates == "spread":
        return _spread(strikes, frequency)
    if dates not in DATE_RULES:
        msg = f"dates is {dates!r}; the rules are: {', '.join(DATE_RULES)}"
        raise TableError(msg)
    ordinal = _ordinals(days_by_rule(strikes, dates), frequency)
    return np.arange(len(strikes)), ordinal, np.ones(len(strikes))


def _spread(strikes: pd.DataFrame, frequency: str) -> tuple[Numbers, npt.NDArray[np.int64], Floats]:
    """Every period that overlaps each interval, with the share of its days in that period."""
    start, end = days_of(strikes, "date_start"), days_of(strikes, "date_end")
    first, last = _ordinals(start, frequency), _ordinals(end, frequency)
    closed = (start <= end).to_numpy(dtype=bool)
    touched = np.where(closed, np.where(closed, last, 0) - np.where(closed, first, 0) + 1, 1)
    row = np.repeat(np.arange(len(strikes)), touched)
    number = np.arange(len(row)) - np.repeat(np.cumsum(touched) - touched, touched)
    known = closed[row]
    ordinal = np.where(known, np.where(known, first[row], 0) + number, _NO_PERIOD)
    share = np.ones(len(row))
    several = np.flatnonzero(known & (touched[row] > 1))
    days = [_day_numbers(column)[row[several]] for column in (start, end)]
    opens, closes = _ends_of_periods(ordinal[several], frequency)
    inside = np.minimum(days[1], closes) - np.maximum(days[0], opens) + 1
    share[several] = inside / (days[1] - days[0] + 1)
    return row, ordinal, share


def _day_numbers(days: pd.Series[pd.Timestamp]) -> npt.NDArray[np.int64]:
    """Days since 1970."""
    return days.to_numpy().astype("datetime64[D]").astype(np.int64)


def _ends_of_periods(ordinal: npt.NDArray[np.int64], frequency: str) -> list[npt.NDArray[np.int64]]:
    """The numbers of the first and the last day of periods."""
    distinct, code = np.unique(ordinal, return_inverse=True)
    periods = [pd.Period(ordinal=value, freq=frequency) for value in distinct.tolist()]
    ends = [[period.start_time for period in periods], [period.end_time for period in periods]]
    return [_day_numbers(pd.Series(side, dtype="datetime64[s]"))[code] for side in ends]


def _ordinals(days: pd.Series[pd.Timestamp], frequency: str) -> npt.NDArray[np.int64]:
    """The number of each day's period."""
    code, distinct = pd.factorize(days.to_numpy())
    known = pd.PeriodIndex(distinct, freq=frequency).asi8 if len(distinct) else np.empty(0, dtype=np.int64)
    return np.append(known, _NO_PERIOD)[code]


def _period_label(ordinal: int, frequency: str) -> str:
    return UNKNOWN if ordinal == _NO_PERIOD else str(pd.Period(ordinal=ordinal, freq=frequency))

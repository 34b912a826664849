"""The days of interest; rows wholly outside are left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from geostrike.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Window"]

Day: TypeAlias = str | date


@dataclass(frozen=True)
class Window:
    """The first and last day of interest; None for an open end.

    Examples
    --------
    >>> Window.between("2024-01-01", None).since
    datetime.date(2024, 1, 1)
    """

    since: date | None = None
    until: date | None = None

    @staticmethod
    def between(since: Day | None, until: Day | None) -> Window:
        """The window between two days, given as dates or as text such as "2024-01-25".

        Raises
        ------
        InputError
            If one is not a date, or the first is after the last.
        """
        first, last = _day(since, "since"), _day(until, "until")
        if first and last and first > last:
            msg = f"since: {first} is after until: {last}; swap them"
            raise InputError(msg)
        return Window(first, last)

    def excludes(self, table: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which rows are wholly outside; a row with an open date may be inside."""
        since, until = (pd.Timestamp(day) if day else pd.NaT for day in (self.since, self.until))
        outside: npt.NDArray[np.bool_] = ((table["date_end"] < since) | (table["date_start"] > until)).to_numpy(
            dtype=bool
        )
        return outside

    @staticmethod
    def reasons(table: pd.DataFrame) -> list[str]:
        """The reason for each row that is left out."""
        return [f"{day or 'its date'} is outside the dates that were asked for" for day in table["date_as_written"]]


def _day(value: Day | None, option: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        msg = f"{option}: {value!r} is not a date; write it as 2024-01-25"
        raise InputError(msg) from None

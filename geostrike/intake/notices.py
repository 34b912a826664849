"""Warn in Python of input that could not be used: once, with counts by reason and the remedy."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

from geostrike.errors import InputWarning
from geostrike.tables import NO_FAULT, QUARANTINE_CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["REMEDIES", "warn_of", "warn_of_losses"]

REMEDIES = {
    "AMBIGUOUS_DATE": 'say which comes first, with dates="dmy" or dates="mdy" (of locate: table={"dates": "dmy"})',
    "SWAPPED_COORD": "say which column is which, as in columns={'latitude': ..., 'longitude': ...}",
    "LIMIT": "convert it to CSV or Parquet, or split it",
}
"""Quarantine code -> what the user can do, as arguments of `geostrike.read_strikes`."""
_SHOWN = 60


def warn_of_losses(
    quarantine: pd.DataFrame,
    *,
    rows_in: int | None = None,
    what: str = "rows",
    remedy: Mapping[str, str] = REMEDIES,
) -> None:
    """Warn once of what is in quarantine, at the line of the caller outside geostrike; silent if nothing is lost.

    Rows that were read and left out on purpose (`geostrike.tables.NO_FAULT`) are not losses.

    Parameters
    ----------
    quarantine
        The quarantine table (`geostrike.tables.QUARANTINE`).
    rows_in
        The number of rows read, if known.
    what
        What to call the rows.
    remedy
        Quarantine code -> what the user can do.

    Warns
    -----
    InputWarning
        A `UserWarning`.

    Examples
    --------
    >>> from geostrike.tables import QUARANTINE, build_table
    >>> lost = build_table(QUARANTINE, [{"line": 3, "code": "AMBIGUOUS_DATE", "reason": "03/04/2024 is two days"}])
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_of_losses(lost, rows_in=60)
    >>> print(str(caught[0].message).partition("; ")[0])
    1 of 60 rows could not be used: 1 AMBIGUOUS_DATE (a date that can be read in two ways)
    """
    lost = quarantine[~quarantine["code"].isin(NO_FAULT)]
    if lost.empty:
        return
    counts = lost["code"].value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    reasons = ", ".join(f"{count} {code} ({QUARANTINE_CODES[str(code)]})" for code, count in counts.items())
    first = lost.iloc[0]
    where = ", ".join(
        part for part in (str(first["path"]), f"line {first['line']}" if first["line"] > 0 else "") if part
    )
    parts = [
        f"{len(lost)} {f'of {rows_in} ' if rows_in else ''}{what} could not be used: {reasons}",
        f"the first: {where}: {first['reason']}",
        *[remedy[str(code)] for code in counts.index if code in remedy],
        "all are in the table `quarantine`",
    ]
    warn_of("; ".join(parts))


def warn_of(message: str) -> None:
    """Warn of input in one line, at the line of the caller outside geostrike."""
    warnings.warn(_in_one_line(message), InputWarning, stacklevel=_level_outside())


def _in_one_line(text: str) -> str:
    """Remove line breaks and control characters."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


def _level_outside() -> int:
    """Return the stack level of the first caller outside this package, as `warnings.warn` counts."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "geostrike":
        frame, level = frame.f_back, level + 1
    return level

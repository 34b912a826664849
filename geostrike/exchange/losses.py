"""Count what a format cannot hold, so that nothing is dropped in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.tables import STRIKES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

__all__ = ["ELSEWHERE", "NOT_XML", "Losses", "holds_something"]

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML file can hold."""
ELSEWHERE = "the target's column holds another value"
"""The reason for a value that is replaced by another."""


class Losses:
    """The losses of writing one file, by column and reason.

    Examples
    --------
    >>> losses = Losses()
    >>> losses.add("status", 2, "the target has no column for it")
    >>> losses.table().values.tolist()
    [['status', 2, 'the target has no column for it']]
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], int] = {}

    def add(self, column: str, rows: int, reason: str) -> None:
        """Count rows whose cell in a column is lost or altered."""
        if rows:
            self._rows[column, reason] = self._rows.get((column, reason), 0) + rows

    def add_columns(self, strikes: pd.DataFrame, kept: Iterable[str]) -> None:
        """Count the values in columns other than those that are kept."""
        for name in strikes.columns.difference([*kept, "geometry"], sort=False):
            self.add(str(name), int(holds_something(strikes[name]).sum()), "the target has no column for it")

    def add_interval(self, strikes: gpd.GeoDataFrame, reason: str) -> None:
        """Count the strikes whose last day is lost because it differs from the first."""
        longer = strikes["date_end"].notna() & (strikes["date_end"] != strikes["date_start"])
        self.add("date_end", int(longer.sum()), reason)

    def add_wanted(self, strikes: gpd.GeoDataFrame) -> None:
        """Count the strikes that lack the date or the coordinates that the target requires."""
        self.add("date_start", int(strikes["date_start"].isna().sum()), "the target requires a date, and none is known")
        missing = int(strikes.geometry.isna().sum())
        self.add("geometry", missing, "the target requires coordinates, and none are known")

    def without(self, strikes: gpd.GeoDataFrame, pattern: re.Pattern[str], reason: str) -> gpd.GeoDataFrame:
        """Replace and count characters that the format cannot hold."""
        changed = {}
        for name in strikes.columns:
            if name != strikes.geometry.name and pd.api.types.is_string_dtype(strikes[name].dtype):
                texts = strikes[name].astype("str").tolist()
                bad = sum(bool(pattern.search(text)) for text in texts)
                if bad:
                    self.add(str(name), bad, reason)
                    sound = [pattern.sub("\N{REPLACEMENT CHARACTER}", text) for text in texts]
                    changed[name] = pd.array(sound, dtype="str")
        return strikes.assign(**changed) if changed else strikes

    def table(self) -> pd.DataFrame:
        """Return all losses: column, rows, reason."""
        rows = [(column, count, reason) for (column, reason), count in self._rows.items()]
        return pd.DataFrame(rows, columns=["column", "rows", "reason"]).astype({"rows": "int64"})


def holds_something(column: pd.Series[Any]) -> pd.Series[bool]:
    """Whether each cell holds a value; empty texts and counts of -1 do not."""
    filled = column.notna()
    if pd.api.types.is_string_dtype(column.dtype):
        return filled & (column.astype("str") != "")
    known = {c.name for c in STRIKES.columns if c.dtype == "int"}
    return filled & (column != -1) if column.name in known else filled

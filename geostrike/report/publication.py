"""The tables of a run as written to its files."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from geostrike.results import Analysis, Located

__all__ = ["publication", "publication_figures", "writable"]

TableT = TypeVar("TableT", bound=pd.DataFrame)


def publication(located: Located) -> Located:
    """The run as written to its files: depths rounded to a metre, so that the page agrees with strikes.csv."""
    tables = {part.name: writable(getattr(located, part.name)) for part in fields(located)}
    return replace(located, **tables | {"strikes": _to_a_metre(tables["strikes"])})


def publication_figures(analysis: Analysis) -> Analysis:
    """The statistics as written to their files, rounded to a metre."""
    return replace(analysis, summary=_to_a_metre(analysis.summary), records=_to_a_metre(analysis.records))


def _to_a_metre(table: TableT) -> TableT:
    distances = [name for name in table.columns if name.endswith("_km")]
    return table.assign(**{name: table[name].round(3) for name in distances})


def writable(table: Any) -> Any:
    """The table with lone surrogates, which no file can hold, replaced by question marks."""
    if not isinstance(table, pd.DataFrame):
        return table
    loose = [name for name in table.columns if table[name].dtype == object and name != "geometry"]
    return table.assign(**{name: [_written(value) for value in table[name]] for name in loose}) if loose else table


def _written(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value

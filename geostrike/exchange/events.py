"""Build the columns of a strikes table from any table of events."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from geostrike.exchange.columns import longest
from geostrike.exchange.dates import date_columns
from geostrike.exchange.grid import MAX_CELL
from geostrike.exchange.ids import id_columns
from geostrike.exchange.mapped import MappedTable, StrikeColumns
from geostrike.exchange.points import place_columns
from geostrike.exchange.schemas import Keep, some_of
from geostrike.exchange.words import word_columns

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from geostrike.exchange.grid import Grid
    from geostrike.exchange.schemas import Schema

__all__ = ["columns_of_events"]


def columns_of_events(
    grid: Grid, schema: Schema, mapping: dict[str, str], order: str, latest: dt.date
) -> StrikeColumns:
    """Return the columns of a strikes table for a grid.

    Parameters
    ----------
    grid
        The table.
    schema, mapping
        The kind of table, and its column for each key.
    order
        How ambiguous figures are read: a key of `geostrike.exchange.days.ORDERS`.
    latest
        The last day on which a strike can have happened.
    """
    table = MappedTable(grid, schema, mapping)
    _check_text(table)
    _note_undated(table)
    _keep_strikes(table)
    columns = date_columns(table, order, latest)
    places, geometry = place_columns(table)
    columns |= places | word_columns(table) | id_columns(table)
    columns["warnings"] = table.sieve.warnings()
    return StrikeColumns(columns, geometry, _other_columns(table), mapping, table.sieve, table.notes)


def _check_text(table: MappedTable) -> None:
    """Quarantine rows with bytes that are not text, and with cells that are too long."""
    grid, sieve = table.grid, table.sieve
    for name in grid.cells.columns:
        cells = grid.cells[name]
        if grid.damaged:
            sieve.reject(
                _holds(cells, "\N{REPLACEMENT CHARACTER}"), "BAD_TEXT", f"{name} holds bytes that are not text"
            )
        if grid.zeros:
            sieve.reject(_holds(cells, "\0"), "BAD_TEXT", f"{name} holds a zero byte")
        if longest(cells) > MAX_CELL:
            long = (cells.str.len() > MAX_CELL).to_numpy(dtype=bool)
            sieve.reject(long, "TOO_LONG", f"{name} is longer than the limit of {MAX_CELL:,} characters")


def _holds(cells: pd.Series[str], character: str) -> npt.NDArray[np.bool_]:
    return cells.str.contains(character, regex=False).to_numpy(dtype=bool)


def _note_undated(table: MappedTable) -> None:
    """Note that no column was recognised as the date, and list the unused columns."""
    if {"date", "date_end"} & table.mapping.keys():
        return
    left = [str(name) for name in table.grid.cells.columns if name not in table.mapping.values()]
    if left:
        table.notes.append(
            "no column was recognised as the date, so no row has one; name it with --map date=COLUMN. "
            f"Unused: {some_of(left)}"
        )


def _keep_strikes(table: MappedTable) -> None:
    """Quarantine the rows that the conditions of the schema exclude."""
    schema = table.schema
    conditions = [condition for condition in schema.keep if table.has_column(condition.column)]
    if schema.keep and not conditions:
        table.notes.append("the table does not say which rows are strikes; all are kept")
    if not conditions:
        return
    fits = np.array([_fits(table, condition) for condition in conditions], dtype=bool)
    kept = (np.logical_and if schema.keep_rule == "all" else np.logical_or).reduce(fits)
    names = " and ".join(dict.fromkeys(condition.column for condition in conditions))
    table.sieve.reject(~kept, "NOT_A_STRIKE", f"{names}: not among the strikes of {schema.title}")


def _fits(table: MappedTable, condition: Keep) -> npt.NDArray[np.bool_]:
    codes, values = table.codes_of_column(condition.column)
    return np.array([condition.fits(value) for value in values], dtype=bool)[codes]


def _other_columns(table: MappedTable) -> dict[str, pd.Series[str]]:
    """The table's other columns, under their own names."""
    keys = ["id", "date", "place", "latitude", "longitude"]
    keys += ["country", "admin1"] if table.schema.name == "plain" else []
    used = {table.mapping.get(key) for key in keys}
    return {name: table.grid.cells[name] for name in table.grid.cells.columns if name not in used}

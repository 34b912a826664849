"""Reshape grids as their schema says: add columns from a second file, and split a row into one per place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geostrike.exchange.formats.delimited import read_delimited
from geostrike.exchange.grid import Grid
from geostrike.intake.opening import opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["add_columns_beside", "explode_places"]


def add_columns_beside(grid: Grid, path: Path, rule: Mapping[str, str]) -> None:
    """Join the columns of a second file to a grid, and note it.

    Parameters
    ----------
    grid
        The table.
    path
        Its file.
    rule
        `word` in the name of the file, which is `other` in the name of the second file, and the column `by` to join on.

    Raises
    ------
    InputError
        If the second file cannot be read.
    """
    if rule["word"] not in path.name or rule["by"] not in grid.cells.columns:
        return
    other = path.with_name(path.name.replace(rule["word"], rule["other"]))
    if not other.is_file():
        grid.notes.append(f"{other.name} would add columns, but is not in the folder of {path.name}")
        return
    with opened(other) as plain:
        read = read_delimited(plain, other.name)
    cells = pd.DataFrame({name: read.column(name) for name in read.cells.columns})
    if rule["by"] not in cells.columns:
        grid.notes.append(f"{other.name} has no column {rule['by']}, and is not used")
        return
    keys = grid.column(rule["by"])
    lacking = int((~keys.isin(cells[rule["by"]])).sum())
    cells = cells.drop_duplicates(rule["by"]).set_index(rule["by"])
    cells = cells[cells.columns.difference(grid.cells.columns, sort=False)].reindex(keys, fill_value="")
    grid.cells = grid.cells.join(cells.reset_index(drop=True))
    grid.notes.append(
        f"joined with {other.name} by {rule['by']}" + (f"; {lacking} rows are not in it" if lacking else "")
    )


def explode_places(grid: Grid, column: str, names: tuple[str, ...]) -> Grid:
    """Return one row for each place that a cell names, as ``part#part#...;part#part#...``.

    A row without a place stays, and so does a grid without the column. `location_id` numbers the places of a record.
    """
    if column not in grid.cells.columns:
        return grid
    places = [[part for part in cell.split(";") if part.strip()] or [""] for cell in grid.cells[column]]
    counts = np.array([len(parts) for parts in places], dtype=np.int64)
    rows = np.repeat(np.arange(len(places), dtype=np.int64), counts)
    cells = grid.cells.iloc[rows].reset_index(drop=True)
    parts = [part.split("#") for cell in places for part in cell]
    for at, name in enumerate(names):
        cells[name] = [part[at] if at < len(part) else "" for part in parts]
        cells[name] = cells[name].astype("str")
    number = np.concatenate([np.arange(count) for count in counts]) if len(counts) else np.empty(0, dtype=int)
    cells["location_id"] = cells.iloc[:, 0].astype("str") + "#" + number.astype(str)
    return Grid(grid.name, cells, lambda at: grid.line_of(rows[at]), grid.rejected, grid.notes, lasting=grid.lasting)

"""Grids reshaped as their schema says: columns from a second file, and one row for each place that a cell names."""

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

__all__ = ["add_columns_beside", "exploded"]


def add_columns_beside(grid: Grid, path: Path, told: Mapping[str, str]) -> None:
    """Add the columns of the other file to a grid, and say in its notes where they are from or are missing.

    Parameters
    ----------
    grid
        The table.
    path
        Its file.
    told
        `word` in the name of the file, for which `other` stands in the name of the other one, and the column `by` which
        the rows of both are joined.

    Raises
    ------
    InputError
        If the other file cannot be read.
    """
    if told["word"] not in path.name or told["by"] not in grid.cells.columns:
        return
    other = path.with_name(path.name.replace(told["word"], told["other"]))
    if not other.is_file():
        grid.notes.append(f"{other.name} would tell more of these rows, and is not beside {path.name}")
        return
    with opened(other) as plain:
        read = read_delimited(plain, other.name)
    cells = pd.DataFrame({name: read.column(name) for name in read.cells.columns})
    if told["by"] not in cells.columns:
        grid.notes.append(f"{other.name} has no column {told['by']}, and is left out")
        return
    keys = grid.column(told["by"])
    lacking = int((~keys.isin(cells[told["by"]])).sum())
    cells = cells.drop_duplicates(told["by"]).set_index(told["by"])
    cells = cells[cells.columns.difference(grid.cells.columns, sort=False)].reindex(keys, fill_value="")
    grid.cells = grid.cells.join(cells.reset_index(drop=True))
    grid.notes.append(
        f"joined with {other.name} by {told['by']}" + (f"; {lacking} rows are not in it" if lacking else "")
    )


def exploded(grid: Grid, column: str, names: tuple[str, ...]) -> Grid:
    """The grid with a row for each place that a cell names, as ``part#part#...;part#part#...``.

    A row without a place stays, and so does a grid without the column. `location_id` keeps the places of a record
    apart.
    """
    if column not in grid.cells.columns:
        return grid
    told = [[part for part in cell.split(";") if part.strip()] or [""] for cell in grid.cells[column]]
    counts = np.array([len(parts) for parts in told], dtype=np.int64)
    rows = np.repeat(np.arange(len(told), dtype=np.int64), counts)
    cells = grid.cells.iloc[rows].reset_index(drop=True)
    parts = [part.split("#") for places in told for part in places]
    for number, name in enumerate(names):
        cells[name] = [part[number] if number < len(part) else "" for part in parts]
        cells[name] = cells[name].astype("str")
    place = np.concatenate([np.arange(count) for count in counts]) if len(counts) else np.empty(0, dtype=int)
    cells["location_id"] = cells.iloc[:, 0].astype("str") + "#" + place.astype(str)
    return Grid(grid.name, cells, lambda at: grid.line_of(rows[at]), grid.refused, grid.notes, lasting=grid.lasting)

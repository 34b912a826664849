"""Columns of a table that its publisher keeps in a file of its own, beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geostrike.exchange.formats.delimited import read_delimited
from geostrike.intake.opening import opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geostrike.exchange.grid import Grid

__all__ = ["add_columns_beside"]


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

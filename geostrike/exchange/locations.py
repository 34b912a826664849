"""Records that name several places in one cell, as those of GDELT's knowledge graph, to one row a place."""

from __future__ import annotations

import numpy as np

from geostrike.exchange.grid import Grid

__all__ = ["exploded"]


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

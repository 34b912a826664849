"""A table with its columns mapped to keys, and the verdict on each row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.exchange.columns import codes_of
from geostrike.exchange.sieve import Sieve

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from geostrike.exchange.grid import Grid
    from geostrike.exchange.schemas import Schema

__all__ = ["MappedTable", "StrikeColumns"]


@dataclass(frozen=True)
class StrikeColumns:
    """The columns of a strikes table, built from a grid.

    Attributes
    ----------
    columns, geometry
        The columns of the strikes table, by name, and its points.
    extra
        The table's other columns, under their own names.
    mapping
        The table's column for each key.
    sieve
        Which rows pass.
    notes
        What was noticed, in words.
    """

    columns: dict[str, Any]
    geometry: npt.NDArray[Any]
    extra: dict[str, pd.Series[str]]
    mapping: dict[str, str]
    sieve: Sieve
    notes: list[str] = field(default_factory=list)


class MappedTable:
    """The cells of a table by the keys that its columns are mapped to (`geostrike.exchange.schemas.KEYS`)."""

    def __init__(self, grid: Grid, schema: Schema, mapping: Mapping[str, str]) -> None:
        self.grid, self.schema, self.mapping = grid, schema, mapping
        self.sieve = Sieve(len(grid))
        self.notes: list[str] = []

    def __len__(self) -> int:
        return len(self.grid)

    def has_column(self, name: str) -> bool:
        """Whether the table has a column of this name."""
        return name in self.grid.cells.columns

    def cells(self, key: str) -> pd.Series[str]:
        """Return the column for a key; empty cells if there is none."""
        column = self.mapping.get(key)
        if column is None:
            return pd.Series("", index=self.grid.cells.index, dtype="str")
        return self.grid.column(column)

    def filled(self, key: str) -> npt.NDArray[np.bool_]:
        """Whether each cell for a key holds more than blanks."""
        return (self.cells(key).str.strip() != "").to_numpy(dtype=bool)

    def codes_of(self, key: str) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Return the code of each row's value, and the distinct values, for a key."""
        column = self.mapping.get(key)
        return codes_of(self.cells(key)) if column is None else self.codes_of_column(column)

    def codes_of_column(self, name: str) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Return the same for a column by its own name."""
        return codes_of(self.grid.cells[name])

"""A table as it was found in a file: every cell as text, where each row stood, and the rows that are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.exchange.columns import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

__all__ = ["EXCERPT", "MAX_CELL", "Grid", "Refused", "note_of_names", "unique_names"]

EXCERPT = 120
"""How many characters of a refused row are kept."""
MAX_CELL = 1_000_000
"""The longest cell, in characters."""


@dataclass(frozen=True)
class Refused:
    """A row that is no row of the table: its line, the quarantine code, the reason, and how it begins."""

    line: int
    code: str
    reason: str
    content: str = ""


@dataclass
class Grid:
    """The cells of a file.

    Attributes
    ----------
    name
        The file, as it is called in messages.
    cells
        One row a record, every column text, empty where the cell is; or categories of text, where cells are repeated.
    line_of
        The line, row or feature of the file in which a record begins, from its number in `cells`.
    refused
        Records that could not be made rows, such as those with too many fields.
    notes
        What was found out about the file, and what was repaired, in words.
    geometry
        The geometries of a file that has some (shapely, WGS84), one a row.
    broken
        Which rows hold a geometry that cannot be read, where there can be any.
    damaged
        Whether bytes of the file were no text: rows that hold the replacement character are quarantined then.
    zeros
        Whether there can be zero bytes in it.
    lasting
        Whether lines can still be asked for when the file is closed.
    guarded
        Whether an apostrophe stands before cells that a spreadsheet program would take for formulas.
    """

    name: str
    cells: pd.DataFrame
    line_of: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    geometry: npt.NDArray[Any] | None = None
    broken: npt.NDArray[np.bool_] | None = None
    damaged: bool = False
    zeros: bool = True
    lasting: bool = True
    guarded: bool = False

    def __len__(self) -> int:
        return len(self.cells)

    def column(self, name: str) -> pd.Series[str]:
        """A column as text."""
        return as_text(self.cells[name])

    @classmethod
    def of_rows(
        cls, name: str, rows: list[dict[str, str]], lines: Iterable[int], columns: Iterable[str] = (), **options: Any
    ) -> Grid:
        """A grid of rows that were read one by one; columns in the order in which they are told or turn up."""
        columns = list(dict.fromkeys([*columns, *(key for row in rows for key in row)]))
        cells = pd.DataFrame(
            {column: pd.array([row.get(column, "") for row in rows], dtype="str") for column in columns},
            index=range(len(rows)),
        )
        where = np.array(list(lines), dtype=np.int64)
        return cls(name, cells, lambda at: where[at], **options)


def unique_names(names: Iterable[str]) -> list[str]:
    """Column names without blanks at their ends, none empty and none twice.

    Examples
    --------
    >>> unique_names(["id", " date", "id", ""])
    ['id', 'date', 'id.2', 'column_4']
    """
    found: dict[str, None] = {}
    counts: dict[str, int] = {}  # how often a name has been so far: to count from one again takes ever longer
    for number, name in enumerate(names, start=1):
        plain = name.strip().removeprefix("\ufeff") or f"column_{number}"
        wanted = plain
        while wanted in found:
            counts[plain] = counts.get(plain, 1) + 1
            wanted = f"{plain}.{counts[plain]}"
        found[wanted] = None
    return list(found)


def note_of_names(given: Iterable[str], unique: Iterable[str]) -> str:
    """A note on the columns that got a name because their own was missing or not unique.

    Examples
    --------
    >>> note_of_names(["id", "id"], ["id", "id.2"])
    'columns without a name of their own: id.2'
    """
    return f"columns without a name of their own: {', '.join(sorted(set(unique) - set(given)))[:200]}"

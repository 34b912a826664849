"""The grid of a table's cells as text, with the line of each row and the rows that were rejected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.exchange.columns import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

__all__ = ["EXCERPT", "MAX_CELL", "Grid", "RejectedRow", "note_of_names", "unique_names"]

EXCERPT = 120
"""How many characters of a rejected row are kept."""
MAX_CELL = 1_000_000
"""The longest cell, in characters."""


@dataclass(frozen=True)
class RejectedRow:
    """A record that cannot be a row: its line, the quarantine code, the reason, and how it begins."""

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
        The name of the file in messages.
    cells
        One row per record, every column text or, where values repeat, categories of text.
    line_of
        The line, row or feature of the file in which a record begins, from its number in `cells`.
    rejected
        Records that cannot be rows, such as those with too many fields.
    notes
        What was noticed and repaired, in words.
    geometry
        The geometries (shapely, WGS84), one per row; None for a file without them.
    broken
        Which rows hold a geometry that cannot be read; None if that cannot happen.
    damaged
        Whether bytes of the file were not text: then rows with the replacement character are quarantined.
    zeros
        Whether it can hold zero bytes.
    lasting
        Whether `line_of` still works when the file is closed.
    guarded
        Whether formulas are guarded by an apostrophe.
    """

    name: str
    cells: pd.DataFrame
    line_of: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]
    rejected: list[RejectedRow] = field(default_factory=list)
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
        """Return a column as text."""
        return as_text(self.cells[name])

    @classmethod
    def of_rows(
        cls, name: str, rows: list[dict[str, str]], lines: Iterable[int], columns: Iterable[str] = (), **options: Any
    ) -> Grid:
        """Make a grid of rows that were read one by one; columns in the order given, then as they appear."""
        columns = list(dict.fromkeys([*columns, *(key for row in rows for key in row)]))
        cells = pd.DataFrame(
            {column: pd.array([row.get(column, "") for row in rows], dtype="str") for column in columns},
            index=range(len(rows)),
        )
        where = np.array(list(lines), dtype=np.int64)
        return cls(name, cells, lambda at: where[at], **options)


def unique_names(names: Iterable[str]) -> list[str]:
    """Strip column names, and make them unique and not empty.

    Examples
    --------
    >>> unique_names(["id", " date", "id", ""])
    ['id', 'date', 'id.2', 'column_4']
    """
    found: dict[str, None] = {}
    counts: dict[str, int] = {}  # uses of each name so far; counting from one each time would be quadratic
    for number, name in enumerate(names, start=1):
        plain = name.strip().removeprefix("\ufeff") or f"column_{number}"
        wanted = plain
        while wanted in found:
            counts[plain] = counts.get(plain, 1) + 1
            wanted = f"{plain}.{counts[plain]}"
        found[wanted] = None
    return list(found)


def note_of_names(given: Iterable[str], unique: Iterable[str]) -> str:
    """Return a note on the columns that were renamed.

    Examples
    --------
    >>> note_of_names(["id", "id"], ["id", "id.2"])
    'columns renamed because their names are empty or repeated: id.2'
    """
    renamed = ", ".join(sorted(set(unique) - set(given)))[:200]
    return f"columns renamed because their names are empty or repeated: {renamed}"

"""Cells that a spreadsheet program would take for formulas, and the apostrophe that keeps it from running them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["guarded", "starts_formula", "unguarded"]

# What makes a spreadsheet program take a cell for a formula.
# With apostrophes before it, one more is put there, too: so the first one can be taken away again when it is read.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_SIGNED = re.compile(r"'*[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def guarded(cells: pd.Series[str]) -> pd.Series[str]:
    """The texts with an apostrophe before those that a spreadsheet program would take for formulas.

    Examples
    --------
    >>> import pandas as pd
    >>> guarded(pd.Series(["=1+1", "-7.5"])).tolist()
    ["'=1+1", '-7.5']
    """
    return cells.mask(starts_formula(cells), "'" + cells)


def unguarded(cells: pd.Series[str]) -> pd.Series[str]:
    """The texts without the apostrophe that keeps a spreadsheet program from taking them for formulas.

    Examples
    --------
    >>> import pandas as pd
    >>> unguarded(pd.Series(["'=1+1", "'twas", "''=1"])).tolist()
    ['=1+1', "'twas", "'=1"]
    """
    marked = cells.str.startswith("'")
    if not marked.any():
        return cells
    bare = cells.str.slice(1)
    return cells.mask(marked & starts_formula(bare), bare)


def starts_formula(cells: pd.Series[str]) -> pd.Series[bool]:
    """Which cells a spreadsheet program would take for formulas, or would with the apostrophes before them away.

    Examples
    --------
    >>> import pandas as pd
    >>> starts_formula(pd.Series(["=1+1", "-7.5", "-7.5+1", "'=1", "a"])).tolist()
    [True, False, True, True, False]
    """
    marked: pd.Series[bool] = cells.str.match(_FORMULA)
    return marked & ~cells.str.fullmatch(_SIGNED) if marked.any() else marked

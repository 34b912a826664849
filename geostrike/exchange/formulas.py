"""Guard cells that a spreadsheet program would run as formulas, with an apostrophe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["guard_formulas", "starts_formula", "unguard_formulas"]

# How a cell begins that a spreadsheet program takes for a formula.
# One that begins with apostrophes gets one more, so that reading can always remove the first.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_SIGNED = re.compile(r"'*[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def guard_formulas(cells: pd.Series[str]) -> pd.Series[str]:
    """Put an apostrophe before the texts that a spreadsheet program would take for formulas.

    Examples
    --------
    >>> import pandas as pd
    >>> guard_formulas(pd.Series(["=1+1", "-7.5"])).tolist()
    ["'=1+1", '-7.5']
    """
    return cells.mask(starts_formula(cells), "'" + cells)


def unguard_formulas(cells: pd.Series[str]) -> pd.Series[str]:
    """Remove the apostrophes that `guard_formulas` put there.

    Examples
    --------
    >>> import pandas as pd
    >>> unguard_formulas(pd.Series(["'=1+1", "'twas", "''=1"])).tolist()
    ['=1+1', "'twas", "'=1"]
    """
    marked = cells.str.startswith("'")
    if not marked.any():
        return cells
    bare = cells.str.slice(1)
    return cells.mask(marked & starts_formula(bare), bare)


def starts_formula(cells: pd.Series[str]) -> pd.Series[bool]:
    """Whether a spreadsheet program would take each cell for a formula, ignoring apostrophes before it.

    Examples
    --------
    >>> import pandas as pd
    >>> starts_formula(pd.Series(["=1+1", "-7.5", "-7.5+1", "'=1", "a"])).tolist()
    [True, False, True, True, False]
    """
    marked: pd.Series[bool] = cells.str.match(_FORMULA)
    return marked & ~cells.str.fullmatch(_SIGNED) if marked.any() else marked

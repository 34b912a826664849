"""Guard cells that a spreadsheet program would run as formulas with an apostrophe, and remove it again."""

from __future__ import annotations

import re

import pandas as pd

__all__ = ["guarded_csv", "starts_formula", "unguarded"]

# How a cell starts that a spreadsheet program takes for a formula. One that starts with apostrophes gets another one,
# so that the first can always be removed when the cell is read.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_SIGNED = re.compile(r"'*[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def guarded_csv(table: pd.DataFrame) -> bytes:
    r"""Return a table as UTF-8 CSV, with an apostrophe before text and column names that look like a formula.

    Examples
    --------
    >>> guarded_csv(pd.DataFrame({"note": ["=1+1", "-7.5"], "km": [1, -2]}))
    b"note,km\r\n'=1+1,1\r\n-7.5,-2\r\n"
    """
    frame = table.copy()
    frame.columns = pd.Index(_guarded(pd.Series([str(name) for name in frame.columns], dtype="str")).tolist())
    for at in range(len(frame.columns)):
        if pd.api.types.is_string_dtype(frame.dtypes.iloc[at]):
            cells = frame.iloc[:, at].astype("str")
            if starts_formula(cells).any():
                frame.isetitem(at, _guarded(cells).array)
    # RFC 4180 ends lines with CR LF; with a bare LF the writer would leave a lone CR in a cell unquoted.
    return frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8", "backslashreplace")


def _guarded(cells: pd.Series[str]) -> pd.Series[str]:
    return cells.mask(starts_formula(cells), "'" + cells)


def unguarded(cells: pd.Series[str]) -> pd.Series[str]:
    """Remove the apostrophe that keeps a spreadsheet program from running a text as a formula.

    Examples
    --------
    >>> unguarded(pd.Series(["'=1+1", "'twas", "''=1"])).tolist()
    ['=1+1', "'twas", "'=1"]
    """
    marked = cells.str.startswith("'")
    if not marked.any():
        return cells
    bare = cells.str.slice(1)
    return cells.mask(marked & starts_formula(bare), bare)


def starts_formula(cells: pd.Series[str]) -> pd.Series[bool]:
    """Return which cells a spreadsheet program would take for formulas, with or without apostrophes before them.

    Examples
    --------
    >>> starts_formula(pd.Series(["=1+1", "-7.5", "-7.5+1", "'=1", "a"])).tolist()
    [True, False, True, True, False]
    """
    marked: pd.Series[bool] = cells.str.match(_FORMULA)
    return marked & ~cells.str.fullmatch(_SIGNED) if marked.any() else marked

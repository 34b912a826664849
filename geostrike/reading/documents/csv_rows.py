"""The records of a CSV text, strictly: a fault costs its own line and swallows none of the lines after it.

Python's own reader has one limit on the length of a cell for the whole process, and stops at a cell beyond it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Separated", "separated"]

_OPEN = "a quotation mark opens a cell and nothing closes it"
_BEFORE_END = "a quotation mark closes a cell before its end"


@dataclass(frozen=True)
class Separated:
    """One record: its cells, the line in which it begins, and what is wrong with it, if anything is."""

    cells: list[str]
    line: int
    fault: str = ""


def separated(text: str, delimiter: str) -> Iterator[Separated]:
    r"""The records of a text whose lines end in newlines; empty lines are none.

    A quotation mark at the start of a cell encloses it, line ends included, and is doubled within. Where none closes
    it, or one does before the end of the cell, the line is one record with a fault, and the next line begins another.

    Examples
    --------
    >>> [(record.cells, record.line, bool(record.fault)) for record in separated('a,"b\nc"\n"d,e\nf,g', ",")]
    [(['a', 'b\nc'], 1, False), (['"d,e'], 3, True), (['f', 'g'], 4, False)]
    """
    cell = _cell_pattern(delimiter)
    last_mark = text.rfind('"')
    at, line = 0, 1
    while at < len(text):
        cells, end, fault = _record(text, at, cell, last_mark)
        if fault:
            end = text.find("\n", at) + 1 or len(text)
            cells = [text[at:end].rstrip("\n")]
        if cells != [""]:
            yield Separated(cells, line, fault)
        line += text.count("\n", at, end)
        at = end


def _record(text: str, at: int, cell: re.Pattern[str], last_mark: int) -> tuple[list[str], int, str]:
    """The cells of the record that begins at a place, where the next one begins, and what is wrong."""
    cells = []
    while True:
        opens = text.startswith('"', at)
        if opens and at == last_mark:  # nothing can close it: spares a search through all that follows
            return [], at, _OPEN
        found = cell.match(text, at)
        if found is None:
            return [], at, _BEFORE_END if opens and _is_closed(text, at) else _OPEN
        cells.append(found[1].replace('""', '"') if opens else found[2])
        at = found.end()
        if found[3] in ("\n", ""):
            return cells, at, ""


def _is_closed(text: str, at: int) -> bool:
    """Whether a quotation mark closes the cell that one opens at a place."""
    return _QUOTED.match(text, at) is not None


# Possessive: what was taken is never given back, so that a fault is found in one pass.
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')


@cache
def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    ends = re.escape(delimiter)
    return re.compile(rf'(?:"([^"]*+(?:""[^"]*+)*+)"|(?!")([^{ends}\n]*+))({ends}|\n|\Z)')

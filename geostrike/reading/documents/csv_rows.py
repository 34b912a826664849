"""Parse CSV text strictly: a malformed line is reported alone and never swallows the lines after it.

Python's own reader has one limit on cell length for the whole process, and stops at a cell beyond it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CsvRow", "read_rows"]

_OPEN = "a quotation mark opens a cell and nothing closes it"
_BEFORE_END = "a quotation mark closes a cell before its end"


@dataclass(frozen=True)
class CsvRow:
    """One row: its cells, the line where it begins, and the fault in it, if any."""

    cells: list[str]
    line: int
    fault: str = ""


def read_rows(text: str, delimiter: str) -> Iterator[CsvRow]:
    r"""Yield the rows of a text whose lines end in newlines; empty lines are skipped.

    A quotation mark at the start of a cell encloses it, line breaks included, and is doubled within. If the closing
    mark is missing, or comes before the end of the cell, the line is one faulty row and the next line begins another.

    Examples
    --------
    >>> [(record.cells, record.line, bool(record.fault)) for record in read_rows('a,"b\nc"\n"d,e\nf,g', ",")]
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
            yield CsvRow(cells, line, fault)
        line += text.count("\n", at, end)
        at = end


def _record(text: str, at: int, cell: re.Pattern[str], last_mark: int) -> tuple[list[str], int, str]:
    """Return the cells of the row that begins at `at`, where the next row begins, and the fault, if any."""
    cells = []
    while True:
        opens = text.startswith('"', at)
        if opens and at == last_mark:  # nothing can close it: saves a search through the rest of the text
            return [], at, _OPEN
        found = cell.match(text, at)
        if found is None:
            return [], at, _BEFORE_END if opens and _is_closed(text, at) else _OPEN
        cells.append(found[1].replace('""', '"') if opens else found[2])
        at = found.end()
        if found[3] in ("\n", ""):
            return cells, at, ""


def _is_closed(text: str, at: int) -> bool:
    """Whether a quotation mark closes the cell that begins at `at`."""
    return _QUOTED.match(text, at) is not None


# Possessive quantifiers never backtrack, so that a fault is found in one pass.
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')


@cache
def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    ends = re.escape(delimiter)
    return re.compile(rf'(?:"([^"]*+(?:""[^"]*+)*+)"|(?!")([^{ends}\n]*+))({ends}|\n|\Z)')

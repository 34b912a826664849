"""Excel workbooks (.xlsx) to grids and back: one sheet, the names of the columns in its first row."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from geostrike.errors import InputError
from geostrike.exchange.grid import EXCERPT, Grid, Refused, unique_names
from geostrike.intake.foreign_text import has_doctype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geostrike.intake.opening import Opened

__all__ = ["WORKBOOKS", "read_workbook"]

WORKBOOKS = (".xlsx", ".xlsm")
_MAX_UNPACKED = 1_000_000_000
_MAX_ROWS = 1_048_576  # of a sheet of Excel's; a row may say any number of itself, and those before it are filled in
_MIDNIGHT = dt.time(0)


def read_workbook(source: Opened, name: str, sheet: str | None) -> Grid:
    """The rows of a sheet; formulas count as the values that were saved with them.

    Raises
    ------
    InputError
        If the file is no workbook, unpacks to too much, or has several sheets with cells and none is chosen.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(source.path) as packed:
            size = sum(part.file_size for part in packed.infolist())
            typed = size <= _MAX_UNPACKED and any(_has_doctype(packed, part) for part in packed.namelist())
        if size > _MAX_UNPACKED:
            msg = f"{name}: {size:,} bytes when unpacked; the limit is {_MAX_UNPACKED:,}"
            raise InputError(msg)
        if typed:
            msg = f"{name}: has a document type, which could define entities without end; save it anew"
            raise InputError(msg)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out: styles, validation
            book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
            rows = list(_rows(_chosen(book, name, sheet)))
            book.close()
    except (
        OSError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError,
        zipfile.BadZipFile, zlib.error, NotImplementedError, ParseError,
    ) as error:  # fmt: skip
        if isinstance(error, InputError):
            raise
        msg = f"{name}: cannot be read as an Excel workbook: {' '.join(str(error).split())[:200]}"
        raise InputError(msg) from error
    return _grid(name, rows, source.notes)


def _has_doctype(packed: zipfile.ZipFile, part: str) -> bool:
    if not part.lower().endswith((".xml", ".rels", ".vml")):
        return False
    with packed.open(part) as content:
        return has_doctype(content)


def _chosen(book: Any, name: str, sheet: str | None) -> Any:
    if sheet is not None:
        if sheet not in book.sheetnames:
            msg = f"{name}: has no sheet {sheet!r}; there are: {', '.join(book.sheetnames)}"
            raise InputError(msg)
        return book[sheet]
    if not book.worksheets:
        msg = f"{name}: holds no sheet of cells that can be read; save it anew as .xlsx (not as Strict Open XML)"
        raise InputError(msg)
    filled = [ws for ws in book.worksheets if any(cells for _, cells in _rows(ws))]
    if len(filled) > 1:
        titles = ", ".join(ws.title for ws in filled)
        msg = f"{name}: has {len(filled)} sheets ({titles}); say which with --layer"
        raise InputError(msg)
    if not filled:
        msg = f"{name}: is empty; a table has at least a row with the names of its columns"
        raise InputError(msg)
    return filled[0]


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds something, with its number."""
    sheet.reset_dimensions()  # which files of other programs tell wrongly
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > _MAX_ROWS:
            msg = f"the sheet {sheet.title!r} has a row beyond {_MAX_ROWS:,}, which Excel has not"
            raise ValueError(msg)
        cells = [_cell(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(sep=" ")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def _grid(name: str, rows: list[tuple[int, list[str]]], notes: list[str]) -> Grid:
    columns = unique_names(rows[0][1]) if rows else []
    sound, lines, refused = [], [], []
    for number, cells in rows[1:]:
        if len(cells) > len(columns):
            reason = f"{len(cells)} cells, and {len(columns)} columns"
            refused.append(Refused(number, "RAGGED_ROW", reason, ",".join(cells)[:EXCERPT]))
        else:
            sound.append(dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=True)))
            lines.append(number)
    return Grid.of_rows(name, sound, lines, columns=columns, refused=refused, notes=list(notes))

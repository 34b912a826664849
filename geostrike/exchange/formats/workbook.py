"""Excel workbooks (.xlsx): one sheet, with the column names in its first row."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import pandas as pd

from geostrike.errors import InputError
from geostrike.exchange.formats.flat import with_degrees
from geostrike.exchange.formats.format import Format, ReadOptions, time_in_file
from geostrike.exchange.grid import EXCERPT, Grid, RejectedRow, unique_names
from geostrike.exchange.losses import NOT_XML, Losses
from geostrike.intake.foreign_text import has_doctype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from geostrike.intake.opening import Opened

__all__ = ["WORKBOOK"]

_MAX_UNPACKED = 1_000_000_000
_MAX_ROWS = 1_048_576  # the limit of Excel; a row may claim any number, and openpyxl fills in those before it
_MIDNIGHT = dt.time(0)


# --- reading ----------------------------------------------------------------------------------------------------------


_FAULTS = (
    OSError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError, zipfile.BadZipFile,
    zlib.error, NotImplementedError, ParseError,
)  # fmt: skip


def _read(source: Opened, name: str, options: ReadOptions) -> Grid:
    """Read the rows of a sheet; formulas count as their saved values.

    Raises
    ------
    InputError
        If the file is not a workbook, is too large when unpacked, or has several filled sheets and none is chosen.
    """
    try:
        _check_packed(source, name)
        rows = _rows_of(source, name, options.layer)
    except InputError:
        raise
    except _FAULTS as error:
        msg = f"{name}: cannot be read as an Excel workbook: {' '.join(str(error).split())[:200]}"
        raise InputError(msg) from error
    return _grid(name, rows, source.notes)


def _check_packed(source: Opened, name: str) -> None:
    """Reject a workbook that is too large when unpacked, or defines entities."""
    with zipfile.ZipFile(source.path) as packed:
        size = sum(part.file_size for part in packed.infolist())
        typed = size <= _MAX_UNPACKED and any(_has_doctype(packed, part) for part in packed.namelist())
    if size > _MAX_UNPACKED:
        msg = f"{name}: {size:,} bytes when unpacked; the limit is {_MAX_UNPACKED:,}"
        raise InputError(msg)
    if typed:
        msg = f"{name}: has a document type, which could define endless entities; save it again"
        raise InputError(msg)


def _rows_of(source: Opened, name: str, sheet: str | None) -> list[tuple[int, list[str]]]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what openpyxl ignores: styles, validation
        book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
        rows = list(_rows(_choose_sheet(book, name, sheet)))
        book.close()
    return rows


def _has_doctype(packed: zipfile.ZipFile, part: str) -> bool:
    if not part.lower().endswith((".xml", ".rels", ".vml")):
        return False
    with packed.open(part) as content:
        return has_doctype(content)


def _choose_sheet(book: Any, name: str, sheet: str | None) -> Any:
    if sheet is not None:
        if sheet not in book.sheetnames:
            msg = f"{name}: has no sheet {sheet!r}; there are: {', '.join(book.sheetnames)}"
            raise InputError(msg)
        return book[sheet]
    if not book.worksheets:
        msg = f"{name}: holds no readable sheet of cells; save it again as .xlsx (not as Strict Open XML)"
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
    """Iterate over the rows that are not empty, with their numbers."""
    sheet.reset_dimensions()  # which other programs often write wrongly
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > _MAX_ROWS:
            msg = f"the sheet {sheet.title!r} has a row beyond {_MAX_ROWS:,}, the limit of Excel"
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
    sound, lines, rejected = [], [], []
    for number, cells in rows[1:]:
        if len(cells) > len(columns):
            reason = f"{len(cells)} cells, and {len(columns)} columns"
            rejected.append(RejectedRow(number, "RAGGED_ROW", reason, ",".join(cells)[:EXCERPT]))
        else:
            sound.append(dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=True)))
            lines.append(number)
    return Grid.of_rows(name, sound, lines, columns=columns, rejected=rejected, notes=list(notes))


# --- writing ----------------------------------------------------------------------------------------------------------

_EXCEL_ROWS, _EXCEL_CELL = 1_048_575, 32_767


def _write(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """Write a workbook with the sheet `strikes`: texts as texts, dates as dates, no formulas."""
    import openpyxl

    if len(strikes) > _EXCEL_ROWS:
        msg = f"{len(strikes):,} strikes; an Excel sheet holds {_EXCEL_ROWS:,}: write CSV, GeoPackage or Parquet"
        raise InputError(msg)
    frame = with_degrees(losses.without(strikes, NOT_XML, "control characters are replaced"))
    _count_losses(frame, losses)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("strikes")
    cell = _cell_maker(sheet)
    sheet.append([cell(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(name))) for name in frame.columns])
    for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False):
        sheet.append([None if value == "" else cell(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return _same_time(content.getvalue())


def _cell_maker(sheet: WriteOnlyWorksheet) -> Callable[[Any], Any]:
    """Return a function that makes a cell of the sheet from a value."""
    from openpyxl.cell import WriteOnlyCell

    def cell(value: Any) -> Any:
        if isinstance(value, str):
            made = WriteOnlyCell(sheet, value.replace("\r\n", "\n").replace("\r", "\n")[:_EXCEL_CELL])
            made.data_type = "s"
            return made
        if isinstance(value, dt.datetime):
            made = WriteOnlyCell(sheet, value.date())
            made.number_format = "yyyy-mm-dd"
            return made
        return value

    return cell


def _count_losses(frame: pd.DataFrame, losses: Losses) -> None:
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name].dtype):
            text = frame[name].astype("str")
            losses.add(name, int((text.str.len() > _EXCEL_CELL).sum()), f"cut to {_EXCEL_CELL:,} characters")
            losses.add(name, int(text.str.contains("\r", regex=False).sum()), "carriage returns become line feeds")


def _same_time(content: bytes) -> bytes:
    """Replace all times in a workbook by one, so that equal tables give equal files."""
    stamp = time_in_file().strftime("%Y-%m-%dT%H:%M:%SZ")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp.encode(), data)
            info = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return made.getvalue()


WORKBOOK = Format(
    name="xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    reads=(".xlsx",),
    reads_also=(".xlsm",),
    writes=(".xlsx",),
    read=_read,
    write=_write,
    in_worker=True,
    has_layers=True,
    splits_points=True,
    input="one sheet, or the one that `--layer` names",
    output="texts as texts, dates as dates",
    limits="control characters, carriage returns, more than 32,767 characters in a cell, more than 1,048,575 rows",
)

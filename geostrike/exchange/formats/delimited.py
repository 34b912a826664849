r"""CSV and TSV: cells are read as text, and written so that a spreadsheet program runs no formula."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd
from tqdm import tqdm

from geostrike.errors import InputError
from geostrike.exchange.formats.flat import dates_as_text, with_degrees
from geostrike.exchange.formats.format import Format, ReadOptions
from geostrike.exchange.formats.records import FAULTS, Lines, RecordFile, as_frame
from geostrike.exchange.grid import Grid, note_of_names, unique_names
from geostrike.intake.formulas import guarded_csv
from geostrike.intake.opening import Opened, utf8_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["CSV", "csv_bytes", "first_cells", "read_delimited"]

_HEAD = 1 << 20
_DELIMITERS = ",;\t|"
_STATED_DELIMITER = re.compile(r"\ufeff?sep=(?P<delimiter>[,;\t|])\r?\n", re.IGNORECASE)
_DECIMALS = {"lon": 6, "lat": 6, "longitude": 6, "latitude": 6}


# --- reading ----------------------------------------------------------------------------------------------------------


def first_cells(source: Opened, name: str) -> list[str]:
    """Return the cells of the first record: the column names, unless the file lacks a header."""
    path, _, _ = utf8_file(source, name)
    return _head_of(path, name).cells


def read_delimited(
    source: Opened, name: str, *, names: Sequence[str] | None = None, quoted: bool = True, progress: bool = False
) -> Grid:
    """Read a file whose cells are separated by commas, semicolons, tabs or bars.

    Parameters
    ----------
    source
        The file.
    name
        The name of the file in messages.
    names
        The column names, for a file without a header.
    quoted
        Whether a quotation mark at the start of a cell encloses it.
    progress
        Whether to show how much of the file has been read.

    Raises
    ------
    InputError
        If the file is not text, or has no column.
    """
    path, repaired, damaged = utf8_file(source, name)
    head = _head_of(path, name)
    header, start = (list(names), 0) if names is not None else (head.cells, head.end)
    columns = unique_names(header)
    notes = [*source.notes, *repaired]
    if columns != [cell.strip() for cell in header]:
        notes.append(note_of_names(header, columns))
    file = RecordFile(path, start, head.delimiter if quoted else "\t", columns, quoted=quoted)
    # Two passes: the quotation marks are checked, then the records are parsed.
    size = 2 * (path.stat().st_size - start)
    with tqdm(total=size, desc="reading", unit="B", unit_scale=True, leave=False, disable=not progress) as bar:
        table, records, rejected = file.read(bar)
    lines = Lines(file, records, len(records) + len(rejected))
    return Grid(
        name,
        as_frame(table),
        lines,
        [file.located(r, lines) for r in rejected],
        notes,
        damaged=damaged,
        guarded=True,
        zeros=file.zeros,
        lasting=source.folder not in path.parents,
    )


class _Head(NamedTuple):
    """The first record of a file, the delimiter, and the end of that record in bytes."""

    cells: list[str]
    delimiter: str
    end: int


def _head_of(path: Path, name: str) -> _Head:
    with path.open("rb") as handle:
        text = handle.read(_HEAD).decode("utf-8", errors="ignore")
    stated = _STATED_DELIMITER.match(text)  # as Excel writes and reads it
    body = text[stated.end() if stated else 0 :].lstrip("\r\n")
    _check_is_table(body, name)
    delimiter = stated["delimiter"] if stated else max(_DELIMITERS, key=body.splitlines()[0].count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    try:
        cells = next(reader)
    except csv.Error as error:
        msg = f"{name}, line 1: {FAULTS.get(str(error), error)}; it should hold the names of the columns"
        raise InputError(msg) from error
    skipped = sum(1 for _ in io.StringIO(text[: len(text) - len(body)], newline=""))
    lines = islice(io.StringIO(text, newline=""), skipped + reader.line_num)
    return _Head(cells, delimiter, len("".join(lines).encode("utf-8")))


def _check_is_table(text: str, name: str) -> None:
    if text[:100].lstrip().lower().startswith(("<!doctype html", "<html")):
        msg = f"{name}: is a web page, not a table; give the file that the page shows"
        raise InputError(msg)
    if not text.strip():
        msg = f"{name}: is empty; a table has at least a line with the names of its columns"
        raise InputError(msg)


# --- writing ----------------------------------------------------------------------------------------------------------


def csv_bytes(table: pd.DataFrame) -> bytes:
    r"""Return a table as UTF-8 CSV that a spreadsheet program opens without running anything.

    Points become `longitude` and `latitude` in degrees, dates ISO days, kilometres three decimals. A text cell or
    column name that a spreadsheet program would take for a formula gets an apostrophe in front; a signed number does
    not.

    Examples
    --------
    >>> csv_bytes(pd.DataFrame({"title": ["=1+1"], "depth_km": [342.00001]}))
    b"title,depth_km\r\n'=1+1,342.0\r\n"
    """
    return guarded_csv(_plain(table))


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Flatten a table: points as degrees, numbers rounded, dates as text."""
    plain = dates_as_text(table)
    frame = with_degrees(plain) if isinstance(plain, gpd.GeoDataFrame) else pd.DataFrame(plain)
    for name in frame.select_dtypes("float").columns:
        frame[name] = frame[name].round(_DECIMALS.get(name.rsplit("_", 1)[-1], 3))
    return frame


def _read(source: Opened, name: str, options: ReadOptions) -> Grid:
    return read_delimited(source, name, names=options.names, quoted=options.quoted, progress=options.progress)


CSV = Format(
    name="csv",
    media_type="text/csv",
    reads=(".csv", ".tsv"),
    reads_also=(".txt", ".tab", ""),
    writes=(".csv",),
    read=_read,
    write=lambda strikes, _losses: csv_bytes(strikes),
    first_record=first_cells,
    splits_points=True,
    input="any encoding (UTF-8, UTF-16, Cyrillic of one byte), comma, semicolon, tab, bar (or as a first line `sep=;` "
    "says); also in `.gz`, `.zip`",
    output="`.csv` in UTF-8, RFC 4180",
    limits="numbers beyond three decimals (coordinates six); an apostrophe is put before a cell or a name of a column "
    "that a spreadsheet would take for a formula, and taken away when read back",
)

r"""CSV and TSV: every cell is read as text, and written so that a spreadsheet program runs none of it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from tqdm import tqdm

from geostrike.errors import InputError
from geostrike.exchange.flat import dates_as_text, with_degrees
from geostrike.exchange.format import Format, ReadOptions
from geostrike.exchange.formulas import guarded, starts_formula
from geostrike.exchange.grid import Grid, note_of_names, unique_names
from geostrike.exchange.records import FAULTS, Lines, RecordFile, as_frame
from geostrike.intake.opening import Opened, utf8_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["CSV", "csv_bytes", "first_cells", "read_delimited"]

_HEAD = 1 << 20
_DELIMITERS = ",;\t|"
_TOLD_DELIMITER = re.compile(r"\ufeff?sep=(?P<delimiter>[,;\t|])\r?\n", re.IGNORECASE)
_DECIMALS = {"lon": 6, "lat": 6, "longitude": 6, "latitude": 6}


# --- reading ----------------------------------------------------------------------------------------------------------


def first_cells(source: Opened, name: str) -> list[str]:
    """The cells of the first record: the names of the columns, where the file has them."""
    path, _, _ = utf8_file(source, name)
    return _header(path, name)[0]


def read_delimited(
    source: Opened, name: str, *, names: Sequence[str] | None = None, quoted: bool = True, progress: bool = False
) -> Grid:
    """The records of a file whose cells are separated by a comma, a semicolon, a tab or a bar.

    Parameters
    ----------
    source
        The file.
    name
        What to call it.
    names
        The names of the columns, for a file whose first line does not tell them.
    quoted
        Whether a quotation mark at the start of a cell encloses it.
    progress
        Whether to show how much of the file has been read.

    Raises
    ------
    InputError
        If the file is no text, or has no column.
    """
    path, told, damaged = utf8_file(source, name)
    notes = list(told)
    header, delimiter, start = _header(path, name)
    if names is not None:
        header, start = list(names), 0
    columns = unique_names(header)
    if columns != [cell.strip() for cell in header]:
        notes.append(note_of_names(header, columns))
    file = RecordFile(path, start, delimiter if quoted else "\t", columns, quoted=quoted)
    # The file is gone over twice: its quotation marks are checked, then its records are parsed.
    size = 2 * (path.stat().st_size - start)
    with tqdm(total=size, desc="reading", unit="B", unit_scale=True, leave=False, disable=not progress) as bar:
        table, records, refused = file.read(bar)
    cells = as_frame(table)
    lines = Lines(file, records, len(records) + len(refused))
    located = [file.located(r, lines) for r in refused]
    return Grid(
        name,
        cells,
        lines,
        located,
        source.notes + notes,
        damaged=damaged,
        guarded=True,
        zeros=file.zeros,
        lasting=source.folder not in path.parents,
    )


def _header(path: Path, name: str) -> tuple[list[str], str, int]:
    """The first record, the delimiter, and where the second record begins, in bytes."""
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    text = head.decode("utf-8", errors="ignore")
    told = _TOLD_DELIMITER.match(text)  # as Excel writes and reads it
    body = text[told.end() if told else 0 :].lstrip("\r\n")
    if body[:100].lstrip().lower().startswith(("<!doctype html", "<html")):
        msg = f"{name}: is a web page, and no table; give the file itself that the page shows"
        raise InputError(msg)
    if not body.strip():
        msg = f"{name}: is empty; a table has at least a line with the names of its columns"
        raise InputError(msg)
    first = body.splitlines()[0]
    delimiter = told["delimiter"] if told else max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    try:
        cells = next(reader)
    except csv.Error as error:
        msg = f"{name}, line 1: {FAULTS.get(str(error), error)}; it should hold the names of the columns"
        raise InputError(msg) from error
    lines = io.StringIO(text, newline="")
    skipped = sum(1 for _ in io.StringIO(text[: len(text) - len(body)], newline=""))
    used = "".join(next(lines, "") for _ in range(skipped + reader.line_num))
    return cells, delimiter, len(used.encode("utf-8"))


# --- writing ----------------------------------------------------------------------------------------------------------


def csv_bytes(table: pd.DataFrame) -> bytes:
    r"""A table as UTF-8 CSV that a spreadsheet program opens without running anything.

    Points become `longitude` and `latitude` in degrees, dates ISO days, kilometres three decimals. A text cell or a
    name of a column that a spreadsheet program would take for a formula gets an apostrophe in front; a number with a
    sign is none.

    Examples
    --------
    >>> csv_bytes(pd.DataFrame({"title": ["=1+1"], "depth_km": [342.00001]}))
    b"title,depth_km\r\n'=1+1,342.0\r\n"
    """
    frame = _plain(table)
    frame.columns = pd.Index(guarded(pd.Series([str(name) for name in frame.columns], dtype="str")).tolist())
    for at in range(len(frame.columns)):
        if pd.api.types.is_string_dtype(frame.dtypes.iloc[at]):
            cells = frame.iloc[:, at].astype("str")
            if starts_formula(cells).any():
                frame.isetitem(at, guarded(cells).array)
    # RFC 4180 ends lines with CR LF; with a bare LF the writer would leave a lone CR in a cell unquoted.
    return frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8", "backslashreplace")


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """The table without geometry objects, rounded, dates as text."""
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

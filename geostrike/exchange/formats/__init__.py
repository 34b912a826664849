"""The file formats, one file each: reading, writing, endings, and what each cannot hold.

To add a format, write a file that makes a `geostrike.exchange.formats.format.Format`, and list it in `ALL`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geostrike.errors import InputError
from geostrike.exchange.formats.by_schema import ACLED, UCDP
from geostrike.exchange.formats.delimited import CSV
from geostrike.exchange.formats.geojson import GEOJSON, JSON
from geostrike.exchange.formats.gis import FLATGEOBUF, GEOPACKAGE, SHAPEFILE
from geostrike.exchange.formats.kml import KML
from geostrike.exchange.formats.parquet import PARQUET
from geostrike.exchange.formats.timemap import TIMEMAP
from geostrike.exchange.formats.workbook import WORKBOOK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geostrike.exchange.formats.format import Format

__all__ = ["ALL", "ENDINGS", "FORMATS", "READERS", "SUFFIXES", "format_to_write", "formats_table", "reader_of"]

ALL = (CSV, WORKBOOK, JSON, GEOJSON, GEOPACKAGE, FLATGEOBUF, SHAPEFILE, PARQUET, KML, TIMEMAP, ACLED, UCDP)
"""Every format, in the order in which messages and the documentation list them."""
_PACKED = (".gz", ".zip")
FORMATS = {form.name: form for form in ALL if form.writes}
"""The formats for writing strikes, by name."""
ENDINGS: dict[str, Format] = {}
"""The format for writing strikes, by file ending; the first of several with the same ending."""
for _form in ALL:
    for _ending in _form.writes:
        ENDINGS.setdefault(_ending, _form)
READERS = {ending: form for form in ALL for ending in form.all_endings}
"""The format for reading, by file ending."""
SUFFIXES = (*(ending for form in ALL for ending in form.reads), *_PACKED)
"""The endings that mark a file as a table."""


def reader_of(suffix: str, name: str) -> Format:
    """Return the format for reading a file.

    Raises
    ------
    InputError
        If tables do not have this ending.
    """
    if suffix not in READERS:
        msg = f"{name}: a {suffix} file is not read as a table; tables are {', '.join(SUFFIXES)} files"
        raise InputError(msg)
    return READERS[suffix]


def format_to_write(path: Path, name: str | None) -> Format:
    """Return the format for writing a file, by name or by its ending.

    Raises
    ------
    InputError
        If there is none, or name and ending differ.
    """
    by_ending = ENDINGS.get(path.suffix.lower())
    if name is not None and name not in FORMATS:
        msg = f"there is no format {name!r}; there are: {', '.join(FORMATS)}"
        raise InputError(msg)
    form = by_ending if name is None else FORMATS[name]
    if form is None:
        msg = f"{path}: strikes are written as {', '.join(ENDINGS)}; say another format with --to"
        raise InputError(msg)
    if by_ending is not None and path.suffix.lower() not in form.writes:
        msg = f"{path}: its ending means {by_ending.name}, but {name} is asked for; use another ending"
        raise InputError(msg)
    return form


def formats_table() -> str:
    """Return the formats as a Markdown table for the documentation.

    Examples
    --------
    >>> print(formats_table().splitlines()[-1])
    | `--to ucdp` | | CSV with its columns | see the loss report |
    """
    return "\n".join(["| ending | in | out | what it cannot hold |", "| --- | --- | --- | --- |", *_rows()])


def _rows() -> Iterator[str]:
    for form in ALL:
        chosen = [] if any(ENDINGS[ending] is form for ending in form.writes) or form.reads else [f"--to {form.name}"]
        endings = chosen or dict.fromkeys([*form.reads, *form.writes])
        cells = (", ".join(f"`{ending}`" for ending in endings), form.input, form.output, form.limits)
        yield "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"

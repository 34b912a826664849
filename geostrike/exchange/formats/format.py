"""The record of a file format: its endings, its reader and writer, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from geostrike.errors import InputError
from geostrike.intake.writing import time_of_writing

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from geostrike.exchange.grid import Grid
    from geostrike.exchange.losses import Losses
    from geostrike.intake.opening import Opened

__all__ = ["Format", "ReadOptions", "time_in_file"]


@dataclass(frozen=True)
class ReadOptions:
    """Options for reading a file.

    Attributes
    ----------
    layer
        The layer or sheet, for a file with several.
    names
        The column names, for a file without a header.
    quoted
        Whether a quotation mark at the start of a cell encloses it.
    progress
        Whether to show a progress bar.
    """

    layer: str | None = None
    names: Sequence[str] | None = None
    quoted: bool = True
    progress: bool = False


def _not_read(_source: Opened, name: str, _options: ReadOptions) -> Grid:
    msg = f"{name}: files of this format are written, not read"
    raise InputError(msg)


def _not_written(_strikes: gpd.GeoDataFrame, _losses: Losses) -> bytes:
    msg = "files of this format are read, not written"
    raise InputError(msg)


Reader: TypeAlias = "Callable[[Opened, str, ReadOptions], Grid]"
Writer: TypeAlias = "Callable[[gpd.GeoDataFrame, Losses], bytes]"


@dataclass(frozen=True, kw_only=True)
class Format:
    """A file format.

    Attributes
    ----------
    name
        Its name in `--to` and in `datapackage.json`.
    media_type
        Its media type (IANA).
    reads
        The endings that mark a file as a table of this format.
    reads_also
        Further endings, for files that the user declares to be tables.
    writes
        The endings for writing.
    read, write
        Its reader and its writer.
    first_record
        Reads the first record only, for a format whose files may lack a header.
    in_worker
        Whether its files are read in a worker process, with limits of time and memory.
    has_layers
        Whether a file can hold several tables.
    own_columns
        Whether it is written with the columns of the strikes table, not with those of another publisher.
    splits_points
        Whether a point is written as two columns, longitude and latitude.
    companions
        Files to write along with it: their endings, and the files to copy.
    input, output, limits
        What is read, what is written, and what is lost, for the documentation (Markdown).
    """

    name: str
    media_type: str = ""
    reads: tuple[str, ...] = ()
    reads_also: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    read: Reader = _not_read
    write: Writer = _not_written
    first_record: Callable[[Opened, str], list[str]] | None = None
    in_worker: bool = False
    has_layers: bool = False
    own_columns: bool = True
    splits_points: bool = False
    companions: Mapping[str, Path] = field(default_factory=dict)
    input: str = ""
    output: str = ""
    limits: str = ""

    @property
    def all_endings(self) -> tuple[str, ...]:
        """Every ending that its reader accepts."""
        return self.reads + self.reads_also


def time_in_file() -> datetime:
    """Return the time to store in a file: SOURCE_DATE_EPOCH or 1980, so that equal tables give equal files."""
    return time_of_writing() or datetime(1980, 1, 1, tzinfo=UTC)

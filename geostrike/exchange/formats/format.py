"""What a file format is to geostrike: the endings of its files, how it is read and written, and what it cannot hold."""

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
    """How a file is read.

    Attributes
    ----------
    layer
        The layer or sheet, of a file that has several.
    names
        The names of the columns, of a file whose first record is not a header.
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
    msg = f"{name}: files of this format are written, and not read"
    raise InputError(msg)


def _not_written(_strikes: gpd.GeoDataFrame, _losses: Losses) -> bytes:
    msg = "files of this format are read, and not written"
    raise InputError(msg)


Reader: TypeAlias = "Callable[[Opened, str, ReadOptions], Grid]"
Writer: TypeAlias = "Callable[[gpd.GeoDataFrame, Losses], bytes]"


@dataclass(frozen=True, kw_only=True)
class Format:
    """A file format.

    Attributes
    ----------
    name
        The name that `--to` and `datapackage.json` give it.
    media_type
        Its media type (IANA).
    reads
        The endings of its files, by which a file is known to be a table.
    reads_also
        Further endings, read where the user says that the file is a table.
    writes
        The endings under which it is written.
    read, write
        Its reader and its writer.
    first_record
        Reads the first record alone, of a format whose files may lack a header.
    in_worker
        Whether its files are read in a worker process, with limits of time and memory.
    has_layers
        Whether a file can hold several tables.
    own_columns
        Whether it is written with the columns of the strikes table, and not with those of another publisher.
    splits_points
        Whether a point is written as two columns, longitude and latitude.
    companions
        Files to write beside it: their endings, and the files to copy.
    input, output, limits
        What is read, what is written, and what it cannot hold, in the words of the documentation (Markdown).
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
        """Every ending that its reader takes."""
        return self.reads + self.reads_also


def time_in_file() -> datetime:
    """The time that a written file holds: SOURCE_DATE_EPOCH or 1980, so that equal tables are equal files."""
    return time_of_writing() or datetime(1980, 1, 1, tzinfo=UTC)

"""Read tables of events: every row of a file becomes a strike or a row of the quarantine.

A row without coordinates keeps its name, which `geostrike.resolve_places` can look up. An open date, an unknown target
or a missing source does not quarantine a row.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geostrike.errors import GeostrikeError, InputError
from geostrike.exchange.columns import strikes_frame
from geostrike.exchange.days import ORDERS
from geostrike.exchange.events import columns_of_events
from geostrike.exchange.grid import Grid
from geostrike.exchange.grids import Choice, read_grid
from geostrike.exchange.mapped import StrikeColumns
from geostrike.exchange.own import columns_of_own
from geostrike.exchange.schemas import OWN, Schema, choose_schema, some_of, with_keep
from geostrike.intake.notices import warn_of, warn_of_losses
from geostrike.tables import QUARANTINE_CODES

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy.typing as npt

    LineOf: TypeAlias = Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]

__all__ = ["StrikesRead", "read_strikes", "read_table"]

_MAX_COLUMNS = 20_000
NO_ROWS = "the table has no rows"


@dataclass(frozen=True)
class StrikesRead:
    """A table of events, read.

    Attributes
    ----------
    strikes
        One row per strike, as `geostrike.tables.STRIKES` says (GeoDataFrame, EPSG:4326), without depth unless the table
        is geostrike's own; the table's other columns follow under their own names. Rows with coordinates have the
        place_status "given", rows with a name only "pending" until `geostrike.resolve_places` looks them up.
    quarantine
        The rows that could not be used, and those that are not strikes, with file, line, code and reason.
    schema
        The kind of table.
    columns
        The table's column for each key.
    notes
        What was noticed and repaired, in words.
    name
        The name of the file.
    line_of
        The function behind `lines_of`.
    """

    strikes: gpd.GeoDataFrame
    quarantine: pd.DataFrame
    schema: Schema
    columns: dict[str, str]
    notes: list[str]
    name: str
    line_of: LineOf

    def lines_of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the line of the file in which each strike begins, by its position in `strikes`."""
        return self.line_of(np.asarray(rows, dtype=np.int64))

    @property
    def rows_in(self) -> int:
        """The number of rows in the file: strikes and quarantine together."""
        return len(self.strikes) + len(self.quarantine)

    @property
    def has_places(self) -> bool:
        """Whether the rows have places; a table that has only texts is a table of reports."""
        named = self.columns.get("place", "name").lower() != "name" or "text" not in self.columns
        return named or {"latitude", "longitude"} <= self.columns.keys() or bool(self.strikes.geometry.notna().any())

    def warn(self) -> None:
        """Warn of the rows that could not be used, and of a table without rows (`geostrike.InputWarning`)."""
        warn_of_losses(self.quarantine, rows_in=self.rows_in)
        if not self.rows_in:
            warn_of(f"{self.name}: {NO_ROWS}")

    @property
    def warnings(self) -> dict[str, int]:
        """The number of strikes with each warning code."""
        codes = self.strikes["warnings"].value_counts()
        found: Counter[str] = Counter()
        for text, count in codes.items():
            for code in str(text).split():
                found[code] += int(count)
        return dict(sorted(found.items()))


def read_strikes(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    schema: str | os.PathLike[str] = "auto",
    columns: Mapping[str, str] | None = None,
    keep: str | Mapping[str, Sequence[str]] | None = None,
    dates: str | None = None,
    layer: str | None = None,
    today: dt.date | None = None,
    progress: bool = False,
) -> StrikesRead:
    """Read strikes from a table of events: your own, ACLED, UCDP, or any other.

    Parameters
    ----------
    source
        A file: CSV or TSV in any common encoding, JSON or JSON Lines, GeoJSON, GeoPackage, FlatGeobuf, shapefile,
        (Geo)Parquet, KML, Excel; also in a .gz or .zip. Or a DataFrame.
    schema
        The kind of table: "auto" to recognise it by its columns, one of geostrike, acled, ucdp, viina, gdelt, gkg,
        timemap, geoconfirmed, plain, or a .toml file of your own.
    columns
        The column for a key, where it is unknown or guessed wrongly, as in ``{"date": "day_of_event"}``; the keys are
        those of `geostrike.exchange.schemas.KEYS`. An empty name drops a guessed column.
    keep
        Which rows are strikes: by default as the schema says; "all", or the values of some columns, as in
        ``{"sub_event_type": ["Air/drone strike"]}``.
    dates
        How ambiguous figures are read: "dmy" or "mdy"; "excel" or "epoch" for counted days. By default as the schema
        says; where it says nothing, such dates are quarantined.
    layer
        The layer of a GeoPackage or the sheet of a workbook that has several.
    today
        The last day on which a strike can have happened; today by default.
    progress
        Whether to show how much of a CSV or TSV file has been read.

    Raises
    ------
    InputError
        If the file cannot be read at all, or an option names something that does not exist.

    Warns
    -----
    InputWarning
        About rows that could not be used, by reason, and about a table without rows.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": ["a", "b"], "date": ["2024-01-25", "03/04/2024"], "lat": "44.1", "lon": "39.08"})
    >>> read = read_strikes(table)
    >>> read.strikes[["source_id", "date_start", "place_status", "country"]].astype(str).values.tolist()
    [['a', '2024-01-25', 'given', 'RUS']]
    >>> read.quarantine[["line", "code"]].values.tolist()
    [[2, 'AMBIGUOUS_DATE']]
    """
    read = read_table(
        source, schema=schema, columns=columns, keep=keep, dates=dates, layer=layer, today=today, progress=progress
    )
    read.warn()
    return read


def read_table(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    schema: str | os.PathLike[str] = "auto",
    columns: Mapping[str, str] | None = None,
    keep: str | Mapping[str, Sequence[str]] | None = None,
    dates: str | None = None,
    layer: str | None = None,
    today: dt.date | None = None,
    progress: bool = False,
) -> StrikesRead:
    """Read like `read_strikes`, without its warnings: a run warns of all its losses at once."""
    if not isinstance(source, (str, os.PathLike, pd.DataFrame)):
        msg = f"the source is a {type(source).__name__}; give the path of a file, or a DataFrame"
        raise InputError(msg)
    options = _Options(partial(choose_schema, schema), columns, keep, dates, layer, today, progress)
    with _faults_of_a_table(source):
        return _read(source, options)


@dataclass(frozen=True)
class _Options:
    """The arguments of `read_strikes`."""

    choose: Choice
    columns: Mapping[str, str] | None
    keep: str | Mapping[str, Sequence[str]] | None
    dates: str | None
    layer: str | None
    today: dt.date | None
    progress: bool

    @property
    def latest(self) -> dt.date:
        """The last day on which a strike can have happened, in any time zone."""
        return (self.today or dt.datetime.now(tz=dt.UTC).date()) + dt.timedelta(days=1)


@contextmanager
def _faults_of_a_table(source: str | os.PathLike[str] | pd.DataFrame) -> Iterator[None]:
    """Turn any exception that a file causes into an InputError of one line."""
    name = "the table" if isinstance(source, pd.DataFrame) else os.fspath(source)
    try:
        yield
    except GeostrikeError:
        raise
    except MemoryError as error:  # of pyarrow, too
        msg = f"{name}: takes more memory than there is; split it, or convert it to Parquet"
        raise InputError(msg) from error
    except Exception as error:
        fault = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        msg = f"{name}: {QUARANTINE_CODES['FAULT']} ({fault})"
        raise InputError(msg) from error


def _read(source: str | os.PathLike[str] | pd.DataFrame, options: _Options) -> StrikesRead:
    if options.dates is not None and options.dates not in ORDERS:
        msg = f"dates is {options.dates!r}; it can be {', '.join(filter(None, ORDERS))}"
        raise InputError(msg)
    with read_grid(source, options.choose, layer=options.layer, progress=options.progress) as (grid, found):
        _check_width(grid)
        if found.name == OWN:
            _check_own(grid, options)
            return _strikes_read(grid, found, columns_of_own(grid, options.latest))
        schema = with_keep(found, options.keep)
        return _strikes_read(grid, schema, _columns(grid, schema, options))


def _columns(grid: Grid, schema: Schema, options: _Options) -> StrikeColumns:
    """Build the columns of a strikes table from a table of another kind."""
    _check_conditions(schema, grid, options)
    mapping = schema.mapping(list(grid.cells.columns), options.columns)
    _check_usable(grid, mapping)
    if "date" not in (options.columns or {}):
        _check_dated(grid, schema, mapping)
    order = schema.dates if options.dates is None else options.dates
    return columns_of_events(grid, schema, mapping, order, options.latest)


def _strikes_read(grid: Grid, schema: Schema, found: StrikeColumns) -> StrikesRead:
    """Split the rows into strikes and quarantine."""
    sieve = found.sieve
    passed = sieve.passed
    rows = np.flatnonzero(passed)
    quarantine = sieve.quarantine(grid)
    # From here on each column of cells is dropped once it is used, so that a large table is in memory once.
    grid.cells = grid.cells.iloc[:, :0]
    strikes = strikes_frame(found.columns, found.geometry, found.extra, None if passed.all() else passed)
    line_of = grid.line_of if grid.lasting else _line_of(grid.line_of(np.arange(len(grid), dtype=np.int64)))
    return StrikesRead(
        strikes, quarantine, schema, found.mapping,
        [*grid.notes, *found.notes, *([] if len(grid) or grid.rejected else [NO_ROWS])], grid.name,
        lambda at: line_of(rows[at]),
    )  # fmt: skip


def _line_of(lines: npt.NDArray[np.int64]) -> LineOf:
    return lambda at: lines[at]


# --- tables that cannot be read at all --------------------------------------------------------------------------------


def _check_width(grid: Grid) -> None:
    if len(grid.cells.columns) > _MAX_COLUMNS:
        msg = f"{grid.name}: has {len(grid.cells.columns):,} columns; the limit is {_MAX_COLUMNS:,}"
        raise InputError(msg)


def _check_conditions(schema: Schema, grid: Grid, options: _Options) -> None:
    missing = [condition.column for condition in schema.keep if condition.column not in grid.cells.columns]
    if options.keep is not None and missing:
        msg = f"there is no column {missing[0]!r} to choose by; the columns are: {some_of(list(grid.cells.columns))}"
        raise InputError(msg)


def _check_dated(grid: Grid, schema: Schema, mapping: Mapping[str, str]) -> None:
    """Reject a table of another kind than stated, whose dates would be lost."""
    wanted = schema.columns.get("date", ())
    if schema.name != "plain" and wanted and "date" not in mapping and len(grid.cells.columns):
        msg = (
            f"{grid.name}: is not a table of {schema.title}: there is no column {' or '.join(wanted)}; "
            "say with --map date=... which column holds the dates, or leave --schema out"
        )
        raise InputError(msg)


def _check_own(grid: Grid, options: _Options) -> None:
    if options.columns or (options.keep and options.keep != "all"):
        msg = f"{grid.name}: is geostrike's own table, whose columns are known; leave out --map and --keep"
        raise InputError(msg)


def _check_usable(grid: Grid, mapping: Mapping[str, str]) -> None:
    """Reject a table without a column of places or texts."""
    placed = grid.geometry is not None or {"latitude", "longitude"} <= mapping.keys()
    if not len(grid) and not len(grid.cells.columns):  # a collection without features
        return
    if not placed and not mapping.keys() & {"place", "text"}:
        found = some_of(list(grid.cells.columns))
        msg = (
            f"{grid.name}: no column holds a place: neither coordinates nor a name. The columns are: {found}; "
            "say which is what, as in --map latitude=... --map longitude=... --map date=..."
        )
        raise InputError(msg)

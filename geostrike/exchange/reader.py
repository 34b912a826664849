"""Tables that people already have to strikes: every row of a file is a row of the strikes or of the quarantine.

A row without coordinates keeps its name, for `geostrike.resolve_places` to look up; an open date, an unknown target or
a missing source are no reason for quarantine.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.borders.areas import country_at
from geostrike.errors import GeostrikeError, InputError
from geostrike.exchange import own
from geostrike.exchange.columns import coded, days_column, distinct_points, longest, strikes_frame, taken
from geostrike.exchange.days import ORDERS, Days, read_days
from geostrike.exchange.degrees import Axis, pair_fault, read_degrees
from geostrike.exchange.grid import MAX_CELL, Grid
from geostrike.exchange.grids import Choice, read_grid
from geostrike.exchange.schemas import OWN, Keep, Precision, Schema, choose_schema, some_of, with_keep
from geostrike.exchange.sieve import Sieve
from geostrike.intake.notices import warn_of, warn_of_losses
from geostrike.tables import QUARANTINE_CODES, STATUSES, TARGET_KINDS, WEAPONS

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy.typing as npt

    LineOf: TypeAlias = Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]

    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["StrikesRead", "read_strikes", "read_table"]

_MOST = 0.5  # share of the points above which those elsewhere are odd ones out
_COUNTRY = re.compile("[A-Z]{3}")
_AT_ONCE = 100_000
_HALF_AROUND = 20_100.0  # kilometres: no place is farther from another
_MAX_COLUMNS = 20_000
NO_ROWS = "the table has no rows"
UNREADABLE = "the geometry's bytes cannot be read (WKB)"
NOT_LOOKED_UP = "the table gives a name and no coordinates; it is not looked up yet"


@dataclass(frozen=True)
class StrikesRead:
    """What a table held.

    Attributes
    ----------
    strikes
        One row a strike, as `geostrike.tables.STRIKES` says (GeoDataFrame, EPSG:4326), without depth unless the table
        is geostrike's own; then the table's other columns under their own names. Rows with coordinates have the
        place_status "given", rows with a name only "unresolved" until `geostrike.resolve_places` looks them up.
    quarantine
        The rows that could not be used, and those that are no strikes, with file, line, code and reason.
    schema
        What kind of table it is.
    columns
        Which of its columns was taken for what.
    notes
        What was found out about the file, and what was repaired, in words.
    name
        The name of the file.
    line_of
        What `lines_of` asks.
    """

    strikes: gpd.GeoDataFrame
    quarantine: pd.DataFrame
    schema: Schema
    columns: dict[str, str]
    notes: list[str]
    name: str
    line_of: LineOf

    def lines_of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The line of the file in which strikes begin, by their positions in the table."""
        return self.line_of(np.asarray(rows, dtype=np.int64))

    @property
    def rows_in(self) -> int:
        """The number of rows in the file: strikes and quarantine together."""
        return len(self.strikes) + len(self.quarantine)

    @property
    def tells_places(self) -> bool:
        """Whether the table tells where its rows were: one that only has texts is a table of reports."""
        named = self.columns.get("place", "name").lower() != "name" or "text" not in self.columns
        return named or {"latitude", "longitude"} <= self.columns.keys() or bool(self.strikes.geometry.notna().any())

    def warn(self) -> None:
        """Warn of the rows that could not be used, and of a table without rows (`geostrike.InputWarning`)."""
        warn_of_losses(self.quarantine, rows_in=self.rows_in)
        if not self.rows_in:
            warn_of(f"{self.name}: {NO_ROWS}")

    @property
    def warnings(self) -> dict[str, int]:
        """How many rows that stay bear each warning code."""
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
    """The strikes in a table of one's own or of somebody else's.

    Parameters
    ----------
    source
        A file: CSV or TSV in any common encoding, JSON or JSON Lines, GeoJSON, GeoPackage, FlatGeobuf, shapefile,
        (Geo)Parquet, KML, Excel; also in a .gz or .zip. Or a DataFrame.
    schema
        What kind of table it is: "auto" to tell by its columns, one of geostrike, acled, ucdp, viina, gdelt, gkg,
        timemap, geoconfirmed, plain, or a .toml file of your own.
    columns
        Which column is what where that is not known or guessed wrongly, as in ``{"date": "day_of_event"}``: the keys
        are those of `geostrike.exchange.schemas.KEYS`; an empty name takes a guessed column away.
    keep
        Which rows are strikes: by default as the schema says; "all", or the values of some columns, as in
        ``{"sub_event_type": ["Air/drone strike"]}``.
    dates
        How figures are read that can mean two days: "dmy" or "mdy"; "excel" or "epoch" for days that are counted. By
        default as the schema says, and where it says nothing, such dates go to the quarantine.
    layer
        The layer of a GeoPackage or the sheet of a workbook that has several.
    today
        The last day on which a strike can have happened; today by default.
    progress
        Whether to show how much of a CSV or TSV file has been read.

    Raises
    ------
    InputError
        If the file cannot be read at all, or an option names what is not there.

    Warns
    -----
    InputWarning
        Of the rows that could not be used, by reason, and of a table without rows.

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
    """The same as `read_strikes` without its warnings: for the stages that warn of all losses of a run at once."""
    options = partial(choose_schema, schema), columns, keep, dates, layer
    if not isinstance(source, (str, os.PathLike, pd.DataFrame)):
        msg = f"the source is a {type(source).__name__}; give the path of a file, or a DataFrame"
        raise InputError(msg)
    name = "the table" if isinstance(source, pd.DataFrame) else os.fspath(source)
    try:
        return _read_table(source, *options, today=today, progress=progress)
    except GeostrikeError:
        raise
    except MemoryError as error:  # of pyarrow, too
        msg = f"{name}: takes more memory than there is; split it, or convert it to Parquet"
        raise InputError(msg) from error
    except Exception as error:
        # Whatever a file of somebody else holds, it must cost its table only, and one line.
        told = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        msg = f"{name}: {QUARANTINE_CODES['FAULT']} ({told})"
        raise InputError(msg) from error


def _read_table(
    source: str | os.PathLike[str] | pd.DataFrame,
    choose: Choice,
    columns: Mapping[str, str] | None,
    keep: str | Mapping[str, Sequence[str]] | None,
    dates: str | None,
    layer: str | None,
    *,
    today: dt.date | None,
    progress: bool,
) -> StrikesRead:
    if dates is not None and dates not in ORDERS:
        msg = f"dates is {dates!r}; it can be {', '.join(filter(None, ORDERS))}"
        raise InputError(msg)
    latest = (today or dt.datetime.now(tz=dt.UTC).date()) + dt.timedelta(days=1)
    with read_grid(source, choose, layer=layer, progress=progress) as (grid, found):
        _check_width(grid)
        if found.name == OWN:
            _check_own(grid, columns, keep)
            return _read(grid, found, own.columns_of(grid, latest))
        kind = with_keep(found, keep)
        _check_conditions(kind, grid, keep)
        mapping = kind.mapping(list(grid.cells.columns), columns)
        _check_usable(grid, mapping)
        if "date" not in (columns or {}):
            _check_dated(grid, kind, mapping)
        return _read(grid, kind, _Foreign(grid, kind, mapping, kind.dates if dates is None else dates, latest))


def _check_width(grid: Grid) -> None:
    if len(grid.cells.columns) > _MAX_COLUMNS:
        msg = f"{grid.name}: has {len(grid.cells.columns):,} columns; the limit is {_MAX_COLUMNS:,}"
        raise InputError(msg)


def _read(grid: Grid, schema: Schema, found: _Foreign | own.Own) -> StrikesRead:
    """The rows that pass as strikes, the others as quarantine."""
    sieve = found.sieve
    passed = sieve.passed
    rows = np.flatnonzero(passed)
    quarantine = sieve.quarantine(grid)
    # From here on each column of cells goes as soon as it is taken: a large table is in memory once, not twice.
    grid.cells = grid.cells.iloc[:, :0]
    strikes = strikes_frame(found.columns, found.geometry, found.extra, None if passed.all() else passed)
    line_of = grid.line_of if grid.lasting else _kept(grid.line_of(np.arange(len(grid), dtype=np.int64)))
    return StrikesRead(
        strikes, quarantine, schema, found.mapping,
        [*grid.notes, *found.notes, *([] if len(grid) or grid.refused else [NO_ROWS])], grid.name,
        lambda at: line_of(rows[at]),
    )  # fmt: skip


def _kept(lines: npt.NDArray[np.int64]) -> LineOf:
    return lambda at: lines[at]


def _check_conditions(schema: Schema, grid: Grid, keep: str | Mapping[str, Sequence[str]] | None) -> None:
    missing = [condition.column for condition in schema.keep if condition.column not in grid.cells.columns]
    if keep is not None and missing:
        msg = f"there is no column {missing[0]!r} to choose by; the columns are: {some_of(list(grid.cells.columns))}"
        raise InputError(msg)


def _check_dated(grid: Grid, schema: Schema, mapping: Mapping[str, str]) -> None:
    """Refuse a table of another kind than was said: its dates would be lost."""
    wanted = schema.columns.get("date", ())
    if schema.name != "plain" and wanted and "date" not in mapping and len(grid.cells.columns):
        msg = (
            f"{grid.name}: is no table of {schema.title}: there is no column {' or '.join(wanted)}; "
            "say with --map date=... which column holds the dates, or leave --schema out"
        )
        raise InputError(msg)


def _check_own(grid: Grid, columns: object, keep: object) -> None:
    if columns or (keep and keep != "all"):
        msg = f"{grid.name}: is a table of geostrike's own, whose columns are known; leave --map and --keep out"
        raise InputError(msg)


def _check_usable(grid: Grid, mapping: Mapping[str, str]) -> None:
    """Refuse a table in which nothing tells where or what."""
    placed = grid.geometry is not None or {"latitude", "longitude"} <= mapping.keys()
    if not len(grid) and not len(grid.cells.columns):  # a collection without features
        return
    if not placed and not mapping.keys() & {"place", "text"}:
        found = some_of(list(grid.cells.columns))
        msg = (
            f"{grid.name}: no column tells a place: neither coordinates nor a name. The columns are: {found}; "
            "say which is what, as in --map latitude=... --map longitude=... --map date=..."
        )
        raise InputError(msg)


class _Foreign:
    """The columns of a strikes table from the cells of somebody else's."""

    def __init__(self, grid: Grid, schema: Schema, mapping: dict[str, str], order: str, latest: dt.date) -> None:
        self.grid, self.schema, self.mapping = grid, schema, mapping
        self.sieve = Sieve(len(grid))
        self.columns: dict[str, Any] = {}
        self.notes: list[str] = []
        self._check_text()
        self._note_undated()
        self._keep_strikes()
        self._read_dates(order, latest)
        self._read_places()
        self._read_words()
        self._read_ids()
        self.columns["warnings"] = self.sieve.warnings()
        self.extra = self._carried()

    def cells(self, key: str) -> pd.Series[str]:
        """The column for a key; empty cells where there is none."""
        column = self.mapping.get(key)
        if column is None:
            return pd.Series("", index=self.grid.cells.index, dtype="str")
        return self.grid.column(column)

    def coded(self, key: str) -> tuple[npt.NDArray[np.int64], list[str]]:
        """The same as the number of the value in each row, and the values."""
        column = self.mapping.get(key)
        return coded(self.cells(key) if column is None else self.grid.cells[column])

    # --- text and conditions ------------------------------------------------------------------------------------------

    def _check_text(self) -> None:
        for name in self.grid.cells.columns:
            cells = self.grid.cells[name]
            if self.grid.damaged:
                lost = cells.str.contains("\N{REPLACEMENT CHARACTER}", regex=False).to_numpy(dtype=bool)
                self.sieve.refuse(lost, "BAD_TEXT", f"{name} holds bytes that are no text")
            if self.grid.zeros:
                zeros = cells.str.contains("\0", regex=False).to_numpy(dtype=bool)
                self.sieve.refuse(zeros, "BAD_TEXT", f"{name} holds a zero byte")
            if longest(cells) > MAX_CELL:
                long = (cells.str.len() > MAX_CELL).to_numpy(dtype=bool)
                self.sieve.refuse(long, "TOO_LONG", f"{name} is longer than the limit of {MAX_CELL:,} characters")

    def _note_undated(self) -> None:
        """Say that no column was taken for the date, and which columns are left: one of them may hold it."""
        if {"date", "date_end"} & self.mapping.keys():
            return
        left = [str(name) for name in self.grid.cells.columns if name not in self.mapping.values()]
        if left:
            self.notes.append(
                "no column was taken for the date, so no row has one; say which it is, as in --map date=COLUMN. "
                f"Not used: {some_of(left)}"
            )

    def _keep_strikes(self) -> None:
        """Put aside the rows that the conditions of the schema leave out."""
        conditions = [c for c in self.schema.keep if c.column in self.grid.cells.columns]
        if self.schema.keep and not conditions:
            self.notes.append("the table does not tell which rows are strikes: all of them are kept")
        if not conditions:
            return
        fits = np.array([self._fits(condition) for condition in conditions], dtype=bool)
        kept = (np.logical_and if self.schema.keep_rule == "all" else np.logical_or).reduce(fits)
        told = " and ".join(dict.fromkeys(condition.column for condition in conditions))
        self.sieve.refuse(~kept, "NOT_A_STRIKE", f"{told}: not among the strikes of {self.schema.title}")

    def _fits(self, condition: Keep) -> Mask:
        codes, values = coded(self.grid.cells[condition.column])
        fits = np.array([condition.fits(value) for value in values], dtype=bool)
        return fits[codes]

    # --- dates --------------------------------------------------------------------------------------------------------

    def _read_dates(self, order: str, latest: dt.date) -> None:
        first = self._days("date", order)
        last = self._days("date_end", order) if "date_end" in self.mapping else None
        codes, ends, told = first.codes, None, first.told
        start = days_column([days.start for days in told])[codes]
        end = days_column([days.end for days in told])[codes]
        precision = taken([days.precision for days in told], codes)
        if last is not None:
            ends = days_column([days.end for days in last.told])[last.codes]
            names = self.mapping["date_end"], self.mapping.get("date", "")
            self.sieve.refuse(ends < start, "BAD_DATE", f"{names[0]} is before {names[1]}")
            longer, open_start = ends > end, ~np.isnat(ends) & np.isnat(start)
            end = np.where(longer | open_start, ends, end)
            precision = precision.mask(longer, "span").mask(open_start, "vague")
        future = start > np.datetime64(latest, "D")
        self.sieve.refuse(future, "FUTURE_DATE", lambda row: f"{start[row]} has not been yet")
        start, end, precision = self._widened(start, end, precision)
        self.sieve.warn(np.isnat(start), "PARTIAL_DATE")
        self.sieve.warn((end - start) > np.timedelta64(1, "D"), "DATE_RANGE")
        self.columns |= {
            "date_start": start.astype("datetime64[s]"), "date_end": end.astype("datetime64[s]"),
            "date_precision": precision, "date_as_written": self.cells("date"),
        }  # fmt: skip

    def _days(self, key: str, order: str) -> _DaysColumn:
        codes, values = self.coded(key)
        found = _DaysColumn(codes, [read_days(value, order=order) for value in values])
        self.sieve.refuse_values(codes, [(days.code, days.reason) for days in found.told])
        return found

    def _widened(self, start: Any, end: Any, precision: pd.Series[str]) -> tuple[Any, Any, pd.Series[str]]:
        """The dates as wide as the source's code of precision says."""
        codes = self.schema.date_precision
        if codes.column not in self.grid.cells.columns:
            return start, end, precision
        code, values = coded(self.grid.cells[codes.column])
        for number, value in enumerate(values):
            wide = codes.codes.get(value, {})
            rows = (code == number) & ~np.isnat(start)
            if wide.get("days"):
                margin = np.timedelta64(int(wide["days"]), "D")
                start, end = np.where(rows, start - margin, start), np.where(rows, end + margin, end)
                precision = precision.mask(rows, "span")
            if wide.get("month"):
                month = start.astype("datetime64[M]")
                last = (month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
                start, end = np.where(rows, month.astype("datetime64[D]"), start), np.where(rows, last, end)
                precision = precision.mask(rows, "month")
        return start, end, precision

    # --- places -------------------------------------------------------------------------------------------------------

    def _read_places(self) -> None:
        lon, lat = self._points() if self.grid.geometry is not None else self._degrees()
        name = self.cells("place")
        precision = _Codes(self.schema.place_precision, self.grid)
        useless = ~precision.placed & np.isfinite(lat)
        lon, lat = np.where(useless, np.nan, lon), np.where(useless, np.nan, lat)
        given = np.isfinite(lat) & np.isfinite(lon)
        spots, spot_of = distinct_points(lon, lat)
        country = country_at(lon[spots], lat[spots])[spot_of]
        self._check_swapped(lon, lat, country, given)
        named = (name.str.strip() != "").to_numpy(dtype=bool)
        told = self.cells("text").str.strip().ne("").to_numpy(dtype=bool)
        self.sieve.refuse(~(given | named | told | useless), "MISSING_VALUE", "nothing tells where it was")
        self.sieve.warn(~given, "UNKNOWN_PLACE")
        radius = self._radius()
        kinds = precision.values("kind", "point")
        self.geometry = shapely.points(np.nan_to_num(lon[spots]), np.nan_to_num(lat[spots]))[spot_of]
        self.geometry[~given] = None
        status = np.where(given, 0, 1)
        reasons = np.where(given, 0, np.where(useless, 1, np.where(named, 2, 3)))
        self.columns |= {
            "place_as_written": name, "place": name.where(given, ""),
            "place_kind": kinds.where(given, ""),
            "country": taken(*_coded_array(country)),
            "place_status": taken(["given", "unresolved"], status),
            "place_reason": taken(
                ["", "the source's code of precision says that its point stands for a whole country, or for nothing",
                 NOT_LOOKED_UP, "no place is told"], reasons),
            "radius_km": np.where(given, np.where(np.isnan(radius), precision.numbers("radius_km"), radius), np.nan),
            "geo_precision": np.where(given, precision.numbers("geo_precision"), np.nan),
        }  # fmt: skip

    def _points(self) -> tuple[Floats, Floats]:
        """The coordinates of a file with geometries."""
        shapes: Any = self.grid.geometry
        kind = shapely.get_type_id(shapes)
        if self.grid.broken is not None:
            self.sieve.refuse(self.grid.broken, "BAD_GEOMETRY", UNREADABLE)
        missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        named = self.cells("place").str.strip().ne("").to_numpy(dtype=bool)
        self.sieve.refuse(missing & ~named, "NULL_GEOMETRY", "the feature has no geometry, and no place is told")
        other = ~missing & (kind != shapely.GeometryType.POINT)
        self.sieve.refuse(other, "BAD_GEOMETRY", lambda row: f"the geometry is a {shapes[row].geom_type}, not a point")
        points = np.where(missing | other, None, shapes)
        lon, lat = shapely.get_x(points), shapely.get_y(points)
        self._check_pairs(lon, lat)
        return lon, lat

    def _degrees(self) -> tuple[Floats, Floats]:
        """The coordinates of a table with columns for them."""
        values: list[Floats] = []
        axes: tuple[Axis, Axis] = ("longitude", "latitude")
        for axis in axes:
            codes, cells = self.coded(axis)
            found = [read_degrees(cell, axis) for cell in cells]
            self.sieve.refuse_values(codes, [(degrees.code, degrees.reason) for degrees in found])
            self.sieve.warn(np.array([degrees.repaired for degrees in found], dtype=bool)[codes], "REPAIRED")
            values.append(np.array([degrees.value for degrees in found], dtype=float)[codes])
        lon, lat = values
        half = np.isnan(lon) != np.isnan(lat)
        self.sieve.refuse(half, "MISSING_VALUE", "one of latitude and longitude is missing")
        lon, lat = np.where(half, np.nan, lon), np.where(half, np.nan, lat)
        self._check_pairs(lon, lat)
        return lon, lat

    def _check_pairs(self, lon: Floats, lat: Floats) -> None:
        """Quarantine what is off the globe, swapped, or zero; what is quarantined is no coordinate from here on."""
        sound = (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & ~((lat == 0) & (lon == 0))
        odd = np.flatnonzero(~sound & ~(np.isnan(lat) & np.isnan(lon)))
        for row in odd:
            code, reason = pair_fault(float(lat[row]), float(lon[row]))
            self.sieve.refuse_row(int(row), code or "BAD_COORD", reason or "a coordinate is no number")
        lon[odd] = lat[odd] = np.nan

    def _check_swapped(self, lon: Floats, lat: Floats, country: Any, given: Mask) -> None:
        """Quarantine the odd ones out: points in no country of the others that would be in one the other way round."""
        home = country != ""
        abroad = given & ~home & (np.abs(lon) <= 90)
        if not abroad.any():
            return
        turned = np.full(len(lon), "", dtype=object)
        turned[abroad] = country_at(lat[abroad], lon[abroad])
        suspect = turned != ""
        share = home.sum() / max(given.sum(), 1)
        if share >= _MOST:
            self.sieve.refuse(
                suspect,
                "SWAPPED_COORD",
                lambda row: (
                    f"latitude {lat[row]:g}, longitude {lon[row]:g} is far from all other rows; "
                    f"the other way round it is in {turned[row]}, like them"
                ),
            )
        elif suspect.any():
            self.notes.append(
                f"{suspect.sum()} points would be in {', '.join(sorted(set(turned[suspect])))} if latitude and "
                "longitude were swapped; check which column is which"
            )

    def _radius(self) -> Floats:
        codes, values = self.coded("radius_km")
        numbers = [read_degrees(value, "latitude") for value in values]
        faults = [bool(n.code) or n.value < 0 or n.value > _HALF_AROUND for n in numbers]
        told = [f"radius_km is {value[:40]!r}; write kilometres" for value in values]
        self.sieve.refuse_values(codes, [("BAD_COORD" if f else "", t) for f, t in zip(faults, told, strict=True)])
        return np.array([n.value for n in numbers], dtype=float)[codes]

    # --- words, ids, other columns ------------------------------------------------------------------------------------

    def _read_words(self) -> None:
        self.columns["target_kind"] = self._word("target_kind", TARGET_KINDS)
        self.columns["weapon"] = self._word("weapon", WEAPONS)
        status = self._word("status", STATUSES)
        self.columns["status"] = status.mask(status == "", "unconfirmed")
        for key in ("attacker", "target_side"):
            self.columns[key] = self._word(key, None)
        basis = "reported" if "attacker" in self.mapping else self.schema.attacker_basis
        self.columns["attacker_basis"] = taken(["", basis], (self.columns["attacker"] != "").to_numpy().astype(int))
        self.columns["n_reports"] = 1
        for key, name in (("country", "country_hint"), ("admin1", "admin1_hint")):
            if key in self.mapping:
                self.columns[name] = self.cells(key)

    def _word(self, key: str, words: Mapping[str, str] | None) -> pd.Series[str]:
        """The column in geostrike's words; what is none of them is left out, and stays in the table's own column.

        Where it tells nothing, other columns may; where these tell different things, nothing is told.
        """
        codes, values = self.coded(key)
        known = _COUNTRY.fullmatch if words is None else (lambda value: value if value in words else None)
        found = taken([value if known(value) else "" for value in values], codes)
        rules = [rule for rule in self.schema.words if rule.to == key and rule.column in self.grid.cells.columns]
        if not rules:
            return found
        others = taken([""], np.zeros(len(found), dtype=np.int64))
        torn = np.zeros(len(found), dtype=bool)
        for rule in rules:
            codes, values = coded(self.grid.cells[rule.column])
            word = taken([rule.word_for(value) for value in values], codes)
            torn |= ((others != "") & (word != "") & (others != word)).to_numpy(dtype=bool)
            others = others.mask(others == "", word)
        return found.mask((found == "") & ~torn, others)

    def _read_ids(self) -> None:
        """The source's ids and ours, which are hashes of them; without ids, hashes of the whole row."""
        ids = self.cells("id").str.strip()
        known = (ids != "").to_numpy(dtype=bool)
        if not known.all():
            keys = ids.copy()
            rows = ["\x1e" + row for row in _joined_rows(self.grid.cells[~known])]
            if self.grid.geometry is not None:  # two points are two rows, also where all else is the same
                shapes = shapely.to_wkb(self.grid.geometry[~known], hex=True)
                rows = [f"{row}\x1f{shape or ''}" for row, shape in zip(rows, shapes, strict=True)]
            keys[~known] = pd.array(rows, dtype="str")
        else:
            keys = ids
        judged = keys[self.sieve.passed]
        repeated = np.zeros(len(keys), dtype=bool)
        repeated[self.sieve.passed] = judged.duplicated().to_numpy()
        if repeated.any():
            first = {key: row for row, key in reversed(list(judged.items()))}
            line_of = self.grid.line_of

            def told(row: int) -> str:
                line = line_of(np.array([first[keys[row]]], dtype=np.int64))[0]
                return f"the id {ids[row]!r} is that of line {line}" if known[row] else f"the same row as line {line}"

            self.sieve.refuse(repeated, "DUPLICATE_ID", told)
        self.columns["source_id"] = ids
        prefix = f"{self.schema.name}\x1f"
        self.columns["strike_id"] = _hashes(prefix, keys)

    def _carried(self) -> dict[str, pd.Series[str]]:
        """The table's other columns, under their own names."""
        taken_over = {self.mapping.get(key) for key in ("id", "date", "place", "latitude", "longitude")}
        taken_over |= {self.mapping.get(key) for key in ("country", "admin1")} if self.schema.name == "plain" else set()
        return {name: self.grid.cells[name] for name in self.grid.cells.columns if name not in taken_over}


@dataclass(frozen=True)
class _DaysColumn:
    """The distinct days of a column, and which of them each row has."""

    codes: npt.NDArray[np.int64]
    told: list[Days]


class _Codes:
    """What the codes of precision of a table mean, row by row."""

    def __init__(self, precision: Precision, grid: Grid) -> None:
        if precision.column in grid.cells.columns:
            self._codes, values = coded(grid.cells[precision.column])
            self._meanings = [precision.codes.get(value.strip(), {}) for value in values]
        else:
            self._codes, self._meanings = np.zeros(len(grid), dtype=np.int64), [{}]

    @property
    def placed(self) -> Mask:
        """Whether the point says where it was."""
        return np.array([bool(m.get("placed", True)) for m in self._meanings], dtype=bool)[self._codes]

    def numbers(self, name: str) -> Floats:
        """A number for each row; NaN where the code tells none."""
        return np.array([m.get(name, np.nan) for m in self._meanings], dtype=float)[self._codes]

    def values(self, name: str, missing: str) -> pd.Series[str]:
        """A word for each row."""
        return taken([str(m.get(name, missing)) for m in self._meanings], self._codes)


def _joined_rows(cells: pd.DataFrame) -> Iterator[str]:
    """The cells of each row in one text; in parts, since all cells as texts of Python's take five times the room."""
    for at in range(0, len(cells), _AT_ONCE):
        part = cells.iloc[at : at + _AT_ONCE]
        columns = [part[name].tolist() for name in part.columns] or [[""] * len(part)]
        yield from map("\x1f".join, zip(*columns, strict=True))


def _hashes(prefix: str, keys: pd.Series[str]) -> pd.Series[str]:
    """A hash of each key; made in parts, since a million texts of Python's take more room than the table."""
    start = hashlib.sha256(prefix.encode())

    def hashed(key: str) -> str:
        made = start.copy()
        made.update(key.encode())
        return made.hexdigest()[:16]

    parts = (keys.iloc[at : at + _AT_ONCE] for at in range(0, max(len(keys), 1), _AT_ONCE))
    return pd.concat([pd.Series([hashed(key) for key in part.tolist()], dtype="str") for part in parts])


def _coded_array(values: Any) -> tuple[list[str], npt.NDArray[np.int64]]:
    codes, distinct = pd.factorize(values)
    return [str(value) for value in distinct], codes

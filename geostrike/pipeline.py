"""The spine: the order of the stages, from reports to strikes with depth, and the files of a run."""

from __future__ import annotations

import hashlib
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import pandas as pd
from tqdm import tqdm

import geostrike
from geostrike.borders.border import Border
from geostrike.depth import check_stated_distances, measure_depth, noted
from geostrike.errors import BorderError, InputError, LeftOut
from geostrike.exchange import (
    TABLE_SUFFIXES,
    StrikesRead,
    csv_bytes,
    geojson_bytes,
    geoparquet_bytes,
    read_strikes,
    read_table,
    run_package,
)
from geostrike.exchange.formats.delimited import read_delimited
from geostrike.exchange.placing import PlacedEvents, look_up, part_of, place_events, refused_rows
from geostrike.intake.faults import fault_reason, without_faulty
from geostrike.intake.notices import REMEDIES, warn_of, warn_of_losses
from geostrike.intake.opening import opened
from geostrike.intake.writing import time_of_writing
from geostrike.merging.compare import Comparison, compare_strikes
from geostrike.merging.merge import Merged, merge_strikes
from geostrike.merging.review import (
    Reviewed,
    apply_decisions,
    quarantined_records,
    read_decisions,
    review_table,
    with_present_ids,
)
from geostrike.places import GAZETTEER_COLUMNS, Gazetteer, resolve_places
from geostrike.reading import Documents, Extraction, NamedPlaces, Overrides, extract, read_documents, read_overrides
from geostrike.stats import depth_summary, draw_depths, sensitivity
from geostrike.tables import NO_FAULT, QUARANTINE, VERDICT_ORDER, build_table

__all__ = [
    "RESULT_NAMES",
    "Located",
    "MeasuredTable",
    "border_from",
    "compare_runs",
    "locate",
    "measured_table",
    "result_files",
]

PathLike: TypeAlias = str | os.PathLike[str]
Day: TypeAlias = str | date

MANY_STRIKES = 100_000
"""Above this number of strikes a run writes them as GeoParquet instead of CSV and GeoJSON."""


@dataclass(frozen=True)
class Located:
    """Everything that `locate` found; each table is described in `geostrike.tables`.

    Attributes
    ----------
    strikes
        One row a strike, with place and depth (GeoDataFrame, EPSG:4326).
    reports, mentions, records, claims, distances, quantities
        What was read, with the character spans that say it.
    relations, members
        Which strikes may be one, and which records each strike is made of.
    areas
        The polygons of the regions that strikes are located to, by `place_id`.
    border
        The line that depth is measured from.
    quarantine
        What could not be used, with the reason.
    review
        All records as a table to decide on (`geostrike.merging.review`).
    run
        Versions, inputs with their hashes, parameters and counts.
    """

    strikes: gpd.GeoDataFrame
    reports: pd.DataFrame
    mentions: pd.DataFrame
    records: gpd.GeoDataFrame
    claims: pd.DataFrame
    distances: pd.DataFrame
    relations: pd.DataFrame
    members: pd.DataFrame
    areas: gpd.GeoDataFrame
    border: Border
    quarantine: pd.DataFrame
    quantities: pd.DataFrame
    review: pd.DataFrame
    run: dict[str, Any]


def locate(
    source: PathLike | pd.DataFrame,
    *,
    gazetteer: Gazetteer | PathLike | None = None,
    border: Border | PathLike | None = None,
    published: Day | Mapping[str, Day] | None = None,
    since: Day | None = None,
    until: Day | None = None,
    decisions: PathLike | None = None,
    table: Mapping[str, Any] | None = None,
    results: PathLike | None = None,
    progress: bool = False,
) -> Located:
    """Strikes with their places and depths, from reports or from a table of events.

    Parameters
    ----------
    source
        A folder or file of reports, or a table of reports or events: a file, or a DataFrame. Rows of a table that have
        a text, and neither a place nor coordinates, are read as reports.
    gazetteer
        A `Gazetteer`, or the path of a file of your own places to lay over the shipped ones.
    border
        A `Border`, a name such as "UKR-RUS:land" or "UKR-RUS:territory", or the path of a file that holds a line; the
        shared land border of Ukraine and Russia by default.
    published
        The publication date of reports that tell none: one for all, or one a file name.
    since, until
        First and last day of interest. Records that lie wholly outside go to `quarantine`; undated ones stay.
    decisions
        A file of a reviewer's decisions on records (`geostrike.merging.review`), which are applied.
    table
        How to read a table of events: arguments of `read_strikes` such as ``{"schema": "acled"}``.
    results
        The folder that results go to: in a folder of reports, nothing in it is read. What an earlier run wrote is not
        read anyway.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If the source, the border, the decisions or a date cannot be used.

    Warns
    -----
    InputWarning
        A `UserWarning`: once for what could not be used, with counts by reason and what to do; once where nothing was
        found.

    Examples
    --------
    >>> reports = pd.DataFrame({"text": ["Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."]})
    >>> located = locate(reports)
    >>> located.strikes[["place", "target_kind", "status"]].to_dict("records")
    [{'place': 'Belgorod', 'target_kind': 'oil depot', 'status': 'claimed_by_target'}]
    """
    places = gazetteer if isinstance(gazetteer, Gazetteer) else Gazetteer(extra=gazetteer)
    said = Overrides() if isinstance(source, pd.DataFrame) else read_overrides(source)
    named = NamedPlaces(places, said.names) if said.names else places
    line = border_from((said.border or None) if border is None else border)
    decided = None if decisions is None else read_decisions(decisions)
    window = _window(since, until)
    with _progress_bar(6, show=progress) as bar:
        events = _stage(bar, "opening", _events_of, source, places, table or {}, progress=progress)
        reports = source if events is None else events.texts
        documents = _stage(bar, "reading", read_documents, reports, published=published, results=results)
        extracted = _stage(bar, "extracting", extract, documents.reports, named, progress=progress)
        unread = extracted.quarantine.set_index("report_id")
        documents = documents.without(unread["reason"].to_dict(), unread["code"].to_dict())
        later = _LaterStages(extracted, documents, places, named, line, decided, window, said.merging, bar)
        told, faults = without_faulty(later, documents.reports["report_id"].tolist())
        documents = documents.without({report: fault_reason(error) for report, error in faults.items()})
        strikes, areas, late = told.strikes, told.areas, build_table(QUARANTINE, [])
        if events is not None:
            measured, events, late = _measured_events(events, line, places, window)
            strikes = events.joined(measured, told.strikes)
            areas = places.areas(strikes["place_id"].unique())
    line = noted(line, strikes)
    strikes["stated_verdict"] = _worst_verdicts(strikes, told.distances)
    refused = documents.quarantine if events is None else events.quarantined(documents.quarantine)
    quarantine = pd.concat([refused, told.outside, late, told.reviewed.quarantine], ignore_index=True)
    run = _manifest(source, places, line, documents, quarantine, strikes) | {
        "parameters": {"published": _told(published), "since": _told(window[0]), "until": _told(window[1])},
        "overrides": said.as_record(),
        "decisions": told.reviewed.counts | {"sha256": _file_hash(decisions)},
        "decided": _filled_cells(decided),
    }
    if events is not None:
        run |= events.counts(quarantine)
    _warn(run, quarantine, is_table=events is not None)
    return Located(
        strikes=strikes,
        reports=documents.reports if events is None else events.all_reports(documents.reports),
        mentions=told.mentions,
        records=told.records,
        claims=told.merged.claims,
        distances=told.distances,
        relations=told.merged.relations,
        members=told.merged.members,
        areas=areas,
        border=line,
        quarantine=quarantine,
        quantities=told.quantities,
        review=told.review,
        run=run,
    )


_REMEDIES = REMEDIES | {
    "BAD_DATE": 'say the date with published={"FILE": "2024-01-25"}, or write it as 2024-01-25',
    "FAULT": "please report it, with the text",
}


def _warn(run: dict[str, Any], quarantine: pd.DataFrame, *, is_table: bool) -> None:
    """Warn of what could not be used, and where nothing was found."""
    what = "rows" if is_table else "files or reports"
    warn_of_losses(quarantine, rows_in=run["rows_in"], what=what, remedy=REMEDIES if is_table else _REMEDIES)
    if not run["rows_in"]:
        warn_of("the table holds no rows, so there are no strikes")
    elif not run["strikes"] and run["ok"]:
        warn_of(f"no strike was found in {run['ok']} {what}")


def border_from(border: Border | PathLike | None) -> Border:
    """The border that a name such as "UKR-RUS:land", a path or a Border stands for; the default for None.

    Raises
    ------
    BorderError
        If the name is not known or the file holds no line.

    Examples
    --------
    >>> border_from("UKR-RUS:territory").definition
    'territory'
    """
    return border if isinstance(border, Border) else Border.named(border)


def result_files(
    located: Located,
    *,
    title: str = "Reported strikes by date",
    full_text: bool = False,
    compared: Comparison | None = None,
) -> Iterator[tuple[str, bytes]]:
    """The name and content of each file of a run, one at a time.

    A map, a report, a figure or a statistic that cannot be made is left out; `located.run["left_out"]` then names it,
    with the reason.

    Parameters
    ----------
    located
        What `locate` returned.
    title
        What stands above the map and the report. Plain text.
    full_text
        Whether the report shows the texts whole, and not in short excerpts.
    compared
        What changed since an earlier run (`compare_runs`): a file of its own, and a section of the report.

    Examples
    --------
    >>> located = locate(pd.DataFrame({"text": ["Nothing happened."]}))
    >>> [name for name, content in result_files(located)][:3]
    ['map.html', 'reports.csv', 'strikes.csv']
    """
    # Imported here: folium and matplotlib take a second, and not every user of the pipeline wants a map or a report.
    from geostrike.maps import strike_map
    from geostrike.report import report_page

    left_out = LeftOut()
    located.run["left_out"] = left_out

    def rendered_map() -> bytes:
        page = strike_map(
            located.strikes,
            border=located.border,
            areas=located.areas,
            claims=located.claims,
            reports=located.reports,
            distances=located.distances,
            title=title,
        )
        return bytes(page.get_root().render().encode("utf-8", "backslashreplace"))

    yield from _made(left_out, "map.html", rendered_map)
    tables = _tables(located, left_out) | ({} if compared is None else {"changes.csv": compared.changes})
    for name, table in tables.items():
        yield name, _WRITERS[Path(name).suffix](table)

    def rendered_report() -> bytes:
        choices = tables.get("sensitivity.csv")
        page = report_page(
            located, title=title, full_text=full_text, sensitivity=choices, compared=compared, left_out=left_out
        )
        return page.encode("utf-8", "backslashreplace")

    yield from _made(left_out, "report.html", rendered_report)
    yield from _made(left_out, "datapackage.json", lambda: run_package(tables, located.run))


def _made(left_out: LeftOut, name: str, make: Callable[[], bytes]) -> Iterator[tuple[str, bytes]]:
    """A file of a run and its content; nothing where making it fails, which is noted."""
    content = None
    with left_out.where_it_fails(name):
        content = make()
    if content is not None:
        yield name, content


_TABLE_NAMES = (
    "members", "relations", "claims", "distances", "quantities", "mentions", "quarantine", "review",
)  # fmt: skip
RESULT_NAMES = frozenset((
    "map.html", "report.html", "datapackage.json", "reports.csv", "unresolved.csv", "depth_summary.csv",
    "sensitivity.csv", "changes.csv", "strikes.csv", "strikes.geojson", "strikes.parquet",
    *(f"{name}.csv" for name in _TABLE_NAMES),
))  # fmt: skip
"""The names of all files that a run may write, besides its manifest."""
_WRITERS: dict[str, Callable[[Any], bytes]] = {
    ".csv": csv_bytes,
    ".geojson": geojson_bytes,
    ".parquet": geoparquet_bytes,
}


def _tables(located: Located, left_out: LeftOut) -> dict[str, pd.DataFrame]:
    """The tables of a run, by the names of their files; of statistics, those that can be computed."""
    forms = ["parquet"] if len(located.strikes) > MANY_STRIKES else ["csv", "geojson"]
    tables = (
        {"reports.csv": located.reports.drop(columns="text")}
        | {f"strikes.{form}": located.strikes for form in forms}
        | {f"{name}.csv": getattr(located, name) for name in _TABLE_NAMES}
        | {"unresolved.csv": _unresolved(located.strikes)}
    )
    statistics: dict[str, Callable[[Located], pd.DataFrame]] = {
        "depth_summary.csv": _summaries,
        "sensitivity.csv": sensitivity,
    }
    for name, compute in statistics.items():
        with left_out.where_it_fails(name):
            tables[name] = compute(located)
    return tables


# --- tables of strikes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeasuredTable:
    """A table of strikes with their depth, from `measured_table`.

    Attributes
    ----------
    strikes
        One row a strike, with place and depth (GeoDataFrame, EPSG:4326).
    areas
        The polygons of the regions that strikes are located to, by `place_id`.
    border
        The line that depth is measured from; None where the table's own depths are from a line that is not at hand.
    quarantine
        The rows that could not be used, with the reason.
    """

    strikes: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    border: Border | None
    quarantine: pd.DataFrame


def measured_table(
    source: PathLike | pd.DataFrame,
    *,
    gazetteer: Gazetteer | PathLike | None = None,
    border: Any = None,
    progress: bool = False,
) -> MeasuredTable:
    """The strikes of any table, geostrike's own or somebody else's, with their depth.

    Rows that give a name and no coordinates are looked up. Depths that the table brings along are kept, unless another
    border is asked for.

    Parameters
    ----------
    source
        What `read_strikes` takes, or a folder of results of geostrike.
    gazetteer, border, progress
        As in `locate`.

    Raises
    ------
    InputError
        If the table cannot be read.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["7"], "date": ["2024-01-25"], "lat": "44.1", "lon": "39.08", "attacker": "UKR"})
    >>> measured_table(table).strikes["depth_km"].round(0).tolist()
    [342.0]
    """
    with _progress_bar(3, show=progress) as bar:
        read = _stage(bar, "reading", read_table, _strikes_file(source))
        read.warn()
        places = gazetteer if isinstance(gazetteer, Gazetteer) else Gazetteer(extra=gazetteer)
        strikes, quarantine = _stage(bar, "locating", _looked_up, read, places)
        measured_from = sorted(set(strikes["border_id"]) - {""}) if "border_id" in strikes.columns else []
        if border is None and measured_from:
            areas = places.areas(strikes["place_id"])
            return MeasuredTable(strikes, areas, _line_of(measured_from), quarantine)
        line = border_from(border)
        measured, faults = _stage(bar, "measuring", _measured, strikes, line, places)
    at = pd.Index(read.strikes["strike_id"]).get_indexer(pd.Index(strikes["strike_id"].iloc[list(faults)]))
    refused = refused_rows(read, at.tolist(), map(fault_reason, faults.values()))
    quarantine = pd.concat([quarantine, refused], ignore_index=True)
    return MeasuredTable(measured, places.areas(measured["place_id"]), line, quarantine)


def _looked_up(read: StrikesRead, places: Gazetteer) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The strikes of a table with their places looked up, and the quarantine with the rows where that failed."""

    def find(rows: Sequence[int]) -> gpd.GeoDataFrame:
        whole = len(rows) == len(read.strikes)
        strikes = read.strikes if whole else read.strikes.iloc[list(rows)].reset_index(drop=True)
        return look_up(strikes, places, columns=read.columns)

    strikes, faults = without_faulty(find, range(len(read.strikes)))
    refused = refused_rows(read, list(faults), map(fault_reason, faults.values()))
    return strikes, pd.concat([read.quarantine, refused], ignore_index=True)


def _strikes_file(source: PathLike | pd.DataFrame) -> PathLike | pd.DataFrame:
    """The table itself; of a folder of results, the strikes in it."""
    if isinstance(source, pd.DataFrame) or not Path(source).is_dir():
        return source
    many, few = Path(source) / "strikes.parquet", Path(source) / "strikes.csv"
    if not many.is_file() and not few.exists():
        msg = f"{source}: holds no results of a run: there is neither strikes.csv nor strikes.parquet in it"
        raise InputError(msg)
    return many if many.is_file() else few


def _line_of(border_ids: list[str]) -> Border | None:
    """The border of this id, where that is the only one and can be opened by its name and definition."""
    if len(border_ids) > 1:
        return None
    try:
        line = Border.named(border_ids[0])
    except BorderError:
        return None
    return line if line.border_id == border_ids[0] else None


def compare_runs(old: PathLike, new: PathLike | Located) -> Comparison:
    r"""What changed between two folders of results, or two tables of strikes, as `compare_strikes` tells it.

    Parameters
    ----------
    old, new
        Folders that `geostrike run` wrote, whose members tell merged from split strikes, or tables of strikes; the new
        one may be what `locate` returned.

    Raises
    ------
    InputError
        If there is no table of strikes, or it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "strikes.csv"
    >>> _ = file.write_text("id,date,lat,lon\n7,2024-01-25,44.1,39.08\n")
    >>> len(compare_runs(file, file).changes)
    0
    """
    (before, lost_before), (after, lost_after) = _strikes_of(old), _strikes_of(new)
    changes = compare_strikes(before, after, old_members=_members_of(old), new_members=_members_of(new))
    return Comparison(before, after, changes, pd.concat([lost_before, lost_after], ignore_index=True))


def _strikes_of(run: PathLike | Located) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The strikes of a run, and the rows of its table that could not be used."""
    if isinstance(run, Located):
        return run.strikes, build_table(QUARANTINE, [])
    read = read_strikes(_strikes_file(run))
    return read.strikes, read.quarantine


def _members_of(run: PathLike | Located) -> pd.DataFrame | None:
    if isinstance(run, Located):
        return run.members
    file = Path(run) / "members.csv"
    if not file.is_file():
        return None
    with opened(file) as plain:
        grid = read_delimited(plain, os.fspath(file))
        members = pd.DataFrame({name: grid.column(name) for name in grid.cells.columns})
    lost = grid.refused[0] if grid.refused else None
    if lost is not None or not {"strike_id", "record_id"} <= set(members.columns):
        fault = f"line {lost.line}: {lost.reason}" if lost else "the columns strike_id and record_id are needed"
        msg = f"{file}: {fault}"
        raise InputError(msg)
    return members


# --- from records to strikes ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _OfReports:
    """What the stages after extraction make of the reports."""

    mentions: pd.DataFrame
    review: pd.DataFrame
    records: gpd.GeoDataFrame
    outside: pd.DataFrame
    reviewed: Reviewed
    merged: Merged
    strikes: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    distances: pd.DataFrame
    quantities: pd.DataFrame


@dataclass(frozen=True)
class _LaterStages:
    """The stages after extraction, on all reports or on some of them."""

    extracted: Extraction
    documents: Documents
    places: Gazetteer
    named: Any
    border: Border
    decided: pd.DataFrame | None
    window: tuple[date | None, date | None]
    merging: dict[str, float]
    bar: Any

    def __call__(self, ids: Sequence[str]) -> _OfReports:
        """Locate, review, merge and measure what these reports tell."""
        whole = len(ids) == len(self.documents.reports)
        kept = frozenset(ids)

        def of_reports(table: pd.DataFrame) -> pd.DataFrame:
            return table if whole else table[table["report_id"].isin(kept)].reset_index(drop=True)

        reports = self._reports(kept) if not whole else self.documents.reports
        extracted, bar = self.extracted, self.bar
        records = _stage(bar, "locating", resolve_places, of_reports(extracted.records), self.named)
        decided = self.decided
        if decided is not None:
            decided = with_present_ids(decided, records, reports)
        review = review_table(records, reports, decided)
        paths = dict(zip(reports["report_id"], reports["path"], strict=True))
        reviewed = _reviewed(records, decided, self.places, paths)
        records, outside = _in_window(reviewed.records, paths, self.window)
        claims = of_reports(extracted.claims)
        claims = claims[claims["record_id"].isin(records["record_id"])]
        rule = {"reports": reports, "decided": decided} | self.merging
        merged = _stage(bar, "merging", merge_strikes, records, claims, **rule)
        areas = self.places.areas(merged.strikes["place_id"].unique())
        strikes = _stage(bar, "measuring", measure_depth, merged.strikes, self.border, areas=areas)
        distances, quantities = (
            _of_strikes(of_reports(table), merged.members) for table in (extracted.distances, extracted.quantities)
        )
        distances = check_stated_distances(strikes, distances, border=self.border, gazetteer=self.places)
        mentions = of_reports(extracted.mentions)
        return _OfReports(mentions, review, records, outside, reviewed, merged, strikes, areas, distances, quantities)

    def _reports(self, kept: frozenset[str]) -> pd.DataFrame:
        reports = self.documents.reports
        return self.documents.without(dict.fromkeys(set(reports["report_id"]) - kept, "")).reports


# --- tables of events -------------------------------------------------------------------------------------------------


def _measured_events(
    events: PlacedEvents, border: Border, gazetteer: Gazetteer, window: tuple[date | None, date | None]
) -> tuple[gpd.GeoDataFrame, PlacedEvents, pd.DataFrame]:
    """The events with their depth, what is left of the table, and the quarantine rows of those outside the window."""
    found, late = _days_in_window(events.strikes, events, window)
    measured, faults = _measured(found, border, gazetteer)
    ids = found["strike_id"].tolist()
    return measured, events.without({ids[row]: fault_reason(error) for row, error in faults.items()}), late


def _measured(
    strikes: gpd.GeoDataFrame, border: Border, gazetteer: Gazetteer
) -> tuple[gpd.GeoDataFrame, dict[int, Exception]]:
    """The strikes with their depth, without the rows that cannot be measured, and these with what was raised."""

    def measure(rows: Sequence[int]) -> gpd.GeoDataFrame:
        some = strikes if len(rows) == len(strikes) else strikes.iloc[list(rows)].reset_index(drop=True)
        return measure_depth(some, border, areas=gazetteer.areas(some["place_id"].unique()))

    return without_faulty(measure, range(len(strikes)))


def _events_of(
    source: PathLike | pd.DataFrame, places: Gazetteer, options: Mapping[str, Any], *, progress: bool
) -> PlacedEvents | None:
    """The placed events of a table; None where the source is reports."""
    if not isinstance(source, pd.DataFrame):
        # What is said of a table makes it one, whatever its ending is.
        is_table = bool(options) or Path(source).suffix.lower() in TABLE_SUFFIXES
        if options and Path(source).is_dir():
            msg = (
                f"{source}: is a folder of reports, and how a table is read was told ({', '.join(options)}); "
                "give the file of the table, or leave that out"
            )
            raise InputError(msg)
        if not (is_table and Path(source).is_file()):
            return None
    read = read_table(source, progress=progress, **options)
    if not (read.tells_places or options):
        return None

    def place(rows: Sequence[int]) -> PlacedEvents:
        return place_events(read if len(rows) == len(read.strikes) else part_of(read, rows), places)

    placed, faults = without_faulty(place, range(len(read.strikes)))
    if not faults:
        return placed
    refused = refused_rows(read, list(faults), map(fault_reason, faults.values()))
    quarantine = pd.concat([read.quarantine, refused], ignore_index=True)
    return replace(placed, read=replace(placed.read, quarantine=quarantine))


def _days_in_window(
    strikes: gpd.GeoDataFrame, events: PlacedEvents, window: tuple[date | None, date | None]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The strikes that may lie in the window, and the quarantine rows of the events of a table that do not."""
    since, until = (pd.Timestamp(day) if day else pd.NaT for day in window)
    outside = (strikes["date_end"] < since) | (strikes["date_start"] > until)
    if not outside.any():
        return strikes, build_table(QUARANTINE, [])
    lines = events.lines_of(strikes.loc[outside, "strike_id"])
    rows = [
        {"path": events.read.name, "line": int(line), "code": "OUT_OF_WINDOW", "content": told,
         "reason": f"{told or 'its date'} is outside the dates that were asked for"}
        for line, told in zip(lines, strikes.loc[outside, "date_as_written"].tolist(), strict=True)
    ]  # fmt: skip
    return strikes[~outside].reset_index(drop=True), build_table(QUARANTINE, rows)


# --- the steps between the stages -----------------------------------------------------------------------------------


def _progress_bar(stages: int, *, show: bool) -> Any:
    """A bar over the stages. `tqdm.auto` draws widgets in a notebook, and warns where there are none: only if shown."""
    if not show:
        return tqdm(disable=True)
    from tqdm.auto import tqdm as notebook_or_terminal

    return notebook_or_terminal(total=stages, unit="stage", leave=False)


def _stage(bar: Any, name: str, stage: Any, *args: Any, **options: Any) -> Any:
    bar.set_description(name)
    result = stage(*args, **options)
    bar.update()
    return result


def _reviewed(
    records: gpd.GeoDataFrame, decisions: pd.DataFrame | None, places: Gazetteer, paths: Mapping[str, str]
) -> Reviewed:
    """The records as a reviewer decided; as they are where nobody did."""
    if decisions is None:
        return Reviewed(records, build_table(QUARANTINE, []), {})
    return apply_decisions(records, decisions, places, paths=paths)


def _in_window(
    records: gpd.GeoDataFrame, paths: Mapping[str, str], window: tuple[date | None, date | None]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The records that may lie in the window, and the quarantine rows of the others."""
    since, until = (pd.Timestamp(day) if day else pd.NaT for day in window)
    outside = (records["date_end"] < since) | (records["date_start"] > until)
    told = records.loc[outside, "date_as_written"]
    reasons = [f"{date or 'its date'} is outside the dates that were asked for" for date in told]
    return records[~outside], quarantined_records(records[outside], paths, "OUT_OF_WINDOW", reasons)


def _of_strikes(table: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """The table with the strike that each row's record is a member of."""
    strike_of = members.set_index("record_id")["strike_id"]
    return table.assign(strike_id=table["record_id"].map(strike_of).fillna(""))


def _worst_verdicts(strikes: pd.DataFrame, distances: pd.DataFrame) -> pd.Series[str]:
    rank = {verdict: number for number, verdict in enumerate(VERDICT_ORDER)}
    worst = distances["verdict"].map(rank).groupby(distances["strike_id"]).min()
    return strikes["strike_id"].map(worst).map(dict(enumerate(VERDICT_ORDER))).fillna("").astype("str")


def _unresolved(strikes: pd.DataFrame) -> pd.DataFrame:
    """The names that lead to no place, in the columns of a gazetteer: fill in a point, and give the file back."""
    open_names = strikes[
        strikes["place_status"].isin(["ambiguous", "unresolved"]) & (strikes["place_as_written"] != "")
    ]
    rows = [
        {
            "name": name,
            "strikes": len(part),
            "place_status": part["place_status"].iloc[0],
            "place_reason": part["place_reason"].iloc[0],
            "place_candidates": part["place_candidates"].iloc[0],
        }
        for name, part in open_names.groupby("place_as_written", sort=True)
    ]
    told = ("strikes", "place_status", "place_reason", "place_candidates")
    return pd.DataFrame(rows, columns=[*GAZETTEER_COLUMNS, *told])


def _summaries(located: Located) -> pd.DataFrame:
    """The depth statistics over all, and by month, target, weapon and status, in one table."""
    strikes = located.strikes
    drawn = draw_depths(strikes, located.border, areas=located.areas)
    parts = [depth_summary(strikes, draws=drawn).assign(by="all", group="all")]
    parts += [
        depth_summary(strikes, by=by, draws=drawn).rename(columns={by: "group"}).assign(by=by)
        for by in ("month", "target_kind", "weapon", "status")
    ]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return table[["by", "group", *[c for c in table.columns if c not in {"by", "group"}]]]


# --- what the run says of itself --------------------------------------------------------------------------------------


def _manifest(
    source: PathLike | pd.DataFrame,
    gazetteer: Gazetteer,
    border: Border,
    documents: Documents,
    quarantine: pd.DataFrame,
    strikes: pd.DataFrame,
) -> dict[str, Any]:
    reports = documents.reports
    refused = quarantine[~quarantine["code"].isin(NO_FAULT)]
    warnings: Counter[str] = Counter()
    for codes, count in strikes["warnings"].value_counts().items():
        warnings.update(dict.fromkeys(str(codes).split(), int(count)))
    warnings["NO_PUBLICATION_DATE"] = int(reports["published"].isna().sum())
    return {
        "geostrike": geostrike.__version__,
        "written": _now(),
        "border": {
            "id": border.border_id,
            "source": border.source,
            "accuracy_km": None if math.isnan(border.accuracy_km) else border.accuracy_km,
        },
        "gazetteer": gazetteer.versions,
        "notes": [*(f"the border {border.name} {note}" for note in border.notes), *gazetteer.notes],
        "inputs": _input_hashes(source, [*reports["path"], *refused["path"]]),
        "rows_in": len(reports) + len(refused) + sum(documents.passed_over.values()),
        "ok": len(reports),
        "quarantined": len(refused),
        "passed_over": dict(documents.passed_over),
        "reasons": dict(sorted(Counter(quarantine["code"]).items())),
        "warnings": {code: n for code, n in sorted(warnings.items()) if n},
        "strikes": len(strikes),
    }


def _now() -> str:
    """The time of the run; SOURCE_DATE_EPOCH fixes it, so that a run can be repeated to the byte."""
    return (time_of_writing() or datetime.now(UTC)).isoformat(timespec="seconds")


def _input_hashes(source: PathLike | pd.DataFrame, names: list[str]) -> dict[str, str]:
    if isinstance(source, pd.DataFrame):
        return {}
    root = Path(source)
    paths = {name: root if root.is_file() else root / name for name in names}
    return {name: _file_hash(path) for name, path in sorted(paths.items()) if _is_input(path, root)}


def _is_input(path: Path, root: Path) -> bool:
    """Whether it is a file, and in the folder: a link may lead out of it."""
    return path.is_file() and (path == root or path.resolve().is_relative_to(root.resolve()))


def _filled_cells(decisions: pd.DataFrame | None) -> list[dict[str, str]]:
    """A reviewer's decisions, each with what it says."""
    rows = [] if decisions is None else decisions.to_dict("records")
    return [{str(name): cell for name, cell in row.items() if cell} for row in rows]


def _file_hash(path: PathLike | None) -> str:
    if path is None:
        return ""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        msg = f"{os.fspath(path)}: could not be read again, for its hash: {error.strerror or error}"
        raise InputError(msg) from error


def _window(since: Day | None, until: Day | None) -> tuple[date | None, date | None]:
    first, last = _day(since, "since"), _day(until, "until")
    if first and last and first > last:
        msg = f"since: {first} is after until: {last}, and no day lies between"
        raise InputError(msg)
    return first, last


def _day(value: Day | None, option: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        msg = f"{option}: {value!r} is not a date; write it as 2024-01-25"
        raise InputError(msg) from None


def _told(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): str(day) for key, day in sorted(value.items())}
    return None if value is None else str(value)

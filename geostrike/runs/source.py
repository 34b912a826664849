"""The input of a run: reports, or a table of events, some of whose rows may be reports."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import geopandas as gpd
import pandas as pd

from geostrike.errors import InputError
from geostrike.exchange import TABLE_SUFFIXES, read_table
from geostrike.exchange.placing import PlacedEvents, fault_rows, part_of, place_events
from geostrike.intake.faults import fault_reason, without_faulty
from geostrike.intake.notices import REMEDIES, warn_of, warn_of_losses
from geostrike.runs.measured import measure_rows
from geostrike.tables import QUARANTINE, build_table

if TYPE_CHECKING:
    from geostrike.borders.border import Border
    from geostrike.places import Gazetteer
    from geostrike.runs.window import Window

__all__ = ["Events", "Reports", "read_source"]

PathLike: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class Reports:
    """Reports only, without a table of events.

    Attributes
    ----------
    texts
        The input of `geostrike.reading.read_documents`.
    late
        Quarantine rows for events outside the days of interest.
    """

    texts: PathLike | pd.DataFrame
    late: pd.DataFrame = field(default_factory=lambda: build_table(QUARANTINE, []))
    noun: ClassVar[str] = "files or reports"
    remedies: ClassVar[Mapping[str, str]] = REMEDIES | {
        "BAD_DATE": 'say the date with published={"FILE": "2024-01-25"}, or write it as 2024-01-25',
        "FAULT": "please report it, with the text",
    }

    def measure(self, border: Border, gazetteer: Gazetteer, window: Window) -> Reports:  # noqa: ARG002 - no events
        """Measure the depth of the events in the window."""
        return self

    def with_strikes(self, of_reports: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """The strikes of events and reports together."""
        return of_reports

    def with_sources(self, reports: pd.DataFrame) -> pd.DataFrame:
        """The reports, and the sources that events name."""
        return reports

    def quarantine(self, of_reports: pd.DataFrame) -> pd.DataFrame:
        """The quarantine of events and reports together."""
        return of_reports

    def counts(self, quarantine: pd.DataFrame) -> dict[str, Any]:  # noqa: ARG002 - no events
        """The counts and the description of the table."""
        return {}

    def warn(self, run: Mapping[str, Any], quarantine: pd.DataFrame) -> None:
        """Warn of unusable input, and of input without strikes."""
        warn_of_losses(quarantine, rows_in=run["rows_in"], what=self.noun, remedy=self.remedies)
        if not run["rows_in"]:
            warn_of("the table has no rows, so there are no strikes")
        elif not run["strikes"] and run["ok"]:
            warn_of(f"no strike was found in {run['ok']} {self.noun}")


@dataclass(frozen=True)
class Events(Reports):
    """The placed events of a table; its rows with only a text are reports."""

    placed: PlacedEvents = field(kw_only=True)
    noun: ClassVar[str] = "rows"
    remedies: ClassVar[Mapping[str, str]] = REMEDIES

    def measure(self, border: Border, gazetteer: Gazetteer, window: Window) -> Events:
        """Measure the depth of the events in the window."""
        outside = window.excludes(self.placed.strikes)
        inside = self.placed.strikes[~outside].reset_index(drop=True) if outside.any() else self.placed.strikes
        found, faults = measure_rows(inside, border, gazetteer)
        ids = inside["strike_id"].tolist()
        placed = self.placed.without({ids[row]: fault_reason(error) for row, error in faults.items()})
        late = self._late(self.placed.strikes[outside], window)
        return replace(self, placed=replace(placed, strikes=found), late=late)

    def _late(self, strikes: pd.DataFrame, window: Window) -> pd.DataFrame:
        """Quarantine rows for events outside the window."""
        cells = zip(
            self.placed.lines_of(strikes["strike_id"]), strikes["date_as_written"], window.reasons(strikes), strict=True
        )
        name = self.placed.read.name
        rows = [
            {"path": name, "line": int(line), "code": "OUT_OF_WINDOW", "content": written, "reason": reason}
            for line, written, reason in cells
        ]
        return build_table(QUARANTINE, rows)

    def with_strikes(self, of_reports: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """The strikes of events and reports together."""
        return self.placed.joined(self.placed.strikes, of_reports)

    def with_sources(self, reports: pd.DataFrame) -> pd.DataFrame:
        """The reports, and the sources that events name."""
        return self.placed.all_reports(reports)

    def quarantine(self, of_reports: pd.DataFrame) -> pd.DataFrame:
        """The quarantine of events and reports together."""
        return self.placed.quarantined(of_reports)

    def counts(self, quarantine: pd.DataFrame) -> dict[str, Any]:
        """The counts and the description of the table."""
        return self.placed.counts(quarantine)


def read_source(
    source: PathLike | pd.DataFrame, gazetteer: Gazetteer, options: Mapping[str, Any], *, progress: bool = False
) -> Reports:
    """Read and place the events of a table; anything else is reports.

    Parameters
    ----------
    source
        A folder, a file, or a table in memory.
    gazetteer
        Resolves the names of the table.
    options
        Arguments of `read_strikes` for a table.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If a table cannot be read, or a folder comes with options for a table.
    """
    if not _is_table(source, options):
        return Reports(source)
    read = read_table(source, progress=progress, **options)
    if not (read.has_places or options):
        return Reports(source)

    def place(rows: Sequence[int]) -> PlacedEvents:
        return place_events(read if len(rows) == len(read.strikes) else part_of(read, rows), gazetteer)

    placed, faults = without_faulty(place, range(len(read.strikes)))
    if faults:
        refused = fault_rows(read, list(faults), map(fault_reason, faults.values()))
        quarantine = pd.concat([read.quarantine, refused], ignore_index=True)
        placed = replace(placed, read=replace(placed.read, quarantine=quarantine))
    return Events(placed.texts, placed=placed)


def _is_table(source: PathLike | pd.DataFrame, options: Mapping[str, Any]) -> bool:
    """Whether it may be a table of events; with options for a table, any file is."""
    if isinstance(source, pd.DataFrame):
        return True
    if options and Path(source).is_dir():
        msg = (
            f"{source}: is a folder of reports, but there are options for a table ({', '.join(options)}); "
            "give the file of the table, or leave them out"
        )
        raise InputError(msg)
    return (bool(options) or Path(source).suffix.lower() in TABLE_SUFFIXES) and Path(source).is_file()

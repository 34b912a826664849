"""Measure a table of strikes without the other stages of a run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import geopandas as gpd
import pandas as pd

from geostrike.borders.border import Border
from geostrike.depth import measure_depth
from geostrike.errors import BorderError, InputError
from geostrike.exchange import StrikesRead, read_table
from geostrike.exchange.placing import fault_rows, look_up
from geostrike.intake.faults import fault_reason, without_faulty
from geostrike.places import Gazetteer
from geostrike.runs.progress import stages_of

__all__ = ["MeasuredTable", "measure_rows", "measured_table", "strikes_file"]

PathLike: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class MeasuredTable:
    """A table of strikes with their depth, from `measured_table`.

    Attributes
    ----------
    strikes
        One row per strike, with place and depth (GeoDataFrame, EPSG:4326).
    areas
        The polygons of the regions that strikes are located to, by `place_id`.
    border
        The line that depth is measured from; None if the table's own depths are from an unknown line.
    quarantine
        Rows that could not be used, with the reason.
    """

    strikes: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    border: Border | None
    quarantine: pd.DataFrame


def measured_table(
    source: PathLike | pd.DataFrame,
    *,
    gazetteer: Gazetteer | PathLike | None = None,
    border: Border | PathLike | None = None,
    progress: bool = False,
) -> MeasuredTable:
    """Measure the depth of the strikes in any table, geostrike's own or another.

    Names without coordinates are resolved. Depths in the table are kept, unless another border is given.

    Parameters
    ----------
    source
        As for `read_strikes`, or a folder of results of `geostrike run`.
    gazetteer, border, progress
        As for `locate`.

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
    with stages_of(3, show=progress) as stage:
        with stage("reading"):
            read = read_table(strikes_file(source))
        read.warn()
        places = gazetteer if isinstance(gazetteer, Gazetteer) else Gazetteer(extra=gazetteer)
        with stage("locating"):
            strikes, quarantine = _with_places(read, places)
        measured_from = sorted(set(strikes["border_id"]) - {""}) if "border_id" in strikes.columns else []
        if border is None and measured_from:
            areas = places.areas(strikes["place_id"])
            return MeasuredTable(strikes, areas, _line_of(measured_from), quarantine)
        line = border if isinstance(border, Border) else Border.named(border)
        with stage("measuring"):
            measured, faults = measure_rows(strikes, line, places)
    at = pd.Index(read.strikes["strike_id"]).get_indexer(pd.Index(strikes["strike_id"].iloc[list(faults)]))
    refused = fault_rows(read, at.tolist(), map(fault_reason, faults.values()))
    quarantine = pd.concat([quarantine, refused], ignore_index=True)
    return MeasuredTable(measured, places.areas(measured["place_id"]), line, quarantine)


def _with_places(read: StrikesRead, places: Gazetteer) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Resolve the places of a table; the quarantine includes rows where that failed."""

    def find(rows: Sequence[int]) -> gpd.GeoDataFrame:
        whole = len(rows) == len(read.strikes)
        strikes = read.strikes if whole else read.strikes.iloc[list(rows)].reset_index(drop=True)
        return look_up(strikes, places, columns=read.columns)

    strikes, faults = without_faulty(find, range(len(read.strikes)))
    refused = fault_rows(read, list(faults), map(fault_reason, faults.values()))
    return strikes, pd.concat([read.quarantine, refused], ignore_index=True)


def strikes_file(source: PathLike | pd.DataFrame) -> PathLike | pd.DataFrame:
    """The table itself, or the strikes of a folder of results."""
    if isinstance(source, pd.DataFrame) or not Path(source).is_dir():
        return source
    many, few = Path(source) / "strikes.parquet", Path(source) / "strikes.csv"
    if not many.is_file() and not few.exists():
        msg = f"{source}: holds no results of a run: neither strikes.csv nor strikes.parquet"
        raise InputError(msg)
    return many if many.is_file() else few


def _line_of(border_ids: list[str]) -> Border | None:
    """The border with this id, if it is the only one and ships."""
    if len(border_ids) > 1:
        return None
    try:
        line = Border.named(border_ids[0])
    except BorderError:
        return None
    return line if line.border_id == border_ids[0] else None


def measure_rows(
    strikes: gpd.GeoDataFrame, border: Border, gazetteer: Gazetteer
) -> tuple[gpd.GeoDataFrame, dict[int, Exception]]:
    """Measure the strikes; rows that fail are left out, and returned with their errors."""

    def measure(rows: Sequence[int]) -> gpd.GeoDataFrame:
        some = strikes if len(rows) == len(strikes) else strikes.iloc[list(rows)].reset_index(drop=True)
        return measure_depth(some, border, areas=gazetteer.areas(some["place_id"].unique()))

    return without_faulty(measure, range(len(strikes)))

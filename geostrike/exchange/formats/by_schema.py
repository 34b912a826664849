"""Write CSV in the columns of others, as a schema says: ACLED and UCDP GED. Losses are counted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.exchange.formats.delimited import csv_bytes
from geostrike.exchange.formats.flat import number_texts, points_of
from geostrike.exchange.formats.format import Format
from geostrike.exchange.losses import ELSEWHERE, Losses, holds_something
from geostrike.exchange.schemas import load_schema
from geostrike.intake.formulas import starts_formula

if TYPE_CHECKING:
    import geopandas as gpd

    from geostrike.exchange.schemas import Schema

__all__ = ["ACLED", "UCDP"]

# Columns of the strikes table whose names mean something else in the tables of others.
_OURS = {"country", "admin1", "geo_precision", "date_start", "date_end", "year", "latitude", "longitude", "source_id"}


def _write(name: str, strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    table = _table(strikes, load_schema(name), losses)
    for column in table.columns:
        losses.add(column, int(starts_formula(table[column]).sum()), "an apostrophe is put before formulas")
    return csv_bytes(table)


def _table(strikes: gpd.GeoDataFrame, schema: Schema, losses: Losses) -> pd.DataFrame:
    """Convert strikes to the columns of a schema, by [export] in its file."""
    export = dict(schema.export)
    source = _with_parts(strikes, str(export.get("date_format", "%Y-%m-%d")))
    columns: dict[str, pd.Series[str]] = {}
    used: set[str] = set()
    for name in list(export.get("order", schema.names)):
        columns[name], made_of = _column(name, source, export, losses)
        used |= made_of
    for name, rule in export.get("words", {}).items():
        unknown = holds_something(source[rule["column"]]) & (columns[name] == "")
        losses.add(rule["column"], int(unknown.sum()), f"{schema.title} has no word for it in {name}")
    if export.get("columns", {}).get("date_end") is None:
        losses.add_interval(strikes, "the target has one date, with a precision code")
    losses.add_wanted(strikes)
    losses.add_columns(strikes, used | {"date_end"})
    return pd.DataFrame(columns)


def _with_parts(strikes: gpd.GeoDataFrame, date_format: str) -> pd.DataFrame:
    """Convert strikes to text, with the parts of dates and points that others use."""
    points = points_of(strikes)
    parts = {
        "year": strikes["date_start"].dt.strftime("%Y"),
        "date_start": strikes["date_start"].dt.strftime(date_format),
        "date_end": strikes["date_end"].dt.strftime(date_format),
        "date_precision": _lengths(strikes),
        "latitude": number_texts(points.y, decimals=7), "longitude": number_texts(points.x, decimals=7),
        "geom_wkt": points.to_wkt(),
        "geo_precision": number_texts(strikes["geo_precision"], decimals=7),
    }  # fmt: skip
    frame = pd.DataFrame(strikes.drop(columns=[strikes.geometry.name]))
    return frame.assign(**{name: cells.fillna("").astype("str") for name, cells in parts.items()})


def _lengths(strikes: gpd.GeoDataFrame) -> pd.Series[str]:
    """Classify the length of each interval: day, night, days, week, month, longer."""
    days = (strikes["date_end"] - strikes["date_start"]).dt.days + 1
    steps = pd.cut(days, [0, 1, 6, 7, 31, np.inf], labels=["day", "days", "week", "month", "longer"])
    lengths: pd.Series[str] = steps.astype("object").mask(strikes["date_precision"] == "night", "night").fillna("")
    return lengths.astype("str")


def _column(name: str, source: pd.DataFrame, export: dict[str, Any], losses: Losses) -> tuple[pd.Series[str], set[str]]:
    """Return one column of the target, and the columns of ours that it is made from."""
    carried = next((n for n in (f"source_{name}", name) if n in source.columns and n not in _OURS), None)
    if carried is not None:
        return source[carried].astype("str"), {carried}
    if name in export.get("words", {}):
        rule = export["words"][name]
        return source[rule["column"]].map(rule["values"]).fillna("").astype("str"), {rule["column"]}
    cells = pd.Series(export.get("fixed", {}).get(name, ""), index=source.index, dtype="str")
    ours = [column for column in export.get("columns", {}).get(name, []) if column in source.columns]
    for column in ours:
        own = source[column].astype("str")
        losses.add(column, int(((cells != "") & (own != "") & (cells != own)).sum()), ELSEWHERE)
        cells = cells.mask(cells == "", own)
    return cells, set(ours)


ACLED, UCDP = (
    Format(
        name=name, media_type="text/csv", writes=(".csv",), write=partial(_write, name), own_columns=False,
        output="CSV with its columns", limits="see the loss report",
    )
    for name in ("acled", "ucdp")
)  # fmt: skip

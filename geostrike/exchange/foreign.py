"""Strikes as tables in the shape of others: ACLED, UCDP GED, TimeMap; what these cannot hold is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.exchange.losses import Losses, holds_something
from geostrike.intake.writing import json_text

if TYPE_CHECKING:
    import geopandas as gpd

    from geostrike.exchange.schemas import Schema

__all__ = ["foreign_table", "timemap_bytes"]


def foreign_table(strikes: gpd.GeoDataFrame, schema: Schema, losses: Losses) -> pd.DataFrame:
    """The strikes in the columns of a schema that says how it is written ([export] in its file)."""
    told = dict(schema.export)
    order = list(told.get("order", schema.names))
    source = _with_parts(strikes, str(told.get("date_format", "%Y-%m-%d")))
    columns: dict[str, pd.Series[str]] = {}
    used: set[str] = set()
    for name in order:
        cells, taken = _column(name, source, told, losses)
        columns[name] = cells
        used |= taken
    for name, rule in told.get("words", {}).items():
        unknown = holds_something(source[rule["column"]]) & (columns[name] == "")
        losses.add(rule["column"], int(unknown.sum()), f"no word of {schema.title} in {name} stands for it")
    exact = {"date_start"} if told.get("columns", {}).get("date_end") is None else {"date_start", "date_end"}
    if "date_end" not in exact:
        longer = strikes["date_end"].notna() & (strikes["date_end"] != strikes["date_start"])
        losses.add("date_end", int(longer.sum()), "the target has one date, and a code of its precision")
    losses.add("date_start", int(strikes["date_start"].isna().sum()), "the target wants a date, and none is known")
    losses.add("geometry", int(strikes.geometry.isna().sum()), "the target wants coordinates, and none are known")
    losses.add_columns(strikes, used | {"date_end"})
    return pd.DataFrame(columns)


def _with_parts(strikes: gpd.GeoDataFrame, date_format: str) -> pd.DataFrame:
    """The strikes as text, with the parts of dates and points that columns of others ask for."""
    points = strikes.geometry.where(strikes.geometry.geom_type == "Point")
    parts = {
        "year": strikes["date_start"].dt.strftime("%Y"),
        "date_start": strikes["date_start"].dt.strftime(date_format),
        "date_end": strikes["date_end"].dt.strftime(date_format),
        "date_precision": _lengths(strikes),
        "latitude": _numbers(points.y), "longitude": _numbers(points.x), "geom_wkt": points.to_wkt(),
        "geo_precision": _numbers(strikes["geo_precision"]),
    }  # fmt: skip
    frame = pd.DataFrame(strikes.drop(columns=[strikes.geometry.name]))
    return frame.assign(**{name: cells.fillna("").astype("str") for name, cells in parts.items()})


def _lengths(strikes: gpd.GeoDataFrame) -> pd.Series[str]:
    """How long each interval of days is, in the steps of the codes of others; a night stays one."""
    days = (strikes["date_end"] - strikes["date_start"]).dt.days + 1
    steps = pd.cut(days, [0, 1, 6, 7, 31, np.inf], labels=["day", "days", "week", "month", "longer"])
    told: pd.Series[str] = steps.astype("object").mask(strikes["date_precision"] == "night", "night").fillna("")
    return told.astype("str")


def _numbers(values: pd.Series[float]) -> pd.Series[str]:
    text = ["" if value != value else repr(round(value, 7)).removesuffix(".0") for value in values.tolist()]
    return pd.Series(text, index=values.index, dtype="str")


def _column(name: str, source: pd.DataFrame, told: dict[str, Any], losses: Losses) -> tuple[pd.Series[str], set[str]]:
    """One column of theirs, and the columns of ours that it is made of."""
    carried = next((n for n in (f"source_{name}", name) if n in source.columns and n not in _OURS), None)
    if carried is not None:
        return source[carried].astype("str"), {carried}
    if name in told.get("words", {}):
        rule = told["words"][name]
        return source[rule["column"]].map(rule["values"]).fillna("").astype("str"), {rule["column"]}
    cells = pd.Series(told.get("fixed", {}).get(name, ""), index=source.index, dtype="str")
    ours = [column for column in told.get("columns", {}).get(name, []) if column in source.columns]
    for column in ours:
        own = source[column].astype("str")
        losses.add(column, int(((cells != "") & (own != "") & (cells != own)).sum()), "another column is written there")
        cells = cells.mask(cells == "", own)
    return cells, set(ours)


# Columns of the strikes table that others call by the same name and mean otherwise.
_OURS = {"country", "admin1", "geo_precision", "date_start", "date_end", "year", "latitude", "longitude", "source_id"}


def timemap_bytes(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """The strikes as a TimeMap list of events; kinds, weapons and status become filters."""
    points = strikes.geometry.where(strikes.geometry.geom_type == "Point")
    frame = pd.DataFrame(strikes)
    days = ["" if day != day else f"{day.month}/{day.day}/{day.year}" for day in frame["date_start"]]
    events = [
        {
            "id": row["source_id"] or row["strike_id"], "date": day, "time": "", "latitude": lat, "longitude": lon,
            "location": row["place"] or row["place_as_written"],
            "description": str(row.get("text", "") or row.get("description", "")),
            "sources": [], "associations": [],
            "filters": [{"key": key, "value": str(row[key])} for key in _FILTERS if row[key]],
        }
        for row, day, lat, lon in zip(
            frame.to_dict("records"), days, _numbers(points.y), _numbers(points.x), strict=True
        )
    ]  # fmt: skip
    longer = strikes["date_end"].notna() & (strikes["date_end"] != strikes["date_start"])
    losses.add("date_end", int(longer.sum()), "the target has one date")
    losses.add("date_start", int(strikes["date_start"].isna().sum()), "the target wants a date, and none is known")
    losses.add("geometry", int(strikes.geometry.isna().sum()), "the target wants coordinates, and none are known")
    hidden = strikes["place"].ne("") & strikes["place_as_written"].ne(strikes["place"])
    losses.add("place_as_written", int(hidden.sum()), "another column is written there")
    losses.add("strike_id", int(strikes["source_id"].ne("").sum()), "another column is written there")
    kept = {"source_id", "strike_id", "date_start", "date_end", "place", "place_as_written", "text", "description"}
    losses.add_columns(strikes, kept | set(_FILTERS))
    return (json_text(events, indent=1) + "\n").encode("utf-8", "backslashreplace")


_FILTERS = ("target_kind", "weapon", "attacker", "status")

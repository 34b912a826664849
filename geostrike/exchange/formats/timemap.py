"""TimeMap: a JSON list of events, as Forensic Architecture's TimeMap shows them. It is read as any other JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geostrike.exchange.flat import number_texts, points_of
from geostrike.exchange.format import Format
from geostrike.intake.writing import json_text

if TYPE_CHECKING:
    import geopandas as gpd

    from geostrike.exchange.losses import Losses

__all__ = ["TIMEMAP"]

_FILTERS = ("target_kind", "weapon", "attacker", "status")


def _write(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """The strikes as a TimeMap list of events; kinds, weapons and status become filters."""
    points = points_of(strikes)
    lats, lons = (number_texts(axis, decimals=7) for axis in (points.y, points.x))
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
        for row, day, lat, lon in zip(frame.to_dict("records"), days, lats, lons, strict=True)
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


TIMEMAP = Format(
    name="timemap", media_type="application/json", writes=(".json",), write=_write, own_columns=False,
    output="TimeMap", limits="see the loss report",
)  # fmt: skip

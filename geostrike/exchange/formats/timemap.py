"""TimeMap: write a JSON list of events for Forensic Architecture's TimeMap. Reading is as for any JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.exchange.formats.flat import number_texts, points_of
from geostrike.exchange.formats.format import Format
from geostrike.exchange.losses import ELSEWHERE, Losses
from geostrike.intake.writing import json_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import geopandas as gpd

__all__ = ["TIMEMAP"]

_FILTERS = ("target_kind", "weapon", "attacker", "status")


def _write(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """Write strikes as a TimeMap list of events; kinds, weapons and status become filters."""
    points, frame = points_of(strikes), pd.DataFrame(strikes)
    days = ["" if day != day else f"{day.month}/{day.day}/{day.year}" for day in frame["date_start"]]
    places = zip(*(number_texts(axis, decimals=7) for axis in (points.y, points.x)), strict=True)
    events = [_event(*parts) for parts in zip(frame.to_dict("records"), days, places, strict=True)]
    _count_losses(strikes, losses)
    return (json_text(events, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _event(row: Mapping[Hashable, Any], day: str, place: tuple[str, str]) -> dict[str, Any]:
    return {
        "id": row["source_id"] or row["strike_id"], "date": day, "time": "",
        "latitude": place[0], "longitude": place[1], "location": row["place"] or row["place_as_written"],
        "description": str(row.get("text", "") or row.get("description", "")),
        "sources": [], "associations": [],
        "filters": [{"key": key, "value": str(row[key])} for key in _FILTERS if row[key]],
    }  # fmt: skip


def _count_losses(strikes: gpd.GeoDataFrame, losses: Losses) -> None:
    losses.add_interval(strikes, "the target has one date")
    losses.add_wanted(strikes)
    hidden = strikes["place"].ne("") & strikes["place_as_written"].ne(strikes["place"])
    losses.add("place_as_written", int(hidden.sum()), ELSEWHERE)
    losses.add("strike_id", int(strikes["source_id"].ne("").sum()), ELSEWHERE)
    kept = {"source_id", "strike_id", "date_start", "date_end", "place", "place_as_written", "text", "description"}
    losses.add_columns(strikes, kept | set(_FILTERS))


TIMEMAP = Format(
    name="timemap", media_type="application/json", writes=(".json",), write=_write, own_columns=False,
    output="TimeMap", limits="see the loss report",
)  # fmt: skip

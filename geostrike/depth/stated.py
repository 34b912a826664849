"""Stated distances compared with computed ones: an alarm for a wrong place, never a depth."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.depth.distance import distance_columns
from geostrike.places.place import AREA_KINDS
from geostrike.tables import DISTANCES, KM_PER_UNIT, check_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from geostrike.borders.border import Border
    from geostrike.places import Gazetteer

__all__ = ["check_stated_distances"]


def check_stated_distances(
    strikes: pd.DataFrame,
    distances: pd.DataFrame,
    *,
    border: Border | None = None,
    gazetteer: Gazetteer | None = None,
) -> pd.DataFrame:
    """Compare stated distances with those computed for their strikes.

    A stated distance is a claim: an alarm for a wrong place, never a strike's depth.

    Parameters
    ----------
    strikes
        Strikes that `measure_depth` has measured: strike_id, depth_km, depth_min_km, depth_max_km, place_kind.
    distances
        The table of stated distances; joined by strike_id.
    border, gazetteer
        If both are given, a value that does not agree is compared with the other places of the same name
        (place_as_written, else place).

    Returns
    -------
    DataFrame
        A copy on the same index with computed_min_km, computed_max_km and verdict.

    Notes
    -----
    A distance from anything but the border is ``other reference``. For an area, a value between minimum and maximum is
    ``compatible``. Otherwise a value within 10 % or 5 km (15 % if hedged) of the computed one ``agrees``; one that
    would agree in another unit is a ``unit slip`` (370 km for 370 miles); one that would agree for another place of the
    same name is ``other place``; the rest is ``overstated`` or ``understated``. Without a reference or a depth it is
    ``not checked``.

    Examples
    --------
    >>> from geostrike.tables import build_table
    >>> strikes = pd.DataFrame({"strike_id": ["s"], "depth_km": 32.1, "depth_min_km": 24.6, "depth_max_km": 39.6})
    >>> claim = {"strike_id": "s", "value": 40, "unit": "mi", "value_km": 64.4, "hedge": "some", "reference": "border"}
    >>> check_stated_distances(strikes, build_table(DISTANCES, [claim])).verdict.tolist()
    ['overstated']
    """
    check_table(distances, DISTANCES, columns=["strike_id", "value", "unit", "value_km", "hedge", "reference"])
    checked = distances.copy()
    relevant = strikes[strikes["strike_id"].isin(checked["strike_id"])]
    by_strike = relevant.drop_duplicates("strike_id").set_index("strike_id")
    computed = by_strike[["depth_km", "depth_min_km", "depth_max_km"]].reindex(checked["strike_id"])
    kind = pd.Series(_text(by_strike, "place_kind"), index=by_strike.index).reindex(checked["strike_id"])
    checked["computed_min_km"] = computed["depth_min_km"].to_numpy(dtype=float)
    checked["computed_max_km"] = computed["depth_max_km"].to_numpy(dtype=float)
    namesakes = _Namesakes(border, gazetteer)
    names = pd.Series(_names(by_strike), index=by_strike.index).reindex(checked["strike_id"], fill_value="")
    rows = zip(checked.to_dict("records"), computed["depth_km"], kind, names, strict=True)
    verdicts = [
        _verdict(row, depth, partial(namesakes.distances_km, name), is_area=place_kind in AREA_KINDS)
        for row, depth, place_kind, name in rows
    ]
    checked["verdict"] = pd.Series(verdicts, index=checked.index, dtype="str")
    return checked


class _Namesakes:
    """Distances of the places of a name from the border; none without border and gazetteer."""

    def __init__(self, border: Border | None, gazetteer: Gazetteer | None) -> None:
        self._border, self._gazetteer = border, gazetteer
        self._known: dict[str, list[float]] = {}

    def distances_km(self, name: str) -> list[float]:
        if self._border is None or self._gazetteer is None or not name:
            return []
        if name not in self._known:
            places = [candidate.place for candidate in self._gazetteer.lookup(name)]
            lon, lat = np.array([(place.longitude, place.latitude) for place in places]).reshape(-1, 2).T
            self._known[name] = distance_columns(lon, lat, self._border)["distance_km"].tolist()
        return self._known[name]


def _names(strikes: pd.DataFrame) -> list[str]:
    """Return the name under which each strike's place was looked up."""
    written, place = (_text(strikes, column) for column in ("place_as_written", "place"))
    return [first or second for first, second in zip(written, place, strict=True)]


def _text(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame.columns:
        return [""] * len(frame)
    return list(frame[column].astype(object).where(frame[column].notna(), ""))


def _verdict(row: dict[Any, Any], depth: float, namesakes: Callable[[], list[float]], *, is_area: bool) -> str:
    """Return the verdict (`tables.VERDICTS`) on a row of the distances table whose strike has this depth.

    `namesakes` measures the other places of the name; called only where the value does not agree otherwise.
    """
    if row["reference"] not in ("border", ""):
        return "other reference"
    least, most, value = row["computed_min_km"], row["computed_max_km"], row["value_km"]
    if row["reference"] == "" or np.isnan([depth, least, most, value]).any():
        return "not checked"
    if not is_area:
        least = most = depth
    elif least <= value <= most:
        return "compatible"
    hedged = bool(row["hedge"])
    if _agrees(value, least, most, hedged=hedged):
        return "agrees"
    others = (row["value"] * km for unit, km in KM_PER_UNIT.items() if unit != row["unit"])
    if not is_area and any(_agrees(other, least, most, hedged=hedged) for other in others):
        return "unit slip"
    if any(_agrees(value, km, km, hedged=hedged) for km in namesakes()):
        return "other place"
    return "overstated" if value > most else "understated"


def _agrees(value: float, least: float, most: float, *, hedged: bool) -> bool:
    """Return whether a value is within the tolerance of an interval of computed distances."""
    share = 0.15 if hedged else 0.10
    return least - max(5.0, share * least) <= value <= most + max(5.0, share * most)

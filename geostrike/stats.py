"""Statistics of strike depth that also count what could not be located.

Depth is the geodesic distance from the border to the strike. Only strikes across the border enter the distances: those
inside the attacker's own recognised territory (side `home`) and those in neither country (`outside`) are counted beside
them. Both directions of fire are kept apart.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from geostrike.errors import TableError
from geostrike.tables import STRIKES, check_table

__all__ = ["PERIODS", "depth_summary", "direction"]

PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}
_NEEDED = [
    "strike_id", "date_start", "place", "place_status", "attacker", "target_side", "struck_country", "side", "depth_km",
    "depth_min_km", "depth_max_km",
]  # fmt: skip
_NUMBERS = ["median", "mean", "q1", "q3", "p90", "max"]


def direction(strikes: pd.DataFrame) -> pd.Series[str]:
    """Who fired at whom, such as "UKR to RUS"; "unknown" stands for a side that is not told.

    A strike with no known place is counted with the side that it was aimed at.

    Examples
    --------
    >>> row = {"attacker": ["UKR"], "struck_country": ["RUS"], "target_side": [""]}
    >>> direction(pd.DataFrame(row)).tolist()
    ['UKR to RUS']
    """
    struck = strikes["struck_country"].where(strikes["struck_country"] != "", strikes["target_side"])
    return strikes["attacker"].replace("", "unknown").str.cat(struck.replace("", "unknown"), sep=" to ")


def depth_summary(strikes: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Depth statistics, one row for each direction of fire and group, with what is not located beside what is.

    Parameters
    ----------
    strikes
        Strikes with the columns that `measure_depth` adds.
    by
        "month", "quarter" or "year" of the strike's first day, or the name of a column such as "target_kind"; strikes
        without a date, or with an empty value, form a group "unknown". None for one row a direction.

    Returns
    -------
    DataFrame
        Sorted by direction and group, with the counts `strikes, located, ambiguous, unresolved, home, outside,
        with_depth`, and in kilometres `median_km, mean_km, q1_km, q3_km, p90_km, max_km`; `median_min_km` and
        `median_max_km` are the medians of the strikes' least and greatest distances; `farthest_id` and `farthest_place`
        name the farthest strike.

    Raises
    ------
    TableError
        If a column is missing, or `by` is neither a period nor a column.

    Examples
    --------
    >>> from geostrike.tables import build_table
    >>> row = {"strike_id": "a", "place": "Tuapse", "place_status": "resolved", "attacker": "UKR",
    ...        "struck_country": "RUS", "side": "across", "depth_km": 342.0}
    >>> depth_summary(build_table(STRIKES, [row]))[["direction", "strikes", "median_km"]]
        direction  strikes  median_km
    0  UKR to RUS        1      342.0
    """
    check_table(strikes, STRIKES, columns=_NEEDED)
    keys = {"direction": direction(strikes)}
    if by is not None:
        keys[by] = _groups(strikes, by)
    frame = pd.DataFrame(strikes)
    rows = [
        dict(zip(keys, group, strict=True)) | _one(part)
        for group, part in frame.groupby(list(keys.values()), sort=True)
    ]
    return pd.DataFrame(rows, columns=[*keys, *_columns()])


def _groups(strikes: pd.DataFrame, by: str) -> pd.Series[str]:
    if by in PERIODS:
        periods: pd.Series[str] = strikes["date_start"].dt.to_period(PERIODS[by]).astype("str")
        return periods.where(strikes["date_start"].notna(), "unknown")
    if by not in strikes.columns:
        msg = f"cannot group by {by!r}: it is neither a column nor one of {', '.join(PERIODS)}"
        raise TableError(msg)
    return strikes[by].astype("str").mask(strikes[by].isna() | (strikes[by] == ""), "unknown")


def _columns() -> list[str]:
    counts = ["strikes", "located", "ambiguous", "unresolved", "home", "outside", "with_depth"]
    figures = [f"{name}_km" for name in _NUMBERS]
    return [*counts, *figures, "median_min_km", "median_max_km", "farthest_id", "farthest_place"]


def _one(part: pd.DataFrame) -> dict[str, Any]:
    status = part["place_status"]
    measured = part[(part["side"] == "across") & part["depth_km"].notna()]
    depth = measured["depth_km"]
    row: dict[str, Any] = {
        "strikes": len(part),
        "located": int(status.isin(["resolved", "given"]).sum()),
        "ambiguous": int((status == "ambiguous").sum()),
        "unresolved": int((status == "unresolved").sum()),
        "home": int((part["side"] == "home").sum()),
        "outside": int((part["side"] == "outside").sum()),
        "with_depth": len(measured),
        "median_km": depth.median(),
        "mean_km": depth.mean(),
        "q1_km": depth.quantile(0.25),
        "q3_km": depth.quantile(0.75),
        "p90_km": depth.quantile(0.9),
        "max_km": depth.max(),
        "median_min_km": measured["depth_min_km"].median(),
        "median_max_km": measured["depth_max_km"].median(),
        "farthest_id": "",
        "farthest_place": "",
    }
    if len(measured):
        farthest = measured.iloc[int(depth.to_numpy().argmax())]
        row |= {"farthest_id": farthest["strike_id"], "farthest_place": farthest["place"]}
    return row

"""Depth over time and its distribution: by period, records, trend, empirical distribution function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.errors import TableError
from geostrike.stats.groups import PERIODS, UNKNOWN, days_by_rule, direction, measured_rows
from geostrike.stats.summary import depth_summary
from geostrike.tables import STRIKES, check_table, usable_frame

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["depth_by_period", "depth_ecdf", "depth_trend", "record_depths"]

_DAYS_A_YEAR = 365.25
_PAIRED = 2_000  # strikes: every pair of them has a slope


def depth_by_period(strikes: pd.DataFrame, period: str = "month", **options: Any) -> pd.DataFrame:
    """Summarise depth by period, without gaps: periods without strikes have a row of zeros.

    Parameters
    ----------
    strikes
        Strikes with the columns that `measure_depth` adds.
    period
        "month", "quarter" or "year".
    **options
        Those of `depth_summary`, such as `dates` and `draws`.

    Returns
    -------
    DataFrame
        `direction`, `period` (such as "2024-01"), `start` (its first day) and the columns of `depth_summary`. Strikes
        without a date are in the last row of their direction, with the period "unknown" and no start.

    Raises
    ------
    TableError
        If `period` is none of the three, and as `depth_summary`.

    Examples
    --------
    >>> from geostrike.tables import STRIKES, build_table
    >>> days = [pd.Timestamp("2024-01-05"), pd.Timestamp("2024-03-05")]
    >>> rows = [{"attacker": "UKR", "struck_country": "RUS", "side": "across", "depth_km": 300.0, "date_start": day,
    ...          "place_status": "resolved"} for day in days]
    >>> depth_by_period(build_table(STRIKES, rows), draws=0)[["period", "strikes"]].to_numpy().tolist()
    [['2024-01', 1], ['2024-02', 0], ['2024-03', 1]]
    """
    strikes = usable_frame(strikes, STRIKES)
    if period not in PERIODS:
        msg = f"period is {period!r}; it can be {', '.join(PERIODS)}"
        raise TableError(msg)
    found = depth_summary(strikes, by=period, **options).rename(columns={period: "period"})
    ordinal = pd.PeriodIndex(found["period"].where(found["period"] != UNKNOWN), freq=PERIODS[period])
    found.insert(2, "start", pd.Series(ordinal.start_time, index=found.index).astype("datetime64[s]"))
    series = [_without_gaps(part, PERIODS[period]) for _, part in found.groupby("direction", sort=True)]
    return pd.concat(series, ignore_index=True) if series else found


def _without_gaps(part: pd.DataFrame, frequency: str) -> pd.DataFrame:
    known = part[part["start"].notna()]
    if known.empty:
        return part
    every = pd.period_range(known["start"].min(), known["start"].max(), freq=frequency)
    gaps = every[~every.astype("str").isin(known["period"])]
    empty = pd.DataFrame({"direction": part["direction"].iloc[0], "period": gaps.astype("str")})
    empty["start"] = pd.Series(gaps.start_time, index=empty.index).astype("datetime64[s]")
    counts = part.columns[[pd.api.types.is_numeric_dtype(kind) for kind in part.dtypes]]
    counts = counts[~counts.str.endswith("_km")]
    empty[counts] = 0
    words = ["farthest_id", "farthest_place"]
    empty[words] = ""
    filled = pd.concat([part, empty.reindex(columns=part.columns).astype(part.dtypes)], ignore_index=True)
    return filled.sort_values("start", na_position="last", kind="stable")


def depth_ecdf(strikes: pd.DataFrame) -> pd.DataFrame:
    """The empirical distribution function of depth, by direction of fire.

    Parameters
    ----------
    strikes
        Strikes with the columns that `measure_depth` adds.

    Returns
    -------
    DataFrame
        `direction`, `depth_km` (each distinct depth, rising), `strikes` (how many are no deeper), `share`, and its
        bounds over the places: `share_place_low` counts the strikes that are certainly within the depth
        (`depth_max_km`), `share_place_high` those that may be (`depth_min_km`).

    Examples
    --------
    >>> from geostrike.tables import STRIKES, build_table
    >>> rows = [{"attacker": "UKR", "struck_country": "RUS", "side": "across", "depth_km": d, "depth_min_km": d - 5,
    ...          "depth_max_km": d + 5} for d in (32.0, 342.0, 342.0)]
    >>> depth_ecdf(build_table(STRIKES, rows))[["depth_km", "strikes"]].to_numpy().tolist()
    [[32.0, 1.0], [342.0, 3.0]]
    """
    strikes = usable_frame(strikes, STRIKES)
    columns = ["direction", "depth_km", "strikes", "share", "share_place_low", "share_place_high"]
    measured = pd.DataFrame(strikes[measured_rows(strikes)])
    parts = []
    for name, part in measured.groupby(direction(measured), sort=True):
        depth, least, most = (
            np.sort(part[column].to_numpy(dtype=float)) for column in ("depth_km", "depth_min_km", "depth_max_km")
        )
        at = np.unique(depth)
        counts = [np.searchsorted(values, at, side="right") for values in (depth, most, least)]
        shares = [count / len(depth) for count in counts]
        parts.append(pd.DataFrame(dict(zip(columns, [name, at, counts[0], *shares], strict=True))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def record_depths(strikes: pd.DataFrame, *, dates: str = "first") -> pd.DataFrame:
    """The strikes farther than all before them, by direction of fire.

    Parameters
    ----------
    strikes
        Strikes with the columns that `measure_depth` adds.
    dates
        Which day of a date interval counts: its "first", "middle" or "last".

    Returns
    -------
    DataFrame
        By direction and date: `direction, date, strike_id, place, depth_km, depth_min_km, depth_max_km`, `previous_km`
        (the previous record; NaN for the first), `days` (since the previous record; NaN for the first), `sure` (the
        strike is farther than all before it at any point of their places), and `undated_farther` (how many strikes
        without a date are farther, and may have been earlier). Only the farthest strike of a day counts.

    Raises
    ------
    TableError
        If `dates` is not a rule that gives one day.

    Examples
    --------
    >>> from geostrike.tables import STRIKES, build_table
    >>> rows = [{"strike_id": str(d), "attacker": "UKR", "struck_country": "RUS", "side": "across", "depth_km": d,
    ...          "depth_min_km": d - 5, "depth_max_km": d + 5, "date_start": pd.Timestamp(day)}
    ...         for d, day in ((32.0, "2022-04-01"), (30.0, "2022-04-02"), (342.0, "2024-01-25"))]
    >>> record_depths(build_table(STRIKES, rows))[["date", "depth_km", "sure"]].to_numpy().tolist()
    [[Timestamp('2022-04-01 00:00:00'), 32.0, True], [Timestamp('2024-01-25 00:00:00'), 342.0, True]]
    """
    strikes = usable_frame(strikes, STRIKES)
    measured = _measured(strikes, ["strike_id", "place", "depth_min_km", "depth_max_km"])
    measured = measured.assign(direction=direction(measured), date=days_by_rule(measured, dates))
    order = measured.sort_values(["direction", "date", "depth_km"], ascending=[True, True, False], kind="stable")
    dated = order[order["date"].notna()]
    by_direction = dated.groupby("direction")
    before = by_direction["depth_km"].cummax().groupby(dated["direction"]).shift()
    reach = by_direction["depth_max_km"].cummax().groupby(dated["direction"]).shift()
    found = dated.assign(previous_km=before, sure=~(reach >= dated["depth_min_km"]))
    found = found[~(found["depth_km"] <= found["previous_km"])]
    found["days"] = found.groupby("direction")["date"].diff().dt.days
    undated = measured[measured["date"].isna()]
    found["undated_farther"] = [
        int((undated.loc[undated["direction"] == name, "depth_km"] > depth).sum())
        for name, depth in zip(found["direction"], found["depth_km"], strict=True)
    ]
    columns = ["direction", "date", "strike_id", "place", "depth_km", "depth_min_km", "depth_max_km"]
    return found[[*columns, "previous_km", "days", "sure", "undated_farther"]].reset_index(drop=True)


def _measured(strikes: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The strikes that enter the distances, with these columns and those of direction, day and depth."""
    names = ["attacker", "struck_country", "target_side", "date_start", "date_end", "depth_km", *columns]
    check_table(strikes, STRIKES, columns=[*names, "side"])
    return pd.DataFrame(strikes[names])[measured_rows(strikes)]


def depth_trend(
    strikes: pd.DataFrame, *, level: float = 0.9, least: int = 10, dates: str = "middle", seed: int = 0
) -> pd.DataFrame:
    """The Theil-Sen slope of depth over time with its interval, one row per direction of fire.

    Parameters
    ----------
    strikes
        Strikes with the columns that `measure_depth` adds.
    level
        Confidence level of the interval.
    least
        The least number of dated strikes with a depth; with fewer the verdict is "too few", without a slope.
    dates
        Which day of a date interval counts: its "first", "middle" or "last".
    seed
        For the random choice of 2,000 strikes where there are more, since every pair has a slope.

    Returns
    -------
    DataFrame
        `direction`, `strikes` (dated, with a depth), `used`, `first` and `last` (days), `km_per_year` (the median of
        the slopes of all pairs), `low_km_per_year, high_km_per_year`, and `verdict`: "too few", "rising", "falling", or
        "no clear trend" where the interval holds 0. The interval assumes that strikes are independent.

    Raises
    ------
    TableError
        If `dates` is not a rule that gives one day.

    Notes
    -----
    Sen, J. Am. Stat. Assoc. 63, 1968, by `scipy.stats.theilslopes`.

    Examples
    --------
    >>> from geostrike.tables import STRIKES, build_table
    >>> rows = [{"attacker": "UKR", "struck_country": "RUS", "side": "across", "depth_km": 100.0 + day,
    ...          "date_start": pd.Timestamp("2023-01-01") + pd.Timedelta(days=day),
    ...          "date_end": pd.Timestamp("2023-01-01") + pd.Timedelta(days=day)} for day in range(0, 400, 20)]
    >>> depth_trend(build_table(STRIKES, rows))[["strikes", "km_per_year", "verdict"]].to_numpy().tolist()
    [[20, 365.25, 'rising']]
    """
    strikes = usable_frame(strikes, STRIKES)
    measured = _measured(strikes, [])
    measured = measured.assign(direction=direction(measured), day=days_by_rule(measured, dates))
    random = np.random.default_rng(seed)
    rows = [
        {"direction": name} | _trend(part.dropna(subset="day"), level, least, random)
        for name, part in measured.groupby("direction", sort=True)
    ]
    slopes = ["km_per_year", "low_km_per_year", "high_km_per_year"]
    return pd.DataFrame(rows, columns=["direction", "strikes", "used", "first", "last", *slopes, "verdict"])


def _trend(dated: pd.DataFrame, level: float, least: int, random: np.random.Generator) -> dict[str, Any]:
    row = {"strikes": len(dated), "used": 0, "first": dated["day"].min(), "last": dated["day"].max()}
    if len(dated) < least or row["first"] == row["last"]:
        return row | {"verdict": "too few"}
    # Imported here: scipy.stats takes a second, and most summaries have no trend.
    from scipy.stats import theilslopes

    used = np.sort(random.choice(len(dated), min(len(dated), _PAIRED), replace=False))
    part = dated.iloc[used]
    years = (part["day"] - row["first"]).dt.days.to_numpy() / _DAYS_A_YEAR
    slope, _, low, high = theilslopes(part["depth_km"].to_numpy(), years, alpha=level)
    verdict = "rising" if low > 0 else "falling" if high < 0 else "no clear trend"
    slopes = {"km_per_year": slope, "low_km_per_year": low, "high_km_per_year": high}
    return row | {"used": len(part), "verdict": verdict} | slopes

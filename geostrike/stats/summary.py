"""The summary of depth: counts of located and other strikes, figures, and their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geostrike.errors import TableError
from geostrike.results import PlaceDraws
from geostrike.stats.groups import Grouping, group_strikes, measured_rows
from geostrike.stats.intervals import FIGURES, LEAST_SAMPLE, GroupedDepths
from geostrike.stats.places import draw_depths
from geostrike.tables import AREA_KINDS, STRIKES, check_table, usable_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from geostrike.borders.border import Border

__all__ = ["depth_summary", "place_draws"]

_NEEDED = [
    "strike_id", "date_start", "date_end", "place", "place_kind", "place_as_written", "place_status", "attacker",
    "target_side", "struck_country", "side", "depth_km", "depth_min_km", "depth_max_km",
]  # fmt: skip


def depth_summary(
    strikes: pd.DataFrame,
    by: str | None = None,
    *,
    border: Border | Sequence[Border] | None = None,
    areas: gpd.GeoDataFrame | None = None,
    draws: int | PlaceDraws = 200,
    bootstrap: int = 500,
    seed: int = 0,
    level: float = 0.9,
    dates: str = "first",
    progress: bool = False,
) -> pd.DataFrame:
    """Summarise depth, one row per direction of fire and group; strikes without a location are counted too.

    Parameters
    ----------
    strikes
        Strikes with the columns that `measure_depth` adds.
    by
        "month", "quarter" or "year", by the rule of `dates`; "border"; or the name of a column such as "target_kind".
        Strikes without a date, or with an empty value, are the group "unknown". None for one row per direction.
    border, areas, seed, progress
        For the draws of places, as in `draw_depths`.
    draws
        How many times each place is drawn within its disc or area, 0 for none; or draws to share between summaries.
    bootstrap
        Number of resamples for the sample intervals; 0 for none.
    level
        Share of the draws or resamples inside an interval.
    dates
        The period of a strike with a date interval: that of its "first", "middle" or "last" day; or "spread", which
        counts it in every overlapping period, and adds the shares of its days in `expected_strikes`.

    Returns
    -------
    DataFrame
        Sorted by direction and group.

        - Counts: `strikes` = `located` + `ambiguous` + `unresolved` (including `not_named`, without a place name);
          `located` (including `area_only`, to a district, region or larger area) = `home` + `outside` +
          `not_measured` + `with_depth`.
        - Figures in kilometres, over those with depth: `median_km, mean_km, q1_km, q3_km, p90_km, max_km`; and
          `median_min_km, median_max_km`, the medians of the strikes' least and greatest distances.
        - `farthest_id` and `farthest_place` name the farthest strike.
        - The interval of each figure over the places: `median_place_low_km, median_place_high_km` and so on.
        - For all but the maximum the interval over samples: `median_sample_low_km, median_sample_high_km` and so on;
          NaN below 12 strikes for the median, 60 for the quartiles and the mean, and 80 for p90, where it would be too
          narrow.

    Raises
    ------
    TableError
        If a column is missing, `by` is neither a period nor a column, or an option is invalid.

    Examples
    --------
    >>> from geostrike.tables import build_table
    >>> row = {"strike_id": "a", "place": "Tuapse", "place_status": "resolved", "attacker": "UKR",
    ...        "struck_country": "RUS", "side": "across", "depth_km": 342.0}
    >>> depth_summary(build_table(STRIKES, [row]), draws=0)[["direction", "strikes", "median_km"]]
        direction  strikes  median_km
    0  UKR to RUS        1      342.0
    """
    strikes = usable_frame(strikes, STRIKES)
    check_table(strikes, STRIKES, columns=_NEEDED)
    if not 0 < level < 1:
        msg = f"level is {level}; it must be between 0 and 1, such as 0.9"
        raise TableError(msg)
    grouping = group_strikes(strikes, by, dates)
    depths = _measured(strikes, grouping)
    table = pd.concat([grouping.keys, _counts(strikes, grouping, spread=dates == "spread")], axis=1)
    table = pd.concat([table, depths.figures().add_suffix("_km"), _median_bounds(strikes, depths)], axis=1)
    table = pd.concat([table, _farthest(strikes, depths)], axis=1)
    drawn = place_draws(strikes, draws, border=border, areas=areas, seed=seed, progress=progress)
    places = depths.over_places(drawn.of(strikes), drawn.depth_km, level)
    samples = depths.over_samples(bootstrap, level, np.random.default_rng(seed))
    limits = _columns(places, "place", FIGURES) | _columns(samples, "sample", list(LEAST_SAMPLE))
    return pd.concat([table, pd.DataFrame(limits)], axis=1)


def place_draws(
    strikes: pd.DataFrame,
    draws: int | PlaceDraws,
    *,
    border: Border | Sequence[Border] | None,
    areas: gpd.GeoDataFrame | None,
    seed: int,
    progress: bool = False,
) -> PlaceDraws:
    """The given draws, or new ones; none for 0."""
    if isinstance(draws, PlaceDraws):
        return draws
    if not draws:
        return PlaceDraws.none(strikes.index)
    return draw_depths(strikes, border, areas=areas, draws=draws, seed=seed, progress=progress)


def _measured(strikes: pd.DataFrame, grouping: Grouping) -> GroupedDepths:
    enters = measured_rows(strikes)[grouping.row]
    depth = strikes["depth_km"].to_numpy(dtype=float)
    return GroupedDepths.of(depth, grouping.row[enters], grouping.group[enters], len(grouping.keys))


def _counts(strikes: pd.DataFrame, grouping: Grouping, *, spread: bool) -> pd.DataFrame:
    status, side = strikes["place_status"], strikes["side"]
    located = status.isin(["resolved", "given"])
    measured = measured_rows(strikes)
    aside = side.isin(["home", "outside"])
    flags = {
        "located": located,
        "ambiguous": status == "ambiguous",
        "unresolved": status.isin(["unresolved", "pending"]),
        "not_named": (status == "unresolved") & (strikes["place_as_written"] == ""),
        "area_only": located & strikes["place_kind"].isin(AREA_KINDS),
        "home": side == "home",
        "outside": side == "outside",
        "not_measured": located & ~aside & ~measured,
        "with_depth": measured,
    }
    counts = {name: grouping.counts(np.asarray(flag, dtype=bool)) for name, flag in flags.items()}
    total = {"strikes": grouping.counts()}
    if spread:
        total["expected_strikes"] = np.bincount(grouping.group, grouping.share, minlength=len(grouping.keys))
    return pd.DataFrame(total | counts)


def _median_bounds(strikes: pd.DataFrame, depths: GroupedDepths) -> pd.DataFrame:
    bounds = {}
    for name in ("min", "max"):
        values = pd.Series(strikes[f"depth_{name}_km"].to_numpy(dtype=float)[depths.row])
        bounds[f"median_{name}_km"] = values.groupby(depths.group).median()
    return pd.DataFrame(bounds, index=range(len(depths.size)))


def _farthest(strikes: pd.DataFrame, depths: GroupedDepths) -> pd.DataFrame:
    row = depths.farthest()
    found = {}
    for name, column in (("farthest_id", "strike_id"), ("farthest_place", "place")):
        words = strikes[column].to_numpy(dtype=object)
        found[name] = pd.Series([words[at] if at >= 0 else "" for at in row], dtype="str")
    return pd.DataFrame(found)


def _columns(
    limits: dict[str, npt.NDArray[np.float64]], kind: str, figures: Sequence[str]
) -> dict[str, npt.NDArray[np.float64]]:
    return {
        f"{name}_{kind}_{end}_km": limits[name][:, at] for name in figures for at, end in enumerate(("low", "high"))
    }

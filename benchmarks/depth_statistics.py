"""Statistics of depth: a million strikes by month with the intervals of their places, and the table of choices.

Compared with the plain ways to the same figures: pandas over every draw, and scipy's bootstrap.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from sample_lines import points
from timing import processor_seconds, ratio, rounds, table

from geostrike import Border, depth_summary, draw_depths, measure_depth, sensitivity
from geostrike.stats.intervals import GroupedDepths
from geostrike.tables import CLAIMS, RECORDS, RELATIONS, REPORTS, RESOLVED, STRIKES, build_table

if TYPE_CHECKING:
    from collections.abc import Callable

STRIKES_, PLACES, FEWER = 1_000_000, 30_000, 100_000
DRAWS, RESAMPLES, SAMPLED = 200, 500, 10_000
DRAWN_PLAINLY = 4  # draws summarised by pandas; its time is the same for each


def sample(count: int, *, seed: int = 11) -> gpd.GeoDataFrame:
    """Return measured strikes of 46 months, each at one of the places, with a radius of 3 or 8 km."""
    random = np.random.default_rng(seed)
    lon, lat = points(PLACES, seed=seed)
    place = random.integers(0, PLACES, count)
    frame = build_table(STRIKES, [{}]).iloc[np.zeros(count, dtype=int)].reset_index(drop=True)
    frame = frame.drop(columns="geometry")
    day = np.datetime64("2022-02-24", "s") + random.integers(0, 1400, count) * np.timedelta64(1, "D")
    frame["date_start"] = frame["date_end"] = day
    frame["strike_id"] = pd.Series(np.arange(count)).astype("str")
    frame["place_id"] = frame["place"] = pd.Series(place).astype("str")
    words = {"attacker": "UKR", "place_status": "resolved", "place_kind": "settlement", "status": "confirmed"}
    frame = frame.assign(radius_km=np.where(place % 3, 3.0, 8.0), date_precision="day", **words)
    located = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(lon[place], lat[place], crs="EPSG:4326"))
    return measure_depth(located, Border.between("UKR", "RUS")).assign(side="across")


def seconds_of(call: Callable[[], object]) -> str:
    """Return the minimum processor time of three calls, over all threads."""
    return f"{min(processor_seconds(call) for _ in range(3)):.1f} s of processor time"


def a_million(quick: bool) -> list[list[str]]:
    """Time the summary by month, and its part after the draws compared with pandas."""
    strikes = sample(STRIKES_ // 50 if quick else STRIKES_)
    border = Border.between("UKR", "RUS")
    draw_depths(strikes.iloc[:1000], border)  # compiles
    seconds = seconds_of(lambda: depth_summary(strikes, "month", border=border, draws=DRAWS))
    drawn = draw_depths(strikes, border, draws=DRAWS)
    month = strikes["date_start"].dt.strftime("%Y-%m")
    place = drawn.of(strikes)
    shares = [0.25, 0.5, 0.75, 0.9]

    def plainly() -> None:
        for draw in range(DRAWN_PLAINLY):
            grouped = pd.Series(drawn.depth_km[place, draw]).groupby(month)
            grouped.quantile(shares), grouped.mean(), grouped.max()

    ways = {"ours": lambda: depth_summary(strikes, "month", draws=drawn, bootstrap=0), "pandas": plainly}
    measured = rounds(ways, 2 if quick else 3)
    times = ratio(measured, "pandas", "ours", counts=(DRAWN_PLAINLY, DRAWS))
    what = f"{len(strikes):,} strikes over {PLACES:,} places by month, {DRAWS} draws of each place"
    return [
        [what, seconds],
        ["the same figures by pandas for every draw, without drawing", f"{times:.0f} times as long"],
    ]


def choices(quick: bool) -> list[str]:
    """Time the table of choices for strikes of one record each."""
    strikes = sample(FEWER // 50 if quick else FEWER)
    records = build_table(RECORDS, [{}]).iloc[np.zeros(len(strikes), dtype=int)].reset_index(drop=True)
    shared = [name for name in (*RECORDS.names, *RESOLVED.names) if name in strikes.columns]
    records[shared] = pd.DataFrame(strikes)[shared]
    records["record_id"] = strikes["strike_id"]
    result = SimpleNamespace(
        strikes=strikes,
        records=gpd.GeoDataFrame(records, geometry="geometry", crs="EPSG:4326"),
        claims=build_table(CLAIMS, []),
        reports=build_table(REPORTS, []),
        relations=build_table(RELATIONS, []),
        areas=gpd.GeoDataFrame(geometry=[], crs="EPSG:4326"),
        border=Border.between("UKR", "RUS"),
        run={},
    )
    sensitivity(result)  # opens the borders
    seconds = seconds_of(lambda: sensitivity(result))
    return [f"the table of choices of {len(strikes):,} strikes", seconds]


def bootstrap(quick: bool) -> list[str]:
    """Time the sample interval of the median compared with scipy's, which resamples."""
    from scipy.stats import bootstrap as resample

    count = SAMPLED // 10 if quick else SAMPLED
    depth = np.random.default_rng(4).exponential(250, count)
    depths = GroupedDepths.of(depth, np.arange(count), np.zeros(count, dtype=int), 1)
    ways = {
        "ours": lambda: depths.over_samples(RESAMPLES, 0.9, np.random.default_rng(1)),
        "scipy": lambda: resample(
            (depth,), np.median, n_resamples=RESAMPLES, confidence_level=0.9, method="percentile", batch=100, rng=1
        ),
    }
    times = ratio(rounds(ways, 2 if quick else 7), "scipy", "ours")
    what = f"scipy.stats.bootstrap of the median of {count:,} depths, {RESAMPLES} resamples"
    return [what, f"{times:.0f} times as long as geostrike's five figures"]


def tables(*, quick: bool = False) -> list[tuple[str, str]]:
    rows = [*a_million(quick), choices(quick), bootstrap(quick)]
    return [("Statistics of depth", table(["what", "measured"], rows))]

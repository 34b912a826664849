"""The statistics of a run, computed once for all its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geostrike.errors import LeftOut
from geostrike.results import Analysis, PlaceDraws
from geostrike.stats.bands import bands
from geostrike.stats.places import draw_depths
from geostrike.stats.sensitivity import sensitivity
from geostrike.stats.series import depth_trend, record_depths
from geostrike.stats.summary import depth_summary

if TYPE_CHECKING:
    from geostrike.results import Located

__all__ = ["analyse"]

GROUPS = ("month", "target_kind", "weapon", "status")


def analyse(located: Located, *, left_out: LeftOut | None = None) -> Analysis:
    """Compute the statistics of a run: draws, summaries, bands, records, trend and sensitivity.

    Parameters
    ----------
    located
        What `locate` returned.
    left_out
        Receives the reason if "depth_summary.csv" or "sensitivity.csv" cannot be computed.

    Examples
    --------
    >>> from geostrike.pipeline import locate
    >>> reports = pd.DataFrame({"text": ["Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."]})
    >>> analyse(locate(reports)).summaries["by"].tolist()
    ['all', 'month', 'target_kind', 'weapon', 'status']
    """
    left_out = LeftOut() if left_out is None else left_out
    strikes = located.strikes
    draws, choices = PlaceDraws.none(strikes.index), pd.DataFrame(columns=["direction"])
    with left_out.where_it_fails("depth_summary.csv"):
        draws = draw_depths(strikes, located.border, areas=located.areas)
    summary = depth_summary(strikes, draws=draws)
    with left_out.where_it_fails("sensitivity.csv"):
        choices = sensitivity(located, summary=summary)
    return Analysis(
        draws=draws,
        summary=summary,
        summaries=_summaries(strikes, summary, draws),
        bands=bands(strikes, draws=draws),
        records=record_depths(strikes),
        trend=depth_trend(strikes),
        sensitivity=choices,
    )


def _summaries(strikes: pd.DataFrame, summary: pd.DataFrame, draws: PlaceDraws) -> pd.DataFrame:
    """Depth statistics over all strikes and by month, target, weapon and status, in one table."""
    parts = [summary.assign(by="all", group="all")]
    parts += [depth_summary(strikes, by=by, draws=draws).rename(columns={by: "group"}).assign(by=by) for by in GROUPS]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return table[["by", "group", *[c for c in table.columns if c not in {"by", "group"}]]]

"""What a run returns, typed: the strikes that `locate` found, what is computed from them, and what changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.errors import TableError
from geostrike.tables import QUARANTINE, build_table

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from geostrike.borders.border import Border

    Floats = npt.NDArray[np.float64]
    Numbers = npt.NDArray[np.int64]

__all__ = ["Analysis", "Comparison", "Located", "MergeOptions", "PlaceDraws"]


@dataclass(frozen=True)
class MergeOptions:
    """How far apart two records of one strike may be: the tolerances of `geostrike.merge_strikes`.

    Attributes
    ----------
    days_apart, km_apart
        Days between their dates, and kilometres between their places.
    """

    days_apart: float = 0
    km_apart: float = 0.0


@dataclass(frozen=True)
class Located:
    """Everything that `locate` found; each table is described in `geostrike.tables`.

    Attributes
    ----------
    strikes
        One row a strike, with place and depth (GeoDataFrame, EPSG:4326).
    reports, mentions, records, claims, distances, quantities
        What was read, with the character spans that say it.
    relations, members
        Which strikes may be one, and which records each strike is made of.
    areas
        The polygons of the regions that strikes are located to, by `place_id`.
    border
        The line that depth is measured from.
    quarantine
        What could not be used, with the reason.
    review
        All records as a table to decide on (`geostrike.merging.review`).
    run
        Versions, inputs with their hashes, parameters and counts: what run.json holds.
    merging
        How far apart the records of one strike may be.
    decisions
        A reviewer's decisions; None where there are none.
    """

    strikes: gpd.GeoDataFrame
    reports: pd.DataFrame
    mentions: pd.DataFrame
    records: gpd.GeoDataFrame
    claims: pd.DataFrame
    distances: pd.DataFrame
    relations: pd.DataFrame
    members: pd.DataFrame
    areas: gpd.GeoDataFrame
    border: Border
    quarantine: pd.DataFrame
    quantities: pd.DataFrame
    review: pd.DataFrame
    run: dict[str, Any]
    merging: MergeOptions = field(default_factory=MergeOptions)
    decisions: pd.DataFrame | None = None


@dataclass(frozen=True)
class PlaceDraws:
    """The depths that the places of a strikes table may have, as `draw_depths` makes them.

    Attributes
    ----------
    place
        For each strike, on the strikes' index, the number of its place; -1 where it has no depth across the border.
    depth_km
        Shape (places, draws); NaN for an uncertain place whose border or point is not at hand.

    Examples
    --------
    Two strikes at one place, which is 300 or 310 km from the border:

    >>> drawn = PlaceDraws(pd.Series([0, 0], index=["a", "b"]), np.array([[300.0, 310.0]]))
    >>> drawn.depth_km[drawn.of(pd.DataFrame(index=["b"]))].tolist()
    [[300.0, 310.0]]
    """

    place: pd.Series[int]
    depth_km: Floats

    @staticmethod
    def none(index: pd.Index[Any]) -> PlaceDraws:
        """No draws, for strikes with this index: summaries then have no intervals over the places."""
        return PlaceDraws(pd.Series(np.full(len(index), -1), index=index), np.empty((0, 0)))

    def of(self, strikes: pd.DataFrame) -> Numbers:
        """The place of each of these strikes, which may be some of those that were drawn; -1 where it has none.

        Parameters
        ----------
        strikes
            Rows of the table that the draws are of, with its index.

        Raises
        ------
        TableError
            If a strike was not there when the draws were made, or its index is that of several.
        """
        place = np.asarray(self.place, dtype=np.int64)
        if strikes.index.equals(self.place.index):
            return place
        unique = self.place.index.is_unique
        at = self.place.index.get_indexer(strikes.index) if unique else np.full(1, -1)
        if (at < 0).any():
            msg = "the draws are of another table: make them from all the strikes, and keep their index"
            raise TableError(msg)
        of_each: Numbers = place[at]
        return of_each


@dataclass(frozen=True)
class Analysis:
    """What is computed from the strikes of a run, once, for its tables and its report (`geostrike.stats.analyse`).

    Attributes
    ----------
    draws
        The depths that the places may have.
    summary
        `depth_summary` of all strikes.
    summaries
        The same, and by month, target, weapon and status, in one table.
    bands, records, trend
        What `bands`, `record_depths` and `depth_trend` give.
    sensitivity
        What `sensitivity` gives: the figures under other choices.
    """

    draws: PlaceDraws
    summary: pd.DataFrame
    summaries: pd.DataFrame
    bands: pd.DataFrame
    records: pd.DataFrame
    trend: pd.DataFrame
    sensitivity: pd.DataFrame


@dataclass(frozen=True)
class Comparison:
    """Two versions of the strikes, and what changed between them.

    Attributes
    ----------
    old, new
        The two tables of strikes.
    changes
        What `compare_strikes` tells of them.
    lost
        The rows of either table that could not be used: their strikes seem to be gone, or new.

    Examples
    --------
    >>> from geostrike.merging.compare import compare_strikes
    >>> from geostrike.tables import STRIKES, empty_table
    >>> none = empty_table(STRIKES)
    >>> Comparison(none, none, compare_strikes(none, none)).unchanged
    0
    """

    old: pd.DataFrame
    new: pd.DataFrame
    changes: pd.DataFrame
    lost: pd.DataFrame = field(default_factory=lambda: build_table(QUARANTINE, []))

    @property
    def unchanged(self) -> int:
        """How many strikes are in both tables and alike."""
        return int((~self.new["strike_id"].isin(self.changes["new_id"])).sum())

"""What a run returns: the strikes that `locate` found, the statistics of them, and a comparison with another run."""

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
    """The tolerances of `geostrike.merge_strikes`.

    Attributes
    ----------
    days_apart, km_apart
        How many days and kilometres two records of one strike may be apart.
    """

    days_apart: float = 0
    km_apart: float = 0.0


@dataclass(frozen=True)
class Located:
    """Everything that `locate` returns; `geostrike.tables` describes the tables.

    Attributes
    ----------
    strikes
        One row per strike, with place and depth (GeoDataFrame, EPSG:4326).
    reports, mentions, records, claims, distances, quantities
        What was extracted, with its character spans.
    relations, members
        Which strikes may be the same, and the records of each strike.
    areas
        The polygons of the regions that strikes are located to, by `place_id`.
    border
        The line that depth is measured from.
    quarantine
        Input that could not be used, with the reason.
    review
        All records, as a table to fill in decisions (`geostrike.merging.review`).
    run
        Versions, inputs with their hashes, parameters and counts, as in run.json.
    merging
        The tolerances used for merging.
    decisions
        A reviewer's decisions, if any.
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
    """Possible depths of the places of a strikes table, from `draw_depths`.

    Attributes
    ----------
    place
        The number of each strike's place, on the strikes' index; -1 without a depth across the border.
    depth_km
        Shape (places, draws); NaN for an uncertain place whose border or point is unavailable.

    Examples
    --------
    Two strikes at one place, 300 or 310 km from the border:

    >>> drawn = PlaceDraws(pd.Series([0, 0], index=["a", "b"]), np.array([[300.0, 310.0]]))
    >>> drawn.depth_km[drawn.of(pd.DataFrame(index=["b"]))].tolist()
    [[300.0, 310.0]]
    """

    place: pd.Series[int]
    depth_km: Floats

    @staticmethod
    def none(index: pd.Index[Any]) -> PlaceDraws:
        """No draws, for strikes with this index; summaries then have no place intervals."""
        return PlaceDraws(pd.Series(np.full(len(index), -1), index=index), np.empty((0, 0)))

    def of(self, strikes: pd.DataFrame) -> Numbers:
        """The place of each of these strikes; -1 for none.

        Parameters
        ----------
        strikes
            All or some rows of the table that was drawn from, with its index.

        Raises
        ------
        TableError
            If a strike was not in the drawn table, or the index is not unique.
        """
        place = np.asarray(self.place, dtype=np.int64)
        if strikes.index.equals(self.place.index):
            return place
        unique = self.place.index.is_unique
        at = self.place.index.get_indexer(strikes.index) if unique else np.full(1, -1)
        if (at < 0).any():
            msg = "the draws belong to another table: draw from all the strikes, and keep their index"
            raise TableError(msg)
        of_each: Numbers = place[at]
        return of_each


@dataclass(frozen=True)
class Analysis:
    """The statistics of a run, computed once for all its files by `geostrike.stats.analyse`.

    Attributes
    ----------
    draws
        Possible depths of the places.
    summary
        `depth_summary` of all strikes.
    summaries
        The same, together with those by month, target, weapon and status.
    bands, records, trend
        The results of `bands`, `record_depths` and `depth_trend`.
    sensitivity
        The result of `sensitivity`: the figures under other choices.
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
    """Two versions of the strikes, and the changes between them.

    Attributes
    ----------
    old, new
        The two tables of strikes.
    changes
        The result of `compare_strikes`.
    lost
        Rows of either table that could not be used; their strikes seem to be gone, or new.

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
        """How many strikes are the same in both tables."""
        return int((~self.new["strike_id"].isin(self.changes["new_id"])).sum())

"""Figures of depth by group, with two intervals: from place uncertainty, and from sampling.

Quantiles are those of pandas and NumPy (linear between two order statistics). Both intervals contain the stated share
of the draws, with equal tails.

**Place.** A figure is computed for every draw of the places. In any draw the k-th of n depths is between the k-th of
the least and the k-th of the greatest depths, so strikes wholly below or above these two are counted and not sorted.
The figures are the same as if all were sorted.

**Sample.** The percentile bootstrap. Quantiles need no resampling: in a resample of n values, the k-th order
statistic is the value of rank ceil(n U), where U is the k-th of n uniform numbers, so U is drawn from the beta
distribution (Hutson and Ernst, J. R. Stat. Soc. B 62, 2000). Means are those of resamples; in groups of more than
1,000 they are drawn from their normal distribution. The bootstrap fails for the maximum (Bickel and Freedman, Ann.
Stat. 9, 1981), which therefore has no such interval. With few strikes the intervals are too narrow: there is none
below `LEAST_SAMPLE` strikes, above which a nominal 90 % covered 87 to 90 % of exponentially distributed samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Numbers = npt.NDArray[np.int64]

__all__ = ["FIGURES", "LEAST_SAMPLE", "GroupedDepths", "limits"]

QUANTILES = {"median": 0.5, "q1": 0.25, "q3": 0.75, "p90": 0.9}
FIGURES = ("median", "mean", "q1", "q3", "p90", "max")
# The figures with a bootstrap interval, and the least number of strikes for each.
LEAST_SAMPLE = {"median": 12, "mean": 60, "q1": 60, "q3": 60, "p90": 80}
_RESAMPLED = 1_000  # strikes; means of larger groups are normally distributed
_VALUES_AT_ONCE = 4_000_000
_DENSE = 0.05  # share of places used by a group, above which a product of matrices is faster


@dataclass(frozen=True)
class GroupedDepths:
    """Measured depths, contiguous by group.

    Attributes
    ----------
    depth_km
        Sorted by group, and within it as in the table.
    start
        Where each group begins, then where the last one ends; shape (groups + 1,).
    row
        The table row of each depth.
    """

    depth_km: Floats
    start: Numbers
    row: Numbers

    @staticmethod
    def of(depth_km: Floats, row: Numbers, group: Numbers, groups: int) -> GroupedDepths:
        """The depths of grouped rows; `row` and `group` have one entry per row and group."""
        order = np.argsort(group, kind="stable")
        start = np.searchsorted(group[order], np.arange(groups + 1))
        return GroupedDepths(depth_km[row[order]], start, row[order])

    @property
    def size(self) -> Numbers:
        """The number of depths of each group."""
        return np.diff(self.start)

    @property
    def group(self) -> Numbers:
        """The group of each depth."""
        return np.repeat(np.arange(len(self.size)), self.size)

    def figures(self) -> pd.DataFrame:
        """The figures in km, one row per group; NaN without depths."""
        grouped = pd.Series(self.depth_km).groupby(self.group)
        found = {name: grouped.quantile(share) for name, share in QUANTILES.items()}
        found |= {"mean": grouped.mean(), "max": grouped.max()}
        return pd.DataFrame(found, columns=list(FIGURES), index=range(len(self.size)))

    def farthest(self) -> Numbers:
        """The row of the greatest depth of each group, the first of equals; -1 for none."""
        first = pd.Series(self.depth_km).groupby(self.group).idxmax()
        rows = pd.Series(self.row[first.to_numpy(dtype=np.int64)], index=first.index)
        return rows.reindex(range(len(self.size)), fill_value=-1).to_numpy(dtype=np.int64)

    def over_places(self, place: Numbers, drawn_km: Floats, level: float) -> dict[str, Floats]:
        """Low and high of each figure over the draws of the places, shape (groups, 2).

        `place` is the place of each table row, `drawn_km` has shape (places, draws). NaN for a group with a place that
        was not drawn.
        """
        found = np.full((len(FIGURES), len(self.size), 2), np.nan)
        if not drawn_km.size:
            return dict(zip(FIGURES, found, strict=True))
        least, most = drawn_km.min(axis=1), drawn_km.max(axis=1)
        means = self._means_over_draws(place[self.row], drawn_km)
        for group in np.flatnonzero(self.size):
            places = place[self.row[self.start[group] : self.start[group + 1]]]
            if np.isnan(least[places]).any():
                continue
            over_draws = _over_draws(places, drawn_km, least, most) | {"mean": means[group]}
            found[:, group] = limits(np.stack([over_draws[name] for name in FIGURES]), level)
        return dict(zip(FIGURES, found, strict=True))

    def _means_over_draws(self, place: Numbers, drawn_km: Floats) -> Floats:
        """The mean of every draw, shape (groups, draws), in batches of groups; `place` is the place of each depth."""
        means = np.zeros((len(self.size), drawn_km.shape[1]))
        places = len(drawn_km)
        drawn_km = np.nan_to_num(drawn_km)  # groups with an undrawn place have no interval, and the others not its NaN
        step = max(1, _VALUES_AT_ONCE // places)
        for first in range(0, len(means), step):
            last = min(first + step, len(means))
            part = slice(self.start[first], self.start[last])
            code = (self.group[part] - first) * places + place[part]
            if len(code) > _DENSE * (last - first) * places:
                strikes = np.bincount(code, minlength=(last - first) * places).reshape(last - first, places)
                means[first:last] = strikes @ drawn_km
            else:
                for group in first + np.unique(self.group[part] - first):
                    means[group] = drawn_km[place[self.start[group] : self.start[group + 1]]].sum(axis=0)
        return means / np.maximum(self.size, 1)[:, None]

    def over_samples(self, resamples: int, level: float, random: np.random.Generator) -> dict[str, Floats]:
        """Low and high of each figure of `LEAST_SAMPLE` over resamples, shape (groups, 2); NaN for too few strikes."""
        found = {name: np.full((len(self.size), 2), np.nan) for name in LEAST_SAMPLE}
        if not resamples:
            return found
        ordered = self.depth_km[np.lexsort((self.depth_km, self.group))]  # so the rows' order changes nothing
        filled = np.flatnonzero(self.size >= min(LEAST_SAMPLE.values()))
        for groups in np.array_split(filled, 1 + len(filled) * resamples // _VALUES_AT_ONCE):
            for name, share in QUANTILES.items():
                part = (self.start[groups], self.size[groups])
                values = _quantiles_of_resamples(ordered, part, share, resamples, random)
                found[name][groups] = limits(values, level)
            found["mean"][groups] = limits(self._means_of_resamples(ordered, groups, resamples, random), level)
        for name, least in LEAST_SAMPLE.items():
            found[name][self.size < least] = np.nan
        return found

    def _means_of_resamples(
        self, ordered: Floats, groups: Numbers, resamples: int, random: np.random.Generator
    ) -> Floats:
        """Shape (groups, resamples)."""
        grouped = pd.Series(ordered).groupby(self.group)
        mean, spread = (
            moment.reindex(range(len(self.size))).to_numpy()[groups, None]
            for moment in (grouped.mean(), grouped.std(ddof=0))
        )
        size = self.size[groups]
        means = mean + spread / np.sqrt(size)[:, None] * random.standard_normal((len(groups), resamples))
        few = np.flatnonzero(size <= _RESAMPLED)
        if len(few):
            starts, sizes = np.repeat(self.start[groups[few]], size[few]), np.repeat(size[few], size[few])
            ends = np.cumsum(size[few]) - size[few]
            for resample in range(resamples):
                chosen = starts + (random.random(len(starts)) * sizes).astype(np.int64)
                means[few, resample] = np.add.reduceat(ordered[chosen], ends) / size[few]
        return means


def limits(values: Floats, level: float) -> Floats:
    """The interval that contains a share of the last axis, as low and high; shape (..., 2).

    Examples
    --------
    >>> limits(np.arange(101.0), 0.9).round(3).tolist()
    [5.0, 95.0]
    """
    out = (1 - level) / 2
    ends: Floats = np.moveaxis(np.quantile(values, [out, 1 - out], axis=-1), 0, -1)
    return ends


# --- over the places --------------------------------------------------------------------------------------------------


def _over_draws(places: Numbers, drawn_km: Floats, least: Floats, most: Floats) -> dict[str, Floats]:
    """The figures of one group, for every draw."""
    low, high = np.sort(least[places]), np.sort(most[places])
    last = len(places) - 1
    found = {"max": _order_statistics(places, drawn_km, (least, most), (low[last], high[last]), (last, last))[0]}
    for name, share in QUANTILES.items():
        lower, weight = int(last * share), last * share % 1
        upper = min(lower + 1, last)
        below, above = _order_statistics(places, drawn_km, (least, most), (low[lower], high[upper]), (lower, upper))
        found[name] = below + weight * (above - below)
    return found


def _order_statistics(
    places: Numbers,
    drawn_km: Floats,
    ranges: tuple[Floats, Floats],
    between: tuple[float, float],
    ranks: tuple[int, int],
) -> tuple[Floats, Floats]:
    """The depths of two neighbouring ranks, for every draw; both are between two known depths."""
    least, most = (side[places] for side in ranges)
    can_matter = places[(most >= between[0]) & (least <= between[1])]
    below = int((most < between[0]).sum())
    lower, upper = (rank - below for rank in ranks)
    found = np.empty((2, drawn_km.shape[1]))
    step = max(1, _VALUES_AT_ONCE // len(can_matter))
    for first in range(0, drawn_km.shape[1], step):
        values = np.partition(drawn_km[can_matter, first : first + step].T, (lower, upper), axis=1)
        found[:, first : first + step] = values[:, lower], values[:, upper]
    return found[0], found[1]


# --- over samples -----------------------------------------------------------------------------------------------------


def _quantiles_of_resamples(
    ordered: Floats, part: tuple[Numbers, Numbers], share: float, resamples: int, random: np.random.Generator
) -> Floats:
    """A quantile of every resample of each group, shape (groups, resamples); `part` is starts and sizes."""
    start, size = (numbers[:, None] for numbers in part)
    at = (size - 1) * share
    rank = at.astype(np.int64) + 1  # from 1
    # With two values or more and a share below 1, the upper rank is never above the last.
    lower = random.beta(rank, size - rank + 1, (len(size), resamples))
    upper = lower + (1 - lower) * random.beta(1, size - rank, (len(size), resamples))
    values = [ordered[start + np.ceil(size * u).astype(np.int64) - 1] for u in (lower, upper)]
    quantiles: Floats = values[0] + at % 1 * (values[1] - values[0])
    return quantiles

"""The number and share of strikes by band of depth."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.errors import TableError
from geostrike.stats.groups import group_strikes, measured_rows
from geostrike.stats.intervals import limits
from geostrike.stats.summary import place_draws
from geostrike.tables import DEPTH_BREAKS_KM, STRIKES, usable_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy.typing as npt

    Floats = npt.NDArray[Any]
    Numbers = npt.NDArray[np.int64]

    from geostrike.borders.border import Border
    from geostrike.results import PlaceDraws

__all__ = ["BAND_EDGES_KM", "bands"]

BAND_EDGES_KM = DEPTH_BREAKS_KM
_BETAS = 1_000


def bands(
    strikes: pd.DataFrame,
    by: str | None = None,
    *,
    edges_km: Sequence[float] = BAND_EDGES_KM,
    border: Border | Sequence[Border] | None = None,
    areas: gpd.GeoDataFrame | None = None,
    draws: int | PlaceDraws = 200,
    seed: int = 0,
    level: float = 0.9,
    dates: str = "first",
) -> pd.DataFrame:
    """Count strikes by band of depth, one row per direction of fire, group and band.

    Parameters
    ----------
    strikes
        Strikes with the columns that `measure_depth` adds.
    by, border, areas, draws, seed, level, dates
        As in `depth_summary`.
    edges_km
        Edges between the bands in kilometres, rising; a strike on an edge counts in the band above.

    Returns
    -------
    DataFrame
        With `direction`, the group's column, `band` in words, `from_km` (0 for the first), `to_km` (infinite for the
        last), `strikes`, `share` of those with depth, its interval over the places `share_place_low,
        share_place_high`, and, for samples, `share_sample_low, share_sample_high` (Jeffreys' interval, also valid for
        an empty band). Every band is listed, in order.

    Raises
    ------
    TableError
        If a column is missing, the edges do not rise, or `by` is neither a period nor a column.

    Examples
    --------
    >>> from geostrike.tables import STRIKES, build_table
    >>> rows = [{"attacker": "UKR", "struck_country": "RUS", "side": "across", "depth_km": d} for d in (32.0, 342.0)]
    >>> found = bands(build_table(STRIKES, rows), draws=0)
    >>> found.loc[found.strikes > 0, ["band", "share"]].to_numpy().tolist()
    [['under 50 km', 0.5], ['250-500 km', 0.5]]
    """
    strikes = usable_frame(strikes, STRIKES)
    edges = np.asarray(edges_km, dtype=float)
    if len(edges) == 0 or (np.diff(edges, prepend=0.0) <= 0).any():
        msg = f"the edges of the bands must rise, from above 0: {', '.join(f'{edge:g}' for edge in edges)}"
        raise TableError(msg)
    grouping = group_strikes(strikes, by, dates)
    measured = measured_rows(strikes)[grouping.row]
    row, group = grouping.row[measured], grouping.group[measured]
    band = np.searchsorted(edges, strikes["depth_km"].to_numpy(dtype=float)[row], side="right")
    shape = (len(grouping.keys), len(edges) + 1)
    count = _table(group, band, shape)
    drawn = place_draws(strikes, draws, border=border, areas=areas, seed=seed)
    limits_of = {
        "place": _over_places((group, drawn.of(strikes)[row]), drawn.depth_km, edges, shape, level),
        "sample": _over_samples(count, level, np.random.default_rng(seed)),
    }
    columns: dict[str, Floats] = {"strikes": count, "share": _shares(count)}
    for kind, ends in limits_of.items():
        columns |= {f"share_{kind}_low": ends[..., 0], f"share_{kind}_high": ends[..., 1]}
    frame = grouping.keys.loc[np.repeat(np.arange(shape[0]), shape[1])].reset_index(drop=True)
    frame["band"] = pd.Series(np.tile(_names(edges), shape[0]), dtype="str")
    frame["from_km"] = np.tile(np.append(0.0, edges), shape[0])
    frame["to_km"] = np.tile(np.append(edges, np.inf), shape[0])
    return frame.assign(**{name: column.ravel() for name, column in columns.items()})


def _table(group: Numbers, band: Numbers, shape: tuple[int, int]) -> Floats:
    """Count rows by group and band."""
    return np.bincount(group * shape[1] + band, minlength=shape[0] * shape[1]).reshape(shape)


def _shares(count: Floats) -> Floats:
    """Shares within each group; NaN for an empty group."""
    total = count.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(count, total, out=np.full(count.shape, np.nan), where=total > 0)
    return shares


def _over_places(
    entries: tuple[Numbers, Numbers], drawn_km: Floats, edges: Floats, shape: tuple[int, int], level: float
) -> Floats:
    """Intervals of the shares over the draws; `entries` are the group and place of each depth."""
    group, place = entries
    if not drawn_km.shape[1]:
        return np.full((*shape, 2), np.nan)
    undrawn = np.asarray(np.isnan(drawn_km).any(axis=1))
    band = np.searchsorted(edges, drawn_km, side="right").T
    shares = np.stack([_shares(_table(group, of_place[place], shape)) for of_place in band], axis=-1)
    shares[np.unique(group[undrawn[place]])] = np.nan
    return limits(shares, level)


def _over_samples(count: Floats, level: float, random: np.random.Generator) -> Floats:
    """Jeffreys' intervals of the shares, by draws from beta distributions; NaN for a group without depths."""
    total = count.sum(axis=1, keepdims=True)
    drawn = random.beta(count[..., None] + 0.5, (total - count)[..., None] + 0.5, (*count.shape, _BETAS))
    found = limits(drawn, level)
    found[total[:, 0] == 0] = np.nan
    return found


def _names(edges: Floats) -> list[str]:
    between = [f"{low:g}-{high:g} km" for low, high in pairwise(edges)]
    return [f"under {edges[0]:g} km", *between, f"{edges[-1]:g} km and over"]

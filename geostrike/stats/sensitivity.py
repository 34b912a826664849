"""How much the headline figures depend on what was chosen: precision, border, status and merging, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from geostrike.borders.border import Border
from geostrike.depth import measure_depth
from geostrike.merging.merge import merge_strikes
from geostrike.stats.places import PlaceDraws, draw_depths
from geostrike.stats.summary import depth_summary
from geostrike.tables import DECISIONS, build_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import geopandas as gpd

__all__ = ["LocatedStrikes", "sensitivity"]

HEADLINES = [
    "strikes", "located", "with_depth", "home", "outside", "median_km", "median_place_low_km", "median_place_high_km",
    "mean_km", "q1_km", "q3_km", "p90_km", "max_km", "farthest_id", "farthest_place",
]  # fmt: skip
PRECISIONS = {
    "facilities only": ("facility", "point"),
    "facilities and settlements": ("facility", "point", "settlement"),
}
# What each step adds to the one before; the last one is everything.
STATUS_STEPS = (
    ("confirmed only", ("confirmed",)),
    ("with claimed", ("claimed_by_attacker", "claimed_by_target")),
    ("with unconfirmed and disputed", ("unconfirmed", "disputed")),
    ("with intercepted", ("intercepted", "aborted")),
)
# Each record a strike of its own; of those that may be one, the most closely located only.
ENDS_OF_MERGING = ("each record alone", "what may be one, once")
# Wider tolerances than the rule's own, which asks for a day in common and for one place.
MERGING: Mapping[str, Mapping[str, Any]] = {
    "up to 1 day apart": {"days_apart": 1},
    "up to 3 days apart": {"days_apart": 3},
    "up to 10 km apart": {"km_apart": 10.0},
}
_MAY_BE_ONE = ("same", "possibly_same", "part_of")


class LocatedStrikes(Protocol):
    """What `sensitivity` takes from the outcome of `locate`."""

    @property
    def strikes(self) -> gpd.GeoDataFrame:
        """The strikes, with depth."""

    @property
    def records(self) -> gpd.GeoDataFrame:
        """What single reports tell, with places."""

    @property
    def claims(self) -> pd.DataFrame:
        """Who says what of a record."""

    @property
    def reports(self) -> pd.DataFrame:
        """The reports, with their dates."""

    @property
    def relations(self) -> pd.DataFrame:
        """Which strikes may be one."""

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """Polygons by place_id."""

    @property
    def border(self) -> Border:
        """The line that depth is measured from."""

    @property
    def run(self) -> Mapping[str, Any]:
        """What the run says of itself: how it merged, and a reviewer's decisions."""


class Choice(NamedTuple):
    """One way to choose, the strikes that it gives, and the draws of their places."""

    aspect: str
    choice: str
    strikes: pd.DataFrame
    drawn: PlaceDraws


def sensitivity(
    result: LocatedStrikes,
    borders: Sequence[Border] | Mapping[str, Border] | None = None,
    *,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.9,
    merging: Mapping[str, Mapping[str, Any]] = MERGING,
    merged_anew_up_to: int = 10_000,
    progress: bool = False,
) -> pd.DataFrame:
    """Every headline figure again under other choices, in one table.

    Parameters
    ----------
    result
        What `locate` returned.
    borders
        Other definitions of the border, named by their definition or by a mapping's keys. By default those that ship
        for the same two countries.
    draws, seed, level
        For the interval of the median over the places, as in `depth_summary`; without draws it is NaN.
    merging
        Choices of merging, by name: options of `merge_strikes`, such as how many days or kilometres may lie between the
        records of one strike. A reviewer's decisions on two records stand over each of them.
    merged_anew_up_to
        With more records than this nothing is merged anew, for that takes time, and the rows of `merging` are left out;
        those of the two extremes, nothing merged and everything merged that may be one, are there whenever there are
        records. The rows of a table of events are not merged, and have no rows of `merging`.
    progress
        Whether to show a progress bar.

    Returns
    -------
    DataFrame
        For each direction of fire one row a choice: `direction`, `aspect` ("as located", "precision", "border",
        "status" or "merging"), `choice` in words, the figures of `depth_summary`, and `median_change_km`, the
        difference of the median from that of the strikes as located.

    Examples
    --------
    >>> from geostrike.pipeline import locate
    >>> reports = pd.DataFrame({"text": ["Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."]})
    >>> table = sensitivity(locate(reports))
    >>> table.loc[table.aspect == "border", ["choice", "median_km"]].round(1).to_numpy().tolist()
    [['land', 32.1], ['territory', 32.1], ['territory_without_crimea', 32.1]]
    """
    drawing = _Drawing(result, draws, seed)
    as_located = drawing.choice("as located", "all strikes", result.strikes, result.border)
    steps = [
        _by_precision(as_located),
        _by_border(result, borders, as_located, drawing),
        _by_status(as_located),
        _by_merging(result, as_located, drawing),
        _merged_anew(result, drawing, merging if 0 < len(result.records) <= merged_anew_up_to else {}),
    ]
    base = _summary(as_located, seed, level)
    found = [("as located", "all strikes", base)]
    for step in _shown(steps, show=progress):
        # Some choices change nothing. What they chose is let go, for each has strikes of its own.
        for choice in step:
            same = choice.strikes is result.strikes
            found.append((choice.aspect, choice.choice, base if same else _summary(choice, seed, level)))
    directions = sorted({name for _, _, summary in found for name in summary["direction"]})
    parts = [_rows(*row, directions) for row in found]
    table = pd.concat(parts, ignore_index=True).sort_values("direction", kind="stable", ignore_index=True)
    of_direction = base.set_index("direction")["median_km"].reindex(table["direction"]).to_numpy(dtype=float)
    return table.assign(median_change_km=table["median_km"] - of_direction)


def _summary(choice: Choice, seed: int, level: float) -> pd.DataFrame:
    return depth_summary(choice.strikes, draws=choice.drawn, bootstrap=0, seed=seed, level=level)


def _shown(steps: list[Iterator[Choice]], *, show: bool) -> Iterable[Iterator[Choice]]:
    if not show:
        return steps
    from tqdm.auto import tqdm

    bar: Iterable[Iterator[Choice]] = tqdm(steps, desc="comparing choices", unit="aspect", leave=False)
    return bar


def _rows(aspect: str, choice: str, summary: pd.DataFrame, directions: list[str]) -> pd.DataFrame:
    """The headline figures of a choice for every direction, those that it leaves nothing of with zeros."""
    found = summary.set_index("direction").reindex(directions)[HEADLINES]
    counts = [name for name in HEADLINES if not name.endswith(("_km", "_id", "_place"))]
    found[counts] = found[counts].fillna(0).astype("int64")
    words = ["farthest_id", "farthest_place"]
    found[words] = found[words].fillna("")
    found = found.reset_index()
    found.insert(1, "aspect", aspect)
    found.insert(2, "choice", choice)
    return found


@dataclass(frozen=True)
class _Drawing:
    """How places are drawn, the same way for every choice."""

    result: LocatedStrikes
    draws: int
    seed: int

    def choice(self, aspect: str, name: str, strikes: pd.DataFrame, border: Border) -> Choice:
        drawn = draw_depths(strikes, border, areas=self.result.areas, draws=self.draws, seed=self.seed)
        return Choice(aspect, name, strikes, drawn)

    def measured(self, aspect: str, name: str, strikes: pd.DataFrame, border: Border) -> Choice:
        return self.choice(aspect, name, measure_depth(strikes, border, areas=self.result.areas), border)


# --- the choices ------------------------------------------------------------------------------------------------------


def _by_precision(base: Choice) -> Iterator[Choice]:
    for name, kinds in PRECISIONS.items():
        yield Choice("precision", name, base.strikes[base.strikes["place_kind"].isin(kinds)], base.drawn)
    yield base._replace(aspect="precision", choice="all")


def _by_status(base: Choice) -> Iterator[Choice]:
    for number, (name, _) in enumerate(STATUS_STEPS, start=1):
        counted = [status for _, statuses in STATUS_STEPS[:number] for status in statuses]
        yield Choice("status", name, base.strikes[base.strikes["status"].isin(counted)], base.drawn)


def _by_border(
    result: LocatedStrikes,
    borders: Sequence[Border] | Mapping[str, Border] | None,
    base: Choice,
    drawing: _Drawing,
) -> Iterator[Choice]:
    own = result.border
    if borders is None:
        shipped = Border.shipped() if own.definition != "given" else []
        borders = [border for border in shipped if border.pair == own.pair and border.border_id != own.border_id]
        borders.insert(0, own)
    named = borders.items() if isinstance(borders, Mapping) else [(border.definition, border) for border in borders]
    for name, border in named:
        if border is own:
            yield base._replace(aspect="border", choice=name)
        else:
            yield drawing.measured("border", name, result.strikes, border)


def _by_merging(result: LocatedStrikes, base: Choice, drawing: _Drawing) -> Iterator[Choice]:
    """The two ends: each record a strike of its own, and whatever may be one counted once."""
    if result.records.empty:
        return
    records = result.records.assign(strike_id=result.records["record_id"], struck_country="")
    yield drawing.measured("merging", ENDS_OF_MERGING[0], records, result.border)
    repeated = base.strikes["strike_id"].isin(_less_precise(base.strikes, result.relations))
    yield Choice("merging", ENDS_OF_MERGING[1], base.strikes[~repeated], base.drawn)


def _merged_anew(
    result: LocatedStrikes, drawing: _Drawing, merging: Mapping[str, Mapping[str, Any]]
) -> Iterator[Choice]:
    # A reviewer's decisions on two records stand under every choice, and so does what the run was told of merging.
    rows = result.run.get("decided")
    rule = {
        "decided": build_table(DECISIONS, rows) if rows else None,
        **result.run.get("overrides", {}).get("merging", {}),
    }
    for name, options in merging.items():
        merged = merge_strikes(result.records, result.claims, reports=result.reports, **(rule | dict(options)))
        yield drawing.measured("merging", name, merged.strikes, result.border)


def _less_precise(strikes: pd.DataFrame, relations: pd.DataFrame) -> set[str]:
    """Of each pair of strikes that may be one, the less precisely located; the later one where that is equal."""
    order = strikes["radius_km"].fillna(np.inf).argsort(kind="stable").argsort(kind="stable")
    rank = dict(zip(strikes["strike_id"], order, strict=True))
    pairs = relations[relations["relation"].isin(_MAY_BE_ONE)]
    return {
        max(left, right, key=rank.__getitem__)
        for left, right in zip(pairs["left_id"], pairs["right_id"], strict=True)
        if left in rank and right in rank
    }

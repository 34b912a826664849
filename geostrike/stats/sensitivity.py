"""The sensitivity of the headline figures to choices of precision, border, status and merging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from geostrike.borders.border import Border
from geostrike.depth import measure_depth
from geostrike.merging.merge import merge_strikes
from geostrike.stats.summary import depth_summary, place_draws
from geostrike.tables import PLACE_KINDS, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from geostrike.results import Located, PlaceDraws
    from geostrike.tables import Kind, Status

__all__ = ["sensitivity"]

HEADLINES = [
    "strikes", "located", "with_depth", "home", "outside", "median_km", "median_place_low_km", "median_place_high_km",
    "mean_km", "q1_km", "q3_km", "p90_km", "max_km", "farthest_id", "farthest_place",
]  # fmt: skip


def _steps(words: Iterable[Status] | Iterable[Kind]) -> dict[str, list[str]]:
    """The words of a vocabulary that count at each step, those of earlier steps included."""
    found: dict[str, list[str]] = {}
    counted: list[str] = []
    for step, group in groupby((word for word in words if word.step), key=lambda word: word.step):
        counted = [*counted, *(word.word for word in group)]
        found[step] = counted
    return found


PRECISIONS = _steps(PLACE_KINDS.values())
STATUS_STEPS = _steps(STATUSES.values())
# Each record as its own strike; and of strikes that may be the same, only the most precisely located.
ENDS_OF_MERGING = ("each record alone", "what may be one, once")
# Wider tolerances than those of the rule, which needs a common day and one place.
MERGING: Mapping[str, Mapping[str, Any]] = {
    "up to 1 day apart": {"days_apart": 1},
    "up to 3 days apart": {"days_apart": 3},
    "up to 10 km apart": {"km_apart": 10.0},
}
_MAY_BE_ONE = ("same", "possibly_same", "part_of")


class Choice(NamedTuple):
    """One choice, and the summary of the strikes under it."""

    aspect: str
    choice: str
    summary: pd.DataFrame


def sensitivity(
    result: Located,
    borders: Sequence[Border] | Mapping[str, Border] | None = None,
    *,
    summary: pd.DataFrame | None = None,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.9,
    merging: Mapping[str, Mapping[str, Any]] = MERGING,
    merged_anew_up_to: int = 10_000,
    progress: bool = False,
) -> pd.DataFrame:
    """Compute every headline figure under other choices, in one table.

    Parameters
    ----------
    result
        What `locate` returned.
    borders
        Other borders, named by their definition or by a mapping's keys. By default those that ship for the same two
        countries.
    summary
        The `depth_summary` of these strikes; computed by default, and always with draws.
    draws, seed, level
        For the place interval of the median, as in `depth_summary`; NaN without draws.
    merging
        Choices of merging, by name: options of `merge_strikes`, such as tolerances in days or kilometres. A reviewer's
        decisions on two records take precedence.
    merged_anew_up_to
        With more records than this, nothing is merged again, to save time, and the rows of `merging` are left out. The
        two extremes, nothing merged and everything merged that may be the same, remain. Tables of events are not
        merged, and have no rows of `merging`.
    progress
        Whether to show a progress bar.

    Returns
    -------
    DataFrame
        One row per direction of fire and choice: `direction`, `aspect` ("as located", "precision", "border",
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
    strikes = _Strikes.of(result, summary, draws, seed, level)
    base = Choice("as located", "all strikes", strikes.summary)
    steps = [
        _by_precision(strikes),
        _by_border(strikes, borders),
        _by_status(strikes),
        _by_merging(strikes),
        _merged_anew(strikes, merging if 0 < len(result.records) <= merged_anew_up_to else {}),
    ]
    found = [base, *(choice for step in _shown(steps, show=progress) for choice in step)]
    directions = sorted({name for choice in found for name in choice.summary["direction"]})
    parts = [_rows(choice, directions) for choice in found]
    table = pd.concat(parts, ignore_index=True).sort_values("direction", kind="stable", ignore_index=True)
    of_direction = strikes.summary.set_index("direction")["median_km"].reindex(table["direction"]).to_numpy(dtype=float)
    return table.assign(median_change_km=table["median_km"] - of_direction)


def _shown(steps: list[Iterator[Choice]], *, show: bool) -> Iterable[Iterator[Choice]]:
    if not show:
        return steps
    from tqdm.auto import tqdm

    bar: Iterable[Iterator[Choice]] = tqdm(steps, desc="comparing choices", unit="aspect", leave=False)
    return bar


def _rows(choice: Choice, directions: list[str]) -> pd.DataFrame:
    """The headline figures of a choice for every direction; zeros for a direction without strikes."""
    found = choice.summary.set_index("direction").reindex(directions)[HEADLINES]
    counts = [name for name in HEADLINES if not name.endswith(("_km", "_id", "_place"))]
    found[counts] = found[counts].fillna(0).astype("int64")
    words = ["farthest_id", "farthest_place"]
    found[words] = found[words].fillna("")
    found = found.reset_index()
    found.insert(1, "aspect", choice.aspect)
    found.insert(2, "choice", choice.choice)
    return found


@dataclass(frozen=True)
class _Strikes:
    """The strikes as located, with the summaries of choices; each set of strikes is summarised once.

    Attributes
    ----------
    located
        The run.
    summary
        The summary of all its strikes.
    drawn
        The draws of their places.
    options
        How places are drawn, the same for every choice.
    known
        Row flags -> the summary of the flagged rows.
    """

    located: Located
    summary: pd.DataFrame
    drawn: PlaceDraws
    options: _Options
    known: dict[bytes, pd.DataFrame]

    @staticmethod
    def of(located: Located, summary: pd.DataFrame | None, draws: int, seed: int, level: float) -> _Strikes:
        drawn = place_draws(located.strikes, draws, border=located.border, areas=located.areas, seed=seed)
        if summary is None or draws:
            summary = depth_summary(located.strikes, draws=drawn, bootstrap=0, seed=seed, level=level)
        else:
            summary = summary.assign(median_place_low_km=np.nan, median_place_high_km=np.nan)
        everything = np.ones(len(located.strikes), dtype=bool).tobytes()
        return _Strikes(located, summary, drawn, _Options(draws, seed, level), {everything: summary})

    def summarise(self, rows: npt.NDArray[np.bool_]) -> pd.DataFrame:
        """Summarise some of the strikes as located."""
        key, options = rows.tobytes(), self.options
        if key not in self.known:
            self.known[key] = depth_summary(
                self.located.strikes[rows], draws=self.drawn, bootstrap=0, seed=options.seed, level=options.level
            )
        return self.known[key]

    def measure(self, strikes: pd.DataFrame, border: Border) -> pd.DataFrame:
        """Measure and summarise other strikes, or these from another border."""
        areas, options = self.located.areas, self.options
        found = measure_depth(strikes, border, areas=areas)
        return depth_summary(
            found, border=border, areas=areas, draws=options.draws, bootstrap=0, seed=options.seed, level=options.level
        )


class _Options(NamedTuple):
    draws: int
    seed: int
    level: float


# --- the choices ------------------------------------------------------------------------------------------------------


def _by_precision(strikes: _Strikes) -> Iterator[Choice]:
    for name, kinds in PRECISIONS.items():
        rows = strikes.located.strikes["place_kind"].isin(kinds)
        yield Choice("precision", name, strikes.summarise(rows.to_numpy(dtype=bool)))
    yield Choice("precision", "all", strikes.summary)


def _by_status(strikes: _Strikes) -> Iterator[Choice]:
    for name, counted in STATUS_STEPS.items():
        rows = strikes.located.strikes["status"].isin(counted)
        yield Choice("status", name, strikes.summarise(rows.to_numpy(dtype=bool)))


def _by_border(strikes: _Strikes, borders: Sequence[Border] | Mapping[str, Border] | None) -> Iterator[Choice]:
    own = strikes.located.border
    if borders is None:
        borders = [own, *(border for border in _definitions(own) if border.border_id != own.border_id)]
    named = borders.items() if isinstance(borders, Mapping) else [(border.definition, border) for border in borders]
    for name, border in named:
        found = strikes.summary if border is own else strikes.measure(strikes.located.strikes, border)
        yield Choice("border", name, found)


def _definitions(border: Border) -> list[Border]:
    """The shipped borders of the same two countries."""
    return [] if border.definition == "given" or border.pair is None else Border.shipped(border.pair)


def _by_merging(strikes: _Strikes) -> Iterator[Choice]:
    """The two extremes: every record its own strike, and strikes that may be the same counted once."""
    located = strikes.located
    if located.records.empty:
        return
    records = located.records.assign(strike_id=located.records["record_id"], struck_country="")
    yield Choice("merging", ENDS_OF_MERGING[0], strikes.measure(records, located.border))
    repeated = located.strikes["strike_id"].isin(_less_precise(located.strikes, located.relations))
    yield Choice("merging", ENDS_OF_MERGING[1], strikes.summarise((~repeated).to_numpy(dtype=bool)))


def _merged_anew(strikes: _Strikes, merging: Mapping[str, Mapping[str, Any]]) -> Iterator[Choice]:
    # A reviewer's decisions and the tolerances of the run apply under every choice.
    located = strikes.located
    rule = {"decided": located.decisions} | asdict(located.merging)
    for name, options in merging.items():
        merged = merge_strikes(located.records, located.claims, reports=located.reports, **(rule | dict(options)))
        same = len(merged.strikes) == len(located.strikes) and merged.members.equals(located.members)
        found = strikes.summary if same else strikes.measure(merged.strikes, located.border)
        yield Choice("merging", name, found)


def _less_precise(strikes: pd.DataFrame, relations: pd.DataFrame) -> set[str]:
    """The less precisely located strike of each pair that may be the same; the later one of equals."""
    order = strikes["radius_km"].fillna(np.inf).argsort(kind="stable").argsort(kind="stable")
    rank = dict(zip(strikes["strike_id"], order, strict=True))
    pairs = relations[relations["relation"].isin(_MAY_BE_ONE)]
    return {
        max(left, right, key=rank.__getitem__)
        for left, right in zip(pairs["left_id"], pairs["right_id"], strict=True)
        if left in rank and right in rank
    }

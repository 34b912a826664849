"""How precisely places are known, and stated against computed distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostrike.figures.style import INK, counted, describe, drawing, new_axes, plain, readable
from geostrike.tables import DISTANCES, PLACE_KINDS, STRIKES, VERDICT_ORDER, check_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["place_precision", "stated_distances"]

_THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.0f}")
_NOT_LOCATED = {"ambiguous": "ambiguous name", "unresolved": "no place found", "pending": "not looked up yet"}
MOST_STATED = 16


def place_precision(strikes: pd.DataFrame, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Plot how precisely the strikes' places are known: by kind of place, and how many could not be located.

    Parameters
    ----------
    strikes
        A strikes table.
    title
        Title above the figure; none by default.
    ax
        Axes to draw in; a new figure by default.

    Raises
    ------
    TableError
        If a column is missing.

    Examples
    --------
    >>> from geostrike.tables import build_table
    >>> rows = [{"place_kind": "region", "place_status": "resolved"}, {"place_status": "unresolved"}]
    >>> place_precision(build_table(STRIKES, rows)).get_label()
    'Place precision of 2 strikes: region 1, no place found 1.'
    """
    check_table(strikes, STRIKES, columns=["place_kind", "place_status"])
    rows = _precision_rows(strikes)
    with drawing():
        ax = ax or new_axes(0.2 + 0.24 * max(1, len(rows)), left=1.05, top=0.08, bottom=0.12, right=0.35, title=title)
        for number, row in enumerate(rows):
            ax.barh(number, row.strikes, 0.68, color=INK[row.fill], linewidth=0.9, edgecolor=INK[row.edge],
                    hatch=row.hatch)  # fmt: skip
            ax.annotate(
                f"{row.strikes:,}", (row.strikes, number), xytext=(4, 0), textcoords="offset points", va="center"
            )
        ax.set_yticks(range(len(rows)), [row.name for row in rows], color=INK["ink"])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(0, max(1, *(row.strikes for row in rows)) if rows else 1)
        ax.set_xticks([])
        ax.grid(visible=False)
        ax.spines[["bottom", "left"]].set_visible(False)
        counts = ", ".join(f"{row.name} {row.strikes:,}" for row in rows) or "none"
        return describe(ax, title, f"Place precision of {counted(len(strikes))}: {counts}.", pad=6)


class _Row(NamedTuple):
    """One bar: its label and length, and the names of its colours."""

    name: str
    strikes: int
    fill: str
    edge: str = "depth3"
    hatch: str | None = None


def _precision_rows(strikes: pd.DataFrame) -> list[_Row]:
    """The number of strikes by kind of place, then of those without a place by the reason."""
    located = strikes["place_status"].isin(["resolved", "given"])
    kinds = strikes.loc[located, "place_kind"].value_counts()
    statuses = strikes["place_status"].value_counts()
    found = [
        _Row(word or "kind unknown", int(kinds[word]), kind.colour)
        for word, kind in PLACE_KINDS.items()
        if word in kinds.index
    ]
    return found + [
        _Row(name, int(statuses[status]), "paper", "dim", "////")
        for status, name in _NOT_LOCATED.items()
        if status in statuses.index
    ]


def stated_distances(
    distances: pd.DataFrame, strikes: pd.DataFrame, *, title: str = "", ax: Axes | None = None
) -> Axes:
    """Plot the distances that reports state against the computed ones.

    A diamond marks the stated value; the bar spans the computed distance, least to greatest over the place's
    uncertainty. The worst verdicts come first; at most 16 are drawn.

    Parameters
    ----------
    distances
        Stated distances with their verdicts (`check_stated_distances`), in kilometres.
    strikes
        The strikes they belong to.
    title
        Title above the figure; none by default.
    ax
        Axes to draw in; a new figure by default.

    Raises
    ------
    TableError
        If a column is missing.

    Examples
    --------
    >>> from geostrike.tables import empty_table
    >>> stated_distances(empty_table(DISTANCES), empty_table(STRIKES)).get_label()
    'Stated against computed distances: none to compare.'
    """
    check_table(
        distances, DISTANCES, columns=["strike_id", "value_km", "computed_min_km", "computed_max_km", "verdict"]
    )
    check_table(strikes, STRIKES, columns=["strike_id", "place", "depth_km"])
    rows = _comparable(distances, strikes)
    drawn = rows.head(MOST_STATED)
    with drawing():
        ax = ax or new_axes(0.7 + 0.3 * max(1, len(drawn)), left=1.3, top=0.3, bottom=0.4, title=title)
        ends = np.nanmax(drawn[["value_km", "computed_max_km"]].to_numpy(dtype=float)) if len(drawn) else 1.0
        ax.set_xlim(0, 1.08 * max(1.0, float(ends)))
        at = np.arange(len(drawn))
        ax.barh(at, drawn["computed_max_km"] - drawn["computed_min_km"], 0.34, left=drawn["computed_min_km"],
                color=INK["none"], alpha=0.75, label="computed")  # fmt: skip
        ax.hlines(at, drawn[["value_km", "computed_max_km"]].min(axis=1), drawn["value_km"], colors=INK["dim"],
                  linewidth=0.7, linestyles=(0, (1.5, 1.5)))  # fmt: skip
        ax.scatter(drawn["value_km"], at, s=26, marker="D", color=INK["depth2"], edgecolors=INK["edge"], linewidths=0.6,
                   zorder=3, label="stated in a report")  # fmt: skip
        names = [
            f"{plain(place, 20)}\n{verdict}" for place, verdict in zip(drawn["place"], drawn["verdict"], strict=True)
        ]
        ax.set_yticks(at, names, color=INK["ink"])
        ax.set_ylim(max(1, len(drawn)) - 0.4, -0.6)
        ax.grid(visible=True, axis="x")
        ax.grid(visible=False, axis="y")
        ax.xaxis.set_major_formatter(_THOUSANDS)
        ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.set_xlabel("km", loc="right")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.6)
        return describe(ax, title, _stated_text(rows, len(drawn)), pad=22)


def _comparable(distances: pd.DataFrame, strikes: pd.DataFrame) -> pd.DataFrame:
    """The stated distances with a computed one, each once, the worst verdict first."""
    rows = distances[distances["computed_max_km"].notna() & distances["value_km"].notna()]
    theirs = strikes[strikes["strike_id"].isin(rows["strike_id"])]
    names = {key: readable(place) for key, place in zip(theirs["strike_id"], theirs["place"], strict=True)}
    rows = pd.DataFrame(rows).assign(place=[names.get(key, "") for key in rows["strike_id"]])
    rank = {verdict: number for number, verdict in enumerate(VERDICT_ORDER)}
    rows = rows.assign(rank=rows["verdict"].map(rank))
    same = ["place", "value_km", "computed_min_km", "computed_max_km", "verdict"]
    return rows.sort_values(["rank", "place", "value_km"], kind="stable").drop_duplicates(same)


def _stated_text(rows: pd.DataFrame, drawn: int) -> str:
    if rows.empty:
        return "Stated against computed distances: none to compare."
    first = [
        f"{row.place}: stated {row.value_km:,.0f} km, computed {row.computed_min_km:,.0f} to "
        f"{row.computed_max_km:,.0f} km, {row.verdict}"
        for row in rows.head(4).itertuples()
    ]
    rest = f"; and {len(rows) - len(first)} more" if len(rows) > len(first) else ""
    hidden = f" Not drawn: {len(rows) - drawn}." if len(rows) > drawn else ""
    return f"Stated against computed distances. {'; '.join(first)}{rest}.{hidden}"

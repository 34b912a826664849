"""Depth by date, its distribution, and its classes by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostrike.figures.directions import country_names
from geostrike.figures.labels import place_labels
from geostrike.figures.style import (
    COLUMN_INCHES,
    DEPTH_COLOURS,
    DEPTH_NAMES,
    INK,
    MANY,
    Look,
    counted,
    depth_classes,
    describe,
    dots,
    drawing,
    from_one_side,
    new_axes,
)
from geostrike.stats import bands
from geostrike.stats.directions import headline, phrase
from geostrike.stats.groups import UNKNOWN
from geostrike.tables import DEPTH_BREAKS_KM, ROUGH_PRECISION, STRIKES, check_table, usable_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["depth_bands", "depth_by_date", "depth_distribution"]

_NEEDED = [
    "date_start", "date_end", "place", "geo_precision", "attacker", "target_side", "struck_country", "side", "depth_km",
    "depth_min_km", "depth_max_km",
]  # fmt: skip
NO_DATE = "no date"
MONTH_NEEDS = 3  # strikes, for its median to be drawn
_THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.0f}")


def _shown(strikes: pd.DataFrame) -> pd.DataFrame:
    """The columns of a strikes table that the figures use."""
    strikes = usable_frame(strikes, STRIKES)
    check_table(strikes, STRIKES, columns=_NEEDED)
    return strikes[_NEEDED]


# --- depth by date ---------------------------------------------------------------------------------------------------


def depth_by_date(
    strikes: pd.DataFrame,
    *,
    direction: str | None = None,
    title: str = "",
    width: float = COLUMN_INCHES,
    ax: Axes | None = None,
) -> Axes:
    """Plot the depth of each strike by its date, with the line of records and the median of each month.

    Vertical bars show the least and greatest distance over the place's uncertainty, horizontal bars the days on which
    the strike can have happened. Hollow points mark places that are known only approximately. Strikes without a first
    and a last day are drawn in a separate strip at the right. More than 2,000 strikes are drawn as one image, without
    bars.

    Parameters
    ----------
    strikes
        A strikes table with depths, in kilometres.
    direction
        The direction of fire to draw, such as "UKR to RUS"; by default the one with most strikes across the border.
    title
        Title above the figure; none by default.
    width
        Width of a new figure, in inches: 3.5 for a column, 7.2 for a page.
    ax
        Axes to draw in; a new figure by default.

    Raises
    ------
    TableError
        If a column is missing.

    Examples
    --------
    >>> from geostrike.tables import build_table
    >>> day = {"date_start": pd.Timestamp("2024-01-25"), "date_end": pd.Timestamp("2024-01-25")}
    >>> row = {"attacker": "UKR", "struck_country": "RUS", "side": "across", "depth_km": 342.0, "place": "Tuapse"}
    >>> depth_by_date(build_table(STRIKES, [row | day])).get_label()
    'Depth by date: 1 strike by Ukraine in Russia. The deepest is Tuapse, 342 km from the border, on 25 January 2024.'
    """
    shown, direction = from_one_side(_shown(strikes), direction)
    closed = shown["date_start"].notna() & shown["date_end"].notna()
    dated, undated = shown[closed].sort_values("date_start", kind="stable"), shown[~closed]
    with drawing():
        ax = ax or new_axes(1.25 + 0.25 * width, width=width, right=0.62 if len(undated) else 0.12, title=title)
        top = 1.12 * max(1.0, _greatest(shown))
        ax.set_ylim(0, top)
        ax.set_ylabel("km from the border", rotation=0, ha="left", va="bottom")
        ax.yaxis.set_label_coords(-0.02 - 0.3 / width, 1.02)
        ax.yaxis.set_major_formatter(_THOUSANDS)
        ax.yaxis.set_major_locator(MaxNLocator(6))
        _date_axis(ax, dated)
        _month_medians(ax, dated)
        middle = dated["date_start"] + (dated["date_end"] - dated["date_start"] + pd.Timedelta(days=1)) / 2
        days = mdates.date2num(middle.to_numpy())
        _spans(ax, dated)
        _points(ax, days, dated)
        _records(ax, days, dated)
        if len(undated):
            _undated_strip(ax, undated, top)
        return describe(ax, title, _date_text(shown, dated, undated, direction))


def _greatest(shown: pd.DataFrame) -> float:
    return float(np.nanmax(shown[["depth_km", "depth_max_km"]].to_numpy(dtype=float))) if len(shown) else 0.0


def _date_axis(ax: Axes, dated: pd.DataFrame) -> None:
    ax.set_xticks([])
    if dated.empty:
        return
    first, last = dated["date_start"].min(), dated["date_end"].max() + pd.Timedelta(days=1)
    room = max(pd.Timedelta(days=4), 0.06 * (last - first))
    ax.set_xlim(*mdates.date2num([first - room, last + room]))
    most = max(2, int(ax.get_window_extent().width / ax.figure.dpi / 0.48))
    days, names = _date_ticks(first - room, last + room, most)
    ax.set_xticks(mdates.date2num(days), names)


def _date_ticks(first: pd.Timestamp, last: pd.Timestamp, most: int) -> tuple[pd.DatetimeIndex, list[str]]:
    """At most so many days, months or years between two days, and their labels; a January is labelled with its year."""
    for step in (1, 2, 7, 14):
        days = pd.date_range(first.ceil("D"), last, freq=f"{step}D")
        if len(days) <= most:
            return days, [f"{day.day} {day:%b}" + (f"\n{day:%Y}" if at == 0 else "") for at, day in enumerate(days)]
    months = pd.date_range(first.ceil("D"), last, freq="MS")
    for step in (1, 2, 3, 4, 6):
        days = months[(months.month - 1) % step == 0]
        if len(days) <= most:
            return days, [f"{day:%Y}" if day.month == 1 else f"{day:%b}" for day in days]
    years = months[months.month == 1]
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100) if len(years) / step <= most), 1000)
    days = years[years.year % step == 0]
    return days, [f"{day:%Y}" for day in days]


def _points(ax: Axes, x: Any, strikes: pd.DataFrame) -> None:
    """Draw a point with its bar of uncertainty for each strike; hollow if the place is known only approximately."""
    depth = strikes["depth_km"].to_numpy()
    if len(strikes) <= MANY:
        low = np.fmin(strikes["depth_min_km"].to_numpy(), depth)
        high = np.fmax(strikes["depth_max_km"].to_numpy(), depth)
        ax.vlines(x, low, high, colors=INK["dim"], linewidth=0.7, alpha=0.8)
    rough = (strikes["geo_precision"] >= ROUGH_PRECISION).to_numpy()
    dots(ax, x, depth, Look(np.array(DEPTH_COLOURS)[depth_classes(strikes["depth_km"])], rough), size=17)


def _spans(ax: Axes, dated: pd.DataFrame) -> None:
    """Draw the days of strikes whose date is an interval of more than a night."""
    long = dated[(dated["date_end"] - dated["date_start"]).dt.days > 1]
    if 0 < len(long) <= MANY:
        first, last = (mdates.date2num(long[name].to_numpy()) for name in ("date_start", "date_end"))
        ax.hlines(long["depth_km"], first, last + 1, colors=INK["dim"], linewidth=0.7, alpha=0.8)


def _month_medians(ax: Axes, dated: pd.DataFrame) -> None:
    months = dated.groupby(dated["date_start"].dt.to_period("M"))["depth_km"].agg(["median", "size"])
    months = months[months["size"] >= MONTH_NEEDS]
    for month, median in zip(months.index, months["median"], strict=True):
        first, last = mdates.date2num([month.start_time, month.end_time])
        ax.hlines(median, first, last, colors=INK["none"], linewidth=4, alpha=0.55, zorder=1)


def _records(ax: Axes, days: Any, dated: pd.DataFrame) -> None:
    """Draw the line of the deepest strike so far, and name the strikes that moved it."""
    if dated.empty:
        return
    depth = dated["depth_km"].to_numpy()
    farthest = np.maximum.accumulate(depth)
    new = np.flatnonzero(np.r_[True, farthest[1:] > farthest[:-1]])
    steps = [*days[new], ax.get_xlim()[1]]
    ax.step(steps, [*farthest[new], farthest[-1]], where="post", color=INK["ink"], linewidth=1, zorder=5)
    named = new[::-1][:8]
    at = np.column_stack([days, depth])
    avoid = at if len(at) <= MANY else at[named]
    place_labels(ax, dated["place"].iloc[named], at[named], avoid=avoid, prefer="above")


def _undated_strip(ax: Axes, undated: pd.DataFrame, top: float) -> None:
    inches = ax.get_window_extent().width / ax.figure.dpi
    strip = ax.inset_axes((1 + 0.08 / inches, 0, 0.46 / inches, 1))
    strip.set_facecolor(INK["band"])
    strip.set_ylim(0, top)
    strip.set_xlim(-1, 1)
    strip.set(xticks=[], yticks=[])
    strip.annotate(NO_DATE, (0.5, 1.02), xycoords="axes fraction", ha="center", va="bottom", color=INK["dim"])
    strip.grid(visible=False)
    for spine in strip.spines.values():
        spine.set_visible(False)
    # Next to each other in the order of depth, so that equal depths do not overlap.
    ranked = undated.sort_values("depth_km", kind="stable")
    _points(strip, np.resize([-0.45, 0.45, 0.0], len(ranked)), ranked)


def _date_text(shown: pd.DataFrame, dated: pd.DataFrame, undated: pd.DataFrame, direction: str) -> str:
    if shown.empty:
        return "Depth by date: no strike to show."
    sentences = [f"Depth by date: {counted(len(shown))} {phrase(*country_names(direction))}."]
    if len(dated):
        farthest = dated.iloc[int(dated["depth_km"].to_numpy().argmax())]
        sentences.append(
            f"The deepest is {farthest['place']}, {farthest['depth_km']:,.0f} km from the border, "
            f"on {farthest['date_start']:%-d %B %Y}."
        )
    if len(undated):
        low, high = (f"{depth:,.0f}" for depth in (undated["depth_km"].min(), undated["depth_km"].max()))
        depths = f"{low} km" if low == high else f"{low} to {high} km"
        sentences.append(f"Without a date: {counted(len(undated))}, {depths} from the border.")
    return " ".join(sentences)


# --- distribution ----------------------------------------------------------------------------------------------------


def depth_distribution(
    strikes: pd.DataFrame, *, direction: str | None = None, title: str = "", ax: Axes | None = None
) -> Axes:
    """Plot the number of strikes by depth (above) and the cumulative share of strikes (below).

    The grey band around the lower curve shows the shares from the least and from the greatest distances over the
    places' uncertainty.

    Parameters
    ----------
    strikes
        A strikes table with depths, in kilometres.
    direction
        The direction of fire to draw; by default the one with most strikes across the border.
    title
        Title above the figure; none by default.
    ax
        Axes for the upper part; the lower part is drawn below them. A new figure by default.

    Raises
    ------
    TableError
        If a column is missing.

    Examples
    --------
    >>> from geostrike.tables import empty_table
    >>> depth_distribution(empty_table(STRIKES)).get_label()
    'Distribution of depth: no strike to show.'
    """
    shown, direction = from_one_side(_shown(strikes), direction)
    with drawing():
        ax = ax or new_axes(3.14, bottom=1.68, right=0.2, title=title)
        top = max(1.0, _greatest(shown))
        step = _bin_width(top)
        edges = np.arange(0, top + step, step)
        counts, _ = np.histogram(shown["depth_km"], edges)
        # A wider bar would cover two classes.
        colours = (
            np.array(DEPTH_COLOURS)[depth_classes(pd.Series(edges[:-1]))]
            if step <= DEPTH_BREAKS_KM[0]
            else INK["depth3"]
        )
        ax.bar(edges[:-1], counts, step, align="edge", color=colours, edgecolor=INK["paper"], linewidth=0.6)
        ax.set_ylabel(headline(*country_names(direction)), rotation=0, ha="left", va="bottom")
        ax.yaxis.set_label_coords(-0.08, 1.02)
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.yaxis.set_major_formatter(_THOUSANDS)
        ax.set_xlim(0, edges[-1])
        ax.tick_params(labelbottom=False)
        below = ax.inset_axes((0, -1.03, 1, 0.78))
        below.set_xlim(0, edges[-1])
        _share_curve(below, shown)
        return describe(ax, title, _distribution_text(shown, direction))


def _bin_width(top: float) -> float:
    """The width in km of the bars, of which at most about 24 reach the top."""
    return next((width for width in (10, 25, 50, 100, 250, 500, 1000) if top / width <= 24), 2500.0)


def _share_curve(ax: Axes, shown: pd.DataFrame) -> None:
    ax.set_ylim(0, 100)
    ax.set_yticks([0, 50, 100], ["0", "50", "100"])
    ax.set_ylabel("% of them no deeper", rotation=0, ha="left", va="bottom")
    ax.yaxis.set_label_coords(-0.08, 1.1)
    ax.xaxis.set_major_formatter(_THOUSANDS)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.set_xlabel("km from the border", loc="right")
    if shown.empty:
        return
    low, middle, high = (np.sort(shown[name].to_numpy()) for name in ("depth_min_km", "depth_km", "depth_max_km"))
    median = float(np.median(middle))
    share = 100 * np.arange(1, len(middle) + 1) / len(middle)
    if len(middle) > MANY:  # more steps than print can show
        drawn = np.unique(np.linspace(0, len(middle) - 1, 800).astype(int))
        low, middle, high, share = low[drawn], middle[drawn], high[drawn], share[drawn]
    ax.fill_betweenx(share, low, high, step="pre", color=INK["none"], alpha=0.3, linewidth=0)
    ax.step([0, *middle, ax.get_xlim()[1]], [0, *share, 100], where="post", color=INK["ink"])
    ax.plot([median, median], [0, 50], color=INK["dim"], linestyle=(0, (2, 2)), linewidth=0.8)
    right = median > ax.get_xlim()[1] / 2
    ax.annotate(f"median {median:,.0f} km", (median, 25), xytext=(-4 if right else 4, 0), textcoords="offset points",
                ha="right" if right else "left", va="center")  # fmt: skip


def _distribution_text(shown: pd.DataFrame, direction: str) -> str:
    if shown.empty:
        return "Distribution of depth: no strike to show."
    depth = shown["depth_km"]
    return (
        f"Distribution of depth: {counted(len(shown))} {phrase(*country_names(direction))}. Half are within "
        f"{depth.median():,.0f} km of the border, nine in ten within {depth.quantile(0.9):,.0f} km; the deepest is "
        f"{depth.max():,.0f} km from it."
    )


# --- classes by month ------------------------------------------------------------------------------------------------


def depth_bands(
    strikes: pd.DataFrame, *, direction: str | None = None, title: str = "", ax: Axes | None = None
) -> Axes:
    """Plot the number of strikes of each depth class by month, or by quarter or year over long periods.

    Strikes whose first day is unknown have a bar of their own.

    Parameters
    ----------
    strikes
        A strikes table with depths, in kilometres.
    direction
        The direction of fire to draw; by default the one with most strikes across the border.
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
    >>> depth_bands(empty_table(STRIKES)).get_label()
    'Strikes by month and depth: no strike to show.'
    """
    shown, direction = from_one_side(_shown(strikes), direction)
    counts, period, undated = _by_period(shown)
    with drawing():
        ax = ax or new_axes(2.4, right=0.24, bottom=0.85, title=title)
        places = np.arange(len(counts), dtype=float)
        if undated and len(places):
            places[-1] += 0.8  # a gap before the bar without a date
        bottom = np.zeros(len(counts))
        for number in np.flatnonzero(counts.sum().to_numpy()):
            heights = counts[number].to_numpy()
            ax.bar(places, heights, 0.82, bottom=bottom, color=DEPTH_COLOURS[number], edgecolor=INK["paper"],
                   linewidth=0.5, label=DEPTH_NAMES[number])  # fmt: skip
            bottom += heights
        ax.set_xlim(-0.8, max(4.2, places.max(initial=0) + 0.8))
        _period_ticks(ax, counts.index, places)
        ax.set_ylabel(headline(*country_names(direction)), rotation=0, ha="left", va="bottom")
        ax.yaxis.set_label_coords(-0.08, 1.02)
        ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.yaxis.set_major_formatter(_THOUSANDS)
        if ax.get_legend_handles_labels()[0]:
            ax.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.17), ncols=3)
        return describe(ax, title, _bands_text(shown, counts, period, direction))


def _by_period(shown: pd.DataFrame) -> tuple[pd.DataFrame, str, bool]:
    """Counts by period (rows) and depth class (columns); the unit of the period; whether the last row is undated."""
    months = shown["date_start"].dt.to_period("M").dropna()
    span = (months.max() - months.min()).n + 1 if len(months) else 0
    period, letter = ("month", "M") if span <= 36 else ("quarter", "Q") if span <= 120 else ("year", "Y")
    found = bands(shown, period, draws=0)
    counts = found.pivot(index=period, columns="from_km", values="strikes").reindex(columns=[0.0, *DEPTH_BREAKS_KM])
    counts.columns = pd.RangeIndex(len(DEPTH_NAMES))
    known = counts.index[counts.index != UNKNOWN]
    every = pd.period_range(known.min(), known.max(), freq=letter).astype("str") if len(known) else known
    undated = UNKNOWN in counts.index
    counts = counts.reindex([*every, *([UNKNOWN] if undated else [])], fill_value=0)
    return counts.rename(index={UNKNOWN: NO_DATE}), period, undated


def _period_ticks(ax: Axes, periods: pd.Index[str], places: Any) -> None:
    """Label each year, or each period if there are few."""
    ax.tick_params(axis="x", length=0)
    if len(periods) <= 6:
        ax.set_xticks(places, [_period_name(name) for name in periods])
        return
    firsts = [at for at, name in enumerate(periods) if name.endswith(("-01", "Q1")) or (len(name) == 4 and at % 2 == 0)]
    shown = [*(firsts or [0]), *([len(periods) - 1] if periods[-1] == NO_DATE else [])]
    names = [periods[at] if periods[at] == NO_DATE else periods[at][:4] for at in shown]
    ax.set_xticks([places[at] for at in shown], names)


def _period_name(name: str) -> str:
    return pd.Period(name).strftime("%b %Y") if "-" in name else name


def _bands_text(shown: pd.DataFrame, counts: pd.DataFrame, period: str, direction: str) -> str:
    if shown.empty:
        return "Strikes by month and depth: no strike to show."
    totals = counts.sum(axis=1)
    known = totals.drop(index=NO_DATE, errors="ignore")
    classes = counts.sum()
    most = (
        f" The most in one {period}: {int(known.max())}, in {_period_name(str(known.idxmax()))}." if len(known) else ""
    )
    deep = ", ".join(f"{DEPTH_NAMES[k]} {int(classes[k])}" for k in classes.index if classes[k])
    return f"Strikes by {period} and depth, {len(shown):,} {phrase(*country_names(direction))}: {deep}.{most}"

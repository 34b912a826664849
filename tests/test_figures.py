"""Figures: they draw the data, treat text as text, and are the same at every run."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from map_samples import BORDER, random_strikes, small_tables
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection

from geostrike.errors import InputError, TableError
from geostrike.figures import (
    COLOURS,
    alt_text,
    as_svg,
    depth_bands,
    depth_by_date,
    depth_distribution,
    place_precision,
    print_map,
    stated_distances,
)
from geostrike.figures.style import depth_classes
from geostrike.maps.assets import own_style
from geostrike.tables import DISTANCES, STRIKES, empty_table

SMALL = small_tables()
COMPARED = SMALL.distances.assign(computed_min_km=24.7, computed_max_km=39.5)
MANY = random_strikes(400).assign(geo_precision=1.0)
HOSTILE = [
    "<script>window.ran=1</script>",
    "$\\frac{1}{$",
    "a\x00b\x1b[31m",
    "lone \ud800",
    "{{ 7*191 }}",
    "\u202egnp.exe",
    "京" * 400,
]


def all_figures(strikes, distances=COMPARED):
    return {
        "by-date": depth_by_date(strikes),
        "distribution": depth_distribution(strikes),
        "bands": depth_bands(strikes),
        "precision": place_precision(strikes),
        "stated": stated_distances(distances, strikes),
        "map": print_map(strikes, border=BORDER, areas=SMALL.areas),
    }


def measured(strikes, direction="UKR to RUS"):
    attacker, struck = direction.split(" to ")
    rows = (strikes["attacker"] == attacker) & (strikes["struck_country"] == struck) & (strikes["side"] == "across")
    return strikes[rows & strikes["depth_km"].notna()]


def points_of(ax):
    """The drawn points, x and y."""
    drawn = [
        np.asarray(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection) and c.get_zorder() >= 3
    ]
    return np.vstack([offsets for offsets in drawn if len(offsets)] or [np.empty((0, 2))])


# --- what they draw ---------------------------------------------------------------------------------------------------


def test_each_strike_is_a_point():
    """Each strike is one point; those without a date are in the strip."""
    strikes = measured(MANY)
    closed = strikes["date_start"].notna() & strikes["date_end"].notna()
    ax = depth_by_date(MANY)
    assert sorted(points_of(ax)[:, 1]) == sorted(strikes.loc[closed, "depth_km"])
    (strip,) = ax.child_axes
    assert sorted(points_of(strip)[:, 1]) == sorted(strikes.loc[~closed, "depth_km"])


def test_point_is_mid_interval():
    """A point is drawn at the middle of its days."""
    ax = depth_by_date(SMALL.strikes)
    row = SMALL.strikes.set_index("strike_id").loc["s1"]
    days = (pd.Timestamp("1970-01-01") + pd.to_timedelta(points_of(ax)[:, 0], unit="D")).round("s")
    assert row["date_start"] + pd.Timedelta(days=1) in set(days)  # the midnight between two dates


def test_bars_span_the_interval():
    """A bar spans the least to the greatest distance."""
    ax = depth_by_date(SMALL.strikes)
    ends = np.vstack(
        [segment[:, 1] for c in ax.collections if isinstance(c, LineCollection) for segment in c.get_segments()]
    )
    dated = measured(SMALL.strikes).dropna(subset=["date_start", "date_end"])
    for low, high in dated[["depth_min_km", "depth_max_km"]].to_numpy():
        assert (np.isclose(ends, [low, high]).all(axis=1)).any()


def test_record_line_is_running_maximum():
    """The line of records is the greatest depth so far."""
    ax = depth_by_date(MANY)
    (line,) = ax.lines
    strikes = measured(MANY).dropna(subset=["date_start", "date_end"]).sort_values("date_start", kind="stable")
    greatest = strikes["depth_km"].cummax()
    assert line.get_ydata()[:-1].tolist() == sorted(set(greatest))
    assert line.get_ydata()[-1] == greatest.max()


def test_distribution_counts_every_strike():
    """The histogram counts every strike, and the curve ends at 100 %."""
    ax = depth_distribution(MANY)
    depth = measured(MANY)["depth_km"]
    assert sum(bar.get_height() for bar in ax.patches) == len(depth)
    for bar in ax.patches:
        inside = (depth >= bar.get_x()) & (depth < bar.get_x() + bar.get_width())
        assert bar.get_height() == inside.sum()
    curve = max(ax.child_axes[0].lines, key=lambda line: len(line.get_xdata()))
    shares = dict(zip(curve.get_xdata(), curve.get_ydata(), strict=True))
    assert shares[depth.max()] == pytest.approx(100)
    assert shares[depth.min()] == pytest.approx(100 * (depth == depth.min()).mean())


@pytest.mark.parametrize(("years", "bars"), [(1, "month"), (6, "quarter"), (15, "year")])
def test_bands_add_up(years, bars):
    """The classes of all periods add up to all strikes; long periods are grouped."""
    start = pd.Timestamp("2010-01-10") + pd.to_timedelta(np.linspace(0, 365 * years - 20, len(MANY)).astype(int), "D")
    strikes = MANY.assign(date_start=start)
    ax = depth_bands(strikes)
    shown = measured(strikes)
    assert sum(bar.get_height() for bar in ax.patches) == len(shown)
    counts = pd.Series(depth_classes(shown["depth_km"])).value_counts()
    drawn = {container.get_label(): sum(bar.get_height() for bar in container) for container in ax.containers}
    assert sorted(drawn.values()) == sorted(counts)
    assert f"Strikes by {bars}" in alt_text(ax)


def test_precision_counts_every_strike():
    """Every strike is in one bar, by its kind of place or by why it has none."""
    ax = place_precision(SMALL.strikes)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert dict(zip(names, [bar.get_width() for bar in ax.patches], strict=True)) == {
        "facility": 1, "settlement": 7, "region": 1, "ambiguous name": 1,
    }  # fmt: skip


def test_stated_beside_computed():
    """A stated distance is drawn over the bar of the computed one."""
    ax = stated_distances(COMPARED, SMALL.strikes)
    (bar,) = ax.patches
    assert (bar.get_x(), bar.get_x() + bar.get_width()) == pytest.approx((24.7, 39.5))
    assert points_of(ax).tolist() == [[64.4, 0]]
    assert ax.get_yticklabels()[0].get_text() == "Belgorod\noverstated"


def test_worst_verdicts_are_drawn():
    """Of many stated distances the worst are drawn, and the text counts the rest."""
    many = pd.concat([COMPARED.assign(value_km=float(value), verdict="agrees") for value in range(30)] + [COMPARED])
    ax = stated_distances(many, SMALL.strikes)
    assert len(ax.patches) == 16
    assert ax.get_yticklabels()[0].get_text().endswith("overstated")
    assert alt_text(ax).endswith("Not drawn: 15.")


def test_map_has_one_scale():
    """The map shows each located strike once, at one scale in both directions."""
    ax = print_map(SMALL.strikes, border=BORDER, areas=SMALL.areas)
    assert len(points_of(ax)) == SMALL.strikes.geometry.notna().sum()
    size = ax.get_window_extent()
    per_pixel = [
        (high - low) / pixels for (low, high), pixels in ((ax.get_xlim(), size.width), (ax.get_ylim(), size.height))
    ]
    assert per_pixel[0] == pytest.approx(per_pixel[1])
    x, y = points_of(ax).T
    assert x.min() > ax.get_xlim()[0]
    assert y.max() < ax.get_ylim()[1]


def test_direction_is_chosen():
    """Only one direction of fire is drawn, and the caller can choose it."""
    ax = depth_by_date(SMALL.strikes, direction="RUS to UKR")
    assert points_of(ax)[:, 1].tolist() == [480.0]
    assert "480 km" in alt_text(ax)
    assert "Odesa" not in alt_text(depth_by_date(SMALL.strikes))


def test_home_strikes_have_no_depth():
    """Strikes on the attacker's own territory are not drawn by depth."""
    everything = SMALL.strikes.assign(side="home")
    assert len(points_of(depth_by_date(everything))) == 0


# --- alt text -----------------------------------------------------------------------------------------------------


def test_alt_text_follows_data():
    """Every figure has an alt text that changes with the data."""
    before = {name: alt_text(ax) for name, ax in all_figures(SMALL.strikes).items()}
    changed = SMALL.strikes.assign(depth_km=SMALL.strikes["depth_km"] * 2, place_kind="facility")
    after = {name: alt_text(ax) for name, ax in all_figures(changed, COMPARED.assign(value_km=99.0)).items()}
    for name, text in before.items():
        assert len(text) > 40, name
        assert after[name] != text, name


def test_empty_tables_say_so():
    """An empty table gives a figure whose alt text says that it is empty."""
    strikes = SMALL.strikes.iloc[:0]
    for name, ax in all_figures(strikes, empty_table(DISTANCES)).items():
        assert re.search(r"no strike|none|0 strikes", alt_text(ax)), name
        as_svg(ax, name=name)


# --- how they look ----------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_depth_colours_differ_in_gray(theme):
    """The depth classes differ in grayscale, on light and on dark ground."""
    grays = [luminance(COLOURS[f"depth{number}"][theme]) ** (1 / 2.2) for number in range(6)]
    steps = np.diff(grays)
    assert (steps < -0.05).all() if theme == 0 else (steps > 0).all()


def test_colours_are_the_maps():
    """The figures have the colours of the map."""
    light, dark = own_style().split(":root[data-theme='dark']", 1)
    for name, (on_light, on_dark) in COLOURS.items():
        assert f"--gs-{name}:{on_light};" in light
        assert f"--gs-{name}:{on_dark};" in dark


@pytest.mark.parametrize("table", ["small", "many"])
def test_no_text_is_cut_off(table):
    """All text is within the figure."""
    strikes = SMALL.strikes if table == "small" else MANY
    for name, ax in all_figures(strikes).items():
        figure = ax.figure
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()
        for text in figure.findobj(mpl.text.Text):
            if text.get_visible() and text.get_text() and text.axes is not None and not outside_limits(text):
                box = text.get_window_extent(renderer)
                assert box.x0 >= -0.5, (name, text.get_text())
                assert box.y0 >= -0.5, (name, text.get_text())
                assert box.x1 <= figure.bbox.x1 + 0.5, (name, text.get_text())
                assert box.y1 <= figure.bbox.y1 + 0.5, (name, text.get_text())


def outside_limits(text) -> bool:
    """Whether it is the label of a tick beyond the ends of the axis, which is not drawn."""
    for axis, at in ((text.axes.xaxis, 0), (text.axes.yaxis, 1)):
        if any(text in (tick.label1, tick.label2) for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]):
            low, high = sorted(axis.get_view_interval())
            return not low <= text.get_position()[at] <= high or not text.get_text()
    return False


def test_map_labels_do_not_overlap():
    """The names on the map overlap neither each other nor a point."""
    ax = print_map(SMALL.strikes, border=BORDER)
    renderer = FigureCanvasAgg(ax.figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in ax.texts if text.get_text() in set(SMALL.strikes["place"])]
    assert len(boxes) >= 8
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:number])
        assert not any(box.contains(*at) for at in ax.transData.transform(points_of(ax)))


def test_user_settings_have_no_effect():
    """The user's matplotlib settings do not change a figure, and remain as they were."""
    plain = as_svg(depth_bands(SMALL.strikes))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}):
        assert as_svg(depth_bands(SMALL.strikes)) == plain
        assert mpl.rcParams["font.size"] == 30


def test_own_axes_are_used():
    """A figure can be drawn in axes of the caller."""
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    assert depth_by_date(SMALL.strikes, ax=ax, title="Mine") is ax
    assert ax.get_title(loc="left") == "Mine"


# --- SVG ----------------------------------------------------------------------------------------------------------


def test_svg_is_reproducible():
    """The same data give the same bytes."""
    for name, ax in all_figures(SMALL.strikes).items():
        again = all_figures(SMALL.strikes)[name]
        assert as_svg(ax, name=name) == as_svg(again, name=name)


def test_svg_ids_are_unique():
    """Figures on one page have no id in common, and each refers only to its own."""
    seen: set[str] = set()
    for name, ax in all_figures(SMALL.strikes).items():
        svg = as_svg(ax, name=name)
        ids = set(re.findall(r'\bid="([^"]+)"', svg))
        assert not ids & seen
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= ids
        seen |= ids


def test_svg_has_alt_text():
    """The SVG has its alt text, and no trace of time, library or style sheet."""
    svg = as_svg(depth_bands(SMALL.strikes), name="bands")
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root[0].text == alt_text(depth_bands(SMALL.strikes))
    assert not re.search(r"20\d\d-\d\d-\d\dT|[Mm]atplotlib|<style|<metadata|<script", svg)


def test_many_points_are_an_image():
    """Thousands of points become one image, so that the SVG remains small."""
    many = random_strikes(6000).assign(geo_precision=1.0)
    for ax in (depth_by_date(many), print_map(many, border=BORDER)):
        svg = as_svg(ax)
        assert svg.count("<image ") >= 1
        assert len(svg) < 400_000
    assert len(as_svg(depth_distribution(many))) < 150_000


@pytest.mark.parametrize("name", ["", "1a", 'a"b', "a b"])
def test_bad_name_is_refused(name):
    """A name that cannot begin an id is refused."""
    with pytest.raises(InputError, match="cannot begin an id"):
        as_svg(place_precision(SMALL.strikes), name=name)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_remains_text(text):
    """Text from data is never markup, script or a formula."""
    column = pd.Series([text] * len(SMALL.strikes), index=SMALL.strikes.index, dtype=object)
    strikes = SMALL.strikes.assign(place=column)
    if text.isascii() or text.isprintable():  # a lone surrogate cannot be in a column of strings
        strikes = strikes.assign(attacker=column, struck_country=column)
    for name, ax in all_figures(strikes).items():
        root = ET.fromstring(as_svg(ax, name=name))
        assert not [element for element in root.iter() if element.tag.endswith(("script", "foreignObject"))]
        assert "1337" not in "".join(root.itertext())


def test_missing_column_is_refused():
    """A table without a needed column is refused, and the error names the column."""
    with pytest.raises(TableError, match="depth_km"):
        depth_by_date(empty_table(STRIKES).drop(columns="depth_km"))


def test_pyplot_is_not_imported():
    """Figures need no window system."""
    code = "import sys, geostrike.figures; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "False\n"


# --- titles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "draw",
    [
        lambda title: depth_by_date(SMALL.strikes, title=title),
        lambda title: depth_distribution(SMALL.strikes, title=title),
        lambda title: depth_bands(SMALL.strikes, title=title),
        lambda title: place_precision(SMALL.strikes, title=title),
        lambda title: stated_distances(COMPARED, SMALL.strikes, title=title),
        lambda title: print_map(SMALL.strikes, border=BORDER, title=title),
    ],
    ids=["by date", "distribution", "bands", "precision", "stated", "map"],
)
def test_title_is_above_all(draw):
    """A title is above everything else and within the figure."""
    ax = draw("A title")
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    above = ax.title if ax.title.get_text() else ax._left_title
    box = above.get_window_extent(canvas.get_renderer())
    assert box.y1 <= ax.figure.bbox.y1
    others = [ax.yaxis.label, *([ax.get_legend()] if ax.get_legend() else [])]
    for other in others:
        its = other.get_window_extent(canvas.get_renderer())
        assert not (its.width and its.y1 > box.y0 and its.x0 < box.x1 and its.x1 > box.x0), other
    assert not draw("").title.get_text()

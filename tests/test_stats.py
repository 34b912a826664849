"""Laws of the statistics: counts add up, figures are those of plain pandas, intervals hold what they say they hold."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from scipy.stats import theilslopes
from shapely.geometry import Point

from geostrike.borders.border import Border
from geostrike.depth import border_distance, distance_columns, measure_depth
from geostrike.errors import TableError
from geostrike.results import PlaceDraws
from geostrike.stats import (
    bands,
    depth_by_period,
    depth_ecdf,
    depth_summary,
    depth_trend,
    direction,
    draw_depths,
    record_depths,
)
from geostrike.stats.intervals import FIGURES, LEAST_SAMPLE, GroupedDepths
from geostrike.tables import STRIKES, build_table

GEOD = Geod(ellps="WGS84")
LINE = Border.from_lines(shapely.LineString([(30, 40), (30, 60)]), name="line", version="1")
QUANTILES = {"median": 0.5, "q1": 0.25, "q3": 0.75, "p90": 0.9, "max": 1.0}


def strikes(rows):
    """A strikes table, points where there is a depth."""
    frame = build_table(STRIKES, rows).drop(columns="geometry")
    points = [Point(39, 44) if depth == depth else None for depth in frame["depth_km"]]
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points, index=frame.index, crs="EPSG:4326"))


def row(depth, **values):
    """A strike at a depth in km."""
    base = {
        "strike_id": f"s{depth}", "place": f"place {depth}", "place_id": f"place {depth}", "place_status": "resolved",
        "place_kind": "settlement", "place_as_written": "place", "attacker": "UKR", "struck_country": "RUS",
        "side": "across", "depth_km": depth, "depth_min_km": depth - 1, "depth_max_km": depth + 1,
        "date_start": pd.Timestamp("2024-01-25"), "date_end": pd.Timestamp("2024-01-25"),
    }  # fmt: skip
    return base | values


def nowhere(status="unresolved", **values):
    """A strike that is not located."""
    missing = {"strike_id": "n", "place_status": status, "side": "", "struck_country": "", "target_side": "RUS"}
    return row(float("nan"), **(missing | values))


def scattered(count, *, groups=1, seed=1, radius_km=20.0, deepest=12.0):
    """So many strikes of each group at places of their own, up to `deepest` degrees east of the line, measured."""
    random = np.random.default_rng(seed)
    total = count * groups
    lon, lat = 30 + random.uniform(1, deepest, total), random.uniform(45, 55, total)
    frame = build_table(STRIKES, [row(0.0)]).iloc[np.zeros(total, dtype=int)].reset_index(drop=True)
    number = np.arange(total).astype(str)
    frame = frame.drop(columns="geometry").assign(strike_id=number, place_id=number, radius_km=radius_km)
    frame["group"] = np.repeat([f"{group:05}" for group in range(groups)], count)
    located = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(lon, lat, crs="EPSG:4326"))
    measured = measure_depth(located, LINE)
    measured["side"] = "across"
    return measured


# --- counts -----------------------------------------------------------------------------------------------------------

ROW = st.one_of(
    st.builds(
        row,
        st.floats(0, 2000),
        side=st.sampled_from(["across", "home", "outside", ""]),
        place_status=st.sampled_from(["resolved", "given"]),
        place_kind=st.sampled_from(["settlement", "region", "point"]),
        attacker=st.sampled_from(["UKR", "RUS", ""]),
        target_kind=st.sampled_from(["", "refinery"]),
    ),
    st.builds(nowhere, st.sampled_from(["ambiguous", "unresolved"]), place_as_written=st.sampled_from(["", "Xyz"])),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(ROW, max_size=20), st.sampled_from([None, "month", "target_kind", "status"]))
def test_counts_add_up(rows, by):
    """Counts add up in every row."""
    summary = depth_summary(strikes(rows), by=by, draws=10, bootstrap=10)
    assert summary["strikes"].sum() == len(rows)
    assert (summary["located"] + summary["ambiguous"] + summary["unresolved"] == summary["strikes"]).all()
    parts = summary[["home", "outside", "not_measured", "with_depth"]].sum(axis=1)
    assert (parts == summary["located"]).all()
    assert (summary["not_named"] <= summary["unresolved"]).all()
    assert (summary["area_only"] <= summary["located"]).all()


@pytest.mark.parametrize("side", ["home", "outside"])
def test_own_ground_is_separate(side):
    """Strikes known to be on the attacker's own ground, or in neither country, have no part in the figures."""
    summary = depth_summary(strikes([row(10.0), row(500.0, side=side)])).iloc[0]
    assert (summary["strikes"], summary["with_depth"], summary["max_km"]) == (2, 1, 10.0)


def test_directions_do_not_mix():
    """Each direction of fire has its own figures."""
    summary = depth_summary(strikes([row(10.0), row(40.0, attacker="RUS", struck_country="UKR")]))
    assert summary["direction"].tolist() == ["RUS to UKR", "UKR to RUS"]
    assert summary["median_km"].tolist() == [40.0, 10.0]


def test_home_ground_row():
    """Home ground is a direction of its own."""
    crimea = row(180.0, struck_country="UKR", side="home", target_side="RUS")
    summary = depth_summary(strikes([row(10.0), crimea])).set_index("direction")
    assert summary.loc["UKR to UKR", ["strikes", "home", "with_depth"]].tolist() == [1, 1, 0]
    assert summary.loc["UKR to RUS", ["strikes", "home", "with_depth"]].tolist() == [1, 0, 1]


def test_direction_without_place():
    """Without a place, the direction is that of the aim."""
    assert direction(strikes([nowhere()])).tolist() == ["UKR to RUS"]


def test_direction_words():
    """Directions are the joined words."""
    words = ["UKR", "RUS", "", np.nan]
    frame = pd.DataFrame([(a, s, t) for a in words for s in words for t in words])
    frame.columns = ["attacker", "struck_country", "target_side"]
    words = [["unknown" if word in ("", np.nan) else word for word in row] for row in frame.to_numpy()]
    struck = [t if empty == "" else s for (_, s, t), empty in zip(words, frame["struck_country"], strict=True)]
    joined = [f"{a} to {at}" if a != "unknown" else f"in {at}" for (a, *_), at in zip(words, struck, strict=True)]
    assert direction(frame).tolist() == joined


def test_unknown_attacker():
    """A strike without an attacker is counted, with its depth, under the country that was struck."""
    summary = depth_summary(strikes([row(10.0), row(500.0, attacker="", side="")])).set_index("direction")
    assert summary.loc["in RUS", ["strikes", "with_depth", "median_km"]].tolist() == [1, 1, 500.0]
    assert summary.loc["UKR to RUS", ["strikes", "with_depth", "median_km"]].tolist() == [1, 1, 10.0]


def test_unlocated_by_reason():
    """Unlocated strikes are counted by reason."""
    rows = [row(10.0, place_kind="region"), nowhere("ambiguous"), nowhere(), nowhere(place_as_written="")]
    summary = depth_summary(strikes(rows)).iloc[0]
    assert summary[["located", "ambiguous", "unresolved", "not_named", "area_only"]].tolist() == [1, 1, 2, 1, 1]


def test_nothing_measured():
    """Without depths there are no figures and no farthest strike."""
    summary = depth_summary(strikes([nowhere()])).iloc[0]
    assert summary.filter(like="_km").isna().all()
    assert summary["farthest_id"] == ""


def test_empty_summary():
    """An empty table gives no rows, and every column."""
    full, empty = (depth_summary(strikes(rows), by="month") for rows in ([row(1.0)], []))
    assert empty.empty
    assert empty.columns.tolist() == full.columns.tolist()


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["group", "month", "target_kind"])
def test_figures_equal_pandas(by):
    """Every figure equals that of plain pandas."""
    random = np.random.default_rng(5)
    table = scattered(20, groups=9)
    table["date_start"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(random.integers(0, 700, len(table)), unit="D")
    table["target_kind"] = random.choice(["refinery", "oil depot", "port"], len(table))
    summary = depth_summary(table, by=by, draws=0, bootstrap=0).set_index(by)
    groups = table["date_start"].dt.strftime("%Y-%m") if by == "month" else table[by]
    plain = table.groupby(groups)["depth_km"]
    for name, share in QUANTILES.items():
        pd.testing.assert_series_equal(summary[f"{name}_km"], plain.quantile(share), check_names=False)
    pd.testing.assert_series_equal(summary["mean_km"], plain.mean(), check_names=False)
    farthest = table.loc[plain.idxmax().to_numpy(), "strike_id"]
    assert summary["farthest_id"].tolist() == farthest.tolist()


def test_five_strikes():
    """The figures of five strikes are as computed by hand."""
    depths = np.array([12.0, 342.0, 300.6, 854.7, 32.1])
    summary = depth_summary(strikes([row(depth) for depth in depths])).iloc[0]
    assert summary["median_km"] == np.median(depths)
    assert summary["mean_km"] == pytest.approx(depths.mean())
    assert (summary["median_min_km"], summary["median_max_km"]) == (299.6, 301.6)
    assert (summary["farthest_id"], summary["farthest_place"]) == ("s854.7", "place 854.7")


def test_group_by_border():
    """Strikes can be grouped by border."""
    rows = [row(1.0, border_id="a:land:1"), row(2.0, border_id="b:land:1"), row(3.0)]
    assert depth_summary(strikes(rows), by="border")["border"].tolist() == ["a:land:1", "b:land:1", "unknown"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "colour"}, "cannot group by 'colour'"),
        ({"by": "month", "dates": "soon"}, "dates is 'soon'"),
        ({"level": 90}, "level is 90"),
    ],
)
def test_bad_arguments(options, message):
    """Bad arguments are refused."""
    with pytest.raises(TableError, match=message):
        depth_summary(strikes([row(1.0)]), **options)


# --- dates ------------------------------------------------------------------------------------------------------------

DAY = st.dates(pd.Timestamp("2023-11-20").date(), pd.Timestamp("2024-03-10").date())


def between(depth, first, last):
    return row(depth, date_start=pd.Timestamp(first), date_end=pd.Timestamp(last))


@pytest.mark.parametrize(("dates", "month"), [("first", "2024-01"), ("middle", "2024-02"), ("last", "2024-03")])
def test_date_rules(dates, month):
    """An interval counts in the period of the rule."""
    table = strikes([between(10.0, "2024-01-31", "2024-03-02")])
    assert depth_summary(table, by="month", dates=dates)["month"].tolist() == [month]


def test_undated_group():
    """Undated strikes are a group of their own."""
    table = strikes([row(10.0), row(20.0, date_start=pd.NaT)])
    for dates in ("first", "middle", "spread"):
        assert depth_summary(table, by="month", dates=dates)["month"].tolist() == ["2024-01", "unknown"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(DAY, DAY).map(sorted), min_size=1, max_size=8), st.sampled_from(["month", "quarter", "year"]))
def test_spread_days(intervals, by):
    """Spread days equal plain counting."""
    table = strikes([between(float(n), *days) for n, days in enumerate(intervals)])
    summary = depth_summary(table, by=by, dates="spread", draws=0, bootstrap=0).set_index(by)
    frequency = {"month": "M", "quarter": "Q", "year": "Y"}[by]
    days = [pd.period_range(first, last, freq="D").asfreq(frequency).astype(str) for first, last in intervals]
    expected = pd.concat([pd.Series(of).value_counts(normalize=True) for of in days]).groupby(level=0).sum()
    pd.testing.assert_series_equal(summary["expected_strikes"], expected, check_names=False)
    assert summary["strikes"].tolist() == [sum(label in of for of in days) for label in summary.index]


@pytest.mark.parametrize("dates", ["first", "middle", "last", "spread"])
def test_days_as_text(dates):
    """Days may be text, as in a file."""
    table = strikes([between(10.0, "2024-01-31", "2024-03-02"), row(20.0, date_start=pd.NaT, date_end=pd.NaT)])
    words = table.assign(date_start=["2024-01-31", ""], date_end=["2024-03-02", ""])
    zoned = table.assign(**{name: table[name].dt.tz_localize("UTC") for name in ("date_start", "date_end")})
    expected = depth_summary(table, "month", dates=dates)
    for other in (words, zoned):
        pd.testing.assert_frame_equal(depth_summary(other, "month", dates=dates), expected)
    with pytest.raises(TableError, match=r"row \d: date_(start|end) is 'soon', which is not a date; write days"):
        depth_summary(table.assign(date_start="soon", date_end="soon"), "month", dates=dates)


def test_series_has_no_gaps():
    """A series of periods has no gaps and loses no strike."""
    rows = [between(10.0, day, day) for day in ("2023-11-05", "2024-02-05")] + [row(5.0, date_start=pd.NaT)]
    rows.append(row(9.0, attacker="RUS", struck_country="UKR"))
    series = depth_by_period(strikes(rows), "month")
    ukraine = series[series["direction"] == "UKR to RUS"]
    assert ukraine["period"].tolist() == ["2023-11", "2023-12", "2024-01", "2024-02", "unknown"]
    assert ukraine["start"].tolist()[:2] == [pd.Timestamp("2023-11-01"), pd.Timestamp("2023-12-01")]
    assert series["strikes"].sum() == len(rows)
    assert series.loc[series["period"] == "2023-12", "median_km"].isna().all()
    assert series.dtypes["strikes"] == "int64"
    with pytest.raises(TableError, match="period is 'week'"):
        depth_by_period(strikes(rows), "week")


# --- the draws of places ----------------------------------------------------------------------------------------------


def test_draws_fill_disc():
    """In a disc, half of the draws are within 1/sqrt(2) of the radius, and distances are those of the geodesic."""
    far_east = Border.from_lines(shapely.LineString([(170, -40), (170, -39)]), name="point", version="1")
    centre = row(0.0, radius_km=40.0, border_id=far_east.border_id)
    table = strikes([centre | {"place_id": f"p{lat}"} for lat in (5, 60, 75)])
    table.geometry = gpd.points_from_xy([20, 30, 40], [5, 60, 75], crs="EPSG:4326")
    table["depth_km"] = border_distance(table, far_east)["distance_km"]
    drawn = draw_depths(table, far_east, draws=3_000).depth_km
    excess = (drawn - table["depth_km"].to_numpy()[:, None]) / 40.0
    assert (np.abs(excess) <= 1.001).all()
    # The component along any direction of a point spread evenly over the unit disc has the variance 1/4.
    np.testing.assert_allclose(excess.var(axis=1), 0.25, rtol=0.08)
    np.testing.assert_allclose(excess.mean(axis=1), 0.0, atol=0.03)


def test_draws_fill_region():
    """Draws of a region are inside its polygon."""
    crimea_like = shapely.Polygon([(33, 50), (37, 50), (37, 53)])
    areas = gpd.GeoDataFrame({"name": ["A"]}, geometry=[crimea_like], index=["A"], crs="EPSG:4326")
    table = strikes([row(0.0, place_id="A", radius_km=200.0)])
    table.geometry = gpd.points_from_xy([36.0], [50.5], crs="EPSG:4326")
    table = measure_depth(table, LINE, areas=areas).assign(side="across")
    drawn = draw_depths(table, LINE, areas=areas, draws=5_000).depth_km[0]
    assert table["depth_min_km"].iloc[0] - 0.01 <= drawn.min() < drawn.max() <= table["depth_max_km"].iloc[0] + 0.01
    middle = border_distance(gpd.GeoSeries([crimea_like.centroid], crs="EPSG:4326"), LINE)["distance_km"].iloc[0]
    assert drawn.mean() == pytest.approx(middle, rel=0.02)


def test_sliver_is_drawn():
    """A sliver that draws hardly hit is drawn all the same."""
    sliver = shapely.LineString([(33, 50), (37, 53)]).buffer(1e-7)
    areas = gpd.GeoDataFrame(geometry=[sliver], index=["A"], crs="EPSG:4326")
    table = strikes([row(0.0, place_id="A", border_id=LINE.border_id)])
    table.geometry = gpd.points_from_xy([35.0], [51.5], crs="EPSG:4326")
    assert np.isfinite(draw_depths(table, LINE, areas=areas, draws=5).depth_km).all()


def test_draws_are_reproducible():
    """The same seed gives the same draws in any order of rows."""
    table = scattered(30)
    mixed = table.sample(frac=1, random_state=3)
    ours, theirs = draw_depths(table, LINE, draws=20), draw_depths(mixed, LINE, draws=20)
    np.testing.assert_array_equal(ours.depth_km[ours.of(mixed)], theirs.depth_km[theirs.of(mixed)])
    pd.testing.assert_frame_equal(depth_summary(table, border=LINE), depth_summary(mixed, border=LINE))
    assert not np.array_equal(draw_depths(table, LINE, draws=20, seed=1).depth_km, ours.depth_km)


def test_draws_are_shared():
    """Strikes at one place share its draws."""
    table = pd.concat([scattered(5), scattered(5)], ignore_index=True)
    drawn = draw_depths(table, LINE, draws=3)
    assert drawn.depth_km.shape == (5, 3)
    assert drawn.place.tolist() == drawn.place.tolist()[:5] * 2


def test_draws_of_part():
    """Draws serve any part of their table, and no other table."""
    table = scattered(12)
    drawn = draw_depths(table, LINE, draws=50)
    part = table.iloc[[3, 7, 8]]
    assert depth_summary(part, draws=drawn)["max_place_low_km"].notna().all()
    with pytest.raises(TableError, match="the draws belong to another table"):
        depth_summary(table.set_index("strike_id", drop=False), draws=drawn)


def test_point_has_no_interval():
    """A point place adds no uncertainty."""
    summary = depth_summary(scattered(9, radius_km=0.0), border=LINE).iloc[0]
    for name in FIGURES:
        ends = (summary[f"{name}_place_low_km"], summary[f"{name}_place_high_km"])
        assert ends == pytest.approx((summary[f"{name}_km"],) * 2, rel=1e-12)


def test_unknown_border_is_not_drawn():
    """Places measured from an unknown line are not drawn."""
    table = scattered(90)
    summary = depth_summary(table).iloc[0]
    assert summary.filter(regex="place_(low|high)_km").isna().all()
    assert summary.filter(regex="sample_(low|high)_km").notna().all()
    with pytest.raises(TableError, match="measured from line:given:1, not from UKR-RUS:land"):
        depth_summary(table, border=Border.between("UKR", "RUS"))


def test_border_by_id():
    """The shipped border is found by its id."""
    tuapse = row(0.0, radius_km=4.0, country="RUS")
    table = strikes([tuapse])
    table.geometry = gpd.points_from_xy([39.08326], [44.10083], crs="EPSG:4326")
    measured = measure_depth(table, Border.between("UKR", "RUS"))
    named, given_ = depth_summary(measured), depth_summary(measured, border=Border.between("UKR", "RUS"))
    pd.testing.assert_frame_equal(named, given_)
    assert 338 <= named["median_place_low_km"].iloc[0] < 342 < named["median_place_high_km"].iloc[0] <= 346


def test_draw_across_border():
    """Belgorod's disc is widened into Ukraine; the outline of Russia is not the line for a place in Russia."""
    border = Border.between("UKR", "RUS", definition="territory")
    table = strikes([row(0.0, radius_km=60.0, country="RUS")])
    table.geometry = gpd.points_from_xy([36.58], [50.6], crs="EPSG:4326")
    measured = measure_depth(table, border)
    drawn = draw_depths(measured, border, draws=500).depth_km
    assert np.isfinite(drawn).all()
    assert drawn.max() <= measured["depth_max_km"].iloc[0] + 0.1


def test_dated_lines():
    """Each place is drawn from its own dated line."""
    other = Border.from_lines(shapely.LineString([(20, 40), (20, 60)]), name="line", version="2")
    table = scattered(6)
    far = measure_depth(table.iloc[3:], other).assign(side="across")
    both = pd.concat([table.iloc[:3], far])
    drawn = draw_depths(both, [LINE, other], draws=40)
    middle = drawn.depth_km[drawn.of(both)].mean(axis=1)
    np.testing.assert_allclose(middle, both["depth_km"], atol=10)


def test_strikes_without_points():
    """Strikes without points keep their figures."""
    plain = pd.DataFrame(scattered(5)).drop(columns="geometry")
    summary = depth_summary(plain, border=LINE).iloc[0]
    assert summary["median_km"] == plain["depth_km"].median()
    assert np.isnan(summary["median_place_low_km"])


# --- intervals --------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 3), st.floats(0, 300), st.integers(0, 99))
def test_unsorted_depths(size, groups, width, seed):
    """Over the draws, all depths sorted: the plain way that the intervals must equal."""
    random = np.random.default_rng(seed)
    drawn = random.uniform(0, 900, (30, 1)) + random.uniform(0, width, (30, 50))
    place = random.integers(0, 30, size * groups)
    group = np.repeat(np.arange(groups), size)
    depths = GroupedDepths.of(drawn[place, 0], np.arange(len(place)), group, groups)
    found = depths.over_places(place, drawn, 0.9)
    for number in range(groups):
        values = drawn[place[group == number]]
        figures = {name: np.quantile(values, share, axis=0) for name, share in QUANTILES.items()}
        figures["mean"] = values.mean(axis=0)
        for name, of_draws in figures.items():
            np.testing.assert_allclose(found[name][number], np.quantile(of_draws, [0.05, 0.95]))


def test_place_interval_bounds():
    """Place intervals are between the least and greatest possible figures."""
    table = scattered(8, groups=25)
    summary = depth_summary(table, by="group", border=LINE).set_index("group")
    for name, share in QUANTILES.items():
        least, most = (table.groupby("group")[f"depth_{end}_km"].quantile(share) for end in ("min", "max"))
        assert (summary[f"{name}_place_low_km"] >= least - 0.1).all()
        assert (summary[f"{name}_place_high_km"] <= most + 0.1).all()
        assert (summary[f"{name}_place_low_km"] < summary[f"{name}_place_high_km"]).all()


def test_place_interval_coverage():
    """2,000 replications: every strike is truly at some point of its place's disc, which only this test knows."""
    replications, count = 2_000, 6
    table = scattered(count, groups=replications, radius_km=25.0)
    random = np.random.default_rng(99)
    azimuth, off = random.uniform(0, 360, len(table)), 25_000 * np.sqrt(random.uniform(0, 1, len(table)))
    lon, lat, _ = GEOD.fwd(table.geometry.x, table.geometry.y, azimuth, off)
    truth = pd.Series(distance_columns(lon, lat, LINE)["distance_km"]).groupby(table["group"].to_numpy())
    true = {name: truth.quantile(share) for name, share in QUANTILES.items()} | {"mean": truth.mean()}
    summary = depth_summary(table, by="group", border=LINE, bootstrap=0).set_index("group")
    for name, values in true.items():
        held = values.between(summary[f"{name}_place_low_km"], summary[f"{name}_place_high_km"])
        assert 0.87 <= held.mean() <= 0.93, name


def sampled_depths(count, replications, scale):
    """So many samples of depths that are exponentially distributed, whose quantiles are known."""
    depth = np.random.default_rng(count).exponential(scale, count * replications)
    return GroupedDepths.of(depth, np.arange(len(depth)), np.repeat(np.arange(replications), count), replications)


def held(intervals, value):
    return ((intervals[:, 0] <= value) & (value <= intervals[:, 1])).mean()


TRUE = {name: -250.0 * np.log(1 - QUANTILES[name]) for name in LEAST_SAMPLE if name != "mean"} | {"mean": 250.0}


@pytest.mark.parametrize("count", [*sorted(set(LEAST_SAMPLE.values())), 200])
def test_sample_interval_coverage(count):
    """2,000 samples, of the least size that a figure is served from, and of 200."""
    intervals = sampled_depths(count, 2_000, 250.0).over_samples(500, 0.9, np.random.default_rng(1))
    for name, least in LEAST_SAMPLE.items():
        if count in (least, 200):
            assert 0.87 <= held(intervals[name], TRUE[name]) <= 0.93, name


def test_small_samples():
    """Small samples have no interval."""
    for name, least in LEAST_SAMPLE.items():
        intervals = sampled_depths(least - 1, 1, 250.0).over_samples(50, 0.9, np.random.default_rng(1))
        assert np.isnan(intervals[name]).all()
    assert "max_sample_low_km" not in depth_summary(strikes([row(1.0)])).columns


@pytest.mark.parametrize("count", [80, 301])
def test_quantile_bootstrap(count):
    """Nothing is resampled for quantiles; here it is, and the intervals are the same."""
    random = np.random.default_rng(3)
    depth = random.exponential(250, count)
    resamples = depth[random.integers(0, count, (20_000, count))]
    depths = GroupedDepths.of(depth, np.arange(count), np.zeros(count, dtype=int), 1)
    found = depths.over_samples(20_000, 0.9, random)
    plain = {name: np.quantile(resamples, QUANTILES[name], axis=1) for name in LEAST_SAMPLE if name != "mean"}
    plain["mean"] = resamples.mean(axis=1)
    for name, values in plain.items():
        np.testing.assert_allclose(found[name][0], np.quantile(values, [0.05, 0.95]), atol=0.01 * np.ptp(depth))


def test_large_sample_means():
    """Means of large samples are normally distributed."""
    depth = np.random.default_rng(3).exponential(250, 5_000)
    depths = GroupedDepths.of(depth, np.arange(5_000), np.zeros(5_000, dtype=int), 1)
    low, high = depths.over_samples(20_000, 0.9, np.random.default_rng(1))["mean"][0]
    assert (high - low) / 2 == pytest.approx(1.645 * depth.std() / np.sqrt(5_000), rel=0.03)


def test_no_intervals():
    """Without draws and resamples there are no intervals."""
    summary = depth_summary(scattered(5), draws=0, bootstrap=0).iloc[0]
    assert summary.filter(regex="(low|high)_km").isna().all()


# --- bands ------------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0, 2000), min_size=1, max_size=30))
def test_bands_count_once(depths):
    """Bands count every strike once."""
    found = bands(strikes([row(depth) for depth in depths]), draws=0)
    plain = pd.cut(depths, [0, 50, 100, 250, 500, 1000, np.inf], right=False).value_counts()
    assert found["strikes"].tolist() == plain.tolist()
    assert found["share"].sum() == pytest.approx(1.0)


def test_band_names():
    """Every band is there, with its name."""
    found = bands(strikes([row(50.0)]))
    names = ["under 50 km", "50-100 km", "100-250 km", "250-500 km", "500-1000 km", "1000 km and over"]
    assert found["band"].tolist() == names
    assert found["strikes"].tolist() == [0, 1, 0, 0, 0, 0]
    assert found["to_km"].tolist() == [50, 100, 250, 500, 1000, np.inf]


def test_bands_by_month():
    """Bands by month count the strikes of the summary."""
    table = strikes([between(60.0, "2024-01-05", "2024-02-05"), row(700.0), row(3.0, side="home")])
    for dates in ("first", "spread"):
        found = bands(table, "month", dates=dates, draws=0).groupby(["direction", "month"])["strikes"].sum()
        summary = depth_summary(table, "month", dates=dates, draws=0).set_index(["direction", "month"])
        pd.testing.assert_series_equal(found, summary["with_depth"], check_names=False)


def test_share_place_intervals():
    """Place intervals of shares are those of the draws."""
    table = scattered(40)
    drawn = draw_depths(table, LINE, draws=80)
    found = bands(table, draws=drawn)
    depths = drawn.depth_km[drawn.of(table)]
    for band in found.itertuples():
        shares = ((depths >= band.from_km) & (depths < band.to_km)).mean(axis=0)
        low, high = np.quantile(shares, [0.05, 0.95])
        assert (band.share_place_low, band.share_place_high) == pytest.approx((low, high))


def test_share_sample_coverage():
    """Sample intervals of shares contain the truth nine times in ten."""
    replications, count, share = 2_000, 50, 0.3
    table = scattered(1).iloc[np.zeros(replications * count, dtype=int)].reset_index(drop=True)
    table["depth_km"] = np.where(np.random.default_rng(8).random(len(table)) < share, 10.0, 75.0)
    table["group"] = np.repeat([f"{number:05}" for number in range(replications)], count)
    found = bands(table, "group", edges_km=(50.0,), draws=0)
    near = found[found["band"] == "under 50 km"]
    held = (near["share_sample_low"] <= share) & (share <= near["share_sample_high"])
    assert 0.87 <= held.mean() <= 0.93


@pytest.mark.parametrize("edges", [(), (0.0, 50.0), (100.0, 50.0)])
def test_band_edges_rise(edges):
    """Edges of bands must rise."""
    with pytest.raises(TableError, match="must rise"):
        bands(strikes([row(1.0)]), edges_km=edges)


# --- distribution, records, trend -------------------------------------------------------------------------------------


def test_ecdf_bounds():
    """The distribution rises to one between its bounds."""
    table = scattered(50)
    found = depth_ecdf(table)
    assert found["share"].is_monotonic_increasing
    assert found["share"].iloc[-1] == 1.0
    assert found["strikes"].tolist() == [(table["depth_km"] <= depth).sum() for depth in found["depth_km"]]
    assert ((found["share_place_low"] <= found["share"]) & (found["share"] <= found["share_place_high"])).all()
    assert found["share_place_low"].iloc[20] == (table["depth_max_km"] <= found["depth_km"].iloc[20]).mean()


def test_ecdf_without_depths():
    """Without depths there is no distribution and no record."""
    table = strikes([nowhere()])
    assert depth_ecdf(table).empty
    assert record_depths(table).empty
    assert depth_trend(table).empty


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(DAY, st.floats(0, 2000)), min_size=1, max_size=15))
def test_records_rise(dated):
    """Records are farther than all strikes before."""
    found = record_depths(strikes([between(depth, day, day) for day, depth in dated]))
    assert found["depth_km"].is_monotonic_increasing
    assert found["date"].is_monotonic_increasing
    for record in found.itertuples():
        before = [depth for day, depth in dated if pd.Timestamp(day) < record.date]
        same_day = [depth for day, depth in dated if pd.Timestamp(day) == record.date]
        assert record.depth_km > max(before, default=-1)
        assert record.depth_km == max(same_day)
    assert found["depth_km"].max() == max(depth for _, depth in dated)


def test_sure_records():
    """A record is sure only if no earlier place may be as far."""
    rows = [between(300.0, "2024-01-01", "2024-01-01") | {"depth_max_km": 420.0}]
    rows += [between(400.0, "2024-02-01", "2024-02-01"), between(500.0, "2024-03-01", "2024-03-01")]
    found = record_depths(strikes([*rows, row(450.0, date_start=pd.NaT), row(999.0, side="home")]))
    assert found["sure"].tolist() == [True, False, True]
    assert found["undated_farther"].tolist() == [1, 1, 0]
    assert found["days"].tolist()[1:] == [31.0, 29.0]
    assert found["previous_km"].tolist()[1:] == [300.0, 400.0]


def test_records_by_direction():
    """Records of two directions do not compete."""
    rows = [between(500.0, "2024-01-01", "2024-01-01"), between(20.0, "2024-02-01", "2024-02-01")]
    rows[1] |= {"attacker": "RUS", "struck_country": "UKR"}
    assert len(record_depths(strikes(rows))) == 2


def test_record_date_rule():
    """Records need a rule that gives one day."""
    with pytest.raises(TableError, match="dates is 'spread'; the rules are: first, middle, last"):
        record_depths(strikes([row(1.0)]), dates="spread")


def many(count, slope, seed=0):
    """Dated strikes whose depth grows by so many km a year, with noise."""
    random = np.random.default_rng(seed)
    days = np.sort(random.integers(0, 1000, count))
    start = pd.Timestamp("2022-03-01") + pd.to_timedelta(days, unit="D")
    table = strikes([row(200.0)] * count)
    return table.assign(
        depth_km=200 + slope * days / 365.25 + random.normal(0, 20, count), date_start=start, date_end=start
    )


@pytest.mark.parametrize(("slope", "verdict"), [(120.0, "rising"), (-50.0, "falling"), (0.0, "no clear trend")])
def test_trend_is_found(slope, verdict):
    """A trend is found, with its interval."""
    table = many(80, slope)
    found = depth_trend(table).iloc[0]
    years = (table["date_start"] - table["date_start"].min()).dt.days / 365.25
    expected = theilslopes(table["depth_km"], years, alpha=0.9)
    names = ["km_per_year", "low_km_per_year", "high_km_per_year"]
    assert found[names].tolist() == pytest.approx([expected.slope, expected.low_slope, expected.high_slope])
    assert (found["verdict"], found["strikes"], found["used"]) == (verdict, 80, 80)


@pytest.mark.parametrize("table", [many(9, 100.0), strikes([row(float(depth)) for depth in range(20)])])
def test_too_few_for_trend(table):
    """Too few strikes or days have no trend."""
    found = depth_trend(table).iloc[0]
    assert found["verdict"] == "too few"
    assert np.isnan(found["km_per_year"])


def test_trend_of_many():
    """Of many strikes a seeded sample is paired."""
    found = depth_trend(many(3_000, 100.0)).iloc[0]
    assert (found["strikes"], found["used"]) == (3_000, 2_000)
    assert found["low_km_per_year"] < 100.0 < found["high_km_per_year"]
    pd.testing.assert_series_equal(depth_trend(many(3_000, 100.0)).iloc[0], found)


def test_draws_type():
    """Draws have their type."""
    drawn = draw_depths(scattered(3), LINE, draws=7)
    assert isinstance(drawn, PlaceDraws)
    assert drawn.depth_km.shape == (3, 7)

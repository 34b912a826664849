"""Laws of the summary: the counts add up, and every figure is what plain pandas says."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geostrike.errors import TableError
from geostrike.stats import depth_summary, direction
from geostrike.tables import STRIKES, build_table


def strikes(rows):
    """A strikes table, points where there is a depth."""
    frame = build_table(STRIKES, rows).drop(columns="geometry")
    points = [Point(39, 44) if depth == depth else None for depth in frame["depth_km"]]
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points, crs="EPSG:4326"))


def row(depth, **values):
    """A strike at a depth in km."""
    base = {
        "strike_id": f"s{depth}", "place": f"place {depth}", "place_status": "resolved", "attacker": "UKR",
        "struck_country": "RUS", "side": "across", "depth_km": depth, "depth_min_km": depth - 1,
        "depth_max_km": depth + 1, "date_start": pd.Timestamp("2024-01-25"),
    }  # fmt: skip
    return base | values


ROW = st.builds(
    row,
    st.floats(0, 2000),
    side=st.sampled_from(["across", "home", "outside", ""]),
    place_status=st.sampled_from(["resolved", "given", "ambiguous", "unresolved"]),
    attacker=st.sampled_from(["UKR", "RUS", ""]),
    target_kind=st.sampled_from(["", "refinery"]),
)


@settings(deadline=None)
@given(st.lists(ROW, max_size=20), st.sampled_from([None, "month", "target_kind", "status"]))
def test_counts_add_up(rows, by):
    summary = depth_summary(strikes(rows), by=by)
    assert summary["strikes"].sum() == len(rows)
    assert (summary["located"] + summary["ambiguous"] + summary["unresolved"] == summary["strikes"]).all()
    assert (summary["with_depth"] + summary["home"] + summary["outside"] <= summary["strikes"]).all()


def test_figures_are_those_of_plain_numpy():
    depths = np.array([12.0, 342.0, 300.6, 854.7, 32.1])
    summary = depth_summary(strikes([row(depth) for depth in depths])).iloc[0]
    assert summary["median_km"] == np.median(depths)
    assert summary["mean_km"] == pytest.approx(depths.mean())
    assert summary["p90_km"] == pytest.approx(np.quantile(depths, 0.9))
    assert (summary["q1_km"], summary["q3_km"]) == pytest.approx(tuple(np.quantile(depths, [0.25, 0.75])))
    assert (summary["median_min_km"], summary["median_max_km"]) == (299.6, 301.6)
    assert (summary["farthest_id"], summary["farthest_place"]) == ("s854.7", "place 854.7")


@pytest.mark.parametrize("side", ["home", "outside", ""])
def test_only_strikes_across_the_border_are_measured(side):
    summary = depth_summary(strikes([row(10.0), row(500.0, side=side)])).iloc[0]
    assert (summary["strikes"], summary["with_depth"], summary["max_km"]) == (2, 1, 10.0)


def test_directions_are_kept_apart():
    summary = depth_summary(strikes([row(10.0), row(40.0, attacker="RUS", struck_country="UKR")]))
    assert summary["direction"].tolist() == ["RUS to UKR", "UKR to RUS"]
    assert summary["median_km"].tolist() == [40.0, 10.0]


def test_direction_of_a_strike_with_no_place_is_that_of_its_aim():
    nowhere = row(float("nan"), struck_country="", target_side="RUS", place_status="unresolved", side="")
    assert direction(strikes([nowhere])).tolist() == ["UKR to RUS"]


def test_undated_strikes_form_a_group_of_their_own():
    summary = depth_summary(strikes([row(10.0), row(20.0, date_start=pd.NaT)]), by="month")
    assert summary["month"].tolist() == ["2024-01", "unknown"]


def test_nothing_measured_gives_no_figure_and_no_farthest():
    summary = depth_summary(strikes([row(float("nan"), place_status="unresolved", side="")])).iloc[0]
    assert summary[["median_km", "max_km"]].isna().all()
    assert summary["farthest_id"] == ""


def test_unknown_group_is_refused():
    with pytest.raises(TableError, match="cannot group by 'colour'"):
        depth_summary(strikes([row(1.0)]), by="colour")

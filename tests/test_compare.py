"""Laws of comparing: what is alike gives no row, every strike is accounted for, each change is told once."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point

from geostrike.errors import TableError
from geostrike.exchange import csv_bytes
from geostrike.merging.compare import CHANGES, compare_strikes
from geostrike.tables import MEMBERS, STRIKES, build_table

GEOD = Geod(ellps="WGS84")


def strikes(*rows):
    """A strikes table: each row a dict; `at` is (lon, lat)."""
    base = {"status": "confirmed", "date_precision": "day", "place_status": "resolved", "depth_km": 100.0}
    frame = build_table(STRIKES, [base | row for row in rows]).drop(columns="geometry")
    points = [Point(row["at"]) if row.get("at") else None for row in rows]
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points, index=frame.index, crs="EPSG:4326"))


def strike(strike_id, place="Tuapse", day="2024-01-25", at=(39.08, 44.1), **values):
    """A strike at a place on a day."""
    days = {"date_start": pd.Timestamp(day), "date_end": pd.Timestamp(day)} if day else {}
    named = {"strike_id": strike_id, "place": place, "place_id": place.lower(), "place_as_written": place}
    return named | {"at": at} | days | values


def members(**records):
    """Strike id -> its records, as words."""
    rows = [{"strike_id": name, "record_id": record} for name, of in records.items() for record in of.split()]
    return build_table(MEMBERS, rows)


def changes(*tables, **options):
    found = compare_strikes(*tables, **options)
    return [tuple(row) for row in found[["change", "old_id", "new_id"]].itertuples(index=False)]


IDS = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@settings(deadline=None, max_examples=25)
@given(IDS, IDS)
def test_every_strike_is_the_same_or_gone_or_new(old, new):
    tables = [strikes(*(strike(name, place=name, day=None) for name in names)) for names in (old, new)]
    found = changes(*tables)
    assert {left for change, left, _ in found if change == "gone"} == set(old) - set(new)
    assert {right for change, _, right in found if change == "new"} == set(new) - set(old)
    assert len(found) == len(set(old) ^ set(new))


def test_a_table_against_itself_has_no_change():
    table = strikes(strike("a"), strike("b", at=None, place_status="unresolved"), strike("c", day=None))
    assert changes(table, table) == []
    assert compare_strikes(table, table).dtypes["moved_km"] == "float64"


def test_moved_is_the_geodesic_distance():
    old, new = strikes(strike("a", at=(39.08, 44.1))), strikes(strike("a", at=(39.6, 44.3), depth_km=60.0))
    (row,) = compare_strikes(old, new).to_dict("records")
    assert row["change"] == "moved"
    assert row["moved_km"] == pytest.approx(GEOD.inv(39.08, 44.1, 39.6, 44.3)[2] / 1000)
    assert row["depth_change_km"] == -40.0


def test_rounding_of_a_file_moves_nothing():
    old, new = strikes(strike("a", at=(39.0832612, 44.1008345))), strikes(strike("a", at=(39.083261, 44.100835)))
    assert changes(old, new) == []


def test_located_and_lost_tell_why():
    reason = "no place bears the name"
    nowhere = strike("a", place="", place_as_written="Xyz", at=None, place_reason=reason, depth_km=float("nan"))
    found = compare_strikes(strikes(nowhere), strikes(strike("a", place="Xyz")))
    assert found[["change", "was", "now"]].to_numpy().tolist() == [["located", reason, "Xyz (44.1000, 39.0800)"]]
    found = compare_strikes(strikes(strike("a", place="Xyz")), strikes(nowhere))
    assert found[["change", "was", "now"]].to_numpy().tolist() == [["not located", "Xyz (44.1000, 39.0800)", reason]]


@pytest.mark.parametrize(
    ("change", "column", "was", "now"),
    [
        ("status", "status", "claimed_by_attacker", "confirmed"),
        ("target", "target_kind", "", "refinery"),
        ("weapon", "weapon", "drone", "missile"),
        ("attacker", "attacker", "", "UKR"),
    ],
)
def test_a_word_that_changed_is_told_as_it_was_and_as_it_is(change, column, was, now):
    tables = [strikes(strike("a", **{column: word})) for word in (was, now)]
    assert compare_strikes(*tables)[["change", "was", "now"]].to_numpy().tolist() == [[change, was, now]]


def test_another_date_is_told():
    found = compare_strikes(strikes(strike("a")), strikes(strike("a", day="2024-01-26")))
    assert found[["change", "was", "now"]].to_numpy().tolist() == [["date", "2024-01-25", "2024-01-26"]]


def test_another_border_changes_the_depth_only():
    found = compare_strikes(strikes(strike("a")), strikes(strike("a", depth_km=90.0)))
    assert found[["change", "was", "now", "depth_change_km"]].to_numpy().tolist() == [
        ["depth", "100.0 km", "90.0 km", -10.0]
    ]


def test_a_strike_with_several_changes_has_several_rows():
    new = strike("a", at=(39.6, 44.3), status="disputed", weapon="drone")
    assert [change for change, *_ in changes(strikes(strike("a")), strikes(new))] == ["moved", "status", "weapon"]


# --- ids that change --------------------------------------------------------------------------------------------------


def test_members_see_through_a_new_id():
    """An earlier report came in: the strike has its record first now, and its id."""
    old, new = strikes(strike("r2")), strikes(strike("r1", status="disputed"))
    found = changes(old, new, old_members=members(r2="r2"), new_members=members(r1="r1 r2"))
    assert found == [("status", "r2", "r1")]


def test_merged_and_split_are_seen_by_their_members():
    two, one = strikes(strike("a"), strike("b")), strikes(strike("a"))
    apart, together = members(a="a", b="b"), members(a="a b")
    found = changes(two, one, old_members=apart, new_members=together)
    assert found == [("merged", "a", "a"), ("merged", "b", "a")]
    found = changes(one, two, old_members=together, new_members=apart)
    assert found == [("split", "a", "a"), ("split", "a", "b")]


def test_without_members_place_and_date_see_through_a_new_id():
    assert changes(strikes(strike("a")), strikes(strike("b"))) == []
    assert changes(strikes(strike("a")), strikes(strike("b", place="TUAPSE"))) == [("place", "a", "b")]


def test_two_at_one_place_on_one_day_are_not_guessed():
    old, new = strikes(strike("a"), strike("b")), strikes(strike("c"))
    assert changes(old, new) == [("gone", "a", ""), ("gone", "b", ""), ("new", "", "c")]


def test_of_two_at_one_place_the_target_tells_which_is_which():
    old = strikes(strike("a", target_kind="refinery"), strike("b", target_kind="port"))
    new = strikes(strike("c", target_kind="port"), strike("d", target_kind="refinery"))
    assert changes(old, new) == []


def test_undated_strikes_are_not_paired_by_place():
    assert [change for change, *_ in changes(strikes(strike("a", day=None)), strikes(strike("b", day=None)))] == [
        "gone",
        "new",
    ]


def test_the_source_s_id_stands_before_place_and_date():
    old = strikes(strike("a", source_id="7"), strike("b", source_id="8", day="2024-02-01"))
    new = strikes(strike("c", source_id="8"), strike("d", source_id="7", day="2024-02-01"))
    assert sorted(changes(old, new)) == [("date", "a", "d"), ("date", "b", "c")]


# --- tables -----------------------------------------------------------------------------------------------------------


def test_tables_read_from_csv_compare_as_those_in_memory(tmp_path):
    old, new = strikes(strike("a"), strike("b", at=None)), strikes(strike("a", at=(40, 45)), strike("c", day=None))
    files = []
    for number, table in enumerate((old, new)):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(csv_bytes(table))
        files.append(pd.read_csv(path, keep_default_na=False, na_values={"longitude": "", "latitude": ""}))
    read, held = compare_strikes(*files), compare_strikes(old, new)
    pd.testing.assert_frame_equal(read, held, atol=1e-3)


def test_empty_tables():
    assert changes(strikes(), strikes()) == []
    assert changes(strikes(), strikes(strike("a"))) == [("new", "", "a")]


def test_the_order_is_that_of_the_changes():
    old = strikes(strike("a"), strike("b", place="Azov", day="2024-02-02"), strike("c", place="Orel", day=None))
    new = strikes(
        strike("a", status="disputed"), strike("d", place="Engels"), strike("c", place="Orel", at=(0, 50), day=None)
    )
    found = [change for change, *_ in changes(old, new)]
    assert found == sorted(found, key=list(CHANGES).index)
    assert found == ["gone", "new", "moved", "status"]


def test_a_missing_column_is_refused():
    with pytest.raises(TableError, match="lacks the column 'status'"):
        compare_strikes(strikes().drop(columns="status"), strikes())

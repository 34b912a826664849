"""Laws of comparison: equal strikes give no row, every strike is accounted for, each change is listed once."""

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
def test_each_strike_is_accounted(old, new):
    """Every strike is unchanged, changed, gone or new."""
    tables = [strikes(*(strike(name, place=name, day=None) for name in names)) for names in (old, new)]
    found = changes(*tables)
    assert {left for change, left, _ in found if change == "gone"} == set(old) - set(new)
    assert {right for change, _, right in found if change == "new"} == set(new) - set(old)
    assert len(found) == len(set(old) ^ set(new))


def test_same_table_has_no_change():
    """A table has no changes from itself."""
    table = strikes(strike("a"), strike("b", at=None, place_status="unresolved"), strike("c", day=None))
    assert changes(table, table) == []
    assert compare_strikes(table, table).dtypes["moved_km"] == "float64"


def test_moved_is_geodesic_distance():
    """moved_km is the geodesic distance of the two points."""
    old, new = strikes(strike("a", at=(39.08, 44.1))), strikes(strike("a", at=(39.6, 44.3), depth_km=60.0))
    (row,) = compare_strikes(old, new).to_dict("records")
    assert row["change"] == "moved"
    assert row["moved_km"] == pytest.approx(GEOD.inv(39.08, 44.1, 39.6, 44.3)[2] / 1000)
    assert row["depth_change_km"] == -40.0


def test_rounding_moves_nothing():
    """The rounding of a file is not a change."""
    old, new = strikes(strike("a", at=(39.0832612, 44.1008345))), strikes(strike("a", at=(39.083261, 44.100835)))
    assert changes(old, new) == []


def test_located_and_lost():
    """A strike that gains or loses its point is listed with the reason."""
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
def test_changed_word_has_both(change, column, was, now):
    """A changed word is listed with its old and new value."""
    tables = [strikes(strike("a", **{column: word})) for word in (was, now)]
    assert compare_strikes(*tables)[["change", "was", "now"]].to_numpy().tolist() == [[change, was, now]]


def test_changed_date():
    """Another date is a change."""
    found = compare_strikes(strikes(strike("a")), strikes(strike("a", day="2024-01-26")))
    assert found[["change", "was", "now"]].to_numpy().tolist() == [["date", "2024-01-25", "2024-01-26"]]


def test_border_changes_depth_only():
    """Another border changes only the depth."""
    found = compare_strikes(strikes(strike("a")), strikes(strike("a", depth_km=90.0)))
    assert found[["change", "was", "now", "depth_change_km"]].to_numpy().tolist() == [
        ["depth", "100.0 km", "90.0 km", -10.0]
    ]


def test_several_changes_several_rows():
    """A strike has one row per change."""
    new = strike("a", at=(39.6, 44.3), status="disputed", weapon="drone")
    assert [change for change, *_ in changes(strikes(strike("a")), strikes(new))] == ["moved", "status", "weapon"]


# --- ids that change --------------------------------------------------------------------------------------------------


def test_members_match_new_id():
    """An earlier report came in: the strike has its record first now, and its id."""
    old, new = strikes(strike("r2")), strikes(strike("r1", status="disputed"))
    found = changes(old, new, old_members=members(r2="r2"), new_members=members(r1="r1 r2"))
    assert found == [("status", "r2", "r1")]


def test_merged_and_split():
    """Shared records show which strikes were merged or split."""
    two, one = strikes(strike("a"), strike("b")), strikes(strike("a"))
    apart, together = members(a="a", b="b"), members(a="a b")
    found = changes(two, one, old_members=apart, new_members=together)
    assert found == [("merged", "a", "a"), ("merged", "b", "a")]
    found = changes(one, two, old_members=together, new_members=apart)
    assert found == [("split", "a", "a"), ("split", "a", "b")]


def test_place_and_date_match_new_id():
    """Without members, place and date match strikes whose id changed."""
    assert changes(strikes(strike("a")), strikes(strike("b"))) == []
    assert changes(strikes(strike("a")), strikes(strike("b", place="TUAPSE"))) == [("place", "a", "b")]


def test_ambiguous_pairs_stay_unmatched():
    """Two strikes at one place on one day are not matched by guessing."""
    old, new = strikes(strike("a"), strike("b")), strikes(strike("c"))
    assert changes(old, new) == [("gone", "a", ""), ("gone", "b", ""), ("new", "", "c")]


def test_target_decides_pairs():
    """Of two strikes at one place, the target decides the match."""
    old = strikes(strike("a", target_kind="refinery"), strike("b", target_kind="port"))
    new = strikes(strike("c", target_kind="port"), strike("d", target_kind="refinery"))
    assert changes(old, new) == []


def test_undated_strikes_stay_unmatched():
    """Undated strikes are not matched by place."""
    assert [change for change, *_ in changes(strikes(strike("a", day=None)), strikes(strike("b", day=None)))] == [
        "gone",
        "new",
    ]


def test_source_id_comes_first():
    """The id of the source takes precedence over place and date."""
    old = strikes(strike("a", source_id="7"), strike("b", source_id="8", day="2024-02-01"))
    new = strikes(strike("c", source_id="8"), strike("d", source_id="7", day="2024-02-01"))
    assert sorted(changes(old, new)) == [("date", "a", "d"), ("date", "b", "c")]


# --- tables -----------------------------------------------------------------------------------------------------------


def test_csv_compares_as_memory(tmp_path):
    """Tables read from CSV compare as those in memory."""
    old, new = strikes(strike("a"), strike("b", at=None)), strikes(strike("a", at=(40, 45)), strike("c", day=None))
    files = []
    for number, table in enumerate((old, new)):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(csv_bytes(table))
        files.append(pd.read_csv(path, keep_default_na=False, na_values={"longitude": "", "latitude": ""}))
    read, held = compare_strikes(*files), compare_strikes(old, new)
    pd.testing.assert_frame_equal(read, held, atol=1e-3)


def test_empty_tables():
    """Empty tables have no changes."""
    assert changes(strikes(), strikes()) == []
    assert changes(strikes(), strikes(strike("a"))) == [("new", "", "a")]


def test_rows_are_ordered():
    """Rows are in the order of the changes."""
    old = strikes(strike("a"), strike("b", place="Azov", day="2024-02-02"), strike("c", place="Orel", day=None))
    new = strikes(
        strike("a", status="disputed"), strike("d", place="Engels"), strike("c", place="Orel", at=(0, 50), day=None)
    )
    found = [change for change, *_ in changes(old, new)]
    assert found == sorted(found, key=list(CHANGES).index)
    assert found == ["gone", "new", "moved", "status"]


def test_missing_column_is_refused():
    """A missing column is refused."""
    with pytest.raises(TableError, match="lacks the column 'status'"):
        compare_strikes(strikes().drop(columns="status"), strikes())

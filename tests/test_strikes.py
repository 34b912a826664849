"""Laws of merging: nothing is lost, nothing merges that the rule keeps apart, and order does not matter."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geostrike.errors import InputError, TableError
from geostrike.merging.merge import combined_status, merge_strikes
from geostrike.tables import CLAIMS, DECISIONS, RECORDS, REPORTS, RESOLVED, STATUSES, build_table

TUAPSE = {
    "place_id": "geonames:480716", "place": "Tuapse", "place_kind": "settlement", "country": "RUS", "admin1": "RU-KDA",
    "place_status": "resolved", "radius_km": 3.2, "geometry": Point(39.08, 44.10),
}  # fmt: skip
REFINERY = TUAPSE | {
    "place_id": "tuapse-refinery", "place": "Tuapse refinery", "place_kind": "facility", "radius_km": 1.0,
    "geometry": Point(39.09, 44.11),
}  # fmt: skip
KRASNODAR = TUAPSE | {"place_id": "RU-KDA", "place": "Krasnodar Krai", "place_kind": "region", "radius_km": 200.0}
NOWHERE = {"place_status": "unresolved", "geometry": None}


def record(name, place=TUAPSE, **values):
    """One record of a drone attack on Tuapse's refinery in the night to 25 January 2024."""
    event = {
        "record_id": name, "report_id": f"report-{name}", "start": 0, "end": 10,
        "date_start": pd.Timestamp("2024-01-24"), "date_end": pd.Timestamp("2024-01-25"), "date_precision": "night",
        "target_kind": "refinery", "weapon": "drone",
        "attacker": "UKR", "attacker_basis": "reported", "status": "claimed_by_attacker",
    }  # fmt: skip
    return event | place | values


def table(*rows):
    """Records with their places, as `resolve_places` returns them."""
    frame = build_table(RECORDS, rows).join(build_table(RESOLVED, rows).drop(columns="geometry"))
    geometry = gpd.GeoSeries([row["geometry"] for row in rows], crs="EPSG:4326")
    return gpd.GeoDataFrame(frame, geometry=geometry)


def ids(merged):
    """The members of each strike."""
    return sorted(sorted(part) for _, part in merged.members.groupby("strike_id")["record_id"])


def test_two_reports_merge():
    """Two reports of one strike are one strike."""
    merged = merge_strikes(table(record("a"), record("b", status="claimed_by_target")))
    assert ids(merged) == [["a", "b"]]
    strike = merged.strikes.iloc[0]
    assert (strike["strike_id"], strike["n_reports"], strike["status"]) == ("a", 2, "confirmed")


def test_facility_in_settlement_merges():
    """A facility and its settlement are one place; the more precise one is kept."""
    merged = merge_strikes(table(record("a"), record("b", REFINERY)))
    assert ids(merged) == [["a", "b"]]
    assert merged.strikes.loc[0, "place"] == "Tuapse refinery"


@pytest.mark.parametrize(
    "change",
    [
        {"date_start": pd.Timestamp("2024-01-26"), "date_end": pd.Timestamp("2024-01-26")},
        {"attacker": "RUS"},
        {"target_kind": "bridge"},
        {"status": "intercepted"},
        {"report_id": "report-a"},
        {"place_id": "other", "geometry": Point(39.5, 44.1)},
        {"place_status": "given"},
    ],
)
def test_differing_records_stay_apart(change):
    """Records that differ in place, date, target, attacker or outcome are two strikes."""
    assert ids(merge_strikes(table(record("a"), record("b", **change)))) == [["a"], ["b"]]


def test_given_points_merge_on_request():
    """Rows with given coordinates merge only if asked."""
    rows = table(record("a", place_status="given"), record("b", place_status="given"))
    assert ids(merge_strikes(rows, merge_given=True)) == [["a", "b"]]


@pytest.mark.parametrize("general", ["", "city", "oil depot", "energy facilities", "industrial site"])
def test_special_target_is_kept(general):
    """A general kind of target merges with a special one, which is kept."""
    merged = merge_strikes(table(record("a", target_kind=general), record("b")))
    assert ids(merged) == [["a", "b"]]
    assert merged.strikes.loc[0, "target_kind"] == "refinery"


def test_region_is_only_related():
    """A record of a region never merges; it is related with the reason."""
    merged = merge_strikes(table(record("a"), record("b", KRASNODAR)))
    assert ids(merged) == [["a"], ["b"]]
    relation = merged.relations.iloc[0]
    assert (relation["relation"], relation["reason"]) == ("possibly_same", "one is known only to Krasnodar Krai")


def test_open_date_is_only_related():
    """A record with an open date never merges; it is related."""
    merged = merge_strikes(table(record("a"), record("b", date_start=pd.NaT, date_precision="vague")))
    assert ids(merged) == [["a"], ["b"]]
    assert merged.relations["reason"].tolist() == ["a date is open"]


def test_inferred_date_merges():
    """An inferred date merges like a reported one, which the strike then has."""
    inferred = record("b", date_precision="vague", date_basis="inferred")
    merged = merge_strikes(table(inferred, record("a", date_basis="reported")))
    assert len(merged.strikes) == 1
    assert merged.strikes[["date_precision", "date_basis"]].values.tolist() == [["night", "reported"]]
    assert sorted(merged.members["date_basis"]) == ["inferred", "reported"]


def test_earlier_report_stays_apart():
    """A report published before a strike is not about it."""
    reports = build_table(
        REPORTS,
        [
            {"report_id": "report-a", "published": pd.Timestamp("2024-01-23")},
            {"report_id": "report-b", "published": pd.Timestamp("2024-01-25")},
        ],
    )
    early = record("a", date_start=pd.NaT, date_precision="vague")
    merged = merge_strikes(table(early, record("b")), reports=reports)
    assert ids(merged) == [["a"], ["b"]]
    assert merged.relations.empty


def test_unplaced_records_stay():
    """Records without a place are strikes of their own."""
    merged = merge_strikes(table(record("a", NOWHERE), record("b", NOWHERE)))
    assert ids(merged) == [["a"], ["b"]]
    assert merged.strikes.geometry.isna().all()
    assert merged.strikes["warnings"].tolist() == ["UNKNOWN_PLACE"] * 2


def test_claims_follow_their_record():
    """Claims get the strike of their record."""
    claims = build_table(CLAIMS, [{"claim_id": "c", "record_id": "b", "stance": "confirms"}])
    merged = merge_strikes(table(record("a"), record("b")), claims)
    assert merged.claims["strike_id"].tolist() == ["a"]


def test_frame_type_is_kept():
    """Type, coordinate system and further columns are kept."""
    rows = table(record("a"), record("b", NOWHERE)).assign(fatalities=[3, 0])
    merged = merge_strikes(rows)
    assert isinstance(merged.strikes, gpd.GeoDataFrame)
    assert merged.strikes.crs.to_epsg() == 4326
    assert sorted(merged.strikes["fatalities"]) == [0, 3]


def test_empty_in_empty_out():
    """No records give no strikes."""
    merged = merge_strikes(table())
    assert merged.strikes.empty
    assert merged.members.empty


def test_unknown_word_is_refused():
    """An unknown word is refused with its row."""
    with pytest.raises(TableError, match=r"records, row 0: status is 'maybe'; known words: aborted"):
        merge_strikes(table(record("a", status="maybe")))


DAYS = st.dates(min_value=pd.Timestamp("2024-01-01").date(), max_value=pd.Timestamp("2024-01-05").date())
RECORD = st.fixed_dictionaries(
    {
        "place": st.sampled_from([TUAPSE, REFINERY, KRASNODAR, NOWHERE]),
        "day": DAYS,
        "report_id": st.sampled_from(["r1", "r2", "r3"]),
        "target_kind": st.sampled_from(["", "refinery", "oil depot", "bridge"]),
        "attacker": st.sampled_from(["", "UKR", "RUS"]),
        "status": st.sampled_from(sorted(STATUSES)),
    }
)


@settings(deadline=None, max_examples=50)
@given(st.lists(RECORD, max_size=7), st.randoms(use_true_random=False))
def test_each_record_has_one_strike(drawn, random):
    """Every record is a member of exactly one strike, in any order."""
    rows = [
        record(
            f"rec{i}",
            d["place"],
            **{key: d[key] for key in ("report_id", "target_kind", "attacker", "status")},
            date_start=pd.Timestamp(d["day"]),
            date_end=pd.Timestamp(d["day"]),
            date_precision="day",
        )
        for i, d in enumerate(drawn)
    ]
    merged = merge_strikes(table(*rows))
    assert sorted(merged.members["record_id"]) == sorted(row["record_id"] for row in rows)
    assert set(merged.members["strike_id"]) == set(merged.strikes["strike_id"])
    for _, part in merged.members.groupby("strike_id"):
        assert part["report_id"].is_unique
    random.shuffle(rows)
    again = merge_strikes(table(*rows))
    pd.testing.assert_frame_equal(pd.DataFrame(merged.strikes), pd.DataFrame(again.strikes))
    pd.testing.assert_frame_equal(merged.relations, again.relations)


@given(st.lists(st.sampled_from(sorted(STATUSES)), min_size=1))
def test_combined_status(statuses):
    """The status is one of the records', or confirmed by both sides."""
    combined = combined_status(statuses)
    both = {"claimed_by_attacker", "claimed_by_target"} <= set(statuses)
    assert combined in statuses or (combined == "confirmed" and both)
    assert combined == combined_status(statuses[::-1])


def test_disputed_stays_disputed() -> None:
    """A disputed strike is not confirmed by claims of both sides."""
    assert combined_status(["claimed_by_attacker", "disputed", "claimed_by_target"]) == "disputed"


def test_reprints_count_once():
    """Reprints count as one report."""
    reports = build_table(
        REPORTS,
        [{"report_id": "report-a", "published": pd.Timestamp("2024-01-26")},
         {"report_id": "report-b", "published": pd.Timestamp("2024-01-26"), "reprint_of": "report-a"}],
    )  # fmt: skip
    merged = merge_strikes(table(record("a"), record("b")), reports=reports)
    assert merged.strikes["n_reports"].tolist() == [1]
    assert len(merged.members) == 2


def test_region_of_several_strikes():
    """A region that fits several strikes has each as a part."""
    other = TUAPSE | {"place_id": "x", "place": "Slavyansk", "geometry": Point(38.1, 45.3)}
    merged = merge_strikes(table(record("a"), record("b", other), record("c", KRASNODAR)))
    assert set(merged.relations["relation"]) == {"part_of"}
    assert merged.relations[["left_id", "right_id"]].values.tolist() == [["a", "c"], ["b", "c"]]


def test_separation_has_reason():
    """Strikes at one place that stay apart are related with the reason."""
    later = {"date_start": pd.Timestamp("2024-01-27"), "date_end": pd.Timestamp("2024-01-27")}
    row = merge_strikes(table(record("a"), record("b", **later))).relations.iloc[0]
    assert (row["relation"], row["reason"]) == ("different_because", "2024-01-25 is before 2024-01-27")
    assert ids(merge_strikes(table(record("a"), record("b", **later)), days_apart=2)) == [["a", "b"]]


def decided(*rows):
    """Decisions on two records: the one, the other, and same or apart."""
    return build_table(DECISIONS, [dict(zip(("record_id", "other_id", "decision"), row, strict=True)) for row in rows])


def test_merge_has_reason():
    """Each merged record is related as the same, with the reason."""
    row = merge_strikes(table(record("a"), record("b", REFINERY))).relations.iloc[0]
    related = (row["left_id"], row["right_id"], row["relation"], row["reason"])
    assert related == ("a", "b", "same", "Tuapse and Tuapse refinery; 2024-01-24; refinery")


def test_decision_separates():
    """A reviewer's decision separates what the rule merges."""
    rows = table(record("a"), record("b"), record("c"))
    assert ids(merge_strikes(rows)) == [["a", "b", "c"]]
    merged = merge_strikes(rows, decided=decided(("c", "a", "apart")))
    assert ids(merged) == [["a", "b"], ["c"]]
    pairs = merged.relations.set_index(["left_id", "right_id"])
    assert tuple(pairs.loc[("a", "c")]) == ("different_because", "a reviewer's decision")


@pytest.mark.parametrize("other", [{"report_id": "report-a"}, {"target_kind": "bridge"}, NOWHERE])
def test_decision_merges(other):
    """A reviewer's decision merges what the rule separates."""
    rows = table(record("a"), record("b", **other))
    assert ids(merge_strikes(rows)) == [["a"], ["b"]]
    merged = merge_strikes(rows, decided=decided(("b", "a", "same")))
    assert ids(merged) == [["a", "b"]]
    assert merged.relations.values.tolist() == [["a", "b", "same", "a reviewer's decision"]]
    assert merged.strikes.loc[0, "place"] == "Tuapse"


def test_decisions_on_missing_records():
    """Decisions on missing records change nothing."""
    rows = table(record("a"), record("b"))
    assert ids(merge_strikes(rows, decided=decided(("a", "gone", "apart"), ("gone", "b", "same")))) == [["a", "b"]]


def test_contradicting_decisions_are_refused():
    """Decisions that contradict each other are refused."""
    rows = table(record("a"), record("b"), record("c"))
    decisions = decided(("a", "b", "same"), ("b", "c", "same"), ("a", "c", "apart"))
    with pytest.raises(InputError, match="a and c are decided to be apart"):
        merge_strikes(rows, decided=decisions)


def test_tolerance_in_kilometres():
    """With km_apart, places within that distance merge."""
    near = TUAPSE | {"place_id": "x", "place": "Nebug", "geometry": Point(39.0, 44.16)}
    rows = table(record("a"), record("b", near))
    assert ids(merge_strikes(rows, km_apart=5)) == [["a"], ["b"]]
    assert ids(merge_strikes(rows, km_apart=12)) == [["a", "b"]]
    with pytest.raises(InputError, match="neither can be negative"):
        merge_strikes(rows, km_apart=-1)

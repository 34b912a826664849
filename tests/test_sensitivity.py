"""Laws of the table of choices: every row is the summary of what its choice leaves, and nothing else."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import geostrike as gs
from geostrike.borders.border import Border
from geostrike.depth import depth_by_definition
from geostrike.results import MergeOptions
from geostrike.stats import depth_summary, sensitivity
from geostrike.stats.sensitivity import HEADLINES, STATUS_STEPS
from geostrike.tables import RELATIONS, STATUSES, build_table

TEXTS = {
    "Drones hit an oil depot in Belgorod on 1 April 2022, the governor said.": "2022-04-03",
    "Ukraine's drones struck the oil depot in Belgorod on 2 April 2022, Ukrainian officials said.": "2022-04-03",
    "Ukrainian drones hit the refinery in Tuapse on 25 January 2024, a source said.": "2024-01-25",
    "A drone fell in Krasnodar region on 25 January 2024, the governor said.": "2024-01-26",
    "Ukrainian drones were shot down over Sevastopol on 5 May 2024, the governor said.": "2024-05-05",
    "Russian missiles hit a power plant in Odesa on 6 May 2024, the mayor said.": "2024-05-06",
}


@pytest.fixture(scope="module")
def located():
    return gs.locate(pd.DataFrame({"text": list(TEXTS), "published": list(TEXTS.values())}))


@pytest.fixture(scope="module")
def table(located):
    return sensitivity(located, draws=100)


def chosen(table, aspect, choice, direction="UKR to RUS"):
    found = table[(table["aspect"] == aspect) & (table["choice"] == choice) & (table["direction"] == direction)]
    assert len(found) == 1
    return found.iloc[0]


def same_figures(row, summary):
    (expected,) = summary[summary["direction"] == row["direction"]].to_dict("records")
    for name in HEADLINES:
        assert (
            row[name] == pytest.approx(expected[name], nan_ok=True)
            if name.endswith("_km")
            else row[name] == expected[name]
        )


def test_choices_by_direction(table):
    """Every choice is there for every direction."""
    counts = table.groupby("direction")["choice"].agg(list)
    assert len({tuple(choices) for choices in counts}) == 1
    assert table.groupby("direction", sort=False)["aspect"].first().unique().tolist() == ["as located"]
    assert set(table["aspect"]) == {"as located", "precision", "border", "status", "merging"}


def test_first_row_is_summary(located, table):
    """The first row is the summary."""
    summary = depth_summary(located.strikes, border=located.border, areas=located.areas, draws=100)
    for row in table[table["aspect"] == "as located"].to_dict("records"):
        same_figures(row, summary)
        assert row["median_change_km"] == 0 or np.isnan(row["median_km"])


@pytest.mark.parametrize(
    ("aspect", "choice"), [("precision", "all"), ("status", "with intercepted"), ("border", "land")]
)
def test_full_choice_is_base(table, aspect, choice):
    """A choice that leaves nothing out changes nothing."""
    for direction in table["direction"].unique():
        row, base = chosen(table, aspect, choice, direction), chosen(table, "as located", "all strikes", direction)
        pd.testing.assert_series_equal(row[HEADLINES], base[HEADLINES], check_names=False)


def test_plain_selection(located, table):
    """Precision and status equal plain selection."""
    exact = located.strikes[located.strikes["place_kind"].isin(["facility", "settlement", "point"])]
    claimed = located.strikes[located.strikes["status"].isin(["confirmed", "claimed_by_attacker", "claimed_by_target"])]
    for part, aspect, choice in (
        (exact, "precision", "facilities and settlements"),
        (claimed, "status", "with claimed"),
    ):
        row, plain = chosen(table, aspect, choice), depth_summary(part, draws=0).set_index("direction")
        assert row["strikes"] == plain.loc["UKR to RUS", "strikes"]
        assert row["max_km"] == plain.loc["UKR to RUS", "max_km"]


def test_status_steps():
    """The steps of status contain every status once."""
    assert sorted(STATUS_STEPS["with intercepted"]) == sorted(STATUSES)


def test_shipped_borders(located, table):
    """The borders are those that ship for the pair, measured as by definition."""
    definitions = ["land", "territory", "territory_without_crimea"]
    assert table.loc[table["aspect"] == "border", "choice"].unique().tolist() == definitions
    borders = {name: Border.between("UKR", "RUS", definition=name) for name in definitions}
    depths = depth_by_definition(located.strikes, borders)[
        (located.strikes["side"] == "across") & (located.strikes["attacker"] == "UKR")
    ]
    for name in definitions:
        assert chosen(table, "border", name)["median_km"] == pytest.approx(depths[name].median())


def test_own_borders(located):
    """Borders can be named by the user."""
    border = Border.between("UKR", "RUS", definition="territory")
    found = sensitivity(located, {"nearest ground": border})
    assert found.loc[found["aspect"] == "border", "choice"].unique().tolist() == ["nearest ground"]


def test_records_alone(located, table):
    """Without merging every record is a strike."""
    rows = table[(table["aspect"] == "merging") & (table["choice"] == "each record alone")]
    assert rows["strikes"].sum() == len(located.records)


def test_days_apart(located, table):
    """A tolerance in days merges more than the rule."""
    strikes = len(located.strikes)
    rows = table[(table["aspect"] == "merging") & (table["choice"] == "up to 1 day apart")]
    merged = gs.merge_strikes(located.records, located.claims, reports=located.reports, days_apart=1)
    assert rows["strikes"].sum() == len(merged.strikes) == strikes - 1


@pytest.fixture(scope="module")
def decided(located, tmp_path_factory):
    """The run again, with the decision that two records a day apart are two strikes."""
    belgorod = located.records.loc[located.records["place"] == "Belgorod", "record_id"].tolist()
    file = tmp_path_factory.mktemp("review") / "decisions.csv"
    file.write_text("record_id,other_id,decision,note\n{},{},apart,two nights\n".format(*belgorod), encoding="utf-8")
    return gs.locate(pd.DataFrame({"text": list(TEXTS), "published": list(TEXTS.values())}), decisions=file)


def test_decisions_take_precedence(located, decided, table):
    """A reviewer's decisions take precedence over tolerances."""
    rows = {}
    for run, found in ((located, table), (decided, sensitivity(decided))):
        merging = found[(found["aspect"] == "merging") & (found["choice"] == "up to 3 days apart")]
        rows[run is decided] = merging["strikes"].sum()
    assert rows == {False: len(located.strikes) - 1, True: len(decided.strikes)}


def test_tolerances_of_run(located):
    """The tolerances of the run apply under every choice."""
    found = sensitivity(replace(located, merging=MergeOptions(days_apart=1)), merging={"as given": {}})
    merged = gs.merge_strikes(located.records, located.claims, reports=located.reports, days_apart=1)
    assert found.loc[found["choice"] == "as given", "strikes"].sum() == len(merged.strikes)


def test_possibly_same_counted_once(located, table):
    """Of strikes that may be the same the less precise is left out."""
    (pair,) = located.relations[located.relations["relation"].isin(["possibly_same", "part_of"])].to_dict("records")
    row, base = chosen(table, "merging", "what may be one, once"), chosen(table, "as located", "all strikes")
    assert row["strikes"] == base["strikes"] - 1
    kinds = located.strikes.set_index("strike_id")["place_kind"]
    assert {kinds[pair["left_id"]], kinds[pair["right_id"]]} == {"settlement", "region"}


def test_chain_of_pairs():
    """A chain of pairs keeps its most precise strike."""
    strikes = gpd.GeoDataFrame({"strike_id": ["a", "b", "c"], "radius_km": [5.0, 1.0, np.nan]})
    pairs = [("a", "b", "possibly_same"), ("c", "b", "possibly_same"), ("a", "c", "different_because")]
    names = ("left_id", "right_id", "relation")
    relations = build_table(RELATIONS, [dict(zip(names, pair, strict=True)) for pair in pairs])
    from geostrike.stats.sensitivity import _less_precise

    assert _less_precise(strikes, relations) == {"a", "c"}


def test_many_records(located):
    """Many records are not merged again."""
    found = sensitivity(located, merged_anew_up_to=2)
    merging = found.loc[found["aspect"] == "merging", "choice"].unique().tolist()
    assert merging == ["each record alone", "what may be one, once"]


def test_empty_choice(located):
    """A choice without strikes has zeros."""
    none = replace(located, strikes=located.strikes.assign(status="disputed"))
    row = chosen(sensitivity(none), "status", "confirmed only")
    assert (row["strikes"], row["with_depth"], row["farthest_id"]) == (0, 0, "")
    assert np.isnan(row["median_km"])


def test_no_strikes(tmp_path):
    """Without strikes the table is empty."""
    empty = gs.locate(pd.DataFrame({"text": ["Nothing happened."]}))
    assert sensitivity(empty).empty

"""What changed, as the pages tell it: every number is that of the tables, and nothing of them runs."""

from __future__ import annotations

import html
import re
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point
from site_samples import AXE, HOSTILE, small_run, text_of, with_text

from geostrike.exchange import csv_bytes
from geostrike.merging.compare import CHANGES, compare_strikes
from geostrike.report import changes, changes_page, report_page
from geostrike.report.changes import change_sentences
from geostrike.results import Comparison
from geostrike.runs.compare import compare_runs
from geostrike.stats import direction
from geostrike.tables import MEMBERS, build_table

MILE = 1.609344
TESTS = Path(__file__).resolve().parent


def compared(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, **members: pd.DataFrame) -> Comparison:
    return Comparison(old, new, compare_strikes(old, new, **members))


def told(comparison: Comparison) -> str:
    sentences = (f"{sentence.text} {sentence.note}".strip() for sentence in change_sentences(comparison))
    return " ".join(sentences).replace("\xa0", " ")


def changed(strikes: gpd.GeoDataFrame, strike_id: str, **values) -> gpd.GeoDataFrame:
    strikes = strikes.copy()
    at = strikes.index[strikes["strike_id"] == strike_id][0]
    for name, value in values.items():
        strikes.at[at, name] = value
    return strikes


@pytest.fixture
def strikes() -> gpd.GeoDataFrame:
    return small_run().strikes


@pytest.fixture
def many(strikes) -> Comparison:
    """A comparison with nearly every kind of change."""
    new = changed(strikes, "s1", geometry=Point(39.6, 44.3), depth_km=300.0, status="confirmed")
    new = changed(new, "s6", status="confirmed", weapon="missile", date_start=pd.Timestamp("2022-03-31"))
    new = changed(new, "s5", depth_km=280.0)
    return compared(strikes[strikes["strike_id"] != "s2"], new[new["strike_id"] != "s3"])


# --- sentences -------------------------------------------------------------------------------------------------------


def test_nothing_changed_is_one_sentence(strikes):
    assert told(compared(strikes, strikes)) == f"Nothing changed: {len(strikes)} strikes then and now, all alike."


def test_the_counts_are_those_of_the_tables(many):
    words = told(many)
    touched = set(many.changes["new_id"]) - {""}
    assert words.startswith(
        f"There were {len(many.old)} strikes; now there are {len(many.new)}; "
        f"{len(many.new) - len(touched)} of them are as before."
    )
    assert "1 strike is gone: " in words
    assert "1 strike is new: " in words


def test_what_moved_is_told_in_kilometres_and_miles_with_what_it_did_to_the_depth(many):
    (row,) = many.changes[many.changes["change"] == "moved"].to_dict("records")
    lost = abs(row["depth_change_km"])
    assert (
        f"Tuapse (24–25 January 2024) moved {row['moved_km']:.0f} km ({row['moved_km'] / MILE:.0f} miles). "
        f"It lies {lost:.0f} km ({lost / MILE:.0f} miles) nearer to the border now."
    ) in told(many)


def test_several_that_moved_are_told_with_the_farthest(strikes):
    new = changed(strikes, "s1", geometry=Point(39.6, 44.3))
    new = changed(new, "s6", geometry=Point(36.6, 51.6), depth_km=float("nan"))
    found = compared(strikes, new)
    moved = found.changes.loc[found.changes["change"] == "moved", "moved_km"]
    assert f"2 strikes moved, by {moved.min():.0f} to {moved.max():.0f} km" in told(found)
    assert "the farthest: Belgorod (1 April 2022)." in told(found)


def test_words_that_changed_are_told_from_what_to_what(many, strikes):
    words = told(many)
    was = strikes.set_index("strike_id")["status"].str.replace("_", " ")
    weapon = strikes.set_index("strike_id").at["s6", "weapon"] or "not told"
    assert f"The weapon of Belgorod (31 March 2022 – 1 April 2022) changed from {weapon} to missile." in words
    assert "The status of 2 strikes changed: " in words
    for strike in ("s1", "s6"):
        assert f"1 from {was[strike]} to confirmed" in words
    assert "changed from 1 April 2022 to 31 March 2022 – 1 April 2022." in words


def test_another_depth_of_one_place_names_what_may_be_behind_it(many, strikes):
    change = 280.0 - strikes.set_index("strike_id").at["s5", "depth_km"]
    written = f"{change:+.1f}" if abs(change) < 10 else f"{change:+.0f}"
    lies = "1 strike lies where it lay, and its depth is another, by"
    assert f"{lies} {written.replace('-', '−')} km: Lipetsk" in told(many)
    assert "The border, or how closely the place is known, is not what it was." in told(many)


def test_located_and_lost_are_told_with_the_reason(strikes):
    nowhere = {"geometry": None, "place": "", "place_reason": "two towns bear the name", "depth_km": float("nan")}
    lost = changed(strikes, "s1", **nowhere)
    assert "1 strike could be located and could not before: Tuapse (24–25 January 2024)." in told(
        compared(lost, strikes)
    )
    assert "could be located and cannot be now: Tuapse (24–25 January 2024). Two towns bear the name" in told(
        compared(strikes, lost)
    )


def test_merged_and_split_are_counted(strikes):
    two = strikes[strikes["strike_id"].isin(["s1", "s6"])]
    one = two.iloc[:1]
    apart, together = (
        build_table(MEMBERS, [{"strike_id": strike, "record_id": record} for strike, record in pairs])
        for pairs in ([("s1", "a"), ("s6", "b")], [("s1", "a"), ("s1", "b")])
    )
    assert "2 strikes became 1: Tuapse" in told(compared(two, one, old_members=apart, new_members=together))
    assert "1 strike became 2: " in told(compared(one, two, old_members=together, new_members=apart))


def test_of_very_many_the_first_are_named_and_the_rest_is_counted(strikes):
    several = pd.concat([strikes] * 3, ignore_index=True)
    several["strike_id"] = several["place_id"] = [f"n{number}" for number in range(len(several))]
    words = told(compared(strikes.iloc[:0], several))
    assert f"{len(several)} strikes are new: " in words
    assert f"and {len(several) - changes.MOST_NAMED} more." in words


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_has_a_row_for_every_change_and_the_figures_before_and_now(many):
    page = changes_page(many, old_name="may", new_name="june")
    words = text_of(page)
    assert "from may · to june" in words
    assert len(re.findall(r"<tr><td>", page.split("One by one")[1])) == len(many.changes)
    for change in many.changes["change"].unique():
        assert f"{change.capitalize()}: {CHANGES[change]}" in words
    medians = []
    for table in (many.old, many.new):
        part = table[(direction(table) == "UKR to RUS") & (table["side"] == "across")]
        medians.append(f"{part['depth_km'].median():,.0f}")
    assert f"{medians[0]} → {medians[1]}" in words


def test_a_long_list_is_cut_and_says_so(strikes, monkeypatch):
    monkeypatch.setattr(changes, "MOST_ROWS", 2)
    page = changes_page(compared(strikes.iloc[:0], strikes))
    assert f"And {len(strikes) - 2} more, in the table beside this page." in text_of(page)


def test_tables_without_depths_make_a_page_without_figures(strikes):
    bare = strikes.drop(columns=["depth_km", "side"])
    page = changes_page(compared(bare, bare.iloc[1:]))
    assert "The figures, before and now" not in page
    assert "1 strike is gone" in page


def test_a_report_tells_what_changed_since_the_last_run(many, strikes):
    words = text_of(report_page(small_run(), compared=many), "changed")
    assert words.startswith("What changed since the last run There were")
    assert "1 strike is new: " in words
    assert 'id="changed"' not in report_page(small_run())
    assert "Nothing changed" in text_of(report_page(small_run(), compared=compared(strikes, strikes)), "changed")


def test_a_run_and_its_files_are_alike(tmp_path, strikes):
    (tmp_path / "strikes.csv").write_bytes(csv_bytes(strikes))
    assert compare_runs(tmp_path, tmp_path).unchanged == len(strikes)


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("changes")


def opened_page(folder: Path, open_page, comparison: Comparison, **options) -> SimpleNamespace:
    path = folder / "diff.html"
    path.write_text(changes_page(comparison), encoding="utf-8")
    return open_page(path, ready="#changed", **options)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_axe_finds_no_barrier_and_nothing_overflows(size, dark, many, folder, open_page):
    opened = opened_page(folder, open_page, many, size=size, dark=dark)
    assert opened.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    opened.page.evaluate((TESTS / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + "; 0")
    assert opened.page.evaluate(AXE) == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_and_never_run(kind, strikes, folder, open_page):
    text = HOSTILE[kind]
    words = with_text(strikes, text, "place", "place_as_written", "place_reason")
    path = folder / "hostile.html"
    page = changes_page(
        compared(words, words.assign(status="disputed", geometry=None)), old_name=text, new_name=text, title=text
    )
    assert "1337" not in page
    path.write_text(page, encoding="utf-8")
    opened = open_page(path, ready="#changed")
    assert opened.page.evaluate("() => window.ran || 0") == 0
    assert opened.page.evaluate("() => document.querySelectorAll('script, img, svg, h1 *').length") == 0
    opened.assert_quiet()
    assert opened.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_policy_lets_no_script_run(many):
    assert "script-src 'none'" in html.unescape(changes_page(many))

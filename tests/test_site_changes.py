"""The pages on changes: every number is from the tables, and no text is run."""

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
from geostrike.report.wording import status_words
from geostrike.results import Comparison
from geostrike.runs.compare import compare_runs
from geostrike.stats import direction
from geostrike.tables import MEMBERS, build_table

MILE = 1.609344
TESTS = Path(__file__).resolve().parent


def compared(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, **members: pd.DataFrame) -> Comparison:
    return Comparison(old, new, compare_strikes(old, new, **members))


def said(comparison: Comparison) -> str:
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


def test_no_changes(strikes):
    """Two equal tables give one sentence."""
    assert said(compared(strikes, strikes)) == f"Nothing changed: {len(strikes)} strikes before and after."


def test_change_counts(many):
    """The counts are those of the tables."""
    words = said(many)
    touched = set(many.changes["new_id"]) - {""}
    assert words.startswith(
        f"There were {len(many.old)} strikes; now there are {len(many.new)}; "
        f"{len(many.new) - len(touched)} of them are unchanged."
    )
    assert "1 strike is gone: " in words
    assert "1 strike is new: " in words


def test_move(many):
    """A move is given in kilometres and miles, with the change of depth."""
    (row,) = many.changes[many.changes["change"] == "moved"].to_dict("records")
    lost = abs(row["depth_change_km"])
    assert (
        f"Tuapse (24–25 January 2024) moved {row['moved_km']:.0f} km ({row['moved_km'] / MILE:.0f} miles). "
        f"It is now {lost:.0f} km ({lost / MILE:.0f} miles) nearer to the border."
    ) in said(many)


def test_several_moves(strikes):
    """Several moves are one sentence, with the farthest."""
    new = changed(strikes, "s1", geometry=Point(39.6, 44.3))
    new = changed(new, "s6", geometry=Point(36.6, 51.6), depth_km=float("nan"))
    found = compared(strikes, new)
    moved = found.changes.loc[found.changes["change"] == "moved", "moved_km"]
    assert f"2 strikes moved, by {moved.min():.0f} to {moved.max():.0f} km" in said(found)
    assert "the farthest: Belgorod (1 April 2022)." in said(found)


def test_changed_words(many, strikes):
    """A changed word is given with its old and new value."""
    words = said(many)
    was = strikes.set_index("strike_id")["status"].map(status_words)
    weapon = strikes.set_index("strike_id").at["s6", "weapon"] or "none"
    assert f"The weapon of Belgorod (31 March 2022 – 1 April 2022) changed from {weapon} to missile." in words
    assert "The status of 2 strikes changed: " in words
    for strike in ("s1", "s6"):
        assert f"1 from {was[strike]} to confirmed" in words
    assert "changed from 1 April 2022 to 31 March 2022 – 1 April 2022." in words


def test_changed_depth(many, strikes):
    """A changed depth at the same place comes with a possible cause."""
    change = 280.0 - strikes.set_index("strike_id").at["s5", "depth_km"]
    written = f"{change:+.1f}" if abs(change) < 10 else f"{change:+.0f}"
    by = f"{written.replace('-', '−')} km, although its place did not: Lipetsk"
    assert f"The depth of 1 strike changed by {by}" in said(many)
    assert "The border, or the precision of the place, changed." in said(many)


def test_located_and_lost(strikes):
    """Strikes that gained or lost their location are given with the reason."""
    nowhere = {"geometry": None, "place": "", "place_reason": "two towns bear the name", "depth_km": float("nan")}
    lost = changed(strikes, "s1", **nowhere)
    assert "1 strike can now be located: Tuapse (24–25 January 2024)." in said(compared(lost, strikes))
    assert "can no longer be located: Tuapse (24–25 January 2024). Two towns bear the name" in said(
        compared(strikes, lost)
    )


def test_merged_and_split(strikes):
    """Merged and split strikes are counted."""
    two = strikes[strikes["strike_id"].isin(["s1", "s6"])]
    one = two.iloc[:1]
    apart, together = (
        build_table(MEMBERS, [{"strike_id": strike, "record_id": record} for strike, record in pairs])
        for pairs in ([("s1", "a"), ("s6", "b")], [("s1", "a"), ("s1", "b")])
    )
    assert "2 strikes became 1: Tuapse" in said(compared(two, one, old_members=apart, new_members=together))
    assert "1 strike became 2: " in said(compared(one, two, old_members=together, new_members=apart))


def test_many_changes(strikes):
    """Of many changes the first are named, and the others counted."""
    several = pd.concat([strikes] * 3, ignore_index=True)
    several["strike_id"] = several["place_id"] = [f"n{number}" for number in range(len(several))]
    words = said(compared(strikes.iloc[:0], several))
    assert f"{len(several)} strikes are new: " in words
    assert f"and {len(several) - changes.MOST_NAMED} more." in words


# --- the page --------------------------------------------------------------------------------------------------------


def test_change_table(many):
    """The page has a row per change, and the figures before and after."""
    page = changes_page(many, old_name="may", new_name="june")
    words = text_of(page)
    assert "from may · to june" in words
    assert len(re.findall(r"<tr><td>", page.split("one by one")[1])) == len(many.changes)
    for change in many.changes["change"].unique():
        assert f"{change.capitalize()}: {CHANGES[change]}" in words
    medians = []
    for table in (many.old, many.new):
        part = table[(direction(table) == "UKR to RUS") & (table["side"] == "across")]
        medians.append(f"{part['depth_km'].median():,.0f}")
    assert f"{medians[0]} → {medians[1]}" in words


def test_long_list(strikes, monkeypatch):
    """A long list is cut, and the page says so."""
    monkeypatch.setattr(changes, "MOST_ROWS", 2)
    page = changes_page(compared(strikes.iloc[:0], strikes))
    assert f"And {len(strikes) - 2} more, in the table in the same folder." in text_of(page)


def test_changes_without_depths(strikes):
    """Tables without depths give a page without figures."""
    bare = strikes.drop(columns=["depth_km", "side"])
    page = changes_page(compared(bare, bare.iloc[1:]))
    assert "The figures, before and now" not in page
    assert "1 strike is gone" in page


def test_report_has_changes(many, strikes):
    """The report has a section on the changes since the last run."""
    words = text_of(report_page(small_run(), compared=many), "changed")
    assert words.startswith("What changed since the last run There were")
    assert "1 strike is new: " in words
    assert 'id="changed"' not in report_page(small_run())
    assert "Nothing changed" in text_of(report_page(small_run(), compared=compared(strikes, strikes)), "changed")


def test_run_equals_its_files(tmp_path, strikes):
    """A run and its files have no differences."""
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
def test_changes_are_accessible(size, dark, many, folder, open_page):
    """axe finds no barrier, and nothing overflows."""
    opened = opened_page(folder, open_page, many, size=size, dark=dark)
    assert opened.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    opened.page.evaluate((TESTS / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + "; 0")
    assert opened.page.evaluate(AXE) == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text(kind, strikes, folder, open_page):
    """Hostile text is shown, never run."""
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


def test_changes_policy(many):
    """The policy of the page allows no script."""
    assert "script-src 'none'" in html.unescape(changes_page(many))

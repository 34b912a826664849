"""The report page: its figures are those of strikes.csv, its sentences follow the data, and nothing in it runs."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from site_samples import seeds_run, small_run, text_of

from geostrike.cli import main
from geostrike.exchange import csv_bytes
from geostrike.places import Gazetteer
from geostrike.report import page as site_page
from geostrike.report import report_page
from geostrike.report.excerpts import MOST_QUOTED, read_reports
from geostrike.report.sentences import depth_sentences, direction_sentences, stated_sentences, trend_sentence
from geostrike.report.wording import Countries
from geostrike.stats import analyse, depth_summary, direction, record_depths, sensitivity
from geostrike.tables import DISTANCES, empty_table

MILE = 1.609344
ACROSS = "UKR to RUS"


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(seeds_run())


@pytest.fixture(scope="module")
def strikes() -> pd.DataFrame:
    """strikes.csv, as anybody reads it."""
    return pd.read_csv(
        io.BytesIO(csv_bytes(seeds_run().strikes)), keep_default_na=False,
        na_values={name: [""] for name in ("depth_km", "depth_min_km", "depth_max_km")},
        parse_dates=["date_start", "date_end"],
    )  # fmt: skip


@pytest.fixture(scope="module")
def small() -> str:
    """The page of the small tables."""
    return report_page(small_run(), title="A <b> title")


def of_direction(strikes: pd.DataFrame, direction: str) -> pd.DataFrame:
    attacker, struck = direction.split(" to ")
    rows = (strikes["attacker"] == attacker) & (strikes["struck_country"] == struck) & (strikes["side"] == "across")
    return strikes[rows]


def written(km: float) -> set[str]:
    return {f"{km:,.0f}", f"{km / MILE:,.0f}"}


# --- every figure is that of strikes.csv ------------------------------------------------------------------------------


@pytest.mark.parametrize(("section", "direction"), [("brief", ACROSS), ("direction-1", "RUS to UKR")])
def test_every_number_in_the_sentences_can_be_computed_from_strikes_csv(section, direction, page, strikes):
    part = of_direction(strikes, direction)
    depth = part["depth_km"]
    known = {f"{len(part)}", f"{len(strikes)}", "0", "90"}  # 90 % intervals
    known |= {str(count) for count in part["status"].value_counts()}
    known |= {str(int(part[["date_start", "date_end"]].isna().any(axis=1).sum()))}
    for value in (depth.median(), depth.mean(), *depth, *part["depth_min_km"], *part["depth_max_km"]):
        known |= written(value)
    for day in pd.concat([part["date_start"], part["date_end"]]).dropna():
        known |= {str(day.day), str(day.year)}
    closed = part.dropna(subset=["date_start", "date_end"]).sort_values("date_start")
    known |= {str(int(days)) for days in closed["date_start"].diff().dt.days.dropna()}
    known |= {str(int((closed["date_start"].max() - closed["date_start"].min()).days))}
    known |= {str((a - b).days) for a in closed["date_start"] for b in closed["date_start"]}
    words = text_of(page, section)
    words = re.sub(r"[\d,]+ to [\d,]+ km \([\d,]+ to [\d,]+ miles\) (as far as|if these)", "", words)  # see below
    words = re.sub(r"“[^”]*” \(64 km\)", "", words)  # what a report states
    words = words.split("All strikes")[0]
    found = re.findall(r"\d[\d,]*", words)
    assert len(found) > 10
    assert not [number for number in found if number.rstrip(",") not in known]


def test_the_intervals_on_the_page_hold_the_figure_and_lie_within_the_places_extents(page, strikes):
    depth = of_direction(strikes, ACROSS)
    found = re.search(r"The median is ([\d,]+) to ([\d,]+) km .*? as far as the places", text_of(page, "brief"))
    low, high = (float(number.replace(",", "")) for number in found.groups())
    assert depth["depth_min_km"].median() - 1 <= low <= depth["depth_km"].median() <= high
    assert high <= depth["depth_max_km"].median() + 1


def test_the_interval_of_a_sample_is_told_where_there_is_one():
    strikes = pd.concat([small_run().strikes] * 12, ignore_index=True)
    strikes["strike_id"] = [f"s{number}" for number in range(len(strikes))]
    row = depth_summary(strikes, draws=0).set_index("direction").loc[ACROSS]
    told = told_of(strikes, bootstrap=500)
    ends = f"{row['median_sample_low_km']:,.0f} to {row['median_sample_high_km']:,.0f} km"
    assert re.search(
        rf"The median is {ends} \(.*? miles\) if these strikes are a sample of more \(90 % interval\)", told
    )
    assert "a sample of more" not in told_of(strikes, bootstrap=0)


def test_the_table_holds_every_strike_with_its_depth_in_kilometres_and_miles(page, strikes):
    section = page.split('<section id="strikes"')[1].split("</section>")[0]
    rows = re.findall(r"<tr>\n<td data-sort.*?</tr>", section, flags=re.DOTALL)
    assert len(rows) == len(strikes)
    found = []
    for row in rows:
        cells = dict(re.findall(r'data-label="([^"]+)"[^>]*>(?:<strong>)?([^<]*)', row))
        found.append((cells["Place"], cells["km"], cells["miles"], cells["extent, km"]))
    expected = [
        (row.place, f"{row.depth_km:,.0f}", f"{row.depth_km / MILE:,.0f}",
         f"{row.depth_min_km:,.0f}–{row.depth_max_km:,.0f}")
        for row in strikes.itertuples()
    ]  # fmt: skip
    assert sorted(found) == sorted(expected)


def test_the_shares_by_depth_are_those_of_strikes_csv_in_kilometres_and_miles(page, strikes):
    depth = of_direction(strikes, ACROSS)["depth_km"]
    edges = [0, 50, 100, 250, 500, 1000, float("inf")]
    count = pd.cut(depth, edges, right=False).value_counts(sort=False).tolist()
    words = text_of(page, "direction-0").split("range, % ")[1]
    names = ["under 50 under 31", "50–100 31–62", "100–250 62–155", "250–500 155–311", "500–1,000 311–621"]
    for name, number in zip([*names, "from 1,000 from 621"], count, strict=True):
        assert f"{name} {number} {100 * number / len(depth):.0f} " in words
    assert sum(count) == len(depth)


def test_the_counts_of_status_add_up_to_the_strikes(page, strikes):
    told = re.search(r"Of these, (.*?)\. ", text_of(page, "brief"))[1]
    assert sum(int(number) for number in re.findall(r"\d+", told)) == len(of_direction(strikes, ACROSS))


def test_stated_and_computed_distances_are_those_of_the_tables(page, strikes):
    words = text_of(page, "stated")
    distances = seeds_run().distances
    depth = strikes.set_index("strike_id")["depth_km"]
    for row in distances.itertuples():
        line = f"{row.value_km:,.0f} {depth[row.strike_id]:,.0f} {row.computed_min_km:,.0f}–{row.computed_max_km:,.0f}"
        assert f"“{row.quote}” {line} {row.verdict}" in words


# --- what the seeds must say ------------------------------------------------------------------------------------------


def test_belgorod_s_stated_distance_is_about_twice_the_computed_one(page):
    sentence = (
        "Belgorod’s stated distance, “roughly 40 miles north of the border with Ukraine” (64 km), is about twice the "
        "computed one, 32 km (20 miles)."
    )
    assert sentence in text_of(page, "brief")
    assert sentence in text_of(page, "stated")


def test_it_says_which_strikes_are_known_only_to_a_region_and_why(page):
    words = text_of(page, "open")
    assert (
        "Leningrad Oblast (oil depot, gas terminal): the report names “Leningrad region” and no closer place" in words
    )
    assert "Krasnodar Krai (pumping station): the report names “Krasnodar region” and no closer place" in words
    assert "Mykolaiv Oblast (energy facilities): the report names “Nikolaev region” and no closer place" in words


def test_it_says_which_strikes_have_no_date_and_why(page):
    words = text_of(page, "open")
    reason = "has no publication date that this could be counted from"
    assert f"Kavkazskaya (oil depot): the report says “the night before”, and {reason}" in words
    assert f"Sloviansk (power supply): the report says “overnight”, and {reason}" in words
    assert "Krasnodar Krai (pumping station): the report says “Recently”; it was no later than 18 March 2025" in words


def test_it_keeps_the_other_direction_apart(page):
    words = text_of(page, "direction-1")
    assert words.startswith("The other direction, kept apart Russia’s strikes in Ukraine")
    for place in ("Odesa", "Mykolaiv Oblast", "Sloviansk"):
        assert place in words
        assert place not in text_of(page, "brief")
    assert "Three strikes by Russia in Ukraine are kept apart." in text_of(page, "brief")


def test_it_says_what_may_be_one_event(page):
    words = text_of(page, "open")
    assert "may be one event: one is known only to Krasnodar Krai; a date is open." in words


def test_home_ground_stands_apart_and_enters_no_depth(small):
    words = text_of(small, "home")
    assert "Sevastopol" in words
    assert "inside its own recognised territory, 410 km (255 miles) from the border" in words


def test_what_is_not_located_and_what_is_in_quarantine_is_told_with_the_reason(small):
    words = text_of(small, "open")
    assert "“Donetsk”: three towns bear the name." in words
    assert "1 of what was given could not be used." in words
    assert "b.csv, line 3 BAD_DATE a date that cannot be read no date x,y" in words


# --- the sentences follow the data ------------------------------------------------------------------------------------


def told_of(strikes: pd.DataFrame, *, bootstrap: int = 0) -> str:
    """The sentences on the main direction of fire."""
    names = direction(strikes)
    part = strikes[(names == ACROSS) & (strikes["side"] != "home")]
    row = depth_summary(strikes, draws=0, bootstrap=bootstrap).set_index("direction").loc[ACROSS].to_dict()
    records = record_depths(strikes)
    told = direction_sentences(ACROSS, part, Countries(Gazetteer()))
    told += depth_sentences(row, part, records[records["direction"] == ACROSS])
    return " ".join(f"{sentence.text} {sentence.note}" for sentence in told).replace("\xa0", " ")


def changed(strike_id: str, **values) -> pd.DataFrame:
    strikes = small_run().strikes
    for name, value in values.items():
        strikes.loc[strikes["strike_id"] == strike_id, name] = value
    return strikes


def test_another_depth_makes_another_comparison():
    run = small_run()
    assert (
        "is about twice the computed one, 32 km (20 miles)" in next(stated_sentences(run.distances, run.strikes)).text
    )
    told = next(stated_sentences(run.distances, changed("s6", depth_km=128.8))).text
    assert "is about half the computed one, 129 km (80 miles)" in told


def test_another_target_date_or_status_makes_another_sentence():
    far = {"depth_km": 900.0, "depth_min_km": 890.0, "depth_max_km": 910.0}
    before, after = (
        told_of(changed("s6", **far)),
        told_of(changed("s6", **far, target_kind="airfield", status="confirmed")),
    )
    assert "The farthest is Belgorod (1 April 2022), 900 km (559 miles)" in before
    assert "The farthest is Belgorod (airfield, 1 April 2022), 900 km (559 miles)" in after
    assert "2 are confirmed by both sides" in before
    assert "3 are confirmed by both sides" in after


def test_a_farther_strike_later_makes_a_record():
    later = {"depth_km": 900.0, "date_start": pd.Timestamp("2024-06-01"), "date_end": pd.Timestamp("2024-06-01")}
    assert "rose once, on 24 January 2024 with Tuapse, 342 km (213 miles)" in told_of(small_run().strikes)
    told = told_of(changed("s5", **later))
    assert "rose twice, last on 1 June 2024 with Lipetsk, 900 km (559 miles)" in told


def test_nine_in_ten_is_told_of_ten_or_more():
    strikes = small_run().strikes
    assert "Nine in ten" not in told_of(strikes)
    many = pd.concat([strikes] * 3, ignore_index=True)
    bound = many[(direction(many) == ACROSS) & (many["side"] == "across")]["depth_km"].quantile(0.9)
    assert f"Nine in ten lie within {bound:,.0f} km" in told_of(many)


def test_the_verdicts_make_sentences_of_their_own():
    run = small_run()
    for verdict, words in {
        "agrees": "agrees with the computed one, 32 km (20 miles).",
        "unit slip": "It would agree in another unit than mi.",
        "other place": "It would agree for another place of that name.",
        "other reference": "measured from border, not from the border",
        "compatible": "lies within what is computed for the whole settlement",
    }.items():
        (told,) = stated_sentences(run.distances.assign(verdict=verdict), run.strikes)
        assert words in f"{told.text} {told.note}", verdict


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("rising", "Over time the strikes reach farther: +35 km (+22 miles) a year."),
        ("falling", "Over time the strikes reach less far: +35 km"),
        ("no clear trend", "There is no clear trend of depth over time: +35 km"),
        ("too few", "Four dated strikes are too few to speak of a trend over time."),
    ],
)
def test_a_trend_is_told_with_its_interval(verdict, words):
    row = {"verdict": verdict, "strikes": 4, "km_per_year": 35.0, "low_km_per_year": 20.0, "high_km_per_year": 51.0}
    told = trend_sentence(row)
    assert told.text.startswith(words)
    assert ("+20 to +51 km a year" in told.note) == (verdict != "too few")


def test_one_strike_makes_sentences_about_one():
    run = small_run()
    page = report_page(
        small_run(strikes=run.strikes[run.strikes["strike_id"] == "s1"], distances=empty_table(DISTANCES))
    )
    words = text_of(page, "brief")
    assert "The reports tell of 1 strike by Ukraine in Russia, between 24 January 2024 and 25 January 2024." in words
    assert "It is claimed by the attacker only." in words
    assert "The one that is measured lies 342 km (213 miles) from the border." in words
    assert 'id="stated"' not in page


def test_no_strike_makes_a_page_that_says_so():
    run = small_run()
    page = report_page(small_run(strikes=run.strikes.iloc[:0], distances=empty_table(DISTANCES)))
    assert "No strike across the border was found in what was read." in text_of(page)
    assert "There is none to list." in text_of(page)


def test_names_written_from_right_to_left_turn_no_number_around_them():
    name = "مصفاة النفط 46"
    run = small_run()
    strikes = run.strikes.assign(place=name)
    words = text_of(report_page(small_run(strikes=strikes)))
    assert f"The farthest is \u2068{name}\u2069 (" in words
    assert words.count("\u2068") == words.count("\u2069") >= words.count(name) - 1
    assert name not in words.replace(f"\u2068{name}", "")


def test_a_page_of_places_without_depth_says_so():
    run = small_run()
    nowhere = run.strikes.assign(
        place_status="unresolved", place="", place_kind="", geometry=None, side="", struck_country="",
        depth_km=float("nan"), depth_min_km=float("nan"), depth_max_km=float("nan"),
    )  # fmt: skip
    words = text_of(report_page(small_run(strikes=nowhere)))
    assert f"{len(nowhere)} strikes 0 located, {len(nowhere)} not" in words
    assert "None of them has a measured depth across the border." in words
    assert "Map: no strike has a place to show." in report_page(small_run(strikes=nowhere))


def test_of_very_many_strikes_the_first_are_listed_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(site_page, "MOST_STRIKES", 3)
    page = report_page(small_run())
    assert "The first 3 of 10 strikes; the table beside this page holds them all." in text_of(page, "strikes")
    assert page.count('<tr class="more">') == 3


def test_a_large_map_stands_beside_the_page(monkeypatch):
    monkeypatch.setattr(site_page, "MOST_EMBEDDED", 3)
    page = report_page(small_run())
    assert "<iframe" not in page
    assert "it stands in map.html beside this page" in text_of(page, "map")
    assert len(page) < 500_000


def test_it_says_what_the_choices_of_merging_leave_out(page):
    assert "stand under every tolerance." in text_of(page, "choices")
    choices = sensitivity(seeds_run(), merged_anew_up_to=1)
    assert "not merged anew with other tolerances." in words_on(choices)
    assert "The rows of a table are not merged" in words_on(choices[choices["aspect"] != "merging"])


def words_on(choices: pd.DataFrame) -> str:
    """What the page of the seeds says of these choices."""
    analysis = replace(analyse(seeds_run()), sensitivity=choices)
    return text_of(report_page(seeds_run(), analysis=analysis), "choices")


# --- what was read ----------------------------------------------------------------------------------------------------


def test_excerpts_are_short_and_the_whole_text_comes_only_when_asked_for(page):
    reports = seeds_run().reports
    quoted = re.findall(r"<blockquote.*?</blockquote>", page, flags=re.DOTALL)
    assert len(quoted) >= len(reports)
    assert all(len(text_of(excerpt)) < 430 for excerpt in quoted)
    untold = "Meanwhile Vladimir Putin visited Kaliningrad"
    assert untold not in text_of(page, "read")
    whole = text_of(report_page(seeds_run(), full_text=True), "read")
    for text in reports["text"]:
        assert "".join(text.split()) in "".join(whole.split())
    assert untold in whole


def test_no_more_is_quoted_of_a_report_than_a_page_may():
    run = small_run()
    reports = run.reports.head(1).assign(text="Drones hit Tuapse. " * 400)
    records = pd.concat([run.records.assign(start=19 * k, end=19 * k + 18) for k in range(0, 400, 2)])
    (read,) = read_reports(reports, records, run.claims.iloc[:0], run.mentions, run.distances.iloc[:0])
    quoted = sum(len(piece.text) for excerpt in read.excerpts for piece in excerpt)
    assert 1000 < quoted < MOST_QUOTED + 10 * len(read.excerpts)
    assert read.left_out == 200 - len(read.excerpts)


def test_spans_that_leave_the_text_or_overlap_mark_nothing_twice():
    run = small_run()
    wild = run.mentions.assign(start=[-5], end=[10_000])
    inside = pd.concat([run.mentions, run.mentions.assign(start=7, end=17), wild], ignore_index=True)
    (read, _) = read_reports(run.reports, run.records, run.claims, inside, run.distances, full_text=True)
    (pieces,) = read.excerpts
    assert "".join(piece.text for piece in pieces) == run.reports["text"].iloc[0]
    assert [piece.text for piece in pieces if piece.mark == "place"] == ["hit Tuapse"]


def test_what_was_found_is_marked_where_it_stands(page):
    marks = re.findall(r'<mark class="(\w+)">([^<]*)</mark>', page.split('<section id="read"')[1])
    assert ("place", "Belgorod") in marks
    assert ("date", "Friday") in marks
    assert ("distance", "roughly 40 miles north of the border with Ukraine") in marks
    assert ("speaker", "Ukraine&#39;s foreign minister") in marks


# --- the file -----------------------------------------------------------------------------------------------------


def test_the_same_run_makes_the_same_bytes(page):
    assert report_page(seeds_run()) == page


def test_it_asks_for_nothing(page):
    assert not re.search(r"<link|@import|\bsrc=[\"']?http|url\((?!#)", page.split("srcdoc=")[0])
    around = re.sub(r"<iframe.*?</iframe>", "", page, flags=re.DOTALL)
    assert set(re.findall(r"https?://[^\s\"'<]+", around)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_the_policy_allows_its_own_scripts_only(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'none'"
    around = re.sub(r"<iframe.*?</iframe>", "", page, flags=re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", around, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in rules["script-src"].split()
    assert "unsafe" not in rules["script-src"]
    assert not re.search(r"<[^>]+\son\w+=", around)


def test_every_link_within_the_page_leads_somewhere_and_no_id_is_there_twice(page):
    around = re.sub(r"<iframe.*?</iframe>", "", page, flags=re.DOTALL)
    ids = re.findall(r'\sid="([^"]+)"', around)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', around)) <= set(ids)


def test_every_figure_has_its_alt_text(page):
    around = re.sub(r"<iframe.*?</iframe>", "", page, flags=re.DOTALL)
    drawings = re.findall(r"<svg .*?</svg>", around, flags=re.DOTALL)
    assert len(drawings) >= 7
    for drawing in drawings:
        name = re.search(r'role="img" aria-labelledby="([^"]+)"|aria-labelledby="([^"]+)"', drawing)
        assert name
        assert len(re.search(r"<title [^>]*>([^<]+)</title>", drawing)[1]) > 30


def test_the_method_names_versions_inputs_licences_and_how_to_cite(page):
    words = text_of(page, "method")
    run = seeds_run().run
    for told in (
        run["geostrike"],
        run["gazetteer"]["base"],
        run["border"]["id"],
        "ODbL",
        "CC BY 4.0",
        "0.2 km, typically",
    ):
        assert told in words
    for name, digest in run["inputs"].items():
        assert f"{name} {digest}" in words
    assert "How to cite The geostrike developers: geostrike" in words


def test_a_table_without_files_makes_a_page_too():
    run = small_run()
    page = report_page(small_run(run=run.run | {"inputs": {}, "parameters": {"since": "2024-01-01"}}))
    assert "A table, without files." in page
    assert "since 2024-01-01" in text_of(page, "method")


def test_the_title_is_plain_text(small):
    assert "<h1>A &lt;b&gt; title</h1>" in small


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_run_writes_the_report_opens_it_when_asked_and_shows_whole_texts_when_asked(tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("click.launch", opened.append)
    report = tmp_path / "a.txt"
    report.write_text("Drones hit an oil depot in Belgorod on 1 April 2022, the governor said. It rained.", "utf-8")
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as ended:
        main(["run", str(report), "--out", str(out), "--open", "--full-text", "--title", "A title"])
    assert ended.value.code == 0
    assert opened == [str(out / "report.html")]
    assert f"report: {out / 'report.html'}" in capsys.readouterr().out
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<h1>A title</h1>" in page
    assert "It rained." in text_of(page, "read")
    assert (out / "sensitivity.csv").read_text(encoding="utf-8").startswith("direction,")

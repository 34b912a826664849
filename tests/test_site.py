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
def test_sentence_numbers(section, direction, page, strikes):
    """Every number in the sentences can be computed from strikes.csv."""
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
    words = re.sub(r"[\d,]+ to [\d,]+ km \([\d,]+ to [\d,]+ miles\) (given the|if these)", "", words)  # see below
    words = re.sub(r"“[^”]*” \(64 km\)", "", words)  # what a report states
    words = words.split("All strikes")[0]
    found = re.findall(r"\d[\d,]*", words)
    assert len(found) > 10
    assert not [number for number in found if number.rstrip(",") not in known]


def test_page_intervals(page, strikes):
    """Intervals on the page contain the figure, and are within the extents of the places."""
    depth = of_direction(strikes, ACROSS)
    found = re.search(r"The median is ([\d,]+) to ([\d,]+) km .*? given the precision", text_of(page, "brief"))
    low, high = (float(number.replace(",", "")) for number in found.groups())
    assert depth["depth_min_km"].median() - 1 <= low <= depth["depth_km"].median() <= high
    assert high <= depth["depth_max_km"].median() + 1


def test_sample_interval_is_shown():
    """The sample interval is on the page if there is one."""
    strikes = pd.concat([small_run().strikes] * 12, ignore_index=True)
    strikes["strike_id"] = [f"s{number}" for number in range(len(strikes))]
    row = depth_summary(strikes, draws=0).set_index("direction").loc[ACROSS]
    said = said_of(strikes, bootstrap=500)
    ends = f"{row['median_sample_low_km']:,.0f} to {row['median_sample_high_km']:,.0f} km"
    assert re.search(rf"The median is {ends} \(.*? miles\) if these strikes are a sample \(90 % interval\)", said)
    assert "are a sample" not in said_of(strikes, bootstrap=0)


def test_strike_table(page, strikes):
    """The table has every strike, with its depth in kilometres and miles."""
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


def test_band_table(page, strikes):
    """Shares by depth are those of strikes.csv, in kilometres and miles."""
    depth = of_direction(strikes, ACROSS)["depth_km"]
    edges = [0, 50, 100, 250, 500, 1000, float("inf")]
    count = pd.cut(depth, edges, right=False).value_counts(sort=False).tolist()
    words = text_of(page, "direction-0").split("range, % ")[1]
    names = ["under 50 under 31", "50–100 31–62", "100–250 62–155", "250–500 155–311", "500–1,000 311–621"]
    for name, number in zip([*names, "from 1,000 from 621"], count, strict=True):
        assert f"{name} {number} {100 * number / len(depth):.0f} " in words
    assert sum(count) == len(depth)


def test_status_counts_add_up(page, strikes):
    """The counts by status add up to the strikes."""
    said = re.search(r"Of these, (.*?)\. ", text_of(page, "brief"))[1]
    assert sum(int(number) for number in re.findall(r"\d+", said)) == len(of_direction(strikes, ACROSS))


def test_stated_table(page, strikes):
    """Stated and computed distances are those of the tables."""
    words = text_of(page, "stated")
    distances = seeds_run().distances
    depth = strikes.set_index("strike_id")["depth_km"]
    for row in distances.itertuples():
        line = f"{row.value_km:,.0f} {depth[row.strike_id]:,.0f} {row.computed_min_km:,.0f}–{row.computed_max_km:,.0f}"
        assert f"“{row.quote}” {line} {row.verdict}" in words


# --- what the seeds must say ------------------------------------------------------------------------------------------


def test_belgorod_distance(page):
    """The distance stated for Belgorod is about twice the computed one."""
    sentence = (
        "Belgorod’s stated distance, “roughly 40 miles north of the border with Ukraine” (64 km), is about twice the "
        "computed one, 32 km (20 miles)."
    )
    assert sentence in text_of(page, "brief")
    assert sentence in text_of(page, "stated")


def test_region_reasons(page):
    """Strikes known only to a region are listed with the reason."""
    words = text_of(page, "open")
    assert (
        "Leningrad Oblast (oil depot, gas terminal): the report names “Leningrad region” and no closer place" in words
    )
    assert "Krasnodar Krai (pumping station): the report names “Krasnodar region” and no closer place" in words
    assert "Mykolaiv Oblast (energy facilities): the report names “Nikolaev region” and no closer place" in words


def test_undated_reasons(page):
    """Undated strikes are listed with the reason."""
    words = text_of(page, "open")
    reason = "has no publication date to count from"
    assert f"Kavkazskaya (oil depot): the report says “the night before”, and {reason}" in words
    assert f"Sloviansk (power supply): the report says “overnight”, and {reason}" in words
    assert "Krasnodar Krai (pumping station): the report says “Recently”; it was no later than 18 March 2025" in words


def test_directions_are_separate(page):
    """The other direction of fire has its own section."""
    words = text_of(page, "direction-1")
    assert words.startswith("The other direction, listed separately Russia’s strikes in Ukraine")
    for place in ("Odesa", "Mykolaiv Oblast", "Sloviansk"):
        assert place in words
        assert place not in text_of(page, "brief")
    assert "Three strikes by Russia in Ukraine are listed separately." in text_of(page, "brief")


def test_possible_same_event(page):
    """Strikes that may be one event are listed."""
    words = text_of(page, "open")
    assert "may be one event: one is known only to Krasnodar Krai; a date is open." in words


def test_home_ground_section(small):
    """Strikes on home ground are listed separately."""
    words = text_of(small, "home")
    assert "Sevastopol" in words
    assert "inside its own recognised territory, 410 km (255 miles) from the border" in words


def test_unlocated_and_quarantined(small):
    """Unlocated strikes and quarantined rows are listed with the reason."""
    words = text_of(small, "open")
    assert "“Donetsk”: three towns bear the name." in words
    assert "1 of what was given could not be used." in words
    assert "b.csv, line 3 BAD_DATE a date that cannot be read no date x,y" in words


# --- the sentences follow the data ------------------------------------------------------------------------------------


def said_of(strikes: pd.DataFrame, *, bootstrap: int = 0) -> str:
    """The sentences on the main direction of fire."""
    names = direction(strikes)
    part = strikes[(names == ACROSS) & (strikes["side"] != "home")]
    row = depth_summary(strikes, draws=0, bootstrap=bootstrap).set_index("direction").loc[ACROSS].to_dict()
    records = record_depths(strikes)
    said = direction_sentences(ACROSS, part, Countries(Gazetteer()))
    said += depth_sentences(row, part, records[records["direction"] == ACROSS])
    return " ".join(f"{sentence.text} {sentence.note}" for sentence in said).replace("\xa0", " ")


def changed(strike_id: str, **values) -> pd.DataFrame:
    strikes = small_run().strikes
    for name, value in values.items():
        strikes.loc[strikes["strike_id"] == strike_id, name] = value
    return strikes


def test_comparison_follows_depth():
    """Another depth gives another comparison with the stated distance."""
    run = small_run()
    assert (
        "is about twice the computed one, 32 km (20 miles)" in next(stated_sentences(run.distances, run.strikes)).text
    )
    said = next(stated_sentences(run.distances, changed("s6", depth_km=128.8))).text
    assert "is about half the computed one, 129 km (80 miles)" in said


def test_sentences_follow_data():
    """Another target or status gives another sentence."""
    far = {"depth_km": 900.0, "depth_min_km": 890.0, "depth_max_km": 910.0}
    before, after = (
        said_of(changed("s6", **far)),
        said_of(changed("s6", **far, target_kind="airfield", status="confirmed")),
    )
    assert "The farthest is Belgorod (1 April 2022), 900 km (559 miles)" in before
    assert "The farthest is Belgorod (airfield, 1 April 2022), 900 km (559 miles)" in after
    assert "2 are confirmed by both sides" in before
    assert "3 are confirmed by both sides" in after


def test_record_sentence():
    """A later, farther strike is a record."""
    later = {"depth_km": 900.0, "date_start": pd.Timestamp("2024-06-01"), "date_end": pd.Timestamp("2024-06-01")}
    assert "rose once, on 24 January 2024 with Tuapse, 342 km (213 miles)" in said_of(small_run().strikes)
    said = said_of(changed("s5", **later))
    assert "rose twice, last on 1 June 2024 with Lipetsk, 900 km (559 miles)" in said


def test_nine_in_ten():
    """The ninth decile is on the page for ten strikes or more."""
    strikes = small_run().strikes
    assert "Nine in ten" not in said_of(strikes)
    many = pd.concat([strikes] * 3, ignore_index=True)
    bound = many[(direction(many) == ACROSS) & (many["side"] == "across")]["depth_km"].quantile(0.9)
    assert f"Nine in ten are within {bound:,.0f} km" in said_of(many)


def test_verdict_sentences():
    """Every verdict has its own sentence."""
    run = small_run()
    for verdict, words in {
        "agrees": "agrees with the computed one, 32 km (20 miles).",
        "unit slip": "It would agree in a unit other than mi.",
        "other place": "It would agree for another place of the same name.",
        "other reference": "measured from border, not from the border",
        "compatible": "within the computed range for the whole settlement",
    }.items():
        (said,) = stated_sentences(run.distances.assign(verdict=verdict), run.strikes)
        assert words in f"{said.text} {said.note}", verdict


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("rising", "Over time the strikes reach farther: +35 km (+22 miles) a year."),
        ("falling", "Over time the strikes reach less far: +35 km"),
        ("no clear trend", "There is no clear trend of depth over time: +35 km"),
        ("too few", "Four dated strikes are too few to show a trend over time."),
    ],
)
def test_trend_sentence(verdict, words):
    """A trend is given with its interval."""
    row = {"verdict": verdict, "strikes": 4, "km_per_year": 35.0, "low_km_per_year": 20.0, "high_km_per_year": 51.0}
    said = trend_sentence(row)
    assert said.text.startswith(words)
    assert ("+20 to +51 km a year" in said.note) == (verdict != "too few")


def test_one_strike():
    """The sentences on one strike are in the singular."""
    run = small_run()
    page = report_page(
        small_run(strikes=run.strikes[run.strikes["strike_id"] == "s1"], distances=empty_table(DISTANCES))
    )
    words = text_of(page, "brief")
    assert "The reports describe 1 strike by Ukraine in Russia, between 24 January 2024 and 25 January 2024." in words
    assert "It is claimed by the attacker only." in words
    assert "The one measured strike is 342 km (213 miles) from the border." in words
    assert 'id="stated"' not in page


def test_no_strikes():
    """A page without strikes says so."""
    run = small_run()
    page = report_page(small_run(strikes=run.strikes.iloc[:0], distances=empty_table(DISTANCES)))
    assert "No strike across the border was found in what was read." in text_of(page)
    assert "There are no strikes to list." in text_of(page)


def test_right_to_left_names():
    """Right-to-left names are isolated from the text around them."""
    name = "مصفاة النفط 46"
    run = small_run()
    strikes = run.strikes.assign(place=name)
    words = text_of(report_page(small_run(strikes=strikes)))
    assert f"The farthest is \u2068{name}\u2069 (" in words
    assert words.count("\u2068") == words.count("\u2069") >= words.count(name) - 1
    assert name not in words.replace(f"\u2068{name}", "")


def test_no_depths():
    """A page without depths says so."""
    run = small_run()
    nowhere = run.strikes.assign(
        place_status="unresolved", place="", place_kind="", geometry=None, side="", struck_country="",
        depth_km=float("nan"), depth_min_km=float("nan"), depth_max_km=float("nan"),
    )  # fmt: skip
    words = text_of(report_page(small_run(strikes=nowhere)))
    assert f"{len(nowhere)} strikes 0 located, {len(nowhere)} not" in words
    assert "None of them has a measured depth." in words
    assert "Map: no strike has a place to show." in report_page(small_run(strikes=nowhere))


def test_long_strike_table(monkeypatch):
    """Of many strikes the first are listed, and the others counted."""
    monkeypatch.setattr(site_page, "MOST_STRIKES", 3)
    page = report_page(small_run())
    assert "The first 3 of 10 strikes; the table in the same folder lists them all." in text_of(page, "strikes")
    assert page.count('<tr class="more">') == 3


def test_large_map_is_separate(monkeypatch):
    """A large map is left out of the page."""
    monkeypatch.setattr(site_page, "MOST_EMBEDDED", 3)
    page = report_page(small_run())
    assert "<iframe" not in page
    assert "see map.html in the same folder" in text_of(page, "map")
    assert len(page) < 500_000


def test_merging_note(page):
    """The page says which choices of merging are missing."""
    assert "apply under every tolerance." in text_of(page, "choices")
    choices = sensitivity(seeds_run(), merged_anew_up_to=1)
    assert "too many records to merge them again with other tolerances." in words_on(choices)
    assert "The rows of a table are not merged" in words_on(choices[choices["aspect"] != "merging"])


def words_on(choices: pd.DataFrame) -> str:
    """What the page of the seeds says of these choices."""
    analysis = replace(analyse(seeds_run()), sensitivity=choices)
    return text_of(report_page(seeds_run(), analysis=analysis), "choices")


# --- what was read ----------------------------------------------------------------------------------------------------


def test_excerpt_length(page):
    """Excerpts are short; whole texts are shown only with full_text."""
    reports = seeds_run().reports
    quoted = re.findall(r"<blockquote.*?</blockquote>", page, flags=re.DOTALL)
    assert len(quoted) >= len(reports)
    assert all(len(text_of(excerpt)) < 430 for excerpt in quoted)
    skipped = "Meanwhile Vladimir Putin visited Kaliningrad"
    assert skipped not in text_of(page, "read")
    whole = text_of(report_page(seeds_run(), full_text=True), "read")
    for text in reports["text"]:
        assert "".join(text.split()) in "".join(whole.split())
    assert skipped in whole


def test_quote_limit():
    """The quotes of a report have a limit."""
    run = small_run()
    reports = run.reports.head(1).assign(text="Drones hit Tuapse. " * 400)
    records = pd.concat([run.records.assign(start=19 * k, end=19 * k + 18) for k in range(0, 400, 2)])
    (read,) = read_reports(reports, records, run.claims.iloc[:0], run.mentions, run.distances.iloc[:0])
    quoted = sum(len(piece.text) for excerpt in read.excerpts for piece in excerpt)
    assert 1000 < quoted < MOST_QUOTED + 10 * len(read.excerpts)
    assert read.left_out == 200 - len(read.excerpts)


def test_odd_spans():
    """Spans outside the text or overlapping mark nothing twice."""
    run = small_run()
    wild = run.mentions.assign(start=[-5], end=[10_000])
    inside = pd.concat([run.mentions, run.mentions.assign(start=7, end=17), wild], ignore_index=True)
    (read, _) = read_reports(run.reports, run.records, run.claims, inside, run.distances, full_text=True)
    (pieces,) = read.excerpts
    assert "".join(piece.text for piece in pieces) == run.reports["text"].iloc[0]
    assert [piece.text for piece in pieces if piece.mark == "place"] == ["hit Tuapse"]


def test_marks(page):
    """Extracted words are marked in the text."""
    marks = re.findall(r'<mark class="(\w+)">([^<]*)</mark>', page.split('<section id="read"')[1])
    assert ("place", "Belgorod") in marks
    assert ("date", "Friday") in marks
    assert ("distance", "roughly 40 miles north of the border with Ukraine") in marks
    assert ("speaker", "Ukraine&#39;s foreign minister") in marks


# --- the file -----------------------------------------------------------------------------------------------------


def test_page_is_reproducible(page):
    """The same run gives the same bytes."""
    assert report_page(seeds_run()) == page


def test_no_requests(page):
    """The page makes no request."""
    assert not re.search(r"<link|@import|\bsrc=[\"']?http|url\((?!#)", page.split("srcdoc=")[0])
    around = re.sub(r"<iframe.*?</iframe>", "", page, flags=re.DOTALL)
    assert set(re.findall(r"https?://[^\s\"'<]+", around)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_policy(page):
    """The policy allows the page's own scripts only."""
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


def test_links_and_ids(page):
    """Internal links have targets, and ids are unique."""
    around = re.sub(r"<iframe.*?</iframe>", "", page, flags=re.DOTALL)
    ids = re.findall(r'\sid="([^"]+)"', around)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', around)) <= set(ids)


def test_alt_texts(page):
    """Every figure has an alt text."""
    around = re.sub(r"<iframe.*?</iframe>", "", page, flags=re.DOTALL)
    drawings = re.findall(r"<svg .*?</svg>", around, flags=re.DOTALL)
    assert len(drawings) >= 7
    for drawing in drawings:
        name = re.search(r'role="img" aria-labelledby="([^"]+)"|aria-labelledby="([^"]+)"', drawing)
        assert name
        assert len(re.search(r"<title [^>]*>([^<]+)</title>", drawing)[1]) > 30


def test_method_section(page):
    """The method lists versions, inputs, licences and the citation."""
    words = text_of(page, "method")
    run = seeds_run().run
    for fact in (
        run["geostrike"],
        run["gazetteer"]["base"],
        run["border"]["id"],
        "ODbL",
        "CC BY 4.0",
        "0.2 km, typically",
    ):
        assert fact in words
    for name, digest in run["inputs"].items():
        assert f"{name} {digest}" in words
    assert "How to cite The geostrike developers: geostrike" in words


def test_no_input_files():
    """A run without input files has a page."""
    run = small_run()
    page = report_page(small_run(run=run.run | {"inputs": {}, "parameters": {"since": "2024-01-01"}}))
    assert "A table, without files." in page
    assert "since 2024-01-01" in text_of(page, "method")


def test_title_is_escaped(small):
    """The title is plain text."""
    assert "<h1>A &lt;b&gt; title</h1>" in small


# --- the command ------------------------------------------------------------------------------------------------------


def test_run_options(tmp_path, monkeypatch, capsys):
    """`run` writes the report, opens it with --open, and shows whole texts with --full-text."""
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

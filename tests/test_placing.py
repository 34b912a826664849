"""Events of a table: names are looked up, points held against names, texts read as reports, all rows counted."""

import contextlib
import io
import json

import pandas as pd
import pytest

from geostrike import (
    Border,
    Gazetteer,
    depth_summary,
    locate,
    measure_depth,
    read_strikes,
    report_page,
    strike_map,
)
from geostrike.cli import main
from geostrike.exchange.placing import look_up, place_events
from geostrike.tables import REPORTS, STRIKES, check_table

HEADER = "id,date,place,latitude,longitude,text,source,url\n"
DEPOT = '"Drones hit an oil depot in Bryansk on 19 January 2024, the governor said."'
ROWS = [
    "1,2024-01-25,Tuapse,44.1,39.08,A refinery burned,TASS,https://example.org/1",
    "2,2024-01-26,Belgorod,,,Shelling,RIA,https://example.org/2",
    f"4,,,,,{DEPOT},BBC,https://example.org/4",
    "5,03/04/2024,Belgorod,,,,,",
    "6,2024-01-25,Nowheresk,,,,,",
    "7,2024-01-25,Moscow,44.1,39.08,,,",
    "8,2024-01-25,Tuapse,44.1",
]


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer()


@pytest.fixture
def events(tmp_path):
    """A table of events: a point, a name, a text, and what is wrong with the others."""
    path = tmp_path / "events.csv"
    path.write_text(HEADER + "\n".join(ROWS) + "\n", encoding="utf-8")
    return path


def geostrike(*arguments):
    """The exit code of the command, and what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code, out.getvalue()


def test_names_looked_up(events, gazetteer):
    """Names are looked up, and points stay."""
    placed = place_events(read_strikes(events), gazetteer)
    check_table(placed.strikes, STRIKES)
    status = placed.strikes.set_index("source_id")["place_status"].to_dict()
    assert status == {"1": "given", "2": "resolved", "6": "unresolved", "7": "given"}
    found = placed.strikes.set_index("source_id")
    assert found.loc["2", ["place", "country", "attacker", "attacker_basis"]].tolist() == ["Belgorod", "RUS", "", ""]
    assert found.loc["1", ["country", "admin1"]].tolist() == ["RUS", "RU-KDA"]
    assert found["warnings"].to_dict() == {"1": "", "2": "", "6": "UNKNOWN_PLACE", "7": "FAR_FROM_NAME"}


def test_sources_become_reports(events, gazetteer):
    """The sources of events become reports."""
    placed = place_events(read_strikes(events), gazetteer)
    check_table(placed.reports, REPORTS)
    first = placed.strikes.set_index("source_id").loc["1", "report_ids"]
    sources = placed.reports.set_index("report_id").loc[first, ["publisher", "url", "text"]]
    assert sources.tolist() == ["TASS", "https://example.org/1", "A refinery burned"]


def test_texts_read_as_reports(events):
    """Rows with a text only are read as reports."""
    located = locate(events)
    strike = located.strikes[located.strikes["place"] == "Bryansk"].iloc[0]
    assert strike["target_kind"] == "oil depot"
    assert located.claims["strike_id"].tolist() == [strike["strike_id"]]
    assert located.reports.set_index("report_id").loc[strike["report_ids"], "url"] == "https://example.org/4"


def test_swapped_points_quarantined(gazetteer):
    """A point that fits its name only if swapped is quarantined."""
    table = pd.DataFrame({"place": ["Tuapse", "Tuapse"], "lat": ["39.08", "44.1"], "lon": ["44.1", "39.08"]})
    located = locate(table.iloc[:1], gazetteer=gazetteer)
    assert located.quarantine[["line", "code"]].values.tolist() == [[1, "SWAPPED_COORD"]]
    assert len(locate(table.iloc[1:], gazetteer=gazetteer).strikes) == 1


def test_hints_decide_namesakes(gazetteer):
    """Country and region of the row decide between places of one name."""
    table = pd.DataFrame(
        {"place": ["Donetsk"] * 2, "country": ["Russia", "UKR"], "region": ["Rostov Oblast", ""], "date": "2024-01-25"}
    )
    placed = look_up(read_strikes(table).strikes, gazetteer)
    assert placed["country"].tolist() == ["RUS", "UKR"]


def test_table_of_reports():
    """A table with texts only is read as reports."""
    text = "Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."
    located = locate(pd.DataFrame({"text": [text], "title": ["T"], "source": ["S"]}))
    assert "table" not in located.run
    assert located.strikes["place"].tolist() == ["Belgorod"]


def test_window_excludes_days(events):
    """Events outside the window are left out and listed."""
    located = locate(events, since="2024-01-26")
    assert set(located.strikes["source_id"]) == {"2"}
    late = located.quarantine[located.quarantine["code"] == "OUT_OF_WINDOW"]
    assert sorted(line for line in late["line"] if line) == [2, 6, 7]


def test_run_counts_rows(events, tmp_path):
    """A run over a table counts every row."""
    out = tmp_path / "out"
    code, printed = geostrike("run", events, "--out", out)
    assert code == 3
    assert "read as plain: id=id, date=date" in printed
    assert "7 in = 5 read + 2 in quarantine (AMBIGUOUS_DATE 1, RAGGED_ROW 1)" in printed
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert (run["rows_in"], run["ok"], run["quarantined"]) == (7, 5, 2)
    assert run["reasons"] == {"AMBIGUOUS_DATE": 1, "RAGGED_ROW": 1}
    assert run["warnings"]["FAR_FROM_NAME"] == 1
    quarantine = pd.read_csv(out / "quarantine.csv")
    assert quarantine[["path", "line"]].values.tolist() == [["events.csv", 5], ["events.csv", 8]]


def test_mapping_and_date_order(tmp_path):
    """Columns can be mapped, and the order of dates set."""
    path = tmp_path / "own.csv"
    path.write_text("wann;wo;kind\n03/04/2024;Belgorod;drone\n03/04/2024;Belgorod;talk\n", encoding="utf-8")
    out = tmp_path / "out"
    options = (
        "--map",
        "date=wann",
        "--map",
        "place=wo",
        "--map",
        "weapon=kind",
        "--dates",
        "dmy",
        "--keep",
        "kind=drone",
    )
    code, printed = geostrike("run", path, "--out", out, *options)
    assert code == 0, printed
    strikes = read_strikes(out / "strikes.csv").strikes
    assert strikes["date_as_written"].tolist() == ["03/04/2024"]
    assert str(strikes["date_start"].iloc[0].date()) == "2024-04-03"
    assert "NOT_A_STRIKE 1" in printed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--map", "date"), "--map KEY=COLUMN"),
        (("--map", "tag=date"), "nothing can be mapped"),
        (("--keep", "x"), "--keep COLUMN=VALUE"),
        (("--schema", "nato"), "there is no schema"),
    ],
)
def test_meaningless_options_rejected(events, tmp_path, options, words):
    """Options without meaning are rejected, and nothing is written."""
    out = tmp_path / "out"
    code, printed = geostrike("run", events, "--out", out, *options)
    assert (code, out.exists()) == (2, False)
    assert words in printed
    assert len(printed.strip().splitlines()) <= 3


# --- attackers --------------------------------------------------------------------------------------------------------

NO_ATTACKER = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d", "e"],
        "date": "2024-01-25",
        "latitude": [44.10083, 49.99, 44.95, 43.0, 50.6],
        "longitude": [39.08326, 36.23, 34.1, 33.0, 36.58],
    }
)


def test_rows_keep_no_attacker():
    """No attacker is invented for a row: it is measured, and counted under its struck country, in every result."""
    located = locate(NO_ATTACKER)
    assert set(located.strikes["attacker"] + located.strikes["attacker_basis"]) == {""}
    assert located.strikes["side"].tolist() == ["", "", "", "outside", ""]
    assert located.strikes["depth_km"].notna().all()
    page, report = strike_map(located.strikes, border=located.border).get_root().render(), report_page(located)
    assert "Strikes in Russia without a named attacker" in report
    assert "UKR to" not in report + page


def test_documented_path_measures_rows():
    """read_strikes, measure_depth, depth_summary: the path of the documentation gives figures without attackers."""
    read = read_strikes(NO_ATTACKER)
    summary = depth_summary(measure_depth(read.strikes, Border.between("UKR", "RUS")), draws=0).set_index("direction")
    counts = ["strikes", "located", "home", "outside", "with_depth"]
    assert summary[counts].to_dict("index") == {
        "in RUS": {"strikes": 2, "located": 2, "home": 0, "outside": 0, "with_depth": 2},
        "in UKR": {"strikes": 2, "located": 2, "home": 0, "outside": 0, "with_depth": 2},
        "in unknown": {"strikes": 1, "located": 1, "home": 0, "outside": 1, "with_depth": 0},
    }
    figures = summary.loc[["in RUS", "in UKR"], ["median_km", "max_km"]].round(1).to_numpy().tolist()
    assert figures == [[186.9, 342.0], [217.1, 400.4]]


@pytest.mark.parametrize(
    ("words", "attacker"),
    [
        ("Ukrainian drones hit a depot", "UKR"),
        ("A Russian missile strike on the port", "RUS"),
        ("Drones hit a depot in Russia", ""),
        ("Russian oil depot hit", ""),
        ("", ""),
    ],
)
def test_own_words_name_attacker(words, attacker, gazetteer):
    """The row's own words may name the attacker; a country that only owns what was hit is none."""
    read = read_strikes(NO_ATTACKER.head(1).assign(text=words, note="x"))
    strike = look_up(read.strikes, gazetteer, columns=read.columns).iloc[0]
    assert (strike["attacker"], strike["attacker_basis"]) == (attacker, "inferred" if attacker else "")


def test_own_side_is_set_apart():
    """A strike on the attacker's own ground stays apart where the table names the attacker."""
    table = NO_ATTACKER.iloc[[2]].assign(attacker="UKR")
    strike = locate(table).strikes.iloc[0]
    assert (strike["side"], strike["attacker_basis"]) == ("home", "reported")

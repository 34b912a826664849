"""The whole way: the rows that the seeds must give, nothing lost on it, and the same result twice."""

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import geostrike as gs
from geostrike.borders.border import Border
from geostrike.errors import BorderError, InputError
from geostrike.pipeline import locate
from geostrike.runs.files import result_files
from geostrike.runs.record import file_hash
from geostrike.tables import CLAIMS, DISTANCES, MEMBERS, MENTIONS, QUARANTINE, RECORDS, RELATIONS, STRIKES, check_table

SEEDS = Path(__file__).parent.parent / "seeds"

# place, first and last day, targets, weapon, attacker, statuses, depth in km from the land border (None: none).
NIGHT_1 = ("2024-01-24", "2024-01-25")
NIGHT_2 = ("2024-04-23", "2024-04-24")
NIGHT_4 = ("2025-03-18", "2025-03-19")
REQUIRED = [
    ("Tuapse", *NIGHT_1, {"refinery"}, "drone", "UKR", {"claimed_by_attacker", "confirmed"}, 342.0),
    ("Odesa", *NIGHT_1, {"city", "residential", "building", ""}, "drone", "RUS", {"claimed_by_target"}, None),
    ("Yartsevo", *NIGHT_2, {"oil depot"}, "drone", "UKR", {"confirmed"}, 300.6),
    ("Razdorovo", *NIGHT_2, {"oil depot"}, "drone", "UKR", {"confirmed"}, None),
    ("Lipetsk", *NIGHT_2, {"industrial site"}, "drone", "UKR", {"claimed_by_target"}, None),
    ("Belgorod", "2022-04-01", "2022-04-01", {"oil depot"}, "helicopter rockets", "UKR",
     {"disputed", "claimed_by_target"}, 32.1),
    ("Kavkazskaya", *NIGHT_4, {"oil depot", "pumping station", "oil terminal"}, "drone", "UKR",
     {"claimed_by_target"}, 264.5),
    ("Sloviansk", *NIGHT_4, {"power supply"}, "missile", "RUS", {"claimed_by_target"}, None),
    ("Krasnodar Krai", "", "2025-03-18", {"pumping station"}, "drone", "UKR", {"unconfirmed"}, None),
]  # fmt: skip
OPTIONAL = {"Leningrad Oblast", "Mykolaiv Oblast", ""}


@pytest.fixture(scope="module")
def located():
    """The seeds, read as they are."""
    return locate(SEEDS)


@pytest.fixture(scope="module")
def dated():
    """The seeds, with the missing publication date of the fourth."""
    fourth = next(path.name for path in SEEDS.glob("*.md") if "published:" not in path.read_text())
    return locate(SEEDS, published={fourth: "2025-03-19"})


def the(strikes, place):
    """The one strike at the place."""
    rows = strikes[strikes["place"].str.startswith(place)]
    assert len(rows) == 1, f"{place}: {len(rows)} strikes"
    return rows.iloc[0]


def day(value):
    """An ISO day, empty where open."""
    return "" if pd.isna(value) else f"{value:%Y-%m-%d}"


@pytest.mark.parametrize("row", REQUIRED, ids=[row[0] for row in REQUIRED])
def test_seed_row(dated, row):
    """The seeds give every required strike."""
    place, start, end, targets, weapon, attacker, statuses, depth_km = row
    strike = the(dated.strikes, place)
    assert (day(strike["date_start"]), day(strike["date_end"])) == (start, end)
    assert strike["target_kind"] in targets
    assert (strike["weapon"], strike["attacker"]) == (weapon, attacker)
    assert strike["status"] in statuses
    if depth_km is not None:
        # The figure is for the settlement; a facility's own point may be slightly off.
        assert abs(strike["depth_km"] - depth_km) < (0.3 if strike["place_kind"] == "settlement" else 3.0)


def test_no_other_strikes(dated):
    """The seeds give no other strike."""
    expected = [row[0] for row in REQUIRED]
    others = [
        strike.place or strike.place_as_written
        for strike in dated.strikes.itertuples()
        if not strike.place.startswith(tuple(expected)) and strike.place not in OPTIONAL
    ]
    assert others == []
    assert dated.strikes["place"].isin(["Leningrad Oblast"]).sum() <= 2
    assert (dated.strikes["place"] == "").sum() <= 2


def test_open_dates(located):
    """Without a publication date, dates stay open, with a warning."""
    strike = the(located.strikes, "Kavkazskaya")
    assert pd.isna(strike["date_start"])
    assert "PARTIAL_DATE" in strike["warnings"].split()
    assert located.run["warnings"]["NO_PUBLICATION_DATE"] == 1


def test_stated_distances(dated):
    """Stated distances are compared, never used."""
    belgorod = the(dated.strikes, "Belgorod")
    assert belgorod["stated_verdict"] == "overstated"
    stated = dated.distances.set_index("strike_id").loc[belgorod["strike_id"]]
    assert stated["value_km"] == pytest.approx(64.4, abs=0.05)
    assert stated["hedge"] == "roughly"
    assert belgorod["depth_km"] < 40
    leningrad = dated.strikes[dated.strikes["place"] == "Leningrad Oblast"]
    assert set(leningrad["stated_verdict"]) <= {"compatible"}


def test_possibly_same(dated):
    """Reports 4 and 5 are two strikes, at most possibly the same."""
    fourth, fifth = the(dated.strikes, "Kavkazskaya"), the(dated.strikes, "Krasnodar Krai")
    pairs = dated.relations.set_index(["left_id", "right_id"])["relation"].to_dict()
    ids = fourth["strike_id"], fifth["strike_id"]
    assert {pairs.get(ids), pairs.get(ids[::-1])} <= {None, "possibly_same"}


def test_other_places(dated):
    """Other places are mentions with other roles."""
    roles = dated.mentions.groupby("text")["role"].agg(set)
    for name in ("Kaliningrad", "Moscow", "Mariupol", "Kursk region", "Tel Aviv", "Israel", "Kazakhstan"):
        found = [role for text, found in roles.items() if name.split()[0] in text for role in found]
        assert found, f"{name} is not among the mentions"
        assert not {"struck", "intercepted"} & set(found), name


def test_quote_spans(dated):
    """Every quote is at its offsets."""
    texts = dated.reports.set_index("report_id")["text"]
    for table, column in ((dated.mentions, "text"), (dated.records, "quote"), (dated.claims, "quote")):
        for row in table.itertuples():
            assert texts[row.report_id][row.start : row.end] == getattr(row, column)


def test_nothing_lost(located):
    """Records are the members of all strikes; input is read or quarantined."""
    assert sorted(located.members["record_id"]) == sorted(located.records["record_id"])
    run = located.run
    assert run["rows_in"] == run["ok"] + run["quarantined"] == len(list(SEEDS.glob("*.md")))


def test_data_model(located):
    """The tables conform to the data model."""
    tables = {
        "strikes": STRIKES, "mentions": MENTIONS, "records": RECORDS, "claims": CLAIMS, "distances": DISTANCES,
        "relations": RELATIONS, "members": MEMBERS, "quarantine": QUARANTINE,
    }  # fmt: skip
    for name, table in tables.items():
        check_table(getattr(located, name), table)
    assert isinstance(located.strikes, gpd.GeoDataFrame)
    assert located.strikes.crs.to_epsg() == 4326
    unlocated = ~located.strikes["place_status"].isin(["resolved", "given"])
    assert located.strikes.geometry.isna().equals(unlocated)


def test_reproducible_files(monkeypatch):
    """The same input gives the same files."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first, second = (locate(SEEDS) for _ in range(2))
    assert first.run == second.run
    assert dict(result_files(first)) == dict(result_files(second))


def test_window():
    """Records outside the window are quarantined; undated ones stay."""
    found = locate(SEEDS, since="2024-01-01", until="2024-12-31")
    assert "Belgorod" not in set(found.strikes["place"])
    # Open at the start, so it may be inside; or undated.
    assert {"Krasnodar Krai", "Kavkazskaya"} <= set(found.strikes["place"])
    assert set(found.quarantine["code"]) == {"OUT_OF_WINDOW"}
    assert found.run["quarantined"] == 0


def test_stable_ids(tmp_path, located):
    """More reports change no id."""
    shutil.copytree(SEEDS, tmp_path / "more")
    (tmp_path / "more" / "0.txt").write_text(" date 2023-05-03 Drones hit an oil depot in Volna, Krasnodar region.")
    more = locate(tmp_path / "more")
    assert set(located.strikes["strike_id"]) <= set(more.strikes["strike_id"])


def test_table_of_reports():
    """A table of reports is read like a folder."""
    text = "Drones struck an oil depot in Klintsy, Bryansk region, on 19 January 2024, governor Alexander Bogomaz said."
    found = locate(pd.DataFrame({"text": [text], "published": ["2024-01-19"]}))
    assert the(found.strikes, "Klintsy")["date_start"] == pd.Timestamp("2024-01-19")


@pytest.mark.parametrize("name", ["UKR-RUS:land", "ukr-rus", "UKR-RUS:territory"])
def test_border_by_name(name):
    """A border can be given by name."""
    assert Border.named(name).border_id.lower().startswith(name.lower())


def test_bad_options():
    """Unknown borders and bad dates are refused."""
    with pytest.raises(BorderError):
        locate(SEEDS, border="UKR-FRA:land")
    with pytest.raises(InputError, match="since: 'yesterday' is not a date"):
        locate(SEEDS, since="yesterday")
    with pytest.raises(InputError, match="is after until"):
        locate(SEEDS, since="2025-01-01", until="2024-01-01")


def test_public_names():
    """Every public name exists, with a docstring."""
    for name in gs.__all__:
        assert getattr(gs, name).__doc__, name


def test_unreadable_input(tmp_path):
    """An input that cannot be read again is an error."""
    with pytest.raises(InputError, match="could not be read again"):
        file_hash(tmp_path)

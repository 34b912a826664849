"""Every report alone and all together give the same: nothing of one report leaks into another."""

import random

import pandas as pd
import pytest
import written_reports

from geostrike.places import Gazetteer, resolve_places
from geostrike.reading import extract

NAMES = ("written.toml", "held_out.toml", "fresh.toml", "later.toml")
TABLES = ("mentions", "records", "claims", "distances", "quantities")
# What a report must not hear from the one before it: names of persons, a region, a date, a speaker's side, a language.
PAIRS = {
    "en": [
        "Governor Ivan Tula said a drone hit a depot in Belgorod region on 3 May.",
        "Drones hit Tula, it said.",
    ],
    "ru": ["В ночь на 3 мая дроны атаковали НПЗ в Самарской области, сообщил губернатор.", "Дроны атаковали Самару."],
    "uk": ["У ніч на 3 травня дрони атакували нафтобазу в Сумській області.", "Дрони атакували Суми, заявив він."],
    "de": ["In der Nacht zum 3. Mai trafen Drohnen ein Öllager in Rostow.", "Drohnen trafen Rostow, teilte er mit."],
}

SHORT = {text for pair in PAIRS.values() for text in pair}


def texts():
    """The texts of the tests and short ones made to lead on to each other, with language and day."""
    rows = [
        (report["language"], report["text"], str(report["published"]) if "published" in report else None)
        for name in NAMES
        for report in written_reports.load(name)
    ]
    rows += [(language, text, "2024-05-06") for language, pair in PAIRS.items() for text in pair]
    table = pd.DataFrame(rows, columns=["language", "text", "published"])
    table["published"] = pd.to_datetime(table["published"])
    return table.assign(report_id=[f"r{number:03}" for number in range(len(table))])


def tables(reports, gazetteer):
    """All that is read of the reports, with the places of the records."""
    found = extract(reports, gazetteer)
    placed = pd.DataFrame(resolve_places(found.records, gazetteer))
    assert found.quarantine.empty
    return {name: placed if name == "records" else getattr(found, name) for name in TABLES}


@pytest.fixture(scope="module")
def together():
    return tables(texts(), Gazetteer())


def assert_same(found, expected):
    for name in TABLES:
        left, right = (
            t[name].sort_values(["report_id", "start", "end", *t[name].columns[:1]], kind="stable", ignore_index=True)
            for t in (found, expected)
        )
        pd.testing.assert_frame_equal(left, right, obj=name)


def test_reports_are_independent(together):
    """A report with a gazetteer that has heard nothing gives what it gives among all; every fourth one is tried."""
    reports = texts()
    chosen = reports.iloc[[at for at in range(len(reports)) if at % 4 == 0 or reports["text"][at] in SHORT]]
    parts = [tables(chosen.iloc[[at]], Gazetteer()) for at in range(len(chosen))]
    found = {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in TABLES}
    expected = {name: table[table["report_id"].isin(chosen["report_id"])] for name, table in together.items()}
    assert_same(found, expected)


@pytest.mark.parametrize("seed", [1, 2])
def test_report_order(together, seed):
    """In any order, each report gives the same."""
    reports = texts()
    order = list(range(len(reports)))
    random.Random(seed).shuffle(order)
    assert_same(tables(reports.iloc[order].reset_index(drop=True), Gazetteer()), together)

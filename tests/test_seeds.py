"""The five seed digests give exactly their strikes, and follow every change of wording."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from geostrike.places import Gazetteer, resolve_places
from geostrike.reading import extract, read_reports

SEEDS = Path(__file__).parent.parent / "seeds"
FILES = {1: "1-tuapse.md", 2: "2-smolensk-lipetsk.md", 3: "3-belgorod.md", 4: "4-kavkazskaya.md",
         5: "5-krasnodar-pumping-station.md"}  # fmt: skip
DATED = {FILES[4]: "2025-03-19"}

# place -> kind of date, first day, last day, target, weapon, attacker, accepted status
REQUIRED = {
    1: {
        "Tuapse": ("night", "2024-01-24", "2024-01-25", "refinery", "drone", "UKR", "claimed_by_attacker confirmed"),
        "Odesa": ("night", "2024-01-24", "2024-01-25", "city", "drone", "RUS", "claimed_by_target"),
    },
    2: {
        "Yartsevo": ("night", "2024-04-23", "2024-04-24", "oil depot", "drone", "UKR", "confirmed"),
        "Razdorovo": ("night", "2024-04-23", "2024-04-24", "oil depot", "drone", "UKR", "confirmed"),
        "Lipetsk": ("night", "2024-04-23", "2024-04-24", "industrial site", "drone", "UKR", "claimed_by_target"),
    },
    3: {
        "Belgorod": ("day", "2022-04-01", "2022-04-01", "oil depot", "helicopter rockets", "UKR", "disputed"),
    },
    4: {
        "Kavkazskaya": ("night", "2025-03-18", "2025-03-19", "oil depot", "drone", "UKR", "claimed_by_target"),
        "Sloviansk": ("night", "2025-03-18", "2025-03-19", "power supply", "missile", "RUS", "claimed_by_target"),
    },
    5: {
        "Krasnodar Krai": ("vague", "NaT", "2025-03-18", "pumping station", "drone", "UKR", "unconfirmed"),
    },
}
OPTIONAL = {1: {"Leningrad Oblast"}, 4: {"Mykolaiv Oblast"}}


@cache
def gazetteer():
    return Gazetteer()


def read_text(text, published, language="en"):
    day = pd.Timestamp(published) if published else pd.NaT
    report = {"report_id": ["r"], "published": [day], "language": [language], "text": [text]}
    return extract(pd.DataFrame(report), gazetteer())


def body(number):
    return (SEEDS / FILES[number]).read_text(encoding="utf-8").split("---\n", 2)[2]


PUBLISHED = {1: "2024-01-25", 2: "2024-04-24", 3: "2022-04-01", 4: "2025-03-19", 5: "2025-03-18"}


def strikes(number, *changes, published=None):
    """The records of a seed, with words of it changed, by the name of the resolved place."""
    text = body(number)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    extracted = read_text(text, published or PUBLISHED[number])
    records = resolve_places(extracted.records, gazetteer())
    return records.assign(name=records.place.where(records.place != "", records.place_as_written)).set_index("name")


@cache
def extracted():
    reports = read_reports(SEEDS, published=DATED)
    return reports, extract(reports, gazetteer())


def by_seed(table, number):
    reports, _ = extracted()
    report = reports.loc[reports.path == FILES[number], "report_id"].item()
    return table[table.report_id == report]


@pytest.mark.parametrize("number", FILES)
def test_seed_strikes(number):
    """The seeds give exactly the expected strikes."""
    records = by_seed(resolve_places(extracted()[1].records, gazetteer()), number)
    assert set(records.place) - OPTIONAL.get(number, set()) == set(REQUIRED[number])
    assert (records.place_status == "resolved").all()
    for row in records.itertuples():
        if row.place in REQUIRED[number]:
            *expected, status = REQUIRED[number][row.place]
            dates = [str(day)[:10] for day in (row.date_start, row.date_end)]
            assert [row.date_precision, *dates, row.target_kind, row.weapon, row.attacker] == expected
            assert row.status in status.split()


def test_undated_report():
    """Without its date a report keeps its strikes, with open dates."""
    reports = read_reports(SEEDS)
    report = reports[reports.path == FILES[4]]
    records = extract(report, gazetteer()).records
    assert set(records.place_as_written) >= {"Kavkazskaya", "Slovyansk"}
    assert records[["date_start", "date_end"]].isna().all(axis=None)
    assert set(records.date_as_written) >= {"the night before", "overnight"}


def test_optional_rows():
    """Optional rows are as expected."""
    aborted = by_seed(extracted()[1].records, 4).set_index("place_as_written").loc["Nikolaev region"]
    assert (aborted.status, aborted.attacker, aborted.weapon) == ("aborted", "RUS", "drone")
    earlier = by_seed(extracted()[1].records, 1).query("place_as_written == 'Leningrad region'")
    assert set(earlier.target_kind) == {"gas terminal", "oil depot"}
    assert earlier.date_start.isna().all()


@pytest.mark.parametrize(
    ("number", "place", "value", "unit", "hedge", "reference"),
    [(3, "Belgorod", 40, "mi", "roughly", "border"), (1, "Leningrad region", 1000, "km", "almost", "border")],
)
def test_stated_distances(number, place, value, unit, hedge, reference):
    distances = by_seed(extracted()[1].distances, number)
    assert set(distances.itertuples(index=False, name=None)) != set()
    row = distances.iloc[0]
    assert (row.value, row.unit, row.hedge, row.reference) == (value, unit, hedge, reference)
    records = by_seed(extracted()[1].records, number).set_index("record_id")
    assert set(records.loc[distances.record_id, "place_as_written"]) == {place}


def test_other_places():
    """Other places are mentions with other roles."""
    mentions = extracted()[1].mentions
    roles = mentions.groupby("text").role.agg(set)
    assert roles["Kaliningrad"] == {"political_travel"}
    assert roles["Krasnodar region"] == {"container", "struck"}
    for name in (
        "Moscow",
        "Kyiv",
        "Kiev",
        "Mariupol",
        "Kursk region",
        "Washington",
        "Tel Aviv",
        "Israel",
        "Kazakhstan",
    ):
        assert roles[name].isdisjoint({"struck", "intercepted", "aborted"}), name


def claims_on(number, place):
    records = by_seed(extracted()[1].records, number)
    claims = by_seed(extracted()[1].claims, number)
    record = records.loc[records.place_as_written == place, "record_id"].iloc[0]
    return set(claims.loc[claims.record_id == record, ["speaker_side", "stance"]].itertuples(index=False, name=None))


def test_claims():
    """Claims belong to the strikes they are about."""
    assert ("UKR", "claims") in claims_on(1, "Tuapse")
    assert claims_on(2, "Yartsevo") >= {("RUS", "confirms"), ("UKR", "claims")}
    assert ("UKR", "claims") not in claims_on(2, "Lipetsk")
    assert claims_on(3, "Belgorod") >= {("RUS", "confirms"), ("UKR", "no_comment"), ("UKR", "blames_other_side")}
    assert ("RUS", "confirms") in claims_on(4, "Kavkazskaya")


# --- what changes in the words changes in the output ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "old", "new", "place"),
    [
        (1, "Tuapse, in the Krasnodar region", "Syzran, in the Samara region", "Syzran"),
        (1, "Odessa", "Kharkiv", "Kharkiv"),
        (3, "Belgorod", "Bryansk", "Bryansk"),
        (4, "Slovyansk", "Poltava", "Poltava"),
        (5, "Krasnodar region", "Samara region", "Samara Oblast"),
    ],
)
def test_another_town(number, old, new, place):
    """Another town gives another place."""
    before, after = strikes(number), strikes(number, (old, new))
    assert place in after.index
    assert len(after) == len(before)


@pytest.mark.parametrize(
    ("day", "first"), [("Friday", "2022-04-01"), ("Thursday", "2022-03-31"), ("Monday", "2022-03-28")]
)
def test_another_weekday(day, first):
    """Another weekday gives another date."""
    assert str(strikes(3, ("Friday", day)).loc["Belgorod", "date_start"])[:10] == first


def test_another_actor():
    """Another actor gives another attacker."""
    changed = strikes(5, ("Recently Ukraine", "Recently Russia"), ("Krasnodar region", "Poltava region"))
    row = changed.loc["Poltava Oblast"]
    assert (row.attacker, row.attacker_basis, row.target_side) == ("RUS", "reported", "UKR")
    assert strikes(5).loc["Krasnodar Krai", "attacker_basis"] == "reported"


@pytest.mark.parametrize(("unit", "km"), [("miles", 64.4), ("kilometres", 40.0), ("nautical miles", 74.1)])
def test_another_unit(unit, km):
    """Another unit gives another distance."""
    text = body(3).replace("40 miles", f"40 {unit}")
    assert round(read_text(text, "2022-04-01").distances.value_km.item(), 1) == km


@pytest.mark.parametrize(
    ("number", "old", "new", "lost"),
    [
        (2, "an industrial zone was hit", "an industrial zone was not hit", "Lipetsk"),
        (5, "carried out a large-scale drone attack", "planned a large-scale drone attack", "Krasnodar Krai"),
        (3, "destroyed a fuel depot", "could have destroyed a fuel depot", "Belgorod"),
    ],
)
def test_no_event(number, old, new, lost):
    """What did not happen is not a strike."""
    assert lost in strikes(number).index
    assert lost not in strikes(number, (old, new)).index


def test_interception():
    """An interception is not a hit."""
    changed = strikes(2, ("an industrial zone was hit", "two drones were shot down"))
    assert changed.loc["Lipetsk", "status"] == "intercepted"


def test_undisputed():
    """A strike that nobody denies is not disputed."""
    hint = " and hinted at a false flag, and some Ukrainian analysts said the same"
    changed = strikes(3, (hint, ""))
    assert changed.loc["Belgorod", "status"] == "claimed_by_target"


def test_paragraph_order():
    """The order of paragraphs does not matter."""
    text = body(4)
    first, second, *rest = text.strip().split("\n\n")
    turned = read_text("\n\n".join([second, first, *rest]), "2025-03-19").records
    original = read_text(text, "2025-03-19").records
    key = ["place_as_written", "attacker", "target_kind", "status", "date_start", "date_end"]
    assert sorted(map(tuple, turned[key].astype(str).values)) == sorted(map(tuple, original[key].astype(str).values))


def test_publication_date():
    """Another publication date moves the strikes."""
    row = strikes(2, published="2024-05-01").loc["Yartsevo"]
    assert [str(day)[:10] for day in (row.date_start, row.date_end)] == ["2024-04-30", "2024-05-01"]

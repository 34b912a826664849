"""Claims are about the right strikes, and the status follows from them by rule."""

import itertools

import pandas as pd
import pytest
from test_events import read

from geostrike.reading.statements.claims import status_of
from geostrike.tables import STANCES, STATUSES

SIDES = ("UKR", "RUS", "")


def claims(text, published="2024-04-24"):
    extracted = read(text, published)
    names = extracted.records.set_index("record_id").place_as_written
    table = extracted.claims.assign(place=extracted.claims.record_id.map(names))
    return {(row.place, row.speaker_side, row.speaker_kind, row.stance) for row in table.itertuples()}


STRIKE = "A drone struck a depot in Azov on Monday. "


@pytest.mark.parametrize(
    ("text", "side", "kind", "stance"),
    [
        ("Governor Vasily Golubev confirmed the attack.", "RUS", "official", "confirms"),
        (
            "A source in Kyiv's security services claimed responsibility for the attack.",
            "UKR",
            "anonymous_source",
            "claims",
        ),
        ("Ukraine's General Staff confirmed the strike.", "UKR", "military", "claims"),
        ("Kyiv has not commented on the attack.", "UKR", "official", "no_comment"),
        ("Kyiv denied the attack.", "UKR", "official", "denies"),
        ("Ukrainian officials said that the attack was a false flag.", "UKR", "official", "blames_other_side"),
        ("Reuters could not verify the reports of the strike.", "", "media", "no_comment"),
    ],
)
def test_speakers(text, side, kind, stance):
    """A speaker has a side, a kind and a stance."""
    assert ("Azov", side, kind, stance) in claims(STRIKE + text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Russian forces fired rockets at Kramatorsk on Monday, the city military administration said."),
        ("uk", "Російські війська обстріляли Краматорськ у вівторок, повідомила міська військова адміністрація."),
        ("ru", "Российские войска обстреляли Краматорск, сообщила городская военная администрация."),
        ("de", "Russische Truppen beschossen am Montag Kramatorsk, teilte die Militärverwaltung mit."),
    ],
)
def test_attacker_is_not_speaker(language, text):
    """An attacker is not a speaker."""
    extracted = read(text, language=language)
    assert extracted.claims.speaker_side.tolist() == ["UKR"]
    assert extracted.records.status.tolist() == ["claimed_by_target"]


def test_silent_source():
    """A source that does not comment confirms nothing."""
    text = (
        "Drones hit depots in Yartsevo and Lipetsk on Monday. "
        "A Ukrainian source confirmed that the SBU had hit Yartsevo, without mentioning Lipetsk."
    )
    found = claims(text)
    assert ("Yartsevo", "UKR", "anonymous_source", "claims") in found
    assert ("Lipetsk", "UKR", "anonymous_source", "no_comment") in found
    assert ("Lipetsk", "UKR", "anonymous_source", "claims") not in found


def test_governor():
    """A governor's claim is about the strikes in the governor's region."""
    text = (
        "Drones hit depots in Yartsevo in the Smolensk region and in Azov in the Rostov region on Monday. "
        "Rostov governor Vasily Golubev confirmed the attack."
    )
    assert {place for place, *_, stance in claims(text) if stance == "confirms"} == {"Azov"}


def test_third_party():
    """A third country does not speak for either side."""
    assert claims(STRIKE + "Minsk kept silent.") == set()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("", "unconfirmed"),
        ("The governor confirmed the attack.", "claimed_by_target"),
        ("A Ukrainian source claimed responsibility for the attack.", "claimed_by_attacker"),
        ("The governor confirmed the attack. A Ukrainian source claimed responsibility for the attack.", "confirmed"),
        ("The governor confirmed the attack. Kyiv denied the attack.", "disputed"),
    ],
)
def test_status(words, status):
    """The status follows from the claims."""
    assert read(STRIKE + words).records.status.item() == status


def test_status_vocabulary():
    """Every combination of claims yields a status of the vocabulary."""
    pairs = list(itertools.product(SIDES, STANCES))
    for said in itertools.combinations(pairs, 2):
        assert status_of("struck", "UKR", "RUS", said) in STATUSES
    assert status_of("intercepted", "UKR", "RUS", pairs) == "intercepted"
    assert status_of("aborted", "RUS", "UKR", []) == "aborted"


def test_order_of_claims():
    """The order of claims does not matter."""
    pairs = [("RUS", "confirms"), ("UKR", "claims"), ("", "confirms")]
    found = {status_of("struck", "UKR", "RUS", order) for order in itertools.permutations(pairs)}
    assert found == {"confirmed"}


# --- stated distances -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "value", "unit", "hedge", "reference"),
    [
        ("some 1,200 km from the border", 1200, "km", "some", "border"),
        ("roughly 40 miles north of the border with Ukraine", 40, "mi", "roughly", "border"),
        ("almost a thousand kilometers away from the border", 1000, "km", "almost", "border"),
        ("30 nautical miles from the front line", 30, "nmi", "", "front line"),
        ("about 200 km southeast of Moscow", 200, "km", "about", "Moscow"),
    ],
)
def test_stated_distances(words, value, unit, hedge, reference):
    """A stated distance has value, unit, hedge and reference."""
    row = read(f"A drone struck a depot in Azov, {words}.").distances.loc[0]
    assert (row.value, row.unit, row.hedge, row.reference) == (value, unit, hedge, reference)


@pytest.mark.parametrize(
    "words", ["a 2,000-kilometer border", "hundreds of kilometres from the border", "a tank of 40 km"]
)
def test_other_lengths(words):
    """A length without a reference is not a stated distance."""
    assert read(f"A drone struck a depot in Azov. He spoke of {words}.").distances.empty


def test_place_of_distance():
    """A distance belongs to the adjacent place."""
    text = "Drones hit a depot in Azov, some 100 km from the border, and a refinery in Samara."
    extracted = read(text)
    names = extracted.records.set_index("record_id").place_as_written
    assert names[extracted.distances.record_id].tolist() == ["Azov"]


def test_units():
    """Units are converted to kilometres."""
    km = [
        read(f"A drone struck Azov, 10 {u} from the border.").distances.value_km.item() for u in ("km", "miles", "nmi")
    ]
    assert pd.Series(km).round(3).tolist() == [10, 16.093, 18.52]

"""Claims belong to the strikes they speak of, and the status follows from them by the rule."""

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
def test_speakers_and_stances(text, side, kind, stance):
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
def test_who_strikes_does_not_speak(language, text):
    extracted = read(text, language=language)
    assert extracted.claims.speaker_side.tolist() == ["UKR"]
    assert extracted.records.status.tolist() == ["claimed_by_target"]


def test_a_source_that_is_silent_confirms_nothing():
    text = (
        "Drones hit depots in Yartsevo and Lipetsk on Monday. "
        "A Ukrainian source confirmed that the SBU had hit Yartsevo, without mentioning Lipetsk."
    )
    found = claims(text)
    assert ("Yartsevo", "UKR", "anonymous_source", "claims") in found
    assert ("Lipetsk", "UKR", "anonymous_source", "no_comment") in found
    assert ("Lipetsk", "UKR", "anonymous_source", "claims") not in found


def test_a_governor_speaks_for_the_region():
    text = (
        "Drones hit depots in Yartsevo in the Smolensk region and in Azov in the Rostov region on Monday. "
        "Rostov governor Vasily Golubev confirmed the attack."
    )
    assert {place for place, *_, stance in claims(text) if stance == "confirms"} == {"Azov"}


def test_other_sides_do_not_speak_for_the_two():
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
def test_status_follows_from_the_claims(words, status):
    assert read(STRIKE + words).records.status.item() == status


def test_status_is_a_word_of_the_table_for_all_claims():
    pairs = list(itertools.product(SIDES, STANCES))
    for said in itertools.combinations(pairs, 2):
        assert status_of("struck", "UKR", "RUS", said) in STATUSES
    assert status_of("intercepted", "UKR", "RUS", pairs) == "intercepted"
    assert status_of("aborted", "RUS", "UKR", []) == "aborted"


def test_the_order_of_claims_does_not_matter():
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
    row = read(f"A drone struck a depot in Azov, {words}.").distances.loc[0]
    assert (row.value, row.unit, row.hedge, row.reference) == (value, unit, hedge, reference)


@pytest.mark.parametrize(
    "words", ["a 2,000-kilometer border", "hundreds of kilometres from the border", "a tank of 40 km"]
)
def test_what_is_no_distance_from_anything(words):
    assert read(f"A drone struck a depot in Azov. He spoke of {words}.").distances.empty


def test_a_distance_belongs_to_the_place_it_stands_beside():
    text = "Drones hit a depot in Azov, some 100 km from the border, and a refinery in Samara."
    extracted = read(text)
    names = extracted.records.set_index("record_id").place_as_written
    assert names[extracted.distances.record_id].tolist() == ["Azov"]


def test_units_are_converted():
    km = [
        read(f"A drone struck Azov, 10 {u} from the border.").distances.value_km.item() for u in ("km", "miles", "nmi")
    ]
    assert pd.Series(km).round(3).tolist() == [10, 16.093, 18.52]

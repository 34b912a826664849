"""Names are found where they stand, by evidence around them, and other capitals are left alone."""

import datetime as dt
import tomllib
from functools import cache

import pytest

from geostrike.places import Gazetteer
from geostrike.reading.mentions.names import NameFinder
from geostrike.reading.report import read_strikes
from geostrike.reading.text.lexicon import LANGUAGES, Lexicon, load_lexicon, tokenize
from geostrike.reading.text.sentences import read_sentences


@cache
def lookup():
    return Gazetteer()


def mentions(text, language="en"):
    lexicon = load_lexicon(language)
    finder = NameFinder(lexicon, lookup())
    found = [mention for sentence in read_sentences(text, lexicon) for mention in finder.find(sentence)]
    for mention in found:
        assert text[mention.start : mention.end] == mention.text
    return found


def names(text, language="en"):
    return [mention.text for mention in mentions(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Drones hit St. Petersburg and Rostov-on-Don.", ["St. Petersburg", "Rostov-on-Don"]),
        ("In Lipetsk an industrial zone was hit, governor Igor Artamonov said.", ["Lipetsk"]),
        ("It burned in the towns of Yartsevo and Rozdorovo.", ["Yartsevo", "Rozdorovo"]),
        ("Officials in the regions of Smolensk and Lipetsk spoke.", ["Smolensk", "Lipetsk"]),
        ("The Krasnodar region lies on the Black Sea.", ["Krasnodar region", "Black Sea"]),
        ("Vladimir Putin met Dmitry Peskov, Reuters and AFP wrote on Telegram.", []),
        ("Two Officials Spoke. The Drones Came.", []),
    ],
)
def test_english_names(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "ru",
            "Сбиты над Калужской и Тульской областями, сообщил Андрей Воробьёв.",
            ["Калужской", "Тульской областями"],
        ),
        ("ru", "Пожар в Славянске-на-Кубани потушен.", ["Славянске-на-Кубани"]),
        ("uk", "Уражено НПЗ у Ростовській області.", ["Ростовській області"]),
        ("de", "In Orsk im Gebiet Orenburg schlug eine Drohne ein.", ["Orsk", "Gebiet Orenburg"]),
    ],
)
def test_names_in_other_languages(language, text, expected):
    assert names(text, language) == expected


def test_a_place_that_nobody_knows_is_still_a_place():
    (mention,) = mentions("Drones hit a depot in the village of Qwertovka.")
    assert (mention.text, mention.place, mention.kind) == ("Qwertovka", None, "settlement")


def test_what_the_name_locates():
    ahead, behind = mentions("A drone hit the refinery in Tuapse and then the Ryazan refinery.")
    assert (ahead.target, behind.target) == ("refinery", "refinery")
    assert behind.facility == "Ryazan refinery"


def test_kind_words_tell_the_kind():
    region, town = mentions("Officials of the Smolensk region spoke of the city of Smolensk.")
    assert (region.place.kind, town.place.kind) == ("region", "settlement")


@pytest.mark.parametrize(
    "text", ["", "\u202e\u200b", "🔥" * 50, "A" * 100_000, "<b>Tuapse</b> {{x}} 'quo\"te", "В" * 9_000]
)
def test_hostile_text_does_not_break_the_finder(text):
    mentions(text)


# --- the matcher of the lexicon ---------------------------------------------------------------------------------------


def lexicon(**tables):
    return Lexicon({"language": {"code": "xx"}, **tables})


def cues(text, **tables):
    return [(cue.kind, cue.value, text[cue.start : cue.end]) for cue in lexicon(**tables).cues(tokenize(text))]


def test_the_longest_phrase_hides_the_shorter():
    tables = {"strike": {"noun": ["attack"]}, "homonym": {"x": ["heart attack"]}}
    assert cues("a heart attack", **tables) == [("homonym", "x", "heart attack")]
    assert cues("an attack", **tables) == [("strike", "noun", "attack")]


def test_stems_gaps_and_capitals():
    tables = {"a": {"stem": ["атак*"]}, "b": {"gap": ["set ... on fire"]}, "c": {"month": ["May"]}}
    assert cues("атакован", **tables) == [("a", "stem", "атакован")]
    assert cues("set several big tanks on fire", **tables) == [("b", "gap", "set several big tanks on fire")]
    assert cues("it may come in May", **tables) == [("c", "month", "May")]


def test_a_bar_asks_for_the_end_of_a_part():
    tables = {"a": {"arrive": ["traf ... ein |"]}, "grammar": {"list_words": ["und"]}}
    assert cues("traf in Kiew ein.", **tables) == [("a", "arrive", "traf in Kiew ein")]
    assert cues("traf in Kiew ein und sprach", **tables) == [("a", "arrive", "traf in Kiew ein")]
    assert cues("traf in Kiew ein Wohnhaus", **tables) == []


def test_a_table_that_is_no_list_is_refused():
    with pytest.raises(TypeError, match="should be a list"):
        lexicon(strike={"noun": "attack"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_lexicons_speak_the_words_of_the_tables(language):
    from geostrike.tables import SPEAKER_KINDS, TARGET_KINDS, WEAPONS

    found = load_lexicon(language)
    kinds = {}
    for phrases in [*found._exact.values(), *found._stems.values()]:
        for phrase in phrases:
            for kind, value in phrase.meanings:
                kinds.setdefault(kind, set()).add(value)
    assert kinds["target"] <= set(TARGET_KINDS)
    assert kinds["weapon"] <= set(WEAPONS)
    assert kinds["speaker"] <= set(SPEAKER_KINDS)
    assert {"strike", "effect", "intercept", "launch", "unreal", "negation", "setting", "speech"} <= set(kinds)


POLISH = """
[language]
code = "pl"
script = "Latin"
letters = "ąćęłńóśźż"
frequent = ["w", "na", "i", "z"]
[grammar]
abbreviations = []
capitals_mark_names = true
at_words = ["w", "na"]
list_words = ["i", "oraz"]
[weekday]
0 = ["poniedziałek"]
[strike]
verb = ["uderzył*", "zaatakował*"]
[weapon]
drone = ["dron*"]
[target]
refinery = ["rafineri*"]
[speech]
say = ["powiedział*"]
[speaker]
official = ["gubernator*"]
"""


def test_a_language_is_a_file():
    polish = Lexicon(tomllib.loads(POLISH))
    text = "W poniedziałek drony uderzyły w rafinerię w Tuapse, powiedział gubernator."
    told = read_strikes(text, polish, lookup(), published=dt.date(2024, 4, 24))
    (record,) = told.records
    assert (record.mention.place.name, record.target, record.weapon) == ("Tuapse", "refinery", "drone")
    assert record.when.start == dt.date(2024, 4, 22)


def test_a_type_word_counts_for_the_list_it_stands_with():
    kinds = [mention.kind for mention in mentions("Attacks were repelled in Ivanovo, Ryazan and Amur regions.")]
    assert kinds == ["region", "region", "region"]
    first, second = mentions("Drones hit depots in the Murmansk region, Ivanovo.")
    assert (first.kind, second.kind) == ("region", "")

"""Place names are found with evidence around them; other capitalised words are not."""

import datetime as dt
import tomllib
from functools import cache

import pytest

from geostrike.places import Gazetteer
from geostrike.reading.mentions.names import NameFinder
from geostrike.reading.report import read_report
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
    """English names are found, and other capitalised words are not."""
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
def test_other_languages(language, text, expected):
    """Names in other languages are found, and other capitalised words are not."""
    assert names(text, language) == expected


def test_unlisted_place():
    """A struck place that the gazetteer lacks is still a place."""
    (mention,) = mentions("Drones hit a depot in the village of Qwertovka.")
    assert (mention.text, mention.place, mention.kind) == ("Qwertovka", None, "settlement")


def test_target():
    """A name locates the target before or after it."""
    ahead, behind = mentions("A drone hit the refinery in Tuapse and then the Ryazan refinery.")
    assert (ahead.target, behind.target) == ("refinery", "refinery")
    assert behind.facility == "Ryazan refinery"


def test_kind_words():
    """Type words set the kind of place."""
    region, town = mentions("Officials of the Smolensk region spoke of the city of Smolensk.")
    assert (region.place.kind, town.place.kind) == ("region", "settlement")


@pytest.mark.parametrize(
    "text", ["", "\u202e\u200b", "🔥" * 50, "A" * 100_000, "<b>Tuapse</b> {{x}} 'quo\"te", "В" * 9_000]
)
def test_hostile_text(text):
    """Hostile text does not break the finder."""
    mentions(text)


# --- the matcher of the lexicon ---------------------------------------------------------------------------------------


def lexicon(**tables):
    return Lexicon({"language": {"code": "xx"}, **tables})


def cues(text, **tables):
    return [(cue.kind, cue.value, text[cue.start : cue.end]) for cue in lexicon(**tables).cues(tokenize(text))]


def test_longest_phrase():
    """The longest phrase hides the shorter."""
    tables = {"strike": {"noun": ["attack"]}, "homonym": {"x": ["heart attack"]}}
    assert cues("a heart attack", **tables) == [("homonym", "x", "heart attack")]
    assert cues("an attack", **tables) == [("strike", "noun", "attack")]


def test_phrase_syntax():
    """Phrases match stems, gaps and capitals."""
    tables = {"a": {"stem": ["атак*"]}, "b": {"gap": ["set ... on fire"]}, "c": {"month": ["May"]}}
    assert cues("атакован", **tables) == [("a", "stem", "атакован")]
    assert cues("set several big tanks on fire", **tables) == [("b", "gap", "set several big tanks on fire")]
    assert cues("it may come in May", **tables) == [("c", "month", "May")]


def test_bar():
    """A bar requires the end of a part of the sentence."""
    tables = {"a": {"arrive": ["traf ... ein |"]}, "grammar": {"list_words": ["und"]}}
    assert cues("traf in Kiew ein.", **tables) == [("a", "arrive", "traf in Kiew ein")]
    assert cues("traf in Kiew ein und sprach", **tables) == [("a", "arrive", "traf in Kiew ein")]
    assert cues("traf in Kiew ein Wohnhaus", **tables) == []


def test_bad_lexicon():
    """A value that is not a list is a TypeError."""
    with pytest.raises(TypeError, match="should be a list"):
        lexicon(strike={"noun": "attack"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_lexicon_vocabulary(language):
    """The values of every lexicon are in the vocabularies of the tables."""
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


def test_new_language():
    """A lexicon file is enough to read a new language."""
    polish = Lexicon(tomllib.loads(POLISH))
    text = "W poniedziałek drony uderzyły w rafinerię w Tuapse, powiedział gubernator."
    reading = read_report(text, polish, lookup(), published=dt.date(2024, 4, 24))
    (record,) = reading.records
    assert (record.mention.place.name, record.target, record.weapon) == ("Tuapse", "refinery", "drone")
    assert record.when.start == dt.date(2024, 4, 22)


def test_type_word_of_list():
    """A plural type word applies to its list."""
    kinds = [mention.kind for mention in mentions("Attacks were repelled in Ivanovo, Ryazan and Amur regions.")]
    assert kinds == ["region", "region", "region"]
    first, second = mentions("Drones hit depots in the Murmansk region, Ivanovo.")
    assert (first.kind, second.kind) == ("region", "")

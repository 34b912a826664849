"""Keys under which all spellings of a place name meet, whatever the script, romanisation or case ending.

Five keys, from strict to loose:

- `fold`: ignores case, diacritics, apostrophes and hyphens, but not the script ("Ryazan'" and "ryazan");
- `latin_keys`: Cyrillic is also written in Latin letters ("Рязань" is also "ryazan");
- `stem_keys`: ignores Russian and Ukrainian case endings ("Белгороде", "Белгородом", "Белгород");
- `skeleton`: what all romanisations share ("Jarcevo", "Yartsevo", "Ârcevo");
- `respelling`: what most romanisations of an Arabic, Persian or Hebrew name share ("Hodeidah", "al-Hudaydah").

The index of the gazetteer is built and queried with the same keys. It is built while the package itself is being
installed, so this module imports nothing but the standard library; the endings are in endings.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

__all__ = [
    "ATTESTED",
    "CASE_ENDING",
    "MATCHES",
    "OWN",
    "RESPELT",
    "STRAY",
    "IndexKeys",
    "adjective_keys",
    "case_forms",
    "consonants",
    "fold",
    "has_cyrillic",
    "index_keys",
    "inflected_keys",
    "is_as_folded",
    "is_slavic",
    "latin_keys",
    "match_of_grade",
    "nominatives",
    "respelling",
    "same_name",
    "skeleton",
    "skeletons",
    "sounds_alike",
    "spelling_keys",
    "stem_keys",
    "stem_skeletons",
    "transliterate",
]

IndexKeys = list[tuple[str, int]]
"""Keys of one place, each with how it spells the place: `OWN`, `ATTESTED`, `STRAY`, `CASE_ENDING` or `RESPELT`."""

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_SLAVIC = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґЎў’'ʼ\- ]+")
_RUSSIAN_ONLY = re.compile("[ыэъё]")
_UKRAINIAN_ONLY = re.compile("[іїєґ]")

# --- folding ----------------------------------------------------------------------------------------------------------

_APOSTROPHES = re.compile("[’'ʼ`´ʹʺ\"”“‘‛′«»]")
_SEPARATORS = re.compile(r"[\s\-‐‑–—.,/()]+")
_MODIFIER = re.compile("[ʼʹʺ]")  # apostrophes that Unicode counts as letters
_LETTERS = {"ё": "е", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "ß": "ss", "œ": "oe"}
_KEPT = "йїў"  # separate letters, though Unicode decomposes them


class _Marks(dict[int, str]):
    """Code point -> the letter without its marks, computed on first use."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        self[code] = "".join(part for part in parts if not unicodedata.combining(part))
        return self[code]


_WITHOUT_MARKS = _Marks({ord(letter): plain for letter, plain in _LETTERS.items()} | {ord(k): k for k in _KEPT})


@lru_cache(1 << 12)
def fold(name: str) -> str:
    """Fold case, diacritics, apostrophes and hyphens of a name; the script is kept.

    Examples
    --------
    >>> fold("Ust'-Luga"), fold("Kyïv"), fold("Слов’янськ")
    ('ust luga', 'kyiv', 'словянськ')
    """
    text = name.lower() if name.isascii() else _without_marks(name)
    if text.isalpha() and _MODIFIER.search(text) is None:
        return text
    return _SEPARATORS.sub(" ", _APOSTROPHES.sub("", text)).strip()


def _without_marks(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().translate(_WITHOUT_MARKS)


# --- Cyrillic in Latin letters ----------------------------------------------------------------------------------------

_RUSSIAN = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)) | {
    "ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu",
    "я": "ya",
}  # fmt: skip
_UKRAINIAN = dict(zip("абвгґдезиіїйклмнопрстуф", "abvhgdezyiiiklmnoprstuf", strict=True)) | {
    "є": "ie", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu", "я": "ia",
    "ў": "u",
}  # fmt: skip
_RUSSIAN_LETTERS = str.maketrans(_UKRAINIAN | _RUSSIAN)
_UKRAINIAN_LETTERS = str.maketrans(_RUSSIAN | _UKRAINIAN)
_YE = re.compile("(?<![^\\W_])(?<!\\d)е|(?<=[аеёиоуыэюяъь])е")
_UKRAINIAN_INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_INITIAL = re.compile("(?<![^\\W\\d_'’ʼ])(?<!['’ʼ])[єїйюя]")


def has_cyrillic(name: str) -> bool:
    """Whether the name contains a Cyrillic letter."""
    return _CYRILLIC.search(name) is not None


def is_slavic(name: str) -> bool:
    """Whether the name is written in the letters of Russian, Ukrainian or Belarusian."""
    return _SLAVIC.fullmatch(name) is not None


def transliterate(name: str, language: str) -> str:
    """Transliterate the Cyrillic letters of a name: "ru" by BGN/PCGN, "uk" by the Ukrainian resolution of 2010.

    Examples
    --------
    >>> transliterate("Ярцево", "ru"), transliterate("Запоріжжя", "uk")
    ('yartsevo', 'zaporizhzhia')
    """
    text = name.lower()
    if language == "uk":
        text = _INITIAL.sub(lambda match: _UKRAINIAN_INITIAL[match[0]], text.replace("зг", "zgh"))
        return text.translate(_UKRAINIAN_LETTERS)
    return _YE.sub("ye", text).translate(_RUSSIAN_LETTERS)


def _languages(folded: str) -> tuple[str, ...]:
    if _UKRAINIAN_ONLY.search(folded):
        return ("uk",)
    return ("ru",) if _RUSSIAN_ONLY.search(folded) else ("ru", "uk")


@lru_cache(1 << 12)
def latin_keys(name: str) -> tuple[str, ...]:
    """Return the folded name in Latin letters: one key, or two if a Cyrillic name may be Russian or Ukrainian.

    Examples
    --------
    >>> latin_keys("Николаев")
    ('nikolayev', 'nykolaev')
    """
    folded = fold(name)
    if not has_cyrillic(folded):
        return (folded,)
    lowered = name.lower()
    return tuple(dict.fromkeys(fold(transliterate(lowered, language)) for language in _languages(lowered)))


# --- what all romanisations share -------------------------------------------------------------------------------------

_HISSING = ("schtsch", "shch", "szcz", "sch", "sh", "sz")
_AFFRICATES = ("tsch", "tch", "cz", "ch", "tz", "ts")
_CK = "\x01"  # placeholder for "ck", which is also "c", until the others are done: "tsk" is not one of them
_GLIDE = re.compile(r"[yji]+(?=[aeou])")  # a soft consonant before a vowel, "Ya-" at the start, "ii" between vowels
_I = re.compile(r"[yji]+")
_DOUBLE = re.compile(r"(.)\1+")
_NO_LETTER = re.compile(r"[^a-z0-9]")


@lru_cache(1 << 12)
def skeleton(latin: str) -> str:
    """Reduce a name to what English, German, French, Polish and scholarly romanisations have in common.

    Examples
    --------
    >>> {skeleton(name) for name in ("yartsevo", "jarcevo", "iartsevo")}
    {'arcevo'}
    """
    text = latin
    if "s" in text or "c" in text or "z" in text or "dj" in text:
        text = text.replace("ck", _CK).replace("dsch", "dzh").replace("dj", "dzh")
        for letters in _HISSING:
            text = text.replace(letters, "s")
        for letters in _AFFRICATES:
            text = text.replace(letters, "c")
        text = text.replace("dzh", "z").replace("dz", "z").replace("zh", "z").replace(_CK, "c")
    text = (
        text.replace("kh", "h")
        .replace("gh", "h")
        .replace("ou", "u")
        .replace("oo", "u")
        .replace("oe", "u")
        .replace("ph", "f")
    )
    text = text.replace("w", "v").replace("x", "ks").replace("q", "k")
    text = _I.sub("i", _GLIDE.sub("", text)).replace("g", "h")
    text = _DOUBLE.sub(r"\1", text)
    return text if text.isascii() and text.isalnum() else _NO_LETTER.sub("", text)


_ARTICLES = frozenset("al el an en ar er as es ash esh ad ed at et az ez ha".split())  # noqa: SIM905
_VOWELS = re.compile("[aeiou]|h$")
_ALIKE_VOWELS = (("[ae]i", "ai"), ("[ao][vu](?![aeiou])", "u"), ("[ae]h?$", "a"), ("o", "u"), ("e", "i"))


@lru_cache(1 << 12)
def consonants(latin: str) -> str:
    """Reduce a Semitic or Indian name to its skeleton without article and vowels, the same in any romanisation.

    Examples
    --------
    >>> {consonants(name) for name in ("quneitra", "al qunaytirah")}
    {'kntr'}
    """
    words = [word for word in latin.split() if word not in _ARTICLES]
    return _VOWELS.sub("", skeleton("".join(words)))


@lru_cache(1 << 12)
def respelling(latin: str) -> str:
    """Reduce an Arabic, Persian or Hebrew name to what most romanisations share: no article, similar vowels as one.

    Examples
    --------
    >>> {respelling(name) for name in ("al hudaydah", "hodeidah")}
    {'hudaida'}
    """
    text = skeleton("".join(word for word in latin.split() if word not in _ARTICLES))
    for vowels, one in _ALIKE_VOWELS:
        text = re.sub(vowels, one, text)
    return text


# --- case endings -----------------------------------------------------------------------------------------------------


def _longest_first(endings: list[str]) -> list[str]:
    return sorted(endings, key=len, reverse=True)


_GRAMMAR: dict[str, Any] = tomllib.loads(Path(__file__).with_name("endings.toml").read_text(encoding="utf-8"))
_ENDINGS = _longest_first(_GRAMMAR["cyrillic"]["cases"].split())
_ENDINGS_BY_LAST = {last: [e for e in _ENDINGS if e[-1] == last] for last in {e[-1] for e in _ENDINGS}}
_PREPOSITIONS = frozenset(("на", "под", "над", "у", "в", "за"))
_ADJECTIVE = re.compile("сь?к")
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_FLEETING_VOWEL = re.compile(f"[оеёі]([{_CONSONANTS}])$")
_SOFT_BEFORE_LAST = re.compile("[ьй]([кц])$")
_DOUBLED = re.compile(f"([{_CONSONANTS}])\\1$")
_SOFTENED = {"ц": "к", "з": "г", "с": "х"}
_MOST_KEYS = 64


@lru_cache(1 << 12)
def stem_keys(name: str) -> frozenset[str]:
    """Return keys that the inflected Russian and Ukrainian forms of a name share; two forms match if they share one.

    Examples
    --------
    >>> bool(stem_keys("Белгороде") & stem_keys("Белгород"))
    True
    >>> bool(stem_keys("Краснодарского края") & stem_keys("Краснодарский край"))
    True
    """
    combined = [""]
    for word in fold(name).split():
        stems = {word} if word in _PREPOSITIONS or not has_cyrillic(word) else _word_stems(word)
        combined = [f"{left} {stem}" if left else stem for left in combined for stem in sorted(stems)][:_MOST_KEYS]
    return frozenset(combined)


@lru_cache(1 << 12)
def _word_stems(word: str) -> frozenset[str]:
    """Return the shortest stems of one word, with and without a fleeting vowel."""
    shortest_kept = 2 if len(word) <= 4 else 3
    stems = {_stem(word, "")}
    for ending in _ENDINGS_BY_LAST.get(word[-1], ()):
        if word.endswith(ending) and len(word) - len(ending) >= shortest_kept:
            stem = _stem(word[: -len(ending)], ending)
            stems.add(stem)
            if ending in "іеї" and stem[-1] in _SOFTENED:
                stems.add(stem[:-1] + _SOFTENED[stem[-1]])
    shortest = min(map(len, stems))
    stems = {stem for stem in stems if len(stem) <= shortest + 1}
    if word[-1] in _CONSONANTS:
        stems.add(_stem(word, ""))  # Ишим, Крым: a nominative with the ending of a case
    stems |= {_without_fleeting(stem) for stem in stems if len(stem) >= 4}
    return frozenset(stems | {stem.replace("і", "о") for stem in stems if len(stem) == 3})  # Ріг, Рогу


def _without_fleeting(stem: str) -> str:
    """Drop a fleeting vowel, and the soft sign or й that replaces it in other forms: Елец, Ельца; Валуек, Валуйки."""
    return _SOFT_BEFORE_LAST.sub(r"\1", _FLEETING_VOWEL.sub(r"\1", stem))


def _stem(stem: str, ending: str) -> str:
    if _ADJECTIVE.match(ending):
        stem += "ск"
    if stem.endswith("ськ"):
        stem = stem[:-3] + "ск"
    if ending == "ю":
        stem = _DOUBLED.sub(r"\1", stem)  # Уманню, Керччю
    return re.sub("[іїоеє]в$", "в", stem)


@lru_cache(1 << 12)
def stem_skeletons(name: str) -> frozenset[str]:
    """Return the stem keys of a Cyrillic name as skeletons, which a Ukrainian form of a Russian name shares.

    Examples
    --------
    >>> bool(stem_skeletons("Шебекіному") & stem_skeletons("Шебекино"))
    True
    """
    language = _languages(name.lower())[0]
    return frozenset(skeleton(fold(transliterate(stem, language))) for stem in stem_keys(name))


_DECLENSIONS = {
    "ru": {"а": "ы и е у ой", "я": "и е ю ей", "ь": "и я ю е ем ью", "": "а у ом е"},
    "uk": {"а": "и і у ою", "я": "і ю ею", "ь": "і я ю ем ью", "": "а у ом і ові"},
}
"""Language -> last letter of the nominative, "" for any consonant -> endings of the other cases."""


def case_forms(name: str) -> list[str]:
    """Return the oblique cases of a town's Cyrillic name of one word, folded; empty for other declensions.

    Examples
    --------
    >>> case_forms("Самара")
    ['самары', 'самари', 'самаре', 'самару', 'самарой', 'самарі', 'самарою']
    """
    word = fold(name)
    if " " in word or len(word) < 4 or word[-1] in "йыиеєіїоюуэ":
        return []
    forms = []
    for language in ("uk",) if "ськ" in word or "ьск" in word else _languages(word):
        ending = word[-1] if word[-1] in _DECLENSIONS[language] else ""
        stem = word.removesuffix(ending)
        stems = [stem] if ending else [stem, _FLEETING_VOWEL.sub(r"\1", stem)]
        forms += [stem + case for stem in stems for case in _DECLENSIONS[language][ending].split()]
    return list(dict.fromkeys(forms))


_SHORTEST_FORM, _SHORTEST_STEM = 4, 2
_Table = dict[str, list[str]]


@lru_cache(1 << 12)
def nominatives(name: str) -> tuple[str, ...]:
    """Return the nominatives of a name in Latin letters if it is a German or Polish case form, folded, without itself.

    Examples
    --------
    >>> "kiew" in nominatives("Kiews"), "biala cerkiew" in nominatives("Białą Cerkiew")
    (True, False)
    >>> "charkow" in nominatives("Charkowie")
    True
    """
    words = fold(name).split()
    forms: dict[str, None] = {}
    for language in ("de", "pl"):
        table = _GRAMMAR[language]["cases"]
        ways = [[word, *_replaced(word, table)] for word in words]
        forms |= dict.fromkeys(" ".join(way) for way in list(product(*ways))[1:_MOST_KEYS])
    return tuple(forms)


def _replaced(word: str, endings: _Table) -> list[str]:
    """Return the word with each of its possible endings replaced, the longest first."""
    found = []
    for size in range(len(word) - _SHORTEST_STEM, 0, -1):
        stem = word[:-size]
        found += [stem + other for other in endings.get(word[-size:], ()) if len(stem + other) >= _SHORTEST_FORM]
    return found


def _adjective_stems(word: str) -> list[str]:
    """Return the stems of towns that a Cyrillic adjective may be formed from."""
    grammar = _GRAMMAR["cyrillic"]
    stems = sorted(_word_stems(word))
    found = [key for stem in stems if stem in grammar["irregular"] for key in stem_keys(grammar["irregular"][stem])]
    for stem in stems:
        for town in _replaced(stem, grammar["adjectives"]):
            found += [_stem(town, ""), _without_fleeting(_stem(town, ""))]
    return list(dict.fromkeys(found))


def _adjective_nouns(word: str) -> tuple[str, ...]:
    """Return the towns, folded, that an adjective in Latin letters may be formed from."""
    nouns = _replaced(word, _GRAMMAR["de"]["adjectives"])
    for language in ("pl", "en"):
        stems = _replaced(word, {ending: [""] for ending in _GRAMMAR[language]["adjective_endings"]})
        nouns += [noun for stem in stems for noun in _replaced(stem, _GRAMMAR[language]["adjectives"])]
    return tuple(dict.fromkeys(nouns))


# --- the keys of a place ----------------------------------------------------------------------------------------------


OWN, ATTESTED, STRAY, CASE_ENDING, RESPELT = 2, 1, 0, -1, -2
"""How a key spells a place: its own name; an alternate listed in both scripts; an alternate listed once; its own name
in another case that is also the name of a smaller place; its own name with other vowels."""


@lru_cache(1 << 12)
def skeletons(name: str) -> tuple[str, ...]:
    """Return the skeletons of a name in any script.

    Examples
    --------
    >>> skeletons("Николаев")
    ('nikolaev',)
    """
    return tuple(dict.fromkeys(key for key in map(skeleton, latin_keys(name)) if key))


def same_name(name: str, other: str) -> bool:
    """Whether two spellings are of one name: equal when folded, or with a skeleton in common.

    Examples
    --------
    >>> same_name("Николаев", "Nikolayev"), same_name("Mykolaiv", "Nikolaev")
    (True, False)
    """
    return fold(name) == fold(other) or not set(skeletons(name)).isdisjoint(skeletons(other))


def sounds_alike(name: str, other: str) -> bool:
    """Whether two spellings have the same consonants, as the Russian and Ukrainian forms of a name do.

    Examples
    --------
    >>> sounds_alike("Львов", "Lviv"), sounds_alike("Белая", "Gudermes")
    (True, False)
    """
    return not {consonants(key) for key in latin_keys(name)}.isdisjoint(consonants(key) for key in latin_keys(other))


def index_keys(
    name: str, alternates: list[str], *, all_own: bool = False, loose: bool = True, slavic: bool = True
) -> IndexKeys:
    """Return the keys of a place, each with how it spells the place: OWN, ATTESTED or STRAY.

    Foreign-language alternates get a folded key only, for they are noisy; the own name and Slavic names get all keys.
    Skeletons begin with "~", stems with "^", skeletons of stems with "^~" and respellings with "%", so they never meet
    folded names.

    Parameters
    ----------
    name
        The place's name.
    alternates
        Its other names and spellings.
    all_own
        Whether every alternate counts as the place's own name, as in a list made by hand.
    loose
        Whether skeletons and stems are wanted; without them the name must be spelt as the place spells one of its own.
    slavic
        Whether vowels tell names apart; without, an alternate with the name's consonants is another spelling of it.
    """
    spellings = list(dict.fromkeys((name, *alternates)))
    cyrillic = {key for text in spellings if has_cyrillic(text) for key in skeletons(text)} if loose else set()
    latin = {key for text in spellings if not has_cyrillic(text) for key in skeletons(text)} if loose else set()
    attested = cyrillic & latin
    keys: dict[str, int] = {}
    for spelling in spellings:
        if (
            all_own
            or (same_name(spelling, name) if loose else fold(spelling) == fold(name))
            or (loose and slavic and _is_slavic_form(spelling, name))
        ):
            grade = OWN
        elif not slavic and consonants(fold(name)) and sounds_alike(spelling, name):
            grade = RESPELT
        else:
            grade = ATTESTED if not attested.isdisjoint(skeletons(spelling) if loose else ()) else STRAY
        spelling_keys = _spelling_keys(spelling, grade, loose=loose)
        if not slavic and grade in (OWN, RESPELT):
            spelling_keys += _respelling_keys(spelling)
        for key in spelling_keys:
            keys[key] = grade if key not in keys else max(keys[key], grade)
    return list(keys.items())


def _respelling_keys(spelling: str) -> list[str]:
    folded = fold(spelling)
    key = respelling(folded) if folded.isascii() else ""
    return ["%" + key] if len(key) >= _SHORTEST_SKELETON else []


_ALIKE_AT_FIRST = str.maketrans("oi", "ae")


def _is_slavic_form(spelling: str, name: str) -> bool:
    """Whether a Cyrillic spelling is the same name in another Slavic language: Горловка and Horlivka."""
    if not (has_cyrillic(spelling) and is_slavic(spelling) and sounds_alike(spelling, name)):
        return False
    return not _initials(spelling).isdisjoint(_initials(name))  # Алабуга is not Yelabuga


def _initials(name: str) -> set[str]:
    """Return the first letters of a name's skeletons, with "o" as "a" (Осиповичи, Asipovichy) and "i" as "e"."""
    return {key[0].translate(_ALIKE_AT_FIRST) for key in skeletons(name)}


def _spelling_keys(spelling: str, grade: int, *, loose: bool) -> list[str]:
    keys = [key for key in (fold(spelling), *latin_keys(spelling)) if key]
    slavic = loose and has_cyrillic(spelling) and is_slavic(spelling)
    if slavic or (loose and grade == OWN):
        keys += ["~" + key for key in skeletons(spelling)]
    if slavic:
        keys += ["^" + key for key in stem_keys(spelling) if key]
        keys += ["^~" + key for key in stem_skeletons(spelling) if key]
    return keys


# --- the keys that a name is looked up under --------------------------------------------------------------------------

MATCHES: tuple[str, ...] = (
    "folded",
    "inflected",
    "adjective",
    "romanised",
    "misspelt",
    "badly misspelt",
    "respelt",
    "alternate",
    "inflected alternate",
    "stray alternate",
    "loosely respelt",
    "loose alternate",
)
"""Kinds of match, the best first (see `geostrike.places.place.Candidate`)."""

_SHORTEST_SKELETON = 5  # shorter ones agree by chance
_CH = re.compile("(?<![st])ch")


def spelling_keys(name: str) -> dict[str, str]:
    """Return the keys of a name as spelt, each with its kind of match."""
    bare, folded = [*skeletons(name)], fold(name)
    if "ch" in folded:  # German and Polish write it for "kh", French for "sh"
        bare += [skeleton(_CH.sub(letters, folded)) for letters in ("kh", "sh")]
    if "ck" in folded:  # Polish writes it for "tsk"
        bare.append(skeleton(folded.replace("ck", "tsk")))
    keys = {"~" + key: "romanised" for key in bare if len(key) >= _SHORTEST_SKELETON}
    keys.update(dict.fromkeys((key for key in (folded, *latin_keys(name)) if key), "folded"))
    return keys


def inflected_keys(name: str) -> dict[str, str]:
    """Return the keys of a name without its case ending, each with its kind of match."""
    if not has_cyrillic(name):
        respelt = dict.fromkeys(_respelling_keys(name), "loosely respelt")
        return _keys_of_forms(nominatives(name), "inflected") | respelt
    stems = {"^" + key: "inflected" for key in stem_keys(name) if key}
    loose = [key for key in stem_skeletons(name) if len(key) >= _SHORTEST_SKELETON]
    return stems | {mark + key: "romanised" for key in loose for mark in ("^~", "~")}


def adjective_keys(name: str) -> dict[str, str]:
    """Return the keys of the towns that a name of one word is the adjective of; empty if it is not an adjective.

    Examples
    --------
    >>> "^саратв" in adjective_keys("Саратовский"), "wolgograd" in adjective_keys("Wolgograder")
    (True, True)
    """
    word = fold(name)
    if " " in word:
        return {}
    if has_cyrillic(word):
        return {"^" + key: "adjective" for key in _adjective_stems(word)}
    return _keys_of_forms(_adjective_nouns(word), "adjective")


def _keys_of_forms(forms: tuple[str, ...], match: str) -> dict[str, str]:
    """Return the keys of possible base forms of a name: `match` as spelt, and the usual kind as romanised."""
    keys: dict[str, str] = {}
    for form in forms:
        for key, kind in spelling_keys(form).items():
            keys[key] = match if kind == "folded" else keys.get(key, kind)
    return keys


def match_of_grade(match: str, grade: int) -> str:
    """Return the kind of match of a key with a name of this grade."""
    if grade == OWN:
        return match
    if match == "loosely respelt":
        return match
    if grade == CASE_ENDING:
        return "inflected"
    if match in ("inflected", "adjective"):
        return "inflected alternate"
    if match != "folded":
        return "loose alternate"
    if grade == RESPELT:
        return "respelt"
    return "alternate" if grade == ATTESTED else "stray alternate"


def is_as_folded(name: str, folded: str) -> bool:
    """Whether folding loses nothing that other keys depend on, such as "ё" or an apostrophe in Cyrillic."""
    return not has_cyrillic(folded) or name.lower().replace("-", " ") == folded

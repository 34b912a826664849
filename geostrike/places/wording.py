"""Split a place name as written into name, kind of place, larger place and site.

"in the Kursk oblast" is the region of the name Kursk; "Kursk Oblast's Sudzha district" is a district in a region;
"Saratov refinery" is a site at a town. The words are in words.toml.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from geostrike.places.names import fold, has_cyrillic, stem_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Wording", "names_area", "region_phrases", "site_names", "wordings"]

_WORDS_FILE = Path(__file__).with_name("words.toml")
_POSSESSIVE = re.compile(r"(.+?)['’]s\s+(\S.+)")
_OWNER = re.compile(r"(.*\w)['’]s")
_TWO_NAMES = re.compile(r"([^()/,]+?)\s*(?:\(([^()/]+)\)|/\s*([^()/]+))")
_QUOTED = re.compile(r"[«„“\"”]([^«»„“”\"]+)[»“”\"]")
_BROKEN = re.compile(r"(?<=\w)[-‐]\s+(?=[^\W\d_])")
_SOFT_HYPHEN = "\u00ad"
_MOST_WORDS = 4
_ADJECTIVE_STEMS = ("ск", "цк", "зк")
_LONG_WORD = 4  # shorter ones are prepositions and the like
_AREAS = ("region", "district", "community")


class Wording(NamedTuple):
    """One way to read a place name as written.

    Parameters
    ----------
    name
        The name itself.
    kind
        The kind of place that the words around it name, "" if they name none; "near" for a site at the named town,
        "site" for a site of that name.
    container
        The larger place it is in, as written; "" if none.
    site
        The words for a site at the named town, as written; "" if none.
    also
        A second name of the place in the text; "" if none.
    strict
        Whether this reading requires the container to be a place, and the town of a site to be in another case:
        "аэропорт Пензы" is Penza's, "аэропорт Гагарин" is not that of Gagarin.
    """

    name: str
    kind: str = ""
    container: str = ""
    site: str = ""
    also: str = ""
    strict: bool = False


def wordings(written: str) -> Iterator[Wording]:
    """Yield the ways to read a place name as written, the most literal first.

    Examples
    --------
    >>> list(wordings("in the Kursk oblast"))[-1]
    Wording(name='Kursk', kind='region', container='', site='', also='', strict=False)
    >>> list(wordings("Kursk Oblast's Sudzha district"))[-1].container
    'Kursk Oblast'
    >>> list(wordings("plant in Taganrog"))[-1].name
    'Taganrog'
    """
    if written.isalpha():  # most names are one word
        folded = fold(written)
        if folded and not _kind_of_folded(folded):
            yield Wording(written)
        return
    for text in _unbroken(written):
        yield from _wordings(text)


def region_phrases(name: str) -> list[str]:
    """Return full names that a region's bare name may be short for, in the same script.

    Examples
    --------
    >>> region_phrases("Калужской")[0], region_phrases("Kaluga")
    ('Калужской область', ['Kaluga region'])
    """
    return [
        phrase.format(name) for phrase in _lexicon()["region_phrases"] if has_cyrillic(phrase) == has_cyrillic(name)
    ]


def names_area(text: str) -> bool:
    """Whether a word for an area begins or ends the text, so that it cannot be a town's name.

    Examples
    --------
    >>> names_area("Богодухівський район"), names_area("Богодухів")
    (True, False)
    """
    return any(wording.kind in _AREAS for wording in _typed(text, ""))


def site_names(town: str, site: str) -> list[str]:
    """Return names of a site of that kind at a town, in the script of the town's name; empty for any plant.

    Examples
    --------
    >>> site_names("Tuapse", "НПЗ")[0]
    'Tuapse refinery'
    """
    lexicon, parts = _lexicon(), _phrases(site)
    kinds = dict.fromkeys(
        lexicon["site_kinds"][key] for part in parts for key in _keys_of(part) if key in lexicon["site_kinds"]
    )
    words = (word for kind in kinds for word in lexicon["sites"][kind])
    return [f"{town} {word}" for word in words if has_cyrillic(word) == has_cyrillic(town)]


def _unbroken(written: str) -> list[str]:
    """Join the text to one line; with and without the hyphen if one ends a line."""
    text = written.replace(_SOFT_HYPHEN, "")
    texts = [_BROKEN.sub("-", text), _BROKEN.sub("", text)] if _BROKEN.search(text) else [text]
    return [" ".join(text.split()) for text in texts]


def _wordings(whole: str) -> Iterator[Wording]:
    text = _without_lead(whole)
    if not fold(whole) or _kind_of(text):  # "the region", "на заводе": a word for a kind of place is not a name
        return
    yield Wording(whole)
    if text != whole:
        yield Wording(text)
    if owner := _OWNER.fullmatch(text):
        yield Wording(owner[1])
    yield from (wording for wording in _parts(text) if fold(wording.name))


def _parts(text: str) -> Iterator[Wording]:
    """Yield readings without the words for the kind of place and the larger place."""
    if two := _TWO_NAMES.fullmatch(text):
        yield from _with_two_names(two[1], two[2] or two[3])
    if quoted := _QUOTED.search(text):
        yield from _named_site(text, quoted)
    possessive, (head, _, tail) = _POSSESSIVE.fullmatch(text), text.partition(", ")
    if possessive:
        yield Wording(possessive[2], "", possessive[1])
        yield from _typed(possessive[2], possessive[1])
    elif tail:
        yield from _within(head, tail)
    else:
        yield from _typed(text, "") or _site_in(text)
        yield from _in_area(text)
    shorter = _without_owners(text)
    if shorter != text:
        yield Wording(shorter)
        yield from _parts(shorter)


def _with_two_names(name: str, other: str) -> Iterator[Wording]:
    """Read "Bakhmut (Artemivsk)" as a place of two names, and "Rylsk (Kursk region)" as a place in a larger one."""
    yield Wording(name, also=other)
    yield from _within(name, other)


def _within(name: str, container: str) -> Iterator[Wording]:
    yield from _named_in(name, container)
    yield from _site_at(name, container)


def _named_site(text: str, quoted: re.Match[str]) -> Iterator[Wording]:
    """Read a site whose quoted name precedes or follows a word for a site: "the depot «Steel Horse»"."""
    before, after = text[: quoted.start()].strip(), text[quoted.end() :].strip()
    if _has_site(before) or _has_site(after):
        yield Wording(quoted[1], "site", container=_without_lead(after) if before else "")


def _without_lead(text: str) -> str:
    words = text.split(" ")
    while len(words) > 1 and words[0].lower() in _lexicon()["lead"]:
        words = words[1:]
    return " ".join(words)


def _without_owners(text: str) -> str:
    """Drop the owners from the text of a site: "Lukoil's Volgograd refinery"."""
    words = text.split(" ")
    if len(words) < 3 or not _has_site(text):
        return text
    owners, kept, at = _lexicon()["owners"], list[str](), 0
    while at < len(words):
        size = next((n for n in (3, 2, 1) if not _keys_of(" ".join(words[at : at + n])).isdisjoint(owners)), 0)
        kept += words[at : at + 1] if not size else []
        at += max(size, 1)
    return _without_lead(" ".join(kept)) if kept and not _kind_of(" ".join(kept)) else text


def _typed(text: str, container: str) -> list[Wording]:
    """Drop the word for a kind of place that begins or ends the text."""
    words = text.split(" ")
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        last, rest = " ".join(words[-count:]), words[:-count]
        kind = _kind_of(last) or _kind_of_compound(last)
        if kind in ("facility", "community"):
            return _at_town(rest, last, container)
        if kind:
            return [Wording(" ".join(rest), kind, container)]
        first, rest = " ".join(words[:count]), _without_lead(" ".join(words[count:])).split(" ")
        kind = _kind_of(first) or _kind_of_compound(first)
        is_port = not first.islower() and len(first) <= _LONG_WORD  # "Port Kavkaz" is a name
        if kind == "facility" and not is_port and words[count].lower() not in _lexicon()["lead"]:
            towns = (town._replace(strict=True) for town in _at_town(rest, first, container))
            return [Wording(" ".join([*rest, first])), *towns]
        if kind and kind not in ("facility", "community"):
            return [Wording(" ".join(rest), kind, container)]
    return []


def _at_town(words: list[str], site: str, container: str) -> list[Wording]:
    """Read "Volgograd refinery" as a site at a town, and "Volgograd tractor plant" also without "tractor"."""
    found = [Wording(" ".join(words), "near", container, site)]
    named = len(words)
    while named > 1 and words[named - 1].islower() and len(words[named - 1]) >= _LONG_WORD:
        named -= 1
    if named < len(words):
        found.append(Wording(" ".join(words[:named]), "near", container, " ".join([*words[named:], site])))
    return found


def _in_area(text: str) -> Iterator[Wording]:
    """Read a place and the larger one before or after it, without a comma."""
    words = text.split(" ")
    if len(words) == 1:
        return
    for readings in (_before_area(words), _joined(words), _part_of(words), _of_region(words)):
        yield from (wording._replace(strict=True) for wording in readings)


def _before_area(words: list[str]) -> Iterator[Wording]:
    """Read "Октябрьский Устьянского района Архангельской области"."""
    sizes = range(1, min(_MOST_WORDS, len(words) - 2) + 1)
    kind = next((size for size in sizes if _kind_of(" ".join(words[-size:])) in _AREAS), 0)
    for name in (1, 2) if kind else ():
        head, area = _without_trail(words[: -kind - name]), words[-kind - name :]
        if not head or area[0].lower() in _lexicon()["lead"] or _kind_of(" ".join(head)):
            continue
        for wording in _before_area(head):
            yield wording._replace(container=f"{wording.container}, {' '.join(area)}")
        yield from _named_in(" ".join(head), " ".join(area))


def _joined(words: list[str]) -> Iterator[Wording]:
    """Read "Podilskyi district of Kyiv" and "Izmaił w obwodzie odeskim", where either part has a word for its kind."""
    for at in range(1, len(words) - 1):
        word, head = words[at].lower(), " ".join(_without_trail(words[:at]))
        tail = _without_lead(" ".join(words[at + 1 :]))
        if not head or _kind_of(head) or _kind_of(tail):
            continue
        typed = word in _lexicon()["within"] and (_typed(head, "") or _typed(tail, ""))
        if typed or word in _lexicon()["beside"]:
            yield from _named_in(head, tail)


def _part_of(words: list[str]) -> Iterator[Wording]:
    """Read the district in "Салтівський район Харкова"."""
    for at in range(1, len(words) - 1):
        if _kind_of(words[at]) in _AREAS:
            yield from _typed(" ".join(words[: at + 1]), " ".join(words[at + 1 :]))


def _of_region(words: list[str]) -> Iterator[Wording]:
    """Read "белгородском Шебекино": the adjective of a region or country, in lower case, before the name."""
    first, rest = words[0], " ".join(words[1:])
    if not first.islower() or not has_cyrillic(first):
        return
    stems, countries = stem_keys(first), _lexicon()["countries"]
    if any(stem.endswith(_ADJECTIVE_STEMS) for stem in stems):
        country = next((countries[stem] for stem in sorted(stems) if stem in countries), "")
        yield from _named_in(rest, country or region_phrases(first)[0])


def _named_in(name: str, container: str) -> Iterator[Wording]:
    yield Wording(name, "", container)
    yield from _typed(name, container)


def _without_trail(words: list[str]) -> list[str]:
    """Drop prepositions at the end."""
    while words and words[-1].lower() in _lexicon()["lead"]:
        words = words[:-1]
    return words


def _site_in(text: str) -> list[Wording]:
    """Read "aircraft plant in Taganrog": a site, a preposition, a name."""
    words = text.split(" ")
    for at in range(len(words) - 2, 0, -1):
        if words[at].lower() in _lexicon()["within"]:
            return _site_at(" ".join(words[:at]), " ".join(words[at + 1 :]))
    return []


def _site_at(site: str, town: str) -> list[Wording]:
    town, site = _without_lead(town), _without_lead(site)
    return [Wording(f"{town} {site}"), Wording(town, "near", "", site)] if _has_site(site) else []


def _has_site(text: str) -> bool:
    """Whether a word for a site is among the words."""
    return any("facility" in (_kind_of(part), _kind_of_compound(part)) for part in _phrases(text))


def _phrases(text: str) -> list[str]:
    """Return all runs of up to four words of the text, the longest first."""
    words = text.split(" ")
    sizes = range(min(_MOST_WORDS, len(words)), 0, -1)
    return [" ".join(words[at : at + size]) for size in sizes for at in range(len(words) - size + 1)]


def _kind_of_compound(word: str) -> str:
    """Return the kind of place that a compound ends with: "Wolgaregion", "авиазавод"."""
    if word.endswith(_lexicon()["area_endings"]) and " " not in word:
        return "region"
    return "facility" if word.endswith(_lexicon()["site_endings"]) and word[0].islower() and " " not in word else ""


def _kind_of(words: str) -> str:
    """Return the kind of place that the words name, in any case ending."""
    return _kind_of_folded(fold(words))


def _kind_of_folded(words: str) -> str:
    lexicon = _lexicon()
    kinds = lexicon["kinds"]
    if words in kinds:
        return kinds[words]
    beginnings = lexicon["beginnings"]
    if len(words) <= 4 or not (words[:3] in beginnings or words[:4] in beginnings) or not has_cyrillic(words):
        return ""
    return next((kinds[key] for key in sorted(stem_keys(words)) if key in kinds), "")


def _keys_of(words: str) -> set[str]:
    """Return the keys of words in words.toml: folded, and without case endings."""
    folded = fold(words)
    return {folded, *stem_keys(words)} if has_cyrillic(folded) and len(folded) > 4 else {folded}


class _Lexicon(TypedDict):
    """The words of words.toml; keys are folded words, and Cyrillic ones without case endings."""

    lead: frozenset[str]
    within: frozenset[str]
    beside: frozenset[str]
    owners: frozenset[str]
    region_phrases: list[str]
    area_endings: tuple[str, ...]
    site_endings: tuple[str, ...]
    countries: dict[str, str]
    kinds: dict[str, str]
    beginnings: frozenset[str]
    sites: dict[str, list[str]]
    site_kinds: dict[str, str]


@cache
def _lexicon() -> _Lexicon:
    """Read the words once. "beginnings" are the beginnings of words for kinds of place, which most names do not share.

    A stem differs from its word in the last letter at most, so four letters of a longer stem are those of the word.
    """
    words = tomllib.loads(_WORDS_FILE.read_text(encoding="utf-8"))
    entries = [(kind, entry) for kind, listed in words["kinds"].items() for entry in listed]
    entries += [("facility", entry) for listed in words["sites"].values() for entry in listed]
    kinds = {key: kind for kind, entry in entries for key in _keys_of(entry)}
    return {
        "lead": frozenset(words["lead"]),
        "within": frozenset(words["within"]),
        "beside": frozenset(words["beside"]),
        "owners": frozenset(key for owner in words["owners"] for key in _keys_of(owner)),
        "region_phrases": words["region_phrases"],
        "area_endings": tuple(words["area_endings"]),
        "site_endings": tuple(words["site_endings"]),
        "countries": words["countries"],
        "kinds": kinds,
        "beginnings": frozenset(key[: 4 if len(key) > 4 and " " not in key else 3] for key in kinds),
        "sites": words["sites"],
        "site_kinds": {
            key: site for site, listed in words["sites"].items() for entry in listed for key in _keys_of(entry)
        },
    }

"""What a place name as written says besides the name: the kind of place, the larger place it is in.

"in the Kursk oblast" is the region of the name Kursk; "Kursk Oblast's Sudzha district" is a district, and in which
region; "Saratov refinery" is a site at a town. The words are in words.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from geostrike.places.names import fold, has_cyrillic, stem_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Wording", "region_phrases", "wordings"]

_WORDS_FILE = Path(__file__).with_name("words.toml")
_POSSESSIVE = re.compile(r"(.+?)['’]s\s+(\S.+)")
_OWNER = re.compile(r"(.*\w)['’]s")
_MOST_WORDS = 4
_BEGINNING = 3


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to read a place name as written.

    Parameters
    ----------
    name
        The name itself.
    kind
        The kind of place that the words around it tell, "" where they tell none; "near" for a site at the named town.
    container
        The larger place that the words put it in, as written; "" where none.
    """

    name: str
    kind: str = ""
    container: str = ""


def wordings(written: str) -> Iterator[Wording]:
    """The ways to read a place name as written, the most literal first.

    Examples
    --------
    >>> list(wordings("in the Kursk oblast"))[-1]
    Wording(name='Kursk', kind='region', container='')
    >>> list(wordings("Kursk Oblast's Sudzha district"))[-1]
    Wording(name='Sudzha', kind='district', container='Kursk Oblast')
    >>> list(wordings("plant in Taganrog"))[-1]
    Wording(name='Taganrog', kind='near', container='')
    """
    whole = " ".join(written.split())
    text = whole if whole.isalpha() else _without_lead(whole)
    if not fold(whole) or _kind_of(text):  # "the region", "на заводе": a word for a kind of place is no name
        return
    yield Wording(whole)
    if whole.isalpha():
        return
    if text != whole:
        yield Wording(text)
    if owner := _OWNER.fullmatch(text):
        yield Wording(owner[1])
    yield from (wording for wording in _parts(text) if fold(wording.name))


def region_phrases(name: str) -> list[str]:
    """What a region's name without a word for a region may be short for, in the letters of the name.

    Examples
    --------
    >>> region_phrases("Калужской")[0], region_phrases("Kaluga")
    ('Калужской область', ['Kaluga region'])
    """
    return [
        phrase.format(name) for phrase in _lexicon()["region_phrases"] if has_cyrillic(phrase) == has_cyrillic(name)
    ]


def _parts(text: str) -> list[Wording]:
    """The name without the words around it that tell its kind or the larger place it is in."""
    possessive = _POSSESSIVE.fullmatch(text)
    if possessive:
        return [Wording(possessive[2], "", possessive[1]), *_typed(possessive[2], possessive[1])]
    head, _, tail = text.partition(", ")
    if tail:
        return [Wording(head, "", tail), *_typed(head, tail), *_site_at(head, tail)]
    return _typed(text, "") or _site_in(text)


def _without_lead(text: str) -> str:
    words = text.split(" ")
    while len(words) > 1 and words[0].lower() in _lexicon()["lead"]:
        words = words[1:]
    return " ".join(words)


def _typed(text: str, container: str) -> list[Wording]:
    """The name without a word for its kind, where such a word begins or ends the text."""
    words = text.split(" ")
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        kind = _kind_of(" ".join(words[-count:]))
        if kind:
            return [Wording(" ".join(words[:-count]), "near" if kind == "facility" else kind, container)]
        kind = _kind_of(" ".join(words[:count]))
        if kind and kind != "facility":  # "Port Kavkaz" is the port's own name, not that of a town
            return [Wording(_without_lead(" ".join(words[count:])), kind, container)]
    return []


def _site_in(text: str) -> list[Wording]:
    """The site and the town of "aircraft plant in Taganrog": a site, a word that joins, a name."""
    words = text.split(" ")
    for at in range(len(words) - 2, 0, -1):
        if words[at].lower() in _lexicon()["within"]:
            return _site_at(" ".join(words[:at]), " ".join(words[at + 1 :]))
    return []


def _site_at(site: str, town: str) -> list[Wording]:
    words = site.split(" ")
    is_site = any(
        _kind_of(" ".join(words[start:end])) == "facility"
        for start in range(len(words))
        for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1)
    )
    town = _without_lead(town)
    return [Wording(f"{town} {_without_lead(site)}"), Wording(town, "near")] if is_site else []


def _kind_of(words: str) -> str:
    """The kind of place that the words are a word for, in any case ending."""
    folded = fold(words)
    kinds, beginnings = _lexicon()["kinds"], _lexicon()["beginnings"]
    if folded in kinds:
        return kinds[folded]
    if len(folded) <= 4 or folded[:_BEGINNING] not in beginnings or not has_cyrillic(folded):
        return ""
    return next((kinds[key] for key in sorted(stem_keys(words)) if key in kinds), "")


@cache
def _lexicon() -> dict[str, dict[str, str]]:
    """The words of words.toml: lists as sets of words in their order, "kinds" as word or stem -> kind.

    "beginnings" holds how the stems begin: most words are told apart from those for kinds by that alone.
    """
    words = tomllib.loads(_WORDS_FILE.read_text(encoding="utf-8"))
    kinds = {}
    for kind, entries in words["kinds"].items():
        for entry in entries:
            kinds[fold(entry)] = kind
            if has_cyrillic(entry) and len(entry) > 4:
                kinds |= dict.fromkeys(stem_keys(entry), kind)
    return {
        **{name: dict.fromkeys(words[name], "") for name in ("lead", "within", "region_phrases")},
        "kinds": kinds,
        "beginnings": dict.fromkeys((key[:_BEGINNING] for key in kinds), ""),
    }

"""Guess the language of a text from its script and words, also one that is not read."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from geostrike.reading.text.lexicon import LANGUAGES, Lexicon, load_lexicon, tokenize

if TYPE_CHECKING:
    from geostrike.reading.text.lexicon import Token

__all__ = ["guess_language", "is_read"]

# A text with fewer words may contain hardly any of a language's frequent words.
FEW_WORDS = 60
# How many frequent words of a language that is not read a text has, at least, and how many times those of one that is.
_FEWEST, _MAJORITY = 4, 3
_READ = re.compile("[A-Za-z\u00aa-\u02af\u0400-\u052f]")
_CYRILLIC = re.compile("[а-яёіїєґ]", re.IGNORECASE)


def guess_language(text: str) -> str:
    """Return the ISO 639-1 code of the language whose frequent words occur most in the text; empty if none does.

    In a short text, all words of the lexicons count. The language may be one that has no lexicon; see `is_read`.

    Examples
    --------
    >>> guess_language("В ночь на среду беспилотники атаковали завод, сообщил губернатор")
    'ru'
    >>> guess_language("قصفت طائرات مسيرة مصفاة")
    'ar'
    """
    sample = text[:20_000]
    tokens = tokenize(sample)
    other = _unread_language(sample, tokens)
    if other:
        return other
    script = "Cyrillic" if _CYRILLIC.search(sample) else "Latin"
    lexicons = [load_lexicon(language) for language in LANGUAGES]
    scores = {lexicon.code: _score(tokens, lexicon) for lexicon in lexicons if lexicon.settings["script"] == script}
    best = max(scores, key=lambda language: scores[language], default="")
    return best if scores.get(best) else ""


def _score(tokens: list[Token], lexicon: Lexicon) -> int:
    """Count the words that are frequent in the language or contain a letter that only it has."""
    frequent, letters = lexicon.words("frequent"), frozenset(str(lexicon.settings["letters"]))
    known = len(lexicon.cues(tokens)) if len(tokens) < FEW_WORDS else 0
    return known + sum((token.lower in frequent) + (not letters.isdisjoint(token.lower)) for token in tokens)


def is_read(language: str) -> bool:
    """Whether reports in the language are read; a report of unknown language is.

    Examples
    --------
    >>> is_read("uk"), is_read("ar"), is_read("")
    (True, False, True)
    """
    return not language or language in LANGUAGES


def _unread_language(text: str, tokens: list[Token]) -> str:
    """Return the language of the text if it is known but not read; empty otherwise."""
    if any(not _READ.fullmatch(character) for character in set(text) if character.isalpha()):
        letters = sum(character.isalpha() for character in text)
        for language, pattern in _scripts():
            if 2 * len(pattern.findall(text)) > letters:
                return language
    words = Counter(token.lower for token in tokens)
    read = max(sum(words[word] for word in load_lexicon(language).words("frequent")) for language in LANGUAGES)
    scores = {code: sum(words[word] for word in frequent) for code, frequent in _unread()["frequent"].items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= max(_FEWEST, _MAJORITY * read) else ""


@cache
def _unread() -> dict[str, dict[str, list[str]]]:
    text = (resources.files("geostrike") / "languages" / "unread.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return {
        name: {code: words for code, words in table.items() if code not in LANGUAGES} for name, table in tables.items()
    }


@cache
def _scripts() -> list[tuple[str, re.Pattern[str]]]:
    return [(language, re.compile(f"[{letters}]")) for language, letters in _unread()["script"].items()]

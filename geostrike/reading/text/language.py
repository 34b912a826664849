"""Guess the language of a text from its script and words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geostrike.reading.text.lexicon import LANGUAGES, Lexicon, load_lexicon, tokenize

if TYPE_CHECKING:
    from geostrike.reading.text.lexicon import Token

__all__ = ["guess_language"]

# A text with fewer words may contain hardly any of a language's frequent words.
FEW_WORDS = 60
_CYRILLIC = re.compile("[а-яёіїєґ]", re.IGNORECASE)


def guess_language(text: str) -> str:
    """Return the ISO 639-1 code of the language whose frequent words occur most in the text; empty if none does.

    In a short text, all words of the lexicons count.

    Examples
    --------
    >>> guess_language("В ночь на среду беспилотники атаковали завод, сообщил губернатор")
    'ru'
    """
    sample = text[:20_000]
    tokens = tokenize(sample)
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

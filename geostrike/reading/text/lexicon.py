"""Lexicons: the cue words of each language, one TOML file per language, and the matcher that finds them in a text.

A lexicon file lists phrases under a table (the kind of cue) and a key (its value)::

    [target]
    refinery = ["refinery", "refineries", "oil processing plant"]

so that "refineries" in a text is a cue of kind ``target`` and value ``refinery``. In a phrase

* ``word*`` matches every word with that prefix,
* ``...`` matches up to twelve words between two parts ("set ... on fire"),
* ``|`` at the end requires the end of a part of the sentence: "traf ... ein |" matches "traf in Kiew ein.", but not
  "traf am Montag ein Wohnhaus",
* a capital letter requires a capital letter in the text ("May" the month, not "may").

If phrases overlap, the longest wins and hides the shorter: "heart attack" is not an attack. The tables ``[language]``
and ``[grammar]`` hold settings instead of cues.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

__all__ = ["LANGUAGES", "Cue", "Lexicon", "Token", "load_lexicon", "tokenize"]

GAP = "..."
END = "|"
MAX_GAP = 12
# Size of the caches of words.
REMEMBERED = 200_000
SETTINGS = ("language", "grammar")
# A word, with inner apostrophes, hyphens and full stops as in "U.S."; a number with its thousands; or one sign.
_TOKEN = re.compile(
    r"\d{1,3}(?:[.,\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?(?!\w)|\d+"
    r"|(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:[-'’ʼ`‑][^\W_]+)*|\.\.\.|\S"
)
_PLAIN = str.maketrans("’ʼ`‑", "'''-")


class Token(NamedTuple):
    """One word, number or punctuation mark of a text, with its span."""

    start: int
    end: int
    text: str
    lower: str


class Cue(NamedTuple):
    """A phrase of the lexicon found in a text: kind, value, character span, and first and last token."""

    kind: str
    value: str
    start: int
    end: int
    first: int
    last: int


def tokenize(text: str, offset: int = 0) -> list[Token]:
    """Split a text into words, numbers and punctuation marks.

    Examples
    --------
    >>> [token.text for token in tokenize("St. Petersburg, 1,200 km")]
    ['St', '.', 'Petersburg', ',', '1,200', 'km']
    """
    return [Token(m.start() + offset, m.end() + offset, m.group(), _plain(m.group())) for m in _TOKEN.finditer(text)]


@lru_cache(maxsize=REMEMBERED)
def _plain(word: str) -> str:
    """Return a word in lower case, with plain apostrophes and hyphens and without the possessive ending."""
    return word.lower().translate(_PLAIN).removesuffix("'s")


@dataclass(frozen=True)
class _Phrase:
    words: tuple[str, ...]
    meanings: tuple[tuple[str, str], ...]
    capital: bool
    gapped: bool


@dataclass(frozen=True)
class _Phrases:
    """The phrases that begin with a word, longest first: by second word, and those whose second word is open."""

    by_second: dict[str, tuple[_Phrase, ...]]
    others: tuple[_Phrase, ...]

    @classmethod
    def of(cls, phrases: list[_Phrase]) -> _Phrases:
        longest_first = sorted(phrases, key=lambda phrase: -len(phrase.words))
        seconds = {phrase.words[1] for phrase in longest_first if _has_certain_second(phrase)}
        others = tuple(phrase for phrase in longest_first if not _has_certain_second(phrase))
        return cls(
            {
                word: tuple(p for p in longest_first if not _has_certain_second(p) or p.words[1] == word)
                for word in seconds
            },
            others,
        )

    def before(self, second: str) -> tuple[_Phrase, ...]:
        """Return the phrases whose second word can be `second`."""
        return self.by_second.get(second, self.others)


def _has_certain_second(phrase: _Phrase) -> bool:
    return len(phrase.words) > 1 and phrase.words[1] not in (GAP, END) and not phrase.words[1].endswith("*")


class Lexicon:
    """The cue words and settings of one language.

    Parameters
    ----------
    data
        The tables of a lexicon file.
    """

    def __init__(self, data: dict[str, dict[str, object]]) -> None:
        self.code = str(data["language"]["code"])
        self.settings: dict[str, object] = {k: v for name in SETTINGS for k, v in data.get(name, {}).items()}
        self._words: dict[str, frozenset[str]] = {}
        self._exact: dict[str, list[_Phrase]] = {}
        self._stems: dict[str, list[_Phrase]] = {}
        self._starting: dict[str, _Phrases | None] = {}
        self._add_tables(data)
        self._stem_lengths = sorted({len(stem) for stem in self._stems})
        self._joining = self.words("list_words")

    def words(self, setting: str) -> frozenset[str]:
        """Return the words of a setting, such as ``abbreviations``.

        Examples
        --------
        >>> "st" in load_lexicon("en").words("abbreviations")
        True
        """
        found = self._words.get(setting)
        if found is None:
            value = self.settings.get(setting, [])
            found = self._words[setting] = frozenset(map(str, value)) if isinstance(value, list) else frozenset()
        return found

    def cues(self, tokens: list[Token]) -> list[Cue]:
        """Find the cues in a sentence's tokens, in order; where they overlap, the longest."""
        found: list[Cue] = []
        index = 0
        while index < len(tokens):
            best = self._longest(tokens, index)
            if best:
                found.extend(_cues(best, tokens, index))
                index = max((last for _, phrase, last in best if not phrase.gapped), default=index)
            index += 1
        return found

    def _add_tables(self, data: dict[str, dict[str, object]]) -> None:
        meanings: dict[str, list[tuple[str, str]]] = {}
        for kind, table in data.items():
            if kind in SETTINGS:
                continue
            for value, phrases in table.items():
                if not isinstance(phrases, list):
                    msg = f"lexicon {self.code!r}: {kind}.{value} is {phrases!r}; it should be a list of phrases"
                    raise TypeError(msg)
                for phrase in phrases:
                    meanings.setdefault(str(phrase), []).append((kind, value))
        for text, pairs in meanings.items():
            self._add(text, tuple(pairs))

    def _add(self, text: str, meanings: tuple[tuple[str, str], ...]) -> None:
        words = _phrase_words(text)
        phrase = _Phrase(words, meanings, capital=text[:1].isupper(), gapped=GAP in words)
        stem = words[0].endswith("*")
        (self._stems if stem else self._exact).setdefault(words[0].removesuffix("*"), []).append(phrase)

    def _beginning(self, word: str) -> _Phrases | None:
        """Return the phrases that begin with the word, or None."""
        if word in self._starting:
            return self._starting[word]
        phrases = list(self._exact.get(word, ()))
        for length in self._stem_lengths:
            if length > len(word):
                break
            phrases += self._stems.get(word[:length], ())
        known = _Phrases.of(phrases) if phrases else None
        if len(self._starting) < REMEMBERED:
            self._starting[word] = known
        return known

    def _longest(self, tokens: list[Token], index: int) -> list[tuple[int, _Phrase, int]]:
        phrases = self._beginning(tokens[index].lower)
        if phrases is None:
            return []
        best: list[tuple[int, _Phrase, int]] = []
        following = tokens[index + 1].lower if index + 1 < len(tokens) else ""
        for phrase in phrases.before(following):
            size = len(phrase.words)
            if best and size < best[0][0]:
                break
            if phrase.capital and not tokens[index].text[:1].isupper():
                continue
            last = index if size == 1 else _match(phrase.words, tokens, index, self._joining)
            if last is not None:
                best.append((size, phrase, last))
        return best


def _phrase_words(text: str) -> tuple[str, ...]:
    words: list[str] = []
    for part in text.split():
        if part == GAP:
            words.append(GAP)
            continue
        words += [token.lower for token in tokenize(part.removesuffix("*"))]
        if part.endswith("*"):
            words[-1] += "*"
    return tuple(words)


def _cues(best: list[tuple[int, _Phrase, int]], tokens: list[Token], index: int) -> list[Cue]:
    start = tokens[index].start
    cues = [
        Cue(kind, value, start, tokens[last].end, index, last)
        for _, phrase, last in best
        for kind, value in phrase.meanings
    ]
    if index and tokens[index].text[0].isupper() and any(cue.kind == "month" for cue in cues):
        # "On 27 May": not the verb.
        cues = [cue for cue in cues if cue.kind != "unreal"]
    return list(dict.fromkeys(cues))


def _match(words: tuple[str, ...], tokens: list[Token], index: int, joining: frozenset[str]) -> int | None:
    """Return the index of the last token of the phrase that begins at `index`, or None."""
    at = index + 1
    for number, word in enumerate(words[1:], start=1):
        if word == GAP:
            return _match_after_gap(words[number + 1 :], tokens, at, joining)
        if word == END:
            return at - 1 if _is_end(tokens, at, joining) else None
        if at >= len(tokens) or not _fits(word, tokens[at].lower):
            return None
        at += 1
    return at - 1


def _is_end(tokens: list[Token], at: int, joining: frozenset[str]) -> bool:
    """Whether a part of the sentence ends before the token."""
    return at >= len(tokens) or not tokens[at].text[0].isalnum() or tokens[at].lower in joining


def _match_after_gap(words: tuple[str, ...], tokens: list[Token], at: int, joining: frozenset[str]) -> int | None:
    for start in range(at, min(at + MAX_GAP + 1, len(tokens))):
        if _fits(words[0], tokens[start].lower):
            last = _match(words, tokens, start, joining)
            if last is not None:
                return last
        if tokens[start].text in ";:":
            return None
    return None


def _fits(word: str, lower: str) -> bool:
    return lower.startswith(word[:-1]) if word.endswith("*") else lower == word


def _languages() -> tuple[str, ...]:
    folder = resources.files("geostrike") / "languages"
    return tuple(sorted(entry.name for entry in folder.iterdir() if (entry / "reading.toml").is_file()))


LANGUAGES = _languages()


@cache
def load_lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language; English if there is none.

    Examples
    --------
    >>> load_lexicon("en").code
    'en'
    """
    name = language if language in LANGUAGES else "en"
    text = (resources.files("geostrike") / "languages" / name / "reading.toml").read_text(encoding="utf-8")
    return Lexicon(tomllib.loads(text))

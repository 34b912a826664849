"""Split a text into paragraphs and sentences, with words and lexicon cues and their offsets in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from geostrike.reading.text.lexicon import Cue, Lexicon, Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Sentence", "is_title", "read_sentences"]

# Longer sentences are cut: rules on which word governs which are meaningless beyond that.
MAX_SENTENCE = 1_200
# A text counts as wrapped if it has more than this many lines and this share of them ends within a sentence.
WRAPPED, MANY_LINES = 0.3, 4
# "two more drones, the governor said, came down in a field"
CRASH_REACH = 8
# "traf am Montag der ukrainische Präsident"
MEETING_REACH = 4
_PERSONS = ("speaker", "side", "first_name")
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_OPENER = re.compile(r"\s*[\"'“„‘«(\[—–-]*\s*(\S)")
_WORD_BEFORE = re.compile(r"(\w(?:[\w.'’-]*\w)?)$")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a report: span, words and cues; `headline` marks a title without a full stop."""

    number: int
    paragraph: int
    start: int
    end: int
    text: str
    tokens: list[Token]
    cues: list[Cue]
    headline: bool = False

    def quote(self, start: int, end: int) -> str:
        """Return the text between two offsets of the report."""
        return self.text[start - self.start : end - self.start]

    def of(self, *kinds: str) -> list[Cue]:
        """Return the cues of these kinds, in order."""
        found = self._of_kinds.get(kinds)
        if found is None:
            found = [] if self.kinds.isdisjoint(kinds) else [cue for cue in self.cues if cue.kind in kinds]
            self._of_kinds[kinds] = found
        return found

    @cached_property
    def _of_kinds(self) -> dict[tuple[str, ...], list[Cue]]:
        return {}

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of cues in the sentence."""
        return frozenset(cue.kind for cue in self.cues)


@dataclass
class _Splitter:
    text: str
    abbreviations: frozenset[str]
    spans: list[tuple[int, int, int]] = field(default_factory=list)

    def cut(self, start: int) -> list[tuple[int, int, int]]:
        for paragraph, (begin, end) in enumerate(self._paragraphs(start)):
            self._split_line(begin, end, paragraph)
        return self.spans

    def _paragraphs(self, start: int) -> Iterator[tuple[int, int]]:
        """Yield the lines; in a wrapped text, the blocks between empty lines."""
        lines = [(line.start(), line.end()) for line in _LINE.finditer(self.text, start)]
        joined = [self._continues_in(left, right) for left, right in pairwise(lines)]
        wrapped = sum(joined) >= WRAPPED * max(len(lines) - 1, 1) and len(lines) > MANY_LINES
        begin = end = -1
        for number, line in enumerate(lines):
            follows = number > 0 and (joined[number - 1] or (wrapped and self._is_next(lines[number - 1], line)))
            if not follows:
                if begin >= 0:
                    yield begin, end
                begin = line[0]
            end = line[1]
        if begin >= 0:
            yield begin, end

    def _continues_in(self, left: tuple[int, int], right: tuple[int, int]) -> bool:
        """Whether a line ends within a sentence: the next begins with a lower-case letter."""
        after = self.text[right[0] : right[1]].lstrip()
        return bool(after) and after[0].islower() and self._is_next(left, right)

    def _is_next(self, left: tuple[int, int], right: tuple[int, int]) -> bool:
        """Whether no empty line separates the two lines."""
        return self.text.count("\n", left[1], right[0]) == 1 and bool(self.text[left[0] : left[1]].strip())

    def _split_line(self, start: int, end: int, paragraph: int) -> None:
        begin = start
        for stop in _STOP.finditer(self.text, start, end):
            if self._ends(begin, stop, end):
                self._append(begin, stop.end(), paragraph)
                begin = stop.end()
        self._append(begin, end, paragraph)

    def _ends(self, begin: int, stop: re.Match[str], end: int) -> bool:
        after = _OPENER.match(self.text, stop.end(), end)
        if after is not None and after.group(1).islower():
            return False
        if not stop.group().startswith(".") or len(stop.group()) > 1:
            return True
        word = _WORD_BEFORE.search(self.text, max(begin, stop.start() - 40), stop.start())
        if word is None:
            return True
        before = word.group(1)
        single = len(before) == 1 and before.isupper()
        ordinal = before.isdigit() and len(before) <= 2 and "<ordinal>" in self.abbreviations
        return not (single or ordinal or before.lower() in self.abbreviations)

    def _append(self, start: int, end: int, paragraph: int) -> None:
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        while end - start > MAX_SENTENCE:
            space = self.text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
            middle = space if space > 0 else start + MAX_SENTENCE
            self.spans.append((start, middle, paragraph))
            start = middle
        if end > start:
            self.spans.append((start, end, paragraph))


def read_sentences(text: str, lexicon: Lexicon, *, start: int = 0) -> Iterator[Sentence]:
    """Yield the sentences of a text from `start` on, with their words and cues.

    Examples
    --------
    >>> from geostrike.reading.text.lexicon import load_lexicon
    >>> [s.text for s in read_sentences("Gov. Malkov spoke. All is well.", load_lexicon("en"))]
    ['Gov. Malkov spoke.', 'All is well.']
    """
    spans = _Splitter(text, lexicon.words("abbreviations")).cut(start)
    lines: dict[int, int] = {}
    for _, _, paragraph in spans:
        lines[paragraph] = lines.get(paragraph, 0) + 1
    for number, (begin, end, paragraph) in enumerate(spans):
        passage = text[begin:end]
        tokens = tokenize(passage, begin)
        headline = number == 0 and lines[paragraph] == 1 and len(spans) > 1 and is_title(passage)
        cues = _mark_meetings(_mark_crashes(lexicon.cues(tokens)), tokens, lexicon)
        yield Sentence(number, paragraph, begin, end, passage, tokens, cues, headline)


def _mark_crashes(cues: list[Cue]) -> list[Cue]:
    """Turn the crash of a weapon into a strike: "a drone had crashed in the industrial zone"."""
    weapons = [cue.last for cue in cues if cue.kind == "weapon"]
    return [
        cue._replace(kind="strike", value="weak")
        if (cue.kind, cue.value) == ("setting", "crash") and any(0 < cue.first - at <= CRASH_REACH for at in weapons)
        else cue
        for cue in cues
    ]


def _mark_meetings(cues: list[Cue], tokens: list[Token], lexicon: Lexicon) -> list[Cue]:
    """Turn a strike verb with a person as object into a meeting: "in Berlin traf der Kanzler ..."."""
    words = lexicon.words("meeting_words")
    if not words:
        return cues
    return [
        cue._replace(kind="setting", value="travel")
        if cue.kind == "strike" and tokens[cue.first].lower in words and _is_meeting(cue, cues)
        else cue
        for cue in cues
    ]


def _is_meeting(verb: Cue, cues: list[Cue]) -> bool:
    """Whether a person is next to the verb, with no weapon and nothing that could be hit before or between."""
    persons = [c for c in cues if c.kind in _PERSONS and -3 <= c.first - verb.last <= MEETING_REACH]
    if not persons:
        return False
    last = max(c.first for c in persons)
    struck = [c for c in cues if c.kind in ("weapon", "target", "effect") or (c.kind, c.value) == ("strike", "noun")]
    return not any(c.first <= last for c in struck)


def is_title(passage: str) -> bool:
    """Whether a line is short and does not end like a sentence."""
    return len(passage) <= 160 and passage[-1] not in '.!?…:;,"”»'

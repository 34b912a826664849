"""Publication dates: parse a complete date, and find the date line at the head of a text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import NamedTuple

from geostrike.reading.text.dates import find_dates
from geostrike.reading.text.lexicon import LANGUAGES, Lexicon, load_lexicon, tokenize
from geostrike.reading.text.sentences import Sentence

__all__ = ["AmbiguousDateError", "DateLine", "find_date_line", "find_publication", "parse_date"]

_SLASHED = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?!\d)")
_HEAD_LINES = 3
_FOOT_LINES = 2
_SHORT_LINE = 100
_SENTENCE_END = re.compile(r"[.!?…]\W*\Z")  # also before quotation marks and pictures
_LEAD_WORDS = 8
_YEAR_WORD = re.compile(r"\s*(?:г|р)\.\W*")
# A line with one of these reports an event.
_EVENTS = {"strike", "effect", "intercept", "launch"}


class AmbiguousDateError(ValueError):
    """A date can be read in two ways, such as 03/04/2024."""


class DateLine(NamedTuple):
    """The date at the head of a text, with its span."""

    date: dt.date
    start: int
    end: int


def parse_date(text: str) -> dt.date:
    """Parse a date with day, month and year, in any language that has a lexicon.

    Raises
    ------
    AmbiguousDateError
        If day and month are figures that can be read in two ways.
    ValueError
        If the text is not a complete date.

    Examples
    --------
    >>> parse_date("Tuesday, 18 March 2025").isoformat(), parse_date("2024-01-25T06:10:00Z").isoformat()
    ('2025-03-18', '2024-01-25')
    """
    text = text.strip()
    slashed = _SLASHED.search(text)
    if slashed:
        return _slashed_date(slashed)
    for language in LANGUAGES:
        found = _full_dates(text, load_lexicon(language))
        if found:
            return found[0].date
    msg = "not a date with day, month and year; write it as 2024-01-25"
    raise ValueError(msg)


def _slashed_date(match: re.Match[str]) -> dt.date:
    first, second, year = (int(group) for group in match.groups())
    if first <= 12 and second <= 12 and first != second:
        msg = f"{match.group()} can be read in two ways; write it as {year}-{second:02}-{first:02}"
        raise AmbiguousDateError(msg)
    day, month = (second, first) if second > 12 else (first, second)
    return dt.date(year, month, day)


def find_date_line(text: str, lexicon: Lexicon) -> DateLine | None:
    r"""Find the complete date at the head of a text: on a short line of its own, or in the dateline.

    Examples
    --------
    >>> find_date_line("Tuesday, 18 March 2025\nA depot burned.", load_lexicon("en")).date.isoformat()
    '2025-03-18'
    """
    lines = [match for match in re.finditer(r"[^\n]+", text[:2_000]) if match.group().strip()][:_HEAD_LINES]
    for line in lines:
        found = _full_dates(line.group()[:400], lexicon)
        if found and _is_date_line(line.group(), found[0], lexicon, is_last=not text[line.end() :].strip()):
            return DateLine(found[0].date, found[0].start + line.start(), found[0].end + line.start())
    return None


def find_publication(text: str, lexicon: Lexicon, *, latest: dt.date = dt.date.max) -> dt.date | None:
    r"""Return the publication date that the text itself gives: at its head, else on a short line at its foot.

    A line at the foot with a day after `latest` announces something and dates nothing.

    Examples
    --------
    >>> find_publication("A depot burned.\n\nSmoke rose.\n\n(9 January 2025, 14:05)", load_lexicon("en")).isoformat()
    '2025-01-09'
    """
    head = find_date_line(text, lexicon)
    if head is not None:
        return head.date
    lines = [line.strip() for line in text[-2_000:].splitlines() if line.strip()]
    for line in reversed(lines[1:][-_FOOT_LINES:]):
        found = _full_dates(line[:400], lexicon)
        if found and found[0].date <= latest and _is_foot_line(line, found[0], lexicon):
            return found[0].date
    return None


def _is_foot_line(line: str, date: DateLine, lexicon: Lexicon) -> bool:
    """Whether a line at the end of a text is its date: no sentence, or one on when it was published or edited."""
    if len(line) > _SHORT_LINE or any(cue.kind in _EVENTS for cue in lexicon.cues(tokenize(line))):
        return False
    edited = any(token.lower in lexicon.words("edited_words") for token in tokenize(line))
    return edited or not _ends_sentence(line, date)


def _ends_sentence(line: str, date: DateLine) -> bool:
    """Whether a line ends like a sentence; the "г." of a year at its end is an abbreviation."""
    return bool(_SENTENCE_END.search(line)) and not _YEAR_WORD.fullmatch(line[date.end :])


def _is_date_line(line: str, date: DateLine, lexicon: Lexicon, *, is_last: bool) -> bool:
    """Whether a line dates the text; a last line is the text itself."""
    if not is_last and len(line) <= _SHORT_LINE and not _ends_sentence(line, date):
        return True
    opening = re.match(r"[^\W\d]+(?: [^\W\d]+)*", line.strip())
    if opening and opening.group().lower() in lexicon.words("as_of_words") and date.start <= _SHORT_LINE // 2:
        return True
    before = tokenize(line[: date.start])
    after = line[date.end :].lstrip()
    is_opening = len(before) <= _LEAD_WORDS and _names_only([token.text for token in before])
    return is_opening and (not after or not after[0].isalnum() or after[:2] in ("г.", "р.", "го", "ро"))


def _names_only(words: list[str]) -> bool:
    """Whether the words before a date are the place and agency of a dateline: "on" makes it the date of an event."""
    if not all(word[0].isupper() or not word[0].isalnum() for word in words):
        return False
    return not words or not words[-1][0].isalnum() or all(word.isupper() for word in words if word[0].isalnum())


def _full_dates(text: str, lexicon: Lexicon) -> list[DateLine]:
    tokens = tokenize(text)
    sentence = Sentence(0, 0, 0, len(text), text, tokens, lexicon.cues(tokens))
    whole = [e for e in find_dates(sentence, lexicon) if e.day and e.month and e.year and not e.last_day]
    days = [(replace(e, part="").resolve(None).start, e) for e in whole]
    return [DateLine(day, e.start, e.end) for day, e in days if day is not None]

"""Find date expressions in sentences, absolute and relative.

Adjacent date cues make one `DateExpression` ("in the early hours of Tuesday, 18 March"); `DateExpression.resolve`
returns its interval. Expressions relative to another day ("three days earlier", "the same night") are anchored at the
last date before them in the text, or else at the publication. A weekday is the last one up to and including the
publication day. Two days joined by "from ... to" are one interval, with or without times of day ("from 8 p.m. on May 22
to 7 a.m. on May 23"). Without an anchor the interval stays open; so does one that would end before it starts.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from geostrike.reading.text.intervals import DateExpression

if TYPE_CHECKING:
    from geostrike.reading.text.lexicon import Cue, Lexicon, Token
    from geostrike.reading.text.sentences import Sentence

__all__ = ["find_dates"]

DATE_KINDS = ("month", "weekday", "day_part", "relative_day", "reference_day", "ago", "unit", "period", "month_part")
MAX_GLUE = 4
# "to 07:00 a.m. Moscow time on": the most words and signs between the two ends of an interval.
MAX_CLOCK = 10
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?![\d/])")
# "15.10.25": in a time of day or a version, a part exceeds a month or has one digit.
_SHORT = re.compile(r"(?<![\d.])(\d\d)\.(\d\d)\.(\d\d)(?![\d.]*\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_OPENING, _CLOSING = "\"'“„‘‚«»", "\"'”“’‘»«"
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
# Parts of the day that are a date by themselves: the night before the publication.
_NIGHTS = {"night", "night_before", "night_same", "dawn"}


class _Part(NamedTuple):
    """One component of a date expression: the fields it sets, and its first and last token."""

    fields: dict[str, object]
    first: int
    last: int


def find_dates(sentence: Sentence, lexicon: Lexicon) -> list[DateExpression]:
    """Find the date expressions of a sentence, in order.

    Examples
    --------
    >>> import datetime as dt
    >>> from geostrike.reading.text.lexicon import load_lexicon
    >>> from geostrike.reading.text.sentences import read_sentences
    >>> lexicon = load_lexicon("en")
    >>> sentence = next(read_sentences("Drones came early on Wednesday.", lexicon))
    >>> when = find_dates(sentence, lexicon)[0].resolve(dt.date(2024, 4, 24))
    >>> when.start.isoformat(), when.end.isoformat(), when.precision, when.written
    ('2024-04-23', '2024-04-24', 'night', 'early on Wednesday')
    """
    parts = [*_numeric_parts(sentence), *_cue_parts(sentence, lexicon)]
    parts.sort(key=lambda part: (part.first, -part.last))
    expressions: list[DateExpression] = []
    group: list[_Part] = []
    for part in parts:
        if group and part.first <= group[-1].last:
            continue
        if group and not (_joins(group, part) and _is_glue(sentence, lexicon, group[-1].last, part.first)):
            expressions += _expression(sentence, group)
            group = []
        group.append(part)
    expressions += _expression(sentence, group) if group else []
    named = [expression for expression in expressions if _is_quoted(expression, sentence)]
    return _join_ranges([e for e in expressions if e not in named], sentence, lexicon)


def _is_quoted(expression: DateExpression, sentence: Sentence) -> bool:
    """Whether quotation marks enclose just the date, which then is a name: the "1 May" plant."""
    before = sentence.text[: expression.start - sentence.start][-1:]
    after = sentence.text[expression.end - sentence.start :][:1]
    return before in _OPENING and after in _CLOSING and bool(before and after)


def _join_ranges(expressions: list[DateExpression], sentence: Sentence, lexicon: Lexicon) -> list[DateExpression]:
    """Join two days that are the ends of one interval: "from May 22 to May 24"."""
    joined: list[DateExpression] = []
    for expression in expressions:
        before = joined[-1] if joined else None
        if before is None or not (_is_one_day(before) and _is_one_day(expression)):
            joined.append(expression)
            continue
        between = [token for token in sentence.tokens if before.end <= token.start and token.end <= expression.start]
        if not _is_until(between, before, sentence, lexicon):
            joined.append(expression)
            continue
        text = sentence.quote(before.start, expression.end)
        hours = any(token.text[0].isdigit() for token in between)
        joined[-1] = replace(before, end=expression.end, text=text, until=expression, hours=hours)
    return joined


def _is_one_day(expression: DateExpression) -> bool:
    """Whether the expression names a single day, by date or by weekday."""
    numbered = expression.month is not None and expression.day is not None and expression.last_day is None
    return expression.until is None and (numbered or (expression.weekday is not None and not expression.mode))


def _is_until(between: list[Token], before: DateExpression, sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether the words between two days join them into one interval."""
    until, ends = lexicon.words("until_words"), lexicon.words("until_words") | lexicon.words("range")
    words = between[1:] if between and between[0].text == "," else between
    if not words or len(words) > MAX_CLOCK or words[0].lower not in ends:
        return False
    if not all(_is_clock(token, lexicon) for token in words[1:]):
        return False
    return (words[0].lower in until and len(words) == 1) or _begins_interval(before, sentence, lexicon)


def _begins_interval(first: DateExpression, sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether "from" or "between" precedes the day, with only a time of day between."""
    for token in reversed([token for token in sentence.tokens if token.end <= first.start][-MAX_CLOCK:]):
        if token.lower in lexicon.words("interval_words"):
            return True
        if not _is_clock(token, lexicon):
            return False
    return False


def _is_clock(token: Token, lexicon: Lexicon) -> bool:
    """Whether the token may belong to a time of day: "07:00", "a.m.", "Moscow time on"."""
    if token.text[0].isdigit():
        return len(token.text) <= len("07.00")
    return token.text in ":.," or token.lower in lexicon.words("clock_words") | lexicon.words("date_glue")


def _expression(sentence: Sentence, group: list[_Part]) -> list[DateExpression]:
    fields: dict[str, object] = {}
    for part in group:
        fields.update(part.fields)
    if fields.keys() <= {"month_part"} or (fields.keys() == {"part"} and fields["part"] not in _NIGHTS):
        return []
    if fields.get("part") == "night_same":
        fields.update(part="night", anchor="night")
    elif fields.get("part") == "night" and len(group) > 1 and "part" in group[0].fields and group[0].fields["part"]:
        # "overnight on Tuesday" ends on Tuesday; "Tuesday night" begins on it.
        fields["part"] = "night_into"
    start, end = sentence.tokens[group[0].first].start, sentence.tokens[group[-1].last].end
    text = sentence.quote(start, end)
    return [replace(DateExpression(start, end, text), **fields)]  # type: ignore[arg-type]


def _joins(group: list[_Part], part: _Part) -> bool:
    """Whether a component can join the group: no field is set twice."""
    known = {name for member in group for name in member.fields}
    return not (known & set(part.fields)) and "period" not in known


def _is_glue(sentence: Sentence, lexicon: Lexicon, last: int, first: int) -> bool:
    between = sentence.tokens[last + 1 : first]
    glue = lexicon.words("date_glue")
    return len(between) <= MAX_GLUE and all(token.lower in glue or token.text == "," for token in between)


def _numeric_parts(sentence: Sentence) -> list[_Part]:
    parts: list[_Part] = []
    for pattern, order in ((_ISO, (1, 2, 3)), (_DOTTED, (3, 2, 1)), (_SHORT, (3, 2, 1)), (_SLASHED, (3, 2, 1))):
        for match in pattern.finditer(sentence.text):
            year, month, day = (int(match.group(index)) for index in order)
            if pattern is _SHORT:
                year += 2000
            elif pattern is _SLASHED and month > 12:
                month, day = day, month
            ambiguous = pattern is _SLASHED and day <= 12 and day != month
            if _valid(year, month, day) and not ambiguous:
                first, last = _tokens_of(sentence, match.start() + sentence.start, match.end() + sentence.start)
                parts.append(_Part({"day": day, "month": month, "year": year}, first, last))
    return parts


def _tokens_of(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    inside = [i for i, token in enumerate(sentence.tokens) if token.end > start and token.start < end]
    return inside[0], inside[-1]


def _valid(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _cue_parts(sentence: Sentence, lexicon: Lexicon) -> list[_Part]:
    if sentence.kinds.isdisjoint(DATE_KINDS):
        return []
    parts: list[_Part] = []
    for cue in sentence.cues:
        if cue.kind not in DATE_KINDS:
            continue
        reader = _READERS.get(cue.kind)
        part = reader(cue, sentence.tokens, lexicon) if reader else None
        if part is not None:
            parts.append(part)
    return parts


def _read_month(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part | None:
    """Read a month with the day before or after it, and the year."""
    fields: dict[str, object] = {"month": int(cue.value)}
    first, last = cue.first, cue.last
    glue = lexicon.words("day_glue")
    before = first - 1
    while before >= 0 and tokens[before].lower in glue and first - before < 4:
        before -= 1
    if before >= 0 and _is_day(tokens[before].text):
        fields["day"], first = int(tokens[before].text), before
        first = _read_range(tokens, before, fields, lexicon)
    else:
        last = _read_day_after(tokens, last, fields, lexicon)
    last = _read_year(tokens, last, fields)
    if "day" not in fields and "year" not in fields and not _is_plain_month(tokens, cue, lexicon):
        return None
    return _Part(fields, first, last)


def _is_plain_month(tokens: list[Token], cue: Cue, lexicon: Lexicon) -> bool:
    """Whether a bare month is a date: after a preposition or a word such as "early" or "last"."""
    if cue.first == 0:
        return False
    return tokens[cue.first - 1].lower in lexicon.words("month_lead")


def _read_range(tokens: list[Token], at: int, fields: dict[str, object], lexicon: Lexicon) -> int:
    """Read the first day of "18 to 19 March"; return the index where the expression begins."""
    if at >= 2 and tokens[at - 1].lower in lexicon.words("range") and _is_day(tokens[at - 2].text):
        first = int(tokens[at - 2].text)
        if first < int(tokens[at].text):
            fields["last_day"], fields["day"] = fields["day"], first
            return at - 2
    return at


def _read_day_after(tokens: list[Token], last: int, fields: dict[str, object], lexicon: Lexicon) -> int:
    after = _after_full_stop(tokens, last)
    if not lexicon.settings.get("day_after_month") or after >= len(tokens) or not _is_day(tokens[after].text):
        return last
    last = after - 1
    fields["day"] = int(tokens[last + 1].text)
    last += 1
    if last + 2 < len(tokens) and tokens[last + 1].lower in lexicon.words("range") and _is_day(tokens[last + 2].text):
        end, clock = int(tokens[last + 2].text), tokens[last + 3 : last + 4]
        # "May 22 to 7:00 a.m.": a time of day.
        if end > int(tokens[last].text) and not (clock and clock[0].text == ":"):
            fields["last_day"] = end
            last += 2
    if last + 1 < len(tokens) and tokens[last + 1].lower in lexicon.words("day_glue"):
        last += 1
    return last


def _after_full_stop(tokens: list[Token], last: int) -> int:
    """Return the index after a word and the full stop of its abbreviation: "Oct. 9", "12 дек. 2025"."""
    return last + 2 if last + 1 < len(tokens) and tokens[last + 1].text == "." else last + 1


def _read_year(tokens: list[Token], last: int, fields: dict[str, object]) -> int:
    at = _after_full_stop(tokens, last)
    if at < len(tokens) and tokens[at].text == ",":
        at += 1
    if at < len(tokens) and _YEAR.fullmatch(tokens[at].text):
        fields["year"] = int(tokens[at].text)
        return at
    return last


def _is_day(text: str) -> bool:
    return len(text) <= 2 and text.isascii() and text.isdigit() and 1 <= int(text) <= 31


def _read_weekday(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part:
    fields: dict[str, object] = {"weekday": int(cue.value)}
    before = tokens[cue.first - 1].lower if cue.first else ""
    for mode in ("last", "next"):
        if before in lexicon.words(f"{mode}_words"):
            return _Part({**fields, "mode": mode}, cue.first - 1, cue.last)
    return _Part(fields, cue.first, cue.last)


def _read_day_part(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part:
    del tokens, lexicon
    return _Part({"part": cue.value}, cue.first, cue.last)


def _read_relative_day(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part:
    del tokens, lexicon
    return _Part({"offset": int(cue.value)}, cue.first, cue.last)


def _read_reference_day(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part:
    del tokens, lexicon
    return _Part({"offset": int(cue.value), "anchor": "reference"}, cue.first, cue.last)


def _read_ago(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part | None:
    """Read a number, a unit and a direction: "three days earlier", "неделю назад", "vor zwei Tagen"."""
    if lexicon.settings.get("ago_before_number"):
        return _read_ago_before(cue, tokens, lexicon) or _ago_after(cue, tokens, lexicon)
    return _ago_after(cue, tokens, lexicon)


def _ago_after(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part | None:
    unit_at = cue.first - 1
    unit = _unit(tokens, unit_at, lexicon)
    if not unit:
        return None
    number = _number(tokens[unit_at - 1], lexicon) if unit_at > 0 else None
    first = unit_at if number is None else unit_at - 1
    if number is None and tokens[unit_at].lower not in lexicon.words("one_unit"):
        return _some_time_ago(first, cue.last)
    return _ago_part(cue, number or 1, unit, first, cue.last)


def _read_ago_before(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part | None:
    at = cue.last + 1
    number = _number(tokens[at], lexicon) if at < len(tokens) else None
    unit_at = at if number is None else at + 1
    unit = _unit(tokens, unit_at, lexicon)
    if not unit or cue.value != "ago":
        return None
    if number is None and tokens[unit_at].lower not in lexicon.words("one_unit"):
        return _some_time_ago(cue.first, unit_at)
    return _ago_part(cue, number or 1, unit, cue.first, unit_at)


def _some_time_ago(first: int, last: int) -> _Part:
    """Read "several days ago" as recent, not as one day ago."""
    return _Part({"period": "recent"}, first, last)


def _ago_part(cue: Cue, number: int, unit: str, first: int, last: int) -> _Part:
    days = number * _UNIT_DAYS[unit] * (1 if cue.value == "after" else -1)
    anchor = "published" if cue.value == "ago" else "reference"
    return _Part({"offset": days, "offset_unit": unit, "anchor": anchor}, first, last)


def _unit(tokens: list[Token], at: int, lexicon: Lexicon) -> str:
    if not 0 <= at < len(tokens):
        return ""
    return next((cue.value for cue in lexicon.cues(tokens[at : at + 1]) if cue.kind == "unit"), "")


def _number(token: Token, lexicon: Lexicon) -> int | None:
    if token.text.isascii() and token.text.isdigit():
        return min(int(token.text), 400) if len(token.text) <= 3 else None
    return next((int(cue.value) for cue in lexicon.cues([token]) if cue.kind == "number"), None)


def _read_period(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part:
    del tokens, lexicon
    return _Part({"period": cue.value}, cue.first, cue.last)


def _read_month_part(cue: Cue, tokens: list[Token], lexicon: Lexicon) -> _Part:
    del tokens, lexicon
    return _Part({"month_part": cue.value}, cue.first, cue.last)


_READERS = {
    "month": _read_month,
    "weekday": _read_weekday,
    "day_part": _read_day_part,
    "relative_day": _read_relative_day,
    "reference_day": _read_reference_day,
    "ago": _read_ago,
    "period": _read_period,
    "month_part": _read_month_part,
}

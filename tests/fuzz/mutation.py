"""Damage to valid inputs, as hypothesis strategies, so that failing inputs are minimised."""

# ruff: noqa: E501 - one sound input a line

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

LONGEST = 200_000
_Draw = Callable[[st.SearchStrategy], object]

NASTY = [
    "", "0", "-0", "-1", "1e400", "-1e400", "1e-400", "nan", "NaN", "inf", "Infinity", "9" * 400, "9" * 5000, "0x1f", "1_0", "1,5", "½", "٣", "Ⅷ", "2147483648", "18446744073709551616",
    "null", "None", "true", "[]", "{}", "[[", "}", '"', "'", "`", "\\", "\\u0000", "\\ud800", "\\udfff", "\0", "\x01", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "\ufffe", "\u202e", "\u00ad", "\u200b", "a" + "\u0301" * 50, "ﷺ", "İ", "ß", "ǆ", "𝟘", "🎯",
    "\n", "\r", "\r\n", "\t", " ", ",", ";", "|", ":", "=", "=1+1", "@", "+", "-", "--", "---", "...", "/", "//", "../../x", "C:\\x", "%s", "%n", "{0}", "${x}", "{{7*7}}", "<script>", "<!--", "-->", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "&#0;", "&#xD800;", "]]>", "<![CDATA[",
    "__proto__", "constructor", "toString", "__class__", "id", "date", "place", "text", "latitude", "longitude", "geometry", "type", "coordinates", "published",
    "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "2024-02-30", "2024-02-29", "2023-02-29", "2024-01-25T24:00:00Z", "2024-01-25T23:59:60Z", "2024-01-25T00:00+99:99", "2024-W53-7", "2024-366", "1/1/1", "31.12.", "12/31/99999", "29 February", "32 января", "45316.5", "-45316", "1706140800000000000",
    "91", "-91", "181", "-181", "360", "90", "180", "44.1N", "44°60'60\"N", "0,0", "POINT EMPTY", "POINT(1e308 1e308)",
]  # fmt: skip


@st.composite
def mutated(draw: _Draw, seeds: Sequence[bytes], tokens: Sequence[str] = ()) -> bytes:
    """Damage a valid input."""
    data = draw(st.sampled_from(seeds))
    assert isinstance(data, bytes)
    words = [token.encode("utf-8", "surrogatepass") for token in (*NASTY, *tokens)]
    for damage in draw(st.lists(st.sampled_from(_DAMAGES), min_size=0, max_size=6)):  # type: ignore[attr-defined]
        data = damage(draw, data, seeds, words)[:LONGEST]
    return data


@st.composite
def mutated_zip(draw: _Draw, seeds: Sequence[bytes], tokens: Sequence[str] = ()) -> bytes:
    """Damage a ZIP archive or one of its members."""
    whole = draw(st.sampled_from(seeds))
    assert isinstance(whole, bytes)
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as packed:
            members = {part.filename: packed.read(part) for part in packed.infolist() if part.file_size < LONGEST}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        return whole
    if not members or draw(st.integers(0, 9)) == 0:
        return draw(mutated([whole]))  # type: ignore[return-value]
    name = str(draw(st.sampled_from(sorted(members))))
    if draw(st.integers(0, 9)) == 0:
        del members[name]
    else:
        members[name] = draw(mutated([members[name]], tokens))  # type: ignore[assignment]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for member, data in members.items():
            packed.writestr(zipfile.ZipInfo(member, (2024, 1, 25, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _at(draw: _Draw, data: bytes) -> int:
    at = draw(st.integers(0, len(data)))
    assert isinstance(at, int)
    return at


def _span(draw: _Draw, data: bytes) -> tuple[int, int]:
    first, last = sorted((_at(draw, data), _at(draw, data)))
    return first, last


def _flip(draw: _Draw, data: bytes, _seeds: Sequence[bytes], _words: list[bytes]) -> bytes:
    at = _at(draw, data)
    value = draw(st.integers(0, 255))
    assert isinstance(value, int)
    return data[:at] + bytes([value]) + data[at + 1 :]


def _cut(draw: _Draw, data: bytes, _seeds: Sequence[bytes], _words: list[bytes]) -> bytes:
    first, last = _span(draw, data)
    return data[:first] + data[last:]


def _truncate(draw: _Draw, data: bytes, _seeds: Sequence[bytes], _words: list[bytes]) -> bytes:
    return data[: _at(draw, data)]


def _double(draw: _Draw, data: bytes, _seeds: Sequence[bytes], _words: list[bytes]) -> bytes:
    first, last = _span(draw, data)
    times = draw(st.sampled_from([2, 3, 10, 1000]))
    assert isinstance(times, int)
    return data[:first] + data[first:last] * times + data[last:]


def _insert(draw: _Draw, data: bytes, _seeds: Sequence[bytes], words: list[bytes]) -> bytes:
    at, word = _at(draw, data), draw(st.sampled_from(words))
    assert isinstance(word, bytes)
    return data[:at] + word + data[at:]


_WORD = re.compile(rb"[\w.+-]+|\s+|[^\w\s]", re.ASCII)


def _replace(draw: _Draw, data: bytes, _seeds: Sequence[bytes], words: list[bytes]) -> bytes:
    """Replace a word of the input by a nasty one."""
    spans = [match.span() for match in _WORD.finditer(data[:20_000])]
    if not spans:
        return data
    number, word = draw(st.integers(0, len(spans) - 1)), draw(st.sampled_from(words))
    assert isinstance(number, int)
    assert isinstance(word, bytes)
    first, last = spans[number]
    return data[:first] + word + data[last:]


def _swap(draw: _Draw, data: bytes, _seeds: Sequence[bytes], _words: list[bytes]) -> bytes:
    """Swap two words of the input."""
    spans = [match.span() for match in _WORD.finditer(data[:20_000])]
    if len(spans) < 2:
        return data
    numbers = draw(st.lists(st.integers(0, len(spans) - 1), min_size=2, max_size=2, unique=True))
    (a, b), (c, d) = (spans[number] for number in sorted(numbers))  # type: ignore[call-overload]
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _splice(draw: _Draw, data: bytes, seeds: Sequence[bytes], _words: list[bytes]) -> bytes:
    """Join the head of one input and the tail of another."""
    other = draw(st.sampled_from(seeds))
    assert isinstance(other, bytes)
    return data[: _at(draw, data)] + other[_at(draw, other) :]


# Words are damaged more often than bytes: most readers reject broken bytes at once.
_DAMAGES = [_replace, _replace, _replace, _insert, _insert, _swap, _swap, _cut, _double, _splice, _truncate, _flip]

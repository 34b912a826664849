"""Numbers, dates, lists and directions in words: kilometres with miles, intervals, plurals, ratios."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from typing import Any
from unicodedata import bidirectional

import pandas as pd

from geostrike.errors import PlaceError
from geostrike.places import Gazetteer
from geostrike.stats.directions import country_codes, headline, phrase, route
from geostrike.tables import KM_PER_UNIT, STATUSES

__all__ = [
    "Countries",
    "Sentence",
    "as_date",
    "count_of",
    "days",
    "distance",
    "distance_range",
    "enumeration",
    "is_known",
    "number_word",
    "printable",
    "readable",
    "route",
    "rows_of",
    "sentence_case",
    "status_words",
    "times",
    "with_sign",
]

_NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def printable(text: object, most: int = 10_000) -> str:
    r"""Make text from data printable: replace characters that cannot be shown, and cut what is too long.

    Examples
    --------
    >>> printable("a\x00b")
    'a�b'
    """
    cut = str(text)[: most + 1]
    shown = "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in cut)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def readable(text: object, most: int = 10_000) -> str:
    r"""Make text from data printable within a sentence; right-to-left text is isolated.

    Examples
    --------
    >>> readable("Tuapse"), readable("\N{HEBREW LETTER ALEF}") == "\u2068\N{HEBREW LETTER ALEF}\u2069"
    ('Tuapse', True)
    """
    shown = printable(text, most)
    if shown.isascii() or not any(bidirectional(letter) in {"R", "AL", "AN"} for letter in shown):
        return shown
    return "\N{FIRST STRONG ISOLATE}" + shown + "\N{POP DIRECTIONAL ISOLATE}"


def count_of(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    Examples
    --------
    >>> count_of(1, "strike"), count_of(1200, "strike"), count_of(2, "has", "have")
    ('1 strike', '1,200 strikes', '2 have')
    """
    word = noun if number == 1 else plural or f"{noun}s"
    return f"{number:,} {word}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.95 or value < 0.05 else f"{value:.1f}"


def distance(km: float) -> str:
    """A distance in kilometres and miles.

    Examples
    --------
    >>> distance(342.039), distance(1.2)
    ('342 km (213 miles)', '1.2 km (0.7 miles)')
    """
    return f"{_number(km)} km ({_number(km / KM_PER_UNIT['mi'])} miles)"


def distance_range(low_km: float, high_km: float) -> str:
    """A range of distances in kilometres and miles; one distance if both ends read the same.

    Examples
    --------
    >>> distance_range(24.7, 39.5)
    '25 to 40 km (15 to 25 miles)'
    """
    if _number(low_km) == _number(high_km):
        return distance(high_km)
    low, high = (value / KM_PER_UNIT["mi"] for value in (low_km, high_km))
    return f"{_number(low_km)} to {_number(high_km)} km ({_number(low)} to {_number(high)} miles)"


def with_sign(value: float) -> str:
    """A change, with its sign.

    Examples
    --------
    >>> [with_sign(value) for value in (-40.2, 1.23, 0.04)]
    ['−40', '+1.2', '0']
    """
    number = _number(abs(value))
    return number if number == "0" else f"{'+' if value > 0 else MINUS}{number}"


def times(ratio: float) -> str:
    """The ratio of a stated value to the computed one, in words.

    Examples
    --------
    >>> [times(ratio) for ratio in (2.01, 1.3, 0.5, 1.02, 3.4)]
    ['about twice', 'about 30 % more than', 'about half', 'about the same as', 'about 3.4 times']
    """
    words = {0.5: "about half", 1.0: "about the same as", 1.5: "about one and a half times", 2.0: "about twice"}
    for near, word in words.items():
        if abs(ratio / near - 1) <= 0.06:
            return word
    if ratio < 1:
        return f"about {100 * (1 - ratio):.0f} % less than"
    return f"about {100 * (ratio - 1):.0f} % more than" if ratio < 1.9 else f"about {ratio:.1f} times"


_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(number: int) -> str:
    """A number spelled out, up to ten.

    Examples
    --------
    >>> number_word(3), number_word(1200)
    ('three', '1,200')
    """
    return _SMALL[number] if 0 <= number < len(_SMALL) else f"{number:,}"


def enumeration(parts: Iterable[str], last: str = "and") -> str:
    """Join parts with commas and "and".

    Examples
    --------
    >>> enumeration(["a", "b", "c"])
    'a, b and c'
    """
    known = list(parts)
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} {last} {known[-1]}" if known else ""


def as_date(day: Any) -> str:
    r"""A day in words; empty for NaT.

    Examples
    --------
    >>> as_date(pd.Timestamp("2024-01-05"))
    '5\xa0January\xa02024'
    """
    return "" if pd.isna(day) else f"{day.day}{_NO_BREAK}{day:%B}{_NO_BREAK}{day:%Y}"


def days(first: Any, last: Any, precision: str = "") -> str:
    r"""The possible days of a strike.

    Examples
    --------
    >>> days(pd.Timestamp("2024-01-24"), pd.Timestamp("2024-01-25"), "night")
    'night of 24–25\xa0January\xa02024'
    >>> days(pd.NaT, pd.Timestamp("2024-01-25"))
    'no later than 25\xa0January\xa02024'
    """
    if pd.isna(first) and pd.isna(last):
        return "no date"
    if pd.isna(first) or pd.isna(last):
        return f"no later than {as_date(last)}" if pd.isna(first) else f"no earlier than {as_date(first)}"
    if first == last:
        return as_date(first)
    same_month = (first.year, first.month) == (last.year, last.month)
    between = f"{first.day}–{as_date(last)}" if same_month else f"{as_date(first)} – {as_date(last)}"
    return f"night of {between}" if precision == "night" else between


def sentence_case(text: str) -> str:
    """The text with a capital first letter.

    Examples
    --------
    >>> sentence_case("one strike")
    'One strike'
    """
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Sentence:
    """A sentence, with an optional note in smaller letters."""

    text: str
    note: str = ""


@dataclass
class Countries:
    """The names of countries by code, and directions of fire in words."""

    gazetteer: Gazetteer

    def name(self, code: str) -> str:
        """The name of a country; the code itself if it is unknown.

        Examples
        --------
        >>> Countries(Gazetteer()).name("RUS")
        'Russia'
        """
        if len(code) != 3 or not code.isascii():
            return readable(code, 40)
        try:
            return self.gazetteer[code].name
        except PlaceError:
            return code

    def sides(self, direction: str) -> tuple[str, str]:
        """The names of the attacker and of the struck country of a direction such as "UKR to RUS"; "" if unknown."""
        attacker, struck = country_codes(direction)
        return self.name(attacker), self.name(struck)

    def phrase(self, direction: str) -> str:
        """A direction within a sentence, after "strikes"."""
        return phrase(*self.sides(direction))

    def headline(self, direction: str) -> str:
        """A direction as a heading."""
        return headline(*self.sides(direction))


def status_words(status: str) -> str:
    """A status in a cell of a table, a claim of one side in full; other words as they are.

    Examples
    --------
    >>> status_words("disputed"), status_words("claimed_by_attacker")
    ('disputed', 'claimed by the attacker only')
    """
    known = STATUSES.get(status)
    return known.phrase if known and status.startswith("claimed_by") else status


def is_known(*values: float) -> bool:
    """Whether no value is NaN."""
    return not any(isnan(value) for value in values)


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table as named tuples.

    pandas' `itertuples` creates a class at each call, which is slow for many small tables.
    """
    names = tuple(map(str, table.columns))
    columns = [table[name].tolist() for name in table.columns]
    return map(_row_type(names)._make, zip(*columns, strict=True))


@lru_cache(maxsize=64)
def _row_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)

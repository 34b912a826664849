"""Names of borders, such as "UKR-RUS:land": two countries, a definition and an optional version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geostrike.borders.files import shorten
from geostrike.errors import BorderError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DEFAULT_BORDER", "BorderName", "country_code", "looks_like_a_name", "pair_of", "readable"]

DEFAULT_BORDER = "UKR-RUS:land"
_CODE_LETTERS = 3
_PAIR = re.compile("[A-Za-z]{3}-[A-Za-z]{3}")
_LIKE_A_NAME = re.compile(r"[\w -]{1,60}(:[\w.:-]{0,60})?")


@dataclass(frozen=True)
class BorderName:
    """The parts of a border's name; the version may be empty."""

    first: str
    second: str
    definition: str
    version: str

    @classmethod
    def of(cls, text: str) -> BorderName | None:
        """Parse a name in any case; None where the text does not begin with a pair of countries.

        Examples
        --------
        >>> BorderName.of("ukr-rus")
        BorderName(first='UKR', second='RUS', definition='land', version='')
        """
        pair, _, rest = text.partition(":")
        if _PAIR.fullmatch(pair) is None:
            return None
        definition, _, version = rest.partition(":")
        first, second = pair.upper().split("-")
        return cls(first, second, definition or "land", version)


def country_code(country: object) -> str:
    """Return a country code in capitals.

    Raises
    ------
    BorderError
        If it is not three Latin letters.
    """
    code = country.strip().upper() if isinstance(country, str) else ""
    if len(code) != _CODE_LETTERS or not (code.isascii() and code.isalpha()):
        msg = f"{shorten(country)!r} is not a country code; give ISO 3166-1 alpha-3, such as UKR"
        raise BorderError(msg)
    return code


def pair_of(pair: Sequence[str], name: str) -> tuple[str, str]:
    """Return two country codes in capitals; `name` is the border's, for the message."""
    if isinstance(pair, str) or len(pair) != len(("first", "second")):
        msg = f'{name}: pair is {pair!r}; give two countries, such as ("UKR", "RUS")'
        raise BorderError(msg)
    return country_code(pair[0]), country_code(pair[1])


def looks_like_a_name(text: str) -> bool:
    """Return whether a text may be meant as the name of a border rather than of a file.

    Examples
    --------
    >>> looks_like_a_name("DEU"), looks_like_a_name("lines/front.geojson")
    (True, False)
    """
    return _LIKE_A_NAME.fullmatch(text) is not None


def readable(text: object) -> str:
    """Replace unprintable characters."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))

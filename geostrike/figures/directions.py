"""The names of the countries of a direction of fire, as the figures print them."""

from __future__ import annotations

from functools import cache, lru_cache

from geostrike.errors import PlaceError
from geostrike.figures.style import plain
from geostrike.places import Gazetteer
from geostrike.stats.directions import country_codes

__all__ = ["country_names"]


def country_names(direction: str) -> tuple[str, str]:
    """The names of the attacker and of the struck country; empty if unknown.

    Examples
    --------
    >>> country_names("UKR to RUS")
    ('Ukraine', 'Russia')
    """
    attacker, struck = country_codes(direction)
    return _name(attacker), _name(struck)


@lru_cache(maxsize=512)
def _name(code: str) -> str:
    try:
        return _gazetteer()[code].name if len(code) == 3 and code.isascii() else plain(code, 20)
    except PlaceError:
        return plain(code, 20)


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer()

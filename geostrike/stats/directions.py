"""Directions of fire in words, from the names of the two countries."""

from __future__ import annotations

from geostrike.stats.groups import UNKNOWN

__all__ = ["country_codes", "headline", "phrase", "route"]


def country_codes(direction: str) -> tuple[str, str]:
    """The attacker and the struck country of a direction; empty if unknown.

    Examples
    --------
    >>> country_codes("UKR to RUS"), country_codes("in RUS")
    (('UKR', 'RUS'), ('', 'RUS'))
    """
    attacker, _, struck = direction.removeprefix("in ").rpartition(" to ")
    return attacker, "" if struck == UNKNOWN else struck


def phrase(attacker: str, struck: str) -> str:
    """A direction within a sentence, after "strikes".

    Examples
    --------
    >>> phrase("Ukraine", "Russia"), phrase("", "Russia")
    ('by Ukraine in Russia', 'in Russia without a named attacker')
    >>> phrase("Ukraine", "Ukraine")
    'by Ukraine on its own territory'
    """
    if not attacker:
        return f"{_place(struck)} without a named attacker"
    return f"by {attacker} {'on its own territory' if attacker == struck else _place(struck)}"


def headline(attacker: str, struck: str) -> str:
    """A direction as a heading.

    Examples
    --------
    >>> headline("Ukraine", "Russia"), headline("", "Russia")
    ('Ukraine’s strikes in Russia', 'Strikes in Russia without a named attacker')
    """
    words = phrase(attacker, struck)
    return f"{attacker}’s strikes {words.removeprefix(f'by {attacker} ')}" if attacker else f"Strikes {words}"


def route(attacker: str, struck: str) -> str:
    """A direction in a cell of a table or in a legend.

    Examples
    --------
    >>> route("Ukraine", "Russia"), route("", "Russia"), route("Ukraine", "Ukraine"), route("Ukraine", "")
    ('Ukraine → Russia', 'in Russia', 'within Ukraine', 'Ukraine → unknown')
    """
    if not attacker:
        return f"in {struck}" if struck else "unknown"
    return f"within {struck}" if attacker == struck else f"{attacker} → {struck or 'unknown'}"


def _place(struck: str) -> str:
    return f"in {struck}" if struck else "at an unknown place"

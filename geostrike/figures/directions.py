"""Directions of fire in words: "UKR to RUS" as the figures print it."""

from __future__ import annotations

from functools import cache, lru_cache

from geostrike.errors import PlaceError
from geostrike.figures.style import plain
from geostrike.places import Gazetteer

__all__ = ["direction_label", "strikes_label", "strikes_phrase"]


def direction_label(direction: str) -> str:
    """A short label of one direction.

    Examples
    --------
    >>> direction_label("UKR to RUS"), direction_label("in RUS"), direction_label("UKR to UKR")
    ('Ukraine → Russia', 'in Russia', 'Ukraine, own territory')
    """
    attacker, struck = _sides(direction)
    if attacker and attacker == struck:
        return f"{attacker}, own territory"
    place = struck or "unknown place"
    return f"{attacker} → {place}" if attacker else f"in {struck}" if struck else place


def strikes_label(direction: str) -> str:
    """The strikes of one direction, as a label.

    Examples
    --------
    >>> strikes_label("UKR to RUS"), strikes_label("in RUS"), strikes_label("UKR to UKR")
    ('Ukraine’s strikes in Russia', 'Strikes in Russia', 'Ukraine’s strikes on its own territory')
    """
    attacker, struck = _sides(direction)
    by = f"{attacker}{'’' if attacker.endswith('s') else '’s'} strikes" if attacker else "Strikes"
    return by + _where(attacker, struck)


def strikes_phrase(direction: str) -> str:
    """The words after a number of strikes of one direction.

    Examples
    --------
    >>> strikes_phrase("UKR to RUS"), strikes_phrase("in RUS"), strikes_phrase("in unknown")
    ('by Ukraine in Russia', 'in Russia', 'of unknown origin')
    """
    attacker, struck = _sides(direction)
    by = f"by {attacker}" if attacker else "" if struck else "of unknown origin"
    return f"{by}{_where(attacker, struck)}".strip()


def _where(attacker: str, struck: str) -> str:
    if not struck:
        return " at an unknown place" if attacker else ""
    return " on its own territory" if attacker == struck else f" in {struck}"


def _sides(direction: str) -> tuple[str, str]:
    """The names of the attacker and of the struck country; empty if unknown."""
    attacker, _, struck = direction.removeprefix("in ").rpartition(" to ")
    return _name(attacker), "" if struck == "unknown" else _name(struck)


@lru_cache(maxsize=512)
def _name(code: str) -> str:
    try:
        return _gazetteer()[code].name if len(code) == 3 and code.isascii() else plain(code, 20)
    except PlaceError:
        return plain(code, 20)


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer()

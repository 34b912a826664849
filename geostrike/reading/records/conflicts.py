"""Conflicts: countries at war with each other, and regions held by the other side (conflicts.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

__all__ = ["is_at_war", "opponent", "strikes_own_ground"]

_ISO = {"UA": "UKR"}


def opponent(country: str, admin1: str, sides: dict[str, int]) -> str:
    """Return the country that strikes a place in `country`: its opponent; of several, the one the text names most.

    Examples
    --------
    >>> opponent("RUS", "RU-KDA", {}), opponent("UKR", "UA-43", {}), opponent("FRA", "", {})
    ('UKR', 'UKR', '')
    """
    against, held = _conflicts()
    if admin1 in held:
        return country
    enemies = against.get(country, [])
    spoken = [enemy for enemy in enemies if sides.get(enemy)]
    if len(enemies) == 1:
        return enemies[0]
    return max(spoken, key=lambda enemy: sides[enemy], default="")


def is_at_war(country: str) -> bool:
    """Whether the country is a party to a conflict.

    Examples
    --------
    >>> is_at_war("UKR"), is_at_war("FRA"), is_at_war("")
    (True, False, False)
    """
    return country in _conflicts()[0]


def strikes_own_ground(country: str) -> bool:
    """Whether the country also strikes its own territory, since another country holds part of it.

    Examples
    --------
    >>> strikes_own_ground("UKR"), strikes_own_ground("RUS")
    (True, False)
    """
    return any(_ISO[code.partition("-")[0]] == country for code in _conflicts()[1])


@cache
def _conflicts() -> tuple[dict[str, list[str]], dict[str, str]]:
    text = (resources.files("geostrike.reading.records") / "conflicts.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    against: dict[str, list[str]] = {}
    for left, right in data["pairs"]:
        against.setdefault(left, []).append(right)
        against.setdefault(right, []).append(left)
    return against, dict(data["held"])

"""The side of a strike (`tables.SIDES`), and the reason where it has no depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geostrike.borders.areas import country_basis, territory_areas
from geostrike.depth.columns import degrees_of, text_of

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from geostrike.borders.border import Border

    Texts = npt.NDArray[np.object_]

__all__ = ["reasons", "sides_of"]


def sides_of(attacker: Texts, ground: Texts, border: Border, *, placed: npt.NDArray[np.bool_]) -> Texts:
    """Return the side of each strike, as seen from its attacker (`tables.SIDES`); empty where unknown.

    Without an attacker the side is empty, unless the strike is in neither country of the border. `ground` is each
    strike's country, `placed` whether it has a place.
    """
    pair = frozenset(border.pair or territory_areas().index)
    known = frozenset(country for country in pair if country_basis(country) or border.basis)
    attacker_code, attackers = pd.factorize(attacker)
    ground_code, grounds = pd.factorize(ground)
    attacking = attackers if border.pair is not None else [attacking or None for attacking in attackers]
    sides = [_side(attacking, country, pair, known) for attacking in attacking for country in grounds]
    by_code = np.array(sides, dtype=np.object_).reshape(len(attackers), len(grounds))
    found: Texts = np.where(placed, by_code[attacker_code, ground_code], "")
    return found


def _side(attacker: str | None, ground: str, pair: frozenset[str], known: frozenset[str]) -> str:
    """Return the side; `attacker` is None without an attacker and a border without countries."""
    if attacker is None:
        return ""
    if attacker and ground == attacker:
        return "home"
    if ground in pair:
        return "across" if attacker else ""
    return "outside" if ground or pair <= known else ""


def reasons(frame: gpd.GeoDataFrame, border: Border, country_at_point: Texts, countries: tuple[Texts, Texts]) -> Texts:
    """Return why each strike has no depth; empty where it has one."""
    reason = np.full(len(frame), "", dtype=object)
    if border.pair is not None:
        for country in countries:
            foreign = (country != "") & ~np.isin(country.astype(str), border.pair)
            reason[foreign] = [f"{name} is not a country of the border {border.name}" for name in country[foreign]]
    if border.outlines:
        neither = ~np.isin(country_at_point.astype(str), list(border.outlines))
        reason[neither & (reason == "")] = f"the place is in neither country of {border.border_id}"
    missing = np.isnan(degrees_of(frame)[0])
    why = text_of(frame, "place_reason")
    reason[missing] = [f"no place: {words}" if words else "no place" for words in why[missing]]
    return reason

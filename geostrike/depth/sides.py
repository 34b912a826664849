"""The side of the border on which a strike lies, and the reason where it has no depth."""

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
    """Where each strike lies as its attacker sees it (`tables.SIDES`); empty where that cannot be told.

    Without an attacker a strike is on no side, unless it lies in neither country of the border. `ground` is the country
    that it lies in, `placed` whether it has a place at all.
    """
    pair = frozenset(border.pair or territory_areas().index)
    carried = frozenset(country for country in pair if country_basis(country) or border.basis)
    attacker_code, attackers = pd.factorize(attacker)
    ground_code, grounds = pd.factorize(ground)
    judged = attackers if border.pair is not None else [attacking or None for attacking in attackers]
    sides = [_side(attacking, country, pair, carried) for attacking in judged for country in grounds]
    by_code = np.array(sides, dtype=np.object_).reshape(len(attackers), len(grounds))
    found: Texts = np.where(placed, by_code[attacker_code, ground_code], "")
    return found


def _side(attacker: str | None, ground: str, pair: frozenset[str], carried: frozenset[str]) -> str:
    """The side; None for no attacker and a border of no countries, from which everything is measured."""
    if attacker is None:
        return ""
    if attacker and ground == attacker:
        return "home"
    if ground in pair:
        return "across" if attacker else ""
    return "outside" if ground or pair <= carried else ""


def reasons(frame: gpd.GeoDataFrame, border: Border, lies_in: Texts, countries: tuple[Texts, Texts]) -> Texts:
    """Why a strike has no depth; empty where it has one."""
    reason = np.full(len(frame), "", dtype=object)
    if border.pair is not None:
        for country in countries:
            foreign = (country != "") & ~np.isin(country.astype(str), border.pair)
            reason[foreign] = [f"{name} is not a country of the border {border.name}" for name in country[foreign]]
    if border.outlines:
        neither = ~np.isin(lies_in.astype(str), list(border.outlines))
        reason[neither & (reason == "")] = f"the place lies in neither country of {border.border_id}"
    missing = np.isnan(degrees_of(frame)[0])
    why = text_of(frame, "place_reason")
    reason[missing] = [f"no place: {words}" if words else "no place" for words in why[missing]]
    return reason

"""How far the headline figures depend on what was chosen, side by side: precision, border, status and merging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geostrike.report.wording import Countries, Told, distance_range, is_known, readable, rows_of
from geostrike.stats.sensitivity import ENDS_OF_MERGING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["choices_of"]

_ASPECTS = {
    "as located": "As located",
    "precision": "By how closely places are known",
    "border": "By what the border is",
    "status": "By how sure a strike is",
    "merging": "By how reports are merged",
}
_BORDERS = {
    "land": "the line that both share on land",
    "territory": "the nearest recognised ground",
    "territory_without_crimea": "the same without Crimea",
}


def choices_of(table: pd.DataFrame, direction: str, countries: Countries) -> dict[str, Any]:
    """The rows of one direction of fire, by what is chosen, and in a sentence how far the median moves."""
    rows = table[table["direction"] == direction]
    medians = rows["median_km"].dropna()
    moved = distance_range(medians.min(), medians.max()) if len(medians) else ""
    told = Told(f"Whatever is chosen below, the median depth of strikes {countries.phrase(direction)} is {moved}.")
    groups = [
        {"name": name, "rows": [_row(row) for row in rows_of(rows[rows["aspect"] == aspect])]}
        for aspect, name in _ASPECTS.items()
    ]
    merging = set(rows.loc[rows["aspect"] == "merging", "choice"])
    return {"told": told, "groups": [group for group in groups if group["rows"]], "note": _on_merging(merging)}


def _on_merging(choices: set[str]) -> str:
    """What the choices of merging leave out."""
    if not choices:
        return "The rows of a table are not merged: there is nothing to choose."
    if not choices - set(ENDS_OF_MERGING):
        return "So many records were not merged anew with other tolerances."
    return "A reviewer’s decisions that two records are one strike, or two, stand under every tolerance."


def _row(row: Any) -> dict[str, str]:
    change = row.median_change_km
    moved = (
        "–" if not is_known(change) else "0" if abs(change) < 0.5 else f"{change:+,.0f}".replace("-", "\N{MINUS SIGN}")
    )
    return {
        "choice": _BORDERS.get(row.choice, readable(row.choice, 60)),
        "measured": f"{int(row.with_depth):,}",
        "median": _km(row.median_km),
        "change": moved,
        "mean": _km(row.mean_km),
        "farthest": _km(row.max_km),
        "place": readable(row.farthest_place, 60) if isinstance(row.farthest_place, str) else "",
    }


def _km(value: float) -> str:
    return f"{value:,.0f}" if is_known(value) else "–"

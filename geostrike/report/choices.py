"""The sensitivity of the headline figures to precision, border, status and merging, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geostrike.report.wording import Countries, Sentence, distance_range, is_known, readable, rows_of
from geostrike.stats.sensitivity import ENDS_OF_MERGING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["choices_of"]

_ASPECTS = {
    "as located": "As located",
    "precision": "By precision of the place",
    "border": "By definition of the border",
    "status": "By status",
    "merging": "By tolerance of merging",
}
_BORDERS = {
    "land": "the shared land border",
    "territory": "the nearest recognised territory",
    "territory_without_crimea": "the same, without Crimea",
}


def choices_of(table: pd.DataFrame, direction: str, countries: Countries) -> dict[str, Any]:
    """The rows of one direction of fire by aspect, and a sentence on the range of the median."""
    rows = table[table["direction"] == direction]
    medians = rows["median_km"].dropna()
    moved = distance_range(medians.min(), medians.max()) if len(medians) else ""
    sentence = Sentence(
        f"Under the choices below, the median depth of strikes {countries.phrase(direction)} is {moved}."
    )
    groups = [
        {"name": name, "rows": [_row(row) for row in rows_of(rows[rows["aspect"] == aspect])]}
        for aspect, name in _ASPECTS.items()
    ]
    merging = set(rows.loc[rows["aspect"] == "merging", "choice"])
    return {"sentence": sentence, "groups": [group for group in groups if group["rows"]], "note": _on_merging(merging)}


def _on_merging(choices: set[str]) -> str:
    """A note on the choices of merging."""
    if not choices:
        return "The rows of a table are not merged, so there are no choices."
    if not choices - set(ENDS_OF_MERGING):
        return "There are too many records to merge them again with other tolerances."
    return "A reviewer’s decisions that two records are one strike, or two, apply under every tolerance."


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

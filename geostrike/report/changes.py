"""What changed between two runs: in sentences made from the data, with the headline figures side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.merging.compare import CHANGES
from geostrike.places import Gazetteer
from geostrike.report.document import document
from geostrike.report.published import writable
from geostrike.report.wording import (
    Countries,
    Told,
    counted,
    days,
    distance,
    distance_range,
    is_known,
    listed,
    readable,
    rows_of,
    sentence_case,
    signed,
)
from geostrike.stats import depth_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geostrike.results import Comparison

__all__ = ["change_sentences", "changes_page", "what_changed"]

MOST_NAMED = 5  # strikes in one sentence
MOST_ROWS = 300  # of one kind of change
_HEADLINES = {"strikes": "strikes", "with_depth": "measured", "median_km": "median, km", "max_km": "farthest, km"}


def changes_page(
    compared: Comparison,
    *,
    old_name: str = "the old run",
    new_name: str = "the new run",
    title: str = "What changed",
) -> str:
    """What changed between two runs, as one HTML page that needs no network and runs no script.

    Parameters
    ----------
    compared
        What `geostrike.runs.compare.compare_runs` found.
    old_name, new_name
        How the page calls the two. Plain text.
    title
        What stands at its head. Plain text.

    Examples
    --------
    >>> from geostrike.merging.compare import compare_strikes
    >>> from geostrike.results import Comparison
    >>> from geostrike.tables import STRIKES, build_table
    >>> row = {"strike_id": "a", "place": "Tuapse", "place_status": "resolved"}
    >>> old, new = (build_table(STRIKES, [row | {"status": status}]) for status in ("unconfirmed", "confirmed"))
    >>> page = changes_page(Comparison(old, new, compare_strikes(old, new)))
    >>> "The status of Tuapse changed from unconfirmed to confirmed." in page
    True
    """
    context = {
        "title": readable(title, 300),
        "facts": [f"from {readable(old_name, 120)}", f"to {readable(new_name, 120)}"],
        "changed": what_changed(compared, Countries(Gazetteer())),
    }
    return document("changes.html", context)


def what_changed(compared: Comparison, countries: Countries) -> dict[str, Any]:
    """Sentences, headline figures and single changes, as the pages show them."""
    changes = compared.changes
    return {
        "sentences": list(change_sentences(compared)),
        "headlines": _headlines(compared, countries),
        "groups": [
            _group(change, changes[changes["change"] == change])
            for change in CHANGES
            if change in set(changes["change"])
        ],
    }


# --- sentences -------------------------------------------------------------------------------------------------------


def change_sentences(compared: Comparison) -> Iterator[Told]:
    """How many strikes there were and are, then a sentence for each kind of change."""
    old, new, changes = len(compared.old), len(compared.new), compared.changes
    if changes.empty:
        yield Told(f"Nothing changed: {counted(new, 'strike')} then and now, all alike.")
        return
    was, now, alike = ("was" if old == 1 else "were"), ("is" if new == 1 else "are"), compared.unchanged
    rest = f"; {alike:,} of them {'is' if alike == 1 else 'are'} as before" if new else ""
    yield Told(f"There {was} {counted(old, 'strike')}; now there {now} {new:,}{rest}.")
    for change, part in changes.groupby("change", sort=False):
        tell = _SENTENCES.get(str(change), _one_word)
        yield tell(part)


def _came(part: pd.DataFrame) -> Told:
    return Told(f"{counted(len(part), 'strike is', 'strikes are')} new: {_names(part)}.")


def _went(part: pd.DataFrame) -> Told:
    return Told(f"{counted(len(part), 'strike is', 'strikes are')} gone: {_names(part)}.")


def _merged(part: pd.DataFrame) -> Told:
    before, after = part["old_id"].nunique(), part["new_id"].nunique()
    return Told(f"{before:,} strikes became {after:,}: {_names(part.drop_duplicates('new_id'))}.")


def _split(part: pd.DataFrame) -> Told:
    before, after = part["old_id"].nunique(), part["new_id"].nunique()
    return Told(f"{counted(before, 'strike')} became {after:,}: {_names(part)}.")


def _moved(part: pd.DataFrame) -> Told:
    part = part.sort_values("moved_km", ascending=False, kind="stable")
    farthest = next(rows_of(part))
    if len(part) == 1:
        return Told(f"{_name(farthest)} moved {distance(farthest.moved_km)}.", _nearer(farthest))
    between = distance_range(part["moved_km"].min(), part["moved_km"].max())
    return Told(f"{len(part):,} strikes moved, by {between}; the farthest: {_name(farthest)}.", _nearer(farthest))


def _nearer(row: Any) -> str:
    """What a move did to the depth."""
    if not is_known(row.depth_change_km):
        return ""
    where = "farther from" if row.depth_change_km > 0 else "nearer to"
    return f"It lies {distance(abs(row.depth_change_km))} {where} the border now."


def _located(part: pd.DataFrame) -> Told:
    return Told(f"{counted(len(part), 'strike')} could be located and could not before: {_names(part)}.")


def _lost(part: pd.DataFrame) -> Told:
    reasons = listed(dict.fromkeys(readable(reason, 120) for reason in part["now"].head(MOST_NAMED) if reason))
    return Told(
        f"{counted(len(part), 'strike')} could be located and cannot be now: {_names(part)}.", sentence_case(reasons)
    )


def _one_word(part: pd.DataFrame) -> Told:
    """Something that is told in words is another: from what to what, and how often."""
    change = str(part["change"].iloc[0])
    what = {"target": "kind of target"}.get(change, change)
    turns = part.groupby(["was", "now"], sort=False).size().sort_values(ascending=False, kind="stable")
    told = [f"from {_word(change, was)} to {_word(change, now)}" for was, now in turns.index[:MOST_NAMED]]
    if len(part) == 1:
        return Told(f"The {what} of {_name(next(rows_of(part)))} changed {told[0]}.")
    numbers = [f"{number:,} {words}" for number, words in zip(turns, told, strict=False)]
    return Told(f"The {what} of {len(part):,} strikes changed: {_cut(numbers, len(turns))}.")


def _measured(part: pd.DataFrame) -> Told:
    change = part["depth_change_km"]
    between = f"{signed(change.min())} to {signed(change.max())} km" if len(part) > 1 else f"{signed(change.min())} km"
    return Told(
        f"{counted(len(part), 'strike lies where it lay, and its', 'strikes lie where they lay, and their')} depth is "
        f"another, by {between}: {_names(part)}.",
        "The border, or how closely the place is known, is not what it was.",
    )


_SENTENCES: dict[str, Callable[[pd.DataFrame], Told]] = {
    "gone": _went,
    "new": _came,
    "merged": _merged,
    "split": _split,
    "moved": _moved,
    "located": _located,
    "not located": _lost,
    "depth": _measured,
}


def _names(part: pd.DataFrame) -> str:
    """The first strikes by name, and how many others."""
    return _cut([_name(row) for row in rows_of(part.head(MOST_NAMED))], len(part))


def _cut(words: list[str], of: int) -> str:
    return listed([*words, f"{of - len(words):,} more"] if of > len(words) else words)


def _name(row: Any) -> str:
    place = readable(row.place, 80) or "an unnamed place"
    return f"{place} ({_when(row.date)})" if row.date else place


def _when(date: str) -> str:
    """A day, or from one to another, where either end may be open."""
    first, _, last = str(date).partition(" to ")
    return days(_day(first), _day(last or first)) if date else "no date"


def _day(written: str) -> Any:
    """A day of the table; NaT for an open end."""
    return pd.to_datetime(written, errors="coerce")


def _word(change: str, told: Any) -> str:
    """What was told, or is: dates as the page writes them, words of a vocabulary without underscores."""
    if change == "date":
        return _when(told)
    return readable(told, 120).replace("_", " ") if change == "status" else readable(told, 120) or "not told"


# --- tables ----------------------------------------------------------------------------------------------------------


def _headlines(compared: Comparison, countries: Countries) -> list[dict[str, Any]]:
    """The headline figures of each direction of fire, before and now; none where a table has no depths."""
    tables = (compared.old, compared.new)
    if not all({"depth_km", "side"} <= set(table.columns) for table in tables):
        return []
    then, now = (depth_summary(writable(table), draws=0, bootstrap=0).set_index("direction") for table in tables)
    return [
        {
            "direction": countries.headline(str(name)),
            "figures": [
                (label, _figure(then, name, figure), _figure(now, name, figure)) for figure, label in _HEADLINES.items()
            ],
        }
        for name in sorted({*then.index, *now.index})
    ]


def _figure(summary: pd.DataFrame, direction: str, figure: str) -> str:
    value = summary[figure].get(direction, 0.0 if not figure.endswith("_km") else float("nan"))
    return f"{value:,.0f}" if is_known(value) else "–"


def _group(change: str, part: pd.DataFrame) -> dict[str, Any]:
    """The changes of one kind, row by row."""
    rows = [
        {
            "place": readable(row.place, 120) or "no place told",
            "date": _when(row.date),
            "was": _word(change, row.was) if row.was else "–",
            "now": _word(change, row.now) if row.now else "–",
            "moved": f"{row.moved_km:,.1f}" if is_known(row.moved_km) else "–",
            "nearer": signed(row.depth_change_km) if is_known(row.depth_change_km) else "–",
        }
        for row in rows_of(part.head(MOST_ROWS))
    ]
    return {
        "name": sentence_case(change),
        "meaning": CHANGES[change],
        "rows": rows,
        "more": len(part) - len(rows),
    }

"""The changes between two runs: sentences, headline figures before and after, and single changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.merging.compare import CHANGES
from geostrike.places import Gazetteer
from geostrike.report.document import document
from geostrike.report.publication import writable
from geostrike.report.wording import (
    Countries,
    Sentence,
    count_of,
    days,
    distance,
    distance_range,
    enumeration,
    is_known,
    readable,
    rows_of,
    sentence_case,
    status_words,
    with_sign,
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
    """Render the changes between two runs as one HTML page without network access or scripts.

    Parameters
    ----------
    compared
        The result of `geostrike.runs.compare.compare_runs`.
    old_name, new_name
        The names of the two on the page. Plain text.
    title
        The title of the page. Plain text.

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
    """Sentences, headline figures and single changes, for the templates."""
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


def change_sentences(compared: Comparison) -> Iterator[Sentence]:
    """The numbers of strikes before and after, then a sentence for each kind of change."""
    old, new, changes = len(compared.old), len(compared.new), compared.changes
    if changes.empty:
        yield Sentence(f"Nothing changed: {count_of(new, 'strike')} before and after.")
        return
    was, now, alike = ("was" if old == 1 else "were"), ("is" if new == 1 else "are"), compared.unchanged
    rest = f"; {alike:,} of them {'is' if alike == 1 else 'are'} unchanged" if new else ""
    yield Sentence(f"There {was} {count_of(old, 'strike')}; now there {now} {new:,}{rest}.")
    for change, part in changes.groupby("change", sort=False):
        describe = _SENTENCES.get(str(change), _one_word)
        yield describe(part)


def _came(part: pd.DataFrame) -> Sentence:
    return Sentence(f"{count_of(len(part), 'strike is', 'strikes are')} new: {_names(part)}.")


def _went(part: pd.DataFrame) -> Sentence:
    return Sentence(f"{count_of(len(part), 'strike is', 'strikes are')} gone: {_names(part)}.")


def _merged(part: pd.DataFrame) -> Sentence:
    before, after = part["old_id"].nunique(), part["new_id"].nunique()
    return Sentence(f"{before:,} strikes became {after:,}: {_names(part.drop_duplicates('new_id'))}.")


def _split(part: pd.DataFrame) -> Sentence:
    before, after = part["old_id"].nunique(), part["new_id"].nunique()
    return Sentence(f"{count_of(before, 'strike')} became {after:,}: {_names(part)}.")


def _moved(part: pd.DataFrame) -> Sentence:
    part = part.sort_values("moved_km", ascending=False, kind="stable")
    farthest = next(rows_of(part))
    if len(part) == 1:
        return Sentence(f"{_name(farthest)} moved {distance(farthest.moved_km)}.", _nearer(farthest))
    between = distance_range(part["moved_km"].min(), part["moved_km"].max())
    return Sentence(f"{len(part):,} strikes moved, by {between}; the farthest: {_name(farthest)}.", _nearer(farthest))


def _nearer(row: Any) -> str:
    """The effect of a move on the depth."""
    if not is_known(row.depth_change_km):
        return ""
    where = "farther from" if row.depth_change_km > 0 else "nearer to"
    return f"It is now {distance(abs(row.depth_change_km))} {where} the border."


def _located(part: pd.DataFrame) -> Sentence:
    return Sentence(f"{count_of(len(part), 'strike')} can now be located: {_names(part)}.")


def _lost(part: pd.DataFrame) -> Sentence:
    reasons = enumeration(dict.fromkeys(readable(reason, 120) for reason in part["now"].head(MOST_NAMED) if reason))
    return Sentence(
        f"{count_of(len(part), 'strike')} can no longer be located: {_names(part)}.", sentence_case(reasons)
    )


def _one_word(part: pd.DataFrame) -> Sentence:
    """A change of one kind of word: from what to what, and how often."""
    change = str(part["change"].iloc[0])
    what = {"target": "kind of target"}.get(change, change)
    turns = part.groupby(["was", "now"], sort=False).size().sort_values(ascending=False, kind="stable")
    changed = [f"from {_word(change, was)} to {_word(change, now)}" for was, now in turns.index[:MOST_NAMED]]
    if len(part) == 1:
        return Sentence(f"The {what} of {_name(next(rows_of(part)))} changed {changed[0]}.")
    numbers = [f"{number:,} {words}" for number, words in zip(turns, changed, strict=False)]
    return Sentence(f"The {what} of {len(part):,} strikes changed: {_cut(numbers, len(turns))}.")


def _measured(part: pd.DataFrame) -> Sentence:
    change = part["depth_change_km"]
    between = (
        f"{with_sign(change.min())} to {with_sign(change.max())} km"
        if len(part) > 1
        else f"{with_sign(change.min())} km"
    )
    return Sentence(
        f"The depth of {count_of(len(part), 'strike')} changed by {between}, although "
        f"{'its place' if len(part) == 1 else 'their places'} did not: {_names(part)}.",
        "The border, or the precision of the place, changed.",
    )


_SENTENCES: dict[str, Callable[[pd.DataFrame], Sentence]] = {
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
    """The names of the first strikes, and the number of others."""
    return _cut([_name(row) for row in rows_of(part.head(MOST_NAMED))], len(part))


def _cut(words: list[str], of: int) -> str:
    return enumeration([*words, f"{of - len(words):,} more"] if of > len(words) else words)


def _name(row: Any) -> str:
    place = readable(row.place, 80) or "an unnamed place"
    return f"{place} ({_when(row.date)})" if row.date else place


def _when(date: str) -> str:
    """A day or an interval of days, either end of which may be open."""
    first, _, last = str(date).partition(" to ")
    return days(_day(first), _day(last or first)) if date else "no date"


def _day(written: str) -> Any:
    """A day of the table; NaT for an open end."""
    return pd.to_datetime(written, errors="coerce")


def _word(change: str, value: Any) -> str:
    """A value before or after a change, as the page writes it."""
    if change == "date":
        return _when(value)
    return status_words(readable(value, 120)) or "none"


# --- tables ----------------------------------------------------------------------------------------------------------


def _headlines(compared: Comparison, countries: Countries) -> list[dict[str, Any]]:
    """The headline figures of each direction of fire, before and after; none if a table has no depths."""
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
    """The changes of one kind, one row per change."""
    rows = [
        {
            "place": readable(row.place, 120) or "no place named",
            "date": _when(row.date),
            "was": _word(change, row.was) if row.was else "–",
            "now": _word(change, row.now) if row.now else "–",
            "moved": f"{row.moved_km:,.1f}" if is_known(row.moved_km) else "–",
            "nearer": with_sign(row.depth_change_km) if is_known(row.depth_change_km) else "–",
        }
        for row in rows_of(part.head(MOST_ROWS))
    ]
    return {
        "name": sentence_case(change),
        "meaning": CHANGES[change],
        "rows": rows,
        "more": len(part) - len(rows),
    }

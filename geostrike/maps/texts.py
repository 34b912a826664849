"""The texts of the strikes in the page's payload: blocks of rows, compressed separately and decoded on demand.

A block is a list of columns separated by FIELD. A column is `=` and the one value of all its rows, or `+` and one value
per line. First come the columns of the strikes; then the tables with any number of rows per strike (known days of open
dates, claims, stated distances), each as a column of the number of rows per strike followed by its own columns; then
the sources: their number per strike, their numbers within the block (`=` if each is new), and their columns, with the
common start of all addresses before the rest of each. In a text NAME replaces the name of the strike's place, and
PUBLISHER the publisher of the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from geostrike.maps.outlines import pack_bytes
from geostrike.tables import CLAIMS, DISTANCES, REPORTS, check_table

if TYPE_CHECKING:
    import numpy.typing as npt

    from geostrike.tables import Table

__all__ = ["BLOCK", "TEXT_COLUMNS", "encode_texts", "name_to_mark", "plain_texts"]

BLOCK = 2048
NAME, PUBLISHER, ESCAPE, FIELD = "\x01\x02\x03\x04"
_LEVEL = 5
# A mark in an original text is escaped as two control characters, neither of which can be part of a name.
_ESCAPES = str.maketrans(
    {NAME: "\x03\x01", PUBLISHER: "\x03\x02", ESCAPE: "\x03\x03", "\n": "\x03\x05", FIELD: "\x03\x06"}
)
_MARK = re.compile(r"[\x01-\x04]")
_CONTROL = re.compile(r"[\x00-\x1f]")

_OF_STRIKES = ("strike_id", "date_as_written", "place_as_written", "place_reason", "place_candidates")
_OF_CLAIMS = ("speaker", "speaker_side", "stance", "quote")
_OF_DISTANCES = ("quote", "value", "unit", "value_km", "hedge", "reference", "verdict")
_OF_SOURCES = ("publisher", "title", "published", "url")
# The columns of a block in order; the page reads them by these names.
TEXT_COLUMNS = {
    "strikes": _OF_STRIKES,
    "open_days": ("date_start", "date_end"),
    "claims": _OF_CLAIMS,
    "distances": _OF_DISTANCES,
    "sources": ("publisher", "title", "published", "url_start", "url_rest"),
}
# Columns whose texts often contain the name of the strike's place.
_WITH_NAMES = {"place_as_written", "place_reason", "place_candidates", "quote"}

_Ints: TypeAlias = "npt.NDArray[np.int64]"
_Texts: TypeAlias = "npt.NDArray[np.object_]"
# The values of a column, or the one value of all its rows.
_Column: TypeAlias = "_Texts | pd.api.extensions.ExtensionArray | str"


def encode_texts(
    table: dict[str, pd.Series[Any]],
    names: _Texts,
    order: _Ints,
    *,
    claims: pd.DataFrame | None = None,
    reports: pd.DataFrame | None = None,
    distances: pd.DataFrame | None = None,
) -> tuple[str, list[int]]:
    """Encode the texts of a strikes table: all blocks in one string, and the offsets at which they begin and end.

    Parameters
    ----------
    table
        The columns of the strikes; texts as returned by `plain_texts`.
    names
        The names of the strikes' places that NAME replaces, from `name_to_mark`, in the order of the page.
    order
        The row of the table for each row of the page.
    claims, reports, distances
        The claims on the strikes, their reports, and the distances stated in these.
    """
    columns = {name: _column(table[name], order) for name in _OF_STRIKES}
    ids = columns["strike_id"]
    tables = [
        _open_ends(table, order),
        _Details.of(claims, CLAIMS, _OF_CLAIMS, ids, len(order)),
        _Details.of(distances, DISTANCES, _OF_DISTANCES, ids, len(order)),
    ]
    sources = _Sources.of(table["report_ids"].take(order).reset_index(drop=True), reports)
    blocks = []
    for first in range(0, len(order), BLOCK):
        rows = slice(first, min(first + BLOCK, len(order)))
        parts = [_part(values, rows, names[rows], marked=name in _WITH_NAMES) for name, values in columns.items()]
        for detail in tables:
            parts += detail.parts(rows, names)
        parts += sources.parts(rows, names)
        blocks.append(pack_bytes(FIELD.join(parts).encode("utf-8"), level=_LEVEL))
    return "".join(blocks), [0, *np.cumsum([len(block) for block in blocks], dtype=int).tolist()]


def plain_texts(values: pd.Series[Any]) -> pd.Series[Any]:
    """The values as text; a lone surrogate, which no file can contain, becomes a question mark."""
    values = values.reset_index(drop=True)
    if values.dtype == "str":
        return values.fillna("") if values.hasnans else values
    texts = ["" if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)]
    return pd.Series([text.encode("utf-8", "replace").decode("utf-8") for text in texts], dtype="str")


# --- columns ----------------------------------------------------------------------------------------------------------


def _column(values: pd.Series[Any], rows: _Ints | None = None) -> _Column:
    if len(values) and (values == values.iloc[0]).all():
        return str(values.iloc[0])
    if values.iloc[:8192].nunique() < min(4096, len(values)):  # repeated words: make each once
        codes, words = pd.factorize(values)
        return np.asarray(words, dtype=object)[codes if rows is None else codes[rows]]
    # Distinct texts are converted to Python strings block by block: a million of them would take 60 MB.
    texts: pd.api.extensions.ExtensionArray = values.array
    return texts if rows is None else texts.take(rows)


def _spread(column: _Column, count: int) -> _Texts:
    return np.full(count, column, dtype=object) if isinstance(column, str) else np.asarray(column, dtype=object)


def _part(column: _Column, rows: slice | _Ints, names: _Texts, *, marked: bool = False) -> str:
    """Encode some rows of a column for a block; with `marked`, NAME replaces the name of the row in its text."""
    if isinstance(column, str):
        return _join([column.translate(_ESCAPES)])
    values = _escape(np.asarray(column[rows], dtype=object).tolist())
    return _join(_mark_names(values, names.tolist(), NAME) if marked else values)


def _join(values: list[str]) -> str:
    if values and values.count(values[0]) == len(values):
        return "=" + values[0]
    return "+" + "\n".join(values)


def _numbers(values: _Ints) -> str:
    if len(values) and (values == values[0]).all():
        return f"={values[0]}"
    return "+" + "\n".join(map(str, values.tolist()))


def _escape(values: list[str]) -> list[str]:
    """The values with marks and line ends escaped."""
    text = "\n".join(values)
    if text.count("\n") >= max(1, len(values)) or _MARK.search(text):
        return [value.translate(_ESCAPES) for value in values]
    return values


def _mark_names(values: list[str], names: list[str], mark: str) -> list[str]:
    """The escaped values, each with a mark instead of its name."""
    if values == names:
        return [mark] * len(values)
    return [value.replace(name, mark) for value, name in zip(values, names, strict=True)]


def name_to_mark(name: str) -> str:
    """The name, or a character of no escaped text if a mark cannot replace the name or would save nothing."""
    return name if len(name) > 1 and not _CONTROL.search(name) else FIELD


# --- tables with any number of rows per strike ------------------------------------------------------------------------


@dataclass
class _Details:
    """The rows of a table grouped by strike, in the order of the strikes."""

    counts: _Ints  # rows per strike
    begin: _Ints  # first row of each strike, and the end of the last
    columns: dict[str, _Column]

    @classmethod
    def of(cls, frame: pd.DataFrame | None, table: Table, names: tuple[str, ...], ids: _Column, count: int) -> _Details:
        """Group the rows of a table by strike_id; within a strike they keep the order of the table."""
        if frame is None or frame.empty or not count:
            return cls(np.zeros(count, dtype=np.int64), np.zeros(count + 1, dtype=np.int64), dict.fromkeys(names, ""))
        check_table(frame, table, columns=["strike_id", *names])
        theirs = plain_texts(frame["strike_id"]).to_numpy(dtype=object)
        codes = pd.factorize(np.concatenate([_spread(ids, count), theirs]))[0]
        of_strikes, of_rows = codes[:count], codes[count:]
        frequency = np.bincount(of_rows, minlength=codes.max() + 1)
        counts = frequency[of_strikes]
        begin = np.r_[0, np.cumsum(counts)]
        found = (np.cumsum(frequency) - frequency)[of_strikes]  # first row of each strike among the sorted rows
        rows = np.argsort(of_rows, kind="stable")[np.repeat(found - begin[:-1], counts) + np.arange(begin[-1])]
        return cls(counts, begin, {name: _column(_as_texts(frame[name]), rows) for name in names})

    def parts(self, rows: slice, names: _Texts) -> list[str]:
        """The columns of a block: the number of rows per strike, then the table's own columns."""
        counts = self.counts[rows]
        mine = slice(self.begin[rows.start], self.begin[rows.stop])
        places = np.repeat(names[rows], counts)
        columns = self.columns.items()
        return [
            _numbers(counts),
            *(_part(column, mine, places, marked=name in _WITH_NAMES) for name, column in columns),
        ]


def _as_texts(values: pd.Series[Any]) -> pd.Series[Any]:
    """Texts unchanged; numbers with up to three decimals, empty if missing."""
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return plain_texts(values)
    numbers = values.astype(float).round(3).tolist()
    return pd.Series(["" if number != number else repr(number) for number in numbers], dtype="str")


def _open_ends(table: dict[str, pd.Series[Any]], order: _Ints) -> _Details:
    """The known days of open intervals."""
    days = {name: table[name].take(order).reset_index(drop=True) for name in TEXT_COLUMNS["open_days"]}
    is_open = (days["date_start"].isna() ^ days["date_end"].isna()).to_numpy()
    counts = is_open.astype(np.int64)
    columns = {name: _column(_day_texts(values[is_open])) for name, values in days.items()}
    return _Details(counts, np.r_[0, np.cumsum(counts)], columns)


def _day_texts(values: pd.Series[Any]) -> pd.Series[Any]:
    codes, days = pd.factorize(pd.to_datetime(values))
    texts = np.array([*pd.DatetimeIndex(days).strftime("%Y-%m-%d"), ""], dtype=object)  # code -1: no day
    return pd.Series(texts[codes], dtype=object)


# --- sources ----------------------------------------------------------------------------------------------------------


@dataclass
class _Sources:
    """The reports of the strikes, in the order of the strikes."""

    counts: _Ints
    begin: _Ints
    sources: _Ints  # the row in `columns` of each
    columns: dict[str, _Column]
    once: bool  # whether each report belongs to one strike only

    @classmethod
    def of(cls, report_ids: pd.Series[Any], reports: pd.DataFrame | None) -> _Sources:
        """Look up the reports of each strike by their ids, separated by spaces; an unknown id becomes the publisher."""
        counts, ids = _split_ids(report_ids)
        known, columns = _report_columns(reports)
        codes, every = pd.factorize(pd.concat([known, ids], ignore_index=True))
        row_of = np.full(len(every), -1, dtype=np.int64)
        row_of[codes[: len(known)]] = np.arange(len(known))
        sources = row_of[codes[len(known) :]]
        if (unknown := sources < 0).any():
            numbers, others = pd.factorize(ids[unknown])
            sources[unknown] = numbers + len(known)
            added = {name: np.full(len(others), "", dtype=object) for name in columns}
            added["publisher"] = np.asarray(others, dtype=object)
            columns = {name: np.concatenate([_spread(old, len(known)), added[name]]) for name, old in columns.items()}
        once = np.bincount(sources).max(initial=0) <= 1
        return cls(counts, np.r_[0, np.cumsum(counts)], sources, columns, bool(once))

    def parts(self, rows: slice, names: _Texts) -> list[str]:
        """The columns of a block: sources per strike, their numbers, and their columns."""
        counts = self.counts[rows]
        sources = self.sources[self.begin[rows.start] : self.begin[rows.stop]]
        places = np.repeat(names[rows], counts)
        numbers = "="
        if not self.once:
            codes, sources = pd.factorize(sources)
            numbers = _numbers(codes)
            places = places[np.unique(codes, return_index=True)[1]]  # the place of a source is that of its first strike
        publisher, title, published, url = (
            [column] * len(sources) if isinstance(column, str) else np.asarray(column[sources], dtype=object).tolist()
            for column in self.columns.values()
        )
        to_mark = {name: name_to_mark(name) for name in set(publisher)}
        titles = _mark_names(
            _mark_names(_escape(title), places.tolist(), NAME), [to_mark[name] for name in publisher], PUBLISHER
        )
        return [
            _numbers(counts), numbers, _join(_escape(publisher)), _join(titles), _join(_escape(published)),
            *_addresses(_escape(url)),
        ]  # fmt: skip


def _split_ids(report_ids: pd.Series[Any]) -> tuple[_Ints, pd.Series[Any]]:
    """The number of ids in each text, and all ids."""
    texts = report_ids.astype("str")
    given = (texts != "").to_numpy(dtype=bool)  # rows of a table of events often have none
    counts = given.astype(np.int64)
    ids = texts[given]
    if ids.str.contains(r"\s").any():
        parts = [text.split() for text in ids.tolist()]
        counts[given] = [len(names) for names in parts]
        ids = pd.Series([name for names in parts for name in names], dtype="str")
    return counts, ids


def _addresses(addresses: list[str]) -> tuple[str, str]:
    """The common start of all addresses, and the rest of each."""
    text = _join(addresses)
    first, last = (min(addresses), max(addresses)) if text.startswith("+") and addresses else ("", "")
    head = next((first[:k] for k, letter in enumerate(first) if last[k : k + 1] != letter), first)
    return f"={head}", "+" + text[1:].removeprefix(head).replace("\n" + head, "\n") if head else text


def _report_columns(reports: pd.DataFrame | None) -> tuple[pd.Series[Any], dict[str, _Column]]:
    """The ids of the reports, and their publishers, titles, days and addresses."""
    if reports is None or reports.empty:
        return pd.Series([], dtype="str"), dict.fromkeys(_OF_SOURCES, "")
    check_table(reports, REPORTS, columns=["report_id", *_OF_SOURCES])
    columns = {
        name: _column(_day_texts(reports[name]) if name == "published" else plain_texts(reports[name]))
        for name in _OF_SOURCES
    }
    return plain_texts(reports["report_id"]), columns

"""Excerpts of the reports, or their whole texts, with the extracted parts marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from geostrike.report.wording import as_date, printable, readable, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

__all__ = ["Piece", "ReadReport", "read_reports"]

# The marks and their names; of two that overlap, the first in this order is kept.
MARKS = {
    "distance": "stated distance",
    "place": "place that was struck",
    "speaker": "who says it",
    "date": "date",
    "mention": "other place",
}
MOST_LETTERS = 400  # of one excerpt
MOST_QUOTED = 1_800  # letters of one report
_STRUCK = ("struck", "intercepted", "aborted")


@dataclass(frozen=True)
class Piece:
    """Text with one mark, or with none."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class ReadReport:
    """A report as the page shows it."""

    key: str
    title: str
    publisher: str
    published: str
    path: str
    url: str
    language: str
    excerpts: list[list[Piece]] = field(default_factory=list)
    left_out: int = 0


Span = tuple[int, int, str]


def read_reports(
    reports: pd.DataFrame,
    records: pd.DataFrame,
    claims: pd.DataFrame,
    mentions: pd.DataFrame,
    distances: pd.DataFrame,
    *,
    full_text: bool = False,
    most: int = 200,
) -> list[ReadReport]:
    """The first reports, with the passages that describe strikes and the marks in them.

    Parameters
    ----------
    reports, records, claims, mentions, distances
        The tables of a run; `start` and `end` are offsets in a report's `text`.
    full_text
        Whether to show the whole text, which is other people's copyright.
    most
        The greatest number of reports.
    """
    first = reports.head(most)
    ids = set(first["report_id"])
    tables = [_by_report(table, ids) for table in (records, claims, mentions, distances)]
    shown = []
    for number, row in enumerate(rows_of(first)):
        found = ReportRows(*(table.get(row.report_id, []) for table in tables))
        text = str(row.text)
        spans = _marks(text, found)
        passages = [(0, len(text))] if full_text else _passages(text, found)
        kept = passages if full_text else _as_many_as_may_be_quoted(passages)
        excerpts = [_pieces(text, *passage, spans, whole=full_text) for passage in kept]
        shown.append(_shown(row, number, excerpts, len(passages) - len(kept)))
    return shown


class ReportRows(NamedTuple):
    """The rows of one report."""

    records: list[Any]
    claims: list[Any]
    mentions: list[Any]
    distances: list[Any]


def _by_report(table: pd.DataFrame, ids: set[str]) -> dict[str, list[Any]]:
    """The rows of these reports, by report."""
    found: dict[str, list[Any]] = {}
    for row in rows_of(table[table["report_id"].isin(list(ids))]):
        found.setdefault(row.report_id, []).append(row)
    return found


def _shown(row: Any, number: int, excerpts: list[list[Piece]], left_out: int) -> ReadReport:
    url = str(row.url).strip()
    return ReadReport(
        key=f"report-{number}",
        title=readable(row.title, 300),
        publisher=readable(row.publisher, 200),
        published=as_date(row.published),
        path=readable(row.path, 200),
        url=url if is_web_address(url) else "",
        language=str(row.language) if str(row.language).isalpha() and len(str(row.language)) <= 3 else "",
        excerpts=excerpts,
        left_out=left_out,
    )


def is_web_address(text: str) -> bool:
    """Whether a text is a web address that may become a link.

    Examples
    --------
    >>> is_web_address("https://example.org/a"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    return text.lower().startswith(("https://", "http://")) and text.isprintable() and " " not in text


def _marks(text: str, found: ReportRows) -> list[Span]:
    """Non-overlapping marks in the order of the text."""
    spans = [(int(row.start), int(row.end), "distance") for row in found.distances]
    spans += [(int(row.start), int(row.end), "place" if row.role in _STRUCK else "mention") for row in found.mentions]
    spans += _words_in(text, found.claims, "speaker", "speaker") + _words_in(
        text, found.records, "date_as_written", "date"
    )
    rank = {mark: number for number, mark in enumerate(MARKS)}
    taken: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (rank[span[2]], span[0], -span[1])):
        inside = 0 <= span[0] < span[1] <= len(text)
        if inside and not any(span[0] < end and start < span[1] for start, end, _ in taken):
            taken.append(span)
    return sorted(taken)


def _words_in(text: str, rows: list[Any], column: str, mark: str) -> list[Span]:
    """The positions of a column's words within the passages of their rows."""
    found = []
    for row in rows:
        words = str(getattr(row, column))
        at = text.find(words, int(row.start), int(row.end)) if words else -1
        if at >= 0:
            found.append((at, at + len(words), mark))
    return found


def _passages(text: str, found: ReportRows) -> list[tuple[int, int]]:
    """The passages of records, claims and stated distances, joined across spaces."""
    rows = [*found.records, *found.claims, *found.distances]
    joined: list[tuple[int, int]] = []
    for start, end in sorted({(int(row.start), int(row.end)) for row in rows}):
        if not 0 <= start < end <= len(text):
            continue
        if joined and (start <= joined[-1][1] or text[joined[-1][1] : start].strip(" ") == ""):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [part for passage in joined for part in _short(text, *passage)]


def _as_many_as_may_be_quoted(passages: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first passages, up to the limit for quotes of one report."""
    kept, letters = [], 0
    for start, end in passages:
        letters += end - start
        if letters > MOST_QUOTED:
            break
        kept.append((start, end))
    return kept


def _short(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    """Split a passage into excerpts, between words."""
    while end - start > MOST_LETTERS:
        space = text.rfind(" ", start + 1, start + MOST_LETTERS)
        cut = space if space > start else start + MOST_LETTERS
        yield start, cut
        start = cut + (cut == space)
    yield start, end


def _pieces(text: str, start: int, end: int, marks: Sequence[Span], *, whole: bool) -> list[Piece]:
    """The text from start to end in pieces, with dots where it continues."""
    pieces = [] if whole or start == 0 else [Piece("… ")]
    at = start
    for first, last, mark in marks:
        if first >= at and last <= end:
            pieces += [Piece(printable(text[at:first])), Piece(printable(text[first:last]), mark)]
            at = last
    most = 1_000_000 if whole else 10_000
    pieces.append(Piece(printable(text[at:end], most)))
    if not whole and end < len(text):
        pieces.append(Piece(" …"))
    return [piece for piece in pieces if piece.text]

"""Extract tables from reports: mentions, records, claims, stated distances and quantities."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.intake.collection import no_collection
from geostrike.intake.faults import fault_reason
from geostrike.reading.documents.formats import EXCERPT
from geostrike.reading.documents.reports import clean_text
from geostrike.reading.report import read_report
from geostrike.reading.rows import (
    NO_ROWS,
    Read,
    Report,
    Resolutions,
    Row,
    Rows,
    claim_row,
    distance_row,
    mention_row,
    quantity_row,
    record_ids,
    record_row,
    resolutions_of,
)
from geostrike.reading.statements.claims import read_claims
from geostrike.reading.statements.distances import read_distances
from geostrike.reading.statements.quantities import read_quantities
from geostrike.reading.text.language import guess_language, is_read
from geostrike.reading.text.lexicon import load_lexicon
from geostrike.reading.text.publication import find_date_line
from geostrike.reading.workers import (
    describe_places,
    extract_in_workers,
    is_worth_workers,
    open_places,
    to_json,
)
from geostrike.tables import (
    CLAIMS,
    DISTANCES,
    MENTIONS,
    QUANTITIES,
    QUARANTINE,
    RECORDS,
    REPORTS,
    build_table,
    check_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geostrike.places import Resolver
    from geostrike.reading.text.lexicon import Lexicon

__all__ = ["Extraction", "extract", "extract_some"]

_TABLES = (MENTIONS, RECORDS, CLAIMS, DISTANCES, QUANTITIES)
# The columns of each table with a closed vocabulary.
_VOCABULARIES = [[(c.name, c.values) for c in table.columns if c.values is not None] for table in _TABLES]
ROWS_AT_ONCE = 20_000
_NEEDED = ["report_id", "published", "language", "text"]
_DATE_PREFIX = re.compile(r"\A\s*date \d{4}-\d{2}-\d{2}\s")
# "MOSCOW/KYIV (Staff) - ", "KYIV, Ukraine (AP) — ": the names before the dash are where the report was written.
_DATELINE = re.compile(r"\s*(?:[A-ZА-ЯІЇЄҐÄÖÜ][^\n.!?:;–—-]{1,60})(?:[ ][-–—][ ])")
_LONGEST_LEAD = 80
# A date below a sentence is a stamp at the foot.
_SENTENCE_BEFORE = re.compile(r"[.!?…]\s*\n")


@dataclass(frozen=True)
class Extraction:
    """Tables of mentions, records, claims, distances and quantities, each row with its span in the text.

    `quarantine` holds the reports that could not be read, with the reason and an additional column `report_id`; the
    other tables have no rows of them. `resolutions` holds the resolutions of the records' place names, by name and
    hints.
    """

    mentions: pd.DataFrame
    records: pd.DataFrame
    claims: pd.DataFrame
    distances: pd.DataFrame
    quantities: pd.DataFrame
    quarantine: pd.DataFrame = field(default_factory=lambda: _quarantine([]))
    resolutions: Resolutions = field(default_factory=dict)


def extract(reports: pd.DataFrame, gazetteer: Resolver, *, progress: bool = False) -> Extraction:
    """Extract every strike in the reports, with its place, date, target, weapon, attacker, claims and status.

    A report in a language without a lexicon has no rows. One that cannot be read, for whatever reason, is moved to
    `Extraction.quarantine`; the others are still read.

    Parameters
    ----------
    reports
        One row per report, with the columns `report_id`, `published`, `language`, `text` and, optionally, `path`.
    gazetteer
        Resolves place names.
    progress
        Show a progress bar.

    Raises
    ------
    TableError
        If a required column is missing.

    Examples
    --------
    >>> from geostrike.places import Gazetteer
    >>> reports = pd.DataFrame({"report_id": ["r"], "published": [pd.Timestamp("2024-04-24")], "language": ["en"],
    ...                         "text": ["Drones struck an oil depot in Yartsevo early on Wednesday."]})
    >>> record = extract(reports, Gazetteer()).records.iloc[0]
    >>> record.place_as_written, record.target_kind, record.weapon, record.attacker, record.attacker_basis
    ('Yartsevo', 'oil depot', 'drone', 'UKR', 'inferred')
    """
    check_table(reports, REPORTS, columns=_NEEDED)
    tables = _TableBuilder()
    days = [_day(moment) for moment in pd.to_datetime(reports["published"])]
    ids, languages, texts = ([clean_text(cell) for cell in reports[name]] for name in ("report_id", "language", "text"))
    inputs = list(zip(ids, days, languages, texts, strict=True))
    failed: list[Row] = []
    known: Resolutions = {}
    paths = reports["path"] if "path" in reports.columns else [""] * len(reports)
    results = _with_progress(_extract_all(inputs, gazetteer), len(inputs), show=progress)
    for report, path, (rows, resolutions, code, fault) in zip(inputs, paths, results, strict=True):
        tables.add(rows)
        known |= resolutions
        if code:
            row: Row = {"report_id": report[0], "path": path, "code": code, "reason": fault, "content": report[3]}
            failed.append(row)
    mentions, records, claims, distances, quantities = tables.tables()
    return Extraction(mentions, records, claims, distances, quantities, _quarantine(failed), known)


def _quarantine(rows: list[Row]) -> pd.DataFrame:
    """Build the quarantine table of reports that could not be read."""
    cells = [row | {"line": 0, "content": str(row["content"])[:EXCERPT]} for row in rows]
    return build_table(QUARANTINE, cells).assign(report_id=pd.Series([row["report_id"] for row in rows], dtype="str"))


def _extract_all(reports: list[Report], gazetteer: Resolver) -> Iterator[Read]:
    """Yield the rows of each report; many reports are read by workers if these can open the gazetteer."""
    described = describe_places(gazetteer) if is_worth_workers(reports) else None
    if described is None:
        yield from (_extract_or_quarantine(report, gazetteer) for report in reports)
        return
    for report, read in zip(reports, extract_in_workers(reports, described), strict=True):
        yield read or _extract_or_quarantine(report, gazetteer)


def extract_some(*, places: str, reports: list[tuple[str, str | None, str, str]]) -> list[Any] | None:
    """Extract the rows of some reports in a form that JSON can hold; runs in a worker.

    Parameters
    ----------
    places
        The gazetteer, as `geostrike.reading.workers.describe_places` describes it, in JSON.
    reports
        Id, publication date, language and text of each report.
    """
    gazetteer = _gazetteer(places)
    if gazetteer is None:
        return None
    days = [dt.date.fromisoformat(day) if day else None for _, day, _, _ in reports]
    inputs = [(report, day, language, text) for (report, _, language, text), day in zip(reports, days, strict=True)]
    return [to_json(_extract_or_quarantine(report, gazetteer)) for report in inputs]


@lru_cache(maxsize=1)
def _gazetteer(places: str) -> Resolver | None:
    return open_places(json.loads(places))


def _extract_or_quarantine(report: Report, gazetteer: Resolver) -> Read:
    """Return the rows and resolutions of a report; or none, with a quarantine code and a reason."""
    report_id, published, language, text = report
    try:
        with no_collection():
            rows, resolutions = _extract_rows(report_id, published, language, text, gazetteer)
        _check_rows(rows, text)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - any fault costs only this report
        return NO_ROWS, {}, "FAULT", fault_reason(error)
    return rows, resolutions, "", ""


def _check_rows(rows: Rows, text: str) -> None:
    """Reject rows that no later stage could use.

    Raises
    ------
    ValueError
        If a span exceeds the text, an interval ends before it starts, or a word is not in its vocabulary.
    """
    for model, closed, table in zip(_TABLES, _VOCABULARIES, rows, strict=True):
        for row in table:
            start, end = row["start"], row["end"]
            if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(text)):
                msg = f"{model.name}: span {start} to {end} in a text of {len(text)} characters"
                raise ValueError(msg)
            for name, words in closed:
                if row.get(name, "") not in words and name in row:
                    msg = f"{model.name}: {name} is {row[name]!r}, which is not in its vocabulary"
                    raise ValueError(msg)
    for row in rows[1]:
        first, last = row["date_start"], row["date_end"]
        if isinstance(first, pd.Timestamp) and isinstance(last, pd.Timestamp) and first > last:
            msg = f"records: date_end {last:%Y-%m-%d} is before date_start {first:%Y-%m-%d}"
            raise ValueError(msg)


class _TableBuilder:
    """Builds the tables in chunks of rows, since rows take ten times the memory of a table."""

    def __init__(self) -> None:
        self._rows: Rows = ([], [], [], [], [])
        self._tables: list[list[pd.DataFrame]] = [[] for _ in _TABLES]

    def add(self, rows: Rows) -> None:
        """Add the rows of one report."""
        for table, new in zip(self._rows, rows, strict=True):
            table.extend(new)
        if len(self._rows[0]) >= ROWS_AT_ONCE:
            self._build()

    def tables(self) -> list[pd.DataFrame]:
        """Return the five tables."""
        self._build()
        return [pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0] for parts in self._tables]

    def _build(self) -> None:
        for model, rows, parts in zip(_TABLES, self._rows, self._tables, strict=True):
            if rows or not parts:
                parts.append(build_table(model, rows))
                rows.clear()


def _day(moment: object) -> dt.date | None:
    return moment.date() if isinstance(moment, pd.Timestamp) else None


def _with_progress(rows: Iterable[Read], total: int, *, show: bool) -> Iterable[Read]:
    if not show:
        return rows
    from tqdm.auto import tqdm

    return tqdm(rows, total=total, desc="reports", unit="report")


def _extract_rows(
    report_id: str, published: dt.date | None, language: str, text: str, gazetteer: Resolver
) -> tuple[Rows, Resolutions]:
    language = language or guess_language(text)
    if not is_read(language):
        return NO_ROWS, {}
    lexicon = load_lexicon(language)
    prefix = _DATE_PREFIX.match(text)
    start = prefix.end() if prefix else 0
    header_end = _header_end(text, start, lexicon)
    reading = read_report(text, lexicon, gazetteer, published=published, start=start, header_end=header_end)
    claims = read_claims(reading)
    ids = record_ids(report_id, reading.records)
    stances: dict[int, list[tuple[str, str]]] = {}
    for claim in claims:
        stances.setdefault(id(claim.record), []).append((claim.side, claim.stance))
    records = [record_row(report_id, r, stances.get(id(r), []), ids, reading) for r in reading.records]
    of_mention = {id(m): ids[id(r)] for r in reading.records for m in [r.mention, *(f.mention for f in r.frames)] if m}
    mentions = [mention_row(report_id, m, of_mention) for scene in reading.scenes for m in scene.mentions]
    rows = (
        mentions,
        records,
        [claim_row(report_id, claim, ids) for claim in claims],
        [distance_row(report_id, distance, ids) for distance in read_distances(reading)],
        [quantity_row(report_id, quantity, ids) for quantity in read_quantities(reading)],
    )
    return rows, resolutions_of(records, gazetteer)


def _header_end(text: str, start: int, lexicon: Lexicon) -> int:
    """Return where the opening with place and date ends."""
    end = start
    line = find_date_line(text[start:], lexicon)
    if line is not None and line.start < _LONGEST_LEAD and not _SENTENCE_BEFORE.search(text, start, start + line.start):
        end += line.end
    dateline = _DATELINE.match(text, start)
    if dateline is not None and _is_dateline(dateline.group()):
        end = max(end, dateline.end())
    return end


def _is_dateline(opening: str) -> bool:
    """Whether the words before a dash are a dateline: "KYIV, Ukraine", "Moskau/Kiew", "Kyiv (AP)"."""
    return opening.split()[0].rstrip(",").isupper() or "(" in opening or "/" in opening

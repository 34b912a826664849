"""Reports to the four tables of what they say: mentions, records, claims and stated distances."""

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
from geostrike.reading.documents.reports import whole_text
from geostrike.reading.report import read_strikes
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
from geostrike.reading.text.language import guess_language
from geostrike.reading.text.lexicon import load_lexicon
from geostrike.reading.text.publication import find_date_line
from geostrike.reading.workers import (
    chosen_places,
    described_places,
    is_worth_workers,
    read_by_workers,
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

__all__ = ["Extraction", "extract", "read_some"]

_TABLES = (MENTIONS, RECORDS, CLAIMS, DISTANCES, QUANTITIES)
# The columns of each that hold words of a closed vocabulary.
_CLOSED = [[(c.name, c.values) for c in table.columns if c.values is not None] for table in _TABLES]
ROWS_AT_ONCE = 20_000
_NEEDED = ["report_id", "published", "language", "text"]
_DATE_PREFIX = re.compile(r"\A\s*date \d{4}-\d{2}-\d{2}\s")
# "MOSCOW/KYIV (Staff) - ", "KYIV, Ukraine (AP) — ": names before the dash tell where the report was written.
_DATELINE = re.compile(r"\s*(?:[A-ZА-ЯІЇЄҐÄÖÜ][^\n.!?:;–—-]{1,60})(?:[ ][-–—][ ])")
_LONGEST_LEAD = 80


@dataclass(frozen=True)
class Extraction:
    """What reports say, each with its characters in the text: names, strikes, claims, distances and quantities.

    `quarantine` holds the reports that could not be read, with the reason and, besides its own columns, `report_id`;
    nothing of them is in the other tables. `resolutions` holds what the place names of the records mean, by name and
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
    """Read every strike that the reports tell of, with its place, date, target, weapon, attacker, claims and status.

    A report that cannot be read, for whatever reason, goes to `Extraction.quarantine`, and the others are read.

    Parameters
    ----------
    reports
        One row a report: `report_id`, `published`, `language` and `text` are needed; `path` is used where there is one.
    gazetteer
        Finds the places that bear the names.
    progress
        Show a progress bar.

    Raises
    ------
    TableError
        If a needed column is missing.

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
    shelf = _Shelf()
    days = [_day(moment) for moment in pd.to_datetime(reports["published"])]
    ids, languages, texts = ([whole_text(cell) for cell in reports[name]] for name in ("report_id", "language", "text"))
    told = list(zip(ids, days, languages, texts, strict=True))
    refused: list[Row] = []
    known: Resolutions = {}
    paths = reports["path"] if "path" in reports.columns else [""] * len(reports)
    found = _with_progress(_read_all(told, gazetteer), len(told), show=progress)
    for report, path, (rows, resolutions, code, fault) in zip(told, paths, found, strict=True):
        shelf.put(rows)
        known |= resolutions
        if code:
            row: Row = {"report_id": report[0], "path": path, "code": code, "reason": fault, "content": report[3]}
            refused.append(row)
    mentions, records, claims, distances, quantities = shelf.tables()
    return Extraction(mentions, records, claims, distances, quantities, _quarantine(refused), known)


def _quarantine(rows: list[Row]) -> pd.DataFrame:
    """Quarantine rows of the reports that could not be read."""
    told = [row | {"line": 0, "content": str(row["content"])[:EXCERPT]} for row in rows]
    return build_table(QUARANTINE, told).assign(report_id=pd.Series([row["report_id"] for row in rows], dtype="str"))


def _read_all(reports: list[Report], gazetteer: Resolver) -> Iterator[Read]:
    """What each report tells; many reports are read by workers, where these can open the gazetteer."""
    described = described_places(gazetteer) if is_worth_workers(reports) else None
    if described is None:
        yield from (_read_or_fault(report, gazetteer) for report in reports)
        return
    for report, read in zip(reports, read_by_workers(reports, described), strict=True):
        yield read or _read_or_fault(report, gazetteer)


def read_some(*, places: str, reports: list[tuple[str, str | None, str, str]]) -> list[Any] | None:
    """What some reports tell, as what JSON can hold; this runs in a worker.

    Parameters
    ----------
    places
        The gazetteer, as `geostrike.reading.workers.described_places` describes it, in JSON.
    reports
        Id, day of publication, language and text of each.
    """
    gazetteer = _gazetteer(places)
    if gazetteer is None:
        return None
    days = [dt.date.fromisoformat(day) if day else None for _, day, _, _ in reports]
    told = [(report, day, language, text) for (report, _, language, text), day in zip(reports, days, strict=True)]
    return [to_json(_read_or_fault(report, gazetteer)) for report in told]


@lru_cache(maxsize=1)
def _gazetteer(places: str) -> Resolver | None:
    return chosen_places(json.loads(places))


def _read_or_fault(report: Report, gazetteer: Resolver) -> Read:
    """The rows of a report and nothing; or no rows, and why it cannot be read."""
    report_id, published, language, text = report
    try:
        with no_collection():
            rows, resolutions = _read(report_id, published, language, text, gazetteer)
        _check_rows(rows, text)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs this report only
        return NO_ROWS, {}, "FAULT", fault_reason(error)
    return rows, resolutions, "", ""


def _check_rows(rows: Rows, text: str) -> None:
    """Refuse rows that no later stage could use.

    Raises
    ------
    ValueError
        If a span lies outside the text, an interval ends before it starts, or a word is outside its vocabulary.
    """
    for model, closed, table in zip(_TABLES, _CLOSED, rows, strict=True):
        for row in table:
            start, end = row["start"], row["end"]
            if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(text)):
                msg = f"{model.name}: characters {start} to {end} of a text of {len(text)}"
                raise ValueError(msg)
            for name, words in closed:
                if row.get(name, "") not in words and name in row:
                    msg = f"{model.name}: {name} is {row[name]!r}"
                    raise ValueError(msg)
    for row in rows[1]:
        first, last = row["date_start"], row["date_end"]
        if isinstance(first, pd.Timestamp) and isinstance(last, pd.Timestamp) and first > last:
            msg = f"records: {last:%Y-%m-%d} is before {first:%Y-%m-%d}"
            raise ValueError(msg)


class _Shelf:
    """What was read so far: a table is built of every so many rows, since rows take ten times its memory."""

    def __init__(self) -> None:
        self._rows: Rows = ([], [], [], [], [])
        self._tables: list[list[pd.DataFrame]] = [[] for _ in _TABLES]

    def put(self, rows: Rows) -> None:
        """Keep what one report tells."""
        for table, new in zip(self._rows, rows, strict=True):
            table.extend(new)
        if len(self._rows[0]) >= ROWS_AT_ONCE:
            self._build()

    def tables(self) -> list[pd.DataFrame]:
        """The five tables, whole."""
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


def _read(
    report_id: str, published: dt.date | None, language: str, text: str, gazetteer: Resolver
) -> tuple[Rows, Resolutions]:
    lexicon = load_lexicon(language or guess_language(text))
    prefix = _DATE_PREFIX.match(text)
    start = prefix.end() if prefix else 0
    header_end = _header_end(text, start, lexicon)
    told = read_strikes(text, lexicon, gazetteer, published=published, start=start, header_end=header_end)
    claims = read_claims(told)
    ids = record_ids(report_id, told.records)
    spoken: dict[int, list[tuple[str, str]]] = {}
    for claim in claims:
        spoken.setdefault(id(claim.record), []).append((claim.side, claim.stance))
    records = [record_row(report_id, r, spoken.get(id(r), []), ids, told) for r in told.records]
    of_mention = {id(m): ids[id(r)] for r in told.records for m in [r.mention, *(f.mention for f in r.frames)] if m}
    mentions = [mention_row(report_id, m, of_mention) for scene in told.scenes for m in scene.mentions]
    rows = (
        mentions,
        records,
        [claim_row(report_id, claim, ids) for claim in claims],
        [distance_row(report_id, distance, ids) for distance in read_distances(told)],
        [quantity_row(report_id, quantity, ids) for quantity in read_quantities(told)],
    )
    return rows, resolutions_of(records, gazetteer)


def _header_end(text: str, start: int, lexicon: Lexicon) -> int:
    """Where the opening with the place and the date of writing ends."""
    end = start
    line = find_date_line(text[start:], lexicon)
    if line is not None and line.start < _LONGEST_LEAD:
        end += line.end
    dateline = _DATELINE.match(text, start)
    if dateline is not None and _is_dateline(dateline.group()):
        end = max(end, dateline.end())
    return end


def _is_dateline(opening: str) -> bool:
    """Whether words before a dash tell where the report was written: "KYIV, Ukraine", "Moskau/Kiew", "Kyiv (AP)"."""
    return opening.split()[0].rstrip(",").isupper() or "(" in opening or "/" in opening

"""Reports to the four tables of what they say: mentions, records, claims and stated distances."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.intake.collection import no_collection
from geostrike.intake.faults import fault_reason
from geostrike.reading.claims import read_claims, status_of
from geostrike.reading.dates import find_date_line
from geostrike.reading.distances import read_distances
from geostrike.reading.documents import guess_language, whole_text
from geostrike.reading.events import read_strikes
from geostrike.reading.formats import EXCERPT
from geostrike.reading.lexicon import load_lexicon
from geostrike.reading.many import (
    Read,
    Report,
    Row,
    Rows,
    chosen_places,
    described_places,
    is_worth_workers,
    read_by_workers,
    to_json,
)
from geostrike.reading.mentions import Lookup
from geostrike.reading.quantities import read_quantities
from geostrike.tables import (
    CLAIMS,
    DISTANCES,
    MENTIONS,
    PLACE_KINDS,
    QUANTITIES,
    QUARANTINE,
    RECORDS,
    REPORTS,
    build_table,
    check_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geostrike.reading.claims import Claim
    from geostrike.reading.distances import StatedDistance
    from geostrike.reading.events import Told
    from geostrike.reading.lexicon import Lexicon
    from geostrike.reading.mentions import Mention, Places
    from geostrike.reading.quantities import Quantity
    from geostrike.reading.records import Record

__all__ = ["Extraction", "extract", "ids_under", "read_some"]

_TABLES = (MENTIONS, RECORDS, CLAIMS, DISTANCES, QUANTITIES)
# The columns of each that hold words of a closed vocabulary.
_CLOSED = [[(c.name, c.values) for c in table.columns if c.values is not None] for table in _TABLES]
ROWS_AT_ONCE = 20_000
_NEEDED = ["report_id", "published", "language", "text"]
_NOTHING: Rows = ([], [], [], [], [])
_DATE_PREFIX = re.compile(r"\A\s*date \d{4}-\d{2}-\d{2}\s")
# "MOSCOW/KYIV (Staff) - ", "KYIV, Ukraine (AP) — ": names before the dash tell where the report was written.
_DATELINE = re.compile(r"\s*(?:[A-ZА-ЯІЇЄҐÄÖÜ][^\n.!?:;–—-]{1,60})(?:[ ][-–—][ ])")
_LONGEST_LEAD = 80
_PLACE_KIND = {"river": "area"}


@dataclass(frozen=True)
class Extraction:
    """What reports say, each with its characters in the text: names, strikes, claims, distances and quantities.

    `quarantine` holds the reports that could not be read, with the reason and, besides its own columns, `report_id`;
    nothing of them is in the other tables.
    """

    mentions: pd.DataFrame
    records: pd.DataFrame
    claims: pd.DataFrame
    distances: pd.DataFrame
    quantities: pd.DataFrame
    quarantine: pd.DataFrame = field(default_factory=lambda: _quarantine([]))


def extract(reports: pd.DataFrame, gazetteer: Places, *, progress: bool = False) -> Extraction:
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
    paths = reports["path"] if "path" in reports.columns else [""] * len(reports)
    found = _with_progress(_read_all(told, gazetteer), len(told), show=progress)
    for report, path, (rows, code, fault) in zip(told, paths, found, strict=True):
        shelf.put(rows)
        if code:
            row: Row = {"report_id": report[0], "path": path, "code": code, "reason": fault, "content": report[3]}
            refused.append(row)
    return Extraction(*[*shelf.tables(), _quarantine(refused)])


def _quarantine(rows: list[Row]) -> pd.DataFrame:
    """Quarantine rows of the reports that could not be read."""
    told = [row | {"line": 0, "content": str(row["content"])[:EXCERPT]} for row in rows]
    return build_table(QUARANTINE, told).assign(report_id=pd.Series([row["report_id"] for row in rows], dtype="str"))


def _read_all(reports: list[Report], gazetteer: Places) -> Iterator[Read]:
    """What each report tells; many reports are read by workers, where these can open the gazetteer."""
    lookup = Lookup(gazetteer)
    described = described_places(gazetteer) if is_worth_workers(reports) else None
    if described is None:
        yield from (_read_or_fault(report, lookup) for report in reports)
        return
    for report, read in zip(reports, read_by_workers(reports, described), strict=True):
        yield read or _read_or_fault(report, lookup)


def read_some(*, places: str, reports: list[tuple[str, str | None, str, str]]) -> list[Any] | None:
    """What some reports tell, as what JSON can hold; this runs in a worker.

    Parameters
    ----------
    places
        The gazetteer, as `geostrike.reading.many.described_places` describes it, in JSON.
    reports
        Id, day of publication, language and text of each.
    """
    lookup = _lookup(places)
    if lookup is None:
        return None
    days = [dt.date.fromisoformat(day) if day else None for _, day, _, _ in reports]
    told = [(report, day, language, text) for (report, _, language, text), day in zip(reports, days, strict=True)]
    return [to_json(_read_or_fault(report, lookup)) for report in told]


@lru_cache(maxsize=1)
def _lookup(places: str) -> Lookup | None:
    chosen = chosen_places(json.loads(places))
    return None if chosen is None else Lookup(chosen)


def _read_or_fault(report: Report, lookup: Lookup) -> Read:
    """The rows of a report and nothing; or no rows, and why it cannot be read."""
    report_id, published, language, text = report
    try:
        with no_collection():
            rows = _read(report_id, published, language, text, lookup)
        _check_rows(rows, text)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs this report only
        return _NOTHING, "FAULT", fault_reason(error)
    return rows, "", ""


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


def _read(report_id: str, published: dt.date | None, language: str, text: str, lookup: Lookup) -> Rows:
    lexicon = load_lexicon(language or guess_language(text))
    prefix = _DATE_PREFIX.match(text)
    start = prefix.end() if prefix else 0
    header_end = _header_end(text, start, lexicon)
    told = read_strikes(text, lexicon, lookup, published=published, start=start, header_end=header_end)
    claims = read_claims(told)
    ids = _record_ids(report_id, told.records)
    spoken: dict[int, list[tuple[str, str]]] = {}
    for claim in claims:
        spoken.setdefault(id(claim.record), []).append((claim.side, claim.stance))
    records = [_record_row(report_id, r, spoken.get(id(r), []), ids, told) for r in told.records]
    of_mention = {id(m): ids[id(r)] for r in told.records for m in [r.mention, *(f.mention for f in r.frames)] if m}
    mentions = [_mention_row(report_id, m, of_mention) for scene in told.scenes for m in scene.mentions]
    return (
        mentions,
        records,
        [_claim_row(report_id, claim, ids) for claim in claims],
        [_distance_row(report_id, distance, ids) for distance in read_distances(told)],
        [_quantity_row(report_id, quantity, ids) for quantity in read_quantities(told)],
    )


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


# --- rows -------------------------------------------------------------------------------------------------------------


def _hash(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _record_ids(report_id: str, records: list[Record]) -> dict[int, str]:
    """Ids from report and span; where one span tells several strikes, they are numbered."""
    ids: dict[int, str] = {}
    seen: dict[tuple[int, int], int] = {}
    for record in records:
        _, start, end, _ = _written_place(record)
        sentence = record.first.scene.sentence
        span = (start, end) if start >= 0 else (sentence.start, sentence.end)
        number = seen.get(span, 0)
        seen[span] = number + 1
        ids[id(record)] = _hash(report_id, *span, number) if number else _hash(report_id, *span)
    return ids


def ids_under(records: pd.DataFrame, report_ids: Mapping[str, str]) -> pd.Series[str]:
    """The ids that records would have if their reports had other ids.

    Parameters
    ----------
    records
        Records as `extract` gives them.
    report_ids
        Report id -> the other id.
    """
    placed = records["place_start"] >= 0
    start, end = (records[f"place_{name}"].where(placed, records[name]) for name in ("start", "end"))
    numbers = records.groupby([records["report_id"], start, end], sort=False).cumcount()
    rows = zip(records["report_id"], start, end, numbers, strict=True)
    ids = [_hash(report_ids.get(report, report), *([a, b, n] if n else [a, b])) for report, a, b, n in rows]
    return pd.Series(ids, index=records.index, dtype="str")


def _written_place(record: Record) -> tuple[str, int, int, str]:
    """The place name as written, its span, and the kind of place that the text speaks of."""
    mention = record.mention
    if mention is None:
        return "", -1, -1, ""
    kind = _PLACE_KIND.get(mention.kind, mention.kind)
    if mention.facility:
        return mention.facility, mention.start, mention.start + len(mention.facility), "facility"
    return mention.text, mention.start, mention.end, kind if kind in PLACE_KINDS else ""


def _record_row(report_id: str, record: Record, spoken: list[tuple[str, str]], ids: dict[int, str], told: Told) -> Row:
    sentence = record.first.scene.sentence
    place, start, end, kind = _written_place(record)
    country, admin1 = _hints(record, told)
    return {
        "record_id": ids[id(record)],
        "report_id": report_id,
        "start": sentence.start,
        "end": sentence.end,
        "quote": sentence.text,
        "place_as_written": place,
        "place_start": start,
        "place_end": end,
        "country_hint": country,
        "admin1_hint": admin1,
        "kind_hint": kind,
        "date_start": pd.Timestamp(record.when.start) if record.when.start else pd.NaT,
        "date_end": pd.Timestamp(record.when.end) if record.when.end else pd.NaT,
        "date_precision": record.when.precision,
        "date_as_written": record.when.written,
        "target_kind": record.target,
        "weapon": record.weapon,
        "attacker": record.attacker,
        "attacker_basis": record.basis,
        "target_side": told.struck_side(record),
        "status": status_of(record.role, record.attacker, told.struck_side(record), spoken),
    }


def _hints(record: Record, told: Told) -> tuple[str, str]:
    """The country and the region that the text puts the place in."""
    mention = record.mention
    if mention is None:
        return record.place_country, ""
    container = mention.container
    if container is None:
        # The adjective of a region says which region it is: "Калужской" in a list of regions.
        if mention.place is None:
            return told.likely_country(record), ""
        return "", (mention.place.name if mention.is_region else "")
    if container.form == "country":
        return container.country, ""
    own = mention.place.country if mention.place is not None else told.likely_country(record)
    country = container.place.country if container.place else own
    if container.is_region or container.place is None:
        return country, (container.text if container.is_region else "")
    return country, container.place.admin1


def _mention_row(report_id: str, mention: Mention, of_mention: dict[int, str]) -> Row:
    place = mention.place
    row: Row = {
        "report_id": report_id,
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "role": mention.role,
        "record_id": of_mention.get(id(mention), ""),
        "place_status": mention.resolved.status if mention.resolved else "unresolved",
    }
    if mention.form == "country":
        row.update(place_id=mention.country, place=mention.text, place_kind="country", country=mention.country)
        row["place_status"] = "resolved"
    elif place is not None:
        row.update(place_id=place.id, place=place.name, place_kind=place.kind, country=place.country)
    return row


def _claim_row(report_id: str, claim: Claim, ids: dict[int, str]) -> Row:
    record_id = ids[id(claim.record)]
    return {
        "claim_id": _hash(record_id, claim.start, claim.end, claim.speaker, claim.stance),
        "report_id": report_id,
        "record_id": record_id,
        "speaker": claim.speaker,
        "speaker_side": claim.side,
        "speaker_kind": claim.kind,
        "stance": claim.stance,
        "start": claim.start,
        "end": claim.end,
        "quote": claim.quote,
    }


def _distance_row(report_id: str, distance: StatedDistance, ids: dict[int, str]) -> Row:
    return {
        "report_id": report_id,
        "record_id": ids[id(distance.record)],
        "value": distance.value,
        "unit": distance.unit,
        "value_km": distance.value_km,
        "hedge": distance.hedge,
        "reference": distance.reference,
        "start": distance.start,
        "end": distance.end,
        "quote": distance.quote,
        "verdict": "not checked",
    }


def _quantity_row(report_id: str, quantity: Quantity, ids: dict[int, str]) -> Row:
    return {
        "report_id": report_id,
        "record_id": ids[id(quantity.record)],
        "what": quantity.what,
        "value": quantity.value,
        "unit": quantity.unit,
        "hedge": quantity.hedge,
        "start": quantity.start,
        "end": quantity.end,
        "quote": quantity.quote,
    }

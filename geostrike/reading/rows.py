"""Build table rows from what was read of one report, with ids that do not change when more reports are read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from geostrike.places.joint import resolve_alone
from geostrike.places.place import Hints, Resolution
from geostrike.reading.statements.claims import status_of
from geostrike.tables import PLACE_KINDS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from geostrike.places import Resolver
    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.records.record import Record
    from geostrike.reading.report import Reading
    from geostrike.reading.statements.claims import Claim
    from geostrike.reading.statements.distances import StatedDistance
    from geostrike.reading.statements.quantities import Quantity

__all__ = [
    "NO_ROWS",
    "Read",
    "Report",
    "Resolutions",
    "Row",
    "Rows",
    "claim_row",
    "distance_row",
    "ids_under",
    "mention_row",
    "quantity_row",
    "record_ids",
    "record_row",
    "resolutions_of",
]

Report = tuple[str, "dt.date | None", str, str]
"""The id, publication date, language and text of a report."""
Row = dict[str, object]
Rows = tuple[list[Row], list[Row], list[Row], list[Row], list[Row]]
Resolutions = dict[tuple[str, Hints], Resolution]
"""Name and hints of records -> the resolution."""
Read = tuple[Rows, Resolutions, str, str]
"""The rows of a report and the resolutions of their names; or none, with a quarantine code and a reason."""

NO_ROWS: Rows = ([], [], [], [], [])
_PLACE_KIND = {"river": "area"}


def _hash(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def record_ids(report_id: str, records: list[Record]) -> dict[int, str]:
    """Return the ids of records, hashed from report and span; several strikes of one span are numbered."""
    ids: dict[int, str] = {}
    seen: dict[tuple[int, int], int] = {}
    for record in records:
        _, start, end, _ = _place_as_written(record)
        sentence = record.first.scene.sentence
        span = (start, end) if start >= 0 else (sentence.start, sentence.end)
        number = seen.get(span, 0)
        seen[span] = number + 1
        ids[id(record)] = _hash(report_id, *span, number) if number else _hash(report_id, *span)
    return ids


def ids_under(records: pd.DataFrame, report_ids: Mapping[str, str]) -> pd.Series[str]:
    """Return the ids of records if their reports had other ids.

    Parameters
    ----------
    records
        Records as `extract` returns them.
    report_ids
        Report id -> other id.
    """
    placed = records["place_start"] >= 0
    start, end = (records[f"place_{name}"].where(placed, records[name]) for name in ("start", "end"))
    numbers = records.groupby([records["report_id"], start, end], sort=False).cumcount()
    rows = zip(records["report_id"], start, end, numbers, strict=True)
    ids = [_hash(report_ids.get(report, report), *([a, b, n] if n else [a, b])) for report, a, b, n in rows]
    return pd.Series(ids, index=records.index, dtype="str")


def _place_as_written(record: Record) -> tuple[str, int, int, str]:
    """Return the place name as written, its span, and the kind of place in the text."""
    mention = record.mention
    if mention is None:
        return "", -1, -1, ""
    kind = _PLACE_KIND.get(mention.kind, mention.kind)
    if mention.facility:
        return mention.facility, mention.start, mention.start + len(mention.facility), "facility"
    return mention.text, mention.start, mention.end, kind if kind in PLACE_KINDS else ""


def record_row(
    report_id: str, record: Record, stances: list[tuple[str, str]], ids: dict[int, str], reading: Reading
) -> Row:
    """Build the row of a strike; `stances` holds the side and stance of its claims."""
    sentence = record.first.scene.sentence
    place, start, end, kind = _place_as_written(record)
    country, admin1 = _hints(record, reading)
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
        "date_basis": record.when.basis,
        "target_kind": record.target,
        "weapon": record.weapon,
        "attacker": record.attacker,
        "attacker_basis": record.basis,
        "target_side": reading.struck_side(record),
        "status": status_of(record.role, record.attacker, reading.struck_side(record), stances),
    }


def resolutions_of(records: list[Row], gazetteer: Resolver) -> Resolutions:
    """Resolve the names of records, so that `geostrike.places.resolve_places` need not ask again."""
    columns = ("place_as_written", "country_hint", "admin1_hint", "kind_hint")
    asked = [[str(row[column]) for column in columns] for row in records]
    return {(name, Hints(*hints)): resolve_alone(gazetteer, name, Hints(*hints)) for name, *hints in asked}


def _hints(record: Record, reading: Reading) -> tuple[str, str]:
    """Return the country and the region that the text gives for the place."""
    mention = record.mention
    if mention is None:
        return record.place_country, ""
    container = mention.container
    if container is None:
        # A region's adjective names the region: "Калужской" in a list of regions.
        if mention.place is None:
            return reading.likely_country(record), ""
        return "", (mention.place.name if mention.is_region else "")
    if container.form == "country":
        return container.country, ""
    own = mention.place.country if mention.place is not None else reading.likely_country(record)
    country = container.place.country if container.place else own
    if container.is_region or container.place is None:
        return country, (container.text if container.is_region else "")
    return country, container.place.admin1


def mention_row(report_id: str, mention: Mention, of_mention: dict[int, str]) -> Row:
    """Build the row of a mention, with the id of its record."""
    place = mention.place
    row: Row = {
        "report_id": report_id,
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "role": mention.role,
        "record_id": of_mention.get(id(mention), ""),
        "place_status": mention.resolution.status if mention.resolution else "unresolved",
    }
    if mention.form == "country":
        row.update(place_id=mention.country, place=mention.text, place_kind="country", country=mention.country)
        row["place_status"] = "resolved"
    elif place is not None:
        row.update(place_id=place.id, place=place.name, place_kind=place.kind, country=place.country)
    return row


def claim_row(report_id: str, claim: Claim, ids: dict[int, str]) -> Row:
    """Build the row of a claim."""
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


def distance_row(report_id: str, distance: StatedDistance, ids: dict[int, str]) -> Row:
    """Build the row of a stated distance, which is checked when the depth is known."""
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


def quantity_row(report_id: str, quantity: Quantity, ids: dict[int, str]) -> Row:
    """Build the row of a quantity."""
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

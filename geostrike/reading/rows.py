"""Rows of the tables: what was read of one report, with ids that stay the same when more reports are read."""

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
    from geostrike.reading.report import Told
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
"""Its id, when it was published, its language and its text."""
Row = dict[str, object]
Rows = tuple[list[Row], list[Row], list[Row], list[Row], list[Row]]
Resolutions = dict[tuple[str, Hints], Resolution]
"""Name and hints of records -> what the name means."""
Read = tuple[Rows, Resolutions, str, str]
"""The rows of a report and what their names mean; or none, with the quarantine code and the reason."""

NO_ROWS: Rows = ([], [], [], [], [])
_PLACE_KIND = {"river": "area"}


def _hash(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def record_ids(report_id: str, records: list[Record]) -> dict[int, str]:
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


def record_row(report_id: str, record: Record, spoken: list[tuple[str, str]], ids: dict[int, str], told: Told) -> Row:
    """The row of a strike; `spoken` are its claims as pairs of side and stance."""
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


def resolutions_of(records: list[Row], gazetteer: Resolver) -> Resolutions:
    """What the names of records mean: `geostrike.places.resolve_places` need not ask again."""
    columns = ("place_as_written", "country_hint", "admin1_hint", "kind_hint")
    asked = [[str(row[column]) for column in columns] for row in records]
    return {(name, Hints(*hints)): resolve_alone(gazetteer, name, Hints(*hints)) for name, *hints in asked}


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


def mention_row(report_id: str, mention: Mention, of_mention: dict[int, str]) -> Row:
    """The row of a place name, with the record that it belongs to."""
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


def claim_row(report_id: str, claim: Claim, ids: dict[int, str]) -> Row:
    """The row of a claim."""
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
    """The row of a stated distance, which is checked once the strike has a depth."""
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
    """The row of a quantity."""
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

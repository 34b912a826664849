"""Review records: a person's decisions, kept in a file of their own and applied by every later run.

A run writes `review.csv`, one row per record with its sentence. A person fills in `decision` (``accept``, ``reject`` or
``change``, and for a change the corrected cells), by hand or with ``geostrike review``. Decisions are stored in
`decisions.csv` by record id, and the next run applies them. A record's id consists of its report's id and its character
span, so a decision survives re-reading. In version 0.1 a report's id was the hash of its text alone; decisions of that
time are found by the text (`with_present_ids`). To undo a decision, delete its row.

Two more decisions concern two records, `record_id` and `other_id`: ``same`` merges them into one strike, ``apart``
separates them, whatever the rule of merging says (`geostrike.merging.merge`). A person may write them into the table of
relations, next to the pair, and add those rows to decisions.csv.

A rejected record goes to quarantine with the reason. A changed record gets the new values; a place given by its
gazetteer id counts as resolved. Decisions on records that no longer exist are kept and counted.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from geostrike.errors import InputError
from geostrike.intake.formulas import guarded_csv, unguarded
from geostrike.intake.writing import put_files
from geostrike.places.resolve import GEO_PRECISION
from geostrike.reading.documents.reports import report_id
from geostrike.reading.rows import ids_under
from geostrike.tables import DECISIONS, QUARANTINE, RECORDS, build_table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "Reviewed",
    "apply_decisions",
    "open_records",
    "quarantined_records",
    "read_decisions",
    "review_table",
    "with_present_ids",
    "write_decisions",
]

DECISIONS_FILE = "decisions.csv"
REVIEW_FILE = "review.csv"
CHOICES = ("accept", "reject", "change")
# Decisions on two records: that they are one strike, or two.
PAIR_CHOICES = ("same", "apart")
# The columns that a reviewer may change.
CHANGEABLE = (
    "place_id", "date_start", "date_end", "target_kind", "weapon", "attacker", "target_side", "status",
)  # fmt: skip
_DATES = ("date_start", "date_end")
_COUNTRIES, _COUNTRY = ("attacker", "target_side"), re.compile("[A-Z]{3}")
_MOST_BYTES = 100_000_000
_SHOWN = ("record_id", "path", "quote", "place_as_written", "place", "place_status")


@dataclass(frozen=True)
class Reviewed:
    """Records after the decisions, rejected ones as quarantine rows, and the number of decisions of each kind."""

    records: gpd.GeoDataFrame
    quarantine: pd.DataFrame
    counts: dict[str, int]


def review_table(records: pd.DataFrame, reports: pd.DataFrame, decisions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the records as a table to decide on: their values, sentences and the decisions so far.

    Parameters
    ----------
    records
        Records with resolved places.
    reports
        Their reports.
    decisions
        Earlier decisions (`read_decisions`).

    Examples
    --------
    >>> from geostrike.tables import RESOLVED, REPORTS
    >>> records = build_table(RECORDS, [{"record_id": "a", "report_id": "r", "quote": "Drones hit Azov."}])
    >>> records = records.join(build_table(RESOLVED, [{"place": "Azov"}]))
    >>> review_table(records, build_table(REPORTS, [{"report_id": "r"}]))[["record_id", "place", "decision"]].values
    array([['a', 'Azov', '']], dtype=object)
    """
    paths = reports.drop_duplicates("report_id").set_index("report_id")["path"]
    table = pd.DataFrame(records).assign(path=records["report_id"].map(paths).fillna(""))
    table = table[[*_SHOWN, *(c for c in CHANGEABLE if c in table.columns)]].astype(object)
    for name in _DATES:
        table[name] = [_day_text(day) for day in table[name]]
    known = (
        {} if decisions is None else _on_one(decisions).set_index("record_id")[["decision", "note"]].to_dict("index")
    )
    empty = {"decision": "", "note": ""}
    table["decision"] = [known.get(key, empty)["decision"] for key in table["record_id"]]
    table["note"] = [known.get(key, empty)["note"] for key in table["record_id"]]
    return table.reset_index(drop=True)


def read_decisions(path: str | os.PathLike[str]) -> pd.DataFrame:
    r"""Read the decisions in a decisions.csv, or in a review.csv that was filled in.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing, or a decision is not an allowed word.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "decisions.csv"
    >>> _ = file.write_text("record_id,decision,note\na1,reject,a drill\\n")
    >>> read_decisions(file)[["record_id", "decision"]].values.tolist()
    [['a1', 'reject']]
    """
    file = Path(path)
    rows = _rows(file, "the decisions cannot be read")
    kept = [_check_row(row, f"{file.name}:{line}") for line, row in rows]
    table = build_table(DECISIONS, [row for row in kept if row])
    return table.drop_duplicates(["record_id", "other_id"], keep="last", ignore_index=True)


def _on_one(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions on one record."""
    return decisions[decisions["decision"].isin(CHOICES)].drop_duplicates("record_id", keep="last")


def open_records(path: str | os.PathLike[str], decisions: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows of a review.csv without a decision.

    Raises
    ------
    InputError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "review.csv"
    >>> build_table(RECORDS, [{"record_id": "a1"}]).to_csv(file)
    >>> [row["record_id"] for row in open_records(file, build_table(DECISIONS, []))]
    ['a1']
    """
    rows = _rows(Path(path), "there is no review table to read", needed=("record_id",))
    known = set(_on_one(decisions)["record_id"])
    rows = [(line, dict.fromkeys((*_SHOWN, *CHANGEABLE), "") | row) for line, row in rows]
    return [row for _, row in rows if row.get("record_id") and row["record_id"] not in known]


def _rows(
    file: Path, complaint: str, *, needed: tuple[str, ...] = ("record_id", "decision")
) -> list[tuple[int, dict[str, str]]]:
    """Read the rows of a file with the line that each ends in; missing cells are empty."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            msg = f"{file}: {complaint}: it is larger than the limit of {_MOST_BYTES:,} bytes"
            raise InputError(msg)
        reader = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""), restval="")
        names = list(reader.fieldnames or ())
        _check_header(names, needed, file.name)
        rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{file}: {complaint}: {error}"
        raise InputError(msg) from error
    ragged = next((line for line, row in rows if None in row), None)
    if ragged is not None:
        msg = f"{file.name}:{ragged}: the row has more cells than there are columns"
        raise InputError(msg)
    cells = pd.DataFrame([row for _, row in rows], columns=names, dtype="str").apply(unguarded)
    values = cells.itertuples(index=False, name=None)
    return [(line, dict(zip(names, row, strict=True))) for (line, _), row in zip(rows, values, strict=True)]


def _check_header(names: list[str], needed: tuple[str, ...], file: str) -> None:
    if "left_id" not in names and not set(needed) <= set(names):
        msg = f"{file}:1: {' and '.join(needed)} are needed as columns"
        raise InputError(msg)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        msg = f"{file}:1: the column {twice[:40]!r} is there twice"
        raise InputError(msg)


def _check_row(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check a row and return its decision; empty if there is none."""
    if "left_id" in row:
        # A row of the table of relations with a column `decision`.
        row = {"record_id": row["left_id"], "other_id": row.get("right_id"), "decision": "", **row}
    decision = (row["decision"] or "").strip().lower()
    if not decision:
        return {}
    if decision in PAIR_CHOICES:
        return _check_pair(row, decision, where)
    if decision not in CHOICES:
        msg = f"{where}: {decision[:40]!r} is not a decision; write {', '.join((*CHOICES, *PAIR_CHOICES))}"
        raise InputError(msg)
    if not row["record_id"].strip():
        msg = f"{where}: record_id is empty; name the record"
        raise InputError(msg)
    changes = {name: _cell(name, row.get(name) or "", where) for name in CHANGEABLE if row.get(name)}
    _check_order(changes, where)
    note = (row.get("note") or "").strip()
    cells = {"record_id": row["record_id"].strip(), "decision": decision, "note": note}
    return cells | (changes if decision == "change" else {})


def _check_order(changes: Mapping[str, str], where: str) -> None:
    start, end = (_timestamp(changes.get(name, "")) for name in _DATES)
    if start is not None and end is not None and start > end:
        msg = f"{where}: date_start {changes['date_start']!r} is after date_end {changes['date_end']!r}"
        raise InputError(msg)


def _check_pair(row: Mapping[str, Any], decision: str, where: str) -> dict[str, Any]:
    """Check a row and return its decision on two records."""
    ids = [(row.get(name) or "").strip() for name in ("record_id", "other_id")]
    if not all(ids) or ids[0] == ids[1]:
        msg = f"{where}: {decision!r} concerns two records; write them into record_id and other_id"
        raise InputError(msg)
    return {"record_id": ids[0], "other_id": ids[1], "decision": decision, "note": (row.get("note") or "").strip()}


def _cell(name: str, text: str, where: str) -> str:
    """Check a cell of a change: a word of the column's vocabulary, a date or a country."""
    text = text.strip()
    column = next((c for c in RECORDS.columns if c.name == name), None)
    if column is not None and column.values is not None and text not in column.values:
        msg = f"{where}: {name} {text[:40]!r} is not one of {', '.join(sorted(column.values - {''}))}"
        raise InputError(msg)
    if name in _DATES and _timestamp(text) is None:
        msg = f"{where}: {name} {text[:40]!r} is not a date; write it as 2024-01-25"
        raise InputError(msg)
    if name in _COUNTRIES and not _COUNTRY.fullmatch(text):
        msg = f"{where}: {name} {text[:40]!r} is not a country; write its code, such as UKR"
        raise InputError(msg)
    return text


def write_decisions(decisions: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write decisions to a file, completely or not at all.

    Raises
    ------
    InputError
        If the file cannot be written; then it is unchanged.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "decisions.csv"
    >>> write_decisions(build_table(DECISIONS, [{"record_id": "a1", "decision": "accept"}]), file)
    >>> read_decisions(file)["decision"].tolist()
    ['accept']
    """
    file = Path(path)
    put_files(file.parent, {file.name: guarded_csv(decisions.astype("str"))}, force=True)


def apply_decisions(
    records: gpd.GeoDataFrame, decisions: pd.DataFrame, gazetteer: Any, *, paths: Any = None
) -> Reviewed:
    """Apply a reviewer's decisions to the records.

    Parameters
    ----------
    records
        Records with resolved places.
    decisions
        The decisions (`read_decisions`).
    gazetteer
        The gazetteer with the places that changes name by their id.
    paths
        Report id -> path, for the quarantine.

    Raises
    ------
    InputError
        If a change names a place that is not in the gazetteer.

    Examples
    --------
    >>> import tempfile
    >>> from geostrike.tables import RESOLVED
    >>> records = build_table(RECORDS, [{"record_id": "a"}, {"record_id": "b"}]).join(build_table(RESOLVED, [{}] * 2))
    >>> decisions = build_table(DECISIONS, [{"record_id": "b", "decision": "reject"}])
    >>> apply_decisions(gpd.GeoDataFrame(records), decisions, None).records["record_id"].tolist()
    ['a']
    """
    known = set(records["record_id"])
    pairs = decisions[decisions["decision"].isin(PAIR_CHOICES)]
    both = pairs[pairs["record_id"].isin(known) & pairs["other_id"].isin(known)]
    one = _on_one(decisions)
    fitting = one[one["record_id"].isin(known)]
    rejected = set(fitting.loc[fitting["decision"] == "reject", "record_id"])
    changed = records.copy()
    for decision in fitting[fitting["decision"] == "change"].to_dict("records"):
        _change(changed, decision, gazetteer)
    out = changed["record_id"].isin(rejected)
    notes = dict(zip(fitting["record_id"], fitting["note"], strict=True))
    why = [notes[record] for record in changed.loc[out, "record_id"]]
    reasons = [f"a reviewer rejected it{': ' if note else ''}{note}" for note in why]
    quarantine = quarantined_records(changed[out], paths or {}, "REJECTED", reasons)
    counts = {choice: int((fitting["decision"] == choice).sum()) for choice in CHOICES}
    counts |= {choice: int((both["decision"] == choice).sum()) for choice in PAIR_CHOICES}
    counts["without record"] = len(one) - len(fitting) + len(pairs) - len(both)
    return Reviewed(changed[~out], quarantine, counts)


def with_present_ids(decisions: pd.DataFrame, records: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Translate decisions on record ids of version 0.1 to the present ids.

    A decision on a text of several reports applies to each of them. A decision on a present id takes precedence.

    Parameters
    ----------
    decisions
        The decisions (`read_decisions`).
    records
        Records of `extract`, with or without resolved places.
    reports
        Their reports.
    """
    named = (decisions["record_id"], decisions["other_id"])
    unknown = {id_ for ids in named for id_ in ids if id_} - set(records["record_id"])
    if not unknown:
        return decisions
    former = ids_under(records, {report: report_id(text) for report, text in zip(*_columns(reports), strict=True)})
    present: dict[str, list[str]] = {}
    for old, new in zip(former, records["record_id"], strict=True):
        if old in unknown:
            present.setdefault(old, []).append(new)
    if not present:
        return decisions
    is_former = named[0].isin(present) | named[1].isin(present)
    found: list[dict[str, Any]] = [
        {str(name): cell for name, cell in row.items()} | {"record_id": left, "other_id": right}
        for row in decisions[is_former].to_dict("records")
        for left, right in _present_pairs(row, present)
    ]
    # A later row takes precedence: that on a present id.
    table = pd.concat([build_table(DECISIONS, found), decisions[~is_former]], ignore_index=True)
    return table.drop_duplicates(["record_id", "other_id"], keep="last", ignore_index=True)


def _columns(reports: pd.DataFrame) -> tuple[pd.Series[str], pd.Series[str]]:
    return reports["report_id"], reports["text"]


def _present_pairs(row: Mapping[Any, Any], present: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the present ids of a decision's record, and of the other one if there are two."""
    rights = present.get(row["other_id"], [row["other_id"]])
    for number, left in enumerate(present.get(row["record_id"], [row["record_id"]])):
        if len(rights) > 1:
            yield left, rights[min(number, len(rights) - 1)]
        else:
            yield left, rights[0]


def _change(records: gpd.GeoDataFrame, decision: dict[Any, Any], gazetteer: Any) -> None:
    """Apply a change to the records."""
    at = records.index[records["record_id"] == decision["record_id"]]
    for name in CHANGEABLE:
        value = decision[name]
        if not value or name == "place_id":
            continue
        records.loc[at, name] = _timestamp(value) if name in _DATES else value
        if name in _DATES:
            records.loc[at, ["date_precision", "date_basis"]] = "day", "reported"
        if name == "attacker":
            records.loc[at, "attacker_basis"] = "reported"
    if (records.loc[at, "date_start"] > records.loc[at, "date_end"]).any():
        msg = f"decision on {decision['record_id']}: date_start would be after date_end; give both"
        raise InputError(msg)
    if decision["date_start"] and decision["date_end"] and decision["date_start"] != decision["date_end"]:
        records.loc[at, "date_precision"] = "span"
    if decision["place_id"]:
        _move(records, at, decision["place_id"], gazetteer)


def _move(records: gpd.GeoDataFrame, at: Any, place_id: str, gazetteer: Any) -> None:
    try:
        place = gazetteer[place_id]
    except LookupError as error:
        msg = f"decision: no place has the id {place_id!r}"
        raise InputError(msg) from error
    cells = {
        "place_id": place.id, "place": place.name, "place_kind": place.kind, "country": place.country,
        "admin1": place.admin1, "place_status": "resolved", "place_reason": "a reviewer's decision",
        "radius_km": place.radius_km, "geo_precision": GEO_PRECISION.get(place.kind, float("nan")),
        "place_candidates": "",
    }  # fmt: skip
    for name, value in cells.items():
        records.loc[at, name] = value
    records.loc[at, "geometry"] = gpd.GeoSeries([shapely.Point(place.longitude, place.latitude)] * len(at), index=at)


def quarantined_records(
    records: pd.DataFrame, paths: Mapping[str, str], code: str, reasons: Iterable[str]
) -> pd.DataFrame:
    """Make quarantine rows of records that are left out: file, code, reason and the beginning of the quote.

    Parameters
    ----------
    records
        The records; `report_id` and `quote` are needed.
    paths
        Report id -> path.
    code
        A code of `geostrike.tables.QUARANTINE_CODES`.
    reasons
        The reason of each record.

    Examples
    --------
    >>> records = build_table(RECORDS, [{"report_id": "r", "quote": "Drones hit Azov."}])
    >>> quarantined_records(records, {"r": "a.txt"}, "REJECTED", ["a drill"])[["path", "reason"]].values.tolist()
    [['a.txt', 'a drill']]
    """
    rows = [
        {"path": paths.get(report, ""), "line": 0, "code": code, "reason": reason, "content": quote[:200]}
        for report, quote, reason in zip(records["report_id"], records["quote"], reasons, strict=True)
    ]
    return build_table(QUARANTINE, rows)


def _timestamp(text: str) -> pd.Timestamp | None:
    """Return the day of an ISO date, with or without a time; a time zone does not move it."""
    try:
        return pd.Timestamp(dt.datetime.fromisoformat(text).date())
    except (ValueError, OverflowError):
        return None


def _day_text(day: Any) -> str:
    return "" if pd.isna(day) else f"{day:%Y-%m-%d}"

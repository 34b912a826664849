"""Describe written files as a Frictionless data package: fields, units, words, licences and origin."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.errors import InputError
from geostrike.exchange.formats import FORMATS
from geostrike.intake.writing import json_text
from geostrike.tables import (
    CLAIMS,
    DISTANCES,
    MEMBERS,
    MENTIONS,
    QUANTITIES,
    QUARANTINE,
    RECORDS,
    RELATIONS,
    REPORTS,
    STRIKES,
    Column,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geostrike.exchange.formats.format import Format

__all__ = ["datapackage", "renamed_in_package", "run_package"]

_MADE_BY = "geostrike"
_TYPES = {"text": "string", "date": "date", "float": "number", "int": "integer", "geometry": "geojson"}
_LICENCES = [
    {"name": "ODbL-1.0", "title": "Open Database License: border lines and territories, © OpenStreetMap contributors",
     "path": "https://opendatacommons.org/licenses/odbl/1-0/"},
    {"name": "CC-BY-4.0", "title": "Creative Commons Attribution: places, © GeoNames",
     "path": "https://creativecommons.org/licenses/by/4.0/"},
]  # fmt: skip


_HEAD = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "strikes",
    "title": "Reported strikes",
    "description": "Documents published, past events. Depth is the geodesic distance from the named border.",
    "created_by": _MADE_BY,
    "licenses": _LICENCES,
}
_OF_A_RUN = {
    table.name: table
    for table in (REPORTS, STRIKES, MEMBERS, RELATIONS, CLAIMS, DISTANCES, QUANTITIES, MENTIONS, QUARANTINE)
} | {"review": RECORDS}
_KEYS = {"strikes": "strike_id", "reports": "report_id", "review": "record_id"}
_BELONGS = {"strike_id": "strikes", "left_id": "strikes", "report_id": "reports", "record_id": "review"}
"""The table that a column of a run's tables refers to (foreign keys)."""


def datapackage(
    path: Path, name: str, form: Format, content: bytes, strikes: pd.DataFrame, sources: list[dict[str, str]]
) -> bytes:
    """Add one file to the description of a folder's files, or replace its entry.

    Raises
    ------
    InputError
        If there is a datapackage.json that geostrike did not write.
    """
    described = _existing(path)
    resources, known = (_objects(described.get(key)) for key in ("resources", "sources"))
    resource = _file(name, form) | {"bytes": len(content), "hash": "sha256:" + hashlib.sha256(content).hexdigest()}
    if form.own_columns:
        resource["schema"] = _schema(form, strikes, STRIKES) | {"primaryKey": ["strike_id"]}
    others = [other for other in resources if other.get("path") != name]
    unique = {json.dumps(source, sort_keys=True): source for source in [*known, *sources]}
    return _package(list(unique.values()), sorted([*others, resource], key=lambda part: str(part.get("path"))))


def _existing(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        described = None
    if not isinstance(described, dict) or described.get("created_by") != _MADE_BY:
        msg = f"{path}: was not written by geostrike, and describes other data; write to another folder"
        raise InputError(msg)
    return described


def _objects(value: object) -> list[dict[str, Any]]:
    """The objects in a list; an edited file may hold anything."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def renamed_in_package(package: bytes, names: Mapping[str, str]) -> bytes:
    """Return a run's description with some of its files renamed.

    Examples
    --------
    >>> b"a.new.csv" in renamed_in_package(b'{"resources": [{"path": "a.csv"}]}', {"a.csv": "a.new.csv"})
    True
    """
    described = json.loads(package)
    for resource in described["resources"]:
        resource["path"] = names.get(resource["path"], resource["path"])
    return _encode(described)


def run_package(tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any]) -> bytes:
    """Describe the tables of a run.

    Parameters
    ----------
    tables
        The tables by the names of their files: reports.csv, strikes.csv, ...
    run
        The record of the run (run.json).
    """
    read, border = run.get("table"), run["border"]
    origin = (
        {"title": "reports, listed in run.json"} if read is None else {n: read[n] for n in ("title", "path", "licence")}
    )
    sources = [origin, {"title": f"border {border['id']}: {border['source']}"}]
    sources += [{"title": f"gazetteer: {name}", "version": str(version)} for name, version in run["gazetteer"].items()]
    files = {Path(name).stem: name for name in reversed(list(tables))}
    return _package(sources, [_part(name, table, files) for name, table in tables.items()], created=run["written"])


def _package(sources: list[dict[str, Any]], resources: list[dict[str, Any]], **more: str) -> bytes:
    filled = [{name: value for name, value in source.items() if value} for source in sources]
    return _encode(_HEAD | more | {"sources": filled, "resources": resources})


def _encode(package: Mapping[str, Any]) -> bytes:
    # A file name that is not UTF-8 becomes a JSON escape.
    return (json_text(package, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _file(name: str, form: Format) -> dict[str, Any]:
    return {
        "name": "".join(c if (c.isalnum() and c.isascii()) or c in "._" else "-" for c in name.lower()),
        "path": name, "format": form.name, "mediatype": form.media_type, "encoding": "utf-8",
    }  # fmt: skip


def _part(name: str, table: pd.DataFrame, files: Mapping[str, str]) -> dict[str, Any]:
    """Describe a file of a run, with its primary and foreign keys."""
    stem, form = Path(name).stem, FORMATS[Path(name).suffix[1:]]
    described = _OF_A_RUN.get(stem)
    if described is None:
        return _file(name, form) | {"schema": _schema(form, table, None)}
    schema = _schema(form, table, described)
    if stem in _KEYS:
        schema["primaryKey"] = [_KEYS[stem]]
    schema["foreignKeys"] = [
        {"fields": [column], "reference": {"resource": files[other], "fields": [_KEYS[other]]}}
        for column, other in _BELONGS.items()
        if column in table.columns and other != stem
    ]
    return _file(name, form) | {"title": described.row, "schema": schema}


def _schema(form: Format, table: pd.DataFrame, described: Table | None) -> dict[str, Any]:
    known = {column.name: column for column in described.columns} if described else {}
    fields = [_field(str(name), cells, known.get(str(name))) for name, cells in table.items()]
    at = next((number for number, field in enumerate(fields) if field["type"] == "geojson"), None)
    if at is not None and form.splits_points:
        fields[at : at + 1] = [_degrees("longitude", "east"), _degrees("latitude", "north")]
    return {"fields": fields, "missingValues": [""]}


def _degrees(name: str, towards: str) -> dict[str, Any]:
    return {"name": name, "type": "number", "description": f"degrees {towards} (WGS84)", "unit": "degree"}


def _field(name: str, cells: pd.Series[Any], column: Column | None) -> dict[str, Any]:
    if column is None:
        return {"name": name, "type": _type_of(cells)}
    field: dict[str, Any] = {"name": name, "type": _TYPES[column.dtype], "description": column.meaning}
    if column.unit:
        field["unit"] = column.unit
    if column.values is not None:
        field["constraints"] = {"enum": sorted(column.values - {""})}  # an empty cell is a missing value
    return field


def _type_of(cells: pd.Series[Any]) -> str:
    kinds = pd.api.types
    if kinds.is_bool_dtype(cells.dtype):
        return "boolean"
    if kinds.is_integer_dtype(cells.dtype):
        return "integer"
    if kinds.is_numeric_dtype(cells.dtype):
        return "number"
    return "date" if kinds.is_datetime64_any_dtype(cells.dtype) else "string"

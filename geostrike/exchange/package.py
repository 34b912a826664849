"""What a written file holds, as a Frictionless data package: fields, units, words, licences and origin."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.errors import InputError
from geostrike.tables import STRIKES, Column

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["datapackage"]

_MADE_BY = "geostrike"
_TYPES = {"text": "string", "date": "date", "float": "number", "int": "integer", "geometry": "geojson"}
_MEDIA = {
    "csv": "text/csv", "acled": "text/csv", "ucdp": "text/csv", "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3", "parquet": "application/vnd.apache.parquet",
    "kml": "application/vnd.google-earth.kml+xml", "timemap": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_LICENCES = [
    {"name": "ODbL-1.0", "title": "Open Database License: border lines and territories, © OpenStreetMap contributors",
     "path": "https://opendatacommons.org/licenses/odbl/1-0/"},
    {"name": "CC-BY-4.0", "title": "Creative Commons Attribution: places, © GeoNames",
     "path": "https://creativecommons.org/licenses/by/4.0/"},
]  # fmt: skip


def datapackage(
    path: Path, name: str, form: str, content: bytes, strikes: pd.DataFrame, sources: list[dict[str, str]]
) -> bytes:
    """The description of a folder's files with one file added, or described anew.

    Raises
    ------
    InputError
        If there is a datapackage.json that geostrike did not write.
    """
    described = _already(path)
    others = [resource for resource in described.get("resources", []) if resource.get("path") != name]
    known = {json.dumps(source, sort_keys=True): source for source in [*described.get("sources", []), *sources]}
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "strikes",
        "title": "Reported strikes",
        "description": "Documents published, past events. Depth is the geodesic distance from the named border.",
        "created_by": _MADE_BY,
        "licenses": _LICENCES,
        "sources": list(known.values()),
        "resources": sorted([*others, _resource(name, form, content, strikes)], key=lambda part: str(part["path"])),
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _already(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        described = None
    if not isinstance(described, dict) or described.get("created_by") != _MADE_BY:
        msg = f"{path}: describes other data, and geostrike did not write it; write into another folder"
        raise InputError(msg)
    return described


def _resource(name: str, form: str, content: bytes, strikes: pd.DataFrame) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": "".join(c if c.isalnum() and c.isascii() else "-" for c in name.lower()),
        "path": name,
        "format": form,
        "mediatype": _MEDIA[form],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
    }
    if form not in ("acled", "ucdp", "timemap"):
        known = {column.name: column for column in STRIKES.columns}
        fields = [_field(known[c]) if c in known else {"name": str(c), "type": "string"} for c in strikes.columns]
        if form in ("csv", "xlsx", "kml"):
            at = next(number for number, field in enumerate(fields) if field["name"] == "geometry")
            fields[at : at + 1] = [_degrees("longitude", "east"), _degrees("latitude", "north")]
        resource["schema"] = {"fields": fields, "primaryKey": ["strike_id"], "missingValues": [""]}
    return resource


def _degrees(name: str, towards: str) -> dict[str, Any]:
    return {"name": name, "type": "number", "description": f"degrees {towards} (WGS84)", "unit": "degree"}


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.dtype], "description": column.meaning}
    if column.unit:
        field["unit"] = column.unit
    if column.values is not None:
        field["constraints"] = {"enum": sorted(column.values)}
    return field

"""KML to grids: one row a placemark, with its name, description, time, and the named values of its ExtendedData.

No entity of one's own is read: a document type that could define some is refused.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from geostrike.errors import InputError
from geostrike.exchange.days import read_days
from geostrike.exchange.grid import EXCERPT, Grid, Refused
from geostrike.intake.foreign_text import has_doctype
from geostrike.intake.opening import Opened, utf8_file

if TYPE_CHECKING:
    from typing import Any

__all__ = ["read_placemarks"]

_MAX_BYTES = 500_000_000
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SHAPES = ("Point", "LineString", "Polygon", "MultiGeometry", "LinearRing", "Track", "MultiTrack", "Model")


def read_placemarks(source: Opened, name: str) -> Grid:
    """The placemarks of a KML file, counted from 1.

    Raises
    ------
    InputError
        If the file is no sound XML, or defines entities.
    """
    if source.path.stat().st_size > _MAX_BYTES:
        msg = f"{name}: is larger than the limit of {_MAX_BYTES:,} bytes"
        raise InputError(msg)
    root = _parsed(source, name)
    cells, lines, shapes, refused = [], [], [], []
    for number, mark in enumerate((part for part in root.iter() if _tag(part) == "Placemark"), start=1):
        values = _values(mark)
        twice = _told_twice(mark)
        if twice is not None:
            reason = f"{twice[:40]!r} is told twice, and not the same"
            refused.append(Refused(number, "BAD_TEXT", reason, values.get("name", "")[:EXCERPT]))
            continue
        try:
            shape = _shape(mark)
        except ValueError as error:
            refused.append(Refused(number, "BAD_GEOMETRY", str(error), values.get("name", "")[:EXCERPT]))
            continue
        cells.append(values)
        lines.append(number)
        shapes.append(shape)
    return Grid.of_rows(
        name, cells, lines, refused=refused, notes=list(source.notes), geometry=np.array(shapes, dtype=object)
    )


def _parsed(source: Opened, name: str) -> ET.Element:
    path, _, _ = utf8_file(source, name)
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", path.read_text(encoding="utf-8").removeprefix("\ufeff")).encode("utf-8")
    if has_doctype(io.BytesIO(text)):
        msg = f"{name}: has a document type, which could define entities without end; take it out"
        raise InputError(msg)
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a document type there are no entities to expand
    except ET.ParseError as error:
        msg = f"{name}: is no sound XML: {error}"
        raise InputError(msg) from error
    if _tag(root) != "kml":
        msg = f"{name}: is no KML, but {_tag(root)[:40]}"
        raise InputError(msg)
    return root


def _tag(part: ET.Element) -> str:
    return str(part.tag).rpartition("}")[2]


def _values(mark: ET.Element) -> dict[str, str]:
    """The named values of a placemark; those of KML itself only where it has none of its own.

    A placemark without a time whose name is a day is of that day.
    """
    own: dict[str, str] = {}
    kml: dict[str, str] = {"id": mark.get("id") or ""}
    for part in mark.iter():
        tag, text = _tag(part), "".join(part.itertext())
        if tag in ("Data", "SimpleData"):
            own[part.get("name") or ""] = _datum(part)
        elif tag in ("name", "description", "address"):
            kml.setdefault(tag, text)
        elif tag in ("when", "begin"):
            kml.setdefault("date", text)
        elif tag == "end":
            kml.setdefault("end date", text)
    if "strike_id" in own:
        return own
    if "date" not in kml and read_days(kml.get("name", "")).start:  # as GeoConfirmed writes them
        kml["date"] = kml.pop("name")
    return {key: value for key, value in kml.items() if value} | own


def _datum(part: ET.Element) -> str:
    """The value of a named value."""
    parts = [part] if _tag(part) == "SimpleData" else [value for value in part if _tag(value) == "value"]
    return "".join(text for value in parts for text in value.itertext())


def _told_twice(mark: ET.Element) -> str | None:
    """The name of a value that stands twice, and not for the same."""
    told: dict[str, str] = {}
    named = ((part.get("name") or "", part) for part in mark.iter() if _tag(part) in ("Data", "SimpleData"))
    return next((name for name, part in named if told.setdefault(name, value := _datum(part)) != value), None)


def _shape(mark: ET.Element) -> Any:
    """The point of a placemark; None where it has no geometry."""
    found = [part for part in mark.iter() if _tag(part) in _SHAPES]
    if not found:
        return None
    if _tag(found[0]) != "Point":
        msg = f"the geometry is a {_tag(found[0])}, not a point"
        raise ValueError(msg)
    if len(found) > 1:
        msg = f"there are {len(found)} geometries, and not one point"
        raise ValueError(msg)
    texts = [text for part in found[0].iter() if _tag(part) == "coordinates" for text in part.itertext()]
    told = "".join(texts).split(",")
    if len(told) not in (2, 3) or not all(_NUMBER.fullmatch(part.strip()) for part in told[:2]):
        msg = f"the coordinates are {','.join(told)[:60]!r}; KML writes longitude,latitude"
        raise ValueError(msg)
    return shapely.Point(float(told[0]), float(told[1]))

"""KML and KMZ: one placemark per row, with name, description, time and the named values of its ExtendedData.

A file with a document type is rejected, since that could define entities.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from geostrike.errors import InputError
from geostrike.exchange.days import read_days
from geostrike.exchange.formats.flat import dates_as_text, number_texts, with_degrees
from geostrike.exchange.formats.format import Format, ReadOptions
from geostrike.exchange.grid import EXCERPT, Grid, RejectedRow
from geostrike.exchange.losses import NOT_XML, Losses
from geostrike.intake.foreign_text import has_doctype
from geostrike.intake.opening import Opened, utf8_file

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["KML"]

_MAX_BYTES = 500_000_000
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SHAPES = ("Point", "LineString", "Polygon", "MultiGeometry", "LinearRing", "Track", "MultiTrack", "Model")


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(source: Opened, name: str, _options: ReadOptions) -> Grid:
    """Read the placemarks of a KML file, counted from 1.

    Raises
    ------
    InputError
        If the file is not well-formed XML, or defines entities.
    """
    if source.path.stat().st_size > _MAX_BYTES:
        msg = f"{name}: is larger than the limit of {_MAX_BYTES:,} bytes"
        raise InputError(msg)
    cells, lines, shapes, rejected = [], [], [], []
    marks = (part for part in _parse(source, name).iter() if _tag(part) == "Placemark")
    for number, mark in enumerate(marks, start=1):
        values, shape = _values(mark), _shape_or_fault(mark)
        if isinstance(shape, _Fault):
            rejected.append(RejectedRow(number, shape.code, shape.reason, values.get("name", "")[:EXCERPT]))
        else:
            cells.append(values)
            lines.append(number)
            shapes.append(shape)
    geometry = np.array(shapes, dtype=object)
    return Grid.of_rows(name, cells, lines, rejected=rejected, notes=list(source.notes), geometry=geometry)


class _Fault(NamedTuple):
    """Why a placemark cannot be a row."""

    code: str
    reason: str


def _shape_or_fault(mark: ET.Element) -> Any:
    """Return the point of a placemark, None without a geometry, or its fault."""
    twice = _contradiction(mark)
    if twice is not None:
        return _Fault("BAD_TEXT", f"{twice[:40]!r} is given twice, with different values")
    try:
        return _shape(mark)
    except ValueError as error:
        return _Fault("BAD_GEOMETRY", str(error))


def _parse(source: Opened, name: str) -> ET.Element:
    path, _, _ = utf8_file(source, name)
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", path.read_text(encoding="utf-8").removeprefix("\ufeff")).encode("utf-8")
    if has_doctype(io.BytesIO(text)):
        msg = f"{name}: has a document type, which could define endless entities; remove it"
        raise InputError(msg)
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a document type there are no entities to expand
    except ET.ParseError as error:
        msg = f"{name}: is not well-formed XML: {error}"
        raise InputError(msg) from error
    if _tag(root) != "kml":
        msg = f"{name}: is not KML, but {_tag(root)[:40]}"
        raise InputError(msg)
    return root


def _tag(part: ET.Element) -> str:
    return str(part.tag).rpartition("}")[2]


def _values(mark: ET.Element) -> dict[str, str]:
    """Return the named values of a placemark, and the elements of KML unless it is a strike of geostrike's.

    A placemark without a time whose name is a day gets that day as its date.
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
    """The text of a named value."""
    parts = [part] if _tag(part) == "SimpleData" else [value for value in part if _tag(value) == "value"]
    return "".join(text for value in parts for text in value.itertext())


def _contradiction(mark: ET.Element) -> str | None:
    """The name of a value that is given twice with different texts."""
    texts: dict[str, str] = {}
    named = ((part.get("name") or "", part) for part in mark.iter() if _tag(part) in ("Data", "SimpleData"))
    return next((name for name, part in named if texts.setdefault(name, value := _datum(part)) != value), None)


def _shape(mark: ET.Element) -> Any:
    """Return the point of a placemark; None without a geometry."""
    found = [part for part in mark.iter() if _tag(part) in _SHAPES]
    if not found:
        return None
    if _tag(found[0]) != "Point":
        msg = f"the geometry is a {_tag(found[0])}, not a point"
        raise ValueError(msg)
    if len(found) > 1:
        msg = f"there are {len(found)} geometries, not one point"
        raise ValueError(msg)
    texts = [text for part in found[0].iter() if _tag(part) == "coordinates" for text in part.itertext()]
    parts = "".join(texts).split(",")
    if len(parts) not in (2, 3) or not all(_NUMBER.fullmatch(part.strip()) for part in parts[:2]):
        msg = f"the coordinates are {','.join(parts)[:60]!r}; KML writes longitude,latitude"
        raise ValueError(msg)
    return shapely.Point(float(parts[0]), float(parts[1]))


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """Write a KML document: one placemark per strike, with its days, and every column as a named value."""
    frame = _texts(with_degrees(losses.without(strikes, NOT_XML, "control characters are replaced")))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>',
             "<name>strikes</name>"]  # fmt: skip
    lines += [_placemark(row) for row in frame.to_dict("records")]
    return "\n".join([*lines, "</Document></kml>", ""]).encode("utf-8")


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Convert dates and numbers to texts."""
    frame = dates_as_text(frame)
    for name in frame.select_dtypes("number").columns:
        frame[name] = number_texts(frame[name])
    return frame


def _placemark(row: dict[Any, Any]) -> str:
    name = row["place"] or row["place_as_written"]
    parts = [f"<Placemark><name>{_xml(name)}</name>"]
    if row["date_start"] and row["date_start"] == row["date_end"]:
        parts.append(f"<TimeStamp><when>{row['date_start']}</when></TimeStamp>")
    elif row["date_start"] or row["date_end"]:
        ends = (("begin", row["date_start"]), ("end", row["date_end"]))
        parts.append("<TimeSpan>" + "".join(f"<{tag}>{day}</{tag}>" for tag, day in ends if day) + "</TimeSpan>")
    data = [
        f"<Data name={quoteattr(NOT_XML.sub(' ', str(key)))}><value>{_xml(value)}</value></Data>"
        for key, value in row.items()
        if value != "" and key not in ("longitude", "latitude")
    ]
    parts.append("<ExtendedData>" + "".join(data) + "</ExtendedData>")
    if row["longitude"] != "":
        parts.append(f"<Point><coordinates>{row['longitude']},{row['latitude']}</coordinates></Point>")
    return "".join(parts) + "</Placemark>"


def _xml(text: object) -> str:
    return escape(str(text), {"\r": "&#13;"})


KML = Format(
    name="kml",
    media_type="application/vnd.google-earth.kml+xml",
    reads=(".kml", ".kmz"),
    writes=(".kml",),
    read=_read,
    write=_write,
    in_worker=True,
    splits_points=True,
    input="placemarks with points, their time and named values",
    output="`.kml` with the same",
    limits="control characters",
)

"""JSON: lists of objects, JSON Lines and GeoJSON. Numbers stay as written, nested values stay JSON."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from geostrike.errors import InputError
from geostrike.exchange.formats.flat import dates_as_text
from geostrike.exchange.formats.format import Format, ReadOptions
from geostrike.exchange.grid import EXCERPT, Grid, RejectedRow
from geostrike.intake.foreign_text import Doubled, as_object
from geostrike.intake.opening import Opened, utf8_file
from geostrike.intake.writing import json_text
from geostrike.tables import sound_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GEOJSON", "JSON", "geojson_bytes"]

_MAX_BYTES = 1_000_000_000  # of a JSON file: it is held in memory as a whole
_DEEPEST = 100  # levels of nesting; values are written by recursion, and Python's stack holds a thousand frames
_MOST_CELLS = 50_000_000  # where every object has other names, each becomes a column of all
_TOO_DEEP = f"lists or objects are nested more than {_DEEPEST} deep"
_BLANK = " \t\r\x1e"  # with the record separator of text sequences (RFC 8142)
_LINES = (".jsonl", ".ndjson", ".geojsonl")
_LISTS = ("features", "events", "data", "results", "Result", "items", "placemarks")


_LONG_NUMBER = 1_000  # digits; Python reads whole numbers of 4,300


class _Number(str):
    """A number as written."""

    __slots__ = ()


_KINDS = {str: "text", _Number: "number", bool: "true or false", type(None): "null"}


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(source: Opened, name: str, _options: ReadOptions) -> Grid:
    """Read the objects of a JSON file as rows, and the features of GeoJSON with their geometry.

    Raises
    ------
    InputError
        If the file is not JSON, or holds no list of objects.
    """
    size = source.path.stat().st_size
    if size > _MAX_BYTES:
        msg = f"{name}: {size:,} bytes; the limit for JSON is {_MAX_BYTES:,}. Convert it to CSV, GeoPackage or Parquet"
        raise InputError(msg)
    path, notes, damaged = utf8_file(source, name)
    text = path.read_text(encoding="utf-8").removeprefix("\ufeff")
    rows, rejected = _Rows(), []
    for line, value in _values(text, name, by_line=source.suffix in _LINES):
        if isinstance(value, dict):
            rows.add(line, value)
        else:
            rejected.append(value if isinstance(value, RejectedRow) else _not_an_object(line, value))
    rows.check_width(name)
    grid = Grid.of_rows(name, rows.cells, rows.lines, rejected=rejected + rows.rejected, notes=[*source.notes, *notes])
    grid.damaged = damaged or rows.damaged
    if rows.has_geometry:
        grid.geometry = np.array(rows.geometry, dtype=object)
    return grid


def _not_an_object(line: int, value: Any) -> RejectedRow:
    return RejectedRow(line, "BAD_TEXT", "is not an object with named values", str(value)[:EXCERPT])


def _values(text: str, name: str, *, by_line: bool) -> Iterator[tuple[int, Any]]:
    """Iterate over the objects with their line or, in a list, their number."""
    if by_line:
        return _of_lines(text)
    try:
        content = _loads(text)
    except (ValueError, RecursionError) as error:
        if str(error).startswith("Extra data: line ") and text[: text.find("\n")].strip().endswith("}"):
            return _of_lines(text)  # JSON Lines under the name of JSON
        msg = f"{name}: is not JSON: {_fault(error)}"
        raise InputError(msg) from error
    return enumerate(_list_in(content, name), start=1)


def _of_lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip(_BLANK):
            yield number, _load_line(line.strip(_BLANK), number)


def _list_in(content: Any, name: str) -> list[Any]:
    """Return the list of events in a JSON file; a single object is a list of one."""
    if isinstance(content, dict):
        _check_crs(content, name)
        content = next((content[key] for key in _LISTS if isinstance(content.get(key), list)), [content])
    if not isinstance(content, list):
        kind = _KINDS.get(type(content), "value")
        msg = f"{name}: holds a single {kind}, not a list of events"
        raise InputError(msg)
    return content


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number, object_pairs_hook=as_object)


def _load_line(line: str, number: int) -> Any:
    try:
        return _loads(line)
    except (ValueError, RecursionError) as error:
        return RejectedRow(number, "BAD_TEXT", f"is not JSON: {_fault(error)}", line[:EXCERPT])


def _fault(error: Exception) -> str:
    return _TOO_DEEP if isinstance(error, RecursionError) else str(error)


def _is_deep(value: Any) -> bool:
    """Whether a value is nested more than 100 deep."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [part for whole in level if isinstance(whole, (dict, list)) for part in _parts(whole)]
        if not level:
            return False
    return True


def _parts(whole: dict[str, Any] | list[Any]) -> list[Any]:
    inner = whole.values() if isinstance(whole, dict) else whole
    return [part for part in inner if isinstance(part, (dict, list))]


def _check_crs(content: dict[str, Any], name: str) -> None:
    """Reject old GeoJSON with a CRS other than longitude and latitude."""
    stated = content.get("crs")
    if not isinstance(stated, dict):
        return
    crs = str((stated.get("properties") or {}).get("name", "")) if isinstance(stated.get("properties"), dict) else ""
    if crs and not crs.upper().endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        msg = f"{name}: its coordinates are in {crs[:60]!r}; GeoJSON is in degrees (RFC 7946): convert it"
        raise InputError(msg)


class _Rows:
    """The rows so far."""

    def __init__(self) -> None:
        self.cells: list[dict[str, str]] = []
        self.lines: list[int] = []
        self.geometry: list[Any] = []
        self.rejected: list[RejectedRow] = []
        self.has_geometry = self.damaged = False

    def check_width(self, name: str) -> None:
        """Reject objects with so many different names that their table would not fit into memory."""
        names = {key for row in self.cells for key in row}
        if len(names) * len(self.cells) > _MOST_CELLS:
            msg = f"{name}: {len(names):,} names of values in {len(self.cells):,} objects make too wide a table"
            raise InputError(msg)

    def add(self, line: int, value: dict[str, Any]) -> None:
        fault = _fault_in(value)
        if fault:
            self.rejected.append(RejectedRow(line, "BAD_TEXT", fault, ", ".join(value)[:EXCERPT]))
            return
        shape = None
        if value.get("type") == "Feature":
            self.has_geometry = True
            try:
                shape = _shape(value.get("geometry"))
            except (ValueError, TypeError, KeyError, IndexError, shapely.errors.ShapelyError) as error:
                content = json.dumps(value, ensure_ascii=False)[:EXCERPT]
                self.rejected.append(
                    RejectedRow(line, "BAD_GEOMETRY", f"the geometry cannot be read: {error}", content)
                )
                return
            value = _properties(value)
        self.cells.append({self._sound(str(key)): self._sound(_cell(cell)) for key, cell in value.items()})
        self.lines.append(line)
        self.geometry.append(shape)

    def _sound(self, text: str) -> str:
        """Replace surrogates, which JSON can write and other formats cannot hold."""
        sound = sound_text(text)
        self.damaged |= sound != text
        return sound


def _fault_in(value: dict[str, Any]) -> str:
    """Why an object cannot be a row; empty if it can."""
    if _is_deep(value):
        return _TOO_DEEP
    parts = (value, value.get("properties"), value.get("geometry"))
    return next((part.reason for part in parts if isinstance(part, Doubled)), "")


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    """The properties of a feature, including its id."""
    properties = feature.get("properties")
    given = {"id": feature["id"]} if feature.get("id") is not None else {}
    return given | (properties if isinstance(properties, dict) else {})


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(_with_numbers(value), ensure_ascii=False)


def _with_numbers(value: Any) -> Any:
    """Convert the numbers in a nested value back to numbers."""
    if isinstance(value, dict):
        return {key: _with_numbers(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_numbers(part) for part in value]
    return _as_number(value) if isinstance(value, _Number) else value


def _as_number(written: _Number) -> float | str:
    """Convert to a number; NaN and what JSON readers cannot hold stay text."""
    number = float(written)
    if not math.isfinite(number):
        return str(written)
    return json.loads(written) if len(written) < _LONG_NUMBER else number


def _shape(geometry: Any) -> Any:
    """Convert a GeoJSON geometry to a shape; None for null."""
    if geometry is None:
        return None
    if not isinstance(geometry, dict):
        msg = f"it is a {type(geometry).__name__}"
        raise TypeError(msg)
    if geometry.get("type") == "Point":
        lon, lat = (_degrees(value) for value in geometry["coordinates"][:2])
        return shapely.Point(lon, lat)
    shape = shapely.from_geojson(json.dumps(_with_numbers(geometry)))
    return None if shapely.is_empty(shape) else shape


def _degrees(value: Any) -> float:
    if not isinstance(value, _Number):
        msg = f"a coordinate is {json.dumps(value)[:40]}"
        raise TypeError(msg)
    return float(value)


# --- writing ----------------------------------------------------------------------------------------------------------


def geojson_bytes(table: gpd.GeoDataFrame) -> bytes:
    """Return a table as GeoJSON (RFC 7946): one feature per row, with null geometry where the row has none.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"place": ["Tuapse"]}, geometry=gpd.points_from_xy([39.08], [44.1]), crs="EPSG:4326")
    >>> json.loads(geojson_bytes(table))["features"][0]["geometry"]["coordinates"]
    [39.08, 44.1]
    """
    frame = gpd.GeoDataFrame(dates_as_text(table))
    # One line per feature: the encoder is ten times as fast without indentation, and lines can be compared.
    features = (_feature_text(feature) for feature in frame.iterfeatures(na="null", drop_id=True))
    text = '{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n"
    return text.encode("utf-8", "backslashreplace")


def _feature_text(feature: dict[str, Any]) -> str:
    try:
        return json.dumps(feature, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):  # a value of a type unknown to JSON
        return json_text(feature)


JSON = Format(
    name="json",
    reads=(".json", ".jsonl"),
    reads_also=(".ndjson",),
    read=_read,
    input="lists of objects, TimeMap, GeoConfirmed",
)
GEOJSON = Format(
    name="geojson",
    media_type="application/geo+json",
    reads=(".geojson",),
    reads_also=(".geojsonl",),
    writes=(".geojson",),
    read=_read,
    write=lambda strikes, _losses: geojson_bytes(strikes),
    input="RFC 7946",
    output="RFC 7946",
)

"""JSON to grids: lists of objects, JSON Lines, GeoJSON. Numbers stay as they are written, nested values stay JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geostrike.errors import InputError
from geostrike.exchange.grid import EXCERPT, Grid, Refused
from geostrike.exchange.opening import Opened, utf8_file

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_JSON", "read_objects"]

MAX_JSON = 1_000_000_000
"""The largest JSON file: it is held in memory as a whole."""
_HALF = re.compile("[\ud800-\udfff]")
_LINES = (".jsonl", ".ndjson", ".geojsonl")
_LISTS = ("features", "events", "data", "results", "Result", "items", "placemarks")


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def read_objects(source: Opened, name: str) -> Grid:
    """The objects of a JSON file as rows; the features of a GeoJSON with their geometry.

    Raises
    ------
    InputError
        If the file is no JSON, or holds no list of objects.
    """
    size = source.path.stat().st_size
    if size > MAX_JSON:
        msg = f"{name}: {size:,} bytes; the limit for JSON is {MAX_JSON:,}. Convert it to CSV, GeoPackage or Parquet"
        raise InputError(msg)
    path, notes, damaged = utf8_file(source, name)
    text = path.read_text(encoding="utf-8").removeprefix("\ufeff")
    rows, refused = _Rows(), []
    for line, value in _values(text, name, by_line=source.suffix in _LINES):
        if isinstance(value, Refused):
            refused.append(value)
        elif isinstance(value, dict):
            rows.add(line, value)
        else:
            refused.append(Refused(line, "BAD_TEXT", "is no object with named values", str(value)[:EXCERPT]))
    grid = Grid.of_rows(name, rows.cells, rows.lines, refused=refused + rows.refused, notes=[*source.notes, *notes])
    grid.damaged = damaged or rows.damaged
    if rows.has_geometry:
        grid.geometry = np.array(rows.geometry, dtype=object)
    return grid


def _values(text: str, name: str, *, by_line: bool) -> Iterator[tuple[int, Any]]:
    """Each object with its line or, in a list, its number."""
    if by_line:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield number, _loaded_line(line, number)
        return
    try:
        content = _loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{name}: is no JSON: {error}"
        raise InputError(msg) from error
    if isinstance(content, dict):
        _check_crs(content, name)
        content = next((content[key] for key in _LISTS if isinstance(content.get(key), list)), [content])
    if not isinstance(content, list):
        msg = f"{name}: holds no list of events; it is a single {type(content).__name__}"
        raise InputError(msg)
    yield from enumerate(content, start=1)


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number)


def _loaded_line(line: str, number: int) -> Any:
    try:
        return _loads(line)
    except (ValueError, RecursionError) as error:
        return Refused(number, "BAD_TEXT", f"is no JSON: {error}", line[:EXCERPT])


def _check_crs(content: dict[str, Any], name: str) -> None:
    """Refuse a GeoJSON of the old kind that names another CRS than longitude and latitude."""
    told = content.get("crs")
    if not isinstance(told, dict):
        return
    crs = str((told.get("properties") or {}).get("name", "")) if isinstance(told.get("properties"), dict) else ""
    if crs and not crs.upper().endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        msg = f"{name}: its coordinates are in {crs}; GeoJSON is in longitude and latitude (RFC 7946): convert it"
        raise InputError(msg)


class _Rows:
    """The rows so far."""

    def __init__(self) -> None:
        self.cells: list[dict[str, str]] = []
        self.lines: list[int] = []
        self.geometry: list[Any] = []
        self.refused: list[Refused] = []
        self.has_geometry = self.damaged = False

    def add(self, line: int, value: dict[str, Any]) -> None:
        shape = None
        if value.get("type") == "Feature":
            self.has_geometry = True
            properties = value.get("properties")
            given = {"id": value["id"]} if value.get("id") is not None else {}
            try:
                shape = _shape(value.get("geometry"))
            except (ValueError, TypeError, KeyError, IndexError, shapely.errors.ShapelyError) as error:
                content = json.dumps(value, ensure_ascii=False)[:EXCERPT]
                self.refused.append(Refused(line, "BAD_GEOMETRY", f"the geometry cannot be read: {error}", content))
                return
            value = given | (properties if isinstance(properties, dict) else {})
        self.cells.append({self._sound(str(key)): self._sound(_cell(cell)) for key, cell in value.items()})
        self.lines.append(line)
        self.geometry.append(shape)

    def _sound(self, text: str) -> str:
        """The text without halves of characters, which JSON can write and nothing else can hold."""
        if text.isascii() or not _HALF.search(text):
            return text
        self.damaged = True
        return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(_with_numbers(value), ensure_ascii=False)


def _with_numbers(value: Any) -> Any:
    """A nested value with numbers as numbers again."""
    if isinstance(value, dict):
        return {key: _with_numbers(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_numbers(part) for part in value]
    return json.loads(value) if isinstance(value, _Number) else value


def _shape(geometry: Any) -> Any:
    """The shape of a GeoJSON geometry; None for null."""
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

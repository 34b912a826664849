"""Convert Arrow tables to grids: every value as text, every geometry in WGS84."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geostrike.errors import InputError
from geostrike.exchange.grid import Grid, unique_names

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

__all__ = ["MAX_ROWS", "check_rows", "grid_of_arrow", "in_degrees", "shapes_of"]

MAX_ROWS = 20_000_000
"""The limit on rows: a small file can hold more rows than fit into memory."""


def check_rows(rows: int, name: str) -> None:
    """Reject a table with more rows than `MAX_ROWS`."""
    if rows > MAX_ROWS:
        msg = f"{name}: has more rows than the limit of {MAX_ROWS:,}; `geostrike depth` measures Parquet of any length"
        raise InputError(msg)


def shapes_of(column: pa.ChunkedArray) -> tuple[Any, npt.NDArray[np.bool_]]:
    """Return the shapes of a WKB column, and which cells cannot be read."""
    cells = column.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(cells, on_invalid="ignore")
    return shapes, shapely.is_missing(shapes) & np.array([cell is not None for cell in cells], dtype=bool)


def in_degrees(shapes: gpd.GeoSeries, name: str) -> npt.NDArray[Any]:
    """Transform shapes to WGS84, without heights."""
    if shapes.crs is None:
        msg = f"{name}: names no coordinate reference system; give it one, or columns latitude and longitude"
        raise InputError(msg)
    degrees: npt.NDArray[Any] = shapes.to_crs("EPSG:4326").force_2d().to_numpy()
    return degrees


def grid_of_arrow(
    name: str, table: pa.Table, shapes: Any, notes: list[str], broken: npt.NDArray[np.bool_] | None = None
) -> Grid:
    """Return the grid of a table; its rows are counted from 1."""
    columns = unique_names(table.column_names)
    cells = pd.DataFrame({c: _text(table.column(at)) for at, c in enumerate(columns)}, index=range(table.num_rows))
    grid = Grid(name, cells, lambda rows: rows + np.int64(1), notes=list(notes), geometry=shapes, broken=broken)
    grid.damaged = any(_holds_no_text(column) for column in table.columns)
    return grid


def _holds_no_text(column: pa.ChunkedArray) -> bool:
    """Whether a text column holds bytes that are not text."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return True
    return False


def _text(column: pa.ChunkedArray) -> pd.Series[str]:
    """Convert a column to text: dates as ISO days, numbers as typed, lists as JSON."""
    filled = pc.fill_null(_texts(column).cast(pa.large_string()), "")
    text: pd.Series[str] = filled.to_pandas(types_mapper={pa.large_string(): pd.StringDtype(na_value=np.nan)}.get)
    return text


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_timestamp(kind):
        whole = pc.all(pc.equal(column, pc.floor_temporal(column, unit="day"))).as_py()
        return pc.strftime(column, format="%Y-%m-%d") if whole is not False else column.cast(pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _each(column, _as_json)
    if _holds_no_text(column):
        return _each(column.cast(pa.large_binary()), lambda value: value.decode(errors="replace"))
    if pa.types.is_floating(kind):
        numbers = pc.if_else(pc.is_nan(column), None, column)
        return pc.replace_substring_regex(numbers.cast(pa.string()), r"\.0$", "")
    return column


def _each(column: pa.ChunkedArray, text_of: Callable[[Any], str]) -> pa.ChunkedArray:
    texts = [None if value is None else text_of(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, type=pa.large_string())])


def _as_json(value: Any) -> str:
    return json.dumps(value.hex() if isinstance(value, bytes) else value, ensure_ascii=False, default=str)

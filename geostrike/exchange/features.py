"""GeoPackage, FlatGeobuf, shapefiles and (Geo)Parquet to grids: every value as text, every geometry in WGS84.

GDAL opens what a file says it is, whatever its name: so each is opened by its own driver, or looked at before.
"""

from __future__ import annotations

import glob
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely

from geostrike.errors import InputError
from geostrike.exchange.grid import Grid, unique_names

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from geostrike.intake.opening import Opened

__all__ = ["LAYERED", "MAX_ROWS", "PARQUET", "read_features", "read_parquet"]

LAYERED = (".gpkg", ".fgb", ".shp")
PARQUET = (".parquet", ".geoparquet")
MAX_ROWS = 20_000_000
"""The most rows of a table: a small file can hold more than any memory does."""
_MAGIC = {".gpkg": b"SQLite format 3\0", ".fgb": b"fgb", ".shp": b"\x00\x00\x27\x0a"}
_PARTS = "a shapefile is a .shp, a .shx and a .dbf file, best all in one .zip"
_ERRORS = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError)


def read_features(source: Opened, name: str, layer: str | None) -> Grid:
    """The features of one layer; they are counted from 1.

    Raises
    ------
    InputError
        If the file is not what it is called, is cut off, names no CRS, or has several layers and none is chosen.
    """
    with source.path.open("rb") as handle:
        head = handle.read(16)
    if not head.startswith(_MAGIC[source.suffix]):
        msg = f"{name}: is no {source.suffix} file, whatever its name says"
        raise InputError(msg)
    if source.suffix == ".shp":
        _check_shapefile(source.path, name)
    dataset = f"GPKG:{source.path}" if source.suffix == ".gpkg" else str(source.path)
    try:
        chosen = _the_layer(dataset, name, layer)
        meta, table = pyogrio.read_arrow(dataset, layer=chosen, max_features=MAX_ROWS + 1)
        _check_rows(table.num_rows, name)
    except (*_ERRORS, pa.ArrowInvalid) as error:
        msg = f"{name}: cannot be read as {source.suffix[1:]}: {_in_short(error)}"
        raise InputError(msg) from error
    column = meta["geometry_name"] or "wkb_geometry"
    if column not in table.column_names:
        return _grid(name, table, None, source.notes)
    shapes, broken = _shapes_of(table.column(column))
    shapes = _in_degrees(gpd.GeoSeries(shapes, crs=meta["crs"]), name)
    return _grid(name, table.drop_columns([column]), shapes, source.notes, broken)


def _check_shapefile(path: Path, name: str) -> None:
    """Refuse a shapefile of which a part is missing or cut off: GDAL reads the rest, without a word.

    Raises
    ------
    InputError
        If it is.
    """
    parts = {part.suffix.lower(): part for part in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    if ".dbf" not in parts:
        msg = f"{name}: cannot be read as shp: its .dbf file is missing; {_PARTS}"
        raise InputError(msg)
    table = parts[".dbf"]
    with path.open("rb") as shapes, table.open("rb") as rows:
        told = 2 * int.from_bytes(shapes.read(28)[24:28], "big")
        head = rows.read(12)
    count, start, length = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    for part, size in ((path, told), (table, start + count * length)):
        there = part.stat().st_size
        if there < size:
            msg = f"{name}: its {part.suffix} file is cut off: {there:,} bytes of {size:,}"
            raise InputError(msg)


def _shapes_of(column: pa.ChunkedArray) -> tuple[Any, npt.NDArray[np.bool_]]:
    """The shapes of a column of WKB, and which cells hold bytes that are none."""
    cells = column.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(cells, on_invalid="ignore")
    return shapes, shapely.is_missing(shapes) & np.array([cell is not None for cell in cells], dtype=bool)


def _in_short(error: Exception) -> str:
    """What GDAL says, without the query that failed and the path of an unpacked copy."""
    told = str(error).rpartition(" failed: ")[2].partition(";")[0].strip()
    if ".shx" in told:
        return f"its .shx file is missing; {_PARTS}"
    return f"{told[:200]}; is it cut off?"


def _the_layer(dataset: str, name: str, wanted: str | None) -> str:
    layers = [str(layer) for layer, _ in pyogrio.list_layers(dataset)]
    if not layers:
        msg = f"{name}: holds no layer that can be read; is it cut off?"
        raise InputError(msg)
    if wanted:
        if wanted not in layers:
            msg = f"{name}: has no layer {wanted!r}; there are: {', '.join(layers)}"
            raise InputError(msg)
        return wanted
    if len(layers) != 1:
        msg = f"{name}: has {len(layers)} layers ({', '.join(layers)}); say which with --layer"
        raise InputError(msg)
    return layers[0]


def read_parquet(source: Opened, name: str) -> Grid:
    """The rows of a Parquet file, with their geometry if it is a GeoParquet file; they are counted from 1.

    Raises
    ------
    InputError
        If the file is no Parquet file, or cut off.
    """
    try:
        file = pq.ParquetFile(source.path)
        column, told = _geometry_told(file.schema_arrow.metadata or {})
        _check_rows(file.metadata.num_rows, name)
        table = file.read()
        if not column:
            return _grid(name, table, None, source.notes)
        shapes, broken = _shapes_in_parquet(source, table, told, column)
    except MemoryError:  # Arrow's is one of its exceptions, too
        raise
    except (
        OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException, shapely.errors.GEOSException,
        pyproj.exceptions.CRSError,
    ) as error:  # fmt: skip
        msg = f"{name}: cannot be read as Parquet: {' '.join(str(error).split())[:200]}; is it cut off?"
        raise InputError(msg) from error
    return _grid(name, table.drop_columns([column]), _in_degrees(shapes, name), source.notes, broken)


def _geometry_told(metadata: dict[bytes, bytes]) -> tuple[str, dict[str, Any]]:
    """The column with the geometry, and what is told of it; no name where the file is no GeoParquet file."""
    if b"geo" not in metadata:
        return "", {}
    geo = json.loads(metadata[b"geo"])
    column = geo.get("primary_column") if isinstance(geo, dict) else None
    columns = geo.get("columns") if isinstance(geo, dict) else None
    if not isinstance(column, str) or not isinstance(columns, dict) or not isinstance(columns.get(column), dict):
        msg = "what it tells of its geometry (the metadata 'geo') names no column of it"
        raise LookupError(msg)  # noqa: TRY004 - as the other damages of a file
    return column, columns[column]


def _shapes_in_parquet(
    source: Opened, table: pa.Table, told: dict[str, Any], column: str
) -> tuple[gpd.GeoSeries, npt.NDArray[np.bool_] | None]:
    """The shapes of a GeoParquet file; geopandas' reader ends at the first one that is damaged."""
    kind = table.column(column).type
    if told["encoding"] != "WKB" or not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        return gpd.read_parquet(source.path, columns=[column]).geometry, None
    shapes, broken = _shapes_of(table.column(column))
    return gpd.GeoSeries(shapes, crs=told.get("crs", "OGC:CRS84")), broken


def _check_rows(rows: int, name: str) -> None:
    if rows > MAX_ROWS:
        msg = f"{name}: has more rows than the limit of {MAX_ROWS:,}; `geostrike depth` measures Parquet of any length"
        raise InputError(msg)


def _in_degrees(shapes: gpd.GeoSeries, name: str) -> Any:
    if shapes.crs is None:
        msg = f"{name}: names no coordinate reference system; give it one, or columns latitude and longitude"
        raise InputError(msg)
    return shapes.to_crs("EPSG:4326").force_2d().to_numpy()


def _grid(
    name: str, table: pa.Table, shapes: Any, notes: list[str], broken: npt.NDArray[np.bool_] | None = None
) -> Grid:
    columns = unique_names(table.column_names)
    cells = pd.DataFrame({c: _text(table.column(at)) for at, c in enumerate(columns)}, index=range(table.num_rows))
    grid = Grid(name, cells, lambda rows: rows + np.int64(1), notes=list(notes), geometry=shapes, broken=broken)
    grid.damaged = any(_holds_no_text(column) for column in table.columns)
    return grid


def _holds_no_text(column: pa.ChunkedArray) -> bool:
    """Whether a column of texts has bytes that are none."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return True
    return False


def _text(column: pa.ChunkedArray) -> pd.Series[str]:
    """A column as text: dates as ISO days, numbers as they would be typed, lists as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_timestamp(kind):
        whole = pc.all(pc.equal(column, pc.floor_temporal(column, unit="day"))).as_py()
        column = pc.strftime(column, format="%Y-%m-%d") if whole is not False else column.cast(pa.string())
    elif pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = [None if value is None else _as_json(value) for value in column.to_pylist()]
        column = pa.chunked_array([pa.array(texts, type=pa.large_string())])
    elif _holds_no_text(column):
        texts = [
            None if value is None else value.decode(errors="replace")
            for value in column.cast(pa.large_binary()).to_pylist()
        ]
        column = pa.chunked_array([pa.array(texts, type=pa.large_string())])
    elif pa.types.is_floating(kind):
        column = pc.replace_substring_regex(pc.if_else(pc.is_nan(column), None, column).cast(pa.string()), r"\.0$", "")
    filled = pc.fill_null(column.cast(pa.large_string()), "")
    text: pd.Series[str] = filled.to_pandas(types_mapper={pa.large_string(): pd.StringDtype(na_value=np.nan)}.get)
    return text


def _as_json(value: Any) -> str:
    return json.dumps(value.hex() if isinstance(value, bytes) else value, ensure_ascii=False, default=str)

"""Parquet and GeoParquet: every column in its type."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from geostrike.errors import InputError
from geostrike.exchange.formats.arrow_grid import check_rows, grid_of_arrow, in_degrees, shapes_of
from geostrike.exchange.formats.format import Format, ReadOptions

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from geostrike.exchange.grid import Grid
    from geostrike.intake.opening import Opened

__all__ = ["PARQUET", "geoparquet_bytes"]


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(source: Opened, name: str, _options: ReadOptions) -> Grid:
    """Read the rows of a Parquet file, counted from 1, with their geometry if it is GeoParquet.

    Raises
    ------
    InputError
        If the file is not Parquet, or is cut off.
    """
    try:
        file = pq.ParquetFile(source.path)
        column, metadata = _geometry_column(file.schema_arrow.metadata or {})
        check_rows(file.metadata.num_rows, name)
        table = file.read()
        if not column:
            return grid_of_arrow(name, table, None, source.notes)
        shapes, broken = _shapes_in_parquet(source, table, metadata, column)
    except MemoryError:  # Arrow's own is an ArrowException, too
        raise
    except (
        OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException, shapely.errors.GEOSException,
        pyproj.exceptions.CRSError,
    ) as error:  # fmt: skip
        msg = f"{name}: cannot be read as Parquet: {' '.join(str(error).split())[:200]}; is it cut off?"
        raise InputError(msg) from error
    return grid_of_arrow(name, table.drop_columns([column]), in_degrees(shapes, name), source.notes, broken)


def _geometry_column(metadata: dict[bytes, bytes]) -> tuple[str, dict[str, Any]]:
    """Return the geometry column and its metadata; an empty name if the file is not GeoParquet."""
    if b"geo" not in metadata:
        return "", {}
    geo = json.loads(metadata[b"geo"])
    column = geo.get("primary_column") if isinstance(geo, dict) else None
    columns = geo.get("columns") if isinstance(geo, dict) else None
    if not isinstance(column, str) or not isinstance(columns, dict) or not isinstance(columns.get(column), dict):
        msg = "its metadata 'geo' does not name a geometry column"
        raise LookupError(msg)  # noqa: TRY004 - like other damage in a file
    return column, columns[column]


def _shapes_in_parquet(
    source: Opened, table: pa.Table, metadata: dict[str, Any], column: str
) -> tuple[gpd.GeoSeries, npt.NDArray[np.bool_] | None]:
    """Read the shapes of a GeoParquet file; geopandas' own reader stops at the first damaged one."""
    kind = table.column(column).type
    if metadata["encoding"] != "WKB" or not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        return gpd.read_parquet(source.path, columns=[column]).geometry, None
    shapes, broken = shapes_of(table.column(column))
    return gpd.GeoSeries(shapes, crs=metadata.get("crs", "OGC:CRS84")), broken


# --- writing ----------------------------------------------------------------------------------------------------------


def geoparquet_bytes(table: gpd.GeoDataFrame) -> bytes:
    """Return a table as GeoParquet in WGS84: every column in its type.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"place": ["Tuapse"]}, geometry=gpd.points_from_xy([39.08], [44.1]), crs="EPSG:4326")
    >>> gpd.read_parquet(io.BytesIO(geoparquet_bytes(table)))["place"].tolist()
    ['Tuapse']
    """
    content = io.BytesIO()
    table.to_parquet(content, index=False, compression="zstd")
    return content.getvalue()


PARQUET = Format(
    name="parquet",
    media_type="application/vnd.apache.parquet",
    reads=(".parquet", ".geoparquet"),
    writes=(".parquet", ".geoparquet"),
    read=_read,
    write=lambda strikes, _losses: geoparquet_bytes(strikes),
    in_worker=True,
    input="Parquet and GeoParquet",
    output="GeoParquet",
)

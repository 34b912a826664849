"""Read binary tables in a worker with limits, which passes the grid on as an Arrow file.

The caller gets text, numbers and points only: nothing that could run code is unpacked, and no library in the caller's
process touches the file itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geostrike.errors import InputError
from geostrike.exchange.formats import reader_of
from geostrike.exchange.formats.format import ReadOptions
from geostrike.exchange.grid import Grid, RejectedRow
from geostrike.intake import FaultError, LimitError, call, limits_for
from geostrike.intake.opening import Opened
from geostrike.intake.workers import READ_TABLE

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["put_grid", "read_foreign"]

_STR = pd.StringDtype(na_value=np.nan)


def read_foreign(source: Opened, name: str, layer: str | None) -> Grid:
    """Read a file in a worker: a GeoPackage, FlatGeobuf, shapefile, Parquet file, workbook or KML file.

    Raises
    ------
    InputError
        If the file cannot be read, or takes more time or memory than is allowed.
    """
    target = source.folder / "grid.arrow"
    arguments = {
        "path": os.fspath(source.path.absolute()), "suffix": source.suffix, "folder": os.fspath(source.folder),
        "name": name, "layer": layer, "target": os.fspath(target),
    }  # fmt: skip
    try:
        answer = call(READ_TABLE, arguments, limits_for(source.path.stat().st_size))
    except LimitError as error:
        msg = f"{name}: {error}"
        raise InputError(msg) from error
    except FaultError as error:
        msg = f"{name}: cannot be read as {source.suffix[1:]}: {error}"
        raise InputError(msg) from error
    return _grid(answer, _table(target), name, source.notes)


def _table(path: Path) -> pa.Table:
    """Read the table, and delete the file where the system allows it."""
    if os.name != "posix":  # there, a mapped file cannot be deleted
        return pa.ipc.open_file(pa.py_buffer(path.read_bytes())).read_all()
    with pa.memory_map(os.fspath(path)) as mapped:
        table = pa.ipc.open_file(mapped).read_all()
    path.unlink()  # the space is freed with the table
    return table


def _grid(answer: dict[str, Any], table: pa.Table, name: str, notes: list[str]) -> Grid:
    names: list[str] = answer["columns"]
    cells = pd.DataFrame(
        {column: table.column(f"c{at}").to_pandas(types_mapper=_as_str) for at, column in enumerate(names)},
        index=range(answer["rows"]),
        copy=False,
    )
    lines = _line_numbers(table)
    return Grid(
        name,
        cells,
        lambda rows: rows + np.int64(1) if lines is None else lines[rows],
        [RejectedRow(**rejected) for rejected in answer["rejected"]],
        notes + answer["notes"],
        geometry=_shapes(table),
        broken=table.column("broken").to_numpy() if "broken" in table.column_names else None,
        damaged=answer["damaged"],
    )


def _as_str(kind: pa.DataType) -> Any:
    return _STR if kind == pa.large_string() else None


def _line_numbers(table: pa.Table) -> npt.NDArray[np.int64] | None:
    if "line" not in table.column_names:
        return None
    lines: npt.NDArray[np.int64] = table.column("line").to_numpy()
    return lines


def _shapes(table: pa.Table) -> npt.NDArray[Any] | None:
    if "x" in table.column_names:
        x, y = (table.column(axis).to_numpy() for axis in "xy")
        missing = np.isnan(x)
        points: npt.NDArray[Any] = shapely.points(np.nan_to_num(x), np.nan_to_num(y))
        points[missing] = None
        return points
    if "wkb" in table.column_names:
        shapes: npt.NDArray[Any] = shapely.from_wkb(table.column("wkb").to_numpy())
        return shapes
    return None


# --- in the worker ----------------------------------------------------------------------------------------------------


def put_grid(*, path: str, suffix: str, folder: str, name: str, layer: str | None, target: str) -> dict[str, Any]:
    """Read a file and write its cells to an Arrow file; return the rest.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    source, options = Opened(Path(path), suffix, Path(folder)), ReadOptions(layer=layer)
    grid = reader_of(suffix, name).read(source, name, options)
    rows = np.arange(len(grid), dtype=np.int64)
    lines = np.asarray(grid.line_of(rows), dtype=np.int64)
    arrays = {f"c{at}": _texts(grid.cells.iloc[:, at]) for at in range(len(grid.cells.columns))}
    if not np.array_equal(lines, rows + 1):
        arrays["line"] = pa.array(lines)
    arrays |= _shape_columns(grid.geometry)
    if grid.broken is not None:
        arrays["broken"] = pa.array(grid.broken)
    answer = {
        "rows": len(grid), "columns": [str(column) for column in grid.cells.columns], "notes": grid.notes,
        "rejected": [vars(rejected) for rejected in grid.rejected], "damaged": grid.damaged,
    }  # fmt: skip
    table = pa.table(arrays)
    with pa.OSFile(target, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return answer


def _texts(cells: pd.Series[str]) -> pa.ChunkedArray:
    array = pa.array(cells, from_pandas=True)
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def _shape_columns(shapes: npt.NDArray[Any] | None) -> dict[str, Any]:
    """Points as two columns of numbers, which need no parser; other shapes as WKB."""
    if shapes is None:
        return {}
    kinds = shapely.get_type_id(shapes)
    missing = kinds < 0
    if (missing | ((kinds == shapely.GeometryType.POINT) & ~shapely.is_empty(shapes) & ~shapely.has_z(shapes))).all():
        x, y = shapely.get_x(shapes), shapely.get_y(shapes)
        if not (np.isnan(x) & ~missing).any():
            return {"x": pa.array(x, from_pandas=False), "y": pa.array(y, from_pandas=False)}
    return {"wkb": pa.array(shapely.to_wkb(shapes), type=pa.large_binary())}

"""What kind of file it is, by its ending and by what it holds, and the grid of its cells."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd

from geostrike.errors import InputError
from geostrike.exchange.beside import add_columns_beside
from geostrike.exchange.delimited import first_cells, read_delimited
from geostrike.exchange.features import LAYERED, PARQUET
from geostrike.exchange.foreign_files import read_foreign
from geostrike.exchange.grid import Grid, unique_names
from geostrike.exchange.locations import exploded
from geostrike.exchange.objects import read_objects
from geostrike.exchange.opening import Opened, opened
from geostrike.exchange.schemas import Schema
from geostrike.exchange.workbook import WORKBOOKS
from geostrike.intake.ahead import TABLES

__all__ = ["SUFFIXES", "read_grid"]

Choice: TypeAlias = Callable[[Sequence[str]], tuple[Schema, bool]]

_DELIMITED = (".csv", ".tsv", ".txt", ".tab", "")
_OBJECTS = (".json", ".jsonl", ".ndjson", ".geojson", ".geojsonl")
SUFFIXES = (".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".geojson", *LAYERED, *PARQUET, ".kml", ".kmz", ".gz", ".zip")


@contextmanager
def read_grid(
    source: str | os.PathLike[str] | pd.DataFrame, choose: Choice, *, layer: str | None = None, progress: bool = False
) -> Iterator[tuple[Grid, Schema]]:
    """The cells of a file or a DataFrame, and the schema that they have; the file stays at hand for asking lines.

    Raises
    ------
    InputError
        If the file cannot be read at all.
    """
    if isinstance(source, pd.DataFrame):
        grid = _of_frame(source)
        yield grid, choose(list(grid.cells.columns))[0]
        return
    path = Path(source)
    name = os.fsencode(path.name).decode("utf-8", "replace")  # one that is no UTF-8, as far as it is text
    with opened(path) as plain:
        if layer is not None and plain.suffix not in (*WORKBOOKS, *LAYERED):
            msg = f"{name}: has no layers and no sheets: --layer is for GeoPackages and workbooks"
            raise InputError(msg)
        if plain.suffix in _DELIMITED:
            grid, schema = _of_delimited(plain, name, choose, progress=progress)
        else:
            grid, schema = _of_file(plain, name, choose, layer)
        if schema.beside:
            add_columns_beside(grid, path, schema.beside)
        yield grid, schema


def _of_delimited(plain: Opened, name: str, choose: Choice, *, progress: bool) -> tuple[Grid, Schema]:
    schema, headless = choose(unique_names(first_cells(plain, name)))
    names = schema.names if headless else None
    grid = read_delimited(plain, name, names=names, quoted=schema.quoted, progress=progress)
    if schema.explode in grid.cells.columns:
        grid = exploded(grid, schema.explode, schema.explode_names)
    return grid, schema


def _of_file(plain: Opened, name: str, choose: Choice, layer: str | None) -> tuple[Grid, Schema]:
    if plain.suffix in _OBJECTS:
        grid = read_objects(plain, name)
    elif plain.suffix in TABLES:
        grid = read_foreign(plain, name, layer)
    else:
        msg = f"{name}: a {plain.suffix} file is not read as a table; tables are {', '.join(SUFFIXES)} files"
        raise InputError(msg)
    return grid, choose(list(grid.cells.columns))[0]


def _of_frame(frame: pd.DataFrame) -> Grid:
    """A DataFrame as cells of text; rows are numbered from 1."""
    geometry = None
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = frame.geometry if frame.crs is None else frame.geometry.to_crs("EPSG:4326")
        geometry = shapes.to_numpy()
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    cells = pd.DataFrame({str(name): _as_text(frame[name]) for name in frame.columns}).reset_index(drop=True)
    return Grid("the table", cells, lambda rows: rows + np.int64(1), geometry=geometry)


def _as_text(column: Any) -> pd.Series[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        whole = (column.dt.normalize() == column) | column.isna()
        text = column.dt.strftime("%Y-%m-%d" if whole.all() else "%Y-%m-%dT%H:%M:%S")
    elif pd.api.types.is_float_dtype(column):
        text = pd.Series([repr(float(v)).removesuffix(".0") for v in column], index=column.index)
        text = text.mask(column.isna())
    else:
        text = pd.Series(["" if pd.isna(v) else str(v) for v in column], index=column.index, dtype="str")
    filled: pd.Series[str] = text.fillna("").astype("str")
    return filled

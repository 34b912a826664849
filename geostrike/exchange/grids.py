"""Read a file of any format, or a DataFrame, into a grid, and choose its schema."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from geostrike.errors import InputError
from geostrike.exchange.dataframe import grid_of_frame
from geostrike.exchange.foreign_files import read_foreign
from geostrike.exchange.formats import READERS, reader_of
from geostrike.exchange.formats.format import ReadOptions
from geostrike.exchange.grid import Grid, unique_names
from geostrike.exchange.reshape import add_columns_beside, explode_places
from geostrike.exchange.schemas import Schema
from geostrike.intake.opening import Opened, opened

__all__ = ["Choice", "read_grid"]

Choice: TypeAlias = Callable[[Sequence[str]], tuple[Schema, bool]]
"""Chooses the schema by a table's first record, and says whether that record is a row already."""


@contextmanager
def read_grid(
    source: str | os.PathLike[str] | pd.DataFrame, choose: Choice, *, layer: str | None = None, progress: bool = False
) -> Iterator[tuple[Grid, Schema]]:
    """Yield the grid of a file or a DataFrame and its schema; the file stays open so that lines can be counted.

    Raises
    ------
    InputError
        If the file cannot be read at all.
    """
    if isinstance(source, pd.DataFrame):
        grid = grid_of_frame(source)
        yield grid, choose(list(grid.cells.columns))[0]
        return
    path = Path(source)
    name = os.fsencode(path.name).decode("utf-8", "replace")  # names on disk need not be UTF-8
    with opened(path) as plain:
        grid, schema = _of_file(plain, name, choose, ReadOptions(layer=layer, progress=progress))
        if schema.beside:
            add_columns_beside(grid, path, schema.beside)
        yield grid, schema


def _of_file(plain: Opened, name: str, choose: Choice, options: ReadOptions) -> tuple[Grid, Schema]:
    _check_layer(plain, name, options)
    form = reader_of(plain.suffix, name)
    if form.first_record is not None:
        schema, headless = choose(unique_names(form.first_record(plain, name)))
        options = replace(options, names=schema.names if headless else None, quoted=schema.quoted)
        grid = form.read(plain, name, options)
        return explode_places(grid, schema.explode, schema.explode_names), schema
    grid = read_foreign(plain, name, options.layer) if form.in_worker else form.read(plain, name, options)
    return grid, choose(list(grid.cells.columns))[0]


def _check_layer(plain: Opened, name: str, options: ReadOptions) -> None:
    form = READERS.get(plain.suffix)
    if options.layer is not None and (form is None or not form.has_layers):
        msg = f"{name}: has no layers and no sheets: --layer is for GeoPackages and workbooks"
        raise InputError(msg)

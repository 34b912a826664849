"""Read DataFrames into grids: every value as text."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geostrike.errors import InputError
from geostrike.exchange.grid import Grid, note_of_names, unique_names
from geostrike.tables import sound_text

__all__ = ["grid_of_frame"]


def grid_of_frame(frame: pd.DataFrame) -> Grid:
    """Return a DataFrame as cells of text; rows are numbered from 1. Named index levels become columns."""
    levels = [at for at, name in enumerate(frame.index.names) if name is not None and name not in frame.columns]
    columns = [pd.Series(frame.index.get_level_values(at)) for at in levels]
    names, geometry = [_name(frame.index.names[at]) for at in levels], None
    at = _geometry_at(frame)
    if at is not None:
        shapes = gpd.GeoSeries(frame.iloc[:, at])
        geometry = (shapes if shapes.crs is None else shapes.to_crs("EPSG:4326")).to_numpy()
    for number, name in enumerate(frame.columns):
        if number != at:
            names.append(_name(name))
            columns.append(pd.DataFrame(frame).iloc[:, number])
    if len(frame) and not names and geometry is None:
        msg = f"the table has {len(frame)} rows and no column"
        raise InputError(msg)
    cells = _Cells()
    own = unique_names(names)
    texts = {name: cells.of(column) for name, column in zip(own, columns, strict=True)}
    notes = [] if own == names else [note_of_names(names, own)]
    return Grid(
        "the table", pd.DataFrame(texts, index=range(len(frame))), lambda rows: rows + np.int64(1), notes=notes,
        geometry=geometry, damaged=cells.damaged,
    )  # fmt: skip


def _geometry_at(frame: pd.DataFrame) -> int | None:
    """The position of the geometry column; None without one."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return None
    return list(frame.columns).index(frame.active_geometry_name)


def _name(name: object) -> str:
    """The name of a column as text, several levels joined by blanks."""
    if isinstance(name, tuple):
        return " ".join(filter(None, map(_name, name)))
    return sound_text(name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name))


class _Cells:
    """Converts columns to texts; `damaged` if some value could not be converted."""

    def __init__(self) -> None:
        self.damaged = False

    def of(self, column: pd.Series[Any]) -> Any:
        """Return the texts of a column, as an array."""
        if pd.api.types.is_datetime64_any_dtype(column):
            whole = (column.dt.normalize() == column) | column.isna()
            text = column.dt.strftime("%Y-%m-%d" if whole.all() else "%Y-%m-%dT%H:%M:%S").fillna("").tolist()
        elif pd.api.types.is_float_dtype(column):
            text = ["" if pd.isna(value) else repr(float(value)).removesuffix(".0") for value in column]
        else:
            text = [self._text(value) for value in column]
        return pd.array(text, dtype="str")

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return self._sound(value)
        if isinstance(value, bytes):
            return self._sound(value.decode("utf-8", "surrogateescape"))
        if pd.api.types.is_scalar(value) and pd.isna(value):
            return ""
        try:
            plain = value.tolist() if isinstance(value, np.ndarray) else value
            nested = isinstance(plain, (list, tuple, dict))
            return self._sound(json.dumps(plain, ensure_ascii=False, default=str) if nested else str(plain))
        except Exception:  # noqa: BLE001 - a table may hold objects of any kind
            self.damaged = True
            return "\N{REPLACEMENT CHARACTER}"

    def _sound(self, text: str) -> str:
        sound = sound_text(text)
        self.damaged |= sound != text
        return sound

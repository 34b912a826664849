"""Build columns of a strikes table, for millions of rows: each distinct value is handled once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.compute as pc
from geopandas.array import GeometryArray

from geostrike.geodesy.nearest_point import processors
from geostrike.tables import STRIKES, Column

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["as_text", "codes_of", "days_column", "distinct_points", "longest", "strikes_frame", "text_column"]

_NUMPY = {"date": "datetime64[s]", "float": "float64", "int": "int64"}


def codes_of(column: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the code of each row's value, and the distinct values, of a text or categorical column.

    Examples
    --------
    >>> codes, values = codes_of(pd.Series(["b", "a", "b"]))
    >>> codes.tolist(), values
    ([0, 1, 0], ['b', 'a'])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy().astype(np.int64), column.cat.categories.tolist()
    codes, values = pd.factorize(column)
    return codes.astype(np.int64), [str(value) for value in values]


def as_text(column: pd.Series[Any]) -> pd.Series[str]:
    """Return a text or categorical column as text, ten times faster than `astype`."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    return pd.Series(column.cat.categories.array.take(column.cat.codes), index=column.index)


def longest(column: pd.Series[Any]) -> int:
    """The length of the longest text in a column, in bytes or characters."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.categories.to_series()
    chunks = getattr(column.array, "_pa_array", None)
    if chunks is not None:
        return int(pc.max(pc.binary_length(chunks)).as_py() or 0)
    return int(column.str.len().max() or 0)


def text_column(values: Sequence[str], codes: npt.NDArray[np.int64]) -> pd.Series[str]:
    """Make a text column from distinct values and the code of each row."""
    array = pd.array(list(values) or [""], dtype="str")
    return pd.Series(array.take(codes), dtype="str")


def days_column(days: Sequence[dt.date | None]) -> npt.NDArray[np.datetime64]:
    """Return days as an array; NaT for None."""
    return np.array(days, dtype="datetime64[D]")


def distinct_points(lon: Floats, lat: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return one row for each distinct pair of degrees, and the code of each row's pair; NaN counts as a value.

    Examples
    --------
    >>> rows, codes = distinct_points(np.array([39.0, 37.0, 39.0]), np.array([44.0, 47.0, 44.0]))
    >>> rows.tolist(), codes.tolist()
    ([0, 1], [0, 1, 0])
    """
    lon_codes, lat_codes = (pd.factorize(values, use_na_sentinel=False)[0].astype(np.int64) for values in (lon, lat))
    codes, pairs = pd.factorize(lon_codes * (int(lat_codes.max(initial=0)) + 1) + lat_codes)
    rows = np.zeros(len(pairs), dtype=np.int64)
    rows[codes[::-1]] = np.arange(len(codes), dtype=np.int64)[::-1]
    return rows, codes.astype(np.int64)


def strikes_frame(
    columns: dict[str, Any],
    geometry: Any,
    extra: dict[str, pd.Series[str]],
    passed: npt.NDArray[np.bool_] | None = None,
) -> gpd.GeoDataFrame:
    """Assemble a strikes table; columns that are not given are missing, further columns follow.

    Only rows that passed are used; `columns` and `extra` are emptied to save memory. A further column with the name of
    one of the table gets the prefix source_.
    """
    if passed is not None:
        geometry = geometry[passed]
    columns, extra = (_take_out(part, passed) for part in (columns, extra))
    frame: dict[str, Any] = {}
    for column in STRIKES.columns:
        if column.dtype == "geometry":
            frame["geometry"] = GeometryArray(geometry, crs="EPSG:4326")
        else:
            frame[column.name] = _typed(column, columns.get(column.name), len(geometry))
    frame |= {name: cells for name, cells in columns.items() if name not in frame}
    for name, cells in extra.items():
        frame[name if name not in frame else _free_name(name, frame)] = cells
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")


def _typed(column: Column, cells: Any, rows: int) -> Any:
    """A column in its type, missing where it is not given."""
    if column.dtype == "text":
        return text_column([""], np.zeros(rows, dtype=np.int64)) if cells is None else cells
    missing = {"date": np.datetime64("NaT", "s"), "float": np.nan, "int": -1}[column.dtype]
    value = missing if cells is None else cells
    return np.broadcast_to(np.asarray(value, dtype=_NUMPY[column.dtype]), rows)


def _take_out(part: dict[str, Any], passed: npt.NDArray[np.bool_] | None) -> dict[str, Any]:
    """Select the rows that passed, and drop each column from `part` once it is copied."""
    names = list(part)
    with ThreadPoolExecutor(processors()) as pool:
        cells = pool.map(lambda name: _of_rows(part.pop(name), passed), names)
    return dict(zip(names, cells, strict=True))


def _of_rows(cells: Any, passed: npt.NDArray[np.bool_] | None) -> Any:
    if isinstance(cells, pd.Series):  # as an array: an index for each Series would cost eight bytes per row
        return _text(cells if passed is None else cells.array[passed])
    return cells if passed is None or not isinstance(cells, np.ndarray) else cells[passed]


def _text(cells: Any) -> pd.Series[str]:
    return as_text(pd.Series(cells)).reset_index(drop=True).astype("str")


def _free_name(name: str, frame: Mapping[str, Any]) -> str:
    wanted = f"source_{name}"
    while wanted in frame:
        wanted += "_"
    return wanted

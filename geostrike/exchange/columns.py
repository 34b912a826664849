"""Columns of a strikes table, made for millions of rows: every distinct value is handled once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geostrike.tables import STRIKES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

__all__ = ["coded", "days_column", "strikes_frame", "taken"]

_NUMPY = {"date": "datetime64[s]", "float": "float64", "int": "int64"}


def coded(column: pd.Series[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The number of the value in each row, and the values.

    Examples
    --------
    >>> codes, values = coded(pd.Series(["b", "a", "b"]))
    >>> codes.tolist(), values
    ([0, 1, 0], ['b', 'a'])
    """
    codes, values = pd.factorize(column)
    return codes.astype(np.int64), [str(value) for value in values]


def taken(values: Sequence[str], codes: npt.NDArray[np.int64]) -> pd.Series[str]:
    """A text column from distinct values and the number of the value in each row."""
    array = pd.array(list(values) or [""], dtype="str")
    return pd.Series(array.take(codes), dtype="str")


def days_column(days: Sequence[dt.date | None]) -> npt.NDArray[np.datetime64]:
    """Days as an array; NaT where there is none."""
    return np.array(days, dtype="datetime64[D]")


def strikes_frame(columns: Mapping[str, Any], geometry: Any, extra: Mapping[str, pd.Series[str]]) -> gpd.GeoDataFrame:
    """A strikes table of the columns that there are; the others are missing. Further columns follow.

    A further column that is called like one of the table gets the word source_ before its name.
    """
    rows = len(geometry)
    frame: dict[str, Any] = {}
    for column in STRIKES.columns:
        if column.dtype == "geometry":
            frame["geometry"] = gpd.GeoSeries(geometry, crs="EPSG:4326")
        elif column.dtype == "text":
            told = columns.get(column.name)
            frame[column.name] = taken([""], np.zeros(rows, dtype=np.int64)) if told is None else _text(told)
        else:
            missing = {"date": np.datetime64("NaT", "s"), "float": np.nan, "int": -1}[column.dtype]
            value = columns.get(column.name, missing)
            frame[column.name] = np.broadcast_to(np.asarray(value, dtype=_NUMPY[column.dtype]), rows)
    for name, cells in columns.items():
        frame.setdefault(name, _text(cells))
    for name, cells in extra.items():
        frame[name if name not in frame else _free_name(name, frame)] = cells.reset_index(drop=True)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")


def _text(cells: Any) -> pd.Series[str]:
    series = cells if isinstance(cells, pd.Series) else pd.Series(cells, dtype="str")
    return series.reset_index(drop=True).astype("str")


def _free_name(name: str, frame: Mapping[str, Any]) -> str:
    wanted = f"source_{name}"
    while wanted in frame:
        wanted += "_"
    return wanted

"""Tables as the bytes of a file: the same table gives the same bytes."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import geopandas as gpd
import pandas as pd

from geostrike.intake.writing import json_text

__all__ = ["csv_bytes", "geojson_bytes", "geoparquet_bytes", "starts_formula", "unguarded"]

# What makes a spreadsheet program take a cell for a formula.
# With apostrophes before it, one more is put there, too: so the first one can be taken away again when it is read.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_SIGNED = re.compile(r"'*[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DECIMALS = {"lon": 6, "lat": 6, "longitude": 6, "latitude": 6}


def csv_bytes(table: pd.DataFrame) -> bytes:
    r"""A table as UTF-8 CSV that a spreadsheet program opens without running anything.

    Points become `longitude` and `latitude` in degrees, dates ISO days, kilometres three decimals. A text cell or a
    name of a column that a spreadsheet program would take for a formula gets an apostrophe in front; a number with a
    sign is none.

    Examples
    --------
    >>> csv_bytes(pd.DataFrame({"title": ["=1+1"], "depth_km": [342.00001]}))
    b"title,depth_km\r\n'=1+1,342.0\r\n"
    """
    frame = _plain(table)
    frame.columns = pd.Index(_guarded(pd.Series([str(name) for name in frame.columns], dtype="str")).tolist())
    for at in range(len(frame.columns)):
        if pd.api.types.is_string_dtype(frame.dtypes.iloc[at]):
            cells = frame.iloc[:, at].astype("str")
            if starts_formula(cells).any():
                frame.isetitem(at, _guarded(cells).array)
    # RFC 4180 ends lines with CR LF; with a bare LF the writer would leave a lone CR in a cell unquoted.
    return frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8", "backslashreplace")


def _guarded(cells: pd.Series[str]) -> pd.Series[str]:
    return cells.mask(starts_formula(cells), "'" + cells)


def unguarded(cells: pd.Series[str]) -> pd.Series[str]:
    """The texts without the apostrophe that keeps a spreadsheet program from taking them for formulas.

    Examples
    --------
    >>> unguarded(pd.Series(["'=1+1", "'twas", "''=1"])).tolist()
    ['=1+1', "'twas", "'=1"]
    """
    marked = cells.str.startswith("'")
    if not marked.any():
        return cells
    bare = cells.str.slice(1)
    return cells.mask(marked & starts_formula(bare), bare)


def starts_formula(cells: pd.Series[str]) -> pd.Series[bool]:
    """Which cells a spreadsheet program would take for formulas, or would with the apostrophes before them away.

    Examples
    --------
    >>> starts_formula(pd.Series(["=1+1", "-7.5", "-7.5+1", "'=1", "a"])).tolist()
    [True, False, True, True, False]
    """
    marked: pd.Series[bool] = cells.str.match(_FORMULA)
    return marked & ~cells.str.fullmatch(_SIGNED) if marked.any() else marked


def geojson_bytes(table: gpd.GeoDataFrame) -> bytes:
    """A table as GeoJSON (RFC 7946): one feature a row, with null geometry where the row has none.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"place": ["Tuapse"]}, geometry=gpd.points_from_xy([39.08], [44.1]), crs="EPSG:4326")
    >>> json.loads(geojson_bytes(table))["features"][0]["geometry"]["coordinates"]
    [39.08, 44.1]
    """
    frame = gpd.GeoDataFrame(_dates_as_text(table))
    # A line a feature: without indentation the encoder runs compiled, ten times as fast, and lines can be compared.
    features = (_feature_text(feature) for feature in frame.iterfeatures(na="null", drop_id=True))
    text = '{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n"
    return text.encode("utf-8", "backslashreplace")


def _feature_text(feature: dict[str, Any]) -> str:
    try:
        return json.dumps(feature, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):  # a value that JSON does not know
        return json_text(feature)


def geoparquet_bytes(table: gpd.GeoDataFrame) -> bytes:
    """A table as GeoParquet, in WGS84: every column in its type.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"place": ["Tuapse"]}, geometry=gpd.points_from_xy([39.08], [44.1]), crs="EPSG:4326")
    >>> gpd.read_parquet(io.BytesIO(geoparquet_bytes(table)))["place"].tolist()
    ['Tuapse']
    """
    content = io.BytesIO()
    table.to_parquet(content, index=False, compression="zstd")
    return content.getvalue()


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """The table without geometry objects, rounded, dates as text."""
    frame = pd.DataFrame(_dates_as_text(table))
    if isinstance(table, gpd.GeoDataFrame):
        at = list(frame.columns).index(table.geometry.name)
        frame = frame.drop(columns=table.geometry.name)
        points = table.geometry.where(table.geometry.geom_type == "Point")
        frame.insert(at, "longitude", points.x)
        frame.insert(at + 1, "latitude", points.y)
    for name in frame.select_dtypes("float").columns:
        frame[name] = frame[name].round(_DECIMALS.get(name.rsplit("_", 1)[-1], 3))
    return frame


def _dates_as_text(table: pd.DataFrame) -> pd.DataFrame:
    dates = table.select_dtypes("datetime").columns
    return table.assign(**{name: table[name].dt.strftime("%Y-%m-%d").fillna("") for name in dates})

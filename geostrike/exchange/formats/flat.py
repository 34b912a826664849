"""Flatten tables: geometry as degrees, dates and numbers as text."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

__all__ = ["dates_as_text", "number_texts", "points_of", "with_degrees"]


def points_of(table: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the points of a table; None where the geometry is of another kind."""
    return table.geometry.where(table.geometry.geom_type == "Point")


def with_degrees(table: gpd.GeoDataFrame) -> pd.DataFrame:
    """Replace the geometry of a table by the columns `longitude` and `latitude`.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"place": ["Tuapse"]}, geometry=gpd.points_from_xy([39.08], [44.1]), crs="EPSG:4326")
    >>> with_degrees(table).to_dict("records")
    [{'place': 'Tuapse', 'longitude': 39.08, 'latitude': 44.1}]
    """
    points = points_of(table)
    at = list(table.columns).index(table.geometry.name)
    frame = pd.DataFrame(table.drop(columns=[table.geometry.name]))
    frame.insert(at, "longitude", points.x)
    frame.insert(at + 1, "latitude", points.y)
    return frame


def dates_as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Replace dates by ISO days; empty where there is none."""
    dates = table.select_dtypes("datetime").columns
    return table.assign(**{name: table[name].dt.strftime("%Y-%m-%d").fillna("") for name in dates})


def number_texts(values: pd.Series[float], *, decimals: int | None = None) -> pd.Series[str]:
    """Return numbers as they would be typed; empty for NaN.

    Examples
    --------
    >>> number_texts(pd.Series([342.0, 1.25, float("nan")])).tolist()
    ['342', '1.25', '']
    """
    numbers = values.tolist() if decimals is None else [round(value, decimals) for value in values.tolist()]
    texts = ["" if number != number else repr(number).removesuffix(".0") for number in numbers]
    return pd.Series(texts, index=values.index, dtype="str")

"""The tables of a run as its files hold them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from geostrike.borders.border import Border

__all__ = ["Published", "writable"]


@dataclass(frozen=True)
class Published:
    """A run as its files tell it: depths to a metre, so that whoever reads strikes.csv finds the page's figures."""

    strikes: gpd.GeoDataFrame
    reports: pd.DataFrame
    mentions: pd.DataFrame
    records: pd.DataFrame
    claims: pd.DataFrame
    distances: pd.DataFrame
    relations: pd.DataFrame
    areas: gpd.GeoDataFrame
    border: Border
    quarantine: pd.DataFrame
    run: Mapping[str, Any]

    @staticmethod
    def of(located: Any) -> Published:
        """The run as it is published."""
        tables = {part.name: writable(getattr(located, part.name)) for part in fields(Published)}
        depths = {name: tables["strikes"][name].round(3) for name in ("depth_km", "depth_min_km", "depth_max_km")}
        return Published(**tables | {"strikes": tables["strikes"].assign(**depths)})


def writable(table: Any) -> Any:
    """A table whose text can be written: a lone surrogate, which no file can hold, becomes a question mark."""
    if not isinstance(table, pd.DataFrame):
        return table
    loose = [name for name in table.columns if table[name].dtype == object and name != "geometry"]
    return table.assign(**{name: [_written(value) for value in table[name]] for name in loose}) if loose else table


def _written(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value

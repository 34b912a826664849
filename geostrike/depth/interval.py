"""Minimum and maximum depth over a disc of uncertainty or the polygon of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geostrike.depth.columns import radius_of, text_of
from geostrike.depth.distance import distances, pieces_of
from geostrike.geodesy import GEOD
from geostrike.geodesy.extremes import area_extremes

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from geostrike.borders.border import Border

    Floats = npt.NDArray[np.float64]
    Texts = npt.NDArray[np.object_]

__all__ = ["is_reached", "measure_areas", "over_discs"]

_HALF_THE_GLOBE_KM = 20_037.6  # the greatest distance of two points
_EXACT_KM = 1e-3


def over_discs(distance: Floats, frame: gpd.GeoDataFrame) -> tuple[Floats, Floats, Texts]:
    """Return minimum, maximum and kind of bounds over the disc of each row's radius."""
    radius = radius_of(frame)
    bounds = np.where(np.isnan(distance), "", np.where(radius > 0, "bound", "exact")).astype(object)
    return (
        np.maximum(0.0, distance - radius),
        np.minimum(distance + radius, np.maximum(distance, _HALF_THE_GLOBE_KM)),
        bounds,
    )


def is_reached(
    places: tuple[Floats, Floats, Floats], countries: Texts, border: Border, depths: tuple[Floats, Floats]
) -> npt.NDArray[np.bool_]:
    """Return whether some point of the disc is as far from the border as the bound, to 1 m: then the bound is exact.

    The point tested is on the edge of the disc, directly away from the border (azimuth). Nearly always the same stretch
    of the border is nearest there, too.
    """
    lon, lat, azimuth = places
    distance, most = depths
    rows = np.flatnonzero(~np.isnan(azimuth) & (most > distance))
    reached = np.zeros(len(lon), dtype=np.bool_)
    away_lon, away_lat, _ = GEOD.fwd(lon[rows], lat[rows], azimuth[rows] + 180.0, (most - distance)[rows] * 1000.0)
    away = distances(np.asarray(away_lon), np.asarray(away_lat), countries[rows], border)[0]
    reached[rows] = away >= most[rows] - _EXACT_KM
    return reached


def measure_areas(
    frame: gpd.GeoDataFrame,
    border: Border,
    countries: Texts,
    areas: gpd.GeoSeries | None,
    columns: tuple[Floats, Floats, Floats, Texts],
) -> None:
    """Replace minimum and maximum by those over the polygon of the place, in rows with one."""
    if areas is None or not len(areas):
        return
    distance, least, most, bounds = columns
    place_id = pd.Index(text_of(frame, "place_id").astype(str))
    has_area = place_id.isin(areas.index) & ~np.isnan(distance)
    depends = bool(border.outlines)
    for country in dict.fromkeys(countries[has_area]) if depends else [""]:
        rows = np.flatnonzero(has_area & (countries == country) if depends else has_area)
        places = place_id[rows].unique()
        pieces = pieces_of(border, country)
        if pieces is None:
            continue
        straight = border.line_for(country) if border.edges == "planar" else None
        extremes = area_extremes(areas.loc[places].to_numpy(), pieces, straight)
        least[rows], most[rows] = extremes[:, places.get_indexer(place_id[rows])] / 1000
        bounds[rows] = "exact"

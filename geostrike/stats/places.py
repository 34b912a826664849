"""The effect of place uncertainty on depth, by drawing each place many times within its disc or area.

A place is known to a disc (`radius_km`) or an area (a region's polygon). A draw takes a point of it with uniform
probability and measures the distance from the border. All strikes at one place share its draws, since they share its
error; different places are drawn independently.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.borders.areas import country_at, lon_lat, sound_areas
from geostrike.borders.border import Border
from geostrike.depth import distance_columns
from geostrike.errors import TableError
from geostrike.geodesy.ellipsoid import ECCENTRICITY_2, EQUATOR_M
from geostrike.results import PlaceDraws
from geostrike.stats.groups import measured_rows
from geostrike.tables import STRIKES, check_table, usable_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Numbers = npt.NDArray[np.int64]

__all__ = ["draw_depths"]

_POINTS_AT_ONCE = 400_000
_ROUNDS = 1_000  # of drawing in an area's bounding box
_KEY = ["border_id", "place_id", "lon", "lat", "radius_km"]


def draw_depths(
    strikes: pd.DataFrame,
    border: Border | Sequence[Border] | None = None,
    *,
    areas: gpd.GeoDataFrame | None = None,
    draws: int = 200,
    seed: int = 0,
    progress: bool = False,
) -> PlaceDraws:
    """Draw the strikes' places within their discs and areas, and measure their depths, for use in several summaries.

    Parameters
    ----------
    strikes
        Strikes with the columns that `measure_depth` adds, and a geometry or longitude and latitude.
    border
        The line, or the dated lines, that they were measured from. By default the shipped one with their `border_id`;
        places without one are not drawn.
    areas
        Polygons by place_id; a place without one is drawn in the disc of its radius_km.
    draws
        How many draws; 0 for none.
    seed
        The same seed, strikes and border give the same draws, in any order of rows.
    progress
        Whether to show a progress bar.

    Raises
    ------
    TableError
        If the strikes were measured from another border than the given one.

    Examples
    --------
    >>> from geostrike.borders.border import Border
    >>> from geostrike.depth import measure_depth
    >>> tuapse = gpd.points_from_xy([39.08326], [44.10083], crs="EPSG:4326")
    >>> strike = gpd.GeoDataFrame({"attacker": ["UKR"], "radius_km": [4.0], "place_id": ["t"]}, geometry=tuapse)
    >>> measured = measure_depth(strike, Border.between("UKR", "RUS"))
    >>> drawn = draw_depths(measured, draws=1000)
    >>> drawn.depth_km.shape, bool(abs(drawn.depth_km - 342.0).max() <= 4.0)
    ((1, 1000), True)
    """
    strikes = usable_frame(strikes, STRIKES)
    if not draws:
        return PlaceDraws.none(strikes.index)
    number = np.full(len(strikes), -1)
    rows = np.flatnonzero(measured_rows(strikes))
    places, number[rows] = _places(strikes, rows)
    depth = np.repeat(places["depth_km"].to_numpy(dtype=float)[:, None], draws, axis=1)
    lines = _lines(places["border_id"], border)
    random = np.random.default_rng(seed)
    shapes = _shapes(places, areas)
    has_area = np.array([shape is not None for shape in shapes], dtype=bool)
    uncertain = (places["radius_km"] > 0).to_numpy(dtype=bool) | has_area
    known = (places["border_id"].isin(list(lines)) & places["lon"].notna()).to_numpy(dtype=bool)
    depth[uncertain & ~known] = np.nan
    for numbers in _portions(np.flatnonzero(uncertain & known), draws, show=progress):
        lon, lat = _positions(places.iloc[numbers], shapes[numbers], draws, random)
        depth[numbers] = _distances(lon, lat, places.iloc[numbers], lines)
    return PlaceDraws(pd.Series(number, index=strikes.index), depth)


def _places(strikes: pd.DataFrame, rows: Numbers) -> tuple[pd.DataFrame, Numbers]:
    """The distinct places of some rows, in an order independent of theirs, and the place of each row."""
    check_table(strikes, STRIKES, columns=[name for name in ("radius_km",) if name in strikes])
    part = strikes.iloc[rows]
    lon, lat = _points(part)
    frame = pd.DataFrame({"lon": lon, "lat": lat, "depth_km": part["depth_km"].to_numpy(dtype=float)})
    frame["radius_km"] = np.nan_to_num(part["radius_km"].to_numpy(dtype=float)) if "radius_km" in part else 0.0
    for name in ("border_id", "place_id"):
        frame[name] = part[name].to_numpy() if name in part else ""
    code = np.asarray(frame.groupby(_KEY, sort=True, dropna=False).ngroup(), dtype=np.int64)
    first = np.zeros(code.max(initial=-1) + 1, dtype=np.intp)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return frame.iloc[first].reset_index(drop=True), code


def _points(part: pd.DataFrame) -> tuple[Floats, Floats]:
    if isinstance(part, gpd.GeoDataFrame):
        return lon_lat(part)
    if {"longitude", "latitude"} <= set(part.columns):
        return part["longitude"].to_numpy(dtype=float), part["latitude"].to_numpy(dtype=float)
    if "geometry" in part.columns:
        try:
            return lon_lat(gpd.GeoSeries(part["geometry"], crs="EPSG:4326"))
        except TypeError as error:
            msg = f"the column geometry of the strikes table holds values that are not geometries: {str(error)[:200]}"
            raise TableError(msg) from error
    return np.full(len(part), np.nan), np.full(len(part), np.nan)


def _shapes(places: pd.DataFrame, areas: gpd.GeoDataFrame | None) -> npt.NDArray[np.object_]:
    """The polygon of each place, or None."""
    found: npt.NDArray[np.object_] = sound_areas(areas).reindex(places["place_id"]).to_numpy(dtype=object)
    return found


# --- the line ---------------------------------------------------------------------------------------------------------


def _lines(border_ids: pd.Series[str], border: Border | Sequence[Border] | None) -> dict[str, Border]:
    """The lines that the strikes were measured from, by border_id."""
    measured_from = sorted(set(border_ids))
    if border is None:
        found = {name: _shipped(name) for name in measured_from}
        return {name: line for name, line in found.items() if line is not None}
    lines = {line.border_id: line for line in ([border] if isinstance(border, Border) else border)}
    unknown = [name for name in measured_from if name not in lines]
    if unknown:
        msg = f"strikes are measured from {unknown[0] or 'an unnamed border'}, not from {', '.join(lines)}"
        raise TableError(msg)
    return lines


def _shipped(border_id: str) -> Border | None:
    """The shipped border of this name, definition and version."""
    name = border_id.partition(":")[0]
    if name not in Border.known():
        return None
    first, _, second = name.partition("-")
    return next((border for border in Border.shipped((first, second)) if border.border_id == border_id), None)


@lru_cache(maxsize=16)
def _seen_from(border: Border, country: str) -> Border | None:
    """The one line that places in a country are measured from, for all their draws."""
    line = border.line_for(country)
    return None if line is None else replace(border, geometry=line, outlines={})


def _distances(lon: Floats, lat: Floats, places: pd.DataFrame, lines: dict[str, Border]) -> Floats:
    """Distances in km of the draws from each place's line, shape (places, draws)."""
    distance = np.full(lon.shape, np.nan)
    country = country_at(places["lon"].to_numpy(), places["lat"].to_numpy())
    keys = list(zip(places["border_id"], country, strict=True))
    for key in dict.fromkeys(keys):
        border = lines[key[0]]
        line = _seen_from(border, key[1]) if border.outlines else border
        if line is not None:
            at = np.array([other == key for other in keys])
            columns = distance_columns(lon[at].ravel(), lat[at].ravel(), line)
            distance[at] = columns["distance_km"].reshape(-1, lon.shape[1])
    return distance


# --- the draws --------------------------------------------------------------------------------------------------------


def _portions(numbers: Numbers, draws: int, *, show: bool) -> Any:
    """The places in batches, to limit memory, with an optional progress bar."""
    size = max(1, _POINTS_AT_ONCE // draws)
    portions = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    if not show:
        return portions
    from tqdm.auto import tqdm

    return tqdm(portions, desc="drawing places", unit="portion", leave=False)


def _positions(
    places: pd.DataFrame, shapes: npt.NDArray[np.object_], draws: int, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of the draws, shape (places, draws) each."""
    centre = places[["lon", "lat"]].to_numpy(dtype=float)
    lon, lat = _in_discs(centre, places["radius_km"].to_numpy(dtype=float), draws, random)
    for number, shape in enumerate(shapes):
        if shape is not None:
            lon[number], lat[number] = _in_area(shape, draws, random)
    return lon, lat


def _in_discs(centre: Floats, radius_km: Floats, draws: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Uniform points in discs, by the direct problem on the sphere that fits the ellipsoid in each direction.

    For discs of up to 100 km the error is below 20 m.
    """
    lon, lat = np.radians(centre).T[:, :, None]
    azimuth = random.uniform(0.0, 2 * np.pi, (len(centre), draws))
    distance = 1000 * radius_km[:, None] * np.sqrt(random.uniform(0.0, 1.0, (len(centre), draws)))
    root = np.sqrt(1 - ECCENTRICITY_2 * np.sin(lat) ** 2)
    normal, meridional = EQUATOR_M / root, EQUATOR_M * (1 - ECCENTRICITY_2) / root**3
    angle = distance * (np.cos(azimuth) ** 2 / meridional + np.sin(azimuth) ** 2 / normal)
    sine = np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(azimuth)
    drawn = np.arcsin(np.clip(sine, -1.0, 1.0))
    east = np.arctan2(np.sin(azimuth) * np.sin(angle) * np.cos(lat), np.cos(angle) - np.sin(lat) * sine)
    return np.degrees(lon + east), np.degrees(drawn)


def _in_area(area: shapely.Geometry, draws: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Uniform points in an area, by rejection from its bounding box, uniform on the sphere."""
    shapely.prepare(area)
    west, south, east, north = shapely.bounds(area)
    lowest, highest = np.sin(np.radians([south, north]))
    found = np.empty((2, 0))
    for _ in range(_ROUNDS):
        lon = random.uniform(west, east, 2 * draws)
        lat = np.degrees(np.arcsin(random.uniform(lowest, highest, 2 * draws)))
        inside = shapely.contains_xy(area, lon, lat)
        found = np.concatenate([found, np.stack([lon, lat])[:, inside]], axis=1)
        if found.shape[1] >= draws:
            break
    else:
        # A sliver that draws hardly hit: repeat the hits and a point that is surely inside.
        point = shapely.get_coordinates(shapely.point_on_surface(area)).T
        found = np.tile(np.concatenate([found, point], axis=1), draws)
    return found[0, :draws], found[1, :draws]

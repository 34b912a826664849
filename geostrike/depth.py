"""How far from a border: points, discs of uncertainty and areas.

Depth is the geodesic distance on the WGS84 ellipsoid from the border to the strike, in kilometres: a value at the
point, and the interval from minimum to maximum over the uncertainty of the place. It is never signed; ``side`` tells
whose country the strike lies in.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.areas import country_at, lon_lat, territory_areas
from geostrike.errors import TableError
from geostrike.nearest import Pieces, nearest
from geostrike.tables import DISTANCES, check_table

if TYPE_CHECKING:
    import numpy.typing as npt

    from geostrike.border import Border

    Floats = npt.NDArray[np.float64]
    Texts = npt.NDArray[np.object_]

__all__ = ["border_distance", "check_stated_distances", "measure_depth"]

_AREA_TOLERANCE_M = 10.0
_FIRST_CELLS = 8  # in each direction
_SEED_VERTICES = 64
_LARGEST_RADIUS_M = 6_399_594.0  # of curvature, at the poles of WGS84
_AREA_KINDS = frozenset({"district", "region", "area", "country", "sea"})
_KM_OF = {"km": 1.0, "mi": 1.609344, "nmi": 1.852}


def border_distance(points: gpd.GeoSeries | gpd.GeoDataFrame, border: Border) -> pd.DataFrame:
    """Geodesic distance from each point to a border, and the border's nearest point.

    Parameters
    ----------
    points
        Points in any CRS; without one they are taken as longitude and latitude.
    border
        The line. With ``definition="territory"`` each point is measured from the country that it does not lie in.

    Returns
    -------
    DataFrame
        On the points' index: distance_km, nearest_lon, nearest_lat (degrees) and azimuth (degrees, from the point
        towards the border; NaN on the border itself). NaN for a missing point, and where the definition names no line.

    Raises
    ------
    TableError
        For a geometry that is no point, or a latitude off the globe.

    Notes
    -----
    WGS84; Karney's solution of the inverse problem (J. Geodesy 87, 2013) on every edge that can be nearest.

    Examples
    --------
    >>> from geostrike.border import Border
    >>> tuapse = gpd.GeoSeries.from_xy([39.08326], [44.10083], crs="EPSG:4326")
    >>> border_distance(tuapse, Border.between("UKR", "RUS")).distance_km.round(1).tolist()
    [342.0]
    """
    lon, lat = _degrees(points)
    needs_country = border.definition == "territory"
    country = country_at(lon, lat) if needs_country else np.full(len(lon), "", dtype=object)
    columns = _distances(lon, lat, country, border)
    names = ["distance_km", "nearest_lon", "nearest_lat", "azimuth"]
    return pd.DataFrame(dict(zip(names, columns, strict=True)), index=points.index)


def measure_depth(strikes: pd.DataFrame, border: Border, *, areas: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """The strikes with their depth from a border.

    Parameters
    ----------
    strikes
        A table with a geometry column of points. Used where there are: attacker, country and struck_country (ISO
        3166-1 alpha-3), radius_km, place_id and place_reason.
    border
        The line to measure from.
    areas
        Polygons by place_id, such as ``gazetteer.areas(...)``: a strike whose place is one of them is measured over
        all of it. The others are measured over the disc of their radius_km.

    Returns
    -------
    GeoDataFrame
        A copy on the same index with the columns depth_km, depth_min_km, depth_max_km, depth_bounds, nearest_lon,
        nearest_lat, border_id, side and depth_reason, and struck_country filled in where it was empty.

        For a disc the minimum is exact and the maximum a bound; for an area both are exact to 10 m.

    Raises
    ------
    TableError
        If there is no geometry column, or a geometry is no point.

    Examples
    --------
    >>> from geostrike.border import Border
    >>> strikes = gpd.GeoDataFrame(
    ...     {"attacker": ["UKR"], "radius_km": [4.0]},
    ...     geometry=gpd.points_from_xy([39.08326], [44.10083], crs="EPSG:4326"),
    ... )
    >>> measured = measure_depth(strikes, Border.between("UKR", "RUS"))
    >>> measured[["depth_km", "depth_min_km", "depth_max_km"]].round(1).to_numpy().tolist(), measured.side.tolist()
    ([[342.0, 338.0, 346.0]], ['across'])
    """
    measured = _as_geoframe(strikes)
    lon, lat = _degrees(measured)
    lies_in = country_at(lon, lat)
    named = _text(measured, "struck_country")
    struck = np.where(named == "", lies_in, named)
    ground = np.where(lies_in == "", np.where(named == "", _text(measured, "country"), named), lies_in)
    attacker = _text(measured, "attacker")

    reason = _reasons(measured, border, lies_in, (attacker, ground))
    unmeasured = reason != ""
    lon, lat = np.where(unmeasured, np.nan, lon), np.where(unmeasured, np.nan, lat)
    distance, nearest_lon, nearest_lat, _ = _distances(lon, lat, lies_in, border)
    least, most, bounds = _over_discs(distance, measured)
    _measure_areas(measured, border, lies_in, areas, (distance, least, most, bounds))

    measured["struck_country"] = struck.astype(str)
    measured["depth_km"], measured["depth_min_km"], measured["depth_max_km"] = distance, least, most
    measured["depth_bounds"] = bounds.astype(str)
    measured["nearest_lon"], measured["nearest_lat"] = nearest_lon, nearest_lat
    measured["border_id"] = border.border_id
    measured["side"] = _sides(border, attacker, ground, ~np.isnan(_degrees(measured)[0])).astype(str)
    measured["depth_reason"] = reason.astype(str)
    return measured


def check_stated_distances(strikes: pd.DataFrame, distances: pd.DataFrame) -> pd.DataFrame:
    """The stated distances with what was computed for their strikes, and how the two compare.

    A stated distance is a claim: it is an alarm for a wrong place, and never a strike's depth.

    Parameters
    ----------
    strikes
        Strikes that `measure_depth` has measured: strike_id, depth_km, depth_min_km, depth_max_km, place_kind.
    distances
        The table of stated distances; joined by strike_id.

    Returns
    -------
    DataFrame
        A copy on the same index with computed_min_km, computed_max_km and verdict.

    Notes
    -----
    A distance from anything but the border is ``other reference``. For an area, a value within minimum and maximum is
    ``compatible``. Otherwise a value within 10 % or 5 km (15 % where it is hedged) of the computed one ``agrees``; one
    that would agree in another unit is a ``unit slip``; the rest is ``overstated`` or ``understated``. Where nothing is
    known of the reference, or of the depth, it is ``not checked``.

    Examples
    --------
    >>> from geostrike.tables import build_table
    >>> strikes = pd.DataFrame({"strike_id": ["s"], "depth_km": 32.1, "depth_min_km": 24.6, "depth_max_km": 39.6})
    >>> claim = {"strike_id": "s", "value": 40, "unit": "mi", "value_km": 64.4, "hedge": "some", "reference": "border"}
    >>> check_stated_distances(strikes, build_table(DISTANCES, [claim])).verdict.tolist()
    ['overstated']
    """
    check_table(distances, DISTANCES, columns=["strike_id", "value", "unit", "value_km", "hedge", "reference"])
    checked = distances.copy()
    by_strike = strikes.drop_duplicates("strike_id").set_index("strike_id")
    computed = by_strike[["depth_km", "depth_min_km", "depth_max_km"]].reindex(checked["strike_id"])
    kind = pd.Series(_text(by_strike, "place_kind"), index=by_strike.index).reindex(checked["strike_id"])
    checked["computed_min_km"] = computed["depth_min_km"].to_numpy(dtype=float)
    checked["computed_max_km"] = computed["depth_max_km"].to_numpy(dtype=float)
    rows = zip(checked.to_dict("records"), computed["depth_km"], kind, strict=True)
    verdicts = [_verdict(row, depth, is_area=place_kind in _AREA_KINDS) for row, depth, place_kind in rows]
    checked["verdict"] = pd.Series(verdicts, index=checked.index, dtype="str")
    return checked


# --- points -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _pieces(border: Border, country: str) -> Pieces | None:
    line = border.line_for(country)
    return None if line is None else Pieces.of(line, geodesic_edges=border.edges == "geodesic")


def _distances(lon: Floats, lat: Floats, country: Texts, border: Border) -> tuple[Floats, Floats, Floats, Floats]:
    """distance_km, nearest_lon, nearest_lat, azimuth; each coordinate is measured once."""
    columns = np.full((4, len(lon)), np.nan)
    given = np.isfinite(lon) & np.isfinite(lat)
    for name in dict.fromkeys(country[given]):
        rows = np.flatnonzero(given & (country == name))
        pieces = _pieces(border, name if border.definition == "territory" else "")
        if pieces is None:
            continue
        places, place = np.unique(np.column_stack([lon[rows], lat[rows]]), axis=0, return_inverse=True)
        found = nearest(places[:, 0], places[:, 1], pieces)
        azimuth = np.where(found.distance_m > 0, found.azimuth, np.nan)
        measures = np.stack([found.distance_m / 1000, found.lon, found.lat, azimuth])
        columns[:, rows] = measures[:, place.ravel()]
    return columns[0], columns[1], columns[2], columns[3]


def _degrees(points: gpd.GeoSeries | gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """Longitude and latitude; NaN for a missing point."""
    shapes = points.geometry.to_numpy()
    wrong = ~np.isin(shapely.get_type_id(shapes), [shapely.GeometryType.MISSING, shapely.GeometryType.POINT])
    if wrong.any():
        row = points.index[wrong.argmax()]
        kind = shapes[wrong.argmax()].geom_type
        msg = f"row {row}: its geometry is a {kind}; points are measured, areas go into areas="
        raise TableError(msg)
    lon, lat = lon_lat(points)
    off = np.isfinite(lon) & ~(np.abs(lat) <= 90.0) | np.isinf(lon)
    if off.any():
        at = off.argmax()
        place = f"row {points.index[at]}: latitude {lat[at]}, longitude {lon[at]}"
        msg = f"{place} is off the globe; are the two swapped?"
        raise TableError(msg)
    return np.where(np.isfinite(lat), lon, np.nan), lat


# --- the strikes table ------------------------------------------------------------------------------------------------


def _as_geoframe(strikes: pd.DataFrame) -> gpd.GeoDataFrame:
    if isinstance(strikes, gpd.GeoDataFrame):
        return strikes.copy()
    if "geometry" not in strikes.columns:
        msg = "the strikes table has no geometry; make one with geopandas.points_from_xy(longitude, latitude)"
        raise TableError(msg)
    return gpd.GeoDataFrame(strikes.copy(), geometry="geometry", crs="EPSG:4326")


def _text(frame: pd.DataFrame, column: str) -> Texts:
    """A text column, empty where the frame has none."""
    if column not in frame.columns:
        return np.full(len(frame), "", dtype=object)
    return frame[column].astype(object).where(frame[column].notna(), "").to_numpy(dtype=object)


def _reasons(frame: gpd.GeoDataFrame, border: Border, lies_in: Texts, countries: tuple[Texts, Texts]) -> Texts:
    """Why a strike has no depth; empty where it has one."""
    reason = np.full(len(frame), "", dtype=object)
    if border.pair is not None:
        for country in countries:
            foreign = (country != "") & ~np.isin(country.astype(str), border.pair)
            reason[foreign] = [f"{name} is not a country of the border {border.name}" for name in country[foreign]]
    if border.definition == "territory":
        neither = ~np.isin(lies_in.astype(str), list(border.outlines))
        reason[neither & (reason == "")] = f"the place lies in neither country of {border.border_id}"
    missing = np.isnan(_degrees(frame)[0])
    why = _text(frame, "place_reason")
    reason[missing] = [f"no place: {words}" if words else "no place" for words in why[missing]]
    return reason


def _sides(border: Border, attacker: Texts, ground: Texts, placed: npt.NDArray[np.bool_]) -> Texts:
    """Where each strike lies as its attacker sees it; empty where that cannot be told."""
    carried = set(territory_areas().index)
    pair = set(border.pair or carried)
    side = np.full(len(attacker), "", dtype=object)
    known = placed & (attacker != "")
    side[known & (ground != attacker) & np.isin(ground.astype(str), sorted(pair))] = "across"
    elsewhere = ~np.isin(ground.astype(str), sorted(pair)) & ((ground != "") | (pair <= carried))
    side[known & elsewhere] = "outside"
    side[known & (ground == attacker)] = "home"
    return side


def _over_discs(distance: Floats, frame: gpd.GeoDataFrame) -> tuple[Floats, Floats, Texts]:
    """Minimum, maximum and kind of bounds over the disc of each row's radius."""
    if "radius_km" in frame.columns:
        radius = np.nan_to_num(frame["radius_km"].to_numpy(dtype=float))
    else:
        radius = np.zeros(len(frame))
    bounds = np.where(np.isnan(distance), "", np.where(radius > 0, "bound", "exact")).astype(object)
    return np.maximum(0.0, distance - radius), distance + radius, bounds


# --- areas ------------------------------------------------------------------------------------------------------------


def _measure_areas(
    frame: gpd.GeoDataFrame,
    border: Border,
    lies_in: Texts,
    areas: gpd.GeoDataFrame | None,
    columns: tuple[Floats, Floats, Floats, Texts],
) -> None:
    """Put minimum and maximum over the place's polygon into the columns of those rows that have one."""
    if areas is None or not len(areas):
        return
    distance, least, most, bounds = columns
    polygons = areas.geometry if areas.crs is None else areas.geometry.to_crs("EPSG:4326")
    polygons = polygons[~polygons.index.duplicated() & polygons.geom_type.isin(["Polygon", "MultiPolygon"])]
    place_id = pd.Index(_text(frame, "place_id").astype(str))
    has_area = place_id.isin(polygons.index.astype(str)) & ~np.isnan(distance)
    depends = border.definition == "territory"
    for country in dict.fromkeys(lies_in[has_area]) if depends else [""]:
        rows = np.flatnonzero(has_area & (lies_in == country) if depends else has_area)
        places = place_id[rows].unique()
        extremes = _area_extremes(polygons.loc[places].to_numpy(), border, country)
        least[rows], most[rows] = extremes[:, places.get_indexer(place_id[rows])] / 1000
        bounds[rows] = "exact"


def _area_extremes(areas: npt.NDArray[np.object_], border: Border, country: str) -> Floats:
    """Least and greatest distance in metres over each polygon, shape (2, n), to _AREA_TOLERANCE_M.

    A quadtree over all of them at once: no distance within a cell differs from that of its middle by more than the
    cell's half diagonal, so cells that cannot beat the best value found are dropped and the others are quartered.
    """
    pieces, line = _pieces(border, country), border.line_for(country)
    if pieces is None or line is None or not len(areas):
        return np.full((2, len(areas)), np.nan)
    shapely.prepare(areas)
    # The least distance is the greatest negative one: task k is the least over area k, task n + k the greatest.
    sign = np.repeat([-1.0, 1.0], len(areas))
    shape = np.concatenate([areas, areas])
    best = _seeds(areas, pieces)
    task, middle, half = _first_cells(shape)
    if border.edges == "planar":  # where line and area touch, the least distance is 0 and there is nothing to search
        touching = shapely.intersects(areas, line)
        best[: len(areas)][touching] = 0.0
        searched = ~np.concatenate([touching, np.zeros_like(touching)])[task]
        task, middle, half = task[searched], middle[searched], half[searched]
    while len(task):
        met = shapely.intersects(shape[task], shapely.box(*(middle - half).T, *(middle + half).T))
        task, middle, half = task[met], middle[met], half[met]
        value = sign[task] * nearest(middle[:, 0], middle[:, 1], pieces).distance_m
        inside = shapely.intersects_xy(shape[task], middle[:, 0], middle[:, 1])
        np.maximum.at(best, task[inside], value[inside])
        kept = value + _half_diagonal(middle, half) > best[task] + _AREA_TOLERANCE_M
        task, middle, half = np.tile(task[kept], 4), middle[kept], half[kept] / 2
        middle = np.concatenate([middle + half * corner for corner in ((-1, -1), (-1, 1), (1, -1), (1, 1))])
        half = np.tile(half, (4, 1))
    return np.abs(best).reshape(2, len(areas))


def _seeds(areas: npt.NDArray[np.object_], pieces: Pieces) -> Floats:
    """A first good value for each task: the best over some of the area's vertices."""
    vertex, area = shapely.get_coordinates(areas, return_index=True)
    number = np.arange(len(area)) - np.searchsorted(area, area)
    stride = np.maximum(1, np.bincount(area) // _SEED_VERTICES)
    chosen = number % stride[area] == 0
    distance = nearest(vertex[chosen, 0], vertex[chosen, 1], pieces).distance_m
    first = np.searchsorted(area[chosen], np.arange(len(areas)))
    return np.concatenate([-np.minimum.reduceat(distance, first), np.maximum.reduceat(distance, first)])


def _first_cells(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Owner, middle and half sides of the cells that cover the bounds of each shape."""
    bounds = shapely.bounds(shapes)
    half = (bounds[:, 2:] - bounds[:, :2]) / (2 * _FIRST_CELLS)
    steps = 2 * np.stack(np.meshgrid(*[np.arange(_FIRST_CELLS)] * 2), axis=-1).reshape(-1, 2) + 1
    owner = np.repeat(np.arange(len(shapes)), len(steps))
    middle = bounds[owner, :2] + half[owner] * np.tile(steps, (len(shapes), 1))
    return owner, middle, half[owner]


def _half_diagonal(middle: Floats, half: Floats) -> Floats:
    """Metres from the middle of a cell to its farthest corner, at most."""
    towards_equator = np.maximum(np.abs(middle[:, 1]) - half[:, 1], 0.0)
    east = np.radians(half[:, 0]) * _LARGEST_RADIUS_M * np.cos(np.radians(towards_equator))
    diagonal: Floats = np.hypot(east, np.radians(half[:, 1]) * _LARGEST_RADIUS_M)
    return diagonal


# --- stated distances -------------------------------------------------------------------------------------------------


def _verdict(row: dict[Any, Any], depth: float, *, is_area: bool) -> str:
    """One of tables.VERDICTS for a row of the distances table whose strike has this depth."""
    if row["reference"] not in ("border", ""):
        return "other reference"
    least, most, value = row["computed_min_km"], row["computed_max_km"], row["value_km"]
    if row["reference"] == "" or np.isnan([depth, least, most, value]).any():
        return "not checked"
    if not is_area:
        least = most = depth
    elif least <= value <= most:
        return "compatible"
    hedged = bool(row["hedge"])
    if _agrees(value, least, most, hedged=hedged):
        return "agrees"
    others = (row["value"] * km for unit, km in _KM_OF.items() if unit != row["unit"])
    if not is_area and any(_agrees(other, least, most, hedged=hedged) for other in others):
        return "unit slip"
    return "overstated" if value > most else "understated"


def _agrees(value: float, least: float, most: float, *, hedged: bool) -> bool:
    """Whether a value lies within the tolerance of an interval of computed distances."""
    share = 0.15 if hedged else 0.10
    return least - max(5.0, share * least) <= value <= most + max(5.0, share * most)

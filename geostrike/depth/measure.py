"""Depth of strikes at points, over discs of uncertainty and over areas.

Depth is the geodesic distance on the WGS84 ellipsoid from the border to the strike, in kilometres: a value at the
point, and the interval from minimum to maximum over the uncertainty of the place. It is never signed; ``side`` is the
side of the border.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.borders.areas import country_at, sound_areas
from geostrike.borders.border import Border
from geostrike.depth.columns import USED, as_geoframe, days_of_column, degrees_of, text_of
from geostrike.depth.distance import check_is_border, countries_by_line, distance_columns, distances, distinct
from geostrike.depth.interval import is_reached, measure_areas, over_discs
from geostrike.depth.sides import reasons, sides_of
from geostrike.errors import BorderError
from geostrike.places.place import AREA_KINDS
from geostrike.tables import STRIKES, usable_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Texts = npt.NDArray[np.object_]
    Rows = slice | npt.NDArray[np.intp]

__all__ = ["add_swap_note", "depth_by_definition", "measure_depth"]

_POLE = 90.0
_FAR_KM = 200.0
_FARTHER = 5.0  # times; a line this much nearer with longitude and latitude swapped is taken as swapped


def measure_depth(
    strikes: pd.DataFrame, border: Border | Sequence[Border], *, areas: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Measure the depth of strikes from a border.

    Parameters
    ----------
    strikes
        A table with a geometry column of points. Used if present: attacker, country and struck_country (ISO 3166-1
        alpha-3), radius_km, place_id and place_reason.
    border
        The line to measure from; or dated lines (see `Border.series_from_file`): each strike is measured from the line
        of its first day (date_start), with minimum and maximum over the lines of all its days.
    areas
        Polygons by place_id, such as ``gazetteer.areas(...)``: a strike in one of these places is measured over its
        polygon, the others over the disc of their radius_km.

    Returns
    -------
    GeoDataFrame
        A copy on the same index with the columns depth_km, depth_min_km, depth_max_km, depth_bounds, nearest_lon,
        nearest_lat, border_id, side and depth_reason, and with empty cells of struck_country filled.

        For an area, minimum and maximum are exact to 1 m (beyond 12,000 km, to 0.1 %). For a disc, the minimum is exact
        and the maximum is the bound depth + radius. Where some point of the disc is that far, which is nearly
        everywhere, the maximum is exact, too, and depth_bounds is "exact".

    Raises
    ------
    TableError
        If there is no geometry column, a geometry is not a point, or a radius is not a length.
    BorderError
        If `border` is not a Border.

    Examples
    --------
    >>> from geostrike.borders.border import Border
    >>> strikes = gpd.GeoDataFrame(
    ...     {"attacker": ["UKR"], "radius_km": [4.0]},
    ...     geometry=gpd.points_from_xy([39.08326], [44.10083], crs="EPSG:4326"),
    ... )
    >>> measured = measure_depth(strikes, Border.between("UKR", "RUS"))
    >>> measured[["depth_km", "depth_min_km", "depth_max_km"]].round(1).to_numpy().tolist(), measured.side.tolist()
    ([[342.0, 338.0, 346.0]], ['across'])
    """
    strikes = usable_frame(strikes, STRIKES)
    borders = [border] if isinstance(border, (Border, str)) else list(border)
    for line in borders:
        check_is_border(line)
    polygons = sound_areas(areas)
    frame = as_geoframe(strikes)
    if isinstance(border, Border) and not border.is_dated:
        return _measure(frame, border, polygons)
    return _measure_by_day(frame, borders, polygons)


def depth_by_definition(
    strikes: pd.DataFrame, borders: Border | Sequence[Border] | Mapping[str, Border | Sequence[Border]]
) -> pd.DataFrame:
    """Compare the depth of each strike under several definitions of the border.

    Parameters
    ----------
    strikes
        As for `measure_depth`.
    borders
        The lines, or one, named by their border_id; or a mapping from names to lines or dated lines.

    Returns
    -------
    DataFrame
        On the strikes' index, one column per border: the depth_km from it.

    Raises
    ------
    BorderError
        If there is no border, one is not a Border, or two have the same name.

    Examples
    --------
    >>> tuapse = gpd.GeoDataFrame(geometry=gpd.points_from_xy([39.08326], [44.10083], crs="EPSG:4326"))
    >>> definitions = ("land", "territory", "territory_without_crimea")
    >>> borders = {name: Border.between("UKR", "RUS", definition=name) for name in definitions}
    >>> depth_by_definition(tuapse, borders).round(1).iloc[0].to_dict()
    {'land': 342.0, 'territory': 236.3, 'territory_without_crimea': 334.1}
    """
    named = list(borders.items()) if isinstance(borders, Mapping) else _by_id(borders)
    if not named:
        msg = "no border is given"
        raise BorderError(msg)
    names = [name for name, _ in named]
    if len(set(names)) != len(names):
        msg = f"two borders are called {max(names, key=names.count)}; give a mapping with distinct names"
        raise BorderError(msg)
    return pd.DataFrame({name: measure_depth(strikes, border)["depth_km"] for name, border in named})


def _by_id(borders: Border | Sequence[Border]) -> list[tuple[str, Border | Sequence[Border]]]:
    lines = [borders] if isinstance(borders, (Border, str)) else list(borders)
    for line in lines:
        check_is_border(line)
    return [(line.border_id, line) for line in lines]


def add_swap_note(border: Border, measured: pd.DataFrame) -> Border:
    """Add a note to a line of the user whose coordinates seem to be swapped.

    That is a line far from all strikes that would be near them with longitude and latitude swapped.

    Parameters
    ----------
    border
        The line that was measured from.
    measured
        The strikes with their depth from it.

    Examples
    --------
    >>> line = Border.from_lines(shapely.LineString([(50, 36), (51, 37)]), name="front")
    >>> strikes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([36.2], [50.0], crs="EPSG:4326"))
    >>> add_swap_note(line, measure_depth(strikes, line)).notes
    ('1,869 km from the nearest strike, but 12 km with longitude and latitude swapped; are they?',)
    """
    line, away = border.geometry, measured["depth_km"].min()
    lowest, highest = shapely.bounds(line)[[0, 2]]
    if border.definition != "given" or not away > _FAR_KM or max(abs(lowest), abs(highest)) > _POLE:
        return border
    swapped = replace(border, geometry=shapely.transform(line, lambda xy: xy[:, ::-1]))
    lon, lat = degrees_of(measured)
    near = np.nanmin(distance_columns(lon, lat, swapped)["distance_km"])
    if near > away / _FARTHER:
        return border
    note = f"{away:,.0f} km from the nearest strike, but {near:,.0f} km with longitude and latitude swapped; are they?"
    return replace(border, notes=(*border.notes, note))


def _measure(measured: gpd.GeoDataFrame, border: Border, areas: gpd.GeoSeries | None) -> gpd.GeoDataFrame:
    """Add the columns of depth to the frame itself; equal rows are measured once."""
    rows, code = _distinct_rows(measured)
    used = [name for name in (*USED, measured.geometry.name) if name in measured.columns]
    for name, values in _depth_columns(measured[used].iloc[rows], border, areas).items():
        measured[name] = values[code]
    return measured


def _distinct_rows(frame: gpd.GeoDataFrame) -> tuple[Rows, Rows]:
    """Return rows that may differ in depth, and for every row the position of its own among them."""
    rows, code = distinct(*degrees_of(frame))
    if isinstance(code, slice):
        return rows, code
    for name in USED:
        if name in frame.columns:
            other = pd.factorize(frame[name], use_na_sentinel=False)[0]
            code = pd.factorize(code * (int(other.max(initial=0)) + 1) + other)[0]
    return np.unique(code, return_index=True)[1], code


def _depth_columns(frame: gpd.GeoDataFrame, border: Border, areas: gpd.GeoSeries | None) -> dict[str, Any]:
    lon, lat = degrees_of(frame)
    placed = ~np.isnan(lon)
    countries = country_at(lon, lat, countries_by_line(border))
    named = text_of(frame, "struck_country")
    struck = np.where(named == "", countries, named)
    ground = np.where(countries == "", np.where(named == "", text_of(frame, "country"), named), countries)
    attacker = text_of(frame, "attacker")

    reason = reasons(frame, border, countries, (attacker, ground))
    unmeasured = reason != ""
    lon, lat = np.where(unmeasured, np.nan, lon), np.where(unmeasured, np.nan, lat)
    distance, nearest_lon, nearest_lat, azimuth = distances(lon, lat, countries, border)
    least, most, bounds = over_discs(distance, frame)
    a_disc = ~np.isin(text_of(frame, "place_kind").astype(str), list(AREA_KINDS))  # not an area without a polygon
    bounds[a_disc & is_reached((lon, lat, azimuth), countries, border, (distance, most))] = "exact"
    measure_areas(frame, border, countries, areas, (distance, least, most, bounds))
    return {
        "struck_country": pd.array(struck, dtype="str"),
        "depth_km": distance,
        "depth_min_km": least,
        "depth_max_km": most,
        "depth_bounds": pd.array(bounds, dtype="str"),
        "nearest_lon": nearest_lon,
        "nearest_lat": nearest_lat,
        "border_id": pd.array([border.border_id] * len(frame), dtype="str"),
        "side": pd.array(sides_of(attacker, ground, border, placed=placed), dtype="str"),
        "depth_reason": pd.array(reason, dtype="str"),
    }


# --- dated lines ------------------------------------------------------------------------------------------------------


def _measure_by_day(strikes: gpd.GeoDataFrame, borders: list[Border], areas: gpd.GeoSeries | None) -> gpd.GeoDataFrame:
    """Measure each strike from the line of its first day, with the interval over the lines of all its days."""
    if not borders:
        msg = "no border is given"
        raise BorderError(msg)
    first, last = (days_of_column(strikes, column) for column in ("date_start", "date_end"))
    measured = _measure(strikes.copy(), borders[0], None)
    covered = np.zeros(len(strikes), dtype=bool)
    for border in sorted(borders, key=lambda b: b.valid_from or pd.Timestamp.min.date()):
        start, stop = _validity(border)
        rows = np.flatnonzero((first <= stop) & (np.where(np.isnat(last), first, last) >= start))
        if not rows.size:
            continue
        part = _measure(strikes.iloc[rows].copy(), border, areas)
        _take(measured, rows[~covered[rows]], part[~covered[rows]])
        _widen(measured, rows[covered[rows]], part[covered[rows]])
        covered[rows] = True
    _forget(measured, ~covered, [_no_line(day, borders[0].name) for day in first[~covered]])
    return measured


_OF_THE_LINE = ("depth_km", "depth_min_km", "depth_max_km", "nearest_lon", "nearest_lat")


def _take(measured: gpd.GeoDataFrame, rows: npt.NDArray[np.intp], part: gpd.GeoDataFrame) -> None:
    for column in (*_OF_THE_LINE, "depth_bounds", "border_id", "side", "depth_reason", "struck_country"):
        measured.iloc[rows, measured.columns.get_loc(column)] = part[column].to_numpy()


def _widen(measured: gpd.GeoDataFrame, rows: npt.NDArray[np.intp], part: gpd.GeoDataFrame) -> None:
    """Widen minimum and maximum by one more line that was valid on some of the strikes' days."""
    for column, wider in (("depth_min_km", np.fmin), ("depth_max_km", np.fmax)):
        place = measured.columns.get_loc(column)
        measured.iloc[rows, place] = wider(measured.iloc[rows, place].to_numpy(), part[column].to_numpy())


def _forget(measured: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_], reasons: list[str]) -> None:
    """Remove the depth of these rows, each with a reason."""
    measured.loc[rows, list(_OF_THE_LINE)] = np.nan
    measured.loc[rows, ["depth_bounds", "border_id"]] = ""
    unplaced = np.isnan(degrees_of(measured)[0][rows])
    measured.loc[rows, "depth_reason"] = np.where(unplaced, measured.loc[rows, "depth_reason"], reasons)


def _validity(border: Border) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and last day of a line; open ends are the extreme dates."""
    start, stop = border.valid_from, border.valid_to
    return np.datetime64(start or "0001-01-01", "D"), np.datetime64(stop or "9999-12-31", "D")


def _no_line(day: np.datetime64, name: str) -> str:
    if np.isnat(day):
        return f"the first day is unknown, and the line of {name} depends on it"
    return f"no line of {name} is valid on {day}"

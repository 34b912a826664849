"""How far from a border: points, discs of uncertainty and areas.

Depth is the geodesic distance on the WGS84 ellipsoid from the border to the strike, in kilometres: a value at the
point, and the interval from minimum to maximum over the uncertainty of the place. It is never signed; ``side`` tells
whose country the strike lies in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.borders.areas import country_at, country_basis, lon_lat, sound_areas, territory_areas
from geostrike.borders.border import Border
from geostrike.errors import BorderError, TableError
from geostrike.geodesy.extremes import area_extremes
from geostrike.geodesy.nearest_point import GEOD, Pieces, nearest
from geostrike.places.place import AREA_KINDS
from geostrike.tables import STRIKES, check_table, days_of, usable_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Texts = npt.NDArray[np.object_]
    Rows = slice | npt.NDArray[np.intp]

__all__ = ["border_distance", "depth_by_definition", "distance_columns", "measure_depth", "noted", "sides_of"]

_MEASURES = ("distance_km", "nearest_lon", "nearest_lat", "azimuth")
_SAMPLE = 16_384  # rows looked at to see whether coordinates are repeated
_POLE = 90.0
_HALF_THE_GLOBE_KM = 20_037.6  # no two points are farther from each other
_EXACT_KM = 1e-3
_FAR_KM = 200.0
_FARTHER = 5.0  # times; a line that is so much nearer when turned has its coordinates swapped
_MANY_REPEATED = 0.05  # share of them; below it, finding the repeated ones takes longer than measuring them again


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
        If there are no geometries, one is no point, or a latitude is off the globe.
    BorderError
        If the border is none.

    Notes
    -----
    WGS84. Within a hundredth of a millimetre of Karney's solution of the inverse problem (J. Geodesy 87, 2013) on every
    edge up to 500 km, and within a millimetre up to 3,000 km.

    Examples
    --------
    >>> from geostrike.borders.border import Border
    >>> tuapse = gpd.GeoSeries.from_xy([39.08326], [44.10083], crs="EPSG:4326")
    >>> border_distance(tuapse, Border.between("UKR", "RUS")).distance_km.round(1).tolist()
    [342.0]
    """
    if not isinstance(points, (gpd.GeoSeries, gpd.GeoDataFrame)):
        kind = type(points).__name__
        msg = (
            f"points is a {kind}; give a GeoSeries, such as geopandas.GeoSeries.from_xy(longitude, latitude, crs=4326)"
        )
        raise TableError(msg)
    lon, lat = _degrees(points)
    columns = distance_columns(lon, lat, border)
    return pd.DataFrame({name: columns[name] for name in _MEASURES}, index=points.index)


def distance_columns(lon: Floats, lat: Floats, border: Border, *, country: bool = False) -> dict[str, npt.NDArray[Any]]:
    """The columns of `border_distance` for arrays of degrees: the way for millions of rows.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,); NaN where a coordinate is missing.
    border
        The line to measure from.
    country
        Whether to tell the country that each point lies in, too.

    Returns
    -------
    dict
        distance_km, nearest_lon, nearest_lat and azimuth, and country (ISO 3166-1 alpha-3) if asked for; shape (n,)
        each.

    Raises
    ------
    TableError
        If the two are not of one length, or a latitude is off the globe.
    BorderError
        If the border is none.

    Notes
    -----
    Coordinates that are repeated are measured once. More than some thousand distinct ones are searched by compiled code
    in as many threads as there are processors; the first such call on a machine compiles it, which takes some seconds.

    Examples
    --------
    >>> columns = distance_columns(
    ...     np.array([39.08326]), np.array([44.10083]), Border.between("UKR", "RUS"), country=True
    ... )
    >>> columns["distance_km"].round(1).tolist(), columns["country"].tolist()
    ([342.0], ['RUS'])
    """
    _check_is_border(border)
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if lon.ndim != 1 or lon.shape != lat.shape:
        msg = f"lon and lat have the shapes {lon.shape} and {lat.shape}; give one number of each a point"
        raise TableError(msg)
    _check_on_globe(lon, lat, range(len(lon)))
    rows, code = _distinct(lon, lat)
    lon, lat = lon[rows], lat[rows]
    lies_in = np.full(len(lon), "", dtype=np.object_)
    if country or border.outlines:
        lies_in = country_at(lon, lat, _by_its_line(border))
    measures = _distances(lon, lat, lies_in, border)
    columns: dict[str, npt.NDArray[Any]] = {
        name: column[code] for name, column in zip(_MEASURES, measures, strict=True)
    }
    return columns | {"country": lies_in[code]} if country else columns


def measure_depth(
    strikes: pd.DataFrame, border: Border | Sequence[Border], *, areas: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """The strikes with their depth from a border.

    Parameters
    ----------
    strikes
        A table with a geometry column of points. Used where there are: attacker, country and struck_country (ISO
        3166-1 alpha-3), radius_km, place_id and place_reason.
    border
        The line to measure from; or dated lines (see `Border.series_from_file`), of which each strike is measured from
        the one of its first day (date_start), with minimum and maximum over the lines of all its days.
    areas
        Polygons by place_id, such as ``gazetteer.areas(...)``: a strike whose place is one of them is measured over
        all of it. The others are measured over the disc of their radius_km.

    Returns
    -------
    GeoDataFrame
        A copy on the same index with the columns depth_km, depth_min_km, depth_max_km, depth_bounds, nearest_lon,
        nearest_lat, border_id, side and depth_reason, and struck_country filled in where it was empty.

        For an area minimum and maximum are exact to 1 m (beyond 12,000 km, to 0.1 %). For a disc the minimum is, and
        the maximum is a bound, depth and radius; where some point of the disc is as far, which is nearly everywhere,
        it is exact, too, and depth_bounds says so.

    Raises
    ------
    TableError
        If there is no geometry column, a geometry is no point, or a radius is no length.
    BorderError
        If the border is none.

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
        _check_is_border(line)
    polygons = sound_areas(areas)
    frame = _as_geoframe(strikes)
    if isinstance(border, Border) and not border.is_dated:
        return _measure(frame, border, polygons)
    return _measure_by_day(frame, borders, polygons)


def depth_by_definition(
    strikes: pd.DataFrame, borders: Border | Sequence[Border] | Mapping[str, Border | Sequence[Border]]
) -> pd.DataFrame:
    """The depth of each strike under several definitions of the border, side by side.

    Parameters
    ----------
    strikes
        As for `measure_depth`.
    borders
        The lines, or one, named by their border_id; or a mapping from a name of your own to a line, or to dated lines.

    Returns
    -------
    DataFrame
        On the strikes' index, one column a border: depth_km from it.

    Raises
    ------
    BorderError
        If there is no border, one is none, or two have one name.

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
        msg = f"two borders are called {max(names, key=names.count)}; give a mapping with names of your own"
        raise BorderError(msg)
    return pd.DataFrame({name: measure_depth(strikes, border)["depth_km"] for name, border in named})


def _by_id(borders: Border | Sequence[Border]) -> list[tuple[str, Border | Sequence[Border]]]:
    lines = [borders] if isinstance(borders, (Border, str)) else list(borders)
    for line in lines:
        _check_is_border(line)
    return [(line.border_id, line) for line in lines]


def noted(border: Border, measured: pd.DataFrame) -> Border:
    """The border, with a note where a line of the user's own seems to have its coordinates swapped.

    That is where it lies far from all strikes, and would lie near if longitude and latitude changed places.

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
    >>> noted(line, measure_depth(strikes, line)).notes
    ('lies 1,869 km from the nearest strike, and 12 km with longitude and latitude swapped; are they?',)
    """
    line, away = border.geometry, measured["depth_km"].min()
    lowest, highest = shapely.bounds(line)[[0, 2]]
    if border.definition != "given" or not away > _FAR_KM or max(abs(lowest), abs(highest)) > _POLE:
        return border
    swapped = replace(border, geometry=shapely.transform(line, lambda xy: xy[:, ::-1]))
    lon, lat = _degrees(measured)
    near = np.nanmin(distance_columns(lon, lat, swapped)["distance_km"])
    if near > away / _FARTHER:
        return border
    note = (
        f"lies {away:,.0f} km from the nearest strike, and {near:,.0f} km with longitude and latitude swapped; "
        "are they?"
    )
    return replace(border, notes=(*border.notes, note))


# --- the strikes table ------------------------------------------------------------------------------------------------


# What the depth of a strike depends on, beside its point.
_USED = ("attacker", "country", "struck_country", "place_kind", "place_id", "place_reason", "radius_km")


_OPEN_WORDS = ("place_kind", "radius_km")  # of a table of the user's own; what is no radius is refused with its row


def _measure(measured: gpd.GeoDataFrame, border: Border, areas: gpd.GeoSeries | None) -> gpd.GeoDataFrame:
    """The frame itself with the columns of depth; what is the same of several rows is measured once."""
    rows, code = _distinct_rows(measured)
    used = [name for name in (*_USED, measured.geometry.name) if name in measured.columns]
    for name, values in _depth_columns(measured[used].iloc[rows], border, areas).items():
        measured[name] = values[code]
    return measured


def _distinct_rows(frame: gpd.GeoDataFrame) -> tuple[Rows, Rows]:
    """Rows of which no two have the same depth by necessity, and for every row which of them is its own."""
    rows, code = _distinct(*_degrees(frame))
    if isinstance(code, slice):
        return rows, code
    for name in _USED:
        if name in frame.columns:
            other = pd.factorize(frame[name], use_na_sentinel=False)[0]
            code = pd.factorize(code * (int(other.max(initial=0)) + 1) + other)[0]
    return np.unique(code, return_index=True)[1], code


def _depth_columns(frame: gpd.GeoDataFrame, border: Border, areas: gpd.GeoSeries | None) -> dict[str, Any]:
    lon, lat = _degrees(frame)
    placed = ~np.isnan(lon)
    lies_in = country_at(lon, lat, _by_its_line(border))
    named = _text(frame, "struck_country")
    struck = np.where(named == "", lies_in, named)
    ground = np.where(lies_in == "", np.where(named == "", _text(frame, "country"), named), lies_in)
    attacker = _text(frame, "attacker")

    reason = _reasons(frame, border, lies_in, (attacker, ground))
    unmeasured = reason != ""
    lon, lat = np.where(unmeasured, np.nan, lon), np.where(unmeasured, np.nan, lat)
    distance, nearest_lon, nearest_lat, azimuth = _distinct_distances(lon, lat, lies_in, border)
    least, most, bounds = _over_discs(distance, frame)
    a_disc = ~np.isin(_text(frame, "place_kind").astype(str), list(AREA_KINDS))  # and not for want of the polygon
    bounds[a_disc & _is_reached((lon, lat, azimuth), lies_in, border, (distance, most))] = "exact"
    _measure_areas(frame, border, lies_in, areas, (distance, least, most, bounds))
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


def _measure_by_day(strikes: gpd.GeoDataFrame, borders: list[Border], areas: gpd.GeoSeries | None) -> gpd.GeoDataFrame:
    """Each strike from the line of its first day, with minimum and maximum over the lines of all its days."""
    if not borders:
        msg = "no border is given"
        raise BorderError(msg)
    first, last = (_days(strikes, column) for column in ("date_start", "date_end"))
    measured = _measure(strikes.copy(), borders[0], None)
    held = np.zeros(len(strikes), dtype=bool)
    for border in sorted(borders, key=lambda b: b.valid_from or pd.Timestamp.min.date()):
        start, stop = _validity(border)
        rows = np.flatnonzero((first <= stop) & (np.where(np.isnat(last), first, last) >= start))
        if not rows.size:
            continue
        part = _measure(strikes.iloc[rows].copy(), border, areas)
        _take(measured, rows[~held[rows]], part[~held[rows]])
        _widen(measured, rows[held[rows]], part[held[rows]])
        held[rows] = True
    _forget(measured, ~held, [_no_line(day, borders[0].name) for day in first[~held]])
    return measured


_OF_THE_LINE = ("depth_km", "depth_min_km", "depth_max_km", "nearest_lon", "nearest_lat")


def _take(measured: gpd.GeoDataFrame, rows: npt.NDArray[np.intp], part: gpd.GeoDataFrame) -> None:
    for column in (*_OF_THE_LINE, "depth_bounds", "border_id", "side", "depth_reason", "struck_country"):
        measured.iloc[rows, measured.columns.get_loc(column)] = part[column].to_numpy()


def _widen(measured: gpd.GeoDataFrame, rows: npt.NDArray[np.intp], part: gpd.GeoDataFrame) -> None:
    """Minimum and maximum over one more line that held on some of the strikes' days."""
    for column, wider in (("depth_min_km", np.fmin), ("depth_max_km", np.fmax)):
        place = measured.columns.get_loc(column)
        measured.iloc[rows, place] = wider(measured.iloc[rows, place].to_numpy(), part[column].to_numpy())


def _forget(measured: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_], reasons: list[str]) -> None:
    """No depth for these rows, each for its reason."""
    measured.loc[rows, list(_OF_THE_LINE)] = np.nan
    measured.loc[rows, ["depth_bounds", "border_id"]] = ""
    unplaced = np.isnan(_degrees(measured)[0][rows])
    measured.loc[rows, "depth_reason"] = np.where(unplaced, measured.loc[rows, "depth_reason"], reasons)


def _validity(border: Border) -> tuple[np.datetime64, np.datetime64]:
    """First and last day of a line; open ends as far off as can be."""
    start, stop = border.valid_from, border.valid_to
    return np.datetime64(start or "0001-01-01", "D"), np.datetime64(stop or "9999-12-31", "D")


def _days(strikes: gpd.GeoDataFrame, column: str) -> npt.NDArray[np.datetime64]:
    if column not in strikes.columns:
        return np.full(len(strikes), np.datetime64("NaT", "D"))
    days: npt.NDArray[np.datetime64] = days_of(strikes, column).to_numpy().astype("datetime64[D]")
    return days


def _no_line(day: np.datetime64, name: str) -> str:
    if np.isnat(day):
        return f"the first day is not known, and which line of {name} holds depends on it"
    return f"no line of {name} holds on {day}"


def _as_geoframe(strikes: pd.DataFrame) -> gpd.GeoDataFrame:
    used = [name for name in _USED if name in getattr(strikes, "columns", ()) and name not in _OPEN_WORDS]
    check_table(strikes, STRIKES, columns=used)
    if isinstance(strikes, gpd.GeoDataFrame) and strikes.active_geometry_name is not None:
        return strikes.copy(deep=False)
    if "geometry" not in strikes.columns:
        msg = "the strikes table has no geometry; make one with geopandas.points_from_xy(longitude, latitude)"
        raise TableError(msg)
    try:
        return gpd.GeoDataFrame(strikes.copy(deep=False), geometry="geometry", crs="EPSG:4326")
    except (TypeError, ValueError) as error:
        msg = f"the column geometry of the strikes table holds what is no geometry: {str(error)[:200]}"
        raise TableError(msg) from error


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
    if border.outlines:
        neither = ~np.isin(lies_in.astype(str), list(border.outlines))
        reason[neither & (reason == "")] = f"the place lies in neither country of {border.border_id}"
    missing = np.isnan(_degrees(frame)[0])
    why = _text(frame, "place_reason")
    reason[missing] = [f"no place: {words}" if words else "no place" for words in why[missing]]
    return reason


def sides_of(attacker: Texts, ground: Texts, border: Border, *, placed: npt.NDArray[np.bool_]) -> Texts:
    """Where each strike lies as its attacker sees it (`tables.SIDES`); empty where that cannot be told.

    Without an attacker a strike is on no side, unless it lies in neither country of the border. `ground` is the country
    that it lies in, `placed` whether it has a place at all.
    """
    pair = frozenset(border.pair or territory_areas().index)
    carried = frozenset(country for country in pair if country_basis(country) or border.basis)
    attacker_code, attackers = pd.factorize(attacker)
    ground_code, grounds = pd.factorize(ground)
    judged = attackers if border.pair is not None else [attacking or None for attacking in attackers]
    sides = [_side(attacking, country, pair, carried) for attacking in judged for country in grounds]
    by_code = np.array(sides, dtype=np.object_).reshape(len(attackers), len(grounds))
    found: Texts = np.where(placed, by_code[attacker_code, ground_code], "")
    return found


def _side(attacker: str | None, ground: str, pair: frozenset[str], carried: frozenset[str]) -> str:
    """The side; None for no attacker and a border of no countries, from which everything is measured."""
    if attacker is None:
        return ""
    if attacker and ground == attacker:
        return "home"
    if ground in pair:
        return "across" if attacker else ""
    return "outside" if ground or pair <= carried else ""


def _by_its_line(border: Border) -> tuple[str, ...]:
    """The countries of a border made of their time zones; none for one that ships, or is the user's own."""
    return border.pair if border.pair and border.basis and border.name not in Border.known() else ()


def _over_discs(distance: Floats, frame: gpd.GeoDataFrame) -> tuple[Floats, Floats, Texts]:
    """Minimum, maximum and kind of bounds over the disc of each row's radius."""
    radius = _radius_of(frame)
    bounds = np.where(np.isnan(distance), "", np.where(radius > 0, "bound", "exact")).astype(object)
    return (
        np.maximum(0.0, distance - radius),
        np.minimum(distance + radius, np.maximum(distance, _HALF_THE_GLOBE_KM)),
        bounds,
    )


def _is_reached(
    places: tuple[Floats, Floats, Floats], lies_in: Texts, border: Border, distances: tuple[Floats, Floats]
) -> npt.NDArray[np.bool_]:
    """Whether some point of the disc is as far from the border as its bound, to a metre, which makes the bound exact.

    The point that is looked at lies straight away from the border (azimuth), at the edge of the disc. Nearly always
    the same stretch of the border is nearest there, too.
    """
    lon, lat, azimuth = places
    distance, most = distances
    rows = np.flatnonzero(~np.isnan(azimuth) & (most > distance))
    reached = np.zeros(len(lon), dtype=np.bool_)
    away_lon, away_lat, _ = GEOD.fwd(lon[rows], lat[rows], azimuth[rows] + 180.0, (most - distance)[rows] * 1000.0)
    away = _distinct_distances(np.asarray(away_lon), np.asarray(away_lat), lies_in[rows], border)[0]
    reached[rows] = away >= most[rows] - _EXACT_KM
    return reached


def _radius_of(frame: gpd.GeoDataFrame) -> Floats:
    """Kilometres; 0 where none is told."""
    if "radius_km" not in frame.columns:
        return np.zeros(len(frame))
    radius: Floats = pd.to_numeric(frame["radius_km"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.isnan(radius) & frame["radius_km"].notna().to_numpy() | (radius < 0) | np.isinf(radius)
    if wrong.any():
        row = int(wrong.argmax())
        msg = f"row {frame.index[row]}: radius_km is {frame['radius_km'].iloc[row]}; it must be kilometres, 0 or more"
        raise TableError(msg)
    return np.nan_to_num(radius)


# --- points -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _pieces(border: Border, country: str) -> Pieces | None:
    line = border.line_for(country)
    return None if line is None else Pieces.of(line, geodesic_edges=border.edges == "geodesic")


def _distinct_distances(
    lon: Floats, lat: Floats, country: Texts, border: Border
) -> tuple[Floats, Floats, Floats, Floats]:
    """The same as `_distances`, repeated coordinates measured once."""
    rows, code = _distinct(lon, lat)
    distance, nearest_lon, nearest_lat, azimuth = _distances(lon[rows], lat[rows], country[rows], border)
    return distance[code], nearest_lon[code], nearest_lat[code], azimuth[code]


def _distances(lon: Floats, lat: Floats, country: Texts, border: Border) -> tuple[Floats, Floats, Floats, Floats]:
    """distance_km, nearest_lon, nearest_lat, azimuth."""
    columns = np.full((4, len(lon)), np.nan)
    given = np.isfinite(lon) & np.isfinite(lat)
    by_country = bool(border.outlines)
    for name in dict.fromkeys(country[given]) if by_country else [""]:
        rows = np.flatnonzero(given & (country == name) if by_country else given)
        pieces = _pieces(border, name)
        if pieces is None:
            continue
        found = nearest(lon[rows], lat[rows], pieces)
        azimuth = np.where(found.distance_m > 0, found.azimuth, np.nan)
        columns[:, rows] = np.stack([found.distance_m / 1000, found.lon, found.lat, azimuth])
    return columns[0], columns[1], columns[2], columns[3]


def _distinct(lon: Floats, lat: Floats) -> tuple[Rows, Rows]:
    """Rows that hold each coordinate once, and for every row which of them is its own.

    Where few are repeated, or (never seen) two coordinates have one hash, both are all rows as they are.
    """
    everything = slice(None)
    sample = slice(None, None, max(1, len(lon) // _SAMPLE))
    hashes = _hashes(lon[sample], lat[sample])
    if len(pd.unique(hashes)) > (1 - _MANY_REPEATED) * len(hashes):
        return everything, everything
    code, distinct = pd.factorize(_hashes(lon, lat))
    rows = np.empty(len(distinct), dtype=np.intp)
    rows[code[::-1]] = np.arange(len(lon))[::-1]
    same = [np.array_equal(v, v[rows][code], equal_nan=True) for v in (lon, lat)]
    return (rows, code) if all(same) else (everything, everything)


def _hashes(lon: Floats, lat: Floats) -> npt.NDArray[np.uint64]:
    """A number for each coordinate, the same for the same."""
    lon_bits, lat_bits = (np.ascontiguousarray(v, dtype=np.float64).view(np.uint64) for v in (lon, lat))
    mixed: npt.NDArray[np.uint64] = lon_bits * np.uint64(0x9E3779B97F4A7C15) ^ lat_bits * np.uint64(0xC2B2AE3D27D4EB4F)
    return mixed


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
    _check_on_globe(lon, lat, points.index)
    return np.where(np.isfinite(lat), lon, np.nan), lat


def _check_on_globe(lon: Floats, lat: Floats, names: pd.Index[Any] | range) -> None:
    """Raise TableError for the first row that is off the globe; NaN is a missing point."""
    off = (np.abs(lat) > _POLE) & ~np.isnan(lon) | np.isinf(lon)
    if off.any():
        at = int(off.argmax())
        place = f"row {names[at]}: latitude {lat[at]}, longitude {lon[at]}"
        msg = f"{place} is off the globe; are the two swapped?"
        raise TableError(msg)


def _check_is_border(border: object) -> None:
    if not isinstance(border, Border):
        msg = f'{border!r} is no Border; open one, as with Border.between("UKR", "RUS")'
        raise BorderError(msg)


# --- areas ------------------------------------------------------------------------------------------------------------


def _measure_areas(
    frame: gpd.GeoDataFrame,
    border: Border,
    lies_in: Texts,
    areas: gpd.GeoSeries | None,
    columns: tuple[Floats, Floats, Floats, Texts],
) -> None:
    """Put minimum and maximum over the place's polygon into the columns of those rows that have one."""
    if areas is None or not len(areas):
        return
    distance, least, most, bounds = columns
    place_id = pd.Index(_text(frame, "place_id").astype(str))
    has_area = place_id.isin(areas.index) & ~np.isnan(distance)
    depends = bool(border.outlines)
    for country in dict.fromkeys(lies_in[has_area]) if depends else [""]:
        rows = np.flatnonzero(has_area & (lies_in == country) if depends else has_area)
        places = place_id[rows].unique()
        pieces = _pieces(border, country)
        if pieces is None:
            continue
        straight = border.line_for(country) if border.edges == "planar" else None
        extremes = area_extremes(areas.loc[places].to_numpy(), pieces, straight)
        least[rows], most[rows] = extremes[:, places.get_indexer(place_id[rows])] / 1000
        bounds[rows] = "exact"

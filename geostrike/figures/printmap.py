"""The map of the strikes for print: a conic projection, drawn from shipped data without the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path
from pyproj import Transformer

from geostrike.borders.areas import points_of, sound_areas
from geostrike.borders.basemap import base_lines, within_box
from geostrike.figures.directions import country_names
from geostrike.figures.labels import place_labels
from geostrike.figures.style import (
    DEPTH_COLOURS,
    DEPTH_NAMES,
    INK,
    MARKERS,
    PAGE_INCHES,
    Look,
    counted,
    depth_classes,
    describe,
    direction_of,
    dots,
    drawing,
    new_axes,
    plain,
    readable,
)
from geostrike.stats import measured_rows
from geostrike.stats.directions import phrase, route
from geostrike.tables import ROUGH_PRECISION, STRIKES, check_table, usable_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

__all__ = ["print_map"]

_NEEDED = ["place", "place_id", "geo_precision", "attacker", "target_side", "struck_country", "side", "depth_km"]
_EUROPE = (-10.0, 36.0, 65.0, 71.0)  # what the finer basemap covers, less a margin
_WIDEST_CONE = 150.0  # degrees of longitude
_POLAR = 82.0  # degrees of latitude; beyond, a box reaches to the pole
_WHOLE = 360.0
_SOURCES = "Land: Natural Earth. Border: {source}"


def print_map(
    strikes: gpd.GeoDataFrame,
    *,
    border: Any = None,
    areas: gpd.GeoDataFrame | None = None,
    title: str = "",
    width: float = PAGE_INCHES,
    names: int = 14,
    ax: Axes | None = None,
) -> Axes:
    """Draw the strikes on a map for print, in Lambert's conformal conic projection where it is suitable.

    Colour shows depth and shape the direction of fire, as on the map by date. Hollow points mark places that are known
    only approximately, dashed outlines the regions of strikes that are located to a region.

    Parameters
    ----------
    strikes
        A strikes table with depths and `geometry` (points, EPSG:4326).
    border
        The border that depth is measured from; anything with `geometry`.
    areas
        Polygons by `place_id`, from `Gazetteer.areas`.
    title
        Title above the map; none by default.
    width
        Width of a new figure, in inches: 7.2 for a page, 3.5 for a column.
    names
        The greatest number of places to name, the deepest first.
    ax
        Axes to draw in; a new figure by default.

    Raises
    ------
    TableError
        If a column is missing.

    Examples
    --------
    >>> from geostrike.tables import build_table
    >>> day = {"attacker": "UKR", "struck_country": "RUS", "side": "across", "depth_km": 342.0, "place": "Tuapse"}
    >>> row = build_table(STRIKES, [day | {"geometry": shapely.Point(39.08, 44.1), "geo_precision": 1}])
    >>> print_map(gpd.GeoDataFrame(row, crs="EPSG:4326")).get_label()
    'Map: 1 strike at 1 place: 1 by Ukraine in Russia. The deepest is Tuapse, 342 km from the border.'
    """
    strikes = usable_frame(strikes, STRIKES)
    check_table(strikes, STRIKES, columns=_NEEDED)
    lon, lat = points_of(strikes)
    shown = gpd.GeoDataFrame(strikes[_NEEDED], geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")[~np.isnan(lon)]
    readings = {name: readable(name) for name in shown["place"].unique()}
    shown = shown.assign(place=[readings[name] for name in shown["place"]])
    regions = _regions(shown, areas)
    line = None if border is None else shapely.simplify(border.geometry, 0.005)
    place = _Projection.around(shown, regions)
    with drawing():
        ax = ax or new_axes(
            _height(place, width), width=width, left=0.08, right=0.08, bottom=0.62, top=0.1, title=title
        )
        _frame(ax, place)
        _draw_base(ax, place)
        if line is not None:
            _draw_lines(ax, place.project(_lines_of(line)), INK["border"], 1.3, zorder=2.5)
        outlines = [ring for region in place.project(regions) for ring in _lines_of(shapely.boundary(region))]
        _draw_lines(ax, outlines, INK["dim"], 0.8, linestyle=(0, (3, 2)), zorder=3)
        _draw_strikes(ax, place, shown, names)
        _scale_bar(ax)
        _legend(ax, shown)
        source = plain(_SOURCES.format(source=getattr(border, "source", "") or "none drawn"), 90)
        ax.annotate(source, (1, 0), xytext=(-3, 3), xycoords="axes fraction", ha="right",
                    textcoords="offset points", va="bottom", fontsize=5.5, color=INK["dim"], zorder=6)  # fmt: skip
        return describe(ax, title, _map_text(strikes, shown), pad=6)


def _regions(shown: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> list[BaseGeometry]:
    """The areas of strikes that are located to an area."""
    polygons = sound_areas(areas)
    return list(shapely.simplify(polygons[polygons.index.isin(shown["place_id"].unique())].to_numpy(), 0.02))


class _Projection:
    """A projection from a box in degrees to kilometres, which also selects the geometries near the box.

    Conic where it is suitable; around a pole, or for most of the globe, one that is defined everywhere.
    """

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        self.degrees = (west, south, east, north)
        self._transformer = Transformer.from_crs("EPSG:4326", _definition(*self.degrees), always_xy=True)
        corners = shapely.segmentize(shapely.box(*self.degrees), 0.5)
        self.bounds = shapely.bounds(shapely.transform(corners, self.forward))
        self.shown = tuple(self.bounds.tolist())  # replaced when the axes are known

    @classmethod
    def around(cls, shown: gpd.GeoDataFrame, regions: list[BaseGeometry]) -> _Projection:
        """The projection that contains all points, and all regions narrower than 15 degrees."""
        if shown.empty:
            return cls(22.0, 44.0, 42.0, 56.0)
        west, south, east, north = shown.total_bounds
        for region in regions:
            box = region.bounds
            if box[2] - box[0] < 15:
                west, south, east, north = min(west, box[0]), min(south, box[1]), max(east, box[2]), max(north, box[3])
        room = max(1.5, 0.12 * (east - west), 0.12 * (north - south))
        west, south, east, north = west - room, south - 0.7 * room, east + room, north + 0.7 * room
        if north > _POLAR and south > 0:
            return cls(-180.0, south, 180.0, 90.0)
        if south < -_POLAR and north < 0:
            return cls(-180.0, -90.0, 180.0, north)
        if east - west > _WIDEST_CONE or max(north, -south) > _POLAR:
            return cls(-180.0, -90.0, 180.0, 90.0)
        return cls(west, south, east, north)

    def forward(self, coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Project degrees to kilometres; shape (n, 2)."""
        x, y = self._transformer.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([x, y])

    def project(self, geometries: Iterable[BaseGeometry]) -> npt.NDArray[Any]:
        """Project the parts of valid geometries near the box to kilometres, simplified to what print can show."""
        west, south, east, north = self.degrees
        near = within_box(list(geometries), (west - 25, max(-90.0, south - 9), east + 25, min(90.0, north + 9)))
        size = self.bounds[2] - self.bounds[0]
        x0, y0, x1, y1 = self.shown
        margin = size / 50
        valid = shapely.make_valid(shapely.transform(near, self.forward))
        seen = within_box(valid, (x0 - margin, y0 - margin, x1 + margin, y1 + margin))
        parts: npt.NDArray[Any] = shapely.get_parts(shapely.simplify(seen, size / 1200))
        return parts


def _definition(west: float, south: float, east: float, north: float) -> str:
    """The projection for a box in degrees, as a PROJ string."""
    middle, height = (south + north) / 2, north - south
    common = "+datum=WGS84 +units=km"
    if east - west < _WHOLE:
        # A cone needs both of its parallels on one side of the equator.
        first, second = south + height / 6, north - height / 6
        if min(abs(first), abs(second)) > 1 and first * second > 0:
            return f"+proj=lcc +lat_0={middle} +lon_0={(west + east) / 2} +lat_1={first} +lat_2={second} {common}"
        return f"+proj=eqc +lat_ts={middle} +lat_0={middle} +lon_0={(west + east) / 2} {common}"
    if north == -south:
        return f"+proj=eqearth +lon_0=0 {common}"
    return f"+proj=laea +lat_0={90 if north > 0 else -90} +lon_0=0 {common}"


def _height(place: _Projection, width: float) -> float:
    west, south, east, north = place.bounds
    inside = (width - 0.16) * (north - south) / (east - west)
    return float(np.clip(inside, 0.55 * width, 1.0 * width)) + 0.72


def _frame(ax: Axes, place: _Projection) -> None:
    """Show the whole box, and beyond it as much as fills the axes at one scale."""
    west, south, east, north = place.bounds
    size = ax.get_window_extent()
    scale = max((east - west) / size.width, (north - south) / size.height)
    half_width, half_height = scale * size.width / 2, scale * size.height / 2
    x, y = (west + east) / 2, (south + north) / 2
    place.shown = (x - half_width, y - half_height, x + half_width, y + half_height)
    ax.set_xlim(place.shown[0], place.shown[2])
    ax.set_ylim(place.shown[1], place.shown[3])
    ax.set_facecolor(INK["water"])
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set(visible=True, color=INK["line"])


def _draw_base(ax: Axes, place: _Projection) -> None:
    west, south, east, north = place.degrees
    inside = west > _EUROPE[0] and south > _EUROPE[1] and east < _EUROPE[2] and north < _EUROPE[3]
    for name in ("europe-light",) if inside else ("world", "europe-light"):  # neither contains what the other covers
        base = base_lines(name)
        _draw_polygons(ax, place.project(base.land), INK["land"], INK["coast"], zorder=1)
        _draw_polygons(ax, place.project(base.lakes), INK["water"], INK["coast"], zorder=1.5)
        _draw_lines(ax, place.project(base.borders), INK["country"], 0.7, zorder=2)
        _draw_lines(ax, place.project(base.disputed), INK["country"], 0.7, zorder=2, linestyle=(0, (3, 2)))


def _draw_polygons(ax: Axes, parts: npt.NDArray[Any], face: str, edge: str, *, zorder: float) -> None:
    paths = [
        Path.make_compound_path(
            *(Path(np.asarray(ring.coords), closed=True) for ring in (part.exterior, *part.interiors))
        )
        for part in parts
        if part.geom_type == "Polygon"
    ]
    if paths:
        ax.add_collection(
            PathCollection(paths, facecolors=face, edgecolors=edge, linewidths=0.4, zorder=zorder), autolim=False
        )


def _lines_of(geometry: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in shapely.get_parts(geometry) if part.geom_type in ("LineString", "LinearRing")]


def _draw_lines(ax: Axes, parts: Iterable[BaseGeometry], colour: str, width: float, **options: Any) -> None:
    lines = [np.asarray(part.coords) for part in parts if part.geom_type == "LineString" and not part.is_empty]
    if lines:
        ax.add_collection(LineCollection(lines, colors=colour, linewidths=width, **options), autolim=False)


def _draw_strikes(ax: Axes, place: _Projection, shown: gpd.GeoDataFrame, names: int) -> None:
    if shown.empty:
        return
    at = place.forward(np.column_stack([shown.geometry.x, shown.geometry.y]))
    colours, rough = _colours(shown), (shown["geo_precision"] >= ROUGH_PRECISION).to_numpy()
    directions = direction_of(shown)
    for number, direction in enumerate(_by_number(directions)):
        rows = np.flatnonzero((directions == direction).to_numpy())
        look = Look(colours[rows], rough[rows], MARKERS[min(number, len(MARKERS) - 1)])
        dots(ax, at[rows, 0], at[rows, 1], look, size=30)
    deepest = shown.assign(row=range(len(shown))).sort_values("depth_km", ascending=False, kind="stable")
    named = deepest.drop_duplicates("place").head(names)
    place_labels(ax, named["place"], at[named["row"]], avoid=at if len(at) <= 200 else at[named["row"]])


def _colours(shown: pd.DataFrame) -> npt.NDArray[np.str_]:
    """A colour by depth for each strike; grey if it is not across the border."""
    colours = np.array(DEPTH_COLOURS)[depth_classes(shown["depth_km"].fillna(0))]
    measured = measured_rows(shown)
    return np.where(measured, colours, INK["none"])


def _by_number(directions: pd.Series[str]) -> list[str]:
    counts = directions.value_counts()
    return sorted(counts.index, key=lambda name: (-counts[name], name))


def _scale_bar(ax: Axes) -> None:
    """Draw a scale bar of a round number of kilometres, up to a fifth of the map, with its length in miles too."""
    west, east = ax.get_xlim()
    south, north = ax.get_ylim()
    length = max(km for km in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if km <= max(1, (east - west) / 5))
    x, y = west + 0.03 * (east - west), south + 0.03 * (north - south)
    ax.plot([x, x + length], [y, y], color=INK["ink"], linewidth=1.6, solid_capstyle="butt", zorder=6)
    ax.annotate(f"{length:,} km · {length / 1.609344:,.0f} mi", (x, y), xytext=(0, 3), textcoords="offset points",
                va="bottom", zorder=6)  # fmt: skip


def _legend(ax: Axes, shown: pd.DataFrame) -> None:
    measured = shown[measured_rows(shown)]
    present = sorted(set(depth_classes(measured["depth_km"]).tolist()))
    handles = [_key("s", DEPTH_COLOURS[number], DEPTH_NAMES[number]) for number in present]
    if len(measured) < len(shown):
        handles.append(_key("s", INK["none"], "not across the border"))
    named = _by_number(direction_of(shown))
    routes = [route(*country_names(name)) for name in named]
    handles += [_key(marker, INK["paper"], name) for marker, name in zip(MARKERS, routes, strict=False)]
    if handles:
        columns = 5 if ax.get_window_extent().width / ax.figure.dpi > 5 else 3
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.02), ncols=columns)


def _key(marker: str, colour: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="none", marker=marker, markersize=5, markerfacecolor=colour,
                  markeredgecolor=INK["edge"], markeredgewidth=0.7, label=label)  # fmt: skip


def _map_text(strikes: pd.DataFrame, shown: pd.DataFrame) -> str:
    if shown.empty:
        return "Map: no strike has a place to show."
    directions = direction_of(shown)
    counts = directions.value_counts()
    parts = ", ".join(f"{counts[name]:,} {phrase(*country_names(name))}" for name in _by_number(directions))
    text = f"Map: {counted(len(shown))} at {counted(shown['place'].nunique(), 'place')}: {parts}."
    deep = shown[measured_rows(shown)]
    if len(deep):
        farthest = deep.iloc[int(deep["depth_km"].to_numpy().argmax())]
        text += f" The deepest is {farthest['place']}, {farthest['depth_km']:,.0f} km from the border."
    lost = len(strikes) - len(shown)
    return text + (f" {counted(lost)} could not be placed." if lost else "")

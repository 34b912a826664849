"""Speed and error of the distance from a border, compared with other methods.

Each method takes points spread evenly over 20-60 E, 43-66 N, as arrays of degrees, and returns metres; geostrike also
returns the nearest point and the azimuth. Slow methods get fewer points; the comparison is by time per point.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from sample_lines import line_of, points
from slow_truth import true_distances
from timing import ratio, rounds, table

from geostrike.geodesy import GEOD, MEAN_RADIUS_KM
from geostrike.geodesy.nearest_point import Pieces, search_for_many

if TYPE_CHECKING:
    from collections.abc import Callable

    Ways = Callable[[shapely.MultiLineString], Callable[[np.ndarray, np.ndarray], np.ndarray]]

AEQD = "+proj=aeqd +lat_0=49.5 +lon_0=36.5 +ellps=WGS84"
VERTICES = (600, 9_000, 40_000, 300_000)
POINTS = 200_000
ROUNDS = 7


@dataclass(frozen=True)
class Way:
    """A method of computing the distance: for a line, a function from degrees to metres."""

    make: Ways
    points: int  # per round
    up_to: int  # vertices; beyond, it takes too long
    needs: str = ""  # package, if geostrike does not depend on it


def geostrike_(line: shapely.MultiLineString, *, geodesic: bool = False) -> Callable[..., np.ndarray]:
    pieces, find = Pieces.of(line, geodesic_edges=geodesic), search_for_many()
    return lambda lon, lat: find(lon, lat, pieces).distance_m


def segments(line: shapely.MultiLineString, crs: str) -> np.ndarray:
    """Return the edges of a line as two-point lines in a projection."""
    xy = shapely.get_coordinates(line)
    xy = np.column_stack(Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*xy.T))
    return shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))


def planar_tree(line: shapely.MultiLineString) -> Callable[..., np.ndarray]:
    """Project the points, then query a tree of the projected edges."""
    there = Transformer.from_crs("EPSG:4326", AEQD, always_xy=True)
    tree = shapely.STRtree(segments(line, AEQD))

    def measure(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        flat = shapely.points(*there.transform(lon, lat))
        return tree.query_nearest(flat, all_matches=False, return_distance=True)[1]

    return measure


def planar_tree_then_geod(line: shapely.MultiLineString) -> Callable[..., np.ndarray]:
    """Do the same, then measure the geodesic to the planar foot."""
    there = Transformer.from_crs("EPSG:4326", AEQD, always_xy=True)
    edges = segments(line, AEQD)
    tree = shapely.STRtree(edges)

    def measure(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        flat = shapely.points(*there.transform(lon, lat))
        row, edge = tree.query_nearest(flat, all_matches=False)
        foot = shapely.line_interpolate_point(edges[edge], shapely.line_locate_point(edges[edge], flat[row]))
        foot_lon, foot_lat = there.transform(*shapely.get_coordinates(foot).T, direction="INVERSE")
        return np.asarray(GEOD.inv(lon[row], lat[row], foot_lon, foot_lat)[2])

    return measure


def sjoin_nearest(line: shapely.MultiLineString) -> Callable[..., np.ndarray]:
    edges = gpd.GeoDataFrame(geometry=segments(line, AEQD), crs=AEQD)

    def measure(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        flat = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326").to_crs(AEQD)
        joined = gpd.sjoin_nearest(flat, edges, distance_col="metres")
        return joined.loc[~joined.index.duplicated(), "metres"].to_numpy()

    return measure


def utm_distance(line: shapely.MultiLineString) -> Callable[..., np.ndarray]:
    flat_line = gpd.GeoSeries([line], crs="EPSG:4326").to_crs("EPSG:32637").iloc[0]

    def measure(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        flat = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs="EPSG:4326").to_crs("EPSG:32637")
        return flat.distance(flat_line).to_numpy()

    return measure


def ball_tree(line: shapely.MultiLineString) -> Callable[..., np.ndarray]:
    """A tree of points every 100 m of the line, on a sphere."""
    from sklearn.neighbors import BallTree

    vertices = shapely.get_coordinates(shapely.segmentize(line, 0.001))
    tree = BallTree(np.radians(vertices[:, ::-1]), metric="haversine")
    return lambda lon, lat: tree.query(np.radians(np.column_stack([lat, lon])))[0][:, 0] * 1000 * MEAN_RADIUS_KM


def great_circles(line: shapely.MultiLineString) -> Callable[..., np.ndarray]:
    """S2, through spherely: great circles on a sphere, with its own index of the edges."""
    import spherely

    on_sphere = spherely.from_wkb(shapely.to_wkb(line))
    spherely.prepare(on_sphere)
    return lambda lon, lat: spherely.distance(spherely.points(lon, lat), on_sphere)


def geopy_loop(line: shapely.MultiLineString) -> Callable[..., np.ndarray]:
    """The minimum distance to all vertices, in a loop."""
    from geopy.distance import geodesic

    vertices = shapely.get_coordinates(line)[:, ::-1].tolist()

    def measure(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        return np.array([min(geodesic((y, x), v).m for v in vertices) for x, y in zip(lon, lat, strict=True)])

    return measure


def one_inverse(line: shapely.MultiLineString) -> Callable[..., np.ndarray]:
    """Not a method but a yardstick: one inverse problem per point, to a fixed place."""
    lon_0, lat_0 = shapely.get_coordinates(line)[len(shapely.get_coordinates(line)) // 2]
    return lambda lon, lat: GEOD.inv(lon, lat, np.full(len(lon), lon_0), np.full(len(lat), lat_0))[2]


OURS, TREE, YARDSTICK = "geostrike", "STRtree, projected (AEQD)", "one Geod.inv a point (no distance)"
WAYS = {
    OURS: Way(geostrike_, POINTS, 10**9),
    "geostrike, geodesic edges": Way(lambda line: geostrike_(line, geodesic=True), POINTS, 10**9),
    TREE: Way(planar_tree, POINTS, 10**9),
    "STRtree, projected, then Geod": Way(planar_tree_then_geod, POINTS // 4, 10**9),
    "geopandas sjoin_nearest, projected": Way(sjoin_nearest, POINTS // 4, 10**9),
    "geopandas distance in UTM": Way(utm_distance, 2_000, 10_000),
    "BallTree haversine, 100 m": Way(ball_tree, 20_000, 50_000, needs="sklearn"),
    "spherely, a sphere": Way(great_circles, 20_000, 10**9, needs="spherely"),
    "geopy loop over vertices": Way(geopy_loop, 5, 1_000, needs="geopy"),
    YARDSTICK: Way(one_inverse, POINTS, 10**9),
}


def installed(way: Way) -> bool:
    return not way.needs or importlib.util.find_spec(way.needs) is not None


def speed(quick: bool) -> tuple[list[list[str]], dict[int, float]]:
    """Return rows of the table of speed, and geostrike's time per point by vertices."""
    ours, by_vertices = {}, {}
    for vertices in VERTICES[:1] if quick else VERTICES:
        line = line_of(vertices)
        ways = {name: way for name, way in WAYS.items() if installed(way) and vertices <= way.up_to}
        counts = {name: max(1, way.points // (100 if quick else 1)) for name, way in ways.items()}
        given = {name: points(count, seed=3) for name, count in counts.items()}
        made = {name: way.make(line) for name, way in ways.items()}
        calls = {name: (lambda f=made[name], p=given[name]: f(*p)) for name in ways}
        seconds = rounds(calls, 2 if quick else ROUNDS)
        ours[vertices] = np.median(seconds[OURS]) / counts[OURS]
        for name in ways:
            own = ratio(seconds, name, OURS, counts=(counts[name], counts[OURS]))
            yard = ratio(seconds, name, YARDSTICK, counts=(counts[name], counts[YARDSTICK]))
            by_vertices.setdefault(name, {})[vertices] = f"{own:,.1f} ({yard:,.2f})"
    rows = [[name, *(by_vertices.get(name, {}).get(v, "") for v in VERTICES)] for name in WAYS if name in by_vertices]
    missing = [name for name, way in WAYS.items() if not installed(way)]
    rows += [[f"{name}: not installed", *[""] * len(VERTICES)] for name in missing]
    return rows, ours


def by_distance(quick: bool) -> list[list[str]]:
    """Return rows by distance: the planar tree's time as a multiple of geostrike's, and geostrike's time."""
    lon, lat = points(POINTS // (100 if quick else 1), seed=3)
    bounds = [(0, 100), (100, 500), (500, 1000), (1000, 3000)]
    rows = [[f"{low:,} to {high:,} km"] for low, high in bounds]
    for vertices in VERTICES[:1] if quick else (VERTICES[1], VERTICES[3]):
        line = line_of(vertices)
        ours, tree = geostrike_(line), planar_tree(line)
        distance = ours(lon, lat) / 1000
        for row, (low, high) in zip(rows, bounds, strict=True):
            within = (distance >= low) & (distance < high)
            x, y = lon[within], lat[within]
            seconds = rounds({OURS: lambda f=ours, x=x, y=y: f(x, y), TREE: lambda f=tree, x=x, y=y: f(x, y)}, 3)
            own = np.median(seconds[OURS]) / within.sum() * 1e6
            row.append(f"{ratio(seconds, TREE, OURS):.1f} ({own:.2f} µs)")
    return rows


def errors(quick: bool) -> list[list[str]]:
    """Return rows of errors: the maximum in metres, within 500 km and within 3,000 km of the line."""
    count = 10 if quick else 150
    lines = {vertices: line_of(vertices) for vertices in (VERTICES[:1] if quick else VERTICES[:3])}
    lon, lat = points(count, seed=5)
    truths = {v: {m: true_distances(lon, lat, line, m) for m in ("planar", "geodesic")} for v, line in lines.items()}
    rows = []
    for name, way in WAYS.items():
        if name == YARDSTICK or not installed(way):
            continue
        model = "geodesic" if "geodesic edges" in name else "planar"
        worst = [0.0, 0.0]
        for vertices, line in lines.items():
            if vertices > way.up_to or (name.startswith("geopy") and count > 10):
                continue
            truth = truths[vertices][model][:, 0]
            off = np.abs(way.make(line)(lon, lat) - truth)
            worst = [max(worst[0], off[truth <= 5e5].max()), max(worst[1], off[truth <= 3e6].max())]
        if any(worst):
            rows.append([name, error_text(worst[0]), error_text(worst[1])])
    return rows


def distance_table(quick: bool) -> str:
    measured = VERTICES[:1] if quick else (VERTICES[1], VERTICES[3])
    return table(["distance", *(f"{v:,} vertices" for v in measured)], by_distance(quick))


def error_text(metres: float) -> str:
    return f"{metres * 1000:.4f} mm" if metres < 0.1 else f"{metres:,.0f} m"


def tables(*, quick: bool = False) -> list[tuple[str, str]]:
    head = ["way", *(f"{v:,} vertices" for v in VERTICES)]
    rows, ours = speed(quick)
    growth = ours[max(ours)] / ours[min(ours)]
    own = ", ".join(f"{s * 1e6:.2f} at {v:,}" for v, s in ours.items())
    tail = f"\n\ngeostrike: microseconds of one processor a point {own}; {growth:.1f} times from the least to the most."
    explained = "Processor time a point as a multiple of geostrike's, in brackets of one inverse problem's.\n\n"
    return [
        ("Time a point", explained + table(head, rows) + tail),
        ("The planar tree's time as a multiple of geostrike's, by distance from the line", distance_table(quick)),
        ("Greatest error", table(["way", "within 500 km", "within 3,000 km"], errors(quick))),
    ]

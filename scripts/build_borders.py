"""Derive land borders and recognised territories from OpenStreetMap's time-zone polygons.

Writes ``borders.fgb``, ``territories.fgb``, ``ground.fgb`` and ``territories_de_facto.fgb`` into geostrike/data/. The
same sources give the same bytes; it takes about two minutes.

The time zones of a country (zone.tab of the tz database, where Europe/Simferopol is Ukraine's) together are its
territory with the territorial sea. An edge shared by two countries is part of their border; an edge whose middle is in
the sea is not part of the land border. Sea is everything outside OpenStreetMap's land polygons except rivers and lakes:
nothing is clipped to a box, which in the Kerch Strait would include Taman together with Crimea.

Territories and lines are assembled from the same simplified pieces, so the country changes exactly on the line. The
other countries of the lines are assembled from their time zones, too; these follow control, and are called de facto.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from sources import ROOT, fetch
from timezonefinder import TimezoneFinder

DATA = ROOT / "geostrike" / "data"
ZONES = tomllib.loads((ROOT / "geostrike" / "borders" / "definitions.toml").read_text(encoding="utf-8"))["zones"]
Integers = npt.NDArray[np.int64]

# ISO 3166-1 alpha-2 (zone.tab) to alpha-3: the three countries, all their neighbours, and both sides of other lines.
ALPHA3 = {
    "UA": "UKR", "RU": "RUS", "BY": "BLR", "PL": "POL", "SK": "SVK", "HU": "HUN", "RO": "ROU", "MD": "MDA", "GE": "GEO",
    "AZ": "AZE", "KZ": "KAZ", "CN": "CHN", "MN": "MNG", "KP": "PRK", "FI": "FIN", "NO": "NOR", "EE": "EST", "LV": "LVA",
    "LT": "LTU", "IL": "ISR", "LB": "LBN", "SY": "SYR", "IN": "IND", "PK": "PAK", "AM": "ARM", "SD": "SDN", "SS": "SSD",
    "CD": "COD", "RW": "RWA", "KR": "KOR",
}  # fmt: skip
TERRITORIES = {"UKR": "Ukraine", "RUS": "Russia", "BLR": "Belarus"}
# Pairs in the order of their name; the time zones of the last seven follow control, not recognition.
RECOGNISED = [
    "UKR-RUS", "UKR-BLR", "BLR-RUS", "UKR-POL", "UKR-SVK", "UKR-HUN", "UKR-ROU", "UKR-MDA", "BLR-POL", "BLR-LTU",
    "BLR-LVA", "RUS-GEO", "RUS-AZE", "RUS-KAZ", "RUS-CHN", "RUS-MNG", "RUS-PRK", "RUS-FIN", "RUS-NOR", "RUS-EST",
    "RUS-LVA", "RUS-LTU", "RUS-POL",
]  # fmt: skip
DE_FACTO = ["ISR-LBN", "ISR-SYR", "IND-PAK", "ARM-AZE", "SDN-SSD", "COD-RWA", "PRK-KOR"]

LINE_TOLERANCE_M = 10.0
OFFSHORE_TOLERANCE_M = 500.0
SHORTEST_LAND_M = 1000.0  # a shorter piece of land between pieces of sea is a sandbank or an islet
GRID = 1e-5  # degrees, about 1 m: the resolution of the land polygons
# The sea in detail where it bounds measured ground: west, south, east, north, tolerance of the coast in degrees.
SEA_WINDOWS = {
    "Black Sea and Sea of Azov": (27.0, 40.5, 42.6, 47.9, 0.0002),
    "Baltic": (17.0, 53.0, 31.0, 61.0, 0.0005),
    "Caspian": (46.0, 36.0, 55.5, 47.8, 0.001),
    "Varanger": (29.0, 69.3, 33.0, 71.0, 0.0005),
    "Mouth of the Tumen": (130.0, 41.8, 132.0, 43.5, 0.0005),
    "Korea": (124.0, 36.5, 130.0, 39.5, 0.001),
    "Levant": (33.5, 31.0, 36.5, 35.0, 0.001),
    "Arabian Sea": (66.0, 21.0, 70.5, 26.0, 0.001),
}
REST_OF_THE_SEA = ((27.0, 36.0, 180.0, 84.0, 0.02), (-180.0, 60.0, -168.0, 73.0, 0.02))
SMALLEST_SEA_DEG2 = 1.0  # excludes Ladoga and the Kakhovka reservoir; the windows cut the seas into smaller parts
NARROWEST_SEA_DEG = 0.02  # narrower water is a river mouth


@dataclass(frozen=True)
class Edges:
    """Edges between two vertices, in ten-millionths of a degree: rows of x0, y0, x1, y1, the smaller end first."""

    ends: Integers

    @classmethod
    def of_path(cls, path: Integers) -> Edges:
        """Return the edges of an open or closed path that occur an odd number of times."""
        ends = np.hstack([path[:-1], path[1:]])
        return cls.of_ends(ends[(path[:-1] != path[1:]).any(axis=1)])

    @classmethod
    def of_rings(cls, rings: list[Integers]) -> Edges:
        """Return the edges of rings without those shared by two zones of the country."""
        return cls.of_ends(np.vstack([np.hstack([ring[:-1], ring[1:]]) for ring in rings]))

    @classmethod
    def of_ends(cls, ends: Integers) -> Edges:
        """Return the edges that occur an odd number of times."""
        turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
        ends = np.where(turned[:, None], ends[:, [2, 3, 0, 1]], ends)
        unique, counts = np.unique(ends, axis=0, return_counts=True)
        return cls(unique[counts % 2 == 1])

    def shared_with(self, other: Edges) -> npt.NDArray[np.bool_]:
        """Return True for each edge that the other has, too."""
        row = np.dtype([("", np.int64)] * 4)
        mine, theirs = (np.ascontiguousarray(e.ends).view(row).ravel() for e in (self, other))
        return np.isin(mine, theirs)

    def exchanged(self, other: Edges) -> Edges:
        """Return the symmetric difference: an outline with an area added or removed."""
        return Edges.of_ends(np.vstack([self.ends, other.ends]))

    def where(self, mask: npt.NDArray[np.bool_]) -> Edges:
        """Return the edges selected by the mask."""
        return Edges(self.ends[mask])

    def middles(self) -> npt.NDArray[np.float64]:
        """Return the middle of each edge in degrees, shape (n, 2)."""
        return (self.ends[:, :2] + self.ends[:, 2:]) / 2e7

    def lines(self) -> shapely.MultiLineString:
        """Join the edges to lines, in degrees."""
        pairs = shapely.linestrings(self.ends.reshape(-1, 2, 2) / 1e7)
        merged = shapely.line_merge(shapely.multilinestrings(pairs))
        return shapely.MultiLineString([merged] if merged.geom_type == "LineString" else list(merged.geoms))


def country_edges() -> dict[str, Edges]:
    """Return the outline of each country of ALPHA3, from the union of its time zones."""
    zones: dict[str, list[str]] = {}
    table = fetch("tzdata") / "tzdata" / "zoneinfo" / "zone.tab"
    for line in table.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones.setdefault(code, []).append(zone)
    finder = TimezoneFinder(bin_file_location=fetch("timezonefinder-data") / "timezonefinder_data" / "data")
    return {
        name: Edges.of_rings([r for z in zones[code] for r in zone_rings(finder, z)]) for code, name in ALPHA3.items()
    }


def zone_rings(finder: TimezoneFinder, zone: str) -> list[Integers]:
    """Return the closed rings of a time zone, holes included, in ten-millionths of a degree."""
    rings = []
    for polygon in finder.get_geometry(tz_name=zone, coords_as_pairs=True):
        for ring in polygon:
            vertices = to_integers(np.asarray(ring))
            rings.append(vertices if (vertices[0] == vertices[-1]).all() else np.vstack([vertices, vertices[:1]]))
    return rings


def read_land() -> dict[str, list[shapely.Polygon]]:
    """Read the land polygons of each country, lakes and rivers included."""
    path = fetch("countries-land-10m") / "package" / "map.geo.json"
    land = {}
    for feature in json.loads(path.read_bytes())["features"]:
        geometry = feature["geometry"]
        several = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        # Without holes: lakes and reservoirs are not sea, and an enclave is another country's polygon.
        land[feature["properties"]["A3"]] = [shapely.Polygon(rings[0]) for rings in several]
    return land


def sea_of(land: list[shapely.Polygon], window: tuple[float, float, float, float, float]) -> shapely.MultiPolygon:
    """Return the sea within a window: large open water, and water close to it."""
    west, south, east, north, tolerance = window
    frame = shapely.box(west, south, east, north)
    bounds = shapely.bounds(land)
    near = (bounds[:, 2] > west) & (bounds[:, 0] < east) & (bounds[:, 3] > south) & (bounds[:, 1] < north)
    near &= np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) > tolerance
    narrowest = max(NARROWEST_SEA_DEG, tolerance * 2)
    parts = shapely.simplify(np.asarray(land)[near], tolerance / 2)
    parts = shapely.make_valid(shapely.clip_by_rect(shapely.make_valid(parts), west, south, east, north))
    water = shapely.difference(frame, shapely.union_all(parts))
    open_water = shapely.buffer(water, -narrowest / 2, quad_segs=2)
    seas = [part for part in shapely.get_parts(open_water) if part.area > SMALLEST_SEA_DEG2]
    reach = shapely.buffer(shapely.union_all(seas), narrowest, quad_segs=2)
    sea = shapely.make_valid(shapely.simplify(shapely.intersection(water, reach), tolerance / 2))
    return shapely.multipolygons(polygons_of(sea))


def whole_sea(land: list[shapely.Polygon]) -> shapely.MultiPolygon:
    """Return the sea: detailed within the windows, coarse elsewhere."""
    frames = [shapely.box(*window[:4]) for window in SEA_WINDOWS.values()]
    rough = shapely.union_all([sea_of(land, window) for window in REST_OF_THE_SEA])
    rough = shapely.difference(rough, shapely.union_all(frames))
    return shapely.union_all([rough, *(sea_of(land, window) for window in SEA_WINDOWS.values())])


def with_abkhazia(countries: dict[str, Edges], land: dict[str, list[shapely.Polygon]], sea: shapely.Geometry) -> None:
    """Assign Abkhazia, which uses Moscow time, to Georgia.

    OpenStreetMap's land polygons have the recognised line between the two countries. Inside the Russian zones, from the
    mouth of the Psou to the line that the zones share, it replaces the outline of the Russian zones between its ends;
    the last segment goes straight from the mouth to the nearest end of the territorial sea.
    """
    russia, georgia = countries["RUS"], countries["GEO"]
    line = recognised_line(russia, max(land["GEO"], key=lambda p: p.area), max(land["RUS"], key=lambda p: p.area), sea)
    ring = ring_through(russia, line[-1])
    lon, lat = line[0] / 1e7
    coast = shapely.clip_by_rect([*land["RUS"], *land["GEO"]], lon - 1, lat - 1, lon + 1, lat + 1)
    ashore = shapely.buffer(shapely.union_all(shapely.make_valid(coast)), 0.05)
    offshore = ~shapely.intersects_xy(ashore, ring[:, 0] / 1e7, ring[:, 1] / 1e7)
    start = nearest_vertex(ring, line[0], among=offshore)
    stop = nearest_vertex(ring, line[-1])
    first, last = sorted((start, stop))
    ways = [ring[first : last + 1], np.vstack([ring[last:], ring[1 : first + 1]])]
    old = min(ways, key=len)  # the path around Abkhazia is the shorter of the two
    new = np.vstack([ring[start], line, ring[stop]])
    replaced, replacing = Edges.of_path(old), Edges.of_path(new)
    countries["RUS"] = russia.exchanged(replaced).exchanged(replacing)
    countries["GEO"] = georgia.exchanged(replaced).exchanged(replacing)


def recognised_line(
    russia: Edges, georgian: shapely.Polygon, russian: shapely.Polygon, sea: shapely.Geometry
) -> Integers:
    """Return the longest shared stretch of the two land polygons inside the Russian zones, starting at the sea."""
    shapely.prepare(russian)
    eastern = russia.ends[:, [0, 2]].min(axis=1) > 0
    zones = shapely.build_area(russia.where(eastern).lines())
    outline = shapely.get_coordinates(georgian.exterior)[1:]
    shared = shapely.dwithin(shapely.points(outline), russian.exterior, GRID / 2)
    turn = int(np.argmin(shared))
    outline, shared = np.roll(outline, -turn, axis=0), np.roll(shared, -turn)
    candidates = np.flatnonzero(shared & shapely.intersects_xy(zones, outline[:, 0], outline[:, 1]))
    # Vertices of only one of the two are left by the tiles of the source.
    stretches = np.split(candidates, np.flatnonzero(np.diff(candidates) > 20) + 1)
    line = outline[max(stretches, key=len)]
    ends = shapely.distance(shapely.points(line[[0, -1]]), sea)
    return to_integers(line if ends[0] < ends[1] else line[::-1])


def ring_through(edges: Edges, vertex: Integers) -> Integers:
    """Return the closed ring of an outline nearest to a vertex."""
    lines = shapely.get_parts(edges.lines())
    point = shapely.Point(vertex / 1e7)
    ring = lines[int(np.argmin(shapely.distance(lines, point)))]
    return to_integers(shapely.get_coordinates(ring))


def to_integers(degrees: npt.NDArray[np.float64]) -> Integers:
    """Convert degrees to ten-millionths."""
    scaled: Integers = np.round(degrees * 1e7).astype(np.int64)
    return scaled


def nearest_vertex(ring: Integers, vertex: Integers, among: npt.NDArray[np.bool_] | None = None) -> int:
    """Return the index of the ring's nearest vertex, on a map of true scale at that latitude."""
    scale = np.array([np.cos(np.radians(vertex[1] / 1e7)), 1.0])
    distance = np.hypot(*((ring - vertex) * scale).T)
    return int(np.argmin(distance if among is None else np.where(among, distance, np.inf)))


def simplify(lines: shapely.MultiLineString, tolerance_m: float) -> shapely.MultiLineString:
    """Simplify by Douglas-Peucker within the tolerance in metres, with vertices on GRID; ends are kept."""
    parts = []
    for line in lines.geoms:
        lon, lat = shapely.get_coordinates(line.centroid)[0]
        local = CRS.from_proj4(f"+proj=laea +lat_0={lat:.1f} +lon_0={lon:.1f} +ellps=WGS84 +units=m")
        there = Transformer.from_crs("OGC:CRS84", local, always_xy=True)
        xy = shapely.get_coordinates(line)
        flat = shapely.linestrings(np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
        kept = shapely.get_coordinates(shapely.simplify(flat, tolerance_m, preserve_topology=True))
        lonlat = np.column_stack(there.transform(kept[:, 0], kept[:, 1], direction="INVERSE"))
        parts.append(shapely.linestrings(on_grid(lonlat)))
    return shapely.MultiLineString(parts)


def on_grid(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round to GRID."""
    return np.round(lonlat, 5)


def split_at_the_sea(edges: Edges, sea: shapely.MultiPolygon) -> tuple[Edges, Edges]:
    """Split edges into those on land and those in the sea; tiny land within the sea counts as sea."""
    middles = edges.middles()
    wet = shapely.intersects_xy(sea, middles[:, 0], middles[:, 1])
    dry = edges.where(~wet)
    if not len(dry.ends):
        return dry, edges
    islets = [line for line in dry.lines().geoms if line.length * 111_000 < SHORTEST_LAND_M]
    if islets:
        on_islet = shapely.intersects(shapely.points(middles), shapely.buffer(shapely.multilinestrings(islets), 1e-9))
        wet |= on_islet
    return edges.where(~wet), edges.where(wet)


def main() -> None:
    """Write the four files."""
    version = (fetch("timezonefinder-data") / "timezonefinder_data" / "data" / "data_version.txt").read_text().strip()
    origin = {"version": version} | ZONES
    countries, land = country_edges(), read_land()
    sea = whole_sea([polygon for polygons in land.values() for polygon in polygons])
    with_abkhazia(countries, land, sea)
    shapely.prepare(sea)
    borders, outlines = [], {name: [] for name in ALPHA3.values()}  # type: ignore[var-annotated]
    taken = {name: np.zeros(len(countries[name].ends), dtype=bool) for name in ALPHA3.values()}
    for pair in [*RECOGNISED, *DE_FACTO]:
        first, second = pair.split("-")
        mask = countries[first].shared_with(countries[second])
        dry, wet = split_at_the_sea(countries[first].where(mask), sea)
        line = simplify(dry.lines(), LINE_TOLERANCE_M)
        basis = "recognised" if pair in RECOGNISED else "de_facto"
        borders.append({"pair": pair, "definition": "land", "basis": basis, "geometry": line} | origin)
        offshore = [simplify(wet.lines(), OFFSHORE_TOLERANCE_M)] if len(wet.ends) else []
        for name in (first, second):
            outlines[name] += [line, *offshore]
            other = second if name == first else first
            taken[name] |= countries[name].shared_with(countries[other])
    territories, grounds, others = [], [], []
    for name in sorted(set(ALPHA3.values()) - set(TERRITORIES)):
        area = assemble(countries[name].where(~taken[name]), outlines[name])
        others.append({"country": name, "basis": "de_facto", "geometry": area} | origin)
    for name, english in TERRITORIES.items():
        area = assemble(countries[name].where(~taken[name]), outlines[name])
        ground = shapely.make_valid(shapely.difference(area, sea))
        ground = shapely.transform(ground, on_grid)
        ground = shapely.make_valid(ground)
        facts = {"country": name, "name": english, "basis": "recognised"} | origin
        territories.append(facts | {"geometry": area})
        grounds.append(facts | {"geometry": ground})
    write("borders.fgb", borders)
    write("territories.fgb", territories)
    write("ground.fgb", grounds)
    write("territories_de_facto.fgb", others)


def assemble(rest: Edges, lines: list[shapely.MultiLineString]) -> shapely.Geometry:
    """Build the area within the lines and the rest of an outline."""
    return shapely.build_area(shapely.union_all([simplify(rest.lines(), OFFSHORE_TOLERANCE_M), *lines]))


def write(name: str, rows: list[dict[str, object]] | gpd.GeoDataFrame) -> None:
    """Write rows as FlatGeobuf, in their order, and print a summary."""
    frame = gpd.GeoDataFrame(rows, crs="OGC:CRS84")
    frame.geometry = [shapely.multipolygons(polygons_of(g)) if "Line" not in g.geom_type else g for g in frame.geometry]
    path: Path = DATA / name
    frame.to_file(path, driver="FlatGeobuf", engine="pyogrio", SPATIAL_INDEX="NO")
    shapes = frame.geometry.to_numpy()
    counted = f"{len(frame)} rows, {shapely.get_num_geometries(shapes).sum()} parts"
    print(f"{name}: {counted}, {shapely.get_num_coordinates(shapes).sum()} vertices, {path.stat().st_size} bytes")


def polygons_of(geometry: shapely.Geometry | npt.NDArray[np.object_]) -> list[shapely.Polygon]:
    """Return the polygons of one or several geometries, without lines and points."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts if part.geom_type == "Polygon"]


if __name__ == "__main__":
    main()

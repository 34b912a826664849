"""Derive the first-level regions of Ukraine, Russia and Belarus from Natural Earth, fitted to the recognised ground.

Writes ``admin1.fgb`` into geostrike/data/; run build_borders.py first. The same sources give the same bytes.

Natural Earth's lines are about 0.7 km (median) from OpenStreetMap's. They are kept between two regions of a country; at
the border and the coast the country's outline (ground.fgb) replaces them: ground that Natural Earth assigns to another
country or to the sea goes to the nearest region. Crimea and Sevastopol are in Ukraine.
"""

from __future__ import annotations

import csv

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from build_borders import DATA, on_grid, polygons_of, write
from sources import ROOT, fetch

COUNTRY_OF = {"UA": "UKR", "RU": "RUS", "BY": "BLR"}
FIPS_COUNTRY = {"UP": "UA", "RS": "RU", "BO": "BY"}
# Regions with a wrong or missing FIPS code in Natural Earth 4.1 (name there -> GeoNames code).
MISCODED = {"Sakha (Yakutia)": "RU.63", "Moskva": "RU.48", "Moskovsskaya": "RU.47", "Chita": "RU.93"}
CELL_DEG = 0.02
TOLERANCE_DEG = 0.0005  # for lines between regions; far finer than their accuracy


def regions_of_natural_earth() -> dict[str, shapely.Geometry]:
    """Return the regions' geometries by ISO 3166-2 code."""
    with (ROOT / "scripts" / "admin1_names.csv").open(encoding="utf-8", newline="") as file:
        iso_of = {row["geonames"]: row["iso"] for row in csv.DictReader(file)}
    path = fetch("qgis-common") / "usr" / "share" / "qgis" / "resources" / "data" / "world_map.gpkg"
    states = pyogrio.read_dataframe(path, layer="states_provinces")
    regions = {}
    for row in states[states.iso_a2.isin(COUNTRY_OF)].itertuples():
        fips = row.fips if isinstance(row.fips, str) else ""
        code = MISCODED.get(row.name) or (f"{FIPS_COUNTRY[fips[:2]]}.{fips[2:]}" if fips else "")
        if code:  # the one without a code is Baikonur, in Kazakhstan
            regions[iso_of[code]] = shapely.make_valid(row.geometry)
    missing = set(iso_of.values()) - set(regions)
    if missing:
        msg = f"no polygon for {sorted(missing)}"
        raise SystemExit(msg)
    return regions


def fit(regions: dict[str, shapely.Geometry], ground: shapely.MultiPolygon) -> dict[str, shapely.MultiPolygon]:
    """Return the regions of a country, clipped to its ground, which they cover completely."""
    codes = sorted(regions)
    shapes = shapely.coverage_simplify([regions[code] for code in codes], TOLERANCE_DEG)
    shapes = shapely.make_valid(shapes)
    left = shapely.difference(ground, shapely.union_all(shapes))
    left_parts = np.asarray(cut_between_regions(polygons_of(left), shapes))
    nearest = shapely.STRtree(shapes).query_nearest(left_parts, all_matches=False)
    fitted = {}
    for number, code in enumerate(codes):
        own = shapely.intersection(shapes[number], ground)
        pieces = left_parts[nearest[0][nearest[1] == number]]
        whole = shapely.make_valid(shapely.transform(shapely.union_all([own, *pieces]), on_grid))
        fitted[code] = shapely.multipolygons(polygons_of(whole))
    return fitted


def cut_between_regions(parts: list[shapely.Polygon], shapes: npt.NDArray[np.object_]) -> list[shapely.Polygon]:
    """Split the parts that touch several regions into cells, so that each region gets the nearest ones."""
    several = np.bincount(shapely.STRtree(shapes).query(parts, predicate="intersects")[0], minlength=len(parts)) > 1
    pieces = []
    for part, cut in zip(parts, several, strict=True):
        pieces += polygons_of(shapely.intersection(part, cells_over(part))) if cut else [part]
    return pieces


def cells_over(part: shapely.Polygon) -> npt.NDArray[np.object_]:
    """Return square cells that cover a polygon."""
    west, south, east, north = np.floor(np.asarray(part.bounds) / CELL_DEG).astype(int)
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1)))
    edges = (np.round(n * CELL_DEG, 5) for n in (column, row, column + 1, row + 1))
    cells: npt.NDArray[np.object_] = shapely.box(*edges)
    return cells


def main() -> None:
    """Write the file."""
    with (ROOT / "scripts" / "admin1_names.csv").open(encoding="utf-8", newline="") as file:
        names = {row["iso"]: row["name"] for row in csv.DictReader(file)}
    regions = regions_of_natural_earth()
    grounds = gpd.read_file(DATA / "ground.fgb").set_index("country").geometry
    rows = []
    for alpha2, country in COUNTRY_OF.items():
        own = {code: shape for code, shape in regions.items() if code.startswith(alpha2)}
        fitted = fit(own, grounds[country])
        rows += [{"place_id": c, "name": names[c], "country": country, "geometry": g} for c, g in fitted.items()]
    write("admin1.fgb", sorted(rows, key=lambda row: str(row["place_id"])))


if __name__ == "__main__":
    main()

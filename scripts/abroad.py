"""Places outside the theatre that GeoNames lacks: second-level areas, places of Overture, Israeli places.

A second-level area is a row with a point inside its polygon and a radius that covers the polygon, which is not shipped.
Areas with polygons under ODbL go into the table under that licence.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache
from typing import Any

import numpy as np
import pyarrow.parquet
import shapely
from geoboundaries import boundaries, layers
from scipy.spatial import cKDTree
from shapes import district_row, located
from sources import fetch
from timezonefinder import TimezoneFinder

from geostrike.geodesy import MEAN_RADIUS_KM
from geostrike.places import names
from geostrike.places.geonames import plain_name, settlement_radius

Row = dict[str, Any]

THEATRE = frozenset(("UKR", "RUS", "BLR"))
COUNTRY_OF_ZONE = {
    "Asia/Hebron": "PSE",
    "Asia/Gaza": "PSE",
    "Asia/Jerusalem": "ISR",
    "Asia/Damascus": "SYR",
    "Asia/Beirut": "LBN",
}
"""Country by time zone, from the polygons that borders are built from."""
KINDS = {"LBN": "District", "ISR": "Subdistrict", "PSE": "Governorate", "PAK": "Tehsil", "IND": "Tehsil",
         "YEM": "District", "SYR": "Subdistrict", "PRK": "County", "COD": "Territory", "SSD": "County"}  # fmt: skip
ALIKE = ("District", "Subdistrict")
POINTS_OF = frozenset("RU UA BY PL MD LB IL PS SY IQ IR YE SD IN PK AF AM AZ GE MM TH KH KR KP TW CD ET".split())  # noqa: SIM905
QUARTERS = frozenset(("macrohood", "neighborhood", "microhood"))
SAME_KM = 12.0
"""A place within this distance of a GeoNames place of the same name is that place."""
UNITS = re.compile(
    "громада|поселение|сельсовет|сельсавет|gmina|округ|район|tehsil|taluk|mandal|district", re.IGNORECASE
)
AT_THE_FRONT = {"IND": frozenset(("IN-JK", "IN-LA", "IN-PB", "IN-RJ", "IN-GJ", "IN-HP"))}
"""Large countries: only the regions with reported fighting, to keep the index small."""
LATIN = re.compile(r"[A-Za-z]")


# --- second-level areas -----------------------------------------------------------------------------------------------


def second_level_rows(countries: list[str], regions: Any, taken: set[tuple[str, str]]) -> list[Row]:
    """Return the second-level areas of countries; `regions` finds the region of points, `taken` are names of towns."""
    rows = []
    for country in countries:
        areas = [area for area in boundaries(country) if area.name.strip() and not area.polygon.is_empty]
        polygons = [shapely.multipolygons(_polygons(area.polygon)) for area in areas]
        where = [located(polygon) for polygon in polygons]
        for area, place, region in zip(areas, where, regions(country, where), strict=True):
            if region not in AT_THE_FRONT.get(country, {region}):
                continue
            name = plain_name(_tidy(area.name), country)
            spelt = _area_names(name, country, taken)
            rows.append(district_row(f"geoboundaries:{area.shape_id}", spelt, country, region, place))
    return rows


def is_odbl(country: str) -> bool:
    """Return whether a country's layer is under ODbL."""
    return "ODbL" in layers()[country]["licence"]


def _polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]


def _tidy(name: str) -> str:
    """Put a name in capitals into title case, and remove brackets."""
    name = " ".join(re.sub(r"\(.*?\)|\*", " ", name).split())
    return name.title() if name.isupper() else name


def _area_names(name: str, country: str, taken: set[tuple[str, str]]) -> list[str]:
    """Return the area's names with a word for its kind, and the bare name if no town of the country has it."""
    kinds = dict.fromkeys((KINDS.get(country, "District"), *ALIKE))
    typed = [name if name.endswith(kind) else f"{name} {kind}" for kind in kinds]
    alone = [] if (country, names.fold(name)) in taken else [name]
    return list(dict.fromkeys([*typed[:1], *alone, *typed]))


class Regions:
    """The region of points outside the theatre, by the majority of the nearest GeoNames places."""

    def __init__(self, settlements: list[Row]) -> None:
        self.by_country: dict[str, tuple[Any, list[str]]] = {}
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in settlements:
            if row["admin1"]:
                rows[row["country"]].append(row)
        for country, known in rows.items():
            self.by_country[country] = (cKDTree(on_sphere(known)), [row["admin1"] for row in known])

    def __call__(self, country: str, places: list[Row]) -> list[str]:
        """Return the region of each place of a country."""
        if country not in self.by_country or not places:
            return [""] * len(places)
        tree, codes = self.by_country[country]
        _, nearest = tree.query(on_sphere(places), k=min(3, len(codes)))
        votes = np.reshape(nearest, (len(places), -1))
        return [Counter(codes[number] for number in row).most_common(1)[0][0] for row in votes]


def on_sphere(places: list[Row]) -> Any:
    """Convert places to points of the unit sphere, for distances."""
    lat = np.radians([float(place["latitude"]) for place in places])
    lon = np.radians([float(place["longitude"]) for place in places])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


# --- places of Overture -----------------------------------------------------------------------------------------------


@cache
def overture_points() -> list[Row]:
    """Return the towns, villages and quarters of Overture that have a point, with their other names."""
    folder = fetch("placeroot") / "placeroot" / "data" / "geocode-index" / "2026-09-23.1"
    others: dict[str, list[str]] = defaultdict(list)
    for row in pyarrow.parquet.read_table(folder / "alt_names.parquet").to_pylist():
        others[row["id"]].append(row["alt_display"])
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "kind": row["subtype"],
            "country": row["country"],
            "region": row["region"] or "",
            "latitude": round(row["lat"], 5),
            "longitude": round(row["lon"], 5),
            "population": row["population"] or 0,
            "others": sorted(others[row["id"]]),
        }
        for row in pyarrow.parquet.read_table(folder / "table.parquet").to_pylist()
        if row["country"] in POINTS_OF and row["subtype"] in QUARTERS | {"locality"}
    ]


def overture_rows(settlements: list[Row], alpha3: dict[str, str]) -> list[Row]:
    """Return the places of Overture without a nearby settlement of a similar name."""
    points = [p for p in overture_points() if not any(UNITS.search(name) for name in (p["name"], *p["others"]))]
    near = cKDTree(on_sphere(settlements)).query_ball_point(on_sphere(points), SAME_KM / MEAN_RADIUS_KM)
    regions = Regions(settlements)
    rows = []
    for place, numbers in zip(points, near, strict=True):
        spelt = [place["name"], *place["others"]]
        if not any(_same(spelt, settlements[number]) for number in numbers):
            row = _overture_row(place, spelt, alpha3[place["country"]], regions)
            if row["admin1"] in AT_THE_FRONT.get(row["country"], {row["admin1"]}):
                rows.append(row)
    return rows


def _same(spelt: list[str], settlement: Row) -> bool:
    known = (settlement["name"], *settlement["alternates"].split("|"))
    return not _keys(tuple(spelt)).isdisjoint(_keys(known))


@cache
def _keys(spelt: tuple[str, ...]) -> frozenset[str]:
    keys = {names.fold(name) for name in spelt if name}
    written = [name for name in spelt if LATIN.search(name) or names.has_cyrillic(name)]
    return frozenset(keys | {"~" + key for name in written for key in names.skeletons(name)})


def _overture_row(place: Row, spelt: list[str], country: str, regions: Regions) -> Row:
    latin = [name for name in spelt if LATIN.match(name)]
    english = next(iter(latin), "") or romanised(place["name"], country)
    is_quarter = place["kind"] in QUARTERS
    return {
        "place_id": f"overture:{place['id'][:13]}",
        "name": plain_name(english, country),
        "kind": "settlement",
        "country": country,
        "admin1": place["region"] if country in THEATRE else regions(country, [place])[0],
        "latitude": place["latitude"],
        "longitude": place["longitude"],
        "radius_km": max(2.0, settlement_radius(0 if is_quarter else place["population"])),
        "population": place["population"],
        "anchor": "",
        "alternates": spelt,
    }


def romanised(name: str, country: str) -> str:
    """Transliterate a Cyrillic name into Latin letters; return other names unchanged."""
    if not names.has_cyrillic(name):
        return name
    language = "uk" if country == "UKR" else "ru"
    return " ".join(word.capitalize() for word in names.transliterate(name.replace("’", ""), language).split())


# --- Israeli places ---------------------------------------------------------------------------------------------------


def israeli_rows(settlements: list[Row]) -> tuple[list[Row], dict[str, list[str]]]:
    """Return places from the Home Front Command's list, and further names of GeoNames places by place_id."""
    text = (fetch("pikud-haoref-api") / "package" / "cities.json").read_text(encoding="utf-8")
    listed = {city["id"]: city for city in reversed(json.loads(text)) if city["lat"] and city["lng"]}
    places = [{"latitude": city["lat"], "longitude": city["lng"]} | city for _, city in sorted(listed.items())]
    finder = TimezoneFinder(bin_file_location=fetch("timezonefinder-data") / "timezonefinder_data" / "data")
    known = [row for row in settlements if row["country"] in ("ISR", "PSE", "SYR")]
    near = cKDTree(on_sphere(known)).query_ball_point(on_sphere(places), 5 / MEAN_RADIUS_KM)
    regions, rows = Regions(settlements), []
    further: dict[str, list[str]] = {}
    for place, numbers in zip(places, near, strict=True):
        given = (place[f"name{suffix}"] for suffix in ("_en", "", "_ru", "_ar"))
        spelt = [" ".join(name.split()) for name in given if name]
        same = [known[number] for number in numbers if _sounds_like(spelt[0], known[number])]
        if same:
            further.setdefault(max(same, key=lambda row: row["population"])["place_id"], []).extend(spelt)
        else:
            rows.append(
                {
                    "place_id": f"pikud:{place['id']}",
                    "name": spelt[0],
                    "kind": "settlement",
                    "country": (
                        country := COUNTRY_OF_ZONE.get(
                            str(finder.timezone_at(lng=place["lng"], lat=place["lat"])), "ISR"
                        )
                    ),
                    "admin1": regions(country, [place])[0],
                    "latitude": round(place["lat"], 5),
                    "longitude": round(place["lng"], 5),
                    "radius_km": 2.0,
                    "population": 0,
                    "anchor": "",
                    "alternates": spelt[1:],
                }
            )
    return rows, further


def _sounds_like(name: str, settlement: Row) -> bool:
    spelt = (settlement["name"], *settlement["alternates"].split("|"))
    return any(names.fold(other) == names.fold(name) or names.sounds_alike(other, name) for other in spelt if other)

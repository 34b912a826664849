"""Rows of the base table besides GeoNames' places: regions abroad, airfields, seas and areas larger than a region.

A region abroad is placed at the most central of its places; its radius covers its places and the Natural Earth polygons
in which most places belong to it. A sea is placed in the water between the coastal towns of `area_names.csv`, an area
in one of its regions; the radius covers each. Airfields are from OurAirports.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import Any

import numpy as np
import shapely
from shapes import reach_km
from sites import COUNTRIES, airports, site_airports
from sources import ROOT

from geostrike.borders.areas import admin1_areas
from geostrike.places.names import fold, has_cyrillic

AREA_NAMES = ROOT / "scripts" / "area_names.csv"
ALIKE = ("Region", "Province")
AIR_WORDS = re.compile(
    r"\b(air ?base|air ?port|air ?field|air ?strip|aerodrome|air station|air force base|international|naval|military|"
    r"regional|army|air|air force|air defence|аэродром|аэропорт|авиабаза|аеродром|аеропорт|авіабаза|аэрапорт)\b",
    re.IGNORECASE,
)
CYRILLIC_AIR = {
    "ru": ("аэродром", "аэропорт", "авиабаза", "военный аэродром"),
    "uk": ("аеродром", "аеропорт", "авіабаза", "військовий аеродром", "аэродром", "аэропорт", "авиабаза"),
}
SMALL = frozenset(("small_airport", "closed"))
CODE = re.compile(r"[A-ZА-Я0-9]{2,5}")
SHORTEST_STEM = 3
AIRFIELD_KM, AIRFIELD_DECIMALS = 4, 2
"""The radius of an airfield, and the decimals of its point: 0.01 degrees, about 1 km, match the radius."""
MILITARY = re.compile(r"\b(air ?base|air force base|naval air|army air|air station|AFB)\b", re.IGNORECASE)
DIRECTIONS = frozenset(
    """north south east west northern southern eastern western central centre center nord sud est ouest norte sur este
    oeste centro capital distrito federal district region nordeste sudeste northeast northwest southeast southwest upper
    lower""".split()  # noqa: SIM905
)
LARGE = ("large_airport", "medium_airport")

Row = dict[str, Any]


# --- regions abroad ---------------------------------------------------------------------------------------------------


def region_rows(regions: list[Row], polygons: Any, taken: set[tuple[str, str]]) -> list[Row]:
    """Return rows of first-level regions.

    `regions` have code, name, type, alternates, country and members (rows with longitude and latitude); `polygons` is a
    series of outlines; `taken` has country and folded name of each settlement, which are not bare names of regions.
    """
    outlines = _outlines(regions, polygons)
    return [_region(region, outlines.get(region["code"], []), taken) for region in regions if region["members"]]


def _outlines(regions: list[Row], polygons: Any) -> dict[str, list[Any]]:
    """Return the polygons in which most places belong to a region, by its code."""
    codes = [region["code"] for region in regions for _ in region["members"]]
    points = shapely.points([[p["longitude"], p["latitude"]] for region in regions for p in region["members"]])
    at, polygon = shapely.STRtree(polygons.to_numpy()).query(points, predicate="within")
    inside: dict[int, Counter[str]] = {}
    for point, number in zip(at, polygon, strict=True):
        inside.setdefault(int(number), Counter())[codes[point]] += 1
    found: dict[str, list[Any]] = {}
    for number, counts in inside.items():
        found.setdefault(counts.most_common(1)[0][0], []).append(polygons.iloc[number])
    return found


def _region(region: Row, outlines: list[Any], taken: set[tuple[str, str]]) -> Row:
    members = np.array([[place["longitude"], place["latitude"]] for place in region["members"]], dtype=float)
    middle = np.median(members, axis=0)
    lon, lat = members[np.argmin(((members - middle) ** 2).sum(axis=1))]
    vertices = np.vstack([members, *(shapely.get_coordinates(outline) for outline in outlines)])
    names = _region_names(region, taken)
    return {
        "place_id": region["code"],
        "name": names[0],
        "kind": "region",
        "country": region["country"],
        "admin1": region["code"],
        "latitude": lat,
        "longitude": lon,
        "radius_km": reach_km(lon, lat, vertices),
        "population": sum(place["population"] for place in region["members"]),
        "alternates": names[1:],
    }


def _region_names(region: Row, taken: set[tuple[str, str]]) -> list[str]:
    """Return the region's names; a town's name only with a word for the kind of region."""
    kinds = tuple(dict.fromkeys((region["type"] or "Region", *ALIKE)))
    bare = [region["name"], *region["alternates"]]
    plain = [name for name in bare if not name.endswith(kinds)]
    typed = [name for name in bare if name.endswith(kinds)] + [f"{name} {kind}" for kind in kinds for name in plain]
    alone = [
        name
        for name in plain
        if (region["country"], fold(name)) not in taken and not DIRECTIONS.issuperset(fold(name).split())
    ]
    first = alone if alone and alone[0] == region["name"] else typed
    return list(dict.fromkeys([first[0], *alone, *typed]))


# --- airfields --------------------------------------------------------------------------------------------------------


def airport_rows(alpha3: dict[str, str]) -> list[Row]:
    """Return airfields of the theatre, and larger airports and air bases elsewhere, without those in gazetteer.csv."""
    known = site_airports()
    return [
        _airport(field, alpha3[field["iso_country"]])
        for ident, field in sorted(airports().items())
        if ident not in known and field["iso_country"] in alpha3 and _counts(field)
    ]


def _counts(field: Row) -> bool:
    if field["type"] in LARGE:
        return True
    if field["iso_country"] in COUNTRIES:
        return field["type"] in SMALL
    return field["type"] == "small_airport" and bool(MILITARY.search(field["name"]))


def _airport(field: Row, country: str) -> Row:
    military = bool(MILITARY.search(f"{field['name']} {field['keywords']}"))
    return {
        "place_id": f"ourairports:{field['ident']}",
        "name": " ".join(field["name"].split()),
        "kind": "facility",
        "country": country,
        "admin1": field["iso_region"],
        "latitude": round(float(field["latitude_deg"]), AIRFIELD_DECIMALS),
        "longitude": round(float(field["longitude_deg"]), AIRFIELD_DECIMALS),
        "radius_km": AIRFIELD_KM,
        "population": 0,
        "alternates": airfield_names(field, military=military),
    }


def airfield_names(field: Row, *, military: bool) -> list[str]:
    """Return the names of an airfield: its stems with each word for its kind, in Latin and Cyrillic letters."""
    given = [*re.split(r"[/()]", field["name"]), *field["keywords"].split(",")]
    spelt = []
    for text in (" ".join(part.split()) for part in given):
        stem = " ".join(AIR_WORDS.sub(" ", text).split()).strip(' -()«»"')
        if len(stem) < SHORTEST_STEM or CODE.fullmatch(stem):
            continue
        if has_cyrillic(stem):
            cyrillic = CYRILLIC_AIR["uk" if field["iso_country"] == "UA" else "ru"]
            spelt += [f"{word} {stem}" for word in (cyrillic if military else cyrillic[:2])]
        elif text in field["name"] or field["iso_country"] in COUNTRIES:
            international = ["International Airport"] if field["type"] in LARGE else []
            words = ["Air Base", "Airbase", "Airfield"] if military else ["Airport", *international, "Airfield"]
            spelt += [f"{stem} {word}" for word in words]
    return list(dict.fromkeys(spelt))


# --- seas, and areas larger than a region -----------------------------------------------------------------------------


def area_rows(towns: dict[str, Row], land: Any) -> list[Row]:
    """Return rows of seas and areas; `towns` are settlements by GeoNames id, `land` is the union of all countries."""
    with AREA_NAMES.open(encoding="utf-8", newline="") as file:
        return [_area(row, towns, land) for row in csv.DictReader(file)]


def _area(row: Row, towns: dict[str, Row], land: Any) -> Row:
    members = row["members"].split("|")
    if row["kind"] == "sea":
        coast = shapely.MultiPoint([(towns[m]["longitude"], towns[m]["latitude"]) for m in members]).convex_hull
        shape, countries = shapely.difference(coast.buffer(0.1), land), set[str]()
    else:
        regions = admin1_areas().loc[members]
        shape, countries = regions.geometry.union_all(), set(regions["country"])
    point = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area).representative_point()
    return {
        "place_id": row["id"],
        "name": row["name"],
        "kind": row["kind"],
        "country": countries.pop() if len(countries) == 1 else "",
        "admin1": "",
        "latitude": round(point.y, 4),
        "longitude": round(point.x, 4),
        "radius_km": reach_km(point.x, point.y, shapely.get_coordinates(shape)),
        "population": 0,
        "alternates": row["variants"].split("|"),
    }

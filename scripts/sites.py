"""The facility rows of gazetteer.csv, from their common names and from public tables of points.

`site_names.csv` names each site: its kind, the town it is in or near (a GeoNames id), the source of its point, and
the bases of its names in three languages. `site_words.toml` turns bases into names; one with "!" is a name itself, too.
A site's point is the one given with its source, else that of OurAirports, else that of its town, with a radius that
covers both town and site. No point is from memory.
"""

from __future__ import annotations

import csv
import gzip
import math
import tomllib
import unicodedata
from functools import cache
from typing import Any

import shapely
from sources import ROOT, fetch

from geostrike.borders.areas import admin1_areas
from geostrike.geodesy import GEOD
from geostrike.places.names import fold

NAMES = ROOT / "scripts" / "site_names.csv"
WORDS = tomllib.loads((ROOT / "scripts" / "site_words.toml").read_text(encoding="utf-8"))
LANGUAGES = ("english", "russian", "ukrainian")
COUNTRIES = {"RU": "RUS", "UA": "UKR", "BY": "BLR"}
BEYOND_TOWN_KM = 8
"""How far from the edge of its town a site may be, where only the town's point is known."""
SAME_POINT_KM = 2.0

Row = dict[str, str]


def site_rows(towns: dict[str, Any]) -> list[Row]:
    """Return the rows; `towns` are the base gazetteer's settlements by GeoNames id."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        return [_row(site, towns[site["town"]]) for site in csv.DictReader(file)]


def site_airports() -> set[str]:
    """Return the OurAirports identifiers of the listed sites."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        return {site["airport"] for site in csv.DictReader(file) if site["airport"]}


@cache
def airports() -> dict[str, Row]:
    """OurAirports by identifier (public domain)."""
    table = fetch("ourairports") / "ourairports" / "data" / "airports.csv.gz"
    with gzip.open(table, "rt", encoding="utf-8", newline="") as file:
        return {row["ident"]: row for row in csv.DictReader(file)}


@cache
def _airportsdata() -> dict[str, Row]:
    """Airports by ICAO code: a second opinion."""
    with (fetch("airportsdata") / "airportsdata" / "airports.csv").open(encoding="utf-8", newline="") as file:
        return {row["icao"]: row for row in csv.DictReader(file)}


def _row(site: Row, town: Any) -> Row:
    latitude, longitude, source, source2 = _point(site, town)
    place = (float(longitude), float(latitude))
    admin1 = _admin1(*place)
    return {
        "id": site["id"],
        "name": site["name"],
        "variants": "|".join(site_names(site)),
        "kind": "facility",
        "country": COUNTRIES[admin1[:2]],
        "admin1": admin1,
        "latitude": latitude,
        "longitude": longitude,
        "radius_km": str(_radius(site, town, place, source, source2)),
        "geonameid": "",
        "blocked_variants": "",
        "source": source,
        "source2": source2,
    }


def _point(site: Row, town: Any) -> tuple[str, str, str, str]:
    """Return latitude, longitude and the two sources of a site."""
    if site["latitude"]:
        return site["latitude"], site["longitude"], site["point_source"], "single source"
    if site["airport"]:
        field = airports()[site["airport"]]
        lat, lon = (f"{float(field[axis]):.4f}" for axis in ("latitude_deg", "longitude_deg"))
        return lat, lon, f"OurAirports {site['airport']}", _second_opinion(site["airport"], float(lat), float(lon))
    source = f"GeoNames {site['town']} (host town {town['name']})"
    return f"{float(town['latitude']):.4f}", f"{float(town['longitude']):.4f}", source, "single source"


def _second_opinion(ident: str, lat: float, lon: float) -> str:
    other = _airportsdata().get(ident)
    if other and _km((lon, lat), (float(other["lon"]), float(other["lat"]))) <= SAME_POINT_KM:
        return f"airportsdata {ident}"
    return "single source"


def _radius(site: Row, town: Any, place: tuple[float, float], source: str, source2: str) -> int:
    own = int(WORDS[site["site"]]["radius_km"])
    if source2 != "single source":
        return own
    if source.startswith("GeoNames"):
        return max(own, 10, math.ceil(float(town["radius_km"])) + BEYOND_TOWN_KM)
    return max(own, math.ceil(_km(place, (float(town["longitude"]), float(town["latitude"])))) + 1)


def _admin1(lon: float, lat: float) -> str:
    regions = admin1_areas().geometry
    point = shapely.Point(lon, lat)
    inside = regions.index[regions.contains(point)]
    return str(inside[0] if len(inside) else regions.distance(point).idxmin())


def site_names(site: Row) -> list[str]:
    """Return the names of a site in three languages, without its English name and without spellings that fold alike."""
    spellings = site["names"].split("|")
    words = WORDS[site["site"]]
    for language in LANGUAGES:
        for base in filter(None, site[language].split("|")):
            bare = base.removeprefix("!")
            spellings += [bare] if base.startswith("!") else []
            spellings += [pattern.format(bare) for pattern in words[language]]
    seen = {fold(site["name"])}
    kept = []
    for spelling in (unicodedata.normalize("NFC", text.strip()) for text in spellings):
        if fold(spelling) and fold(spelling) not in seen:
            seen.add(fold(spelling))
            kept.append(spelling)
    return kept


def _km(left: tuple[float, float], right: tuple[float, float]) -> float:
    return float(GEOD.inv(*left, *right)[2]) / 1000

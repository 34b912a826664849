"""The districts of Russia and Belarus as areas: polygons of geoBoundaries, names of GeoNames and Overture.

The three lists are joined within a region by the stem of the name, without words for the kind and the ending of an
adjective: "Shebekinsky District", "Шебекинский муниципальный округ". A town that is its own district is only joined
with such a town. A polygon in no list keeps its name in geoBoundaries.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import pyarrow.parquet
import shapely
from geoboundaries import Boundary, boundaries
from sources import fetch

from geostrike.borders.areas import admin1_areas
from geostrike.geodesy import GEOD
from geostrike.places import names

ALPHA2 = {"RUS": "RU", "BLR": "BY"}
KIND_WORDS = re.compile(
    r"\b(raion|rayon|district|okrug|municipal|munitsipal.nyy|mun|urban|ulus|kozhuun|region|city|town|gorod|gorodskoy|"
    r"район|раён|городской|муниципальный|муниципальное|образование|округ|улус|кожуун|город|горад)\b[.'’]?",
    re.IGNORECASE,
)  # fmt: skip
TOWN_WORDS = re.compile(r"\b(urban|gorod|gorodskoy|city|городской округ|город|town)\b", re.IGNORECASE)
DISTRICT_WORDS = re.compile(r"\b(raion|rayon|district|ulus|район|раён|муниципальный округ|улус)\b", re.IGNORECASE)
ADJECTIVE = re.compile(r"(sk|ck|k|c|s)?i+$")
ADJECTIVAL = re.compile(r"(?:[sc]k(?:y|iy|yy|i)|[иыо]й|кі)$", re.IGNORECASE)
SHORTEST = 5
WITH_VILLAGES = frozenset(("RU", "BY", "LB"))

Row = dict[str, Any]


class District(NamedTuple):
    """One district: its polygon, region, GeoNames id, Overture id, name in English, other names."""

    boundary: Boundary
    country: str
    region: str
    geonameid: str
    county: str
    name: str
    others: tuple[str, ...]


class Listed(NamedTuple):
    """An entry of a list: its names and its id."""

    spelt: tuple[str, ...]
    id: str


def districts(country: str, subdivisions: Any, towns: list[Row]) -> list[District]:
    """Return the districts of a country that have a polygon; `towns` are its GeoNames places."""
    regions = regions_of(country)
    inside = _towns_inside(country, towns)
    listed = _geonames(country, subdivisions), _overture(country)
    found = []
    joins = [_join(country, regions, inside, entries) for entries in listed]
    for boundary in boundaries(country):
        geonames, overture = (join.get(boundary.shape_id) for join in joins)
        spelt = [*(overture.spelt if overture else ()), boundary.name, *(geonames.spelt if geonames else ())]
        latin = [name for name in spelt if not names.has_cyrillic(name)]
        english = next((n for n in latin if DISTRICT_WORDS.search(n)), "") or (f"{latin[0]} District" if latin else "")
        if overture and not any(same_consonants((name,), overture.spelt[:1]) for name in latin):
            english = romanised(overture.spelt[0])  # the package has the name in another language
        if english:  # else a town whose name the package truncates, in no list
            others = tuple(dict.fromkeys(form for name in spelt for form in forms(name, country)))
            english = "".join(letter for letter in english if letter.isprintable())
            geonameid, county = geonames.id if geonames else "", overture.id if overture else ""
            region = regions[boundary.shape_id]
            found.append(District(boundary, country, region, geonameid, county, english, others))
    return found


def romanised(name: str) -> str:
    """Return a Russian district name in English: "Ловозерский муниципальный округ" -> "Lovozersky District"."""
    bare = " ".join(KIND_WORDS.sub(" ", name).split())
    words = (names.transliterate(word, "ru").capitalize() for word in bare.split())
    return re.sub(r"(s?k)iy\b", r"\1y", " ".join(words)) + " District"


def forms(name: str, country: str) -> list[str]:
    """Return a name with each word for its kind: Russia's districts are becoming municipal okrugs one by one."""
    name = unicodedata.normalize("NFC", name.replace("\u0301", ""))
    bare = " ".join(KIND_WORDS.sub(" ", name).split()).strip(" ,'’")
    if TOWN_WORDS.search(name) or not bare:
        return [name]
    alone = [bare] if ADJECTIVAL.search(bare) else []  # a bare name is the town's
    if names.has_cyrillic(name):
        kinds = ("район", "округ", "муниципальный округ") if country == "RUS" else ("район",)
        return [name, *alone] if "раён" in name.lower() else [*(f"{bare} {kind}" for kind in kinds), *alone]
    return [*([name] if DISTRICT_WORDS.search(name) else []), f"{bare} District", *alone]


# --- joining ----------------------------------------------------------------------------------------------------------


@cache
def regions_of(country: str) -> dict[str, str]:
    """Return the region of each polygon by identifier."""
    areas = admin1_areas()
    areas = areas[areas["country"] == country].geometry
    all_boundaries = boundaries(country)
    points = shapely.point_on_surface([boundary.polygon for boundary in all_boundaries])
    nearest = shapely.STRtree(areas.to_numpy()).query_nearest(points, all_matches=False)[1]
    return {b.shape_id: str(areas.index[number]) for b, number in zip(all_boundaries, nearest, strict=True)}


def _towns_inside(country: str, towns: list[Row]) -> dict[str, frozenset[str]]:
    """Return the skeletons of town names in each polygon by identifier."""
    polygons = boundaries(country)
    points = shapely.points([[town["longitude"], town["latitude"]] for town in towns])
    inside: dict[str, set[str]] = defaultdict(set)
    pairs = shapely.STRtree([boundary.polygon for boundary in polygons]).query(points, predicate="within")
    for town, polygon in zip(*pairs, strict=True):
        inside[polygons[polygon].shape_id].update(names.skeletons(towns[town]["name"]))
    return {shape_id: frozenset(keys) for shape_id, keys in inside.items()}


def _join(
    country: str, regions: dict[str, str], inside: dict[str, frozenset[str]], entries: dict[str, list[Listed]]
) -> dict[str, Listed]:
    """Match polygons, by identifier, to entries of a list: by name, else by the town that it is named after."""
    by_region: dict[str, list[Boundary]] = defaultdict(list)
    for boundary in boundaries(country):
        by_region[regions[boundary.shape_id]].append(boundary)
    joined: dict[str, Listed] = {}
    for region, polygons in by_region.items():
        left = list(entries.get(region, ()))
        for alike in (same_stem, same_consonants):
            for boundary in sorted(polygons, key=lambda b: -b.polygon.area):
                if boundary.shape_id not in joined:
                    hits = [entry for entry in left if alike((boundary.name,), entry.spelt)]
                    hits = [hit for hit in hits if is_town(hit.spelt) == is_town((boundary.name,))] or hits[:1]
                    if hits and (alike is same_stem or len(hits) == 1):
                        joined[boundary.shape_id] = hits[0]
                        left.remove(hits[0])
        for boundary in polygons:
            keys = inside.get(boundary.shape_id, frozenset())
            hits = [e for e in left if boundary.shape_id not in joined and not is_town(e.spelt) and _named_for(e, keys)]
            if len(hits) == 1:
                joined[boundary.shape_id] = hits[0]
                left.remove(hits[0])
    return joined


def _named_for(entry: Listed, towns: frozenset[str]) -> bool:
    stems = tuple(stem for stem in _stems(entry.spelt) if len(stem) >= SHORTEST)
    return any(town.startswith(stems) for town in towns) if stems else False


def is_town(spelt: Iterable[str]) -> bool:
    """Return whether the names are of a town that is its own district."""
    return any(TOWN_WORDS.search(name) for name in spelt) and not any(
        re.search("муниципальный округ|район|rayon|raion", name, re.IGNORECASE) for name in spelt
    )


def same_stem(spelt: Iterable[str], other: Iterable[str]) -> bool:
    """Return whether two lists of names share a stem."""
    return not _stems(tuple(spelt)).isdisjoint(_stems(tuple(other)))


def names_by_seat(areas: Iterable[Row], towns: Iterable[Row]) -> dict[str, list[str]]:
    """Return English names of districts by their town: "Sudzha District" for Sudzhansky District.

    `areas` and `towns` are rows of the table, with `alternates` as a list or separated by bars. The town is in the
    district or within `NEAR_KM` of it; of several, the nearest.
    """
    namesakes: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for town in towns:
        for stem in {part for key in _stems(_spelt(town)) for part in (key, key.rstrip("aeiou"))}:
            namesakes[town["admin1"], stem].append(town)
    found = {}
    for area in areas:
        near = [
            (away, str(town["place_id"]), str(town["name"]))
            for stem in _roots(area)
            for town in namesakes[area["admin1"], stem]
            if (away := _km(area, town)) <= float(area["radius_km"]) + NEAR_KM
        ]
        if near:
            found[str(area["place_id"])] = [f"{min(near)[2]} {kind}" for kind in ("District", "Raion")]
    return found


NEAR_KM = 15.0
LEAST = 3


def _roots(area: Row) -> set[str]:
    """Return the stems of a district's adjective: Sudzh- of Sudzhansky and Sudzha, Korenev- of Korenevo."""
    stems = _stems(_spelt(area))
    longer = {stem[:-2] for stem in stems if stem.endswith("an")}
    return {stem for stem in stems | longer if len(stem) >= LEAST}


def _spelt(row: Row) -> tuple[str, ...]:
    alternates = row["alternates"]
    given = alternates.split("|") if isinstance(alternates, str) else alternates
    return tuple(filter(None, (row["name"], *given)))


def _km(left: Row, right: Row) -> float:
    start, stop = ((float(row["longitude"]), float(row["latitude"])) for row in (left, right))
    return float(GEOD.inv(*start, *stop)[2]) / 1000


def same_consonants(spelt: Iterable[str], other: Iterable[str]) -> bool:
    """Return whether two lists of names share the consonants of a stem."""
    left, right = ({names.consonants(stem) for stem in _stems(tuple(n))} for n in (spelt, other))
    return not {key for key in left if len(key) > 2}.isdisjoint(right)


@cache
def _stems(spelt: tuple[str, ...]) -> frozenset[str]:
    found = set()
    for name in spelt:
        for key in names.skeletons(" ".join(KIND_WORDS.sub(" ", name).split()).strip(" ,'’")):
            found.add(ADJECTIVE.sub("", key) if len(key) > SHORTEST else key)
    return frozenset(found - {""})


def _geonames(country: str, subdivisions: Any) -> dict[str, list[Listed]]:
    """Return GeoNames' districts by region."""
    found: dict[str, list[Listed]] = defaultdict(list)
    for name, _, code, geonameid, _, alternates, level, *_ in subdivisions.rows:
        if level == "2" and code.startswith(f"{ALPHA2[country]}.") and code.count(".") == 2:
            spelt = tuple(filter(None, (name, *alternates.split("|"))))
            found[subdivisions.admin1(code.rpartition(".")[0])].append(Listed(spelt, geonameid))
    return found


def _overture(country: str) -> dict[str, list[Listed]]:
    """Return Overture's counties by region."""
    found: dict[str, list[Listed]] = defaultdict(list)
    for row in divisions():
        if row["country"] == ALPHA2[country] and row["subtype"] == "county":
            spelt = tuple(filter(None, (row["name_primary"], row["name_en"])))
            found[row["region"]].append(Listed(spelt, row["id"]))
    return found


@cache
def divisions() -> list[Row]:
    """Return the Overture divisions of countries whose villages are placed by district."""
    table = pyarrow.parquet.read_table(fetch("wkls") / "wkls" / "data" / "overture.zstd18.parquet")
    wanted = [number for number, code in enumerate(table["country"].to_pylist()) if code in WITH_VILLAGES]
    columns = {name: table[name].to_pylist() for name in table.column_names}
    return [{name: values[number] for name, values in columns.items()} for number in wanted]

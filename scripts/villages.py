"""Villages known by their district: in Russia's border regions and in Lebanon.

Overture's list of divisions has the district of each. A village is placed at its Overture point if there is one, else
at the district's point, with the district's radius and its id as anchor. Several villages of one name in a district are
one row; villages that GeoNames has in that district are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import shapely
from abroad import LATIN, overture_points, romanised
from districts import divisions, same_stem

from geostrike.places import names

BORDER_REGIONS = frozenset(("RU-BEL", "RU-KRS", "RU-BRY", "RU-VOR", "RU-ROS", "RU-KDA"))
UNITS = re.compile("сельсовет|поселение|сельский|округ|район|образование", re.IGNORECASE)
ARABIC = dict(zip("بتثجحخدذرزسشصضطظغفقكلمنه", "btsjhhdzrzsssdtzhfkklmnh", strict=True))

Row = dict[str, Any]


def russian_villages(counties: dict[str, Row], settlements: list[Row]) -> list[Row]:
    """Return the villages of the regions that border Ukraine; `counties` are rows of districts by Overture id."""
    known = _names_near(settlements, "RUS")
    listed = [row for row in divisions() if row["subtype"] == "locality" and row["region"] in BORDER_REGIONS]
    return _villages(listed, counties, known, "RUS")


def lebanese_villages(areas: list[Row], settlements: list[Row]) -> list[Row]:
    """Return the villages of Lebanon; `areas` are the rows of its districts."""
    known = _names_near(settlements, "LBN")
    in_country = [row for row in divisions() if row["country"] == "LB"]
    counties = {}
    for county in in_country:
        if county["subtype"] == "county":
            hits = [area for area in areas if _same_district(county, area)]
            if len(hits) == 1:
                counties[county["id"]] = hits[0]
    return _villages([row for row in in_country if row["subtype"] == "locality"], counties, known, "LBN")


def _same_district(county: Row, area: Row) -> bool:
    spelt = (area["name"], *area["alternates"])
    if county["name_en"] and same_stem((county["name_en"],), spelt):
        return True
    return not {_bare(name) for name in spelt}.isdisjoint(
        {_bare(county["name_en"] or ""), _arabic(county["name_primary"])} - {""}
    )


def _bare(name: str) -> str:
    """Return the consonants of a romanised Arabic name, without the article and the word for its kind."""
    key = names.consonants(names.fold(re.sub(r"(?i)\b(sub)?district\b", " ", name)))
    return re.sub(r"(.)\1+", r"\1", re.sub("[vi]", "", key))


def _arabic(name: str) -> str:
    """Return the consonants of a name in Arabic letters."""
    words = [word.removeprefix("ال") for word in name.split() if word != "قضاء"]
    return re.sub(r"(.)\1+", r"\1", "".join(ARABIC.get(letter, "") for word in words for letter in word))


def _villages(listed: list[Row], counties: dict[str, Row], known: Any, country: str) -> list[Row]:
    parents = {row["id"]: row for row in divisions()}
    points = {place["id"]: place for place in overture_points()}
    rows, seen = [], set()
    for village in sorted(listed, key=lambda row: (row["id"] not in points, row["id"])):
        district = counties.get(_county(village, parents))
        name = village["name_primary"] or ""
        if district is None or UNITS.search(name) or village["id"] in points:
            continue  # those with a point are among the places of Overture
        key = (district["place_id"], names.fold(name))
        if key in seen or known(name, village["name_en"], district):
            continue
        seen.add(key)
        english = (
            village["name_en"] if village["name_en"] and LATIN.match(village["name_en"]) else romanised(name, country)
        )
        rows.append(
            {
                "place_id": f"overture:{village['id'][:13]}",
                "name": english,
                "kind": "settlement",
                "country": country,
                "admin1": district["admin1"],
                "latitude": district["latitude"],
                "longitude": district["longitude"],
                "radius_km": district["radius_km"],
                "population": 0,
                "anchor": district["place_id"],
                "alternates": [name],
            }
        )
    return rows


def _county(village: Row, parents: dict[str, Row]) -> str:
    parent = parents.get(village["parent_id"])
    while parent and parent["subtype"] not in ("county", "region", "country"):
        parent = parents.get(parent["parent_id"])
    return parent["id"] if parent else ""


def _names_near(settlements: list[Row], country: str) -> Any:
    """Return whether GeoNames has a settlement of a name in or near a district, by distance."""
    by_key: dict[str, list[Row]] = defaultdict(list)
    for row in settlements:
        if row["country"] == country:
            for spelt in (row["name"], *row["alternates"].split("|")):
                by_key[names.fold(spelt)].append(row)

    def known(name: str, english: str | None, district: Row) -> bool:
        hits = [row for spelt in (name, english or "") for row in by_key.get(names.fold(spelt), ()) if spelt]
        return any(_km(row, district) <= district["radius_km"] for row in hits)

    return known


def _km(left: Row, right: Row) -> float:
    """Return the approximate distance in km, good enough to distinguish districts."""
    metres = shapely.distance(
        shapely.Point(left["longitude"] * 0.63, left["latitude"]),
        shapely.Point(right["longitude"] * 0.63, right["latitude"]),
    )
    return float(metres) * 111

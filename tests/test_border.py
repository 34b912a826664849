from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely

from geostrike.borders import lines as border_lines
from geostrike.borders import shipped, world
from geostrike.borders.areas import admin1_areas, country_of
from geostrike.borders.border import Border
from geostrike.depth import border_distance, measure_depth, noted
from geostrike.errors import BorderError
from geostrike.maps.bands import band_outlines

if TYPE_CHECKING:
    from pathlib import Path

LINE = shapely.LineString([(30.0, 50.0), (31.0, 50.5), (32.0, 50.2)])
RING = shapely.Polygon([(30, 50), (32, 50), (32, 52), (30, 52)], [[(30.5, 50.5), (31, 50.5), (31, 51)]])


def km_to(border: Border, lon: float, lat: float) -> float:
    return float(border_distance(gpd.GeoSeries.from_xy([lon], [lat], crs="EPSG:4326"), border).distance_km.iloc[0])


# --- the lines that ship --------------------------------------------------------------------------------------------


def test_the_order_of_the_countries_does_not_matter() -> None:
    assert Border.between("UKR", "RUS") is Border.between("RUS", "UKR")
    assert Border.between("UKR", "RUS").pair == ("UKR", "RUS")


def test_every_pair_that_is_known_can_be_opened() -> None:
    neighbours = {
        "UKR": "RUS BLR POL SVK HUN ROU MDA",
        "RUS": "UKR BLR GEO AZE KAZ CHN MNG PRK FIN NOR EST LVA LTU POL",
        "BLR": "UKR RUS POL LTU LVA",
    }
    for country, others in neighbours.items():
        for other in others.split():
            border = Border.between(country, other)
            assert border.name in Border.known()
            assert set(border.pair or ()) == {country, other}
            assert border.geometry.geom_type == "MultiLineString"
            assert border.basis == "recognised"
    for name in Border.known():
        assert Border.between(*name.split("-")).border_id == f"{name}:land:2026c"


def test_second_source_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row added to the file of lines is a border: its columns are its facts, its version names it."""
    lines = shipped.read_areas("borders.fgb", "pair")
    row = {"definition": "land", "basis": "recognised", "version": "survey-7", "source": "A survey",
           "licence": "CC0-1.0", "accuracy_km": 0.05, "geometry": shapely.MultiLineString([LINE])}  # fmt: skip
    second = gpd.GeoDataFrame([row], index=pd.Index(["UKR-RUS"], name="pair"), crs=lines.crs)
    more = pd.concat([lines, second])
    read = shipped.read_areas
    monkeypatch.setattr(shipped, "read_areas", lambda file, index: more if index == "pair" else read(file, index))
    border = Border.named("UKR-RUS:land:survey-7")
    assert (border.source, border.licence, border.accuracy_km) == ("A survey", "CC0-1.0", 0.05)
    assert border.geometry.equals(row["geometry"])
    assert Border.named("UKR-RUS:land").version == "2026c"
    assert "UKR-RUS:land:survey-7" in [found.border_id for found in Border.shipped()]
    assert Border.known().count("UKR-RUS") == 1


def test_id_names_its_border() -> None:
    """The border_id of everything that ships opens it."""
    for border in Border.shipped():
        assert Border.named(border.border_id) is border
    with pytest.raises(BorderError, match="UKR-RUS:land is not shipped in version 1999a; try 2026c"):
        Border.named("UKR-RUS:land:1999a")


@pytest.mark.parametrize("name", ["DEU", "Ukraine-Russia", "UKR_RUS:land"])
def test_half_a_name_is_explained(name: str) -> None:
    """What is neither a file nor a border is answered with what a name looks like and what there is."""
    with pytest.raises(BorderError, match=rf"{name} is neither a file nor a border.* UKR-RUS:land .*, PRK-KOR"):
        Border.named(name)


def test_what_is_not_known_is_refused_with_what_is() -> None:
    with pytest.raises(
        BorderError, match="no border between UKR and FRA is shipped; with UKR there are: UKR-RUS, UKR-BLR"
    ):
        Border.between("UKR", "FRA")
    with pytest.raises(BorderError, match=r"there are: UKR-RUS.* time zones of FRA and JPN have no edge in common"):
        Border.between("FRA", "JPN")
    with pytest.raises(BorderError, match="XYZ is not known as a country; give ISO 3166-1 alpha-3"):
        Border.between("XYZ", "JPN")
    with pytest.raises(BorderError, match="'sea'; it can be 'land' or 'territory'"):
        Border.between("UKR", "RUS", definition="sea")
    with pytest.raises(BorderError, match="BLR-RUS:territory_without_crimea leaves out a part of UKR"):
        Border.between("BLR", "RUS", definition="territory_without_crimea")
    with pytest.raises(BorderError, match="UKR-POL:territory needs the recognised ground of POL"):
        Border.between("UKR", "POL", definition="territory")


def test_codes_are_taken_in_small_letters() -> None:
    assert Border.between("ukr", " rus").border_id == Border.between("UKR", "RUS").border_id


@pytest.mark.parametrize("pair", [("Ukraine", "RUS"), ("UKR", "RU"), ("UKR", "УКР"), (None, "RUS"), ("UKR", 7)])
def test_what_is_no_country_code_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(BorderError, match="is no country code; give ISO 3166-1 alpha-3, such as UKR"):
        Border.between(*pair)


def test_a_country_has_no_border_with_itself() -> None:
    with pytest.raises(BorderError, match="UKR has no border with itself"):
        Border.between("UKR", "UKR")


def test_where_control_and_recognition_may_differ_the_line_says_so() -> None:
    assert Border.between("ISR", "SYR").basis == Border.between("IND", "PAK").basis == "de_facto"


def test_a_border_cannot_be_changed() -> None:
    border = Border.between("UKR", "RUS")
    with pytest.raises(dataclasses.FrozenInstanceError):
        border.name = "other"  # type: ignore[misc]


def test_a_border_says_where_it_comes_from() -> None:
    border = Border.between("UKR", "RUS")
    assert "OpenStreetMap" in border.source
    assert "ODbL" in border.licence
    assert 0 < border.accuracy_km <= 1


def test_neither_perekop_nor_the_kerch_strait_is_land_border() -> None:
    border = Border.between("UKR", "RUS")
    assert km_to(border, 33.69, 46.15) > 250
    assert km_to(border, 36.55, 45.3) > 200


def test_territory_is_the_outline_of_the_other_country() -> None:
    border = Border.between("UKR", "RUS", definition="territory")
    assert border.border_id == "UKR-RUS:territory:2026c"
    russia, ukraine = border.line_for("UKR"), border.line_for("RUS")
    assert russia is not None
    assert ukraine is not None
    assert border.line_for("") is None
    assert russia.bounds[2] == 180.0
    assert ukraine.bounds[2] < 41
    assert border.line_for("BLR") is None


def test_the_antimeridian_is_no_outline() -> None:
    russia = Border.between("UKR", "RUS", definition="territory").line_for("UKR")
    for part in shapely.get_parts(russia):
        xy = shapely.get_coordinates(part)
        assert not ((np.abs(xy[:-1, 0]) == 180) & (np.abs(xy[1:, 0]) == 180)).any()


def test_without_crimea_ukraine_ends_at_perekop() -> None:
    whole, less = (
        Border.between("UKR", "RUS", definition=definition).line_for("RUS")
        for definition in ("territory", "territory_without_crimea")
    )
    assert whole is not None
    assert less is not None
    assert whole.bounds[1] == pytest.approx(44.39, abs=0.02)  # the southern tip of Crimea
    south_of_perekop = shapely.box(32.6, 44.2, 36.7, 45.9)
    assert shapely.intersects(whole, south_of_perekop)
    assert not shapely.intersects(less, shapely.box(33.2, 44.2, 36.7, 45.6))
    assert Border.between("UKR", "RUS", definition="territory_without_crimea").border_id == (
        "UKR-RUS:territory_without_crimea:2026c"
    )


def test_pairs_that_are_not_shipped_come_from_the_time_zones() -> None:
    border = Border.between("CZE", "SVK")
    assert (border.name, border.basis, border.version) == ("CZE-SVK", "de_facto", "2026c")
    length = pyproj.Geod(ellps="WGS84").geometry_length(border.geometry) / 1000
    assert length == pytest.approx(252, rel=0.05)
    assert "OpenStreetMap" in border.source


def test_a_shipped_line_and_the_one_from_the_time_zones_are_the_same() -> None:
    shipped = Border.between("UKR", "MDA").geometry
    derived = world.shared_line("UKR", "MDA")
    assert shapely.hausdorff_distance(shipped, derived) < 0.002


def test_without_the_extra_other_pairs_are_refused_with_the_remedy() -> None:
    code = (
        "import sys; sys.modules['timezonefinder'] = None\n"
        "from geostrike import Border, BorderError\n"
        "try:\n    Border.between('FRA', 'DEU')\n"
        "except BorderError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "pip install geostrike[world]" in done.stdout


# --- lines that hold on some days -------------------------------------------------------------------------------------


def write_series(path: Path, days: list[str], **fields: list[str]) -> Path:
    lines = [shapely.LineString([(30 + k, 50), (30 + k, 52)]) for k in range(len(days))]
    gpd.GeoDataFrame({"valid_from": days, **fields}, geometry=lines, crs="EPSG:4326").to_file(path, engine="pyogrio")
    return path


def test_a_series_has_a_line_a_date_each_until_the_next(tmp_path: Path) -> None:
    path = write_series(tmp_path / "control.geojson", ["2024-03-01", "2024-01-01", "2024-03-01"])
    series = Border.series_from_file(path)
    assert [line.valid_from for line in series] == [date(2024, 1, 1), date(2024, 3, 1)]
    assert [line.valid_to for line in series] == [date(2024, 2, 29), None]
    assert [len(line.geometry.geoms) for line in series] == [1, 2]
    assert all(line.is_dated and line.name == "control" for line in series)
    assert series[0].border_id.startswith("control:given:2024-01-01.")


def test_a_series_may_say_when_a_line_ends(tmp_path: Path) -> None:
    path = write_series(tmp_path / "c.gpkg", ["2024-01-01", "2024-03-01"], until=["2024-01-31", "2024-04-30"])
    series = Border.series_from_file(path, valid_to="until")
    assert [line.valid_to for line in series] == [date(2024, 1, 31), date(2024, 4, 30)]


def test_a_series_without_dates_is_refused(tmp_path: Path) -> None:
    path = write_series(tmp_path / "c.geojson", ["2024-01-01", "spring"])
    with pytest.raises(BorderError, match="valid_from is 'spring', which is no date"):
        Border.series_from_file(path)
    with pytest.raises(BorderError, match=r"has no field 'day'; it has: none"):
        Border.series_from_file(path, valid_from="day")
    with pytest.raises(BorderError, match="is after valid_to"):
        Border.from_lines(LINE, name="front", valid_from=date(2024, 2, 1), valid_to=date(2024, 1, 1))


# --- which country a point lies in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "lon", "lat", "country"),
    [
        ("Simferopol", 34.1, 44.95, "UKR"),
        ("Sevastopol", 33.5224, 44.58883, "UKR"),
        ("Kerch", 36.4706, 45.3561, "UKR"),
        ("Donetsk", 37.80224, 48.023, "UKR"),
        ("Luhansk", 39.30553, 48.56705, "UKR"),
        ("Taman", 36.71, 45.21, "RUS"),
        ("Kaliningrad", 20.51095, 54.70649, "RUS"),
        ("Anadyr, east of 180 degrees on some maps", 177.51, 64.73, "RUS"),
        ("Uelen", -169.81, 66.16, "RUS"),
        ("Sochi", 39.72567, 43.60046, "RUS"),
        ("Sukhumi", 41.02, 43.0, ""),
        ("Tskhinvali", 43.97, 42.23, "GEO"),
        ("Tiraspol", 29.64, 46.84, "MDA"),
        ("Baikonur", 63.3, 45.62, "KAZ"),
        ("Minsk", 27.56667, 53.9, "BLR"),
        ("Sankovo-Medvezhye, an enclave", 31.566, 52.476, "RUS"),
        ("Warsaw", 21.01178, 52.22977, "POL"),
        ("Vienna, whose country has no border that ships", 16.37, 48.21, ""),
        ("the middle of the Black Sea", 34.0, 43.2, ""),
        ("the road of Odesa", 30.85, 46.45, "UKR"),
    ],
)
def test_a_point_lies_in_the_recognised_territory(place: str, lon: float, lat: float, country: str) -> None:
    found = country_of(gpd.GeoSeries.from_xy([lon, lon + 360], [lat, lat], index=[place, "again"], crs="EPSG:4326"))
    assert found.to_dict() == {place: country, "again": country}


def test_a_missing_point_lies_nowhere_and_the_index_is_kept() -> None:
    found = country_of(
        gpd.GeoSeries([None, shapely.Point(), shapely.Point(30.5, 50.4)], index=[3, 1, 3], crs="EPSG:4326")
    )
    assert found.tolist() == ["", "", "UKR"]
    assert found.index.tolist() == [3, 1, 3]


def test_regions_lie_in_their_country() -> None:
    areas = admin1_areas()
    inside = areas.representative_point()
    assert (country_of(inside) == areas.country).all()


# --- lines of the user's own ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".geojson", ".json", ".gpkg", ".shp", ".parquet"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32636"])
def test_a_line_is_the_same_from_any_file_and_projection(tmp_path: Path, ending: str, crs: str) -> None:
    path = tmp_path / f"front{ending}"
    drivers = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}
    frame = gpd.GeoDataFrame(geometry=[LINE], crs="EPSG:4326")
    projected = frame.to_crs("EPSG:4326" if "json" in ending else crs)
    if ending == ".parquet":
        projected.to_parquet(path)
    else:
        projected.to_file(path, driver=drivers[ending], engine="pyogrio")
    border = Border.from_file(path)
    assert border.name == "front"
    assert border.definition == "given"
    assert border.source == path.name
    np.testing.assert_allclose(shapely.get_coordinates(border.geometry), LINE.coords, atol=1e-8)


def test_the_version_of_a_file_follows_its_content(tmp_path: Path) -> None:
    path = tmp_path / "front.geojson"
    ids = []
    for lat in (50.0, 50.0, 50.1):
        path.write_text(f'{{"type": "LineString", "coordinates": [[30, {lat}], [31, 51]]}}', encoding="utf-8")
        ids.append(Border.from_file(path).border_id)
    assert ids[0] == ids[1] != ids[2]


def test_a_file_is_opened_only_as_what_it_is_called(tmp_path: Path) -> None:
    other = tmp_path / "private.geojson"
    other.write_text('{"type": "LineString", "coordinates": [[30, 50], [31, 51]]}', encoding="utf-8")
    layer = f'<OGRVRTLayer name="private"><SrcDataSource>{other}</SrcDataSource></OGRVRTLayer>'
    virtual = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    for ending in (".geojson", ".gpkg", ".shp", ".vrt", ".json"):
        path = tmp_path / f"border{ending}"
        path.write_text(virtual, encoding="utf-8")
        with pytest.raises(BorderError, match="cannot be read"):
            Border.from_file(path)
    assert len(pyogrio.read_dataframe(tmp_path / "border.json")) == 1  # which is what would have happened


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("line.geojson", "{", "cannot be read as geojson"),
        ("line.txt", "LINESTRING (0 0, 1 1)", "cannot be read as a line; give a .geojson"),
        ("line.parquet", "PAR1", "parquet"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, content: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BorderError, match=message):
        Border.from_file(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BorderError, match="no such file"):
        Border.from_file(tmp_path / "nothing.geojson")


def test_a_file_without_crs_asks_for_one(tmp_path: Path) -> None:
    path = tmp_path / "front.shp"
    pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=[LINE], crs="EPSG:4326"), path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(BorderError, match="names no coordinate reference system"):
        Border.from_file(path)
    assert Border.from_file(path, crs="EPSG:4326").geometry.equals(shapely.MultiLineString([LINE]))


def test_of_several_layers_one_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "lines.gpkg"
    for layer, shift in (("january", 0.0), ("june", 1.0)):
        moved = shapely.transform(LINE, lambda xy, by=shift: np.add(xy, (0, by)))
        pyogrio.write_dataframe(
            gpd.GeoDataFrame(geometry=[moved], crs="EPSG:4326"), path, layer=layer, append=path.exists()
        )
    with pytest.raises(BorderError, match=r"2 layers with geometry \(january, june\)"):
        Border.from_file(path)
    with pytest.raises(BorderError, match="july"):
        Border.from_file(path, layer="july")
    assert Border.from_file(path, layer="june").geometry.bounds[1] == 51.0


def test_polygons_are_refused_or_taken_by_their_outline() -> None:
    with pytest.raises(BorderError, match="outline=True"):
        Border.from_lines(RING, name="area")
    border = Border.from_lines(RING, name="area", outline=True)
    assert border.geometry.length == pytest.approx(RING.length)
    assert km_to(border, 31.5, 51.0) > 10


def test_collections_are_taken_apart_and_heights_dropped() -> None:
    high = shapely.LineString([(30, 50, 100), (31, 51, 2000)])
    several = shapely.GeometryCollection([LINE, shapely.MultiLineString([high, high])])
    border = Border.from_lines(several, name="all")
    assert len(border.geometry.geoms) == 3
    assert not border.geometry.has_z


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        (shapely.Point(30, 50), "this has Point"),
        (shapely.GeometryCollection([LINE, shapely.Point(30, 50)]), "this has Point"),
        (shapely.LineString(), "none of its 1 features holds a geometry"),
        (shapely.LineString([(50, 30), (51, 131)]), r"vertex \(51\.0, 131\.0\) is off the globe"),
        (shapely.LineString([(5_000_000, 30), (51, 31)]), "the unit is degrees"),
    ],
)
def test_what_is_no_line_on_the_globe_is_refused(geometry: shapely.Geometry, message: str) -> None:
    with pytest.raises(BorderError, match=message):
        Border.from_lines(geometry, name="front")


def test_several_lines_are_one_border() -> None:
    lines = [shapely.LineString([(30, 50), (31, 51)]), shapely.LineString([(33, 50), (34, 51)])]
    assert len(Border.from_lines(lines, name="two").geometry.geoms) == 2


@pytest.mark.parametrize("geometry", ["LINESTRING (30 50, 31 51)", [(30, 50), (31, 51)], [], 7])
def test_what_is_no_geometry_is_refused(geometry: object) -> None:
    with pytest.raises(BorderError, match="made of shapely geometries or a GeoDataFrame, not of a"):
        Border.from_lines(geometry, name="front")


def test_days_are_dates_however_they_are_told() -> None:
    line = shapely.LineString([(30, 50), (31, 51)])
    border = Border.from_lines(line, name="front", valid_from="2024-01-25", valid_to=pd.Timestamp("2024-02-01 12:00"))
    assert (border.valid_from, border.valid_to) == (date(2024, 1, 25), date(2024, 2, 1))
    with pytest.raises(BorderError, match="valid_from is 'January', which is no date; write it as 2024-01-25"):
        Border.from_lines(line, name="front", valid_from="January")


def test_a_pair_is_two_countries() -> None:
    line = shapely.LineString([(30, 50), (31, 51)])
    assert Border.from_lines(line, name="front", pair=["ukr", "rus"]).pair == ("UKR", "RUS")
    with pytest.raises(BorderError, match="pair is 'UKR'; give two countries"):
        Border.from_lines(line, name="front", pair="UKR")


def test_the_edge_model_is_one_of_two() -> None:
    with pytest.raises(BorderError, match="'planar' or 'geodesic'"):
        Border.from_lines(LINE, name="front", edges="straight")  # type: ignore[arg-type]
    along = {
        model: Border.from_lines(shapely.LineString([(20, 60), (60, 60)]), name="p", edges=model)
        for model in ("planar", "geodesic")
    }
    assert km_to(along["planar"], 40, 60) < 1e-3
    assert km_to(along["geodesic"], 40, 60) > 100


# --- files of the user's own that are odd -----------------------------------------------------------------------------


def geojson(path: Path, *geometries: object) -> Path:
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def line_of(*points: tuple[float, float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": points}


def test_null_geometry_is_noted(tmp_path: Path) -> None:
    """Features without geometry are left out, and the border says how many."""
    border = Border.from_file(geojson(tmp_path / "line.geojson", None, line_of((36, 50), (37, 51))))
    assert border.notes == ("1 of 2 features hold no geometry and are left out",)
    assert border.facts()["note"] == border.notes[0]
    with pytest.raises(BorderError, match="none of its 1 features holds a geometry"):
        Border.from_file(geojson(tmp_path / "null.geojson", None))


def test_swapped_coordinates_are_noted(tmp_path: Path) -> None:
    """A line far from all strikes that would be near when turned is said to be swapped, and is used as it is."""
    strikes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([36.2], [50.0], crs="EPSG:4326"))
    swapped = Border.from_file(geojson(tmp_path / "line.geojson", line_of((50, 36), (51, 37))))
    measured = measure_depth(strikes, swapped)
    assert measured["depth_km"].iloc[0] > 1500
    assert "swapped; are they?" in noted(swapped, measured).notes[0]
    right = Border.from_file(geojson(tmp_path / "right.geojson", line_of((36, 50), (37, 51))))
    assert noted(right, measure_depth(strikes, right)) is right
    far = Border.from_file(geojson(tmp_path / "far.geojson", line_of((-60, -20), (-61, -21))))
    assert noted(far, measure_depth(strikes, far)) is far
    nowhere = measured.assign(depth_km=np.nan)
    assert noted(swapped, nowhere) is swapped


def test_a_name_that_no_terminal_may_obey_is_cleaned(tmp_path: Path) -> None:
    """Escapes in a file's name reach neither the border's id nor its source."""
    border = Border.from_file(geojson(tmp_path / "a\x1b[31m.geojson", line_of((36, 50), (37, 51))))
    assert border.name.isprintable()
    assert border.border_id.isprintable()
    assert border.source.isprintable()


def odd_names(folder: Path) -> dict[str, str]:
    pipes = {}
    if hasattr(os, "mkfifo"):  # Windows has no pipes among its files
        os.mkfifo(folder / "pipe.geojson")
        pipes[str(folder / "pipe.geojson")] = "is not a regular file"
    return pipes | {
        "": "the border has no name",
        str(folder): "is a folder",
        "x" * 5000: "cannot be opened",
        "a\0b": "no such file",
        "UKR-RUS:nosuch": "definition is 'nosuch'",
        "UKR-RUS:" + "x" * 5000: "definition is",
        "XXX-YYY": "no border between XXX and YYY",
    }


def test_odd_names_are_refused_in_one_line(tmp_path: Path) -> None:
    """What names no border is refused at once, in a line that can be read."""
    for name, message in odd_names(tmp_path).items():
        with pytest.raises(BorderError) as refused:
            Border.named(name)
        assert message in str(refused.value)
        assert len(str(refused.value)) < 600


def test_names_of_pairs_have_any_case() -> None:
    assert Border.named("ukr-rus:land") is Border.named("UKR-RUS")


@pytest.mark.parametrize("ends", [((0, 90), (180, 90)), ((-180, -90), (180, -90)), ((179, 60), (-179, 60))])
def test_bands_at_poles_are_bounded(ends: tuple[tuple[float, float], ...]) -> None:
    """At a pole all meridians meet: bands of a line there are few rings on the globe."""
    bands = band_outlines(shapely.LineString(ends))["bands"]
    rings = [ring for band in bands for area in band["area"] for ring in area]
    assert 0 < sum(map(len, rings)) < 50_000
    for band in bands:
        corners = [np.cumsum(np.reshape(area[0], (-1, 2)), axis=0) / 200 for area in band["area"]]
        assert (np.abs(np.concatenate(corners)) <= (180, 90)).all()


def test_bands_across_the_antimeridian_are_on_both_sides() -> None:
    """A circle that crosses the antimeridian does not reach around the globe."""
    line = shapely.LineString([(179.0, 60.0), (179.5, 60.0)])
    area = shapely.union_all(
        [shapely.Polygon(np.cumsum(np.reshape(rings[0], (-1, 2)), axis=0) / 200)
         for rings in band_outlines(line, (100,))["bands"][0]["area"]]
    )  # fmt: skip
    assert shapely.contains_xy(area, [179.2, -179.8], [60.1, 60.0]).all()
    assert not shapely.contains_xy(area, [0.0, -150.0, 150.0], [60.0, 60.0, 60.0]).any()


def test_a_line_too_long_or_too_fine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would take gigabytes to measure from is refused with its size and the limit."""
    monkeypatch.setattr(border_lines, "_MOST_VERTICES", 1000)
    fine = shapely.LineString(np.column_stack([np.linspace(30, 31, 1001), np.full(1001, 50.0)]))
    with pytest.raises(BorderError, match="has 1,001 vertices, and at most 1,000 are read"):
        Border.from_lines(fine, name="fine")
    monkeypatch.setattr(border_lines, "_MOST_PIECES", 1000)
    with pytest.raises(BorderError, match="too long to measure from"):
        Border.from_lines(shapely.LineString([(0, 0), (90, 0)]), name="long")
    assert Border.from_lines(shapely.LineString([(0, 0), (9, 0)]), name="short").name == "short"


def test_many_tiny_lines_are_one_border() -> None:
    """Thousands of lines of no length to speak of cost little, and are measured from."""
    tiny = [shapely.LineString([(36 + k / 1e4, 50), (36 + k / 1e4 + 1e-6, 50)]) for k in range(3000)]
    assert km_to(Border.from_lines(tiny, name="tiny"), 36.1, 50.0) < 0.01


def test_points_twice_and_edges_of_no_length_count_for_nothing() -> None:
    twice = shapely.LineString([(36, 50), (36, 50), (37, 51), (37, 51)])
    once = shapely.LineString([(36, 50), (37, 51)])
    expected = km_to(Border.from_lines(once, name="a"), 36, 51)
    assert km_to(Border.from_lines(twice, name="a"), 36, 51) == pytest.approx(expected)


def test_a_border_of_no_line_is_no_border() -> None:
    with pytest.raises(BorderError, match="from_lines and from_file make a Border"):
        Border(name="front", geometry=shapely.MultiLineString())

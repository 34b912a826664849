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
from geostrike.depth import add_swap_note, border_distance, measure_depth
from geostrike.errors import BorderError
from geostrike.maps.bands import band_outlines

if TYPE_CHECKING:
    from pathlib import Path

LINE = shapely.LineString([(30.0, 50.0), (31.0, 50.5), (32.0, 50.2)])
RING = shapely.Polygon([(30, 50), (32, 50), (32, 52), (30, 52)], [[(30.5, 50.5), (31, 50.5), (31, 51)]])


def km_to(border: Border, lon: float, lat: float) -> float:
    return float(border_distance(gpd.GeoSeries.from_xy([lon], [lat], crs="EPSG:4326"), border).distance_km.iloc[0])


# --- shipped lines ----------------------------------------------------------------------------------------------------


def test_country_order_is_free() -> None:
    """The order of the two countries does not matter."""
    assert Border.between("UKR", "RUS") is Border.between("RUS", "UKR")
    assert Border.between("UKR", "RUS").pair == ("UKR", "RUS")


def test_every_known_pair_opens() -> None:
    """Every shipped pair, and every neighbour of the three countries, can be opened."""
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
    """A row added to the file of lines is a border: its columns are its facts, its version selects it."""
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


def test_border_id_is_a_name() -> None:
    """The border_id of every shipped border opens it."""
    for border in Border.shipped():
        assert Border.named(border.border_id) is border
    with pytest.raises(BorderError, match="UKR-RUS:land is not shipped in version 1999a; try 2026c"):
        Border.named("UKR-RUS:land:1999a")


@pytest.mark.parametrize("name", ["DEU", "Ukraine-Russia", "UKR_RUS:land"])
def test_incomplete_name_is_explained(name: str) -> None:
    """For what is neither a file nor a border, the error shows a name and lists the shipped pairs."""
    with pytest.raises(BorderError, match=rf"{name} is neither a file nor a border.* UKR-RUS:land .*, PRK-KOR"):
        Border.named(name)


def test_unknown_pair_lists_known_ones() -> None:
    """An unknown pair, country or definition is rejected with the known ones."""
    with pytest.raises(
        BorderError, match="no border between UKR and FRA is shipped; with UKR there are: UKR-RUS, UKR-BLR"
    ):
        Border.between("UKR", "FRA")
    with pytest.raises(BorderError, match=r"there are: UKR-RUS.* time zones of FRA and JPN have no edge in common"):
        Border.between("FRA", "JPN")
    with pytest.raises(BorderError, match="XYZ is not a known country; give ISO 3166-1 alpha-3"):
        Border.between("XYZ", "JPN")
    with pytest.raises(BorderError, match="'sea'; it can be 'land' or 'territory'"):
        Border.between("UKR", "RUS", definition="sea")
    with pytest.raises(BorderError, match="BLR-RUS:territory_without_crimea leaves out a part of UKR"):
        Border.between("BLR", "RUS", definition="territory_without_crimea")
    with pytest.raises(BorderError, match="UKR-POL:territory needs the recognised ground of POL"):
        Border.between("UKR", "POL", definition="territory")


def test_country_codes_ignore_case() -> None:
    """Country codes may be in lower case."""
    assert Border.between("ukr", " rus").border_id == Border.between("UKR", "RUS").border_id


@pytest.mark.parametrize("pair", [("Ukraine", "RUS"), ("UKR", "RU"), ("UKR", "УКР"), (None, "RUS"), ("UKR", 7)])
def test_invalid_country_code_is_rejected(pair: tuple[str, str]) -> None:
    """Only ISO 3166-1 alpha-3 codes are accepted."""
    with pytest.raises(BorderError, match="is not a country code; give ISO 3166-1 alpha-3, such as UKR"):
        Border.between(*pair)


def test_country_without_border_to_itself() -> None:
    """A country has no border with itself."""
    with pytest.raises(BorderError, match="UKR has no border with itself"):
        Border.between("UKR", "UKR")


def test_de_facto_lines_are_marked() -> None:
    """A line that follows control is marked "de_facto"."""
    assert Border.between("ISR", "SYR").basis == Border.between("IND", "PAK").basis == "de_facto"


def test_border_is_immutable() -> None:
    """A border is frozen."""
    border = Border.between("UKR", "RUS")
    with pytest.raises(dataclasses.FrozenInstanceError):
        border.name = "other"  # type: ignore[misc]


def test_border_has_its_origin() -> None:
    """A border has its source, version, licence and accuracy."""
    border = Border.between("UKR", "RUS")
    assert "OpenStreetMap" in border.source
    assert "ODbL" in border.licence
    assert 0 < border.accuracy_km <= 1


def test_crimea_has_no_land_border() -> None:
    """Neither Perekop nor the Kerch Strait is part of the land border."""
    border = Border.between("UKR", "RUS")
    assert km_to(border, 33.69, 46.15) > 250
    assert km_to(border, 36.55, 45.3) > 200


def test_territory_is_the_other_outline() -> None:
    """With "territory", a point is measured from the outline of the other country."""
    border = Border.between("UKR", "RUS", definition="territory")
    assert border.border_id == "UKR-RUS:territory:2026c"
    russia, ukraine = border.line_for("UKR"), border.line_for("RUS")
    assert russia is not None
    assert ukraine is not None
    assert border.line_for("") is None
    assert russia.bounds[2] == 180.0
    assert ukraine.bounds[2] < 41
    assert border.line_for("BLR") is None


def test_antimeridian_is_not_outline() -> None:
    """The antimeridian, where polygons are cut, is not part of an outline."""
    russia = Border.between("UKR", "RUS", definition="territory").line_for("UKR")
    for part in shapely.get_parts(russia):
        xy = shapely.get_coordinates(part)
        assert not ((np.abs(xy[:-1, 0]) == 180) & (np.abs(xy[1:, 0]) == 180)).any()


def test_ukraine_ends_at_perekop() -> None:
    """Without Crimea, Ukraine's ground ends at Perekop."""
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


def test_unshipped_pair_from_time_zones() -> None:
    """A pair that is not shipped is built from time zones."""
    border = Border.between("CZE", "SVK")
    assert (border.name, border.basis, border.version) == ("CZE-SVK", "de_facto", "2026c")
    length = pyproj.Geod(ellps="WGS84").geometry_length(border.geometry) / 1000
    assert length == pytest.approx(252, rel=0.05)
    assert "OpenStreetMap" in border.source


def test_shipped_line_equals_time_zones() -> None:
    """A shipped line equals the line built from time zones."""
    shipped = Border.between("UKR", "MDA").geometry
    derived = world.shared_line("UKR", "MDA")
    assert shapely.hausdorff_distance(shipped, derived) < 0.002


def test_missing_extra_is_named() -> None:
    """Without the extra, the error for other pairs says what to install."""
    code = (
        "import sys; sys.modules['timezonefinder'] = None\n"
        "from geostrike import Border, BorderError\n"
        "try:\n    Border.between('FRA', 'DEU')\n"
        "except BorderError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "pip install geostrike[world]" in done.stdout


# --- dated lines ------------------------------------------------------------------------------------------------------


def write_series(path: Path, days: list[str], **fields: list[str]) -> Path:
    lines = [shapely.LineString([(30 + k, 50), (30 + k, 52)]) for k in range(len(days))]
    gpd.GeoDataFrame({"valid_from": days, **fields}, geometry=lines, crs="EPSG:4326").to_file(path, engine="pyogrio")
    return path


def test_series_line_ends_before_next(tmp_path: Path) -> None:
    """A series has one line per date, each valid until the day before the next."""
    path = write_series(tmp_path / "control.geojson", ["2024-03-01", "2024-01-01", "2024-03-01"])
    series = Border.series_from_file(path)
    assert [line.valid_from for line in series] == [date(2024, 1, 1), date(2024, 3, 1)]
    assert [line.valid_to for line in series] == [date(2024, 2, 29), None]
    assert [len(line.geometry.geoms) for line in series] == [1, 2]
    assert all(line.is_dated and line.name == "control" for line in series)
    assert series[0].border_id.startswith("control:given:2024-01-01.")


def test_series_may_have_end_dates(tmp_path: Path) -> None:
    """A series may have a field with the last day of each line."""
    path = write_series(tmp_path / "c.gpkg", ["2024-01-01", "2024-03-01"], until=["2024-01-31", "2024-04-30"])
    series = Border.series_from_file(path, valid_to="until")
    assert [line.valid_to for line in series] == [date(2024, 1, 31), date(2024, 4, 30)]


def test_series_without_dates_is_rejected(tmp_path: Path) -> None:
    """A series without valid dates is rejected."""
    path = write_series(tmp_path / "c.geojson", ["2024-01-01", "spring"])
    with pytest.raises(BorderError, match="valid_from is 'spring', which is not a date"):
        Border.series_from_file(path)
    with pytest.raises(BorderError, match=r"has no field 'day'; it has: none"):
        Border.series_from_file(path, valid_from="day")
    with pytest.raises(BorderError, match="is after valid_to"):
        Border.from_lines(LINE, name="front", valid_from=date(2024, 2, 1), valid_to=date(2024, 1, 1))


# --- countries of points ----------------------------------------------------------------------------------------------


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
def test_point_is_in_recognised_territory(place: str, lon: float, lat: float, country: str) -> None:
    """A point is in the country whose recognised territory contains it."""
    found = country_of(gpd.GeoSeries.from_xy([lon, lon + 360], [lat, lat], index=[place, "again"], crs="EPSG:4326"))
    assert found.to_dict() == {place: country, "again": country}


def test_missing_point_has_no_country() -> None:
    """A missing point has no country, and the index is kept."""
    found = country_of(
        gpd.GeoSeries([None, shapely.Point(), shapely.Point(30.5, 50.4)], index=[3, 1, 3], crs="EPSG:4326")
    )
    assert found.tolist() == ["", "", "UKR"]
    assert found.index.tolist() == [3, 1, 3]


def test_regions_are_in_their_country() -> None:
    """Every region is inside its country."""
    areas = admin1_areas()
    inside = areas.representative_point()
    assert (country_of(inside) == areas.country).all()


# --- lines of the user ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".geojson", ".json", ".gpkg", ".shp", ".parquet"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32636"])
def test_format_and_projection_are_irrelevant(tmp_path: Path, ending: str, crs: str) -> None:
    """A line is the same from any file format and projection."""
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


def test_file_version_depends_on_content(tmp_path: Path) -> None:
    """The version of a file depends on its content only."""
    path = tmp_path / "front.geojson"
    ids = []
    for lat in (50.0, 50.0, 50.1):
        path.write_text(f'{{"type": "LineString", "coordinates": [[30, {lat}], [31, 51]]}}', encoding="utf-8")
        ids.append(Border.from_file(path).border_id)
    assert ids[0] == ids[1] != ids[2]


def test_extension_decides_the_format(tmp_path: Path) -> None:
    """A file is only read in the format of its extension."""
    other = tmp_path / "private.geojson"
    other.write_text('{"type": "LineString", "coordinates": [[30, 50], [31, 51]]}', encoding="utf-8")
    layer = f'<OGRVRTLayer name="private"><SrcDataSource>{other}</SrcDataSource></OGRVRTLayer>'
    virtual = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    for ending in (".geojson", ".gpkg", ".shp", ".vrt", ".json"):
        path = tmp_path / f"border{ending}"
        path.write_text(virtual, encoding="utf-8")
        with pytest.raises(BorderError, match="cannot be read"):
            Border.from_file(path)
    assert len(pyogrio.read_dataframe(tmp_path / "border.json")) == 1  # what would have happened


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("line.geojson", "{", "cannot be read as geojson"),
        ("line.txt", "LINESTRING (0 0, 1 1)", "cannot be read as a line; give a .geojson"),
        ("line.parquet", "PAR1", "parquet"),
    ],
)
def test_unreadable_file_is_rejected(tmp_path: Path, name: str, content: str, message: str) -> None:
    """A file that cannot be read is rejected with the reason."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BorderError, match=message):
        Border.from_file(path)


def test_missing_file_is_rejected(tmp_path: Path) -> None:
    """A missing file is rejected."""
    with pytest.raises(BorderError, match="no such file"):
        Border.from_file(tmp_path / "nothing.geojson")


def test_file_without_crs_is_rejected(tmp_path: Path) -> None:
    """A file without CRS is rejected unless one is given."""
    path = tmp_path / "front.shp"
    pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=[LINE], crs="EPSG:4326"), path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(BorderError, match="has no coordinate reference system"):
        Border.from_file(path)
    assert Border.from_file(path, crs="EPSG:4326").geometry.equals(shapely.MultiLineString([LINE]))


def test_several_layers_need_a_choice(tmp_path: Path) -> None:
    """A GeoPackage with several layers needs a choice."""
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


def test_polygons_need_outline() -> None:
    """Polygons are rejected unless their outline is asked for."""
    with pytest.raises(BorderError, match="outline=True"):
        Border.from_lines(RING, name="area")
    border = Border.from_lines(RING, name="area", outline=True)
    assert border.geometry.length == pytest.approx(RING.length)
    assert km_to(border, 31.5, 51.0) > 10


def test_collections_are_flattened() -> None:
    """Collections are split into lines, and heights are dropped."""
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
        (shapely.LineString(), "none of its 1 features has a geometry"),
        (shapely.LineString([(50, 30), (51, 131)]), r"vertex \(51\.0, 131\.0\) is off the globe"),
        (shapely.LineString([(5_000_000, 30), (51, 31)]), "longitude comes first, in degrees"),
    ],
)
def test_invalid_lines_are_rejected(geometry: shapely.Geometry, message: str) -> None:
    """What is not a line on the globe is rejected."""
    with pytest.raises(BorderError, match=message):
        Border.from_lines(geometry, name="front")


def test_several_lines_are_one_border() -> None:
    """Several lines form one border."""
    lines = [shapely.LineString([(30, 50), (31, 51)]), shapely.LineString([(33, 50), (34, 51)])]
    assert len(Border.from_lines(lines, name="two").geometry.geoms) == 2


@pytest.mark.parametrize("geometry", ["LINESTRING (30 50, 31 51)", [(30, 50), (31, 51)], [], 7])
def test_non_geometries_are_rejected(geometry: object) -> None:
    """Values that are not geometries are rejected."""
    with pytest.raises(BorderError, match="made of shapely geometries or a GeoDataFrame, not of a"):
        Border.from_lines(geometry, name="front")


def test_days_are_parsed() -> None:
    """Days may be dates, times or ISO text."""
    line = shapely.LineString([(30, 50), (31, 51)])
    border = Border.from_lines(line, name="front", valid_from="2024-01-25", valid_to=pd.Timestamp("2024-02-01 12:00"))
    assert (border.valid_from, border.valid_to) == (date(2024, 1, 25), date(2024, 2, 1))
    with pytest.raises(BorderError, match="valid_from is 'January', which is not a date; write it as 2024-01-25"):
        Border.from_lines(line, name="front", valid_from="January")


def test_pair_is_two_countries() -> None:
    """A pair is two country codes."""
    line = shapely.LineString([(30, 50), (31, 51)])
    assert Border.from_lines(line, name="front", pair=["ukr", "rus"]).pair == ("UKR", "RUS")
    with pytest.raises(BorderError, match="pair is 'UKR'; give two countries"):
        Border.from_lines(line, name="front", pair="UKR")


def test_edges_are_planar_or_geodesic() -> None:
    """The edge model is "planar" or "geodesic"."""
    with pytest.raises(BorderError, match="'planar' or 'geodesic'"):
        Border.from_lines(LINE, name="front", edges="straight")  # type: ignore[arg-type]
    along = {
        model: Border.from_lines(shapely.LineString([(20, 60), (60, 60)]), name="p", edges=model)
        for model in ("planar", "geodesic")
    }
    assert km_to(along["planar"], 40, 60) < 1e-3
    assert km_to(along["geodesic"], 40, 60) > 100


# --- odd files --------------------------------------------------------------------------------------------------------


def geojson(path: Path, *geometries: object) -> Path:
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def line_of(*points: tuple[float, float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": points}


def test_null_geometry_is_noted(tmp_path: Path) -> None:
    """Features without geometry are left out, and a note counts them."""
    border = Border.from_file(geojson(tmp_path / "line.geojson", None, line_of((36, 50), (37, 51))))
    assert border.notes == ("1 of 2 features have no geometry and are left out",)
    assert border.facts()["note"] == border.notes[0]
    with pytest.raises(BorderError, match="none of its 1 features has a geometry"):
        Border.from_file(geojson(tmp_path / "null.geojson", None))


def test_swapped_coordinates_are_noted(tmp_path: Path) -> None:
    """A line far from all strikes that would be near when swapped gets a note, and is used unchanged."""
    strikes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([36.2], [50.0], crs="EPSG:4326"))
    swapped = Border.from_file(geojson(tmp_path / "line.geojson", line_of((50, 36), (51, 37))))
    measured = measure_depth(strikes, swapped)
    assert measured["depth_km"].iloc[0] > 1500
    assert "swapped; are they?" in add_swap_note(swapped, measured).notes[0]
    right = Border.from_file(geojson(tmp_path / "right.geojson", line_of((36, 50), (37, 51))))
    assert add_swap_note(right, measure_depth(strikes, right)) is right
    far = Border.from_file(geojson(tmp_path / "far.geojson", line_of((-60, -20), (-61, -21))))
    assert add_swap_note(far, measure_depth(strikes, far)) is far
    nowhere = measured.assign(depth_km=np.nan)
    assert add_swap_note(swapped, nowhere) is swapped


def test_escapes_in_names_are_removed(tmp_path: Path) -> None:
    """Terminal escapes in a file name reach neither the id nor the source."""
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


def test_odd_names_are_rejected_briefly(tmp_path: Path) -> None:
    """An invalid name is rejected at once, with a readable message."""
    for name, message in odd_names(tmp_path).items():
        with pytest.raises(BorderError) as refused:
            Border.named(name)
        assert message in str(refused.value)
        assert len(str(refused.value)) < 600


def test_pair_names_ignore_case() -> None:
    """Names of pairs may be in any case."""
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


def test_bands_cross_the_antimeridian() -> None:
    """A circle that crosses the antimeridian does not reach around the globe."""
    line = shapely.LineString([(179.0, 60.0), (179.5, 60.0)])
    area = shapely.union_all(
        [shapely.Polygon(np.cumsum(np.reshape(rings[0], (-1, 2)), axis=0) / 200)
         for rings in band_outlines(line, (100,))["bands"][0]["area"]]
    )  # fmt: skip
    assert shapely.contains_xy(area, [179.2, -179.8], [60.1, 60.0]).all()
    assert not shapely.contains_xy(area, [0.0, -150.0, 150.0], [60.0, 60.0, 60.0]).any()


def test_huge_lines_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that would take gigabytes is rejected with its size and the limit."""
    monkeypatch.setattr(border_lines, "_MOST_VERTICES", 1000)
    fine = shapely.LineString(np.column_stack([np.linspace(30, 31, 1001), np.full(1001, 50.0)]))
    with pytest.raises(BorderError, match="has 1,001 vertices, and at most 1,000 are allowed"):
        Border.from_lines(fine, name="fine")
    monkeypatch.setattr(border_lines, "_MOST_PIECES", 1000)
    with pytest.raises(BorderError, match="too long to measure from"):
        Border.from_lines(shapely.LineString([(0, 0), (90, 0)]), name="long")
    assert Border.from_lines(shapely.LineString([(0, 0), (9, 0)]), name="short").name == "short"


def test_tiny_lines_cost_little() -> None:
    """Thousands of tiny lines cost little, and are measured from."""
    tiny = [shapely.LineString([(36 + k / 1e4, 50), (36 + k / 1e4 + 1e-6, 50)]) for k in range(3000)]
    assert km_to(Border.from_lines(tiny, name="tiny"), 36.1, 50.0) < 0.01


def test_repeated_vertices_are_ignored() -> None:
    """Repeated vertices and edges of zero length change nothing."""
    twice = shapely.LineString([(36, 50), (36, 50), (37, 51), (37, 51)])
    once = shapely.LineString([(36, 50), (37, 51)])
    expected = km_to(Border.from_lines(once, name="a"), 36, 51)
    assert km_to(Border.from_lines(twice, name="a"), 36, 51) == pytest.approx(expected)


def test_border_needs_a_line() -> None:
    """A border needs a line."""
    with pytest.raises(BorderError, match="make a Border with from_lines or from_file"):
        Border(name="front", geometry=shapely.MultiLineString())

"""Tables of others: rows made by hand in the shape of each, read into the same strikes; no row of theirs is copied."""

import csv
import datetime as dt
import gzip
import io
import json
import shutil
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

from geostrike import Border, measure_depth, read_strikes
from geostrike.errors import InputError
from geostrike.exchange.schemas import KEYS, known_schemas, load_schema
from geostrike.tables import PLACE_KINDS, STRIKES, TARGET_KINDS, WEAPONS, check_table

ACLED = [
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
]


def as_csv(columns, rows, *, delimiter=",", header=True, quoting=csv.QUOTE_MINIMAL):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)
    if header:
        writer.writerow(columns)
    writer.writerows([[row.get(column, "") for column in columns] for row in rows])
    return text.getvalue()


@pytest.fixture
def read(tmp_path):
    """Read a text or bytes as a file of strikes."""

    def reader(content, name, **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        result = read_strikes(path, **options)
        check_table(result.strikes, STRIKES)
        return result

    return reader


def acled_row(**cells):
    row = {
        "event_id_cnty": "RUS1", "event_date": "2024-01-25", "year": "2024", "time_precision": "1",
        "disorder_type": "Political violence", "event_type": "Explosions/Remote violence",
        "sub_event_type": "Air/drone strike", "actor1": "Military Forces of Ukraine (2019-)", "inter1": "State forces",
        "iso": "643", "region": "Europe", "country": "Russia", "admin1": "Krasnodar", "location": "Tuapse",
        "latitude": "44.1", "longitude": "39.08", "geo_precision": "1", "source": "made up", "notes": "Made up.",
        "fatalities": "0",
    }  # fmt: skip
    return row | cells


# --- ACLED ------------------------------------------------------------------------------------------------------------


def test_acled(read):
    """An ACLED export is recognised, filtered and translated."""
    rows = [
        acled_row(),
        acled_row(event_id_cnty="RUS2", event_date="25 January 2024", time_precision="2", geo_precision="2"),
        acled_row(event_id_cnty="RUS3", event_date="03/02/2024", time_precision="3", geo_precision="3"),
        acled_row(event_id_cnty="RUS4", event_type="Protests", sub_event_type="Peaceful protest"),
        acled_row(event_id_cnty="RUS5", sub_event_type="Grenade", actor1="Unidentified Armed Group (Russia)"),
    ]
    result = read("\ufeff" + as_csv(ACLED, rows), "acled.csv")
    assert result.schema.name == "acled"
    assert result.quarantine[["line", "code"]].values.tolist() == [[5, "NOT_A_STRIKE"], [6, "NOT_A_STRIKE"]]
    strikes = result.strikes
    assert strikes["date_start"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-25", "2024-01-22", "2024-02-01"]
    assert strikes["date_end"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-25", "2024-01-28", "2024-02-29"]
    assert strikes["date_precision"].tolist() == ["day", "span", "month"]
    assert set(strikes["date_basis"]) == {"reported"}
    assert strikes["place_kind"].tolist() == ["settlement", "near", "region"]
    assert strikes["geo_precision"].tolist() == [1, 2, 3]
    assert strikes["radius_km"].tolist() == [5, 25, 150]
    assert strikes[["attacker", "attacker_basis", "country"]].drop_duplicates().values.tolist() == [
        ["UKR", "inferred", "RUS"]
    ]
    assert strikes["source_id"].tolist() == ["RUS1", "RUS2", "RUS3"]
    assert strikes["notes"].tolist() == ["Made up."] * 3
    assert strikes["source_country"].iloc[0] == "Russia"
    measured = measure_depth(strikes, Border.between("UKR", "RUS"))
    assert set(measured["side"]) == {"across"}


def test_acled_filter(read):
    """The filter of ACLED can be changed."""
    rows = [acled_row(), acled_row(event_id_cnty="RUS4", event_type="Protests", sub_event_type="Peaceful protest")]
    content = as_csv(ACLED, rows)
    assert len(read(content, "acled.csv", keep="all").strikes) == 2
    kept = read(content, "acled.csv", keep={"event_type": ["Protests"]})
    assert kept.strikes["source_id"].tolist() == ["RUS4"]
    with pytest.raises(InputError, match="no column 'kind' to choose by"):
        read(content, "acled.csv", keep={"kind": ["x"]})


def test_future_day_as_written(read):
    """The reason names the day that is written, not the first day of the widened interval."""
    result = read(as_csv(ACLED, [acled_row(event_date="2124-01-25", time_precision="2")]), "acled.csv")
    assert result.quarantine[["code", "reason"]].values.tolist() == [["FUTURE_DATE", "2124-01-25 is in the future"]]


def test_older_acled(read):
    """Older ACLED exports are recognised."""
    columns = ["data_id", "iso", *ACLED, "event_id_no_cnty", "iso3"]
    assert len(read(as_csv(columns, [acled_row(data_id="1", iso3="RUS")]), "old.csv").strikes) == 1
    fewer = [name for name in ACLED if name not in {"disorder_type", "civilian_targeting", "tags", "time_precision"}]
    assert len(read(as_csv(fewer, [acled_row()]), "older.csv").strikes) == 1


# --- UCDP -------------------------------------------------------------------------------------------------------------


def ucdp_row(**cells):
    row = {
        "id": "1", "relid": "RUS-2024-1-1", "year": "2024", "type_of_violence": "1", "side_a": "A", "side_b": "B",
        "where_prec": "1", "where_coordinates": "Tuapse town", "latitude": "44.1", "longitude": "39.08",
        "geom_wkt": "POINT (39.08 44.1)", "country": "Russia", "event_clarity": "1", "date_prec": "1",
        "date_start": "2024-01-25 00:00:00.000", "date_end": "2024-01-25 00:00:00.000", "best": "0",
        "source_headline": "A headline", "source_original": "made up",
    }  # fmt: skip
    return row | cells


@pytest.mark.parametrize("header", [True, False])
def test_ucdp_header_optional(read, header):
    """UCDP files are read with and without a header."""
    columns = load_schema("ucdp").names
    assert len(columns) == 49
    rows = [ucdp_row(id=str(code), where_prec=str(code)) for code in range(1, 8)]
    rows += [ucdp_row(id="8", date_prec="4", date_end="2024-02-20 00:00:00.000")]
    result = read(as_csv(columns, rows, header=header), "GEDEvent.csv")
    assert (result.schema.name, len(result.strikes)) == ("ucdp", 8)
    strikes = result.strikes
    kinds = ["settlement", "near", "district", "region", "area", "", "sea", "settlement"]
    assert strikes["place_kind"].tolist() == kinds
    assert strikes["place_status"].tolist() == ["given"] * 5 + ["unresolved"] + ["given"] * 2
    assert "whole country" in strikes["place_reason"].iloc[5]
    assert strikes["date_precision"].iloc[7] == "span"
    assert str(strikes["date_end"].iloc[7].date()) == "2024-02-20"
    assert (strikes["attacker"] == "").all()


# --- VIINA ------------------------------------------------------------------------------------------------------------


def test_viina_one_per_day(read):
    """VIINA's one-per-day file is read."""
    columns = [
        "viina_version",
        "event_id_1pd",
        "date",
        "n_reports",
        "event_ids",
        "sources",
        "geonameid",
        "feature_code",
        "asciiname",
        "ADM1_NAME",
        "ADM2_NAME",
        "longitude",
        "latitude",
        "GEO_PRECISION",
        "t_mil_b",
        "a_rus_b",
        "a_ukr_b",
        "a_rus_init_b",
        "a_ukr_init_b",
        "t_aad_b",
        "t_airstrike_b",
        "t_uav_b",
        "t_artillery_b",
    ]
    base = {
        "viina_version": "v",
        "date": "20240125",
        "sources": "x",
        "asciiname": "Lyman",
        "longitude": "37.8",
        "latitude": "48.9",
    }
    zero = dict.fromkeys(columns[14:], "0")
    rows = [
        zero | base | {"event_id_1pd": "1", "GEO_PRECISION": "ADM3", "t_uav_b": "1", "a_rus_init_b": "1"},
        zero | base | {"event_id_1pd": "2", "GEO_PRECISION": "ADM1", "t_artillery_b": "1", "a_ukr_init_b": "1"},
        zero | base | {"event_id_1pd": "3", "GEO_PRECISION": "ADM3"},
        # Whose forces were involved is not who began it; and two labels that say different things say nothing.
        zero | base | {"event_id_1pd": "4", "GEO_PRECISION": "STREET", "t_uav_b": "1", "a_rus_b": "1"},
        zero
        | base
        | dict.fromkeys(("t_uav_b", "t_artillery_b", "a_rus_init_b", "a_ukr_init_b"), "1")
        | {"event_id_1pd": "5"},
    ]
    result = read(as_csv(columns, rows), "event_1pd.csv")
    assert result.schema.name == "viina"
    assert result.strikes[["weapon", "attacker", "place_kind"]].values.tolist() == [
        ["drone", "RUS", "settlement"],
        ["artillery", "UKR", "region"],
        ["drone", "", "settlement"],
        ["", "", "point"],
    ]
    assert result.quarantine["code"].tolist() == ["NOT_A_STRIKE"]


def test_viina_without_labels(read, tmp_path):
    """VIINA reports without labels are all kept, with a note."""
    columns = [
        "viina_version",
        "event_id",
        "event_id_1pd",
        "date",
        "time",
        "asciiname",
        "longitude",
        "latitude",
        "GEO_PRECISION",
        "source",
        "url",
        "text",
        "lang",
    ]
    row = {
        "viina_version": "v",
        "event_id": "7",
        "date": "20240125",
        "asciiname": "Lyman",
        "longitude": "37.8",
        "latitude": "48.9",
        "text": "Текст",
    }
    content = as_csv(columns, [row, row | {"event_id": "8"}, row | {"event_id": "9"}])
    result = read(content, "event_info_latest_2024.csv")
    assert result.strikes["source_id"].tolist() == ["7", "8", "9"]
    assert any("does not say which rows are strikes" in note for note in result.notes)
    assert any("event_labels_latest_2024.csv would add columns" in note for note in result.notes)
    labels = ["viina_version", "event_id", "date", "t_airstrike", "t_airstrike_b", "a_rus_init_b"]
    common = {"viina_version": "v", "date": "20240125", "t_airstrike": "0.9", "a_rus_init_b": "1"}
    rows = [common | {"event_id": "8", "t_airstrike_b": "1"}, common | {"event_id": "7", "t_airstrike_b": "0"}]
    (tmp_path / "event_labels_latest_2024.csv").write_text(as_csv(labels, rows))
    result = read(content, "event_info_latest_2024.csv")
    assert result.strikes[["source_id", "weapon", "attacker", "t_airstrike"]].values.tolist() == [
        ["8", "air strike", "RUS", "0.9"]
    ]
    assert result.quarantine["line"].tolist() == [2, 4]
    assert "joined with event_labels_latest_2024.csv by event_id; 1 rows are not in it" in result.notes
    assert "text" in result.columns


# --- GDELT ------------------------------------------------------------------------------------------------------------


def test_gdelt_events(read):
    """GDELT events are read without a header."""
    columns = load_schema("gdelt").names
    assert len(columns) == 61
    base = {
        "SQLDATE": "20240125",
        "ActionGeo_FullName": 'Tuapse "town"',
        "ActionGeo_Lat": "44.1",
        "ActionGeo_Long": "39.08",
        "SOURCEURL": "https://example.org",
    }
    rows = [
        base | {"GLOBALEVENTID": "1", "EventCode": "1951", "ActionGeo_Type": "4", "Actor1CountryCode": "UKR"},
        base | {"GLOBALEVENTID": "2", "EventCode": "194", "ActionGeo_Type": "1"},
        base | {"GLOBALEVENTID": "3", "EventCode": "010", "ActionGeo_Type": "4"},
    ]
    lines = ["\t".join(row.get(column, "") for column in columns) for row in rows]
    result = read("\n".join(lines) + "\n", "20240125000000.export.CSV")
    assert result.schema.name == "gdelt"
    assert result.strikes[["weapon", "attacker", "place_status"]].values.tolist() == [
        ["air strike", "UKR", "given"],
        ["artillery", "", "unresolved"],
    ]
    assert result.strikes["place"].iloc[0] == 'Tuapse "town"'
    assert result.quarantine[["line", "code"]].values.tolist() == [[3, "NOT_A_STRIKE"]]


def test_gkg_row_per_place(read):
    """GKG gives one row for each place."""
    columns = load_schema("gkg").names
    assert len(columns) == 27
    two = "4#Tuapse, Krasnodarskiy Kray, Russia#RS#RS38#44.1#39.08#-1;1#Russia#RS#RS#60#100#RS"
    rows = [
        {
            "GKGRECORDID": "20240125-1",
            "V2.1DATE": "20240125001500",
            "V1Themes": "ARMEDCONFLICT;OIL",
            "V1Locations": two,
        },
        {"GKGRECORDID": "20240125-2", "V2.1DATE": "20240125001500", "V1Themes": "ARMEDCONFLICT", "V1Locations": ""},
        {"GKGRECORDID": "20240125-3", "V2.1DATE": "20240125001500", "V1Themes": "SPORT", "V1Locations": two},
    ]
    lines = ["\t".join(row.get(column, "") for column in columns) for row in rows]
    result = read("\n".join(lines) + "\n", "20240125001500.gkg.csv")
    assert (result.schema.name, result.rows_in) == ("gkg", 5)
    assert result.strikes[["source_id", "place_status"]].values.tolist() == [
        ["20240125-1#0", "given"],
        ["20240125-1#1", "unresolved"],
    ]
    assert result.quarantine["line"].tolist() == [2, 3, 3]


# --- TimeMap, GeoConfirmed --------------------------------------------------------------------------------------------


def test_timemap(read):
    """TimeMap events are read, month first."""
    event = {
        "id": "T1", "date": "1/5/2024", "latitude": "44.1", "longitude": "39.08", "location": "Tuapse",
        "description": "x", "sources": [{"id": "S", "path": "https://example.org"}],
        "filters": [{"key": "Type", "value": "Drone"}],
    }  # fmt: skip
    result = read(json.dumps([event]), "events.json")
    assert result.schema.name == "timemap"
    assert str(result.strikes["date_start"].iloc[0].date()) == "2024-01-05"
    assert json.loads(result.strikes["filters"].iloc[0]) == event["filters"]


def test_geoconfirmed_json(read):
    """GeoConfirmed's JSON is read."""
    event = {
        "id": "g",
        "date": "2024-01-25T00:00:00Z",
        "latitude": 44.1,
        "longitude": 39.08,
        "description": "x",
        "faction": "Ukraine",
        "originalSource": "https://example.org",
    }
    result = read(json.dumps({"items": [event]}), "placemarks.json")
    # The faction is whose men or equipment are to be seen, not who attacked.
    assert (result.schema.name, result.strikes["attacker"].tolist()) == ("geoconfirmed", [""])
    assert result.strikes["faction"].tolist() == ["Ukraine"]


def test_geoconfirmed_csv(read):
    """GeoConfirmed's CSV is read."""
    header = "Date;Name;Faction;Origin;Latitude;Longitude;PlusCode;Description;Source;Geolocation;Equipment;Units;Id"
    row = '2024-01-25;x;Russia;UAV;44.1;39.08;"GH4P+X43 Tuapse, Russia";"Fire, seen";https://example.org/1;;;;g1'
    result = read(f"{header}\n{row}\n", "geoconfirmed.csv")
    assert (result.schema.name, result.strikes["source_id"].tolist()) == ("geoconfirmed", ["g1"])
    assert result.columns["url"] == "Source"
    assert result.strikes["attacker"].tolist() == [""]


def test_placemark_named_by_day(read):
    """A placemark whose name is a day has that day as its date."""
    mark = "<Placemark><name><![CDATA[{}]]></name>{}<Point><coordinates>39.08,44.1,0</coordinates></Point></Placemark>"
    time = "<TimeStamp><when>2024-02-03</when></TimeStamp>"
    marks = mark.format("25 JAN 2024", "") + mark.format("25 JAN 2024", time) + mark.format("Tuapse", "")
    strikes = read(f"<kml><Document>{marks}</Document></kml>", "doc.kml").strikes
    assert strikes["place_as_written"].tolist() == ["", "25 JAN 2024", "Tuapse"]
    assert strikes["date_start"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2024-01-25", "2024-02-03"]
    assert strikes["date_start"].isna().tolist() == [False, False, True]


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<Placemark id="p1"><name>Tuapse</name><description><![CDATA[<b>x</b>]]></description>
<TimeStamp><when>2024-01-25</when></TimeStamp>
<ExtendedData><Data name="weapon"><value>drone</value></Data></ExtendedData>
<Point><coordinates>39.08,44.1,0</coordinates></Point></Placemark>
<Placemark><name>line</name><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark>
<Placemark><name>bad</name><Point><coordinates>39.08;44.1</coordinates></Point></Placemark>
</Folder></Document></kml>"""


def test_kml(read):
    """KML placemarks are read with their time and values."""
    result = read(KML, "events.kml")
    assert result.strikes[["source_id", "place", "weapon", "description"]].values.tolist() == [
        ["p1", "Tuapse", "drone", "<b>x</b>"]
    ]
    assert str(result.strikes["date_start"].iloc[0].date()) == "2024-01-25"
    assert result.quarantine[["line", "code"]].values.tolist() == [[2, "BAD_GEOMETRY"], [3, "BAD_GEOMETRY"]]


def test_endless_entities_rejected(read):
    """XML that defines entities is rejected."""
    bomb = (
        '<!DOCTYPE k [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>'
    )
    with pytest.raises(InputError, match="document type"):
        read('<?xml version="1.0"?>' + bomb, "events.kml")
    with pytest.raises(InputError, match="not well-formed XML"):
        read(KML[:300], "events.kml")


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def points():
    return gpd.GeoDataFrame(
        {
            "id": ["007", "8"],
            "date": pd.to_datetime(["2024-01-25", "2024-01-26"]),
            "place": ["Туапсе", "=1+1"],
            "n": [1, 2],
        },
        geometry=gpd.points_from_xy([39.08, 37.8], [44.1, 47.1], crs="EPSG:4326"),
    )


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
@pytest.mark.parametrize("ending", [".gpkg", ".fgb", ".parquet"])
def test_any_projection(points, tmp_path, ending, crs):
    """Geometry in any projection becomes degrees."""
    path = tmp_path / f"events{ending}"
    moved = points.to_crs(crs)
    moved.to_parquet(path) if ending == ".parquet" else moved.to_file(path, engine="pyogrio")
    strikes = read_strikes(path).strikes.sort_values("source_id")
    assert strikes[["source_id", "place", "n"]].values.tolist() == [["007", "Туапсе", "1"], ["8", "=1+1", "2"]]
    assert strikes["date_start"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-25", "2024-01-26"]
    assert np.allclose(strikes.geometry.x, [39.08, 37.8], atol=1e-7)


def test_shapefiles(points, tmp_path):
    """A shapefile is read alone and in a zip."""
    folder = tmp_path / "shp"
    folder.mkdir()
    points.assign(date=points["date"].dt.strftime("%Y-%m-%d")).to_file(
        folder / "events.shp", engine="pyogrio", encoding="utf-8"
    )
    shutil.make_archive(str(tmp_path / "events"), "zip", folder)
    for path in (folder / "events.shp", tmp_path / "events.zip"):
        assert read_strikes(path).strikes["place"].tolist() == ["Туапсе", "=1+1"]


def test_mislabelled_files_rejected(read, points, tmp_path):
    """A file of another type than its name says is rejected."""
    layer = "<OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    vrt = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    for name in ("a.gpkg", "a.fgb", "a.shp", "a.parquet", "a.xlsx", "a.geojson", "a.kml", "a.zip", "a.gz"):
        with pytest.raises(InputError):
            read(vrt, name)
    points.to_parquet(tmp_path / "b.parquet")
    points.to_file(tmp_path / "b.gpkg", engine="pyogrio")
    for name in ("b.parquet", "b.gpkg"):
        whole = (tmp_path / name).read_bytes()
        with pytest.raises(InputError, match=name):
            read(whole[: len(whole) // 3], name)


def test_layer_choice(points, tmp_path):
    """One of several layers must be chosen."""
    path = tmp_path / "two.gpkg"
    points.to_file(path, layer="a", engine="pyogrio")
    points.to_file(path, layer="b", engine="pyogrio")
    with pytest.raises(InputError, match="2 layers"):
        read_strikes(path)
    assert len(read_strikes(path, layer="b").strikes) == 2


def test_lines_quarantined(tmp_path):
    """Geometries other than points are quarantined."""
    frame = gpd.GeoDataFrame(
        {"id": [1, 2]}, geometry=[LineString([(0, 0), (1, 1)]), Point(39.08, 44.1)], crs="EPSG:4326"
    )
    frame.to_file(tmp_path / "mixed.gpkg", engine="pyogrio")
    result = read_strikes(tmp_path / "mixed.gpkg")
    assert (len(result.strikes), result.quarantine["code"].tolist()) == (1, ["BAD_GEOMETRY"])


def test_workbook(tmp_path):
    """A workbook is read as text."""
    book = openpyxl.Workbook()
    book.active.append(["id", "date", "lat", "lon", "place"])
    book.active.append(["007", dt.datetime(2024, 1, 25), 44.1, 39.08, "=1+1"])
    book.active["E2"].data_type = "s"
    book.active.append([])
    book.active.append([8, "2024-01-26", "44,1", 39, None, "too much"])
    book.active.append([9.0, 45316, 44.1, 39])
    book.save(tmp_path / "events.xlsx")
    result = read_strikes(tmp_path / "events.xlsx")
    assert result.strikes[["source_id", "place"]].values.tolist() == [["007", "=1+1"]]
    assert result.quarantine[["line", "code"]].values.tolist() == [[4, "RAGGED_ROW"], [5, "BAD_DATE"]]


def test_archives_and_bombs(read):
    """Packed files are read, and bombs are not."""
    content = as_csv(ACLED, [acled_row()]).encode()
    assert len(read(gzip.compress(content), "acled.csv.gz").strikes) == 1
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        folder.writestr("data/acled.csv", content)
        folder.writestr("README", "x")
    assert len(read(packed.getvalue(), "acled.zip").strikes) == 1
    with pytest.raises(InputError, match="unpacks to more than"):
        read(gzip.compress(b"0" * 50_000_000), "bomb.csv.gz")
    with pytest.raises(InputError, match="cannot be unpacked"):
        read(gzip.compress(content)[:-20], "cut.csv.gz")


# --- descriptions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in known_schemas() if name != "geostrike"])
def test_schemas_use_known_words(name):
    """A schema translates to geostrike's words only."""
    schema = load_schema(name)
    assert set(schema.columns) <= set(KEYS)
    vocabularies = {"weapon": WEAPONS, "target_kind": TARGET_KINDS, "attacker": {"RUS", "UKR", "BLR"}}
    for words in schema.words:
        assert set(words.values.values()) <= set(vocabularies[words.to])
    for code in schema.place_precision.codes.values():
        assert code["kind"] in PLACE_KINDS
    assert len(schema.names) == len(set(schema.names))


def test_own_schema(read, tmp_path):
    """A schema of the user's own works like a shipped one."""
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\ntitle = "mine"\ndates = "dmy"\n[columns]\nid = ["Nr"]\ndate = ["Tag"]\nplace = ["Ort"]\n',
        encoding="utf-8",
    )
    strikes = read("Nr;Tag;Ort\n1;03/04/2024;Tuapse\n", "own.csv", schema=own).strikes
    assert strikes[["source_id", "place_as_written"]].values.tolist() == [["1", "Tuapse"]]
    assert str(strikes["date_start"].iloc[0].date()) == "2024-04-03"
    own.write_text("name = 1\n[columns]\nday = ['x']\n", encoding="utf-8")
    with pytest.raises(InputError, match="not a description of a table"):
        read("a\n1\n", "own.csv", schema=own)
    with pytest.raises(InputError, match="there is no schema 'nato'"):
        read("a\n1\n", "own.csv", schema="nato")

"""Tables in: every row is a strike or in quarantine with line and reason, and nothing is guessed in silence."""

import contextlib
import csv
import datetime as dt
import io
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geostrike import Border, depth_summary, locate, measure_depth, read_strikes, strike_map
from geostrike.errors import InputError
from geostrike.exchange import csv_bytes, geojson_bytes
from geostrike.exchange.days import read_days
from geostrike.exchange.degrees import pair_fault, read_degrees
from geostrike.tables import QUARANTINE, STRIKES, check_table

HEADER = "id,date,place,latitude,longitude,text"


def table(*lines, header=HEADER):
    return "\n".join([header, *lines]) + "\n"


@pytest.fixture
def read(tmp_path):
    """Read a text or bytes as a file of strikes."""

    def reader(content, name="events.csv", **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        result = read_strikes(path, **options)
        check_table(result.strikes, STRIKES)
        check_table(result.quarantine, QUARANTINE)
        return result

    return reader


def refused(result):
    """Line and code of each row in quarantine."""
    return list(zip(result.quarantine["line"], result.quarantine["code"], strict=True))


# --- dates ------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
@example(dt.date(2024, 2, 29))
def test_days_in_any_notation(day):
    """A day is read from every accepted notation."""
    for form in (
        "%Y-%m-%d",
        "%Y%m%d",
        "%Y-%m-%dT23:59:59Z",
        "%Y-%m-%d 00:00:00.000",
        "%d %B %Y",
        "%B %d, %Y",
        "%d.%m.%Y",
    ):
        days = read_days(day.strftime(form))
        assert (days.start, days.end, days.precision) == (day, day, "day"), form


@settings(deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_ambiguous_figures_rejected(day):
    """Figures mean one day, or are rejected."""
    for form, order in (("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy")):
        text = day.strftime(form)
        assert read_days(text, order=order).start == day
        days = read_days(text)
        if day.day > 12 or day.day == day.month:
            assert days.start == day
        else:
            assert (days.code, days.start) == ("AMBIGUOUS_DATE", None)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_as_date(text):
    """Any text is an interval of days, or has a code and a reason."""
    days = read_days(text)
    assert bool(days.reason) == bool(days.code)
    assert days.start is not None or days.code or not text.strip()


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("March 2024", "2024-03-01", "2024-03-31", "month"),
        ("2024", "2024-01-01", "2024-12-31", "vague"),
        ("2024-01-25/2024-01-27", "2024-01-25", "2024-01-27", "span"),
        ("2024-01-25 - 2024-01-27", "2024-01-25", "2024-01-27", "span"),
        ("25 января 2024", "2024-01-25", "2024-01-25", "day"),
        ("25-Jan-2024", "2024-01-25", "2024-01-25", "day"),
    ],
)
def test_partial_dates(text, start, end, precision):
    """Months, years and intervals become intervals of days."""
    days = read_days(text)
    assert (str(days.start), str(days.end), days.precision) == (start, end, precision)


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2024-13-01", "0000-00-00", "45316", "1706140800", "yesterday", "24-01-2", "25:00", "٢٠٢٤-٠١-٢٥",
     "2024-01-27/2024-01-25", "2024-01-25T25:00", "1024-01-25", "nan", "=TODAY()"],
)  # fmt: skip
def test_impossible_dates(text):
    """What is not a date is reported as such."""
    assert read_days(text).code == "BAD_DATE"


def test_counted_days():
    """Serial days and seconds are read only when the order says so."""
    assert read_days("45316", order="excel").start == dt.date(2024, 1, 25)
    assert read_days("1706140800", order="epoch").start == dt.date(2024, 1, 25)
    assert "dates='excel'" in read_days("45316").reason


# --- coordinates ------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.floats(-90, 90, allow_subnormal=False))
def test_decimal_degrees_exact(value):
    """Decimal degrees are read exactly."""
    degrees = read_degrees(f"{value:.12f}", "latitude")
    assert (degrees.value, degrees.repaired) == (float(f"{value:.12f}"), False)


@settings(deadline=None)
@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59), st.sampled_from("NS"))
def test_sexagesimal_degrees_repaired(degrees, minutes, seconds, letter):
    """Degrees, minutes and seconds are read, and count as repaired."""
    found = read_degrees(f"{degrees}°{minutes}'{seconds}\"{letter}", "latitude")
    assert found.repaired
    assert found.value == pytest.approx((degrees + minutes / 60 + seconds / 3600) * (1 if letter == "N" else -1))


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_text_as_degrees(text):
    """Any text is a coordinate, or has a code and a reason."""
    found = read_degrees(text, "longitude")
    assert np.isfinite(found.value) or found.code or not text.strip()
    assert bool(found.code) == bool(found.reason)


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-Infinity", "5_0.9", "٤٤", "0x10", "44.1.2", "44,1,2", "44;39", "N/A", "44°70'"]
)
def test_impossible_degrees(text):
    """What is not a coordinate is reported as such."""
    assert read_degrees(text, "latitude").code == "BAD_COORD"


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        (44.1, 39.1, ""),
        (0, 0, "BAD_COORD"),
        (144.1, 39.1, "SWAPPED_COORD"),
        (91, 181, "OUT_OF_RANGE"),
        (4_900_000, 4_350_000, "OUT_OF_RANGE"),
    ],
)
def test_pairs_on_globe(latitude, longitude, code):
    """A pair that passes is on the globe."""
    assert pair_fault(latitude, longitude)[0] == code


# --- the law ----------------------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
    st.sampled_from(["", "44.1", "39.08", "2024-01-25", "03/04/2024", "Tuapse", "nan", "91", '"', ",", "\n", "=1+1"]),
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=4, max_size=8), max_size=8))
def test_rows_add_up(rows, tmp_path_factory):
    """Rows in are strikes and quarantine together."""
    path = tmp_path_factory.mktemp("law") / "events.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADER.split(","))
        writer.writerows(rows)
    result = read_strikes(path)
    records = [row for row in csv.reader(io.StringIO(path.read_bytes().decode(), newline="")) if row]
    assert result.rows_in == len(records) - 1
    assert (result.quarantine["reason"] != "").all()
    assert result.strikes["strike_id"].is_unique
    assert (result.quarantine["line"] > 1).all()


@settings(max_examples=60, deadline=None)
@given(junk=st.binary(max_size=200))
def test_any_bytes(junk, tmp_path_factory):
    """Any bytes are read, or rejected in words."""
    path = tmp_path_factory.mktemp("junk") / "events.csv"
    path.write_bytes(b"id,date,place\n" + junk)
    with contextlib.suppress(InputError):  # which says in words what is wrong; any other error fails
        check_table(read_strikes(path).strikes, STRIKES)


def test_faults_have_lines(read):
    """Each fault is listed with its code and its line in the file."""
    result = read(
        table(
            "a,2024-01-25,Tuapse,44.1,39.08,",
            "b,2024-02-30,Tuapse,44.1,39.08,",
            "c,03/04/2024,Tuapse,44.1,39.08,",
            "d,2099-01-01,Tuapse,44.1,39.08,",
            "e,2024-01-25,Tuapse,nan,39.08,",
            "f,2024-01-25,Tuapse,91,181,",
            "g,2024-01-25,Tuapse,0,0,",
            "h,2024-01-25,Tuapse,44.1,,",
            "i,2024-01-25,Tuapse,39.08,44.1,",
            "a,2024-01-26,Tuapse,44.1,39.08,",
            "k,2024-01-25,Tuapse,44.1",
            "l,2024-01-25,,,,",
            'm,2024-01-25,"Tuapse\nand more",44.1,39.08,',
            "n,2024-01-25,Tua\0pse,44.1,39.08,",
        )
    )
    assert refused(result) == [
        (3, "BAD_DATE"), (4, "AMBIGUOUS_DATE"), (5, "FUTURE_DATE"), (6, "BAD_COORD"), (7, "OUT_OF_RANGE"),
        (8, "BAD_COORD"), (9, "MISSING_VALUE"), (10, "SWAPPED_COORD"), (11, "DUPLICATE_ID"), (12, "RAGGED_ROW"),
        (13, "MISSING_VALUE"), (16, "BAD_TEXT"),
    ]  # fmt: skip
    assert result.strikes["source_id"].tolist() == ["a", "m"]
    assert "line 2" in result.quarantine.set_index("code")["reason"]["DUPLICATE_ID"]


def test_lone_quotation_mark(read):
    """An unpaired quotation mark costs its own row only."""
    result = read(
        table(
            'a,2024-01-25,"Tuapse,44.1,39.08,', "b,2024-01-25,Tuapse,44.1,39.08,", 'c,2024-01-25,"Tuapse",44.1,39.08,'
        )
    )
    assert refused(result) == [(2, "RAGGED_ROW")]
    assert result.strikes["source_id"].tolist() == ["b", "c"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(read, encoding, delimiter):
    """Common encodings and delimiters are recognised."""
    lines = [HEADER] + [f"{i},2024-01-2{i},Туапсе и другие города на побережье,44.1,39.08,ночью" for i in range(5)]
    result = read("\n".join(lines).replace(",", delimiter).encode(encoding))
    assert result.strikes["place_as_written"].tolist() == ["Туапсе и другие города на побережье"] * 5


def test_damaged_bytes(read):
    """Bytes that are not text cost their own row only."""
    result = read(
        table("a,2024-01-25,Туапсе,44.1,39.08,", "b,2024-01-25,Сочи,44.1,39.08,").encode()
        + b"c,2024-01-25,\xff,44.1,39.08,\n"
    )
    assert (result.strikes["source_id"].tolist(), refused(result)) == (["a", "b"], [(4, "BAD_TEXT")])


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"\n\n", "is empty"), (b"a,b\n1,2\n", "--map")])
def test_useless_tables_rejected(read, content, words):
    """A table without anything to read is rejected in a line or two."""
    with pytest.raises(InputError, match=words) as error:
        read(content)
    assert len(str(error.value).splitlines()) <= 3


def test_header_alone(read):
    """A header alone is a table without rows."""
    assert read(HEADER + "\n").rows_in == 0


# --- what comes out ---------------------------------------------------------------------------------------------------


def test_points_and_names(read):
    """Rows with a point are given; rows with a name only are unresolved."""
    strikes = read(table("a,2024-01-25,Tuapse,44.1,39.08,", "b,2024-01-25,Tuapse,,,")).strikes
    assert strikes[["place_status", "place", "country"]].values.tolist() == [
        ["given", "Tuapse", "RUS"],
        ["pending", "", ""],
    ]
    assert strikes.geometry.iloc[0] == Point(39.08, 44.1)
    assert strikes.geometry.iloc[1] is None


def test_unknown_columns_stay(read):
    """Unknown columns keep their names and cells."""
    header = HEADER + ",casualties,place_id,Notiz 1"
    strikes = read(table("a,2024-01-25,Tuapse,44.1,39.08,x,007,P1,=1+1", header=header)).strikes
    assert strikes[["text", "casualties", "source_place_id", "Notiz 1"]].iloc[0].tolist() == ["x", "007", "P1", "=1+1"]
    assert strikes["place_id"].iloc[0] == ""


@pytest.mark.parametrize("alike", [0, 1_500, 3_000], ids=["all differ", "differ later", "all alike"])
def test_repeated_cells_stay_text(read, alike):
    """Cells are text, however often they are repeated."""
    notes = ["the same" if n < alike else f"note {n}" for n in range(3_000)]
    lines = [f"{n},2024-01-25,,44.1,39.08,{note}" for n, note in enumerate(notes)]
    lines[2_000] = "2000,2024-02-30,,44.1,39.08,no such day"
    result = read(table(*lines, header="id,date,place,latitude,longitude,note"))
    assert refused(result) == [(2_002, "BAD_DATE")]
    assert result.strikes["note"].dtype == "str"
    assert result.strikes["note"].tolist() == notes[:2_000] + notes[2_001:]
    assert set(result.strikes.dtypes.astype(str)) <= {"str", "geometry", "float64", "int64", "datetime64[s]"}


def test_columns_can_be_mapped(read):
    """Columns that cannot be guessed can be mapped."""
    content = "wann,wo_n,wo_o\n2024-01-25,44.1,39.08\n"
    columns = {"date": "wann", "latitude": "wo_n", "longitude": "wo_o"}
    result = read(content, columns=columns)
    assert (result.columns, len(result.strikes)) == (columns, 1)
    with pytest.raises(InputError, match="no column 'wenn'"):
        read(content, columns={"date": "wenn"})
    with pytest.raises(InputError, match="nothing can be mapped to 'tag'"):
        read(content, columns={"tag": "wann"})


def test_strikes_are_usable(read):
    """The strikes of a table can be measured, counted and drawn."""
    result = read(table("a,2024-01-25,Tuapse,44.1,39.08,", "b,2024-01-26,Nowhere,,,"))
    measured = measure_depth(result.strikes.assign(attacker="UKR"), Border.between("UKR", "RUS"))
    assert measured["depth_km"].round().tolist()[0] == 342
    assert depth_summary(measured)["located"].sum() == 1
    assert strike_map(measured).get_root().render().startswith("<!DOCTYPE html>")


def test_ids_are_stable(read):
    """The same file gives the same ids."""
    lines = ["a,2024-01-25,Tuapse,44.1,39.08,", "b,2024-01-26,Tuapse,44.1,39.08,"]
    first = read(table(*lines)).strikes.set_index("source_id")["strike_id"]
    second = read(table(*reversed(lines))).strikes.set_index("source_id")["strike_id"]
    assert first.to_dict() == second.to_dict()


DEPOT = "Drones hit an oil depot in {} on 1 April 2022, the governor said."


@pytest.fixture(scope="module")
def own_strikes():
    """Two strikes as the pipeline finds them, one of them without a place."""
    reports = pd.DataFrame({"text": [DEPOT.format("Belgorod"), DEPOT.format("Xyzzyk")]})
    return locate(reports).strikes.assign(note=["=1+1", "'=2"])


@pytest.mark.parametrize("maker", [csv_bytes, geojson_bytes])
def test_own_table_round_trip(read, own_strikes, maker):
    """geostrike's own table is read back unchanged."""
    back = read(maker(own_strikes), "strikes.csv" if maker is csv_bytes else "strikes.geojson")
    assert (back.schema.name, back.rows_in, refused(back)) == ("geostrike", 2, [])
    wanted = own_strikes.reset_index(drop=True)
    for name in [*STRIKES.names, "note"]:
        if name != "geometry":
            pd.testing.assert_series_equal(back.strikes[name], wanted[name], rtol=1e-2)
    assert back.strikes.geometry.geom_equals_exact(wanted.geometry, 1e-6).sum() == 1
    assert back.strikes.geometry.isna().tolist() == wanted.geometry.isna().tolist()
    assert set(depth_summary(back.strikes)["direction"]) == set(depth_summary(own_strikes)["direction"])


def test_own_table_unknown_words(read, own_strikes):
    """Unknown words in geostrike's own table are quarantined."""
    result = read(csv_bytes(own_strikes.assign(status=["certain", "confirmed"])), "strikes.csv")
    assert refused(result) == [(2, "BAD_TEXT")]
    assert "known words" in result.quarantine["reason"].iloc[0]


# --- JSON -------------------------------------------------------------------------------------------------------------


def point(*coordinates):
    return {"type": "Point", "coordinates": coordinates}


def test_foreign_geojson(read):
    """GeoJSON from elsewhere is read with its geometry and properties."""
    area = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    features = [
        {"type": "Feature", "id": 1, "properties": {"date": "2024-01-25"}, "geometry": point(39.08, 44.1)},
        {"type": "Feature", "id": 2, "properties": {"date": "2024-01-25"}, "geometry": None},
        {"type": "Feature", "id": 3, "properties": {"date": "2024-01-25", "name": "Tuapse"}, "geometry": None},
        {"type": "Feature", "id": 4, "properties": None, "geometry": area},
        {"type": "Feature", "id": 5, "properties": {}, "geometry": point("x", 44.1)},
        {"type": "Feature", "id": 6, "properties": {}, "geometry": point(44.1, 139.08)},
        "no feature",
    ]  # fmt: skip
    result = read(json.dumps({"type": "FeatureCollection", "features": features}), "events.geojson")
    assert result.strikes["source_id"].tolist() == ["1", "3"]
    assert refused(result) == [
        (2, "NULL_GEOMETRY"), (4, "BAD_GEOMETRY"), (5, "BAD_GEOMETRY"), (6, "SWAPPED_COORD"), (7, "BAD_TEXT"),
    ]  # fmt: skip


def test_projected_geojson_rejected(read):
    """GeoJSON in metres is rejected."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    with pytest.raises(InputError, match="EPSG::3857"):
        read(json.dumps({"type": "FeatureCollection", "crs": crs, "features": []}), "events.geojson")


def test_json_numbers_unchanged(read):
    """Numbers in JSON stay as written."""
    content = (
        '[{"id": 1, "date": "2024-01-25", "lat": 44.10, "lon": 39.080, "big": 12345678901234567890, "list": [1, 2.50]}]'
    )
    strikes = read(content, "events.json").strikes
    assert strikes[["big", "list"]].iloc[0].tolist() == ["12345678901234567890", "[1, 2.5]"]


def test_broken_json_lines(read):
    """A broken line of JSON Lines costs itself only."""
    result = read('{"date": "2024-01-25", "place": "Tuapse"}\n\n{"date": \n', "events.jsonl")
    assert (len(result.strikes), refused(result)) == (1, [(3, "BAD_TEXT")])


def test_missing_date_column_is_said(read):
    """Where no column is recognised as the date, a note names the unused columns."""
    result = read(table("a,25.01.2024,Tuapse", header="id,Tag der Tat,place"))
    assert [note for note in result.notes if "no column was recognised as the date" in note and "Tag der Tat" in note]
    assert read(table("a,2024-01-25,Tuapse", header="id,date,place")).notes == []


def test_wrong_layer_names_others(tmp_path):
    """A layer that is not there is said to be so, with those that are."""
    points = gpd.GeoDataFrame({"date": ["2024-01-25"]}, geometry=[Point(39.08, 44.1)], crs="EPSG:4326")
    points.to_file(tmp_path / "a.gpkg", layer="mine")
    with pytest.raises(InputError, match="has no layer 'nosuch'; there are: mine"):
        read_strikes(tmp_path / "a.gpkg", layer="nosuch")

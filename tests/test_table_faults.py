"""What a table, a settings file or a decision can hold that is none: one clear line, or the row with its reason."""

# ruff: noqa: E501 - one case an item

import csv
import io
import json
import re
import time
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import geostrike.exchange.reader as reader
from geostrike import (
    Border,
    GeostrikeError,
    InputError,
    TableError,
    bands,
    compare_strikes,
    depth_by_definition,
    depth_by_period,
    depth_ecdf,
    depth_summary,
    depth_trend,
    draw_depths,
    figures,
    locate,
    measure_depth,
    merge_strikes,
    read_strikes,
    record_depths,
    resolve_places,
    strike_map,
    write_strikes,
)
from geostrike.exchange.days import read_days
from geostrike.exchange.degrees import read_degrees
from geostrike.exchange.grid import unique_names
from geostrike.intake.foreign_text import has_doctype
from geostrike.merging.review import apply_decisions, open_records, read_decisions
from geostrike.places.overlay import COLUMNS, read_overlay
from geostrike.reading import read_overrides
from geostrike.runs.compare import compare_runs
from geostrike.tables import DECISIONS as DECISIONS_TABLE
from geostrike.tables import RECORDS, RESOLVED, build_table

HEADER = "id,date,place,latitude,longitude\n"
EVENT = '{"date": "2024-01-25", "place": "Tuapse"}'


def read(folder, name, content):
    """What a file of this content holds."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return read_strikes(path)


def outcome(found):
    """How many rows were read, and the codes of the others."""
    return len(found.strikes), sorted(found.quarantine["code"])


# --- cells ------------------------------------------------------------------------------------------------------------

LONG_CELLS = ("1" * 30_000, "2024 / " * 5_000, "2024-" * 6_000, "a" * 20_000 + "2024" * 5_000, "9" * 30_000 + "E")


@pytest.mark.parametrize("cell", LONG_CELLS)
def test_long_cell_costs_no_time(cell):
    """A date or a coordinate of 30,000 characters is refused at once, in words that are short."""
    began = time.process_time()
    days, degrees = read_days(cell), read_degrees(cell, "latitude")
    assert (days.code, degrees.code) == ("BAD_DATE", "BAD_COORD")
    assert len(days.reason) < 200
    assert len(degrees.reason) < 200
    assert time.process_time() - began < 1


def test_last_day_alone_is_kept(tmp_path):
    """A table with the last day only has an open first day."""
    found = read(tmp_path, "a.csv", "id,place,date_end\n1,Tuapse,2024-01-25\n2,Tuapse,\n")
    assert found.strikes["date_start"].isna().all()
    assert found.strikes["date_end"].astype(str).fillna("").tolist() == ["2024-01-25", ""]
    assert found.strikes["date_precision"].tolist() == ["vague", "unknown"]


@pytest.mark.parametrize("number", ["9" * 400, "1e999", "1e30", "1e16"])
def test_number_beyond_all_kilometres(number, tmp_path):
    """A depth, a count or a radius that no distance is costs its row."""
    own = "strike_id,date_start,date_precision,place_status,status,depth_km\n"
    assert outcome(read(tmp_path, "own.csv", f"{own}a,2024-01-25,day,given,confirmed,{number}\n")) == (0, ["BAD_COORD"])
    table = pd.DataFrame({"date": ["2024-01-25"], "place": "Tuapse", "radius_km": number})
    assert outcome(read_strikes(table)) == (0, ["BAD_COORD"])


# --- wide and odd text tables -----------------------------------------------------------------------------------------


def test_repeated_names_are_linear():
    """Ten times as many columns of one name take about ten times as long."""
    began = time.process_time()
    assert unique_names(["x"] * 200_000)[-1] == "x.200000"
    assert time.process_time() - began < 5


def test_wide_rows_without_ids(tmp_path):
    """Thousands of columns are read, and rows without ids are hashed over all of them."""
    names, empty = ",".join(f"c{n}" for n in range(3_000)), "," * 2_999
    content = f"date,place,{names}\n" + f"2024-01-25,Tuapse,{empty}\n" * 2
    began = time.process_time()
    assert outcome(read(tmp_path, "wide.csv", content)) == (1, ["DUPLICATE_ID"])
    assert time.process_time() - began < 15


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("place", ["Tuapse", "Туапсе, Краснодарский край"])
def test_utf16_without_mark_is_named(order, place, tmp_path):
    """UTF-16 without a byte order mark is refused with its name and the remedy."""
    table = f"id,date,place,lat,lon\n1,2024-01-25,{place},44.1,39.08\n"
    (tmp_path / "t.csv").write_bytes(table.encode(f"utf-16-{order[0]}e"))
    with pytest.raises(InputError, match=rf"looks like UTF-16 \({order}-endian\) without a .*; save it as UTF-8"):
        read_strikes(tmp_path / "t.csv")


def test_too_many_columns_are_refused(monkeypatch):
    """There is a limit of columns, and it is said."""
    monkeypatch.setattr(reader, "_MAX_COLUMNS", 3)
    with pytest.raises(InputError, match="has 4 columns; the limit is 3"):
        read_strikes(pd.DataFrame({"date": ["2024-01-25"], "place": "Tuapse", "a": 1, "b": 2}))


def test_first_line_names_delimiter(tmp_path):
    """Excel's first line "sep=;" sets the delimiter, and is not a row."""
    found = read(tmp_path, "a.csv", "sep=;\r\nid;date;place\r\na;2024-13-25;x\r\nb;2024-01-25;Tuapse, port\r\n")
    assert found.strikes["place_as_written"].tolist() == ["Tuapse, port"]
    assert found.quarantine["line"].tolist() == [3]


def test_web_page_is_named(tmp_path):
    """A page that was saved in place of the table is said to be one."""
    with pytest.raises(InputError, match=r"a\.csv: is a web page"):
        read(tmp_path, "a.csv", "\n<!DOCTYPE html>\n<html><body>a,b</body></html>\n")


# --- JSON -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nested", ["[" * 600 + "]" * 600, '{"a":' * 600 + "1" + "}" * 600])
def test_deep_json_costs_its_row(nested, tmp_path):
    """A value nested 600 deep costs its object; the others are read."""
    lines = f'{EVENT[:-1]}, "x": {nested}}}\n{EVENT}\n'
    found = read(tmp_path, "a.jsonl", lines)
    assert outcome(found) == (1, ["BAD_TEXT"])
    assert "100 deep" in found.quarantine["reason"].iloc[0]


def test_bottomless_json_is_refused(tmp_path):
    """A file nested deeper than Python reads is refused in one line."""
    with pytest.raises(InputError, match=r"^a\.json: is not JSON: lists or objects are nested[^\n]*$"):
        read(tmp_path, "a.json", "[" * 100_000)


def test_huge_numbers_stay_written(tmp_path):
    """Numbers beyond all floats stay as they are written, within lists, too."""
    digits = "9" * 5_000
    found = read(
        tmp_path, "a.json", f'[{{"date": "2024-01-25", "place": "Tuapse", "n": {digits}, "m": [{digits}, 1e999, 7]}}]'
    )
    assert outcome(found) == (1, [])
    assert found.strikes["n"].iloc[0] == digits
    assert json.loads(found.strikes["m"].iloc[0]) == [digits, "1e999", 7]


SURROGATES = (
    '[{"date": "2024-01-25", "place": "Tuapse", "title": "a\\ud800b"}]',
    '[{"date": "2024-01-25", "place": "Tuapse", "\\ud800": [{"\\udfff": "\\ud800"}]}]',
    '["\\ud800"]',
    '{"features": [{"type": "Feature", "geometry": {"type": "\\ud800", "coordinates": ["\\ud800"]}}]}',
)


@pytest.mark.parametrize("content", SURROGATES)
def test_half_characters_cost_their_row(content, tmp_path):
    """Half of a character anywhere in JSON costs its row, and the quarantine can be written."""
    found = read(tmp_path, "a.json", content)
    assert len(found.strikes) == 0
    assert len(found.quarantine) == 1
    found.quarantine.to_csv(tmp_path / "quarantine.csv")


def test_lines_under_json_name(tmp_path):
    """JSON Lines are read whatever the file is called, and with the marks of text sequences."""
    assert outcome(read(tmp_path, "a.json", f"{EVENT}\n{EVENT.replace('25', '26')}\n")) == (2, [])
    assert outcome(read(tmp_path, "a.jsonl", f"\x1e{EVENT}\n")) == (1, [])


def test_null_properties(tmp_path):
    """A feature whose properties are null is a strike without a date."""
    feature = '{"type": "Feature", "properties": null, "geometry": {"type": "Point", "coordinates": [39.08, 44.1]}}'
    assert outcome(read(tmp_path, "a.geojson", f'{{"type": "FeatureCollection", "features": [{feature}]}}')) == (1, [])


# --- geometries and workbooks -----------------------------------------------------------------------------------------


def test_bad_wkb_costs_its_row(tmp_path):
    """Damaged bytes of a geometry cost their row in GeoParquet; the others are read."""
    good = shapely.Point(39.08, 44.1).wkb
    shapes = [good, b"\x01\x02", b"", good[:-3], b"junk" * 10, shapely.Point(30.5, 50.4).wkb, None]
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    table = pa.table({"id": [str(n) for n in range(7)], "date": ["2024-01-25"] * 7, "geometry": pa.array(shapes)})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "a.parquet")
    found = read_strikes(tmp_path / "a.parquet")
    assert found.strikes["country"].tolist() == ["RUS", "UKR"]
    assert outcome(found)[1] == ["BAD_GEOMETRY"] * 4 + ["NULL_GEOMETRY"]


@pytest.mark.parametrize(
    "geo", ["[]", "5", '"x"', '{"primary_column": "no"}', "{", '{"primary_column": "date", "columns": {}}']
)
def test_bad_geo_metadata_is_refused(geo, tmp_path):
    """Metadata of GeoParquet that is none is refused in one line."""
    table = pa.table({"date": ["2024-01-25"]}).replace_schema_metadata({"geo": geo})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"^a\.parquet: cannot be read as Parquet: [^\n]*$"):
        read_strikes(tmp_path / "a.parquet")


def workbook(change):
    """A workbook of one row, its sheet's XML changed."""
    content, made = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["date", "place"])
    book.active.append(["2024-01-25", "Tuapse"])
    book.save(content)
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == "xl/worksheets/sheet1.xml" else data)
    return made.getvalue()


CHANGES = {
    "index out of range": lambda xml: re.sub(rb't="inlineStr"><is><t>Tuapse</t></is>', b't="s"><v>99</v>', xml),
    "document type": lambda xml: xml.replace(b"<worksheet", b"<!-- <a> --><!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"),
    "not a valid column": lambda xml: xml.replace(b'r="A2"', b'r="ZZZZZZ2"'),
    "cannot be read": lambda xml: xml[: len(xml) // 2],
}


@pytest.mark.parametrize("said", CHANGES)
def test_damaged_workbook_is_refused(said, tmp_path):
    """A damaged sheet is refused in one line that says what was wrong."""
    with pytest.raises(InputError, match=rf"^a\.xlsx: [^\n]*{said}[^\n]*$") as refused:
        read(tmp_path, "a.xlsx", workbook(CHANGES[said]))
    assert "report it" not in str(refused.value)


# --- DataFrames -------------------------------------------------------------------------------------------------------

TABLE = pd.DataFrame({"id": ["a", "b"], "date": "2024-01-25", "place": "Tuapse", "latitude": 44.1, "longitude": 39.08})


class Unspeakable:
    """A value that is not text."""

    def __str__(self):
        msg = "no text"
        raise RuntimeError(msg)


def objects(*values):
    return pd.Series(values, dtype=object)


FRAMES = {
    "arrow": (TABLE.convert_dtypes(dtype_backend="pyarrow"), (2, [])),
    "category": (TABLE.astype("category"), (2, [])),
    "coded arrow": (TABLE.assign(place=pd.array(["x", "y"], dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string())))), (2, [])),
    "time zone": (TABLE.assign(date=pd.to_datetime(TABLE["date"]).dt.tz_localize("Europe/Kyiv")), (2, [])),
    "period": (TABLE.assign(date=pd.PeriodIndex(TABLE["date"], freq="D")), (2, [])),
    "nullable": (TABLE.assign(latitude=pd.array([44.1, None], dtype="Float64")), (1, ["MISSING_VALUE"])),
    "mixed": (TABLE.assign(latitude=objects(44.1, "x")), (1, ["BAD_COORD"])),
    "lists": (TABLE.assign(x=objects([1, {"a": 2}], np.array([1.0, 2.0]))), (2, [])),
    "frames": (TABLE.assign(x=objects(pd.Series([1]), pd.DataFrame())), (2, [])),
    "bytes": (TABLE.assign(place=[b"Tuapse", b"\xff"]), (1, ["BAD_TEXT"])),
    "byte names": (TABLE.rename(columns={"place": b"place"}), (2, [])),
    "half characters": (TABLE.assign(place=objects("a\ud800", "b")), (1, ["BAD_TEXT"])),
    "digits": (TABLE.assign(x=objects(10**5_000, 1)), (1, ["BAD_TEXT"])),
    "unspeakable": (TABLE.assign(x=objects(Unspeakable(), 1)), (1, ["BAD_TEXT"])),
    "index": (TABLE.set_index(["date", "id"]), (2, [])),
    "repeated index": (TABLE.set_index(pd.Index([7, 7])), (2, [])),
    "no geometry": (gpd.GeoDataFrame(TABLE), (2, [])),
}  # fmt: skip


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_of_any_kind(kind):
    """A DataFrame of any types is read; a value that is not text costs its row only."""
    frame, expected = FRAMES[kind]
    assert outcome(read_strikes(frame)) == expected


def test_repeated_column_renamed():
    """Of two columns of one name the first counts, the other is carried, and it is said."""
    found = read_strikes(pd.concat([TABLE, TABLE[["place"]].assign(place="Sochi")], axis=1))
    assert found.strikes[["place_as_written", "place.2"]].iloc[0].tolist() == ["Tuapse", "Sochi"]
    assert found.notes == ["columns renamed because their names are empty or repeated: place.2"]
    assert len(locate(pd.concat([TABLE, TABLE[["date"]]], axis=1)).strikes) == 2


def test_index_columns_are_read():
    """What a named index holds is not lost."""
    assert read_strikes(TABLE.set_index("date")).strikes["date_start"].notna().all()


@pytest.mark.parametrize("source", [None, [1], {"a": 1}, pd.DataFrame(index=range(3))])
def test_no_table_is_refused(source):
    """What is not a table is rejected in words."""
    with pytest.raises(InputError, match=r"the source is a|no column"):
        read_strikes(source)


def test_unknown_failure_is_one_line(monkeypatch, tmp_path):
    """Whatever goes wrong within the reading costs one line that asks for a report, and memory its own."""
    for error, said in (
        (ZeroDivisionError("x\ny"), "please report it"),
        (pa.ArrowMemoryError("malloc"), "more memory"),
    ):
        monkeypatch.setattr(reader, "read_grid", lambda *_, error=error, **__: (_ for _ in ()).throw(error))
        with pytest.raises(InputError, match=rf"^[^\n]*a\.csv: [^\n]*{said}[^\n]*$"):
            read(tmp_path, "a.csv", HEADER)


BORDER = Border.between("UKR", "RUS")
USES = {
    "measure": lambda s: measure_depth(s, BORDER),
    "definitions": lambda s: depth_by_definition(s, BORDER),
    "summary": depth_summary,
    "bands": bands,
    "period": depth_by_period,
    "ecdf": depth_ecdf,
    "records": record_depths,
    "trend": depth_trend,
    "draws": lambda s: draw_depths(s, BORDER, draws=1),
    "map": lambda s: strike_map(s, border=BORDER),
    "compare": lambda s: compare_strikes(s, s),
    "merge": lambda s: merge_strikes(s, s),
    "resolve": lambda s: resolve_places(s, None),
    "write": lambda s: write_strikes(s, "never.csv"),
    "by date": figures.depth_by_date,
    "print map": lambda s: figures.print_map(s, border=BORDER),
}


@pytest.fixture(scope="module")
def measured():
    return measure_depth(read_strikes(TABLE.assign(attacker="UKR")).strikes, BORDER)


@pytest.mark.parametrize("use", USES)
def test_column_twice_is_refused(use, measured):
    """A table of strikes with a column twice, of no columns of one level, or of no table is refused by name."""
    several = pd.DataFrame(measured.to_numpy(), columns=pd.MultiIndex.from_product([measured.columns, ["x"]]))
    for column in ("place", "depth_km", "attacker", "geometry"):
        twice = pd.concat([pd.DataFrame(measured), pd.DataFrame(measured[[column]])], axis=1)
        with pytest.raises(TableError, match=f"has the column '{column}' twice"):
            USES[use](twice)
    for other, said in ((several, "levels"), ([1], "is a list"), (None, "is a NoneType")):
        with pytest.raises(TableError, match=said):
            USES[use](other)


@pytest.mark.parametrize("use", ["summary", "bands", "records", "map", "compare", "by date"])
def test_types_are_made_right(use, measured):
    """Numbers and dates as texts, objects or with a time zone give what their own types give; others are named."""
    odd = measured.assign(
        depth_km=measured["depth_km"].astype(object),
        depth_min_km=measured["depth_min_km"].astype(str),
        date_start=measured["date_start"].dt.tz_localize("UTC"),
        date_end=measured["date_end"].astype(str),
    )
    expected, found = USES[use](measured), USES[use](odd)
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected)
    with pytest.raises(TableError, match="depth_km is 'x', which is not a number"):
        USES[use](measured.assign(depth_km=objects("x", 1)))
    with pytest.raises(TableError, match="date_start is 'soon', which is not a date"):
        USES[use](measured.assign(date_start=["2024-01-25", "soon"]))


# --- markup and formulas ----------------------------------------------------------------------------------------------

ENTITIES = "<!DOCTYPE kml [<!ENTITY a 'ha'>]><kml><Placemark><name>&a;</name></Placemark></kml>"
PROLOGS = ("", "<!-- <a> -->", "<!-- > -->\n<?pi <b>?>", '<?xml version="1.0" encoding="UTF-16"?>', "\n\n<!---->")


@pytest.mark.parametrize("prolog", PROLOGS)
def test_document_type_is_refused(prolog, tmp_path):
    """A document type is found behind any comment, in any encoding: by the parser, and not by a pattern."""
    encoding = "utf-16" if "UTF-16" in prolog else "utf-8"
    with pytest.raises(InputError, match="document type"):
        read(tmp_path, "a.kml", (prolog + ENTITIES).encode(encoding))
    assert has_doctype(io.BytesIO((prolog + ENTITIES).encode(encoding)))


def test_words_of_doctype_are_none(tmp_path):
    """A comment that speaks of a document type is none."""
    mark = "<Placemark><name>Tuapse</name><description>&lt;!DOCTYPE</description></Placemark>"
    assert outcome(read(tmp_path, "a.kml", f"<!-- <!DOCTYPE x> --><kml>{mark}</kml>")) == (1, [])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_formula_names_are_no_formulas(ending, tmp_path):
    """A column named as a formula is a text in every file, and has its own name again when it is read back."""
    name = '=HYPERLINK("https://example.org","x")'
    strikes = read_strikes(TABLE.assign(**{name: "+1+1"})).strikes
    write_strikes(strikes, tmp_path / f"a.{ending}")
    if ending == "csv":
        cells = next(csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
        assert not [cell for cell in cells if cell[0] in "=+-@"]
    else:
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
        assert {cell.data_type for cell in sheet[1]} == {"s"}
    assert read_strikes(tmp_path / f"a.{ending}").strikes[name].tolist() == ["+1+1", "+1+1"]


# --- settings ---------------------------------------------------------------------------------------------------------

SETTINGS = (
    "x = " + "[" * 2_000, f"border = {'9' * 5_000}", "border = inf", "[merging]\nkm_apart = inf", "[merging]\nkm_apart = nan",
    f"[merging]\ndays_apart = {'9' * 400}", "[merging]\ndays_apart = 2024-01-25", "merging = 5", "[published]\na = 12:00:00",
    "[names]\na = {name = 5}", "[names]\na = ''", "[names]\na = {name = 'b', kind = 2024-01-25}", "names = [1]", "\0", "border = 'a", "b = 1",
)  # fmt: skip


@pytest.mark.parametrize("settings", SETTINGS)
def test_damaged_settings_are_refused(settings, tmp_path):
    """Whatever geostrike.toml holds, it is used or refused in one short line that names it."""
    (tmp_path / "geostrike.toml").write_text(settings)
    with pytest.raises(InputError, match=r"geostrike\.toml[^\n]*$") as refused:
        read_overrides(tmp_path)
    assert len(str(refused.value)) < len(str(tmp_path)) + 300


SCHEMA = 'name = "mine"\ntitle = "mine"\n[columns]\ndate = ["date"]\nplace = ["place"]\n'
SCHEMAS = (
    "x = " + "[" * 2_000, f"quoted = {'9' * 5_000}\n{SCHEMA}", "", f"name = 5\n{SCHEMA.partition(chr(10))[2]}", SCHEMA.replace('["date"]', "inf"),
    SCHEMA.replace('["date"]', "[1, 2]"), f"keep = 7\n{SCHEMA}", f"{SCHEMA}[[keep]]\ncolumn = 'place'\nvalues = [2024-01-25]\n",
    f"{SCHEMA}[place_precision]\ncolumn = 'place'\ncodes = {{Tuapse = {{radius_km = inf}}}}\n", f"{SCHEMA}[place_precision]\ncolumn = 'place'\ncodes = 4\n",
    f"{SCHEMA}[date_precision]\ncolumn = 'place'\ncodes = {{Tuapse = {{days = {'9' * 30}}}}}\n", f"attacker_basis = 'x'\n{SCHEMA}", f"dates = 'x'\n{SCHEMA}",
)  # fmt: skip


@pytest.mark.parametrize("schema", SCHEMAS)
def test_damaged_schema_is_refused(schema, tmp_path):
    """Whatever a user schema holds, it is used or refused in one short line that names it."""
    (tmp_path / "mine.toml").write_text(schema)
    with pytest.raises(InputError, match=r"mine\.toml[^\n]*$") as refused:
        read_strikes(TABLE, schema=tmp_path / "mine.toml")
    assert "report it" not in str(refused.value)


# --- decisions, members, gazetteers -----------------------------------------------------------------------------------

DECISIONS = {
    "decision,note\nreject,x\n": "record_id and decision",
    "": "record_id and decision",
    "record_id,decision,record_id\na,reject,b\n": "twice",
    "record_id,decision\n,reject\n": "record_id is empty",
    "record_id,decision\na,reject,x,y\n": "more cells",
    "record_id,decision\na," + "x" * 10_000 + "\n": "is not a decision",
    "record_id,decision,date_start\na,change,2024-13-01\n": "is not a date",
    "record_id,decision,date_start\na,change,99999-01-01\n": "is not a date",
    "record_id,decision,date_start,date_end\na,change,2024-02-01,2024-01-01\n": "is after date_end",
    "record_id,decision,attacker\na,change,toString\n": "is not a country",
    'record_id,decision\na,"rej\n': "cannot be read|is not a decision",
    "record_id,decision\n" + '"' + "x" * 2_000_000: "cannot be read",
    "\udcff\udcfe": "cannot be read",
}


@pytest.mark.parametrize("content", DECISIONS, ids=range(len(DECISIONS)))
def test_damaged_decisions_are_refused(content, tmp_path):
    """A file of decisions is used or refused in one line with its name and what is wrong."""
    (tmp_path / "decisions.csv").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=rf"decisions\.csv[^\n]*({DECISIONS[content]})[^\n]*$") as refused:
        read_decisions(tmp_path / "decisions.csv")
    assert len(str(refused.value)) < len(str(tmp_path)) + 300


def test_damaged_review_is_read(tmp_path):
    """A review.csv that lost columns gives its rows with empty cells; without record_id it is refused."""
    path, nothing = tmp_path / "review.csv", build_table(DECISIONS_TABLE, [])
    path.write_text("record_id\na\n")
    assert open_records(path, nothing)[0]["quote"] == ""
    path.write_text("quote\na\n")
    with pytest.raises(InputError, match=r"review\.csv:1: record_id"):
        open_records(path, nothing)


def test_decided_time_is_its_day(tmp_path):
    """A time with a zone in a decision is the day that is written; short rows and odd columns do no harm."""
    path = tmp_path / "decisions.csv"
    path.write_text(
        "record_id,odd,decision,date_start,date_end\na,1,change,2024-01-25T00:00Z,2024-01-26T23:00+03:00\nb\n"
    )
    records = build_table(RECORDS, [{"record_id": "a"}]).join(build_table(RESOLVED, [{}]))
    changed = apply_decisions(gpd.GeoDataFrame(records), read_decisions(path), None).records
    assert changed[["date_start", "date_end"]].astype(str).iloc[0].tolist() == ["2024-01-25", "2024-01-26"]


def test_change_ends_before_start(tmp_path):
    """A change of one end that would turn the days round is refused by name."""
    path = tmp_path / "decisions.csv"
    path.write_text("record_id,decision,date_start\na,change,2024-02-25\n")
    day = pd.Timestamp("2024-01-25")
    records = build_table(RECORDS, [{"record_id": "a", "date_start": day, "date_end": day}]).join(
        build_table(RESOLVED, [{}])
    )
    with pytest.raises(InputError, match="decision on a: date_start would be after date_end"):
        apply_decisions(gpd.GeoDataFrame(records), read_decisions(path), None)


MEMBERS = (
    b"",
    b"a,b\n1,2\n",
    b"strike_id,record_id\na,b,c,d\ne\n",
    bytes(range(256)),
    b"strike_id\na\n",
    b'strike_id,record_id\n"a,b\n',
)


@pytest.mark.parametrize("members", MEMBERS, ids=range(len(MEMBERS)))
def test_damaged_members_are_refused(members, tmp_path):
    """A damaged members.csv is refused in one line with its name."""
    write_strikes(read_strikes(TABLE).strikes, tmp_path / "strikes.csv")
    (tmp_path / "members.csv").write_bytes(members)
    with pytest.raises(InputError, match=r"members\.csv[:,] [^\n]*$"):
        compare_runs(tmp_path, tmp_path)


def test_repeated_members_are_linear(tmp_path):
    """A record that a damaged members.csv names 100,000 times is compared once."""
    write_strikes(read_strikes(TABLE).strikes, tmp_path / "strikes.csv")
    (tmp_path / "members.csv").write_text("strike_id,record_id,report_id\n" + "a,b,c\n" * 100_000)
    assert len(compare_runs(tmp_path, tmp_path).changes) == 0


PLACE = dict.fromkeys(COLUMNS, "") | {
    "id": "my:1",
    "name": "Tuapse",
    "kind": "settlement",
    "latitude": "44.1",
    "longitude": "39.08",
    "radius_km": "4",
}


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("latitude", "5_0.9"),
        ("latitude", "٤٤"),
        ("longitude", "9" * 50_000),
        ("radius_km", "1e99"),
        ("radius_km", "inf"),
        ("kind", "x" * 50_000),
    ],
)
def test_damaged_places_are_refused(column, cell, tmp_path):
    """A number that is none, or no place, is refused in one short line with file and line."""
    pd.DataFrame([PLACE | {column: cell}]).to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(GeostrikeError, match=rf"^mine\.csv:2: [^\n]*{column}[^\n]*$") as refused:
        read_overlay(tmp_path / "mine.csv")
    assert len(str(refused.value)) < 400

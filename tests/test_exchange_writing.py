"""Tables out: what goes out comes back, what cannot is counted, and no file is ever seen half written."""

import contextlib
import hashlib
import io
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geostrike import Border, measure_depth, read_strikes
from geostrike.cli import main
from geostrike.errors import InputError
from geostrike.exchange import FORMATS, write_strikes
from geostrike.exchange.losses import NOT_XML
from geostrike.exchange.writing import strikes_bytes
from geostrike.tables import STRIKES, check_table

ENDINGS = {"csv": ".csv", "xlsx": ".xlsx", "geojson": ".geojson", "gpkg": ".gpkg", "parquet": ".parquet", "kml": ".kml"}
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
HOSTILE = [
    "-7.5", "'-7.5", "''=1", "-7.5+1", "+",
    "=1+1", "'=1+1", "@SUM(A1)", "<script>alert(1)</script>", "{{ 7*7 }}", "]]>", "a\r\nb", "\ttab", "e\u202egnp", "🎯",
    "\x07bell", "a,b;c\"d'", "007", "1e5", "NA", "null", " ", "_x0041_", "\ufeff",
]  # fmt: skip


def strikes_of(texts):
    """A strikes table with these texts in a column of its own and as place names; every third row has no point."""
    rows = [
        {
            "id": f"i{n}",
            "date": f"2024-01-{n % 28 + 1:02}",
            "place": text,
            "text": text,
            "attacker": "UKR",
            "remark": text,
        }
        | ({} if n % 3 == 2 else {"lat": f"{44 + n / 7:.5f}", "lon": f"{39 + n / 7:.5f}"})
        for n, text in enumerate(texts)
    ]
    read = read_strikes(pd.DataFrame(rows, columns=["id", "date", "place", "lat", "lon", "text", "attacker", "remark"]))
    return measure_depth(read.strikes, Border.between("UKR", "RUS"))


def back(content, ending, folder):
    path = folder / f"strikes{ending}"
    path.write_bytes(content)
    read = read_strikes(path)
    check_table(read.strikes, STRIKES)
    assert read.quarantine.empty, read.quarantine.iloc[0].tolist()
    assert read.schema.name == "geostrike" or not read.rows_in
    return read.strikes


def geostrike(*arguments):
    """The exit code of the command, and what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code, out.getvalue()


# --- round trips ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ENDINGS)
@settings(max_examples=25, deadline=None)
@given(texts=st.lists(TEXT, max_size=6))
@example(texts=HOSTILE)
@example(texts=["x" * 32_767])
@example(texts=[])
@example(texts=[""])
def test_formats_round_trip(form, texts, tmp_path_factory):
    """Rows, ids, dates, points and texts survive every format of our own columns."""
    strikes = strikes_of(texts)
    content, losses = strikes_bytes(strikes, form)
    found = back(content, ENDINGS[form], tmp_path_factory.mktemp(form))
    assert len(found) == len(strikes)
    found = found.set_index("strike_id").loc[strikes["strike_id"].tolist()].reset_index()
    for name in (
        "strike_id",
        "source_id",
        "date_precision",
        "attacker",
        "place_status",
        "country",
        "border_id",
        "side",
    ):
        assert found[name].tolist() == strikes[name].tolist(), name
    for name in ("date_start", "date_end"):
        pd.testing.assert_series_equal(found[name], strikes[name])
    for name in ("depth_km", "radius_km", "geo_precision", "depth_min_km"):
        pd.testing.assert_series_equal(found[name], strikes[name], rtol=0, atol=0.0006)
    assert found.geometry.isna().tolist() == strikes.geometry.isna().tolist()
    assert all(a is None or a.distance(b) < 1e-6 for a, b in zip(found.geometry, strikes.geometry, strict=True))
    lost = set(losses["column"])
    for name in ("place_as_written", "remark", "text") if texts else ():
        came = found[name].tolist() if name in found else [""] * len(strikes)  # KML has no empty columns
        assert came == strikes[name].tolist() or name in lost, name


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_equal_strikes_equal_bytes(form):
    """Equal strikes give equal bytes."""
    strikes = strikes_of(HOSTILE)
    first, _ = strikes_bytes(strikes, form)
    time.sleep(1.1 if form in ("xlsx", "gpkg") else 0)
    assert strikes_bytes(strikes, form)[0] == first


def test_losses_are_reported():
    """Only what the format cannot hold is lost, and it is reported."""
    strikes = strikes_of([*HOSTILE, "x" * 40_000])
    lost = {form: strikes_bytes(strikes, form)[1] for form in ENDINGS}
    assert all(lost[form].empty for form in ("csv", "geojson", "parquet", "gpkg"))
    assert set(lost["kml"]["column"]) == {"place_as_written", "place", "text", "remark"} & set(lost["kml"]["column"])
    assert lost["kml"]["rows"].tolist() == [sum(bool(NOT_XML.search(text)) for text in HOSTILE)] * len(lost["kml"])
    assert "cut to 32,767 characters" in lost["xlsx"]["reason"].tolist()


# --- as other programs see them ---------------------------------------------------------------------------------------


def test_geopackage_dates_and_style(tmp_path):
    """A GeoPackage has dates as dates, and a style."""
    written = write_strikes(strikes_of(["a", "b", "c"]), tmp_path / "s.gpkg")
    assert [path.name for path in written.files] == ["s.gpkg", "s.qml", "datapackage.json"]
    info = pyogrio.read_info(tmp_path / "s.gpkg")
    assert dict(zip(info["fields"], info["ogr_types"], strict=True))["date_start"] == "OFTDate"
    assert (info["crs"], info["geometry_type"], info["features"]) == ("EPSG:4326", "Point", 3)
    style = ET.parse(tmp_path / "s.qml").getroot()
    temporal, renderer = style.find("temporal"), style.find("renderer-v2")
    assert {temporal.get("startField"), temporal.get("endField"), renderer.get("attr")} <= set(info["fields"])
    assert "to_datetime(\"date_end\") + to_interval('1 day')" in temporal.get("endExpression")  # the last day is whole
    assert "replace(\"place\", map('&', '&amp;', '<', '&lt;'))" in style.find("mapTip").text  # a tip is HTML
    symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
    assert {category.get("symbol") for category in renderer.iter("category")} == symbols


def test_workbook_without_formulas():
    """No cell of a workbook is a formula."""
    content, _ = strikes_bytes(strikes_of(HOSTILE), "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["strikes"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert "d" in kinds


def test_gdal_reads_kml(tmp_path):
    """GDAL reads the placemarks and their days."""
    write_strikes(strikes_of(["<b>x</b>", "y"]), tmp_path / "s.kml")
    layer = gpd.read_file(tmp_path / "s.kml", engine="pyogrio")
    assert layer["Name"].tolist() == ["<b>x</b>", "y"]
    assert layer["timestamp"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01", "2024-01-02"]
    assert layer["strike_id"].notna().all()


def test_geojson_standard():
    """GeoJSON follows RFC 7946."""
    content, _ = strikes_bytes(strikes_of(["a", "b", "c"]), "geojson")
    collection = json.loads(content)
    assert "crs" not in collection
    assert [feature["geometry"] is None for feature in collection["features"]] == [False, False, True]


def test_package_of_a_file(tmp_path):
    """The package names fields, hash and licences."""
    strikes = strikes_of(["a"])
    write_strikes(strikes, tmp_path / "s.csv", sources=[{"title": "made up"}])
    write_strikes(strikes, tmp_path / "s.parquet")
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["path"] for resource in package["resources"]] == ["s.csv", "s.parquet"]
    first = package["resources"][0]
    assert first["hash"] == "sha256:" + hashlib.sha256((tmp_path / "s.csv").read_bytes()).hexdigest()
    header = (tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert [field["name"] for field in first["schema"]["fields"]] == header
    assert {licence["name"] for licence in package["licenses"]} == {"ODbL-1.0", "CC-BY-4.0"}
    assert package["sources"] == [{"title": "made up"}]
    (tmp_path / "datapackage.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="describes other data"):
        write_strikes(strikes, tmp_path / "t.csv")
    assert not (tmp_path / "t.csv").exists()


# --- in the shape of others -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["acled", "ucdp", "timemap"])
def test_foreign_shapes_recognised(form, tmp_path):
    """Tables written as ACLED, UCDP or TimeMap are read as such."""
    strikes = strikes_of(["Tuapse", "Sochi", "nowhere"])
    written = write_strikes(strikes, tmp_path / ("s.json" if form == "timemap" else "s.csv"), form=form)
    read = read_strikes(written.files[0], keep="all")
    assert read.schema.name == form
    assert (read.rows_in, len(read.strikes)) == (3, 3)
    assert read.strikes["source_id"].tolist() == strikes["source_id"].tolist()
    assert read.strikes["date_start"].tolist() == strikes["date_start"].tolist()
    assert read.strikes["place_as_written"].tolist() == ["Tuapse", "Sochi", "nowhere"]
    reasons = dict(zip(written.losses["column"], written.losses["rows"], strict=False))
    assert reasons["geometry"] == 1
    assert reasons["depth_km"] == 2
    assert (tmp_path / f"{written.files[0].name}.losses.csv").exists()


@pytest.mark.parametrize("form", ["acled", "ucdp"])
def test_southern_western_points(form, tmp_path):
    """Points south and west survive the tables of others."""
    table = pd.DataFrame({"id": ["1"], "date": ["2024-01-25"], "lat": ["-7.5"], "lon": ["-39.08"], "place": ["=1+1"]})
    written = write_strikes(read_strikes(table).strikes, tmp_path / "s.csv", form=form)
    back_again = read_strikes(tmp_path / "s.csv", keep="all").strikes
    assert (back_again.geometry.x.tolist(), back_again.geometry.y.tolist()) == ([-39.08], [-7.5])
    assert "an apostrophe is put before formulas" in written.losses["reason"].tolist()


def test_cells_kept_or_counted():
    """Every cell is written, or counted as lost."""
    strikes = strikes_of(["Tuapse", "Sochi", "nowhere"])
    for form in ("acled", "ucdp", "timemap"):
        content, losses = strikes_bytes(strikes, form)
        translated = {"place_kind", "date_precision", "country", "attacker"}
        for name in strikes.columns.drop(["geometry", *translated]):
            texts = {str(value) for value in strikes[name] if isinstance(value, str) and len(value) > 3}
            assert name in set(losses["column"]) or all(text in content.decode() for text in texts), (form, name)


@pytest.mark.parametrize(
    ("date", "acled", "ucdp"),
    [
        ("2024-01-25", "1", "1"),
        ("2024-01-25/2024-01-27", "2", "2"),
        ("2024-01-25/2024-01-31", "2", "3"),
        ("2024-02", "3", "4"),
        ("2023-01-25/2024-01-25", "", "5"),
        ("", "", ""),
    ],
)
def test_precision_codes(date, acled, ucdp):
    """Precision codes follow from the length of the interval."""
    strikes = read_strikes(pd.DataFrame({"id": ["1"], "date": [date], "lat": ["44.1"], "lon": ["39.08"]})).strikes
    for form, column, code in (("acled", "time_precision", acled), ("ucdp", "date_prec", ucdp)):
        content, losses = strikes_bytes(strikes, form)
        written = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
        assert written[column].tolist() == [code]
        assert ("date_precision" in losses["column"].tolist()) == (date != "" and not code)


# --- convert ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("id,date,lat,lon\n1,2024-01-25,44.1,39.08\n2,2024-02-30,44.1,39.08\n", encoding="utf-8")
    return path


def test_convert_reports_counts(events, tmp_path):
    """`convert` prints what was read, written and lost."""
    code, printed = geostrike("convert", events, tmp_path / "s.gpkg")
    assert code == 3
    assert "read as plain: id=id, date=date, latitude=lat, longitude=lon" in printed
    assert "2 in = 1 written + 1 in quarantine (BAD_DATE 1)" in printed
    assert pd.read_csv(tmp_path / "s.gpkg.quarantine.csv")["line"].tolist() == [3]
    code, printed = geostrike("convert", tmp_path / "s.gpkg", tmp_path / "s.kml")
    assert (code, "1 in = 1 written + 0 in quarantine" in printed) == (0, True)
    code, printed = geostrike("convert", events, tmp_path / "u.csv", "--to", "ucdp")
    assert "lost: status in 1 rows" in printed


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("s.doc", "strikes are written as"),
        ("no/s.csv", "no such folder"),
        ("there.csv", "--force"),
        ("link.csv", "symbolic link"),
        ("folder.csv", "is a folder"),
    ],
)
def test_impossible_targets_rejected(events, tmp_path, target, words):
    """A target that cannot be written is rejected, and nothing is left."""
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "there.csv")
    (tmp_path / "folder.csv").mkdir()
    before = {path: path.is_file() and path.read_bytes() for path in tmp_path.iterdir()}
    code, printed = geostrike("convert", events, tmp_path / target)
    assert code == 2
    assert words in printed
    assert {path: path.is_file() and path.read_bytes() for path in tmp_path.iterdir()} == before


def test_force_replaces(events, tmp_path):
    """With force, existing files are replaced."""
    (tmp_path / "there.csv").write_text("mine")
    assert geostrike("convert", events, tmp_path / "there.csv", "--force")[0] == 3
    assert len(read_strikes(tmp_path / "there.csv").strikes) == 1


def _write_for_ever(path):
    small, large = strikes_of(["a"]), strikes_of(["b" * 1000] * 300)
    while True:
        write_strikes(small, path, force=True)
        write_strikes(large, path, force=True)


def test_killed_write_leaves_whole_file(tmp_path):
    """A file is whole whenever its writer is killed."""
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "s.geojson"
    for attempt in range(3):
        writer = context.Process(target=_write_for_ever, args=(path,))
        writer.start()
        while writer.is_alive() and not path.exists():
            time.sleep(0.01)
        time.sleep(0.21 * attempt)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        read = read_strikes(path)
        assert (len(read.strikes), len(read.quarantine)) in {(1, 0), (300, 0)}


def test_full_disk(tmp_path):
    """A full disk gives one line, and nothing is left."""
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from geostrike.cli import main\n"
        "import geostrike.exchange, geostrike.exchange.writing\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "main(sys.argv[1:])\n"
    )
    rows = "".join(f"{n},2024-01-25,44.1,39.08\n" for n in range(500))
    (tmp_path / "events.csv").write_text("id,date,lat,lon\n" + rows, encoding="utf-8")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] != 0
    command = [sys.executable, "-c", code, "convert", str(tmp_path / "events.csv"), str(tmp_path / "s.geojson")]
    unmeasured = {**os.environ, "COVERAGE_PROCESS_CONFIG": ""}  # what it covers cannot be written either
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=unmeasured)
    assert done.returncode == 2, done.stderr
    assert "could not be written: File too large" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert [path.name for path in Path(tmp_path).iterdir()] == ["events.csv"]


def test_sqlite_column_names(tmp_path):
    """Columns whose names differ in case only survive a GeoPackage."""
    cells = {"id": ["1"], "date": ["2024-01-25"], "lat": ["44.1"], "lon": ["39.08"], "Note": ["a"], "note": ["b"]}
    read = read_strikes(pd.DataFrame(cells | {"fid": ["x"], "geom": ["y"]}))
    written = write_strikes(read.strikes, tmp_path / "s.gpkg")
    back_again = read_strikes(tmp_path / "s.gpkg").strikes
    assert back_again[["Note", "note_", "fid_", "geom_"]].iloc[0].tolist() == ["a", "b", "x", "y"]
    assert written.losses["column"].tolist() == ["note", "fid", "geom"]


def test_concatenated_tables(tmp_path):
    """Concatenated tables can be written."""
    parts = [strikes_of(["a"]), strikes_of(["b"]).rename(columns={"remark": "other"}).assign(strike_id="x")]
    both = pd.concat(parts, ignore_index=True)
    for form, ending in ENDINGS.items():
        content, _ = strikes_bytes(both, form)
        assert len(back(content, ending, tmp_path)) == 2

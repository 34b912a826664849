"""A foreign file that hangs, fills the memory or crashes its reader loses only itself."""

import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely.geometry import LineString, Point

from geostrike import Border, read_strikes
from geostrike.errors import BorderError, InputError
from geostrike.exchange.formats import READERS
from geostrike.intake import FaultError, Job, LimitError, Limits, call, limits_for, outcomes
from geostrike.intake.workers import TABLES, look_ahead
from geostrike.intake.workers import pool as workers
from geostrike.places import Gazetteer
from geostrike.reading import NamedPlaces, extract, read_documents
from geostrike.reading import workers as reading_workers
from geostrike.reading.documents.csv_rows import read_rows
from geostrike.reading.documents.formats import RejectionError, read_pieces
from geostrike.reading.documents.opening import read_files

QUICK = Limits(0.5, 300_000_000)
HANG = ("re:fullmatch", {"pattern": "(a+)+b", "string": "a" * 50})  # it blocks all other threads


@pytest.fixture
def small_limits(monkeypatch):
    """Two seconds and 300 MB for a file."""
    monkeypatch.setenv("GEOSTRIKE_FILE_SECONDS", "2")
    monkeypatch.setenv("GEOSTRIKE_FILE_MEMORY", "300")


# --- workers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "arguments", "error", "words"),
    [
        (*HANG, LimitError, "0 seconds"),
        ("builtins:bytearray", {"source": 2_000_000_000}, LimitError, "300 MB of memory"),
        ("os:abort", {}, LimitError, "SIGABRT"),
        ("os:_exit", {"status": 3}, LimitError, "exit code 3"),
        ("fractions:Fraction", {"numerator": 1, "denominator": 0}, FaultError, "ZeroDivisionError"),
        ("fractions:Fraction", {"numerator": 1}, FaultError, "not JSON"),
        ("no_such_module:at_all", {}, FaultError, "no_such_module"),
        ("sys:exit", {}, LimitError, "exit code 0"),
    ],
)
def test_bad_job_fails_alone(task, arguments, error, words):
    """Whatever a job does, it ends with its reason, and the next job is done."""
    with pytest.raises(error, match=words):
        call(task, arguments, QUICK)
    assert call("json:dumps", {"obj": "sound"}, QUICK) == '"sound"'


def test_outcomes_keep_their_order():
    """Outcomes have the order of the jobs, even if workers die."""
    jobs = [Job("json:dumps", {"obj": n}, QUICK) if n % 7 else Job("os:abort", {}, QUICK) for n in range(1, 30)]
    found = [outcome.value or type(outcome.error).__name__ for outcome in outcomes(jobs, at_once=3)]
    assert found == [str(n) if n % 7 else "LimitError" for n in range(1, 30)]


def test_dead_worker_is_replaced():
    """A worker that was killed while idle is replaced."""
    call("os:getpid", {}, QUICK)
    waiting = list(workers._idle)
    for worker in waiting:
        worker.process.kill()
    assert call("os:getpid", {}, QUICK) not in {worker.process.pid for worker in waiting}


def test_workers_see_no_caller_state(monkeypatch, tmp_path):
    """Python variables of the environment and files in the folder do not reach a worker."""
    (tmp_path / "email.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONINSPECT", "1")
    monkeypatch.setenv("PYTHONHASHSEED", "none such")
    for worker in list(workers._idle):
        worker.process.kill()
    assert call("email.utils:quote", {"str": "a"}, QUICK) == "a"


def gone(pid, seconds=8.0):
    """Whether a process ends within some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


SCRIPT = """
from geostrike.intake.workers import Limits, call, pool
acquire = pool._acquire
def acquire_and_print():
    worker = acquire()
    print(worker.process.pid, flush=True)
    return worker
pool._acquire = acquire_and_print
call({task!r}, {{}}, Limits(60, 10**9))
"""


def test_workers_die_with_their_caller():
    """A worker ends when its caller is killed, even in the middle of a job."""
    script = SCRIPT.format(task="signal:pause")
    caller = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    worker = int(caller.stdout.readline())
    time.sleep(0.5)
    caller.kill()
    caller.communicate()
    assert gone(worker)


def test_script_without_main_guard(tmp_path):
    """A script without a main guard that reads a web page runs once."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(f"<article>{''.join(f'<p>{text}</p>' for text in TEXTS)}</article>")
    (tmp_path / "script.py").write_text(
        "import geostrike\nprint(len(geostrike.read_reports('in')), 'report')\nprint('end')\n"
    )
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "1 report\nend\n"
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["GEOSTRIKE_FILE_SECONDS", "GEOSTRIKE_FILE_MEMORY"])
@pytest.mark.parametrize("value", ["abc", "0", "-1", "nan", "inf"])
def test_wrong_limits_are_refused(monkeypatch, name, value):
    """A limit that is not a positive number is refused by its name."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=f"{name} is '{value}'"):
        limits_for(0)


def test_ahead_knows_foreign_tables(tmp_path):
    """A worker is started ahead only for tables that workers read."""
    assert set(TABLES) == {ending for ending, form in READERS.items() if form.in_worker} - {".kmz"}  # which is unpacked
    (tmp_path / "t.csv").write_text("a\n1\n")
    for name in ("none.gpkg", "a\0.gpkg", ".", "t.csv"):
        waiting = len(workers._idle)
        look_ahead(tmp_path / name)
        assert len(workers._idle) == waiting


@pytest.mark.parametrize("order", ["little", "big"])
def test_report_in_utf16_without_mark(tmp_path, order):
    """A report in UTF-16 without a byte order mark is quarantined with the encoding and the remedy."""
    (tmp_path / "a.txt").write_bytes("Дроны атаковали Туапсе 25 января.".encode(f"utf-16-{order[0]}e"))
    (reason,) = read_documents(tmp_path).quarantine["reason"]
    assert reason == f"the file looks like UTF-16 ({order}-endian) without a byte order mark; save it as UTF-8"


# --- documents --------------------------------------------------------------------------------------------------------


def packed(**members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, data in members.items():
            folder.writestr(name, data)
    return content.getvalue()


def word_file(tmp_path, span):
    import docx

    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "x"
    cell._tc.grid_span = span
    document.save(tmp_path / "a.docx")
    return (tmp_path / "a.docx").read_bytes()


def pdf_file(content):
    """A PDF file of one page with this (packed) content."""
    packed_content = zlib.compress(content, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed_content), packed_content),
    ]  # fmt: skip
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (n, o) for n, o in enumerate(objects, start=1))
    return body + b"trailer<</Root 1 0 R/Size 5>>\n"


def nested_mail(depth):
    inner = EmailMessage()
    inner.set_content("words")
    text = inner.as_string()
    for n in range(depth):
        text = f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n{text}\n--b{n}--\n'
    return text.encode()


ALIASES = "---\na0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)
BOMBS = {
    "aliases.md": f"{ALIASES}---\ntext".encode(),
    "deep.md": ("---\na: " + "[" * 3000 + "]" * 3000 + "\n---\ntext").encode(),
    "long.md": ("---\n" + "a: [1]\n" * 60_000 + "---\ntext").encode(),
    "number.md": ("---\na: " + "9" * 5000 + "\n---\ntext").encode(),
    "deep.json": json.dumps([{"text": "x", "title": 7}]).replace("7", "[" * 700 + "]" * 700).encode(),
    "deeper.json": b"[" * 100_000 + b"]" * 100_000,
    "number.json": ('[{"text": "x", "id": ' + "9" * 5000 + "}]").encode(),
    "large.json": b'{"a": [' + b"[]," * 6_000_000 + b"[]]}",
    "attributes.html": b"<p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">x</p>",
    "deep.html": b"<div>" * 100_000 + b"x",
    "bomb.docx": packed(**{"word/document.xml": b" " * 250_000_000}),
    "bomb.pdf": pdf_file(b"(x) Tj " * 20_000_000),
    "deep.mhtml": nested_mail(900),
}


def test_bombs_in_reports_are_quarantined(tmp_path, small_limits):
    """Every bomb in a folder of reports is a row of the quarantine, and the sound report is read."""
    for name, content in BOMBS.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "span.docx").write_bytes(word_file(tmp_path, 100_000_000))
    (tmp_path / "a.docx").unlink()
    (tmp_path / "sound.txt").write_text("A depot burned.")
    documents = read_documents(tmp_path)
    assert documents.reports["path"].tolist() == ["sound.txt"]
    reasons = documents.quarantine.groupby("path")[["code", "reason"]].first()
    assert set(reasons.index) == {*BOMBS, "span.docx"}
    assert set(reasons["code"]) <= {"BAD_TEXT", "BAD_DATE", "TOO_LONG", "LIMIT"}, reasons.to_dict()
    assert "GEOSTRIKE_FILE" in reasons.loc["large.json", "reason"]
    assert "100,000,000 columns" in reasons.loc["span.docx", "reason"]
    assert not reasons["reason"].str.contains("\n").any()


def test_deep_row_fails_alone(tmp_path):
    """In JSON Lines, a row nested too deeply or with too long a number is quarantined alone."""
    rows = ['{"text": "one"}', "[" * 100_000, '{"text": "x", "a": ' + "[" * 200 + "]" * 200 + "}", "9" * 5000]
    (tmp_path / "a.jsonl").write_text("\n".join([*rows, '{"text": "two"}']))
    documents = read_documents(tmp_path)
    assert documents.reports["text"].tolist() == ["one", "two"]
    assert documents.quarantine["line"].tolist() == [2, 3, 4]


def test_pipes_and_devices_are_refused(tmp_path):
    """Opening a pipe or a device neither waits nor reads forever."""
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    for name in ("pipe.txt", "zero.txt"):
        with pytest.raises(RejectionError, match="not a regular file"):
            list(read_pieces(tmp_path / name))


def test_foreign_files_keep_their_order(tmp_path, monkeypatch):
    """Files keep their order, read here or by several workers."""
    monkeypatch.setenv("GEOSTRIKE_PROCESSES", "2")
    files = [tmp_path / f"{n:02}.{'json' if n % 3 else 'txt'}" for n in range(30)]
    for n, file in enumerate(files):
        file.write_text(f"text {n}" if file.suffix == ".txt" else json.dumps([{"text": f"text {n}"}]))
    monkeypatch.setattr("geostrike.reading.documents.opening._LARGE", {".json": 0})
    found = [piece.text for pieces in read_files(files) for piece in pieces]
    assert found == [f"text {n}" for n in range(30)]


# --- CSV files of reports ---------------------------------------------------------------------------------------------


def test_long_cells_lose_no_rows(tmp_path):
    """A cell of any length is read, and so are the rows after it."""
    long = "word " * 40_000
    (tmp_path / "a.csv").write_text(f"text,date\none,2024-01-25\n{long},2024-01-26\nthree,2024-01-27\n")
    assert read_documents(tmp_path).reports["text"].str.len().tolist() == [3, 200_000, 5]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ('"two,2024-01-25', "nothing closes it"),
        ('"two"2,2024-01-25', "before its end"),
        ("two", "1 fields for 2 columns"),
        ("two,2,3", "3 fields for 2 columns"),
    ],
)
def test_bad_row_fails_alone(tmp_path, row, fault):
    """A row with too many quotation marks or cells is quarantined with its line; the next row is read."""
    (tmp_path / "a.csv").write_text(f"text,date\none,2024-01-24\n{row}\nthree,2024-01-26\n")
    documents = read_documents(tmp_path)
    assert documents.reports["text"].tolist() == ["one", "three"]
    assert documents.quarantine[["line", "code"]].values.tolist() == [[3, "RAGGED_ROW"]]
    assert fault in documents.quarantine["reason"][0]


def test_open_quote_loses_nothing():
    """A stray quotation mark does not reach to the next quoted cell."""
    rows = [(r.line, bool(r.fault), len(r.cells)) for r in read_rows('a,b\n"1,2\n3,4\n5,"6"\n7,"8\n9"\n', ",")]
    assert rows == [(1, False, 2), (2, True, 1), (3, False, 2), (4, False, 2), (5, False, 2)]


def test_records_equal_csv_module():
    """What Python's writer writes is read back, with the line of each record."""
    import csv

    cells = [["a", 'b "c"', ""], ["d\ne", ",", '"'], ["", "", "f"], ['""', "\n\n", " g "]]
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerows(cells)
    found = list(read_rows(target.getvalue(), ","))
    assert [record.cells for record in found] == cells
    assert [record.line for record in found] == [1, 2, 4, 5]


def test_many_quotes_take_linear_time():
    """A file of quotation marks alone is read in a moment."""
    begun = time.process_time()
    for text in ('"a\n' * 200_000, '""' * 500_000, '"' + '""' * 500_000, ',"\n' * 200_000):
        assert list(read_rows(text, ","))
    assert time.process_time() - begun < 10


# --- extraction -------------------------------------------------------------------------------------------------------

TEXTS = [
    f"Drones struck an oil depot in {place} early on Wednesday, the governor said. A fire burned for {n} hours."
    for n, place in enumerate(["Tuapse", "Belgorod", "Yartsevo", "Lipetsk", "the Station", "Odesa"] * 4, start=2)
]


def reports_of(texts):
    days = pd.Series(pd.Timestamp("2024-04-24"), index=range(len(texts)))
    ids = [f"r{n}" for n in range(len(texts))]
    return pd.DataFrame(
        {"report_id": ids, "published": days.where(days.index % 5 != 0), "language": "en", "text": texts}
    )


@pytest.fixture
def by_workers(monkeypatch):
    """Two workers for any reports, in small chunks."""
    monkeypatch.setenv("GEOSTRIKE_PROCESSES", "2")
    monkeypatch.setattr(reading_workers, "_WORTH", 0)
    monkeypatch.setattr(reading_workers, "_AT_ONCE", 500)


def own_places(tmp_path):
    row = "own,Yartsevo,,settlement,RUS,RU-SMO,55.06,32.69,3,,,a map,single source"
    head = "id,name,variants,kind,country,admin1,latitude,longitude,radius_km,geonameid,blocked_variants,source,source2"
    (tmp_path / "own.csv").write_text(f"{head}\n{row}\n")
    return NamedPlaces(Gazetteer(extra=tmp_path / "own.csv"), {"the Station": {"name": "Tuapse"}})


def test_workers_extract_the_same(tmp_path, by_workers, monkeypatch):
    """Several workers give the same tables in the same order as one process, with own places and names too."""
    places, reports = own_places(tmp_path), reports_of(TEXTS)
    found = extract(reports, places)
    monkeypatch.setattr(reading_workers, "_WORTH", 10**9)
    alone = vars(extract(reports, places))
    assert found.resolutions == alone.pop("resolutions")
    for name, table in alone.items():
        pd.testing.assert_frame_equal(getattr(found, name), table)
    assert "own" in set(found.mentions["place_id"])


def test_changed_places_are_not_mixed(tmp_path, by_workers):
    """Where a gazetteer's file has changed since it was opened, the caller reads the reports itself."""
    places = own_places(tmp_path)
    (tmp_path / "own.csv").write_text((tmp_path / "own.csv").read_text().replace("own,Yar", "other,Yar"))
    assert "own" in set(extract(reports_of(TEXTS), places).mentions["place_id"])


def test_vast_report_fails_alone(by_workers, monkeypatch):
    """A report that takes too much is quarantined with LIMIT; those of its chunk are read."""
    monkeypatch.setenv("GEOSTRIKE_FILE_MEMORY", "30")
    monkeypatch.setattr(reading_workers, "_AT_ONCE", 10_000_000)
    vast = "Drones struck Tuapse, Belgorod, Lipetsk and Odesa. " * 30_000
    found = extract(reports_of([TEXTS[0], vast, TEXTS[1]]), Gazetteer())
    assert found.quarantine[["report_id", "code"]].values.tolist() == [["r1", "LIMIT"]]
    assert set(found.records["report_id"]) == {"r0", "r2"}


# --- tables -----------------------------------------------------------------------------------------------------------


def endless_package(path):
    """A GeoPackage whose one layer is a view that never ends."""
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[Point(39, 44)], crs=4326).to_file(path, layer="x")
    with sqlite3.connect(path) as base:
        base.execute(
            "create view v as with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select i as fid, 'a' as id, null as geom from n where i < 0"
        )
        base.execute("update gpkg_contents set table_name = 'v', identifier = 'v'")
        base.execute("update gpkg_geometry_columns set table_name = 'v'")
        base.execute("delete from gpkg_extensions")
        base.execute("drop table x")
    base.close()


def many_rows(path):
    ones = pa.table({"id": pa.array([1] * 500_000, pa.int8())})
    with pq.ParquetWriter(path, ones.schema) as writer:
        for _ in range(60):
            writer.write_table(ones)


def long_texts(path):
    texts = pa.table({"id": pa.array(["x" * 500] * 50_000)})
    with pq.ParquetWriter(path, texts.schema) as writer:
        for _ in range(60):
            writer.write_table(texts)


def no_such_string(path):
    workbook(path, b't="inlineStr"><is><t>a</t></is>', b't="s"><v>99</v>')


def workbook(path, old, new):
    """A sound workbook in whose sheet something was replaced."""
    content = io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["id", "date", "place"], ["a", "2024-01-25", "Tuapse"]):
        book.active.append(row)
    book.save(content)
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(old, new) if name.endswith("sheet1.xml") else data)


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("view.gpkg", endless_package, "more than the allowed 2 seconds"),
        ("rows.parquet", many_rows, "more rows than the limit of 20,000,000"),
        ("texts.parquet", long_texts, "than the allowed"),
        ("row.xlsx", lambda path: workbook(path, b'<row r="2"', b'<row r="2000000000"'), "beyond 1,048,576"),
        ("shared.xlsx", no_such_string, "cannot be read as an Excel workbook"),
        (
            "deep.kml",
            lambda path: path.write_text(f"<kml><Placemark>{'<name>' * 60_000}{'</name>' * 60_000}</Placemark></kml>"),
            "than the allowed",
        ),
    ],
)  # fmt: skip
def test_bombs_in_tables_are_refused(tmp_path, small_limits, name, make, words):
    """A table that takes too much is refused in one line with its name."""
    make(tmp_path / name)
    with pytest.raises(InputError, match=re.escape(words)) as refusal:
        read_strikes(tmp_path / name)
    assert str(refusal.value).startswith(name)
    assert "\n" not in str(refusal.value)


def test_bombs_in_borders_are_refused(tmp_path, small_limits):
    """A file with a line is opened within the same limits as a table."""
    endless_package(tmp_path / "line.gpkg")
    with pytest.raises(BorderError, match="more than the allowed 2 seconds"):
        Border.from_file(tmp_path / "line.gpkg")


def test_false_dimension_is_ignored(tmp_path):
    """A sheet that declares all possible cells is read as far as it has some."""
    workbook(tmp_path / "a.xlsx", b'<dimension ref="A1:C2"', b'<dimension ref="A1:XFD1048576"')
    assert read_strikes(tmp_path / "a.xlsx").strikes["source_id"].tolist() == ["a"]


@pytest.mark.parametrize("ending", [".gpkg", ".parquet"])
def test_damaged_geometry_loses_its_row(tmp_path, ending):
    """A geometry that is not WKB quarantines its row, with the row's number."""
    path = tmp_path / f"a{ending}"
    frame = gpd.GeoDataFrame({"id": list("abc")}, geometry=[Point(39, 44), Point(38, 45), Point(37, 46)], crs=4326)
    if ending == ".gpkg":
        frame.to_file(path, layer="x")
        with sqlite3.connect(path) as base:
            triggers = base.execute("select name from sqlite_master where type = 'trigger'").fetchall()
            for (trigger,) in triggers:
                base.execute(f'drop trigger "{trigger}"')
            base.execute("update x set geom = ? where fid = 2", (b"GP\0\1\0\0\0\0junk",))
        base.close()
    else:
        frame.to_parquet(path)
        table = pq.read_table(path)
        wkb = [cell.as_py() for cell in table["geometry"]]
        table = table.set_column(1, table.schema.field("geometry"), pa.array([wkb[0], b"junk", wkb[2]]))
        pq.write_table(table, path)
    read = read_strikes(path)
    assert read.strikes["source_id"].tolist() == ["a", "c"]
    assert read.quarantine[["line", "code"]].values.tolist() == [[2, "BAD_GEOMETRY"]]
    assert read.lines_of([0, 1]).tolist() == [1, 3]


def test_other_shapes_are_kept(tmp_path):
    """Lines, points with a height and missing geometries come back as what they were."""
    frame = gpd.GeoDataFrame(
        {"id": list("abc"), "date": "2024-01-25"},
        geometry=[Point(39, 44, 7), LineString([(1, 2), (3, 4)]), None],
        crs=4326,
    )
    frame.to_parquet(tmp_path / "a.parquet")
    read = read_strikes(tmp_path / "a.parquet")
    assert read.strikes.geometry.to_wkt().tolist() == ["POINT (39 44)"]
    assert read.quarantine["code"].tolist() == ["BAD_GEOMETRY", "NULL_GEOMETRY"]


# A background shell makes the tests, and what they start, ignore the signal.
HEEDING = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('geostrike', run_name='__main__', alter_sys=True)"
)


def test_interrupt_ends_worker(tmp_path):
    """Ctrl+C while a worker reads ends both at once with code 130, and leaves nothing."""
    endless_package(tmp_path / "a.gpkg")
    (tmp_path / "tmp").mkdir()
    command = subprocess.Popen(
        [sys.executable, "-c", HEEDING, "convert", "a.gpkg", "b.csv"],
        cwd=tmp_path, env=os.environ | {"TMPDIR": str(tmp_path / "tmp")}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not list((tmp_path / "tmp").iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1)
    worker = int(Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text().split()[0])
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=30)
    assert (command.returncode, said.splitlines()[-1]) == (130, "geostrike: interrupted")
    assert gone(worker)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.gpkg", "tmp"]


def test_relative_paths_are_the_callers(tmp_path, monkeypatch):
    """A worker that was started in another folder opens the file that the caller means."""
    points = gpd.GeoDataFrame({"date": ["2024-01-25"]}, geometry=gpd.points_from_xy([39.08], [44.1]), crs="EPSG:4326")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        points.to_file(f"{name}.gpkg")
        assert len(read_strikes(f"{name}.gpkg").strikes) == 1

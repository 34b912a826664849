"""What could be lost or changed silently: each is read, or reported with its row or file."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely.geometry import Point

import geostrike as gs
from geostrike.errors import InputError
from geostrike.exchange import read_table
from geostrike.reading import read_documents
from tests.command import REPORT, TABLE, command

if TYPE_CHECKING:
    from pathlib import Path

PLACEMARK = "<kml><Placemark><name>Tuapse</name>{}</Placemark></kml>"
POINT = "<Point><coordinates>39.08,44.1</coordinates></Point>"
DATUM = '<Data name="date"><value>{}</value></Data>'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_file(path: Path, body: str) -> Path:
    """A Word file with this body and nothing else."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r" Type="{office}" Target="word/document.xml"/></Relationships>',
        )
        packed.writestr("word/document.xml", f"<w:document {WORD}><w:body>{body}</w:body></w:document>")
    return path


def points(**columns: object) -> gpd.GeoDataFrame:
    """Two places, with these columns."""
    return gpd.GeoDataFrame(columns, geometry=[Point(39.08, 44.1), Point(36.6, 50.6)], crs=4326)


@pytest.mark.parametrize("end", ["", "!”", ".»", ". \N{COLLISION SYMBOL}"])
def test_one_line_is_the_text(end, tmp_path):
    """A report of one line is read whatever ends it: its date is that of the event, and not of the report."""
    (tmp_path / "a.txt").write_text(REPORT[:-1] + end, encoding="utf-8")
    located = gs.locate(tmp_path)
    assert located.strikes["place"].tolist() == ["Belgorod"]
    assert located.reports["published"].isna().all()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", f"---\npublished: 2024-01-25\npublished: 2023-01-01\n---\n{REPORT}"),
        ("a.json", f'[{{"text": "{REPORT}", "text": "x"}}]'),
        ("a.jsonl", f'{{"text": "{REPORT}", "Text": "x"}}'),
        ("a.csv", f'text,text\n"{REPORT}",x\n'),
    ],
)
def test_contradictory_report(name, content, tmp_path):
    """A report with two values under one name is quarantined."""
    (tmp_path / name).write_text(content)
    found = read_documents(tmp_path)
    assert found.reports.empty
    assert found.quarantine["code"].tolist() == ["BAD_TEXT"]
    assert "twice" in found.quarantine["reason"].item()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '[{"date": "2024-01-25", "date": "2023-01-01", "place": "Tuapse"}]'),
        ("a.geojson", '{"type": "Feature", "properties": {"date": "1", "date": "2"}, "geometry": null}'),
        ("a.kml", PLACEMARK.format(f"<ExtendedData>{DATUM.format(1)}{DATUM.format(2)}</ExtendedData>{POINT}")),
    ],
)
def test_contradictory_row(name, content, tmp_path):
    """So is a row; the same value given twice is not a fault."""
    (tmp_path / name).write_text(content)
    assert read_table(tmp_path / name).quarantine["reason"].str.contains("twice").all()
    (tmp_path / "same.json").write_text('[{"date": "2024-01-25", "date": "2024-01-25", "place": "Tuapse"}]')
    assert len(read_table(tmp_path / "same.json").strikes) == 1


@pytest.mark.parametrize("shape", [POINT * 2, '<Track xmlns="gx"><coord>39 44 0</coord></Track>'])
def test_placemark_is_one_point(shape, tmp_path):
    """A placemark with two points, or with a track, is quarantined: no point is picked, and none passed over."""
    (tmp_path / "a.kml").write_text(PLACEMARK.format(shape))
    assert read_table(tmp_path / "a.kml").quarantine["code"].tolist() == ["BAD_GEOMETRY"]


def test_two_points_are_two_rows(tmp_path):
    """Rows without ids that differ in their point only are two; with the same point they are one, repeated."""
    feature = {"type": "Feature", "properties": {"date": "2024-01-25"}}
    shapes = [{"type": "Point", "coordinates": place} for place in ([39.08, 44.1], [36.6, 50.6], [36.6, 50.6])]
    rows = [feature | {"geometry": shape} for shape in shapes]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    read = read_table(tmp_path / "a.geojson")
    assert (read.strikes["strike_id"].nunique(), read.quarantine["code"].tolist()) == (2, ["DUPLICATE_ID"])


@pytest.mark.parametrize(
    "body",
    [
        f"<w:p><w:ins><w:r><w:t>{REPORT}</w:t></w:r></w:ins></w:p>",
        f"<w:sdt><w:sdtContent><w:p><w:r><w:t>{REPORT}</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        f"<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>{REPORT}</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc>"
        "</w:tr></w:tbl>",
        f"<w:p><w:del><w:r><w:delText>x</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>x</w:t></w:r></w:moveFrom>"
        f"<w:r><w:t>{REPORT}</w:t></w:r></w:p>",
    ],
)
def test_word_file_is_read_whole(body, tmp_path):
    """Of a Word file, what was put in with changes tracked, forms and inner tables are read; what was taken out is
    not, and no title is made up."""
    word_file(tmp_path / "a.docx", body)
    report = read_documents(tmp_path).reports.iloc[0]
    assert (report["text"].strip(), report["title"]) == (REPORT, "")


@pytest.mark.parametrize(("ending", "size"), [(".dbf", 0), (".dbf", 100), (".shp", 110)])
def test_shapefile_lacks_a_part(ending, size, tmp_path):
    """A shapefile without its table, or of which a part is cut off, is refused: its rows would go without a word."""
    points(date=["2024-01-25", "2024-01-26"]).to_file(tmp_path / "a.shp")
    part = tmp_path / f"a{ending}"
    part.write_bytes(part.read_bytes()[:size])
    if not size:
        part.unlink()
    with pytest.raises(InputError, match=f"{ending} file is"):
        read_table(tmp_path / "a.shp")


def test_cell_of_no_text(tmp_path):
    """Bytes that are not text, in a text column of a binary table, cost their row only."""
    cells = pa.Array.from_buffers(pa.string(), 2, pa.array([b"Tuapse", b"\xff\xfe"], pa.binary()).buffers())
    pq.write_table(pa.table({"date": ["2024-01-25"] * 2, "place": cells}), tmp_path / "a.parquet")
    read = read_table(tmp_path / "a.parquet")
    assert (len(read.strikes), read.quarantine["code"].tolist()) == (1, ["BAD_TEXT"])


@pytest.mark.parametrize("geo", [b"null", b"[]", b'{"version": "1.0.0"}'])
def test_geometry_without_column(geo, tmp_path):
    """A Parquet file whose metadata names no geometry column is rejected, not read without its points."""
    table = pa.table({"date": ["2024-01-25"], "place": ["Tuapse"]}).replace_schema_metadata({"geo": geo})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="does not name a geometry column"):
        read_table(tmp_path / "a.parquet")


@pytest.mark.parametrize(("extra", "said"), [(",name", "occurs twice"), ("", "more cells")])
def test_gazetteer_check_refuses(extra, said, tmp_path):
    """`gazetteer check` finds what a run would refuse: a column twice, a row with too many cells."""
    columns = (
        "id,name,variants,kind,country,admin1,latitude,longitude,radius_km,geonameid,blocked_variants,source,source2"
    )
    (tmp_path / "g.csv").write_text(
        f"{columns}{extra}\nmy:1,Foo,,settlement,RUS,RU-KDA,44.1,39.08,4,,,x,single source,Bar\n"
    )
    for words in (["gazetteer", "check", tmp_path / "g.csv"], ["resolve", "--gazetteer", tmp_path / "g.csv", "Foo"]):
        done = command(*words)
        assert (done.code, said in done.err) == (2, True), done


def test_separators_of_reports(tmp_path):
    """A table of reports is separated as any table is: also by bars, and as a first line `sep=` says."""
    (tmp_path / "a.csv").write_text(f"text|published\n{REPORT}|2024-01-25\n")
    (tmp_path / "b.csv").write_text(f"sep=;\ntext;published\n{REPORT};2024-01-26\n;\n")
    read = read_documents(tmp_path)
    assert len(read.reports) == 2
    assert read.quarantine["line"].tolist() == []


def test_published_in_year_one(tmp_path):
    """A report of the year 1 is a wrong date, and no fault of geostrike."""
    (tmp_path / "a.md").write_text(f"---\npublished: 0001-01-01\n---\n{REPORT}")
    assert read_documents(tmp_path).quarantine["code"].tolist() == ["BAD_DATE"]


def test_workbook_without_sheets(tmp_path):
    """A workbook of a kind that openpyxl sees no sheet in (Strict Open XML) is not called empty."""
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    with zipfile.ZipFile(content) as book, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as strict:
        for name in book.namelist():
            part = book.read(name)
            part = part.replace(b"schemas.openxmlformats.org", b"purl.oclc.org") if name == "xl/workbook.xml" else part
            strict.writestr(name, part)
    with pytest.raises(InputError, match="holds no readable sheet"):
        read_table(tmp_path / "a.xlsx")


def test_diff_reports_lost_rows(tmp_path):
    """A row that cannot be used makes no strike seem gone without a word: `diff` says so, and ends with 3."""
    (tmp_path / "a.csv").write_text(TABLE)
    (tmp_path / "b.csv").write_text(TABLE.replace("2024-01-26", "03/04/2024"))
    done = command("diff", tmp_path / "a.csv", tmp_path / "b.csv")
    assert done.code == 3
    assert "1 rows could not be used" in done.err


@pytest.mark.parametrize("words", [["stats"], ["map", "--out", "m.html"], ["diff", "same.csv"]])
def test_no_rows_are_said(words, tmp_path, monkeypatch):
    """A table that is cut off behind its header is not summarised, drawn or compared without a word."""
    monkeypatch.chdir(tmp_path)
    for name in ("cut.csv", "same.csv"):
        (tmp_path / name).write_text(TABLE.partition("\n")[0])
    done = command(*words, "cut.csv")
    assert (done.code, "no strikes in the table" in done.err) == (0, True)


@pytest.mark.parametrize("message", ["libx.so: failed to map segment from shared object", "can't start new thread"])
def test_memory_not_a_fault(message, monkeypatch):
    """Where a library says in its own words that there is no memory left, that is said, and no report is asked for."""
    shipped = classmethod(lambda _: (_ for _ in ()).throw(RuntimeError(message)))
    monkeypatch.setattr("geostrike.borders.border.Border.shipped", shipped)
    done = command("border", "list")
    assert (done.code, "not enough memory" in done.err, "report it" in done.err) == (1, True, False)


SCHEMA = 'name = "x"\ntitle = "y"\n{}\n[columns]\nplace = ["place"]\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "has no name"),
        (SCHEMA.format("nope = 7"), "'nope' is not known"),
        (SCHEMA.format("keep = [{a = 1}]"), "'a' is not known"),
        (SCHEMA.format("keep = [7]"), "7 is not a table"),
        (SCHEMA.format("") + 'date = "day"\n', "list of names"),
    ],
)
def test_schema_faults_are_plain(content, said, tmp_path):
    """What is wrong with a description of a table is said in its own words, and not in those of Python."""
    (tmp_path / "s.toml").write_text(content)
    (tmp_path / "t.csv").write_text(TABLE)
    done = command("convert", tmp_path / "t.csv", tmp_path / "o.csv", "--schema", tmp_path / "s.toml")
    assert (done.code, said in done.err, "__init__" in done.err) == (2, True, False), done.err


@pytest.mark.parametrize("sign", ["\N{SOFT HYPHEN}", "\N{ZERO WIDTH SPACE}", "\N{WORD JOINER}"])
def test_unseen_signs_part_no_name(sign, tmp_path):
    """A name that a page lets break within a word is the same name."""
    (tmp_path / "a.txt").write_text(REPORT.replace("Belgorod", f"Bel{sign}gorod"), encoding="utf-8")
    assert gs.locate(tmp_path).strikes["place"].tolist() == ["Belgorod"]


def test_unknown_backend_costs_nothing(tmp_path):
    """A backend of Matplotlib's that is set for other programs, and is not there, does not end a run."""
    (tmp_path / "a.txt").write_text(REPORT)
    words = ["run", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out")]
    environment = os.environ | {"MPLBACKEND": "nope"}
    ended = subprocess.run(
        [sys.executable, "-m", "geostrike", *words], env=environment, capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stderr

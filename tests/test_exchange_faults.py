"""Runs over a table that are killed, get in each other's way, or meet a disk that refuses."""

import contextlib
import gzip
import io
import os
import random
import shutil
import subprocess
import sys
import time

import pytest

from geostrike.cli import main
from geostrike.intake.output import OutputFolder

HEADER = "id,date,place,lat,lon,source"
LINES = [f"{number},2024-01-{number % 28 + 1:02},Tuapse,44.{number},39.08,made up" for number in range(1, 40)]
# What a child process does instead of the command, where it is to meet a fault: {} is done before the command.
FAULTY = """
import os, signal, sys
from geostrike.cli import main
import geostrike.cli.convert, geostrike.exchange, geostrike.maps, geostrike.pipeline, geostrike.report
{}
main(sys.argv[1:])
"""
FULL_DISK = """
import resource
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
"""
# Python's own files may be out of that user's reach: all that a run needs is loaded before.
NOBODY = """
if os.geteuid() == 0:
    import geostrike.cli.convert
    try:
        main(["run", sys.argv[2], "--out", sys.argv[2] + ".before", "-q"])
    except SystemExit:
        os.setuid(65534)
"""


@pytest.fixture(autouse=True)
def the_same_time(monkeypatch):
    """Equal runs write equal files."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def table(path, rows):
    path.write_text("\n".join([HEADER, *LINES[:rows]]) + "\n", encoding="utf-8")
    return path


def geostrike(*arguments):
    """The exit code of the command, and what it said."""
    err = io.StringIO()
    with contextlib.redirect_stdout(err), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code, err.getvalue()


def started(*arguments, fault=""):
    """The command as a process of its own, with a fault that it is to meet."""
    command = [sys.executable, "-c", FAULTY.format(fault), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def visible(folder):
    """The files that a user sees."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def test_killed_table_run(tmp_path):
    """A killed run over a table leaves the old files, the new ones, or its journal."""
    first, second = table(tmp_path / "t.csv", 5), table(tmp_path / "u.csv", 39)
    assert geostrike("run", first, "--out", tmp_path / "old", "-q")[0] == 0
    old = visible(tmp_path / "old")
    assert geostrike("run", second, "--out", tmp_path / "whole", "-q")[0] == 0
    new = visible(tmp_path / "whole")
    chance = random.Random(7)
    for attempt in range(2):
        out = tmp_path / f"out{attempt}"
        shutil.copytree(tmp_path / "old", out)
        running = started("run", second, "--out", out, "-q")
        while running.poll() is None and not any(path.name.startswith(".geostrike-new-") for path in out.iterdir()):
            time.sleep(0.001)
        time.sleep(chance.random() * 0.05)
        running.kill()
        running.communicate()
        found = visible(out)
        assert all(content in (old.get(name), new.get(name)) for name, content in found.items())
        with OutputFolder(out) as folder:
            broken = folder.cut_off()
        assert broken or found in (old, new)
        code, said = geostrike("run", second, "--out", out, "-q")
        assert code == 0
        assert ("an earlier run was cut off" in said) == broken
        assert visible(out) == new


def test_second_run_waits_out(tmp_path):
    """A second run into a folder stops with a message, and leaves the first one alone."""
    events, out = table(tmp_path / "t.csv", 5), tmp_path / "out"
    with OutputFolder(out):
        running = started("run", events, "--out", out)
        _, said = running.communicate(timeout=120)
        assert running.returncode == 2
        assert "another run is writing to this folder" in said
        assert visible(out) == {}
    both = [started("run", events, "--out", out, "-q") for _ in range(2)]
    said = [running.communicate(timeout=120)[1] for running in both]
    codes = sorted(running.returncode for running in both)
    assert codes in ([0, 0], [0, 2]), said
    with OutputFolder(out) as folder:
        assert not folder.cut_off()


@pytest.mark.skipif(os.name != "posix", reason="a limit on files, and users, as POSIX has them")
@pytest.mark.parametrize(
    ("fault", "words"), [(FULL_DISK, "could not be written: File too large"), (NOBODY, "Permission denied")]
)
@pytest.mark.parametrize("command", ["run", "convert"])
def test_failing_disk(command, fault, words, tmp_path):
    """A disk that fails gives one line, and nothing is left."""
    events, out = table(tmp_path / "t.csv", 39), tmp_path / "out"
    for folder in (*list(tmp_path.parents)[:3], tmp_path, events):
        with contextlib.suppress(OSError):
            folder.chmod(folder.stat().st_mode | 0o055)
    out.mkdir(mode=0o755)
    if fault is NOBODY and os.geteuid() != 0:
        out.chmod(0o555)
    target = ("--out", out) if command == "run" else (out / "s.geojson",)
    running = started(command, events, *target, fault=fault)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 2, said
    assert words in said
    assert str(out) in said
    assert len(said.strip().splitlines()) == 1
    assert visible(out) == {}
    assert [path.name for path in out.iterdir()] in ([], [".geostrike.lock"])


def test_links_rejected(tmp_path):
    """Symbolic links are rejected, and never written through."""
    events, mine = table(tmp_path / "t.csv", 2), tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    code, said = geostrike("run", events, "--out", tmp_path / "link")
    assert (code, "is a symbolic link" in said) == (2, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    out = tmp_path / "out"
    out.mkdir()
    (out / "map.html").symlink_to(mine)
    (out / ".geostrike-new-strikes.csv").symlink_to(mine)
    code, said = geostrike("run", events, "--out", out)
    assert (code, "kept map.html (not as a run wrote it; the new one is map.new.html)" in said) == (0, True)
    assert geostrike("run", events, "--out", out, "--force", "-q")[0] == 0
    assert not (out / "map.html").is_symlink()
    assert mine.read_text() == "mine"
    with OutputFolder(out) as folder:
        assert not folder.cut_off()


@pytest.mark.skipif(os.name != "posix", reason="a limit on files, as POSIX has it")
def test_full_temporary_disk(tmp_path):
    """A full disk for temporary files gives one line."""
    events = table(tmp_path / "t.csv", 39)
    packed = tmp_path / "big.csv.gz"
    packed.write_bytes(gzip.compress(events.read_bytes() * 100))
    for source, target in ((events, "s.gpkg"), (packed, "s.csv")):
        running = started("convert", source, tmp_path / target, fault=FULL_DISK)
        _, said = running.communicate(timeout=120)
        assert running.returncode == 2, said
        assert len(said.strip().splitlines()) == 1
        assert not (tmp_path / target).exists()

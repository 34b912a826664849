"""A disk that fails at every step of writing: old results stay whole, or the state is said; always in one line.

The n-th opening, writing, renaming, forcing to disk or deleting fails; for a run, with the reading replaced, for every
n, for whole commands the first, a middle and the last.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from command import REPORT, TABLE, command

import geostrike.pipeline
import geostrike.runs.files
from geostrike.intake.output import was_cut_off
from geostrike.places.overlay import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS = ("open", "write", "rename", "sync", "unlink")


class Disk:
    """Functions that write to disk; the n-th call of one kind fails, and all calls are counted."""

    def __init__(self, kind: str = "", number: int = 0) -> None:
        self.counts = dict.fromkeys(KINDS, 0)
        self._fails = (kind, number)

    def step(self, kind: str, path: object = None) -> None:
        self.counts[kind] += 1
        if (kind, self.counts[kind]) == self._fails:
            raise OSError(errno.EIO, "Input/output error", os.fspath(path) if isinstance(path, os.PathLike) else None)

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        for name, kind in (("replace", "rename"), ("rename", "rename"), ("fsync", "sync"), ("unlink", "unlink")):
            patch.setattr(os, name, self._watched(kind, getattr(os, name)))
        patch.setattr(os, "open", self._watched("open", os.open))
        opened = self._opened(io.open)
        patch.setattr(io, "open", opened)
        patch.setattr(builtins, "open", opened)

    def _watched(self, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.step(kind, arguments[0])
            return function(*arguments, **options)

        return call

    def _opened(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            self.step("open", file)
            handle = function(file, mode, *arguments, **options)
            return _Watched(handle, self) if "x" in mode and "b" in mode else handle

        return call


class _Watched(io.BufferedIOBase):
    """A file whose writing is watched."""

    def __init__(self, handle: Any, disk: Disk) -> None:
        self._handle, self._disk = handle, disk

    def write(self, data: Any) -> int:
        self._disk.step("write")
        return int(self._handle.write(data))

    def flush(self) -> None:
        self._handle.flush()

    def fileno(self) -> int:
        return int(self._handle.fileno())

    def close(self) -> None:
        self._handle.close()


def visible(folder: Path) -> dict[str, bytes]:
    """The files that a user sees."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def failed(disk: Disk, *words: object, typed: str = "") -> tuple[int, str]:
    """The exit code and the message of a command on this disk: one line."""
    with pytest.MonkeyPatch.context() as patch:
        disk.patch(patch)
        done = command(*words, typed=typed)
    assert len(done.err.splitlines()) <= 1, done.err
    assert "fault of geostrike" not in done.err
    return done.code, done.err


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two runs, of one report and of two: what `locate` found and the files that they write."""
    folder = tmp_path_factory.mktemp("runs")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        for name in ("old", "new"):
            (folder / f"{name}.txt").write_text(REPORT.replace("Belgorod", "Tuapse") if name == "new" else REPORT)
            located = geostrike.locate(folder)
            found[name] = located, list(geostrike.runs.files.result_files(located))
    return found


def read_as(patch: pytest.MonkeyPatch, run: tuple[Any, Any]) -> None:
    """Let a run find what this one found, at once."""
    patch.setattr(geostrike.pipeline, "locate", lambda *_, **__: run[0])
    patch.setattr(geostrike.runs.files, "result_files", lambda *_, **__: iter(run[1]))


def test_run_faults(runs: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are old or new; where they are mixed, or the run failed late, the next run says so, and writes all."""
    (tmp_path / "r.txt").write_text(REPORT)
    out, old_out = tmp_path / "out", tmp_path / "old"
    words = ("run", tmp_path / "r.txt", "--out", out, "-q")
    read_as(monkeypatch, runs["old"])
    assert command("run", tmp_path / "r.txt", "--out", old_out, "-q").code == 0
    read_as(monkeypatch, runs["new"])
    shutil.copytree(old_out, out)
    counted = Disk()
    assert failed(counted, *words) == (0, "")
    old, new = visible(old_out), visible(out)
    assert min(counted.counts.values()) > 0
    assert counted.counts["rename"] == len(new) + 1
    states = set()
    for kind, count in counted.counts.items():
        for number in range(1, count + 1):
            shutil.rmtree(out)
            shutil.copytree(old_out, out)
            code, said = failed(Disk(kind, number), *words)
            found, cut_off = visible(out), was_cut_off(out)
            assert set(found.values()) <= {*old.values(), *new.values()}
            assert cut_off or found in (old, new), (kind, number)
            assert (code, bool(said)) in {(2, True), (0, False)}, (kind, number)
            assert code == 2 or found == new
            assert ("old and new files" in said) == (cut_off and code == 2), (kind, number, said)
            assert not list(out.glob(".geostrike-new-*")) or kind == "unlink"
            states.add((code, cut_off))
            done = command(*words)
            assert (done.code, "was cut off" in done.err) == (0, cut_off), (kind, number, done.err)
            assert visible(out) == new
    assert states >= {(2, False), (2, True)}


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with something to read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "u.csv").write_text(TABLE.replace("44.1", "44.2"))
    (tmp_path / "mine.csv").write_text(",".join(COLUMNS) + "\n")
    dump = "1 Xville Xville - 50 36 P PPL UA - 07 - - - 9 - - - -\n".replace(" ", "\t").replace("-", "")
    (tmp_path / "dump.txt").write_text(dump)
    pd.DataFrame({"lon": [36.0], "lat": [50.0]}).to_parquet(tmp_path / "points.parquet")
    review = "record_id,path,quote,decision\na,r.txt,Drones hit Azov.,\n"
    (tmp_path / "reviewed").mkdir()
    (tmp_path / "reviewed" / "review.csv").write_text(review)
    (tmp_path / "reviewed" / "decisions.csv").write_text("record_id,decision\nb,reject\n")
    return tmp_path


WRITERS = {
    "convert": ("convert t.csv new.geojson", ""),
    "convert to gpkg": ("convert t.csv new.gpkg", ""),
    "map": ("map t.csv --out new.html", ""),
    "diff": ("diff t.csv u.csv --out new", ""),
    "depth": ("depth points.parquet --out new.parquet", ""),
    "gazetteer add": (
        "gazetteer add mine.csv --id a --name A --kind settlement --country UKR --point 50 36 --radius 9 --source s", ""
    ),
    "gazetteer build": ("gazetteer build dump.txt --out new.sqlite", ""),
    "review": ("review reviewed", "a\nsure\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
def test_command_faults(name: str, inside: Path) -> None:
    """Old files stay whole; a new one is written whole or not at all; exit code 2 and one line."""
    words, typed = WRITERS[name]
    before = contents(inside)
    counted = Disk()
    assert failed(counted, *words.split(), typed=typed) == (0, "")
    whole = contents(inside)
    assert whole != before
    for kind in KINDS:
        count = counted.counts[kind]
        for number in sorted({1, (count + 1) // 2, count} - {0}):
            restore(inside, before)
            code, said = failed(Disk(kind, number), *words.split(), typed=typed)
            found = contents(inside)
            assert all(found[path] in (content, whole[path]) for path, content in before.items()), (kind, number)
            assert set(found.items()) <= {*before.items(), *whole.items()}, (kind, number, said)
            assert (code, bool(said)) in {(2, True), (0, False)}, (kind, number, said)
            assert code == 2 or found == whole, (kind, number)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below, but temporary ones that could not be deleted."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".geostrike")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def restore(folder: Path, files: dict[str, bytes]) -> None:
    """The folder as it was."""
    for path in list(folder.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.mark.skipif(os.name != "posix", reason="a limit on files, as POSIX has it")
@pytest.mark.parametrize("name", WRITERS)
def test_full_disk(name: str, inside: Path) -> None:
    """A disk without room, also for what is not written by Python; nothing is left, and old files are whole."""
    import resource

    words, typed = WRITERS[name]
    before = contents(inside)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        done = command(*words.split(), typed=typed)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (done.code, len(done.err.splitlines())) == (2, 1), done.err
    assert contents(inside) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from geostrike.intake.output import OutputFolder
steps = 0
def killing(step):
    def call(*arguments, **options):
        global steps
        steps += 1
        if steps == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments, **options)
    return call
for name in ("replace", "unlink", "fsync"):
    setattr(os, name, killing(getattr(os, name)))
with OutputFolder(sys.argv[1], names={"a.csv", "b.csv", "c.csv"}) as out:
    out.publish({"a.csv": b"new", "b.csv": b"new"}, {"geostrike": "1"})
"""


@pytest.mark.skipif(os.name != "posix", reason="a signal that POSIX has")
@pytest.mark.parametrize(("step", "cut_off"), [(2, False), (10, True), (14, True)])
def test_killed_process(step: int, cut_off: bool, tmp_path: Path) -> None:
    """A process that is killed leaves whole files, and once it renames them its journal, which the next one heeds."""
    with geostrike.intake.output.OutputFolder(tmp_path) as out:
        out.publish(dict.fromkeys(("a.csv", "c.csv"), b"old"), {"geostrike": "1"})
    running = subprocess.run([sys.executable, "-c", KILLED, tmp_path, str(step)], check=False, timeout=120)
    assert running.returncode == -signal.SIGKILL
    assert {path.read_bytes() for path in tmp_path.glob("*.csv")} <= {b"old", b"new"}
    assert was_cut_off(tmp_path) == cut_off
    with geostrike.intake.output.OutputFolder(tmp_path, names={"a.csv", "b.csv", "c.csv"}) as out:
        out.publish({"a.csv": b"next"}, {"geostrike": "1"})
    assert sorted(visible(tmp_path)) == ["a.csv", "run.json"]

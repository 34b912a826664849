"""Fuzzing: replay of every kept input, a short run with a fixed seed, and tests of the fuzzer itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz import __main__ as fuzzer
from fuzz import limits
from fuzz.limits import fault_of
from fuzz.mutation import NASTY
from fuzz.targets import TARGETS

from geostrike.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "fuzz" / "corpus"


def fuzz(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tests")} | variables
    command = [sys.executable, "-m", "fuzz", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=300)


def test_kept_inputs():
    """Every kept input yields a documented error or a valid result."""
    done = fuzz("--replay")
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    kept = len([path for path in CORPUS.glob("*/*") if path.is_file()])
    assert done.stdout.splitlines()[-1] == f"{kept} kept inputs, 0 faults"


def test_short_run(tmp_path):
    """A few damaged inputs to every target, always the same, find nothing."""
    done = fuzz("--seconds", 240, "--examples", 4, "--rounds", 1, "--seed", 14, "--save", tmp_path)
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    inputs, targets = re.search(r"([\d,]+) inputs to (\d+) targets, 0 faults", done.stdout).groups()
    assert int(targets) == len(TARGETS)
    assert int(inputs.replace(",", "")) >= 2 * len(TARGETS)


# --- that it sees what it should --------------------------------------------------------------------------------------


def hang(_data, _folder):
    while True:
        pass


def hungry(_data, _folder):
    bytearray(80_000_000).find(b"x")


def crash(data, _folder):
    return data[len(data)]


def refuse(_data, _folder):
    msg = "no"
    raise InputError(msg)


def say_too_much(_data, _folder):
    msg = "no\n" * 10
    raise InputError(msg)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (hang, "time-test_fuzz-hang"),
        (hungry, "memory"),
        (crash, "IndexError-test_fuzz-crash"),
        (refuse, None),
        (say_too_much, "message-test_fuzz-say_too_much"),
    ],
)
def test_faults(tmp_path, monkeypatch, target, kind):
    """Time, memory, an undocumented error and a long message are faults; a documented error is not."""
    monkeypatch.setattr(limits, "MEGABYTES", 40)
    fault = fault_of(target, b"x", tmp_path, seconds=1)
    assert (fault.kind if fault else None) == kind


def test_dead_worker(tmp_path, monkeypatch):
    """An input that kills or hangs the process is kept, with the command to replay it."""
    monkeypatch.setattr(fuzzer, "WALL_SECONDS", 0.5)
    for body, kind in (("os._exit(7)", "death-7"), ("time.sleep(60)", "stuck")):
        (tmp_path / "fuzz").mkdir(exist_ok=True)
        (tmp_path / "fuzz" / "__init__.py").touch()
        (tmp_path / "fuzz" / "worker.py").write_text(
            "import json, os, pathlib, sys, time\n"
            "folder = pathlib.Path(sys.argv[1])\n"
            "(folder / 'current.input').write_bytes(b'bad')\n"
            "(folder / 'current.json').write_text(json.dumps({'target': 'number'}))\n" + body
        )
        monkeypatch.setattr(fuzzer, "HERE", tmp_path / "fuzz")
        outcome = fuzzer._run({})
        assert [(fault["kind"], bytes.fromhex(fault["input"])) for fault in outcome.faults] == [(kind, b"bad")]


def test_replay(tmp_path, capsys):
    """A kept file is named after its target, which --replay reads from the name."""
    fault = {"target": "table-csv", "kind": "KeyError-x y", "detail": "d", "input": b"id\n".hex()}
    path = fuzzer._keep(fault, tmp_path)
    fuzzer._print_fault(fault, path)
    assert path.parent.name == "table-csv"
    assert path.suffix == ".csv"
    assert path.read_bytes() == b"id\n"
    assert f"python3 dev.py fuzz --replay {path}" in capsys.readouterr().out
    done = fuzz("--replay", path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 kept inputs, 0 faults")


def test_unknown_target():
    """An unknown target is an error that names it."""
    assert fuzzer.main(["--target", "nosuch"]) == 2


def test_same_seed(tmp_path):
    """The same seed yields the same inputs."""
    from fuzz.worker import Worker

    taken = []
    for _turn in range(2):
        worker = Worker(tmp_path)
        seen: list[bytes] = []
        worker.check = lambda _name, data, seen=seen: seen.append(data)  # type: ignore[method-assign]
        worker.fuzz("day-cell", 5, 30, float("inf"))
        taken.append(seen)
    assert taken[0] == taken[1]
    assert len({*taken[0]}) > 10


def test_targets_of_kept_inputs():
    """Every kept input has a target."""
    names = {path.parent.name for folder in ("corpus", "open") for path in (CORPUS.parent / folder).glob("*/*")}
    assert names <= set(TARGETS)
    assert len(set(NASTY)) == len(NASTY)
    assert json.dumps(NASTY)

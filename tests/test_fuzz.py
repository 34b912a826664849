"""Fuzzing: every input that ever failed, a short run with a fixed seed, and that the fuzzer sees what it should."""

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


def test_no_kept_input_fails_again():
    """Every input that ever failed gives a documented error or a sound result."""
    done = fuzz("--replay")
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    kept = len([path for path in CORPUS.glob("*/*") if path.is_file()])
    assert done.stdout.splitlines()[-1] == f"{kept} kept inputs, 0 faults"


def test_a_short_run_finds_nothing(tmp_path):
    """Some damaged inputs to every target, always the same ones."""
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
def test_what_counts_as_a_fault(tmp_path, monkeypatch, target, kind):
    """Time, memory, an undocumented error and a page of a message are faults; a documented error is none."""
    monkeypatch.setattr(limits, "MEGABYTES", 40)
    fault = fault_of(target, b"x", tmp_path, seconds=1)
    assert (fault.kind if fault else None) == kind


def test_a_dead_worker_is_laid_to_its_input(tmp_path, monkeypatch):
    """The input that killed the process, or on which it sits for ever, is kept with the line to repeat it."""
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


def test_a_fault_is_kept_and_can_be_repeated(tmp_path, capsys):
    """The kept file lies under its target's name, which --replay takes the target from."""
    fault = {"target": "table-csv", "kind": "KeyError-x y", "detail": "d", "input": b"id\n".hex()}
    path = fuzzer._keep(fault, tmp_path)
    fuzzer._tell(fault, path)
    assert path.parent.name == "table-csv"
    assert path.suffix == ".csv"
    assert path.read_bytes() == b"id\n"
    assert f"python3 dev.py fuzz --replay {path}" in capsys.readouterr().out
    done = fuzz("--replay", path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 kept inputs, 0 faults")


def test_an_unknown_target_is_said():
    assert fuzzer.main(["--target", "nosuch"]) == 2


def test_the_same_seed_gives_the_same_inputs(tmp_path):
    """So a run can be repeated."""
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


def test_every_kept_input_has_a_target():
    names = {path.parent.name for folder in ("corpus", "open") for path in (CORPUS.parent / folder).glob("*/*")}
    assert names <= set(TARGETS)
    assert len(set(NASTY)) == len(NASTY)
    assert json.dumps(NASTY)

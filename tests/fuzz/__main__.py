"""Fuzz, replay and report: this process supervises the worker that runs the inputs.

python3 dev.py fuzz --seconds 60                 damaged inputs to all targets for a minute
python3 dev.py fuzz --target table-csv --seed 7  to one target (or several), with another seed
python3 dev.py fuzz --replay                     every input of the corpus again
python3 dev.py fuzz --replay PATH ...            these inputs again, with a full traceback
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.limits import slug

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORPUS = HERE / "corpus"
OPEN = HERE / "open"
"""Inputs whose faults are known but not fixed; faults of these kinds are not reported again."""
WALL_SECONDS = 90.0  # for one input; a process stuck in C code heeds no other limit


@dataclass
class Outcome:
    """The faults a process found, and the number of inputs it ran."""

    faults: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    whole: bool = False


def main(arguments: list[str]) -> int:
    """Run the command line; return 1 if anything failed."""
    options = _parsed(arguments)
    if options.replay is not None:
        return _replay([Path(path) for path in options.replay] or sorted(p for p in CORPUS.glob("*/*") if p.is_file()))
    from fuzz.targets import TARGETS

    unknown = [name for name in options.target if name not in TARGETS]
    if unknown:
        print(f"there is no target {unknown[0]!r}; the targets are: {', '.join(TARGETS)}")
        return 2
    return _fuzz(options, options.target or list(TARGETS))


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description="Damaged inputs to all that reads, and to locate.")
    parser.add_argument("--seconds", type=float, default=60, help="how long (60)")
    parser.add_argument("--target", action="append", default=[], metavar="NAME", help="only this; may be repeated")
    parser.add_argument("--seed", type=int, default=0, help="where chance begins (0)")
    parser.add_argument("--examples", type=int, default=50, help="inputs to a target before the next one's turn (50)")
    parser.add_argument("--rounds", type=int, default=1_000_000, help="most turns of each target")
    parser.add_argument("--save", type=Path, default=CORPUS, metavar="FOLDER", help="where inputs that fail are kept")
    parser.add_argument(
        "--replay", nargs="*", metavar="PATH", help="run kept inputs again: all of the corpus, or these"
    )
    return parser.parse_args(arguments)


def _fuzz(options: argparse.Namespace, targets: list[str]) -> int:
    end = time.time() + options.seconds
    known = [path.stem.split(".")[0].rpartition("-")[0] for path in OPEN.glob("*/*")]
    counts: dict[str, int] = {}
    failed = 0
    number, rounds = options.seed, options.rounds
    while time.time() < end and rounds > 0:
        orders = {"targets": targets, "examples": options.examples, "rounds": rounds}
        outcome = _run(orders | {"seed": number, "end": end, "known": known})
        for fault in outcome.faults:
            known.append(slug(fault["kind"]))
            failed += 1
            _print_fault(fault, _keep(fault, options.save))
        for name, count in outcome.counts.items():
            counts[name] = counts.get(name, 0) + count
        if outcome.whole:
            break
        # The process died: continue with other inputs, but not with the target that killed it.
        number += 1_000
        targets = targets[1:] + targets[:1]
    print(f"{sum(counts.values()):,} inputs to {len(counts)} targets, {failed} faults", flush=True)
    return 1 if failed else 0


def _replay(paths: list[Path]) -> int:
    left = [(path.resolve().parent.name, str(path)) for path in paths]
    failed = 0
    while left:
        outcome = _run({"targets": [], "seed": 0, "end": 0, "examples": 0, "rounds": 0, "known": [], "replay": left})
        for fault in outcome.faults:
            if fault["kind"]:
                failed += 1
                print(f"{fault.get('path') or left[0][1]}: {fault['kind']}\n{fault['detail']}", flush=True)
        left = left[len(outcome.faults) :] if not outcome.whole else []
    print(f"{len(paths)} kept inputs, {failed} faults", flush=True)
    return 1 if failed else 0


def _run(orders: dict[str, Any]) -> Outcome:
    """Run a worker until it is done, dies or hangs on one input, which is then at fault."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "orders.json").write_text(json.dumps(orders), encoding="utf-8")
        variables = os.environ | {"PYTHONPATH": str(HERE.parent), "TMPDIR": name, "PYTHONFAULTHANDLER": "1"}
        command = [sys.executable, "-m", "fuzz.worker", name, str(folder / "orders.json")]
        with (folder / "stderr").open("w+", encoding="utf-8", errors="replace") as said:
            worker = subprocess.Popen(command, cwd=name, env=variables, stdout=subprocess.DEVNULL, stderr=said)
            try:
                stuck = _watch(worker, folder)
                if stuck:
                    worker.send_signal(getattr(signal, "SIGABRT", signal.SIGTERM))  # it prints where it hangs
                    with suppress(subprocess.TimeoutExpired):
                        worker.wait(5)
            finally:
                worker.kill()
                worker.wait()
            said.seek(0)
            last_words = said.read()[-2_000:]
        found = folder / "found.jsonl"
        faults = [json.loads(line) for line in found.read_text("utf-8").splitlines()] if found.exists() else []
        done = folder / "done.json"
        if done.exists():
            return Outcome(faults, json.loads(done.read_text("utf-8")), whole=True)
        if not (folder / "current.json").exists():
            msg = f"the worker did not start:\n{last_words}"
            raise SystemExit(msg)
        current = json.loads((folder / "current.json").read_text("utf-8"))
        kind = "stuck" if stuck else f"death-{worker.returncode}"
        data = (folder / "current.input").read_bytes()
        faults.append({"target": current["target"], "kind": kind, "detail": last_words, "input": data.hex()})
        return Outcome(faults)


def _watch(worker: subprocess.Popen[bytes], folder: Path) -> bool:
    """Wait for the worker; return whether it had to be stopped."""
    current = folder / "current.json"
    while worker.poll() is None:
        time.sleep(0.1)
        if current.exists() and time.time() - current.stat().st_mtime > WALL_SECONDS:
            return True
    return False


def _keep(fault: dict[str, Any], folder: Path) -> Path:
    """Save the input under its target and a name that describes the fault."""
    from fuzz.targets import TARGETS

    data = bytes.fromhex(fault["input"])
    path = folder / fault["target"] / f"{slug(fault['kind'])}-{zlib.crc32(data):08x}{TARGETS[fault['target']].suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _print_fault(fault: dict[str, Any], path: Path) -> None:
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    print(f"\n{fault['target']}: {fault['kind']}\n{fault['detail'].rstrip()}\nkept as {shown}; again:")
    print(f"    python3 dev.py fuzz --replay {shown}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

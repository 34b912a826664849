"""The process that runs inputs; it records each one first, so that its death can be attributed."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
import warnings
import zlib
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz.limits import limit_memory, slug
from fuzz.targets import TARGETS, border, gazetteer, run

CURRENT = "current.json"
FOUND = "found.jsonl"
DONE = "done.json"


class FoundError(Exception):
    """A new fault, whose input hypothesis minimises."""


class Worker:
    """Runs inputs, keeps what fails, and counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: set[str] = set()
        self.counts: dict[str, int] = {}

    def check(self, name: str, data: bytes) -> tuple[str, str] | None:
        """Return kind and detail of the input's fault."""
        (self.folder / "current.input").write_bytes(data)
        (self.folder / CURRENT).write_text(json.dumps({"target": name, "since": time.time()}), encoding="utf-8")
        self.counts[name] = self.counts.get(name, 0) + 1
        fault = run(name, data)
        return (fault.kind, fault.detail) if fault else None

    def found(self, name: str, kind: str, detail: str, data: bytes) -> None:
        fault = {"target": name, "kind": kind, "detail": detail, "input": data.hex()}
        with (self.folder / FOUND).open("a", encoding="utf-8") as file:
            file.write(json.dumps(fault) + "\n")

    def fuzz(self, name: str, start: int, examples: int, end: float) -> None:
        """Fuzz one target; minimise and keep the first new fault."""
        smallest: dict[str, tuple[str, bytes]] = {}
        until = end

        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @seed(zlib.crc32(f"{name} {start}".encode()))
        @given(TARGETS[name].inputs())
        def one(data: bytes) -> None:
            nonlocal until
            if time.time() > until:
                return
            fault = self.check(name, data)
            if fault is None or slug(fault[0]) in self.known:
                return
            kind, detail = fault
            if not smallest:
                until = min(end + 10, time.time() + 20)  # for minimising
            was = smallest.get(kind)
            if was is None or len(data) < len(was[1]):
                smallest[kind] = (detail, data)
            raise FoundError(kind)

        with contextlib.suppress(Exception):  # hypothesis raises the fault again, or that it was flaky
            one()
        for kind, (detail, data) in smallest.items():
            self.known.add(slug(kind))
            self.found(name, kind, detail, data)


def main(arguments: list[str]) -> None:
    """`FOLDER ORDERS`: read the orders from a file and write the findings into the folder."""
    folder, orders = Path(arguments[0]), json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    limit_memory()
    gazetteer(), border()  # loaded before any input is timed
    worker = Worker(folder)
    worker.known = set(orders["known"])
    for name, path in orders.get("replay", []):
        fault = worker.check(name, Path(path).read_bytes())
        with (folder / FOUND).open("a", encoding="utf-8") as file:
            summary = {
                "target": name,
                "kind": fault[0] if fault else "",
                "detail": fault[1] if fault else "",
                "path": path,
            }
            file.write(json.dumps(summary) + "\n")
    number, end = orders["seed"], orders["end"]
    for turn in range(orders["rounds"]):
        for name in orders["targets"]:
            if time.time() < end:
                worker.fuzz(name, number + turn, orders["examples"], end)
    (folder / DONE).write_text(json.dumps(worker.counts), encoding="utf-8")


if __name__ == "__main__":
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - for as long as the process lives
    main(sys.argv[1:])

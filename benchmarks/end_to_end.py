"""End to end on the command line: `geostrike run` on a table of a million events, and on ten thousand reports.

Each run is a separate process; measured are its wall-clock time, processor time and peak memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from exchange import write_events
from reading import variants
from timing import table

HEAD = [
    "input", "rows in", "strikes", "in quarantine", "by the clock, s", "of the processors, s", "peak of memory, GB",
    "written, MB",
]  # fmt: skip
DONE, QUARANTINED = 0, 3


def run(source: Path, out: Path, *options: str) -> list[str]:
    """Run geostrike; return a row of the table: what it found, and what it cost."""
    command = [sys.executable, "-m", "geostrike", "run", str(source), "--out", str(out)]
    start = time.perf_counter()
    process = subprocess.Popen([*command, *options, "--quiet"])
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (DONE, QUARANTINED):
        msg = f"the run on {source} failed"
        raise RuntimeError(msg)
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    written = sum(file.stat().st_size for file in out.iterdir()) / 1e6
    return [
        f"{manifest['rows_in']:,}", f"{manifest['strikes']:,}", f"{manifest['quarantined']:,}", f"{seconds:.0f}",
        f"{used.ru_utime + used.ru_stime:.0f}", f"{used.ru_maxrss / 1e6:.1f}", f"{written:.0f}",
    ]  # fmt: skip


def events(folder: Path, count: int) -> list[str]:
    """Run on events in the ACLED schema."""
    source = folder / "events.csv"
    write_events(source, count)
    return ["events in a CSV file", *run(source, folder / "of_events", "--schema", "acled")]


def reports(folder: Path, count: int) -> list[str]:
    """Run on reports, one per file, in English, Russian, Ukrainian and German."""
    source = folder / "reports"
    source.mkdir()
    for number, (_, text, day) in enumerate(variants(count)):
        (source / f"{number:05d}.txt").write_text(f" date {day} {text}", encoding="utf-8")
    return ["reports in a folder", *run(source, folder / "of_reports")]


def tables(*, quick: bool = False) -> list[tuple[str, str]]:
    """Return (heading, Markdown table) pairs."""
    with tempfile.TemporaryDirectory() as name:
        rows = [
            events(Path(name), 2_000 if quick else 1_000_000),
            reports(Path(name), 60 if quick else 10_000),
        ]
    heading = "`geostrike run`, from the input to map, report page and all tables"
    return [(heading, table(HEAD, rows))]

"""Reading reports: speed on one core, memory for ten thousand reports, and accuracy.

The texts are those of the tests (tests/data/reports), with shuffled paragraphs and other publication dates. Times are
processor time; memory is the peak of a process that does nothing else.
"""

from __future__ import annotations

import datetime as dt
import math
import random
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import pandas as pd
from long_reports import SENTENCES, long_report, seconds

from geostrike.places import Gazetteer, resolve_places
from geostrike.reading import extract, read_documents

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "tests" / "data" / "reports"
LANGUAGES = {"en": "English", "ru": "Russian", "uk": "Ukrainian", "de": "German"}
# The purpose of each file of texts.
SETS = {
    "written.toml": "written with the rules",
    "held_out.toml": "written after them, mended since",
    "fresh.toml": "written after that, mended since",
    "later.toml": "written last, mended since",
}

# Reads a folder and prints, one step per line, its name, count, seconds and the peak memory so far.
_RUN = """
import resource, sys, time
from geostrike.places import Gazetteer, resolve_places
from geostrike.reading import extract, read_documents
from geostrike.merging.merge import merge_strikes

start = time.process_time()
def print_step(step, count):
    global start
    now, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(step, count, round(now - start, 1), round(memory), sep="\\t")
    start = now

print_step("start", 0)
documents = read_documents(sys.argv[1])
print_step("files read", len(documents.reports) + len(documents.quarantine))
places = Gazetteer()
found = extract(documents.reports, places)
print_step("records found", len(found.records))
records = resolve_places(found.records, places)
print_step("places looked up", len(records))
merged = merge_strikes(records, found.claims, reports=documents.reports)
print_step("strikes merged", len(merged.strikes))
"""


def texts() -> list[dict[str, str]]:
    """Return the texts of the tests."""
    return [r for name in SETS for r in tomllib.loads((TEXTS / name).read_text(encoding="utf-8"))["report"]]


def variants(count: int, language: str = "") -> list[tuple[str, str, dt.date]]:
    """Return reports: language, text with shuffled paragraphs, and a date."""
    chosen, own = random.Random(1), [r for r in texts() if language in ("", r["language"])]
    found = []
    for number in range(count):
        report = chosen.choice(own)
        paragraphs = report["text"].strip().split("\n\n")
        chosen.shuffle(paragraphs)
        day = dt.date(2023, 1, 1) + dt.timedelta(days=chosen.randrange(900))
        found.append((report["language"], "\n\n".join([*paragraphs, f"Report number {number}."]), day))
    return found


def speed(*, quick: bool) -> str:
    """Measure characters per second of each language, places looked up."""
    lines = ["| texts | characters | records | characters a second |", "| --- | --- | --- | --- |"]
    for code, name in LANGUAGES.items():
        rows = variants(40 if quick else 600, code)
        reports = pd.DataFrame(rows, columns=["language", "text", "published"])
        reports = read_documents(reports.assign(published=reports["published"].astype(str))).reports
        took, records = [], 0
        for _ in range(1 if quick else 3):
            places, start = Gazetteer(), time.process_time()
            records = len(resolve_places(extract(reports, places).records, places))
            took.append(time.process_time() - start)
        size = int(reports["text"].str.len().sum())
        lines.append(f"| {len(reports)} in {name} | {size:,} | {records:,} | {size / min(took):,.0f} |")
    return "\n".join(lines)


def scale(*, quick: bool) -> str:
    """Measure seconds and memory of each step for ten thousand reports in a folder, one of them unreadable."""
    count = 200 if quick else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, (_, text, day) in enumerate(variants(count)):
            (folder / f"{number:05d}.txt").write_text(f" date {day} {text}", encoding="utf-8")
        (folder / "unreadable.txt").write_bytes(bytes(100))
        done = subprocess.run([sys.executable, "-c", _RUN, name], capture_output=True, text=True, check=True)
    lines = ["| step | rows | processor time, s | greatest memory so far, MB |", "| --- | --- | --- | --- |"]
    for line in done.stdout.splitlines():
        step, rows, seconds, memory = line.split("\t")
        lines.append(f"| {step} | {int(rows):,} | {seconds} | {memory} |")
    return "\n".join(lines)


def growth(*, quick: bool) -> str:
    """Measure seconds for one report with 1,000, 4,000 and 16,000 place names, and the exponent of growth."""
    counts = (100, 400) if quick else (1_000, 4_000, 16_000)
    heads = [f"{count:,} names, s" for count in counts]
    lines = [f"| what is written of each | {' | '.join(heads)} | exponent |", "| --- |" + " --- |" * (len(counts) + 1)]
    for shape in SENTENCES:
        took = [seconds(long_report(shape, count), runs=1 if quick else 2) for count in counts]
        exponent = math.log(took[-1] / took[0]) / math.log(counts[-1] / counts[0])
        lines.append(f"| {shape} | {' | '.join(f'{value:.2f}' for value in took)} | {exponent:.2f} |")
    return "\n".join(lines)


def rightness() -> str:
    """Measure recall and precision of the strikes in the tests' texts."""
    sys.path.insert(0, str(ROOT / "tests"))
    import written_reports

    columns = ("dates", "target", "weapon", "attacker", "status")
    lines = [
        f"| texts | strikes | precision | recall | {' | '.join(columns)} |",
        "| --- | --- | --- | --- |" + " --- |" * len(columns),
    ]
    for name, what in SETS.items():
        reports = written_reports.load(name)
        figures = written_reports.compare(reports, written_reports.read(reports, Gazetteer()).records)
        shares = " | ".join(f"{100 * figures.share(column):.0f} %" for column in columns)
        lines.append(
            f"| {len(reports)} {what} | {figures.wanted} | {figures.precision:.2f} | {figures.recall:.2f} | {shares} |"
        )
    return "\n".join(lines)


def tables(*, quick: bool = False) -> list[tuple[str, str]]:
    """Return (heading, Markdown table) pairs."""
    return [
        ("Characters a second, one core, places looked up", speed(quick=quick)),
        ("A folder of ten thousand reports, one of them unreadable", scale(quick=quick)),
        ("One report of many place names, to its merged strikes", growth(quick=quick)),
        ("What is right", rightness()),
    ]

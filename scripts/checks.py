"""Developer checks: `python3 dev.py lint`, `test`, `docs`, `coverage` and `mutate`.

Every step runs, even after a failure, and the last line counts passes and failures.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
TEST_REPORT = ROOT / "build" / "test-report.xml"
COVERAGE = ROOT / "build" / "coverage"
LEAST_COVERED = 95  # percent of lines and branches
MUTATED = (
    "geostrike.depth.distance.*",
    "geostrike.depth.interval.*",
    "geostrike.depth.*",
    "geostrike.depth.sides.*",
    "geostrike.places.rank.*",
    "geostrike.places.resolve.*",
    "geostrike.merging.merge.x_combined_*",
)

LINT_STEPS: dict[str, tuple[str, ...]] = {
    "ruff check": ("ruff", "check", "--quiet"),
    "ruff format": ("ruff", "format", "--check", "--quiet"),
    "mypy": ("mypy", "--no-error-summary"),
    "oxlint": ("oxlint", "--quiet", "geostrike/maps/static/js"),
}
PROGRAMS = {"oxlint"}  # tools that are no Python module
# The tests of a file run in one process: they share slow fixtures.
TESTS_STEP = ("pytest", "-q", "--tb=short", "-n", "auto", "--dist", "loadfile")
DOCS_STEP = ("sphinx", "--fail-on-warning", "--keep-going", "--quiet", "-b", "html", "docs", "docs/_build/html")


def run_module(*words: str) -> int:
    """Run a module, or a program, of this Python in the repository's folder; the exit code comes back."""
    own = [str(Path(sys.executable).with_name(words[0]))] if words[0] in PROGRAMS else [sys.executable, "-m", words[0]]
    return subprocess.run([*own, *words[1:]], cwd=ROOT, check=False).returncode


def run_steps(steps: dict[str, tuple[str, ...]]) -> list[str]:
    """Run every step; return the names of those that failed."""
    failed = []
    for name, words in steps.items():
        start = time.monotonic()
        code = run_module(*words)
        print(f"dev.py: {name}: {'FAILED' if code else 'ok'} ({time.monotonic() - start:.1f} s)", flush=True)
        if code:
            failed.append(name)
    return failed


def count_tests() -> tuple[int, int]:
    """Return how many tests passed and failed, from pytest's report; (0, 0) without a report."""
    try:
        suite = ET.parse(TEST_REPORT).getroot().find("testsuite")
    except (OSError, ET.ParseError):
        suite = None
    if suite is None:
        return 0, 0
    number = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    failed = number["failures"] + number["errors"]
    return number["tests"] - failed - number["skipped"], failed


def test(options: list[str]) -> int:
    """Run lint, types, documentation and every test."""
    selection = ("-m", "not browser") if "--no-browser" in options else ()
    options = [option for option in options if option != "--no-browser"]
    TEST_REPORT.parent.mkdir(exist_ok=True)
    TEST_REPORT.unlink(missing_ok=True)
    pytest = (*TESTS_STEP, f"--junitxml={TEST_REPORT}", *selection, *options)
    failed_steps = run_steps({**LINT_STEPS, "documentation": DOCS_STEP, "tests": pytest})
    passed, failed = count_tests()
    if failed_steps:
        print(f"dev.py: these steps failed: {', '.join(failed_steps)}")
    others = [step for step in failed_steps if step != "tests" or not failed]
    print(f"{passed} passed, {failed + len(others)} failed", flush=True)
    return 1 if failed_steps else 0


def lint(options: list[str]) -> int:
    """Run the linter, the format check and the type checker; `--fix` applies fixes."""
    if "--fix" in options:
        run_module("ruff", "check", "--fix", "--quiet")
        run_module("ruff", "format", "--quiet")
        run_module(*LINT_STEPS["oxlint"], "--fix")
    return 1 if run_steps(LINT_STEPS) else 0


def docs(options: list[str]) -> int:
    """Write the generated pages and build the documentation; a warning is an error."""
    code = subprocess.run([sys.executable, "docs/generate.py"], cwd=ROOT, check=False).returncode
    code = code or run_module(*DOCS_STEP, *options)
    if not code:
        print(f"The documentation: {ROOT / 'docs' / '_build' / 'html' / 'index.html'}")
    return code


def coverage(options: list[str]) -> int:
    """Run every test and measure coverage of lines and branches, also in processes that the tests start."""
    shutil.rmtree(COVERAGE, ignore_errors=True)
    failed = run_module("coverage", "run", "-m", *TESTS_STEP, *options)
    run_module("coverage", "combine", "--quiet")
    run_module("coverage", "html", "--quiet", "--directory", str(COVERAGE / "html"))
    too_few = run_module("coverage", "report", f"--fail-under={LEAST_COVERED}")
    print(f"Uncovered lines: {COVERAGE / 'html' / 'index.html'}")
    return 1 if failed or too_few else 0


def mutate(options: list[str]) -> int:
    """Run mutation tests of the rules; options select mutants, such as `*.x_rank*`."""
    code = run_module("mutmut", "run", *(options or MUTATED))
    print("No test failed on these mutants; show one with: .venv/bin/python -m mutmut show NAME", flush=True)
    return code or run_module("mutmut", "results")


CHECKS: dict[str, Callable[[list[str]], int]] = {
    "lint": lint,
    "test": test,
    "docs": docs,
    "coverage": coverage,
    "mutate": mutate,
}

if __name__ == "__main__":
    raise SystemExit(CHECKS[sys.argv[1]](sys.argv[2:]))

#!/usr/bin/env python3
"""Every command of a developer in one file, with nothing but the standard library of Python 3.11 or newer.

    python3 dev.py demo          run geostrike on seeds/ and say where the map is
    python3 dev.py test          lint, types, documentation and every test; options go to pytest (-k NAME)
    python3 dev.py lint          the linter, the formatter's check and the type checker; --fix mends what it can
    python3 dev.py docs          write the generated pages anew and build the documentation into docs/_build/html
    python3 dev.py bench         run the benchmarks
    python3 dev.py screenshots   take the pictures of the documentation anew
    python3 dev.py coverage      every test, and which lines and branches they run; options go to pytest
    python3 dev.py mutate        change the rules of depth, places and status, and see whether a test fails each time
    python3 dev.py fuzz          damaged inputs to all that reads, and to locate: --seconds N, --target NAME, --seed N
    python3 dev.py lowest        the tests with the oldest versions that the project says it works with
    python3 dev.py lock          pin the dependencies anew; --upgrade takes newer versions

The first call makes .venv/ beside this file and installs the pinned packages into it, each checked by its hash; later
calls find them there. Nothing outside this folder is touched, except that, as root on a Debian system, missing system
packages are installed: what makes a virtual environment, and for `test` and `screenshots` the browser.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PACKAGES_STAMP = VENV / "geostrike-packages.stamp"
PROJECT_STAMP = VENV / "geostrike-project.stamp"

# What the build hook reads, and what it makes: when one changes or the other is gone, the project is installed again.
BUILD_INPUTS = (
    "pyproject.toml",
    "hatch_build.py",
    "gazetteer.csv",
    "geostrike/data/gazetteer_base.tsv.xz",
    "geostrike/data/gazetteer_osm.tsv.xz",
    "geostrike/places/endings.toml",
    "geostrike/places/index.py",
    "geostrike/places/names.py",
)
BUILD_OUTPUT = ROOT / "geostrike" / "data" / "gazetteer.sqlite"

TEST_REPORT = ROOT / "build" / "test-report.xml"
COVERAGE = ROOT / "build" / "coverage"
LEAST_COVERED = 95  # per cent of lines and branches
MUTATED = (
    "geostrike.depth.measure.*",
    "geostrike.places.rank.*",
    "geostrike.places.resolve.*",
    "geostrike.merging.merge.x_combined_*",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Tests that `lowest` leaves out: of the repository, and what needs the developers' other tools.
NOT_OF_THE_PACKAGE = (
    "benchmarks",
    "data",
    "dev",
    "documentation",
    "fuzz",
    "layout",
    "notebooks",
    "parquet",
    "release",
    "wheel",
)

Lock = Literal["run", "dev"]

# The versions of Python that both locks must have wheels for.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


class DevError(Exception):
    """A command cannot go on; the message says why, in one line or with the line to type."""


# --- running things ---------------------------------------------------------------------------------------------------


def stop(why: str) -> NoReturn:
    """End the command with one line."""
    raise DevError(why)


def environment() -> dict[str, str]:
    """The variables that everything runs with: this .venv/ first, and its own cache of packages.

    Modules are kept compiled, whatever the caller does elsewhere: each of many short processes imports hundreds.
    """
    dropped = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {
        "UV_CACHE_DIR": str(VENV / "uv-cache"),
        **kept,
        "VIRTUAL_ENV": str(VENV),
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONNOUSERSITE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def private_folders() -> dict[str, str]:
    """Where caches and settings of the tools go, so that a run neither reads nor writes the user's own."""
    home = VENV / "home"
    return {
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "share"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "jupyter"),
        "JUPYTER_DATA_DIR": str(home / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(home / "jupyter" / "runtime"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
    }


def run(*command: str | Path, **variables: str) -> int:
    """Run a command in the repository's folder, its output on the terminal; the exit code comes back."""
    words = [str(part) for part in command]
    folders = private_folders()
    for folder in folders.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    return subprocess.run(words, cwd=ROOT, env=environment() | folders | variables, check=False).returncode


def complaint_of(what: str, *command: str | Path) -> str:
    """Run a command without a word; what went wrong comes back in one line, empty when nothing did."""
    words = [str(part) for part in command]
    done = subprocess.run(
        words, cwd=ROOT, env=environment(), check=False, capture_output=True, encoding="utf-8", errors="replace"
    )
    if not done.returncode:
        return ""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "×", "e:"))] or lines[-1:]
    return f"{what} failed (exit code {done.returncode}): {' '.join(errors[-2:]) or 'it said nothing'}"


def must(what: str, *command: str | Path) -> None:
    """Run a command without a word; stop when it fails."""
    complaint = complaint_of(what, *command)
    if complaint:
        stop(complaint)


# --- what the system must have ----------------------------------------------------------------------------------------


def install_system_packages(names: list[str], why: str) -> None:
    """Install Debian packages when that is allowed; say what to type when it is not."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if not shutil.which("apt-get"):
        stop(f"{why}; install it with your system's package manager (Debian's names: {' '.join(names)})")
    if os.geteuid() != 0:
        stop(f"{why}; type this, then run dev.py again:\n    sudo {' '.join(command)}")
    print(f"dev.py: {why}: {' '.join(command)}", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    wait = ("-o", "DPkg::Lock::Timeout=300")
    must("apt-get update", "apt-get", "update", "-q", *wait)
    must("apt-get install", *command, "-q", *wait)


def find_browser() -> str | None:
    """Where Chromium is: what GEOSTRIKE_CHROMIUM names, or the first on the PATH."""
    given = os.environ.get("GEOSTRIKE_CHROMIUM")
    if given and not shutil.which(given):
        stop(f"GEOSTRIKE_CHROMIUM names {given!r}, which is no program")
    return given or next(filter(None, map(shutil.which, BROWSERS)), None)


def ensure_browser() -> str:
    """Chromium with what it needs: a font that has Cyrillic letters, and the library that its driver loads."""
    missing = [] if find_browser() else ["chromium", "fonts-dejavu-core"]
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")
        except OSError:
            missing.append("libatomic1")
    if missing:
        install_system_packages(missing, "the tests look at the map in a browser (leave that out: --no-browser)")
    found = find_browser()
    if not found:
        stop("the system package 'chromium' is installed, but no Chromium is on the PATH; set GEOSTRIKE_CHROMIUM")
    return found


# --- the environment in .venv/ ----------------------------------------------------------------------------------------


def digest(*paths: Path, also: str = "") -> str:
    """One hash of the files' names and bytes, this Python and this folder."""
    hashed = hashlib.sha256(f"{sys.version} {ROOT} {also}".encode())
    for path in paths:
        hashed.update(f"{path.name} {path.stat().st_size} ".encode() + path.read_bytes())
    return hashed.hexdigest()


def lock_digest(lock: Lock) -> str:
    """The hash that stands for the packages of a lock being installed."""
    return digest(ROOT / "requirements-boot.lock", ROOT / f"requirements-{lock}.lock", also=lock)


def stamped(stamp: Path, *wanted: str) -> bool:
    """Whether the stamp holds one of the hashes."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") in wanted


def make_environment() -> None:
    """Make .venv/ unless there is a sound one of this very Python."""
    settings = VENV / "pyvenv.cfg"
    version = f"version = {sys.version.split()[0].rstrip('+')}"
    same = settings.is_file() and version in settings.read_text(encoding="utf-8").splitlines()
    if same and PYTHON.exists() and not complaint_of("asking for pip", PYTHON, "-m", "pip", "--version"):
        return
    try:
        import ensurepip  # noqa: F401 - Debian takes it out of Python
    except ImportError:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install_system_packages([package], "this Python cannot make a virtual environment (it has no ensurepip)")
    must("making .venv", sys.executable, "-m", "venv", "--clear", VENV)


def install(what: str, *arguments: str | Path, into: Path = PYTHON) -> None:
    """Install with uv; where uv cannot (it does not read pip's settings), with pip, which is slower."""
    complaint = complaint_of(what, PYTHON, "-m", "uv", "pip", "install", "--python", into, *arguments)
    if complaint:
        print(f"dev.py: {complaint}; pip tries it, which takes longer", flush=True)
        must(what, PYTHON, "-m", "pip", "--python", into, "install", *arguments)


def install_packages(lock: Lock) -> None:
    """The packages of the lock, each checked by its hash. The developer's lock holds all that the user's does."""
    if stamped(PACKAGES_STAMP, lock_digest(lock), lock_digest("dev")):
        return
    print("dev.py: installing the pinned packages into .venv (the first time only)", flush=True)
    make_environment()
    PACKAGES_STAMP.unlink(missing_ok=True)
    PROJECT_STAMP.unlink(missing_ok=True)
    hashed = ("--require-hashes", "--only-binary", ":all:", "-r")
    must(
        "installing uv from the package registry",
        PYTHON,
        "-m",
        "pip",
        "install",
        *hashed,
        ROOT / "requirements-boot.lock",
    )
    install("installing the packages", *hashed, ROOT / f"requirements-{lock}.lock")
    PACKAGES_STAMP.write_text(lock_digest(lock), encoding="utf-8")


def install_project() -> None:
    """geostrike itself, editable; its build hook makes the index of places."""
    wanted = digest(*(ROOT / name for name in BUILD_INPUTS))
    if BUILD_OUTPUT.exists() and stamped(PROJECT_STAMP, wanted):
        return
    # `--force-reinstall`: uv would take an older build from its cache, and the hook would not run.
    install("installing geostrike", "--force-reinstall", "--no-deps", "--no-build-isolation", "-e", ROOT)
    PROJECT_STAMP.write_text(wanted, encoding="utf-8")


def set_up(lock: Lock) -> None:
    """Make .venv/ ready; instant when it is."""
    install_packages(lock)
    install_project()


# --- the commands -----------------------------------------------------------------------------------------------------

LINT_STEPS: dict[str, tuple[str, ...]] = {
    "ruff check": ("ruff", "check", "--quiet"),
    "ruff format": ("ruff", "format", "--check", "--quiet"),
    "mypy": ("mypy", "--no-error-summary"),
    "oxlint": ("oxlint", "geostrike/maps/static/js"),
}
NO_MODULES = {"oxlint"}  # packages that are a program only
# A file's tests stay together: they share what is dear to make.
TESTS_STEP = ("pytest", "-q", "--tb=short", "-n", "auto", "--dist", "loadfile")
DOCS_STEP = ("sphinx", "--fail-on-warning", "--keep-going", "--quiet", "-b", "html", "docs", "docs/_build/html")


def program(name: str, *options: str) -> tuple[str | Path, ...]:
    """A tool of .venv/ with its options, called in the way that does not depend on the PATH."""
    return (BIN / name, *options) if name in NO_MODULES else (PYTHON, "-m", name, *options)


def run_steps(steps: dict[str, tuple[str, ...]], **variables: str) -> list[str]:
    """Run every step, also after one that fails; the names of those that failed."""
    failed = []
    for name, words in steps.items():
        begun = time.monotonic()
        code = run(*program(*words), **variables)
        print(f"dev.py: {name}: {'FAILED' if code else 'ok'} ({time.monotonic() - begun:.1f} s)", flush=True)
        if code:
            failed.append(name)
    return failed


def demo(options: list[str]) -> int:
    """Run geostrike on the seed reports."""
    set_up("run")
    code = run(PYTHON, "-m", "geostrike", "run", "seeds/", "--out", "out/", *options)
    pages = [page for name in ("map", "report") if (page := ROOT / "out" / f"{name}.html").is_file()]
    if code in {0, 3} and pages:
        print("\nOpen these in a browser; they need no network. The tables are beside them.", *pages, sep="\n")
    return code


def count_tests() -> tuple[int, int]:
    """How many tests passed and failed, from pytest's report; (0, 0) when it wrote none."""
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
    """Lint, types, documentation and every test; all are run, and what failed is said at the end."""
    no_browser = "--no-browser" in options
    options = [option for option in options if option != "--no-browser"]
    set_up("dev")
    variables = {} if no_browser else {"GEOSTRIKE_CHROMIUM": ensure_browser()}
    TEST_REPORT.parent.mkdir(exist_ok=True)
    TEST_REPORT.unlink(missing_ok=True)
    selection = ("-m", "not browser") if no_browser else ()
    pytest = (*TESTS_STEP, f"--junitxml={TEST_REPORT}", *selection, *options)
    steps = {**LINT_STEPS, "documentation": DOCS_STEP, "tests": pytest}
    failed_steps = run_steps(steps, **variables)
    passed, failed = count_tests()
    if failed_steps:
        print(f"dev.py: these steps failed: {', '.join(failed_steps)}")
    others = [step for step in failed_steps if step != "tests" or not failed]
    print(f"{passed} passed, {failed + len(others)} failed", flush=True)
    return 1 if failed_steps else 0


def lint(options: list[str]) -> int:
    """The linter, the formatter's check and the type checker."""
    set_up("dev")
    if "--fix" in options:
        run(PYTHON, "-m", "ruff", "check", "--fix", "--quiet")
        run(PYTHON, "-m", "ruff", "format", "--quiet")
        run(*program(*LINT_STEPS["oxlint"]), "--fix", "--quiet")
    return 1 if run_steps(LINT_STEPS) else 0


def docs(options: list[str]) -> int:
    """Write the generated pages anew and build the documentation; a warning is an error."""
    set_up("dev")
    code = run(PYTHON, "docs/generate.py") or run(PYTHON, "-m", *DOCS_STEP, *options)
    if not code:
        print(f"The documentation: {ROOT / 'docs' / '_build' / 'html' / 'index.html'}")
    return code


def coverage(options: list[str]) -> int:
    """Run every test and count the lines and branches that run, also in the processes that the tests start."""
    set_up("dev")
    shutil.rmtree(COVERAGE, ignore_errors=True)
    measure = (PYTHON, "-m", "coverage")
    failed = run(*measure, "run", "-m", *TESTS_STEP, *options, GEOSTRIKE_CHROMIUM=ensure_browser())
    run(*measure, "combine", "--quiet")
    run(*measure, "html", "--quiet", "--directory", COVERAGE / "html")
    too_few = run(*measure, "report", f"--fail-under={LEAST_COVERED}")
    print(f"What was not run, line by line: {COVERAGE / 'html' / 'index.html'}")
    return 1 if failed or too_few else 0


def mutate(options: list[str]) -> int:
    """Run the tests of the rules on each of many small changes to them; options name changes, such as `*.x_rank*`."""
    set_up("dev")
    code = run(PYTHON, "-m", "mutmut", "run", *(options or MUTATED))
    print("These changes no test has seen; one is shown by: .venv/bin/python -m mutmut show NAME", flush=True)
    return code or run(PYTHON, "-m", "mutmut", "results")


def fuzz(options: list[str]) -> int:
    """Give damaged inputs to everything that reads what others wrote; what fails is kept in tests/fuzz/corpus."""
    set_up("dev")
    return run(PYTHON, "-m", "fuzz", *options, PYTHONPATH=str(ROOT / "tests"))


def lowest(options: list[str]) -> int:
    """Run the tests that need no other tools with the oldest versions of everything, in an environment of their own."""
    set_up("dev")
    other = VENV / "lowest"
    python = other / BIN.relative_to(VENV) / PYTHON.name
    must("making an environment", sys.executable, "-m", "venv", "--clear", other)
    install("installing the oldest packages", "--require-hashes", "-r", ROOT / "requirements-lowest.lock", into=python)
    install("installing geostrike", "--no-deps", "--no-build-isolation", "-e", ROOT, into=python)
    left_out = [*(f"--ignore=tests/test_{name}.py" for name in NOT_OF_THE_PACKAGE), "-m", "not browser"]
    # Old packages warn of what newer ones have mended.
    return run(python, "-m", "pytest", "-q", "-W", "default", *left_out, *options)


def run_script(path: str, options: list[str], **variables: str) -> int:
    """Run one of the project's own scripts."""
    if not (ROOT / path).is_file():
        stop(f"there is no {path} in this version")
    return run(PYTHON, path, *options, **variables)


def bench(options: list[str]) -> int:
    """Run the benchmarks."""
    set_up("dev")
    return run_script("benchmarks/run.py", options)


def screenshots(options: list[str]) -> int:
    """Take the pictures of the documentation anew."""
    set_up("dev")
    return run_script("scripts/screenshots.py", options, GEOSTRIKE_CHROMIUM=ensure_browser())


def lock(options: list[str]) -> int:
    """Pin the dependencies anew, for Python 3.11 and newer on every system, as wheels only, with no index named."""
    set_up("dev")
    shape = ("--universal", "--python-version", "3.11", "--generate-hashes", "--only-binary", ":all:", "--quiet")
    silent = ("--no-emit-index-url", "--no-header", "--no-annotate")
    compiler: tuple[str | Path, ...] = (PYTHON, "-m", "uv", "pip", "compile", *shape, *silent, *options)
    boot, user, developer, lowest_lock = (f"requirements-{name}.lock" for name in ("boot", "run", "dev", "lowest"))
    extras = [word for name in ("dask", "documents", "online", "world") for word in ("--extra", name)]
    commands: list[tuple[str | Path, ...]] = [
        (*compiler, "--group", "boot", "-o", boot),
        (*compiler, "pyproject.toml", "--group", "build", "-o", user),
        # The user's versions bind the developer's, so that the one environment serves both.
        (*compiler, "pyproject.toml", *extras, "--group", "dev", "--constraints", user, "-o", developer),
        (*compiler, "pyproject.toml", *extras, "--group", "lowest", "--resolution", "lowest-direct", "-o", lowest_lock),
    ]
    code = next((code for code in (run(*command) for command in commands) if code), 0)
    return code or check_wheels((user, developer))


def check_wheels(locks: tuple[str, ...]) -> int:
    """Look whether every version of Python would be served by wheels alone; nothing is installed."""
    failed = 0
    for version, name in product(PYTHONS, locks):
        trial = ("--dry-run", "--python-version", version, "--target", VENV / "trial", "--require-hashes")
        complaint = complaint_of(
            f"{name} for Python {version}",
            *(PYTHON, "-m", "uv", "pip", "install", *trial, "--only-binary", ":all:", "-r", ROOT / name),
        )
        failed += bool(complaint)
        print(f"dev.py: {complaint or f'{name} for Python {version}: wheels only'}", flush=True)
    return min(failed, 1)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "test": test,
    "lint": lint,
    "docs": docs,
    "bench": bench,
    "screenshots": screenshots,
    "coverage": coverage,
    "mutate": mutate,
    "fuzz": fuzz,
    "lowest": lowest,
    "lock": lock,
}


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; the exit code comes back."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if arguments else 2
    name, *options = arguments
    try:
        if sys.version_info < (3, 11):  # noqa: UP036 - who has an older one is told so
            stop(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}")
        if name not in COMMANDS:
            stop(f"there is no command {name!r}; the commands are: {', '.join(COMMANDS)}")
        return COMMANDS[name](options)
    except DevError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Every command of a developer in one file, with nothing but the standard library of Python 3.11 or newer.

    python3 dev.py demo          run geostrike on seeds/ and say where the map is
    python3 dev.py test          lint, types, documentation and every test; options go to pytest (-k NAME)
    python3 dev.py lint          the linter, the formatter's check and the type checker; --fix repairs what it can
    python3 dev.py docs          write the generated pages and build the documentation into docs/_build/html
    python3 dev.py bench         run the benchmarks
    python3 dev.py screenshots   take the pictures of the documentation
    python3 dev.py coverage      every test, and which lines and branches they run; options go to pytest
    python3 dev.py mutate        change the rules of depth, places and status, and see whether a test fails each time
    python3 dev.py fuzz          damaged inputs to every reader, and to locate: --seconds N, --target NAME, --seed N
    python3 dev.py lowest        the tests with the oldest versions that the project says it works with
    python3 dev.py lock          pin the dependencies; --upgrade takes newer versions

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
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent
LOCKS = ROOT / "requirements"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PACKAGES_STAMP = VENV / "geostrike-packages.stamp"
PROJECT_STAMP = VENV / "geostrike-project.stamp"

# What the build hook reads, and what it makes: when one changes or the other is gone, the project is installed again.
BUILD_INPUTS = (
    "pyproject.toml",
    "packaging/hatch_build.py",
    "gazetteer.csv",
    "geostrike/data/gazetteer_base.tsv.xz",
    "geostrike/data/gazetteer_osm.tsv.xz",
    "geostrike/places/endings.toml",
    "geostrike/places/index.py",
    "geostrike/places/names.py",
)
BUILD_OUTPUT = ROOT / "geostrike" / "data" / "gazetteer.sqlite"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Lock = Literal["run", "dev"]


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
    return digest(LOCKS / "boot.lock", LOCKS / f"{lock}.lock", also=lock)


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
        LOCKS / "boot.lock",
    )
    install("installing the packages", *hashed, LOCKS / f"{lock}.lock")
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


class Command(NamedTuple):
    """What a command runs: the arguments of the Python in .venv/, the lock that it needs, and whether a browser."""

    words: tuple[str, ...]
    lock: Lock = "dev"
    browser: bool = False
    imports: str = ""  # a folder of the repository that it imports from

    def __call__(self, options: list[str]) -> int:
        """Set up what is needed, and run it; the exit code comes back."""
        set_up(self.lock)
        variables = {"PYTHONPATH": str(ROOT / self.imports)} if self.imports else {}
        if self.browser and "--no-browser" not in options:
            variables["GEOSTRIKE_CHROMIUM"] = ensure_browser()
        return run(PYTHON, *self.words, *options, **variables)


COMMANDS = {
    "demo": Command(("scripts/demo.py",), lock="run"),
    "test": Command(("scripts/checks.py", "test"), browser=True),
    "lint": Command(("scripts/checks.py", "lint")),
    "docs": Command(("scripts/checks.py", "docs")),
    "bench": Command(("benchmarks/run.py",)),
    "screenshots": Command(("scripts/screenshots.py",), browser=True),
    "coverage": Command(("scripts/checks.py", "coverage"), browser=True),
    "mutate": Command(("scripts/checks.py", "mutate")),
    "fuzz": Command(("-m", "fuzz"), imports="tests"),
    "lowest": Command(("scripts/lowest.py",), imports="."),
    "lock": Command(("scripts/lock.py",), imports="."),
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
        if name in COMMANDS and {"-h", "--help"} & set(options):
            print(next(line.strip() for line in __doc__.splitlines() if line.startswith(f"    python3 dev.py {name} ")))
            return 0
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

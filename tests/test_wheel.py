"""What is shipped: the wheel, built from the sdist, holds its data and runs where only the lock is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dev_module import load_dev

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
MEGABYTES = 1_000_000
DATA = (
    "geostrike/data/gazetteer.csv",
    "geostrike/data/gazetteer.sqlite",
    "geostrike/data/README.md",
    "geostrike/py.typed",
)
# Each pattern must match at least this many files of the wheel.
KINDS = {
    "geostrike/data/border*": 1,
    "geostrike/data/basemap*": 1,
    "geostrike/data/LICENSES/*": 1,
    "geostrike/languages/*/*": 1,
    "geostrike/maps/static/vendor/leaflet/*.js": 1,
    "geostrike/maps/static/vendor/*/LICENSE*": 3,
    "geostrike-*.dist-info/licenses/LICENSE": 1,
    "geostrike-*.dist-info/licenses/geostrike/data/LICENSES/*": 1,
}


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run a command that must succeed, with nothing of this Python's path; what it printed comes back."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=kept | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    return load_dev()


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, built from the files that git knows: what merely lies about is not in it."""
    export = tmp_path_factory.mktemp("export")
    for name in run("git", "ls-files", "-z", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (export / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, export / name)
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", "dist", cwd=export)
    return next((export / "dist").glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist and so from nothing that the sdist lacks."""
    folder = tmp_path_factory.mktemp("unpacked")
    run(sys.executable, "-m", "tarfile", "-e", sdist, folder, cwd=folder)  # Debian's 3.11 has no `filter`
    source = next(folder.iterdir())
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist", cwd=source)
    return next((source / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, dev: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an empty environment, with the user's lock and the wheel."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    found = folder / dev.PYTHON.relative_to(dev.VENV)
    dev.PYTHON = Path(sys.executable)
    dev.install("installing the lock", "--require-hashes", "-r", ROOT / "requirements" / "run.lock", into=found)
    dev.install("installing the wheel", "--no-deps", wheel, into=found)
    return found


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.mark.parametrize("name", DATA)
def test_wheel_has_file(names: list[str], name: str) -> None:
    """The wheel holds each data file once."""
    assert names.count(name) == 1


@pytest.mark.parametrize("pattern", sorted(KINDS))
def test_wheel_has_kind(names: list[str], pattern: str) -> None:
    """The wheel holds the files of each kind."""
    found = [name for name in names if Path(name).match(pattern)]
    assert len(found) >= KINDS[pattern]


def test_wheel_is_complete(names: list[str]) -> None:
    """The wheel holds every file of the package."""
    tracked = [name for name in run("git", "ls-files", "-z", "geostrike", cwd=ROOT).split("\0") if name]
    assert not [name for name in tracked if (ROOT / name).is_file() and name not in names]


def test_wheel_has_nothing_else(wheel: Path, names: list[str]) -> None:
    """The wheel holds the package and nothing else, and stays small."""
    assert {name.split("/")[0].split("-")[0] for name in names} == {"geostrike"}
    assert len(names) == len(set(names))
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    # Villages, districts as areas and the places of 27 more countries: the index is 27 MB of it, the polygons 8 MB.
    assert wheel.stat().st_size < 45 * MEGABYTES


def test_metadata(wheel: Path, names: list[str]) -> None:
    """The metadata names licence, Python and dependencies."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode("utf-8"))
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert any(line.startswith("geopandas") for line in metadata.get_all("Requires-Dist", []))


def test_sdist_is_complete(sdist: Path) -> None:
    """The source distribution holds what tests and documents need."""
    with tarfile.open(sdist) as archive:
        files = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"dev.py", "packaging/hatch_build.py", "gazetteer.csv", "LICENSE", "CITATION.cff",
              "CHANGELOG.md", "docs/conf.py", "seeds/1-tuapse.md", "tests/test_wheel.py", "requirements/run.lock",
              ".ci/run"}  # fmt: skip
    assert wanted <= files


def test_installed_wheel_runs(python: Path, tmp_path: Path) -> None:
    """The installed wheel runs outside of the repository."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    where = run(python, "-c", "import geostrike; print(geostrike.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(python.parent.parent)
    printed = run(python.parent / "geostrike", "run", "seeds/", "--out", "X", cwd=tmp_path)
    assert "Tuapse" in printed
    assert (tmp_path / "X" / "map.html").stat().st_size > 100_000
    assert (tmp_path / "X" / "strikes.csv").is_file()
    assert (tmp_path / "X" / "run.json").is_file()


def test_no_development_package(python: Path, tmp_path: Path) -> None:
    """The installed wheel needs no package of the developers."""
    code = "import importlib.metadata as m; print(sorted(d.name.lower() for d in m.distributions()))"
    installed = run(python, "-c", code, cwd=tmp_path)
    assert not [name for name in ("pytest", "sphinx", "mypy", "ruff", "playwright") if f"'{name}'" in installed]

"""The recipes of docs/architecture.md: each change is applied to a copy of the package, and its check runs there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### (.+?)\n(.*?)(?=^### |\Z)", PAGE, re.DOTALL | re.MULTILINE))
INDEX = "gazetteer.sqlite"  # large, and no recipe changes it


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package."""
    package = tmp_path / "geostrike"
    shutil.copytree(ROOT / "geostrike", package, ignore=shutil.ignore_patterns("__pycache__", INDEX, "*.xz"))
    (package / "data" / INDEX).symlink_to(ROOT / "geostrike" / "data" / INDEX)
    return tmp_path


def blocks(recipe: str, language: str) -> list[str]:
    """The code blocks of a recipe in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", recipe, re.DOTALL | re.MULTILINE)


def hunks(lines: list[str]) -> list[list[str]]:
    """The lines of a diff of one file in groups, each of which is changed in one place: it ends with a known line."""
    groups: list[list[str]] = [[]]
    for before, line in zip([" ", *lines], lines, strict=False):
        if line.startswith("+") and before.startswith(" ") and any(known[0] in " -" for known in groups[-1]):
            changed = any(known.startswith("+") for known in groups[-1])
            groups += [[]] if changed else []
        if line.startswith("-") and before.startswith("+"):
            groups.append([])
        groups[-1].append(line)
    return groups


def apply(diff: str, folder: Path) -> None:
    """Change the files as the diff says; the lines that it knows may be the beginnings of lines."""
    for part in re.split(r"^--- ", diff, flags=re.MULTILINE)[1:]:
        name, *lines = part.splitlines()
        path = folder / name
        if not path.exists():
            path.write_text("".join(f"{line[1:]}\n" for line in lines), encoding="utf-8")
            continue
        text = path.read_text(encoding="utf-8")
        for hunk in hunks(lines):
            known, changed = ("\n".join(line[1:] for line in hunk if line[0] not in sign) for sign in ("+", "-"))
            assert text.count(known) == 1, f"{name}: {text.count(known)} times:\n{known}"
            text = text.replace(known, changed)
        path.write_text(text, encoding="utf-8")


def test_recipes_are_all_there() -> None:
    """The page has a recipe for each common change."""
    wanted = ["Add a status", "Add an output format", "Add a border source", "Change a colour", "Add a language"]
    assert list(RECIPES) == wanted


@pytest.mark.parametrize("name", RECIPES)
def test_recipe(name: str, copy: Path) -> None:
    """The change of a recipe, and nothing else, makes its check pass."""
    for diff in blocks(RECIPES[name], "diff"):
        apply(diff, copy)
    check = "\n".join(blocks(RECIPES[name], "python"))
    done = subprocess.run([sys.executable, "-c", check], cwd=copy, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr[-2000:]


@pytest.mark.parametrize("name", ["Add a status", "Add an output format", "Change a colour"])
def test_check_can_fail(name: str, copy: Path) -> None:
    """Without the change, the check of a recipe fails."""
    check = "\n".join(blocks(RECIPES[name], "python"))
    done = subprocess.run([sys.executable, "-c", check], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode

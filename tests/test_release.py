"""The files that describe a release to others say what pyproject.toml says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((ROOT / "packaging" / "conda" / "meta.yaml").read_text(encoding="utf-8"))


def names(requirements):
    """The packages that are asked for, without their bounds."""
    return {re.match(r"[\w-]+", asked)[0].lower() for asked in requirements}


@pytest.mark.parametrize("description", [CITATION, CONDA["package"]], ids=["citation", "conda"])
def test_versions_agree(description):
    """Every description of a release names the version of pyproject.toml."""
    assert description["version"] == PROJECT["version"]


def test_recipe_has_dependencies():
    """The recipe asks for the dependencies of pyproject.toml, with their bounds."""
    wanted = {
        asked.replace("matplotlib>", "matplotlib-base>").replace(">=", " >=") for asked in PROJECT["dependencies"]
    }
    assert set(CONDA["requirements"]["run"]) == wanted | {f"python {PROJECT['requires-python']}"}


def test_recipe_has_command_and_licences():
    """The recipe makes the command and carries the licences."""
    assert CONDA["build"]["entry_points"] == [f"{name} = {home}" for name, home in PROJECT["scripts"].items()]
    assert all((ROOT / name).is_file() for name in CONDA["about"]["license_file"])


def test_changelog_has_version():
    """The changelog has a section on this version."""
    assert f"({PROJECT['version']})" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("extra", sorted(set(PROJECT["optional-dependencies"]) - {"notebook"}))
def test_extras_are_locked(extra):
    """The developer's lock holds every extra, so that it is tested; JupyterLab is not: notebooks run without it."""
    lock = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")
    assert names(PROJECT["optional-dependencies"][extra]) <= set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))

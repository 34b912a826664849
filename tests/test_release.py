"""The files that describe a release to others say what pyproject.toml says."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CODEMETA = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((ROOT / "conda" / "meta.yaml").read_text(encoding="utf-8"))


def names(requirements):
    """The packages that are asked for, without their bounds."""
    return {re.match(r"[\w-]+", asked)[0].lower() for asked in requirements}


@pytest.mark.parametrize("told", [CITATION, CODEMETA, CONDA["package"]], ids=["citation", "codemeta", "conda"])
def test_every_description_names_this_version(told):
    assert told["version"] == PROJECT["version"]


def test_the_recipe_asks_for_what_the_project_asks_for():
    wanted = {
        asked.replace("matplotlib>", "matplotlib-base>").replace(">=", " >=") for asked in PROJECT["dependencies"]
    }
    assert set(CONDA["requirements"]["run"]) == wanted | {f"python {PROJECT['requires-python']}"}


def test_the_recipe_makes_the_command_and_brings_the_licences():
    assert CONDA["build"]["entry_points"] == [f"{name} = {home}" for name, home in PROJECT["scripts"].items()]
    assert all((ROOT / name).is_file() for name in CONDA["about"]["license_file"])


def test_what_codemeta_asks_for_is_asked_for():
    assert names(CODEMETA["softwareRequirements"]) <= names(PROJECT["dependencies"])


def test_the_changelog_speaks_of_this_version():
    assert f"({PROJECT['version']})" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("extra", sorted(set(PROJECT["optional-dependencies"]) - {"notebook"}))
def test_the_developers_lock_holds_what_an_extra_asks_for(extra):
    """So that every extra is tested; JupyterLab is not: the notebooks are run without it."""
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    assert names(PROJECT["optional-dependencies"][extra]) <= set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))

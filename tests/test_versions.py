"""What a report of a fault says: every package that geostrike asks for, and the data."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import geostrike as gs
from geostrike.versions import versions

PROJECT = tomllib.loads((Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
ASKED = [*PROJECT["dependencies"], *(name for extra in PROJECT["optional-dependencies"].values() for name in extra)]


def test_package_versions():
    """Every required package is listed with its installed version."""
    found = versions()
    for asked in ASKED:
        name = re.match(r"[\w-]+", asked)[0].lower()
        assert found[name] in ("", version(name) if found[name] else "")
    assert found["shapely"] == version("shapely")


def test_printed_versions(capsys):
    """Every version is one line."""
    gs.show_versions()
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said][:2] == ["geostrike", "python"]
    assert len(said) == len(versions())
    assert not any(line.endswith(" ") for line in said)

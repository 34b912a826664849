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


def test_every_package_that_is_asked_for_is_named_with_what_is_installed():
    told = versions()
    for asked in ASKED:
        name = re.match(r"[\w-]+", asked)[0].lower()
        assert told[name] in ("", version(name) if told[name] else "")
    assert told["shapely"] == version("shapely")


def test_a_line_is_printed_for_each(capsys):
    gs.show_versions()
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said][:2] == ["geostrike", "python"]
    assert len(said) == len(versions())
    assert not any(line.endswith(" ") for line in said)

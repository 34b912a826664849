"""The palette: the one home of every colour."""

from __future__ import annotations

import re
import tokenize
import tomllib
from pathlib import Path

import pytest

import geostrike
from geostrike.maps.assets import own_style
from geostrike.palette import SECTIONS, palette
from geostrike.tables import PLACE_KINDS

PACKAGE = Path(geostrike.__file__).parent
OURS = [path for path in sorted(PACKAGE.rglob("*")) if "vendor" not in path.parts]
SHEETS = [path for path in OURS if path.suffix == ".css"]
SCRIPTS = [path for path in OURS if path.suffix in {".js", ".html"}]
# A number with hash, a function of colour, or a name of CSS that is a colour.
FUNCTION = r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\("
NAMED = (
    r"(?<![\w-])(?:aqua|black|blue|brown|cyan|fuchsia|gold|gr[ae]y|green|lime|magenta|maroon|navy|olive|orange|pink|"
    r"purple|red|silver|teal|white|yellow)(?![\w-])"
)
IN_SHEET = re.compile(rf"#[0-9a-fA-F]{{3,8}}\b|{FUNCTION}|:[^;{{}}]*{NAMED}")
IN_TEXT = re.compile(rf"""["'`:\s]#(?:[0-9a-fA-F]{{3,4}}|[0-9a-fA-F]{{6}}|[0-9a-fA-F]{{8}})["'`;\s]|{FUNCTION}""")
IN_PYTHON = re.compile(rf"""^\w*["']+(?:#(?:[0-9a-fA-F]{{3,4}}){{1,2}}|{FUNCTION}.*)["']+$""")


def test_sections_are_read():
    """Every section of palette.toml belongs to a page or to the figures, and no name is in two of them."""
    sections = tomllib.loads((PACKAGE / "palette.toml").read_text(encoding="utf-8"))
    assert tuple(sections) == SECTIONS
    assert len(palette(*SECTIONS)) == sum(len(section) for section in sections.values())


@pytest.mark.parametrize(("name", "colours"), palette(*SECTIONS).items())
def test_colours_are_six_digits(name, colours):
    """A colour is written in one way, for light ground and for dark."""
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in colours), name


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_style_sheet_has_no_colour(path):
    """A style sheet takes its colours from the palette."""
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not IN_SHEET.findall(rules)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_has_no_colour(path):
    """A script and a template take their colours from the palette."""
    assert not IN_TEXT.findall(path.read_text(encoding="utf-8"))


def test_python_has_no_colour():
    """No string of the package's Python is a colour."""
    for path in sorted(PACKAGE.rglob("*.py")):
        with path.open("rb") as source:
            found = [t.string for t in tokenize.tokenize(source.readline) if t.type == tokenize.STRING]
        # Examples in docstrings may show one.
        assert not [text for text in found if IN_PYTHON.match(text)], path


def test_sheets_use_known_colours():
    """Every property of colour that a page asks for is in the palette."""
    asked = set(re.findall(r"var\(--gs-([a-z0-9-]+)", own_style()))
    asked |= {name for path in SCRIPTS for name in re.findall(r"'--gs-([a-z0-9-]+)'", path.read_text("utf-8"))}
    assert asked <= set(palette(*SECTIONS))
    report = (PACKAGE / "report" / "templates" / "report.css").read_text(encoding="utf-8")
    assert set(re.findall(r"var\(--([a-z0-9-]+)", report)) <= set(palette("figures", "pages", "report"))


def test_kinds_have_known_colours():
    """The colour of every kind of place is in the palette."""
    assert {kind.colour for kind in PLACE_KINDS.values()} <= set(palette("figures"))

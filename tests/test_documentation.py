"""The documentation: its commands exist, its code runs, its pages are whole, and every public name explains itself."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import importlib.util
import inspect
import io
import re
import shlex
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

import geostrike
from geostrike.cli import cli

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAPERS = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "notebooks/README.md")
]
PAGES = [*PAPERS, *sorted(DOCS.glob("*.md"))]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "geostrike").rglob("*.py")
    if path.name != "__main__.py"
)
PUBLIC = [name for name in geostrike.__all__ if not name.startswith("_")]
ERRORS = {name for name in PUBLIC if name.endswith("Error")}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    """The code blocks of a page that are marked with the language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def module_from(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"checked_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- commands ---------------------------------------------------------------------------------------------------------

COMMANDS = sorted(
    {
        (name_of(path), line.strip())
        for path in PAGES
        for block in blocks(path, "bash")
        for line in block.splitlines()
        if line.strip() and not line.startswith("#")
    }
)


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_exists_with_its_options(page: str, line: str) -> None:
    words = shlex.split(line)
    if words[0] == "geostrike":
        command = cli.commands[words[1]]
        command = command.commands[words[2]] if isinstance(command, click.Group) else command
        options = {name for parameter in command.params for name in parameter.opts} | {"-h", "--help"}
        used = {word.partition("=")[0] for word in words[2:] if word.startswith("-") and word != "--"}
        assert used <= options
    elif words[:2] == ["python3", "dev.py"]:
        assert words[2] in module_from(ROOT / "dev.py").COMMANDS
    else:
        assert line == "pip install .", f"{page}: nothing checks {line!r}"


def test_the_readme_begins_with_the_two_commands() -> None:
    found = [line for page, line in COMMANDS if page == "README.md"]
    assert {"python3 dev.py demo", "python3 dev.py test"} <= set(found)


@pytest.mark.parametrize("page", ["cli.md", "tables.md"])
def test_a_generated_page_equals_the_code(page: str) -> None:
    wanted = module_from(DOCS / "generate.py").PAGES[page]()
    assert (DOCS / page).read_text(encoding="utf-8") == wanted, "run: python3 dev.py docs"


# --- code -------------------------------------------------------------------------------------------------------------

SCRIPTS = [path for path in PAGES if blocks(path, "python")]


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_the_code_of_a_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks of a page, one after the other, as a reader would type them in a clone."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copy(ROOT / "gazetteer.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, block in enumerate(blocks(path, "python"), 1):
        if ">>> " in block:
            test = doctest.DocTestParser().get_doctest(block, names, f"{path.name}:{number}", str(path), 0)
            said = io.StringIO()
            result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.write, clear_globs=False)
            names.update(test.globs)
            assert not result.failed, said.getvalue()
        else:
            exec(compile(block, f"{path.name}, block {number}", "exec"), names)


def test_the_readme_shows_ten_lines_of_python() -> None:
    first = blocks(ROOT / "README.md", "python")[0].splitlines()
    assert first[0] == "import geostrike as gs"
    assert len(first) <= 10


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    module = importlib.import_module(name)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert not result.failed, said.getvalue()


# --- docstrings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in ERRORS])
def test_a_public_name_explains_itself_with_an_example(name: str) -> None:
    documented = getattr(geostrike, name)
    text = inspect.getdoc(documented) or ""
    assert len(text.splitlines()[0]) > 15
    holders = [text]
    if inspect.isclass(documented):
        holders += [inspect.getdoc(member) or "" for key, member in vars(documented).items() if not key.startswith("_")]
    made_by_functions = {"Located", "StrikesRead", "Written"}
    assert name in made_by_functions or any(">>> " in holder for holder in holders), f"{name} has no example"


@pytest.mark.parametrize("name", [name for name in PUBLIC if name[0].islower()])
def test_a_public_function_tells_of_every_parameter(name: str) -> None:
    function = getattr(geostrike, name)
    text = inspect.getdoc(function) or ""
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        assert re.search(rf"\b{parameter.name}\b", text), f"{name} says nothing of {parameter.name}"
        assert parameter.annotation is not inspect.Parameter.empty
    assert signature.return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_stands_in_the_drawing(name: str) -> None:
    assert name in (geostrike.errors.__doc__ or "")
    assert issubclass(getattr(geostrike, name), geostrike.GeostrikeError)


def test_the_reference_names_every_public_name() -> None:
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\.\. auto(?:function|class):: geostrike\.(\w+)$", text, re.MULTILINE))
    assert shown == set(PUBLIC) - ERRORS
    assert "automodule:: geostrike.errors" in text


def test_the_vocabularies_of_the_tables_are_all_explained() -> None:
    generate = module_from(DOCS / "generate.py")
    explained = [frozenset(words) for words in generate.VOCABULARIES.values()]
    for table in generate.TABLES:
        for column in table.columns:
            if column.values is not None:
                assert any(column.values - {""} <= words for words in explained), f"{table.name}.{column.name}"


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_links_of_a_page_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        # The gallery leads to copies with outputs, which the documentation makes of the notebooks.
        top = ROOT if path.name == "gallery.md" and target.startswith("notebooks/") else path.parent
        assert (top / target.partition("#")[0]).exists(), f"{name_of(path)} links to {target}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_files_that_a_page_names_are_there(path: Path) -> None:
    tops = "geostrike|docs|tests|scripts|seeds|notebooks|benchmarks|LICENSES"
    text = path.read_text(encoding="utf-8")
    for name in re.findall(rf"`((?:{tops})/[\w./-]*)`", text):
        assert (ROOT / name).exists(), f"{name_of(path)} names {name}"


@pytest.mark.parametrize("path", sorted((DOCS / "images").iterdir()), ids=lambda path: path.name)
def test_a_picture_is_light_and_shown(path: Path) -> None:
    assert path.stat().st_size < 300_000
    assert any(f"images/{path.name})" in page.read_text(encoding="utf-8") for page in PAGES)


class Assets(HTMLParser):
    """Collects what a page loads when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in {"script", "img", "iframe", "source", "video", "audio", "embed"} and named.get("src"):
            self.loaded.append(named["src"] or "")
        if tag == "link" and (named.get("rel") or "") not in {"canonical", "author", "index", "search", "next", "prev"}:
            self.loaded.append(named.get("href") or "")


def test_the_built_pages_load_nothing_from_elsewhere() -> None:
    built = DOCS / "_build" / "html"
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "-q", "-b", "html", DOCS, built]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    pages = sorted(built.rglob("*.html"))
    assert {"index.html", "cli.html", "reference.html", "limits.html"} <= {page.name for page in pages}
    for page in pages:
        assets = Assets()
        assets.feed(page.read_text(encoding="utf-8"))
        assert assets.loaded
        for target in assets.loaded:
            assert not re.match(r"(?:[a-z]+:)?//", target), f"{page.name} loads {target}"


# --- papers -----------------------------------------------------------------------------------------------------------


def test_the_papers_agree_on_version_and_licence() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {geostrike.__version__}\n" in citation
    assert "\nlicense: MIT\n" in citation
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert geostrike.__version__ in changes
    assert re.search(r"^#+ Data$", changes, re.MULTILINE)


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "CITATION.cff", DOCS / "data.md"], ids=name_of)
def test_the_sources_of_the_data_are_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for source in ("GeoNames", "OpenStreetMap", "Natural Earth"):
        assert source in text

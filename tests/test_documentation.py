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
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pyarrow as pa
import pytest
from click.testing import CliRunner
from geopy.geocoders import Nominatim
from geopy.location import Location

import geostrike
from geostrike.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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
ERRORS = {name for name in PUBLIC if name.endswith(("Error", "Warning"))}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def fences(path: Path) -> list[tuple[str, str]]:
    """The fenced blocks of a page in their order: the language, or the directive, and the text."""
    found = re.findall(r"^```(.+?)\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [(language.removeprefix("{code-block} "), text) for language, text in found]


def blocks(path: Path, language: str) -> list[str]:
    """The code blocks of a page that are marked with the language."""
    return [text for found, text in fences(path) if found == language]


def command_lines(block: str) -> list[str]:
    """The commands of a block, each in one line."""
    return [
        line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")
    ]


def module_from(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"checked_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- commands ---------------------------------------------------------------------------------------------------------

COMMANDS = sorted(
    {(name_of(path), line) for path in PAGES for block in blocks(path, "bash") for line in command_lines(block)}
)


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_commands_exist(page: str, line: str) -> None:
    """Every command of a page is run by a test."""
    words = line.split()
    if words[:2] == ["python3", "dev.py"]:
        assert words[2] in module_from(ROOT / "dev.py").COMMANDS
    else:
        assert words[0] == "geostrike" or line in RUN_ELSEWHERE, f"{page}: nothing runs {line!r}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_inline_commands_exist(path: Path) -> None:
    """A command within a sentence exists, with its options."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for line in re.findall(r"`geostrike (\w[^`]*)`", text):
        words = line.split()
        command = cli.commands[words.pop(0)]
        if isinstance(command, click.Group) and words:
            command = command.commands[words.pop(0).partition("|")[0]]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, f"{name_of(path)}: geostrike {line}"


def test_readme_has_two_commands() -> None:
    """The README names the demo and the tests."""
    found = [line for page, line in COMMANDS if page == "README.md"]
    assert {"python3 dev.py demo", "python3 dev.py test"} <= set(found)


@pytest.mark.parametrize("page", sorted(module_from(DOCS / "generate.py").PAGES))
def test_generated_pages_are_current(page: str) -> None:
    """A generated page equals what the code gives."""
    wanted = module_from(DOCS / "generate.py").PAGES[page]()
    assert (ROOT / page).read_text(encoding="utf-8") == wanted, "run: python3 dev.py docs"


# --- code -------------------------------------------------------------------------------------------------------------

# Sphinx runs these; every other block is run here, but for what --help prints.
DIRECTIVES = ("{eval-rst}", "{toctree}", "{include}")
ELSEWHERE = ("cli.md", "architecture.md")  # what --help prints; what tests/test_architecture.py runs
SCRIPTS = [
    path
    for path in PAGES
    if path.name not in ELSEWHERE and any(not language.startswith(DIRECTIVES) for language, _ in fences(path))
]
# By continuous integration and tests/test_wheel.py; in the environment that runs this nothing is left to activate.
RUN_ELSEWHERE = ("python3 dev.py", "pip install .", "source .venv/bin/activate")
EVENTS = """id,date,place,latitude,longitude,day_of_event,town
a,2024-01-25,Tuapse,44.1,39.08,25.01.2024,Tuapse
b,2024-01-26,Belgorod,,,26.01.2024,Belgorod
"""
ACLED = """event_id_cnty,event_date,event_type,sub_event_type,actor1,location,latitude,longitude,geo_precision
RUS1,2024-01-25,Explosions/Remote violence,Air/drone strike,Military Forces of Ukraine,Tuapse,44.10,39.08,1
"""


def run_command(line: str) -> None:
    """Run `geostrike ...` in this folder; a person who is asked something skips."""
    done = CliRunner().invoke(cli, shlex.split(line)[1:], input="s\n" * 100)
    assert done.exit_code in {0, 3}, f"{line}\n{done.output}{done.exception or ''}"


def run_python(block: str, names: dict[str, Any], where: str) -> None:
    """Run a block of code, or of examples with what they print."""
    if ">>> " not in block:
        exec(compile(block, where, "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block, names, where, where, 0)
    said = io.StringIO()
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.write, clear_globs=False)
    names.update(test.globs)
    assert not result.failed, said.getvalue()


def run_block(language: str, block: str, names: dict[str, Any], where: str) -> None:
    """Run a block of any kind, as a reader would use it."""
    if language == "python":
        run_python(block, names, where)
    elif language == "bash":
        for line in command_lines(block):
            if not line.startswith(RUN_ELSEWHERE):
                run_command(line)
    elif language == "toml":  # the settings of a folder of reports
        folder = Path("folder")
        folder.mkdir()
        shutil.copy("seeds/1-tuapse.md", folder)
        for name in tomllib.loads(block)["published"]:
            (folder / name).write_text("Drones hit the Station and Krasny Yar on Wednesday.", encoding="utf-8")
        (folder / "geostrike.toml").write_text(block, encoding="utf-8")
        assert set(geostrike.locate(folder).records["place_status"]) == {"resolved"}
    elif language == "text":  # a report with what is known of it
        Path("report.md").write_text(block, encoding="utf-8")
        report = geostrike.read_reports("report.md").iloc[0]
        assert report["title"]
        assert report["published_basis"] == "front_matter"
    else:
        assert language.startswith(DIRECTIVES), f"{where}: nothing runs {language}"


@pytest.fixture(scope="module")
def a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on the seed reports."""
    folder = tmp_path_factory.mktemp("run") / "out"
    run_command(f"geostrike run {ROOT / 'seeds'} --out {folder}")
    return folder


@pytest.fixture
def desk(a_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the pages name: reports, runs of them, tables of events. It is the one in use."""
    for name in ("seeds", "reports"):
        shutil.copytree(ROOT / "seeds", tmp_path / name)
    shutil.copy(ROOT / "gazetteer.csv", tmp_path)
    for name in ("out", "later", "out-of-may", "out-of-june"):
        shutil.copytree(a_run, tmp_path / name)
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    (tmp_path / "acled.csv").write_text(ACLED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


class Spark:
    """What the page on many rows asks of a Spark session: batches through a function, held to the schema."""

    def __init__(self) -> None:
        self.read = self.write = self

    def parquet(self, _folder: str) -> Spark:
        return self

    def mapInArrow(self, function: Callable[..., Iterator[Any]], schema: str) -> Spark:  # noqa: N802 - Spark's name
        points = pa.table({"id": [1, 2], "lon": [39.08, 36.58], "lat": [44.1, 50.6]})
        wanted = [column.split() for column in schema.split(",")]
        for batch in function(points.to_batches()):
            kinds = [{"int64": "long"}.get(str(kind), str(kind)) for kind in batch.schema.types]
            assert [list(column) for column in zip(batch.schema.names, kinds, strict=True)] == wanted
        return self


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_blocks_run(path: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks of a page run one after the other, as a reader would type them in a clone."""
    answer = Location("Qvillage", (55.1, 32.2, 0), {})
    monkeypatch.setattr(Nominatim, "geocode", lambda *_asked, **_options: [answer])  # no test asks the network
    names: dict[str, Any] = {"__name__": "__main__", "spark": Spark()}
    for number, (language, block) in enumerate(fences(path), 1):
        run_block(language, block, names, f"{path.name}, block {number}")


def test_readme_example_is_short() -> None:
    """The README's first example has at most ten lines."""
    first = blocks(ROOT / "README.md", "python")[0].splitlines()
    assert first[0] == "import geostrike as gs"
    assert len(first) <= 10


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name: str) -> None:
    """The examples of every docstring run."""
    module = importlib.import_module(name)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert not result.failed, said.getvalue()


# --- docstrings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in ERRORS])
def test_public_names_have_examples(name: str) -> None:
    """Every public name has a docstring with an example."""
    documented = getattr(geostrike, name)
    text = inspect.getdoc(documented) or ""
    assert len(text.splitlines()[0]) > 15
    holders = [text]
    if inspect.isclass(documented):
        holders += [inspect.getdoc(member) or "" for key, member in vars(documented).items() if not key.startswith("_")]
    made_by_functions = {"Located", "StrikesRead", "Written"}
    assert name in made_by_functions or any(">>> " in holder for holder in holders), f"{name} has no example"


@pytest.mark.parametrize("name", [name for name in PUBLIC if name[0].islower()])
def test_parameters_are_documented(name: str) -> None:
    """Every parameter of a public function is typed and documented."""
    function = getattr(geostrike, name)
    text = inspect.getdoc(function) or ""
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        assert re.search(rf"\b{parameter.name}\b", text), f"{name} says nothing of {parameter.name}"
        assert parameter.annotation is not inspect.Parameter.empty
    assert signature.return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_errors_are_documented(name: str) -> None:
    """Every error is in the tree that the docstring of the errors draws."""
    assert name in (geostrike.errors.__doc__ or "")
    assert issubclass(getattr(geostrike, name), (geostrike.GeostrikeError, UserWarning))


def test_reference_is_complete() -> None:
    """The reference names every public name."""
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\.\. auto(?:function|class):: geostrike\.(\w+)$", text, re.MULTILINE))
    assert shown == set(PUBLIC) - ERRORS
    assert "automodule:: geostrike.errors" in text
    listed = re.search(r"\.\. autosummary::\n.*?\n\n(.*?)```", text, re.DOTALL)
    assert listed
    assert set(listed[1].split()) == shown


def test_vocabularies_are_explained() -> None:
    """Every word of a closed vocabulary is explained on the page of the tables."""
    generate = module_from(DOCS / "generate.py")
    sections = re.split(r"^### `\w+`$", generate.tables_page().partition("## Vocabularies")[2], flags=re.MULTILINE)
    explained = [set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)) for section in sections]
    for table in generate.TABLES:
        for column in table.columns:
            if column.values is not None:
                assert any(column.values - {""} <= words for words in explained), f"{table.name}.{column.name}"


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_resolve(path: Path) -> None:
    """Every relative link leads to a file."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        # The gallery leads to copies with outputs, which the documentation makes of the notebooks.
        top = ROOT if path.name == "gallery.md" and target.startswith("notebooks/") else path.parent
        assert (top / target.partition("#")[0]).exists(), f"{name_of(path)} links to {target}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_named_files_exist(path: Path) -> None:
    """Every file that a page names exists."""
    tops = "geostrike|docs|tests|scripts|seeds|notebooks|benchmarks|LICENSES"
    text = path.read_text(encoding="utf-8")
    for name in re.findall(rf"`((?:{tops})/[\w./-]*)`", text):
        assert (ROOT / name).exists(), f"{name_of(path)} names {name}"


@pytest.mark.parametrize("path", sorted((DOCS / "images").iterdir()), ids=lambda path: path.name)
def test_pictures_are_used(path: Path) -> None:
    """A picture is small, and a page shows it."""
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


def test_built_pages_are_offline() -> None:
    """The built pages load nothing from the network."""
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


def test_versions_and_licence_agree() -> None:
    """Citation, licence and changelog agree with the package."""
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {geostrike.__version__}\n" in citation
    assert "\nlicense: MIT\n" in citation
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert geostrike.__version__ in changes
    assert re.search(r"^#+ Data$", changes, re.MULTILINE)


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "CITATION.cff", DOCS / "data.md"], ids=name_of)
def test_data_sources_are_named(path: Path) -> None:
    """The sources of the data are credited."""
    text = path.read_text(encoding="utf-8")
    for source in ("GeoNames", "OpenStreetMap", "Natural Earth"):
        assert source in text

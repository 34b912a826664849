"""The layout: who imports whom, what an import loads, what the repository may hold."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from layout import STEPS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "geostrike"

STEP_OF = {part: number for number, (parts, _) in enumerate(STEPS) for part in parts}
HEAVY = ("folium", "geopandas", "matplotlib", "numba", "pandas", "pyogrio", "scipy", "shapely")
MEGABYTES = 1_000_000


def tracked_files() -> list[Path]:
    """What git knows, as far as it is there."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def modules() -> dict[str, Path]:
    """Every module of the package with its file."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported_modules(name: str, tree: ast.AST, package: str) -> set[str]:
    """The package's own modules that a syntax tree imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package.split(".")[: len(package.split(".")) - node.level + 1], base]).rstrip(".")
            found |= {f"{base}.{a.name}" if f"{base}.{a.name}" in MODULES else base for a in node.names}
    return {module for module in found if module in MODULES and module != name}


def imports_of(name: str) -> set[str]:
    """The package's own modules that a module of it imports."""
    path = MODULES[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return imported_modules(name, ast.parse(path.read_text(encoding="utf-8")), package)


def part_of(module: str) -> str:
    """The part of the drawing that a module belongs to; empty for the package itself."""
    return module.split(".")[1] if "." in module else ""


def in_fresh_python(code: str) -> str:
    """What a new Python prints."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT).stdout


# --- who imports whom -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"geostrike"}))
def test_imports_follow_the_order(module: str) -> None:
    """A module imports only what comes before it in STEPS."""
    own = part_of(module)
    assert own in STEP_OF or own == "data", f"{module} has no step: give it one in tests/layout.py"
    for other in sorted(imports_of(module)):
        part = part_of(other)
        if part == own:
            continue
        assert part or other == "geostrike", other
        if not part:
            assert own in {"pipeline", "cli", "__main__"}, (
                f"{module} imports the package itself; import the module that is meant"
            )
            continue
        assert STEP_OF[part] < STEP_OF[own], f"{module} ({own}) imports {other}, which is not before it"


def test_order_is_checked() -> None:
    """The order holds for the main folders, and relative imports count."""
    assert STEP_OF["borders"] < STEP_OF["places"] < STEP_OF["reading"] == STEP_OF["depth"] < STEP_OF["merging"]
    tree = ast.parse("from ..depth import x\nfrom . import names\nimport geostrike.errors")
    known = {f"geostrike.{part}" for part in ("depth", "errors")} & set(MODULES)
    assert imported_modules("geostrike.places.resolve", tree, "geostrike.places") >= known


def test_no_circular_import() -> None:
    """No import leads back to its own module."""
    graph = {name: imports_of(name) for name in MODULES if name != "geostrike"}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in sorted(graph.get(name, ())):
                visit(other, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_no_helper_dump() -> None:
    """No module is a collection of helpers without a topic."""
    heaps = {"utils", "util", "utilities", "helpers", "common", "misc"}
    assert not [name for name in MODULES if heaps & set(name.split("."))]


# --- what an import loads ---------------------------------------------------------------------------------------------


def test_import_is_light() -> None:
    """Importing geostrike loads none of the large libraries."""
    loaded = in_fresh_python("import sys, json, geostrike; print(json.dumps(sorted(sys.modules)))")
    assert not set(HEAVY) & set(json.loads(loaded))


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_is_light(option: str) -> None:
    """Help and version load none of the large libraries."""
    code = (
        "import sys, json, runpy, io, contextlib\n"
        f"sys.argv = ['geostrike', {option!r}]\n"
        "try:\n"
        "    with contextlib.redirect_stdout(io.StringIO()):\n"
        "        runpy.run_module('geostrike', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    assert not set(HEAVY) & set(json.loads(in_fresh_python(code)))


# --- what is exported -------------------------------------------------------------------------------------------------


def public_names_defined_in(path: Path) -> set[str]:
    """The public classes and functions that a file itself defines."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, kinds) and not node.name.startswith("_")}


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"geostrike.__main__"}))
def test_all_is_sorted(module: str) -> None:
    """Every module has a sorted `__all__` of names that exist."""
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", None)
    if names is None:
        assert MODULES[module].name == "__init__.py", f"{module} has no __all__"
        return
    assert list(names) == sorted(set(names), key=isort_key), f"{module}.__all__ is not sorted"
    for name in names:
        assert getattr(loaded, name, None) is not None, f"{module}.__all__ names {name}, which is not there"


def isort_key(name: str) -> tuple[int, str]:
    """The order that ruff gives __all__: constants, then classes, then the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)


def test_dir_equals_all() -> None:
    """`dir(geostrike)` lists the public names."""
    package = importlib.import_module("geostrike")
    public = {name for name in dir(package) if not name.startswith("_")}
    submodules = {part_of(module) for module in MODULES}
    named = {name for name in package.__all__ if not name.startswith("_")}
    assert named <= public
    assert public - submodules <= named


def test_types_are_known(tmp_path: Path) -> None:
    """A type checker knows every public name and no other, although names are loaded on first use."""
    names = [*importlib.import_module("geostrike").__all__, "figures.depth_by_date"]
    lines = ["import geostrike", *(f"reveal_type(geostrike.{name})" for name in names), "geostrike.no_such_name"]
    script = tmp_path / "script.py"
    script.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(script)], cwd=ROOT, check=False, capture_output=True, text=True
    )
    revealed = re.findall(r'Revealed type is "(.+)"', done.stdout)
    assert len(revealed) == len(names), done.stdout + done.stderr
    assert not {"Any", "object", "builtins.object"} & set(revealed)
    assert re.findall(r"error: (.+)", done.stdout) == ['Module has no attribute "no_such_name"  [attr-defined]']


# --- what the repository may hold -------------------------------------------------------------------------------------


def test_files_are_small() -> None:
    """No file is larger than ten megabytes."""
    sizes = {path: path.stat().st_size for path in tracked_files()}
    assert not {str(path): size for path, size in sizes.items() if size > 10 * MEGABYTES}
    assert sum(sizes.values()) < 60 * MEGABYTES


# Put together from pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.])/(?:" + "|".join(("work", "home", "Users", "root")) + r")/\w"
    ),
    "a Windows path of somebody's machine": re.compile(r"\b[A-Z]:\\+Users\\"),
    "a temporary folder": re.compile(r"(?<![\w.])/" + "tmp" + r"/\w"),
    "a package index": re.compile(
        "|".join((r"pypi\." + "org", "files." + "pythonhosted", "registry." + "npmjs", "deb." + "debian"))
    ),
}


def text_of(path: Path) -> str:
    """The text of a file; empty for a binary one."""
    content = path.read_bytes()
    return "" if b"\0" in content[:8000] else content.decode("utf-8", errors="replace")


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_no_private_paths(what: str) -> None:
    """No file names a path of a machine or a package index."""
    pattern = FORBIDDEN[what]
    found = []
    for path in tracked_files():
        if path.suffix == ".sqlite":
            continue
        hit = pattern.search(text_of(path))
        if hit:
            found.append(f"{path.relative_to(ROOT)}: {hit.group()}")
    assert not found


def test_locks_agree() -> None:
    """The locks hold hashes, and the developer's lock holds the user's versions."""
    pins = {name: pins_of(ROOT / "requirements" / f"{name}.lock") for name in ("boot", "run", "dev", "lowest")}
    assert set(pins["run"]) <= set(pins["dev"]), "the developer's environment must serve the user's commands too"
    assert {"hatchling", "editables"} <= {pin.partition("==")[0] for pin in pins["run"]}


def pins_of(lock: Path) -> list[str]:
    """The pins of a lock; every one has a hash."""
    entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    for entry in entries:
        assert re.match(r"^[a-z0-9._-]+==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    return [re.split(r"[\s;\\]", entry)[0] for entry in entries]

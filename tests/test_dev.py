"""dev.py: what it checks before it works, what it says when it cannot, and that a failing step is never lost."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dev_module import load_dev

from geostrike.places.index import TABLES

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def dev() -> ModuleType:
    """A fresh dev.py, whose constants a test may change."""
    return load_dev()


@pytest.fixture
def clone(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the set-up looks at; dev.py takes it for its own, and what it would run is kept."""
    for name in (*dev.BUILD_INPUTS, *(f"requirements-{lock}.lock" for lock in ("boot", "run", "dev"))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    venv = tmp_path / ".venv"
    venv.mkdir()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", venv)
    monkeypatch.setattr(dev, "PACKAGES_STAMP", venv / "packages")
    monkeypatch.setattr(dev, "PROJECT_STAMP", venv / "project")
    monkeypatch.setattr(dev, "BUILD_OUTPUT", tmp_path / "gazetteer.sqlite")
    return tmp_path


@pytest.fixture
def commands(dev: ModuleType, clone: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The set-up's commands, written down instead of run; building the project makes the index."""
    kept: list[str] = []

    def pretend(_what: str, *command: object) -> str:
        kept.append(" ".join(map(str, command)))
        if "-e" in command:
            dev.BUILD_OUTPUT.touch()
        return ""

    monkeypatch.setattr(dev, "complaint_of", pretend)
    return kept


def run_dev(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, **variables},
    )  # fmt: skip


# --- the set-up -------------------------------------------------------------------------------------------------------


def test_the_second_set_up_runs_nothing(dev: ModuleType, commands: list[str]) -> None:
    dev.set_up("dev")
    assert any("--require-hashes" in command and "requirements-dev.lock" in command for command in commands)
    assert any("--no-build-isolation" in command for command in commands)
    commands.clear()
    dev.set_up("dev")
    dev.set_up("run")
    assert commands == []


def test_the_users_packages_are_not_enough_for_a_developer(dev: ModuleType, commands: list[str]) -> None:
    dev.set_up("run")
    commands.clear()
    dev.set_up("dev")
    assert any("requirements-dev.lock" in command for command in commands)


@pytest.mark.parametrize("name", ["requirements-boot.lock", "requirements-run.lock"])
def test_a_new_lock_installs_everything_again(dev: ModuleType, clone: Path, commands: list[str], name: str) -> None:
    dev.set_up("run")
    commands.clear()
    (clone / name).write_text("other", encoding="utf-8")
    dev.set_up("run")
    assert any("requirements-run.lock" in command for command in commands)
    assert any("-e" in command.split() for command in commands)


def test_a_new_build_input_builds_only_the_project_again(dev: ModuleType, clone: Path, commands: list[str]) -> None:
    for name in dev.BUILD_INPUTS:
        dev.set_up("run")
        commands.clear()
        (clone / name).write_text("other", encoding="utf-8")
        dev.set_up("run")
        assert [command for command in commands if "-e" in command.split()], name
        assert not [command for command in commands if "requirements" in command], name


def test_a_lost_index_is_built_again(dev: ModuleType, commands: list[str]) -> None:
    dev.set_up("run")
    commands.clear()
    dev.BUILD_OUTPUT.unlink()
    dev.set_up("run")
    assert commands
    assert dev.BUILD_OUTPUT.exists()


def test_another_python_makes_another_environment(
    dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dev.lock_digest("run")
    monkeypatch.setattr(dev.sys, "version", "3.99.0 of another day")
    assert dev.lock_digest("run") != before
    dev.make_environment()
    assert any("venv --clear" in command for command in commands)


def test_an_interrupted_installation_is_done_again(
    dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.set_up("run")
    dev.PACKAGES_STAMP.write_text("of an older lock", encoding="utf-8")

    def fails(what: str, *_command: object) -> str:
        return "" if what == "making .venv" else f"{what} failed (exit code 1): no network"

    monkeypatch.setattr(dev, "complaint_of", fails)
    with pytest.raises(
        dev.DevError, match=r"^installing uv from the package registry failed \(exit code 1\): no network$"
    ):
        dev.set_up("run")
    assert not dev.PACKAGES_STAMP.exists()
    assert not dev.PROJECT_STAMP.exists()


def test_pip_steps_in_where_uv_cannot(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []

    def without_uv(_what: str, *command: object) -> str:
        kept.append(words := [str(part) for part in command])
        return "uv cannot" if "uv" in words else ""

    monkeypatch.setattr(dev, "complaint_of", without_uv)
    dev.install("installing the packages", "--require-hashes", "-r", "x.lock")
    assert [("uv" in words, "--require-hashes" in words) for words in kept] == [(True, True), (False, True)]


def test_the_build_inputs_are_those_of_the_build_hook(dev: ModuleType) -> None:
    tree = ast.parse((ROOT / "hatch_build.py").read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    output = dev.BUILD_OUTPUT.relative_to(ROOT).as_posix()
    assert output in texts
    read = {text for text in texts if re.fullmatch(r"[\w./-]+\.\w+", text) and (ROOT / text).is_file()} - {output}
    tables = {f"geostrike/data/{name}" for name in TABLES}
    assert read | tables | {"hatch_build.py", "pyproject.toml"} == set(dev.BUILD_INPUTS)


# --- the system -------------------------------------------------------------------------------------------------------


def test_who_is_not_root_is_told_the_line_to_type(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _name: "apt-get")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    line = r"\n    sudo apt-get install -y --no-install-recommends chromium libatomic1$"
    with pytest.raises(dev.DevError, match=line):
        dev.install_system_packages(["chromium", "libatomic1"], "the tests need a browser")


def test_root_on_debian_gets_what_is_missing(dev: ModuleType, commands: list[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _name: "apt-get")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0)
    dev.install_system_packages(["python3.11-venv"], "this Python cannot make a virtual environment")
    assert [command.split()[:2] for command in commands] == [["apt-get", "update"], ["apt-get", "install"]]
    assert "python3.11-venv" in commands[1]


def test_elsewhere_the_packages_are_named(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    with pytest.raises(dev.DevError, match=r"package manager .*chromium"):
        dev.install_system_packages(["chromium"], "the tests need a browser")


def test_a_browser_that_is_none_is_refused(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOSTRIKE_CHROMIUM", "no/such/browser")
    with pytest.raises(dev.DevError, match="GEOSTRIKE_CHROMIUM names 'no/such/browser'"):
        dev.find_browser()


def test_nothing_of_the_users_python_leaks_in(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PYTHONHOME", "elsewhere")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    found = dev.environment()
    assert not {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"} & set(found)
    assert found["PATH"].startswith(str(dev.BIN))
    assert all(Path(folder).is_relative_to(dev.VENV) for folder in dev.private_folders().values())


# --- the steps --------------------------------------------------------------------------------------------------------


def test_every_step_runs_and_the_failed_ones_are_named(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "run", lambda *words, **_: 1 if "bad" in words else 0)
    assert dev.run_steps({"one": ("bad",), "two": ("good",), "three": ("bad",)}) == ["one", "three"]
    assert re.findall(r"dev.py: (\w+): (\w+) \(", capsys.readouterr().out) == [
        ("one", "FAILED"),
        ("two", "ok"),
        ("three", "FAILED"),
    ]


REPORT = '<testsuites><testsuite tests="{tests}" failures="{failures}" errors="{errors}" skipped="0"/></testsuites>'


@pytest.mark.parametrize(
    ("failing", "counts", "closing", "code"),
    [
        (set(), (9, 0, 0), "9 passed, 0 failed", 0),
        ({"tests"}, (9, 2, 1), "6 passed, 3 failed", 1),
        ({"mypy"}, (9, 0, 0), "9 passed, 1 failed", 1),
        ({"mypy", "tests"}, (9, 1, 0), "8 passed, 2 failed", 1),
        ({"tests"}, None, "0 passed, 1 failed", 1),
    ],
)
def test_the_closing_line_counts_everything(
    dev: ModuleType,
    clone: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failing: set[str],
    counts: tuple[int, int, int] | None,
    closing: str,
    code: int,
) -> None:
    def pretend(steps: dict[str, tuple[str, ...]], **_: str) -> list[str]:
        assert set(steps) == {"ruff check", "ruff format", "mypy", "oxlint", "documentation", "tests"}
        if counts:
            numbers = dict(zip(("tests", "failures", "errors"), counts, strict=True))
            dev.TEST_REPORT.write_text(REPORT.format(**numbers), encoding="utf-8")
        return [step for step in steps if step in failing]

    monkeypatch.setattr(dev, "TEST_REPORT", clone / "build" / "report.xml")
    monkeypatch.setattr(dev, "set_up", lambda _lock: None)
    monkeypatch.setattr(dev, "run_steps", pretend)
    assert dev.test(["--no-browser"]) == code
    assert capsys.readouterr().out.splitlines()[-1] == closing


# --- the command line -------------------------------------------------------------------------------------------------


def test_an_unknown_command_is_one_line() -> None:
    done = run_dev("tset")
    assert done.returncode == 2
    assert done.stderr.startswith("dev.py: there is no command 'tset'; the commands are: demo, test, lint")
    assert done.stderr.count("\n") == 1


def test_help_names_every_command(dev: ModuleType) -> None:
    done = run_dev("--help")
    assert done.returncode == 0
    assert re.findall(r"python3 dev\.py (\w+)", done.stdout) == list(dev.COMMANDS)
    assert run_dev().returncode == 2


def test_only_the_standard_library_is_imported() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_older_python_is_told_so(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    assert dev.main(["demo"]) == 2
    assert capsys.readouterr().err.startswith("dev.py: Python 3.11 or newer is needed")
    compile((ROOT / "dev.py").read_text(encoding="utf-8"), "dev.py", "exec", ast.PyCF_ONLY_AST)
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_continuous_integration_runs_the_readmes_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert script.rstrip().endswith("exec python3 dev.py test")
    assert "set -euo pipefail" in script
    assert re.search(r"^python3 dev\.py test$", readme, re.MULTILINE)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert os.access(ROOT / "dev.py", os.X_OK)


def test_pyproject_and_the_lock_agree_on_every_dependency() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements-run.lock").read_text(encoding="utf-8")
    wanted = {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in project["dependencies"]}
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    assert wanted <= pinned, f"run `python3 dev.py lock`: not in the lock: {json.dumps(sorted(wanted - pinned))}"

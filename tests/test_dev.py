"""dev.py and scripts/checks.py: the set-up, its messages, and that a failing step is never lost."""

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
from dev_module import load_dev, load_script

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
    """A folder with the files that the set-up looks at, which dev.py takes for its own."""
    for name in (*dev.BUILD_INPUTS, *(f"requirements/{lock}.lock" for lock in ("boot", "run", "dev"))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    venv = tmp_path / ".venv"
    venv.mkdir()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "LOCKS", tmp_path / "requirements")
    monkeypatch.setattr(dev, "VENV", venv)
    monkeypatch.setattr(dev, "PACKAGES_STAMP", venv / "packages")
    monkeypatch.setattr(dev, "PROJECT_STAMP", venv / "project")
    monkeypatch.setattr(dev, "BUILD_OUTPUT", tmp_path / "gazetteer.sqlite")
    return tmp_path


@pytest.fixture
def commands(dev: ModuleType, clone: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands of the set-up, recorded and not run; building the project makes the index."""
    kept: list[str] = []

    def pretend(_what: str, *command: object) -> str:
        kept.append(" ".join(map(str, command)))
        if "-e" in command:
            dev.BUILD_OUTPUT.touch()
        return ""

    monkeypatch.setattr(dev, "complaint_of", pretend)
    return kept


@pytest.fixture
def checks() -> ModuleType:
    """A fresh scripts/checks.py, whose constants a test may change."""
    return load_script("scripts/checks.py")


def run_dev(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, **variables},
    )  # fmt: skip


# --- the set-up -------------------------------------------------------------------------------------------------------


def test_second_set_up_is_empty(dev: ModuleType, commands: list[str]) -> None:
    """A second set-up, also for the user, runs nothing."""
    dev.set_up("dev")
    assert any("--require-hashes" in command and "dev.lock" in command for command in commands)
    assert any("--no-build-isolation" in command for command in commands)
    commands.clear()
    dev.set_up("dev")
    dev.set_up("run")
    assert commands == []


def test_developer_needs_more(dev: ModuleType, commands: list[str]) -> None:
    """The user's packages are not enough for a developer."""
    dev.set_up("run")
    commands.clear()
    dev.set_up("dev")
    assert any("dev.lock" in command for command in commands)


@pytest.mark.parametrize("name", ["requirements/boot.lock", "requirements/run.lock"])
def test_new_lock_reinstalls(dev: ModuleType, clone: Path, commands: list[str], name: str) -> None:
    """A changed lock installs the packages and the project again."""
    dev.set_up("run")
    commands.clear()
    (clone / name).write_text("other", encoding="utf-8")
    dev.set_up("run")
    assert any("run.lock" in command for command in commands)
    assert any("-e" in command.split() for command in commands)


def test_new_input_rebuilds(dev: ModuleType, clone: Path, commands: list[str]) -> None:
    """A changed build input builds the project again, and nothing else."""
    for name in dev.BUILD_INPUTS:
        dev.set_up("run")
        commands.clear()
        (clone / name).write_text("other", encoding="utf-8")
        dev.set_up("run")
        assert [command for command in commands if "-e" in command.split()], name
        assert not [command for command in commands if ".lock" in command], name


def test_lost_index_is_rebuilt(dev: ModuleType, commands: list[str]) -> None:
    """A missing index of places is built again."""
    dev.set_up("run")
    commands.clear()
    dev.BUILD_OUTPUT.unlink()
    dev.set_up("run")
    assert commands
    assert dev.BUILD_OUTPUT.exists()


def test_other_python_other_environment(dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another Python makes another environment."""
    before = dev.lock_digest("run")
    monkeypatch.setattr(dev.sys, "version", "3.99.0 of another day")
    assert dev.lock_digest("run") != before
    dev.make_environment()
    assert any("venv --clear" in command for command in commands)


def test_failed_set_up_is_repeated(dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that failed leaves no stamp, so that it is repeated."""
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


def test_pip_replaces_uv(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip installs, with hashes, where uv cannot."""
    kept = []

    def without_uv(_what: str, *command: object) -> str:
        kept.append(words := [str(part) for part in command])
        return "uv cannot" if "uv" in words else ""

    monkeypatch.setattr(dev, "complaint_of", without_uv)
    dev.install("installing the packages", "--require-hashes", "-r", "x.lock")
    assert [("uv" in words, "--require-hashes" in words) for words in kept] == [(True, True), (False, True)]


def test_inputs_match_build_hook(dev: ModuleType) -> None:
    """dev.py looks at the files that the build hook reads."""
    tree = ast.parse((ROOT / "packaging" / "hatch_build.py").read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    output = dev.BUILD_OUTPUT.relative_to(ROOT).as_posix()
    assert output in texts
    read = {text for text in texts if re.fullmatch(r"[\w./-]+\.\w+", text) and (ROOT / text).is_file()} - {output}
    tables = {f"geostrike/data/{name}" for name in TABLES}
    assert read | tables | {"packaging/hatch_build.py", "pyproject.toml"} == set(dev.BUILD_INPUTS)


# --- the system -------------------------------------------------------------------------------------------------------


def test_sudo_line_is_shown(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without root, the message has the line to type."""
    monkeypatch.setattr(dev.shutil, "which", lambda _name: "apt-get")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    line = r"\n    sudo apt-get install -y --no-install-recommends chromium libatomic1$"
    with pytest.raises(dev.DevError, match=line):
        dev.install_system_packages(["chromium", "libatomic1"], "the tests need a browser")


def test_root_installs_packages(dev: ModuleType, commands: list[str], monkeypatch: Any) -> None:
    """As root on Debian, missing packages are installed."""
    monkeypatch.setattr(dev.shutil, "which", lambda _name: "apt-get")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0)
    dev.install_system_packages(["python3.11-venv"], "this Python cannot make a virtual environment")
    assert [command.split()[:2] for command in commands] == [["apt-get", "update"], ["apt-get", "install"]]
    assert "python3.11-venv" in commands[1]


def test_packages_are_named(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without apt-get, the missing packages are named."""
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    with pytest.raises(dev.DevError, match=r"package manager .*chromium"):
        dev.install_system_packages(["chromium"], "the tests need a browser")


def test_wrong_browser_is_refused(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """GEOSTRIKE_CHROMIUM must name a program."""
    monkeypatch.setenv("GEOSTRIKE_CHROMIUM", "no/such/browser")
    with pytest.raises(dev.DevError, match="GEOSTRIKE_CHROMIUM names 'no/such/browser'"):
        dev.find_browser()


def test_environment_is_private(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the user's Python reaches what dev.py runs."""
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PYTHONHOME", "elsewhere")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    found = dev.environment()
    assert not {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"} & set(found)
    assert found["PATH"].startswith(str(dev.BIN))
    assert all(Path(folder).is_relative_to(dev.VENV) for folder in dev.private_folders().values())


# --- the steps --------------------------------------------------------------------------------------------------------


def test_every_step_runs(
    checks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every step runs, and the failed ones are named."""
    monkeypatch.setattr(checks, "run_module", lambda *words: 1 if "bad" in words else 0)
    assert checks.run_steps({"one": ("bad",), "two": ("good",), "three": ("bad",)}) == ["one", "three"]
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
def test_closing_line_counts(
    checks: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failing: set[str],
    counts: tuple[int, int, int] | None,
    closing: str,
    code: int,
) -> None:
    """The last line counts failed tests and failed steps."""

    def pretend(steps: dict[str, tuple[str, ...]]) -> list[str]:
        assert set(steps) == {"ruff check", "ruff format", "mypy", "oxlint", "documentation", "tests"}
        if counts:
            numbers = dict(zip(("tests", "failures", "errors"), counts, strict=True))
            checks.TEST_REPORT.write_text(REPORT.format(**numbers), encoding="utf-8")
        return [step for step in steps if step in failing]

    monkeypatch.setattr(checks, "TEST_REPORT", tmp_path / "build" / "report.xml")
    monkeypatch.setattr(checks, "run_steps", pretend)
    assert checks.test(["--no-browser"]) == code
    assert capsys.readouterr().out.splitlines()[-1] == closing


# --- the command line -------------------------------------------------------------------------------------------------


def test_unknown_command() -> None:
    """An unknown command is refused in one line."""
    done = run_dev("tset")
    assert done.returncode == 2
    assert done.stderr.startswith("dev.py: there is no command 'tset'; the commands are: demo, test, lint")
    assert done.stderr.count("\n") == 1


def test_help_is_complete(dev: ModuleType) -> None:
    """The help names every command."""
    done = run_dev("--help")
    assert done.returncode == 0
    assert re.findall(r"python3 dev\.py (\w+)", done.stdout) == list(dev.COMMANDS)
    assert run_dev().returncode == 2


def test_help_of_a_command_does_nothing() -> None:
    """`dev.py COMMAND --help` prints what the command does, and nothing else."""
    done = run_dev("screenshots", "--help")
    assert (done.returncode, done.stdout) == (
        0,
        "python3 dev.py screenshots   take the pictures of the documentation\n",
    )


def test_imports_standard_library() -> None:
    """dev.py imports the standard library only."""
    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_older_python_is_refused(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An older Python can parse dev.py, and is refused."""
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    assert dev.main(["demo"]) == 2
    assert capsys.readouterr().err.startswith("dev.py: Python 3.11 or newer is needed")
    compile((ROOT / "dev.py").read_text(encoding="utf-8"), "dev.py", "exec", ast.PyCF_ONLY_AST)
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_ci_runs_readme_command() -> None:
    """Continuous integration runs the README's command."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert script.rstrip().endswith("exec python3 dev.py test")
    assert "set -euo pipefail" in script
    assert re.search(r"^python3 dev\.py test$", readme, re.MULTILINE)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert os.access(ROOT / "dev.py", os.X_OK)


def test_lock_has_dependencies() -> None:
    """The user's lock pins every dependency of pyproject.toml."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8")
    wanted = {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in project["dependencies"]}
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    assert wanted <= pinned, f"run `python3 dev.py lock`: not in the lock: {json.dumps(sorted(wanted - pinned))}"

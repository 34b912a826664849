"""Run the notebooks once, for the tests, the documentation and its pictures.

Each runs in a separate folder with a copy of `seeds/`. The copy with outputs stays in `docs/notebooks/` until the
notebook, or something that it reads, changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from filelock import FileLock
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EXECUTED = ROOT / "docs" / "notebooks"
READ = ("geostrike", "seeds", "gazetteer.csv", "requirements/dev.lock", "scripts/run_notebooks.py")
SECONDS_PER_CELL = 120


def state_of(notebook: Path) -> str:
    """Hash the notebook and everything that it reads."""
    hashed = hashlib.sha256(notebook.read_bytes())
    for name in READ:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                hashed.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return hashed.hexdigest()


def cells_of(path: Path) -> list[Any]:
    """Return the cells of a notebook file."""
    return list(nbformat.read(path, as_version=4).cells)  # type: ignore[no-untyped-call]


def run(notebook: Path, result: Path) -> None:
    """Run a notebook and write it with its outputs; a failing cell is an error, and files of cells are dropped."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(ROOT / "seeds", Path(name, "seeds"))
        folder = Path(name, "notebooks")
        folder.mkdir()
        content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
        resources = {"metadata": {"path": str(folder)}}
        client = NotebookClient(content, timeout=SECONDS_PER_CELL, kernel_name="python3", resources=resources)
        # Cell output goes into the notebook; this is the kernel's own message about its sockets.
        client.execute(stderr=subprocess.DEVNULL)
        nbformat.write(content, result)  # type: ignore[no-untyped-call]


def executed(notebook: Path) -> Path:
    """Return the copy of a notebook with its outputs; run it again if it is outdated."""
    EXECUTED.mkdir(exist_ok=True)
    result = EXECUTED / notebook.name
    stamp = result.with_suffix(".state")
    with FileLock(result.with_suffix(".lock")):
        state = state_of(notebook)
        if not (result.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == state):
            stamp.unlink(missing_ok=True)
            run(notebook, result)
            stamp.write_text(state, encoding="utf-8")
    return result


def execute_all() -> None:
    """Run every outdated notebook, one per processor at a time."""
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        list(workers.map(executed, NOTEBOOKS))


if __name__ == "__main__":
    execute_all()

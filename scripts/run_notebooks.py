"""Run the notebooks, for the tests, the documentation and its pictures: once for all of them.

Each runs in a folder of its own beside a copy of `seeds/`. The copy with its outputs is kept in `docs/notebooks/` until
the notebook, or something that it reads, changes.
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
SECONDS_A_CELL = 120


def state_of(notebook: Path) -> str:
    """One hash of the notebook and of all that it reads."""
    hashed = hashlib.sha256(notebook.read_bytes())
    for name in READ:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                hashed.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return hashed.hexdigest()


def cells_of(path: Path) -> list[Any]:
    """The cells of a notebook file."""
    return list(nbformat.read(path, as_version=4).cells)  # type: ignore[no-untyped-call]


def run(notebook: Path, result: Path) -> None:
    """Run a notebook and write it with its outputs; a cell that fails is an error, and what cells write is not kept."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(ROOT / "seeds", Path(name, "seeds"))
        folder = Path(name, "notebooks")
        folder.mkdir()
        told = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
        resources = {"metadata": {"path": str(folder)}}
        client = NotebookClient(told, timeout=SECONDS_A_CELL, kernel_name="python3", resources=resources)
        # What the cells print goes into the notebook; this is the kernel's own word on its sockets.
        client.execute(stderr=subprocess.DEVNULL)
        nbformat.write(told, result)  # type: ignore[no-untyped-call]


def executed(notebook: Path) -> Path:
    """The copy of a notebook with its outputs, run anew if it is older than what it shows."""
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
    """Run every notebook that is not up to date, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        list(workers.map(executed, NOTEBOOKS))


if __name__ == "__main__":
    execute_all()

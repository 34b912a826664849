"""The notebooks: they run from the first cell to the last without an error or a warning, and hold no outputs."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from run_notebooks import NOTEBOOKS, cells_of, executed  # noqa: E402


def test_readme_lists_notebooks() -> None:
    """The README lists every notebook, in order."""
    listed = re.findall(r"\]\((.+?\.ipynb)\)", (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8"))
    assert listed == [path.name for path in NOTEBOOKS]
    assert listed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path: Path) -> None:
    """A notebook runs; the documentation shows the same run."""
    for number, cell in enumerate(cells_of(executed(path))):
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", f"cell {number} warns: {output['text']}"
            assert tempfile.gettempdir() not in json.dumps(output), f"cell {number} shows the folder it was run in"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_outputs_are_kept(path: Path) -> None:
    """A notebook is committed without outputs."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_has_text(path: Path) -> None:
    """A notebook explains what it does."""
    cells = cells_of(path)
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    kinds = [cell.cell_type for cell in cells]
    explained = [before == "markdown" for before, kind in pairwise(kinds) if kind == "code"]
    assert sum(explained) >= 0.7 * len(explained), "most code cells should follow a text that says what they do"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_gallery_has_notebook(path: Path) -> None:
    """The gallery shows every notebook."""
    gallery = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert f"](images/notebook-{path.stem}.png)](notebooks/{path.name})" in gallery
    assert f"\nnotebooks/{path.stem}\n" in gallery
    # `python3 dev.py screenshots` takes the picture of this cell.
    assert sum("picture" in cell.metadata.get("tags", ()) for cell in cells_of(path)) == 1

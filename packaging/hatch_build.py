"""Hatchling's hook: make the gazetteer's SQLite index, which is too large to be committed, from the committed table.

Runs at wheel and editable builds, before geostrike can be imported: its two modules that this needs import nothing but
the standard library and are loaded by their path.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from types import ModuleType

DATA, CURATED = "geostrike/data", "gazetteer.csv"
CODE = ("geostrike/places/names.py", "geostrike/places/index.py")
WORDS = ("geostrike/places/endings.toml",)
INDEX = "geostrike/data/gazetteer.sqlite"


class GazetteerIndexHook(BuildHookInterface[Any]):
    """Makes geostrike/data/gazetteer.sqlite when it is missing or older than what it is made from."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before each build; a source distribution carries the table, not the index."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        target = root / INDEX
        names, index = (_load(root / path) for path in CODE)
        tables = [f"{DATA}/{name}" for name in index.TABLES]
        newest = max((root / source).stat().st_mtime for source in (*tables, CURATED, *CODE, *WORDS))
        if not target.exists() or target.stat().st_mtime < newest:
            rows, version = index.shipped_rows(root / DATA), index.shipped_version(root / DATA)
            index.write_index(rows, root / CURATED, target, names, version=version)
        build_data["artifacts"].append(INDEX)


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_geostrike_{path.stem}", path)
    if spec is None or spec.loader is None:
        msg = f"{path} cannot be loaded"
        raise ImportError(msg)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

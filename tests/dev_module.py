"""dev.py and the scripts of a developer as modules: they are outside of the package."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def load_script(name: str) -> ModuleType:
    """A fresh module at each call, whose constants a test may change."""
    spec = importlib.util.spec_from_file_location("script_under_test", ROOT / name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_dev() -> ModuleType:
    """A fresh dev.py."""
    return load_script("dev.py")

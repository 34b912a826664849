"""dev.py as a module: it is a script, and lies outside of the package."""

import importlib.util
from pathlib import Path
from types import ModuleType


def load_dev() -> ModuleType:
    """A fresh one at each call, whose constants a test may change."""
    spec = importlib.util.spec_from_file_location("dev_under_test", Path(__file__).parent.parent / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

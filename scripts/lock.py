"""Pin the dependencies, for Python 3.11 and newer on every system: `python3 dev.py lock`.

The locks contain wheels only, each with its hash, and no package index.
"""

from __future__ import annotations

import sys
from itertools import product

from dev import LOCKS, PYTHON, ROOT, VENV, complaint_of, run

# Both locks must have wheels for these versions of Python.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
EXTRAS = ("dask", "documents", "world")


def compiled(options: list[str]) -> int:
    """Write the four locks; return the first exit code that is not 0."""
    shape = ("--universal", "--python-version", "3.11", "--generate-hashes", "--only-binary", ":all:", "--quiet")
    silent = ("--no-emit-index-url", "--no-header", "--no-annotate")
    compiler = (str(PYTHON), "-m", "uv", "pip", "compile", *shape, *silent, *options)
    boot, user, developer, lowest = (
        str((LOCKS / f"{name}.lock").relative_to(ROOT)) for name in ("boot", "run", "dev", "lowest")
    )
    extras = [word for name in EXTRAS for word in ("--extra", name)]
    commands = [
        (*compiler, "--group", "boot", "-o", boot),
        (*compiler, "pyproject.toml", "--group", "build", "-o", user),
        # The user's versions constrain the developer's, so that one environment serves both.
        (*compiler, "pyproject.toml", *extras, "--group", "dev", "--constraints", user, "-o", developer),
        (*compiler, "pyproject.toml", *extras, "--group", "lowest", "--resolution", "lowest-direct", "-o", lowest),
    ]
    return next((code for code in (run(*command) for command in commands) if code), 0)


def check_wheels() -> int:
    """Check that wheels suffice for every version of Python; nothing is installed."""
    failed = 0
    for version, name in product(PYTHONS, ("run", "dev")):
        trial = ("--dry-run", "--python-version", version, "--target", VENV / "trial", "--require-hashes")
        complaint = complaint_of(
            f"{name}.lock for Python {version}",
            *(PYTHON, "-m", "uv", "pip", "install", *trial, "--only-binary", ":all:", "-r", LOCKS / f"{name}.lock"),
        )
        failed += bool(complaint)
        print(f"dev.py: {complaint or f'{name}.lock for Python {version}: wheels only'}", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    raise SystemExit(compiled(sys.argv[1:]) or check_wheels())

"""Run the tests with the oldest versions that pyproject.toml allows: `python3 dev.py lowest`."""

from __future__ import annotations

import sys

from dev import BIN, LOCKS, PYTHON, ROOT, VENV, DevError, install, must, run

# Tests of the repository, and tests that need other developer tools.
NOT_OF_THE_PACKAGE = (
    "benchmarks",
    "data",
    "dev",
    "documentation",
    "fuzz",
    "layout",
    "notebooks",
    "parquet",
    "release",
    "wheel",
)


def main(options: list[str]) -> int:
    """Install the oldest packages and run pytest; return the exit code."""
    other = VENV / "lowest"
    python = other / BIN.relative_to(VENV) / PYTHON.name
    must("making an environment", sys.executable, "-m", "venv", "--clear", other)
    install("installing the oldest packages", "--require-hashes", "-r", LOCKS / "lowest.lock", into=python)
    install("installing geostrike", "--no-deps", "--no-build-isolation", "-e", ROOT, into=python)
    left_out = [*(f"--ignore=tests/test_{name}.py" for name in NOT_OF_THE_PACKAGE), "-m", "not browser"]
    # Old packages emit warnings that newer ones have fixed.
    return run(python, "-m", "pytest", "-q", "-W", "default", *left_out, *options)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except DevError as error:
        sys.exit(f"dev.py: {error}")

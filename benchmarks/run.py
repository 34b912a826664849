"""Run the benchmarks: `python3 dev.py bench`, or one of them with its name, and write the tables of docs/benchmarks.md.

Every module of this folder that has a function `tables(quick)` is a benchmark: it returns (heading, Markdown
table) pairs. --quick measures less, to check that everything runs, and writes nothing.
"""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
START, END = "<!-- begin {} -->", "<!-- end {} -->"


def benchmarks() -> list[str]:
    """Return the names of the benchmark modules."""
    found = [path.stem for path in sorted(HERE.glob("*.py")) if path != Path(__file__).resolve()]
    return [name for name in found if "def tables(" in (HERE / f"{name}.py").read_text(encoding="utf-8")]


def put_into_page(name: str, text: str) -> None:
    """Replace the section of a benchmark, between its marks, in docs/benchmarks.md."""
    page = PAGE.read_text(encoding="utf-8")
    start, end = START.format(name), END.format(name)
    if start not in page or end not in page:
        msg = f"{PAGE}: has no place for {name}; put in the lines\n{start}\n{end}"
        raise SystemExit(msg)
    before, _, rest = page.partition(start)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{start}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def environment() -> str:
    """Return the versions of the measured packages, in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "shapely", "pyproj"))
    return f"Measured with Python {platform.python_version()}, {packages}, on {platform.machine()}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="BENCHMARK", help=f"one or several of: {', '.join(benchmarks())}")
    parser.add_argument("--quick", action="store_true", help="measure less, and write nothing")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(benchmarks())
    if unknown:
        parser.error(f"there is no benchmark {min(unknown)}; there are: {', '.join(benchmarks())}")
    sys.path.insert(0, str(HERE))
    for name in chosen.names or benchmarks():
        tables = importlib.import_module(name).tables(quick=chosen.quick)
        text = "\n\n".join(f"### {heading}\n\n{table}" for heading, table in tables)
        print(text, flush=True)
        if not chosen.quick:
            put_into_page(name, f"{environment()}\n\n{text}")


if __name__ == "__main__":
    main()

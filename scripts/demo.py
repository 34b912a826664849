"""Run geostrike on the seed reports and print where the map and the report are: `python3 dev.py demo`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTHING_LOST = {0, 3}  # done; done, with quarantined input


def main(options: list[str]) -> int:
    """Run the demo; return the exit code."""
    words = (sys.executable, "-m", "geostrike", "run", "seeds/", "--out", "out/", *options)
    code = subprocess.run(words, cwd=ROOT, check=False).returncode
    pages = [page for name in ("map", "report") if (page := ROOT / "out" / f"{name}.html").is_file()]
    if code in NOTHING_LOST and pages:
        print("\nOpen these in a browser; they need no network. The tables are in the same folder.", *pages, sep="\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`python -m geostrike` and the command `geostrike`; Ctrl-C ends them in one line even while modules load."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Import the command, run it and exit with its code."""
    try:
        from geostrike.cli import main as command

        command()
    except KeyboardInterrupt:  # before the command could handle it
        sys.stderr.write("geostrike: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()

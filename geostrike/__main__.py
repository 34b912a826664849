"""`python -m geostrike` and the command `geostrike`: Ctrl-C ends both in one line, also while modules are loaded."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Load the command and run it, and exit with its code."""
    try:
        from geostrike.cli import main as command

        command()
    except KeyboardInterrupt:  # before the command itself could take it
        sys.stderr.write("geostrike: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()

"""The documented exit codes, and the line that says why a command failed."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable

import click

from geostrike.cli.terminal import warn
from geostrike.errors import GeostrikeError

__all__ = ["DONE", "FAULT", "INTERRUPTED", "QUARANTINED", "REFUSED", "exit_code_of"]

DONE, FAULT, REFUSED, QUARANTINED, INTERRUPTED = 0, 1, 2, 3, 130
_TRACEBACK = "GEOSTRIKE_TRACEBACK"
# Messages of libraries that run out of memory and raise an error of another kind.
_OF_MEMORY = ("failed to map segment", "Cannot allocate memory", "start new thread", "launch worker thread")


def exit_code_of(work: Callable[[], int | None]) -> int:
    """Run a command and return its exit code; an error is printed in one line."""
    try:
        return work() or DONE
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.message, err=True)
        return REFUSED
    except click.ClickException as error:
        warn(error.format_message())
        return REFUSED
    except GeostrikeError as error:
        warn(_one_line(error))
        return REFUSED
    except (KeyboardInterrupt, click.Abort):
        warn("interrupted")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a user never sees a traceback
        if os.environ.get(_TRACEBACK):
            click.echo(traceback.format_exc(), err=True, nl=False)
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """Print an exception that geostrike does not raise itself in one line, and return the exit code."""
    if isinstance(error, OSError):
        where = "" if error.filename is None else f": {error.filename!s:.200}"
        warn(f"the system refused: {error.strerror or _one_line(error)}{where}")
        return REFUSED
    if isinstance(error, MemoryError):
        warn(f"there was not enough memory: {_one_line(error) or 'give less input at a time'}")
        return FAULT
    reason = f"{type(error).__name__}: {_one_line(error)}"
    if any(words in reason for words in _OF_MEMORY):
        warn(f"there was not enough memory: {reason}")
        return FAULT
    warn(f"{reason} - a fault of geostrike: please report it, with the output of {_TRACEBACK}=1")
    return FAULT


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())

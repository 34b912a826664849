"""The command `geostrike`: a thin face on the pipeline, one module a command.

Exit codes: 0 done; 1 a fault of geostrike, or not enough memory; 2 refused, since the input, an option, or a place to
write to cannot be used; 3 done, with input in quarantine; 130 interrupted. After 2 nothing was written, or the message
says what was. Standard output that cannot be written, as on a full disk, gives 2 also where files were written; where
its reader went away, or it was closed from the start, the code is that of the work.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from importlib import import_module

import click

from geostrike.cli.exit_codes import FAULT, INTERRUPTED, REFUSED, exit_code_of
from geostrike.cli.options import take_any_text
from geostrike.cli.terminal import silent_libraries, standard_streams, warn

__all__ = ["cli", "main"]


class _Commands(MutableMapping[str, click.Command]):
    """The commands by name; the module of each is imported when it is asked for."""

    def __init__(self, *names: str) -> None:
        self._commands: dict[str, click.Command | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> click.Command:
        command = self._commands[name]
        if command is None:
            command = self._commands[name] = import_module(f"geostrike.cli.{name}").command
            take_any_text(command)
        return command

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)


@click.group(
    commands=_Commands("run", "resolve", "gazetteer", "depth", "stats", "map", "convert", "diff", "border", "review"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="geostrike", message="geostrike %(version)s")
def cli() -> None:
    """Reports of past strikes to a map by date and to depth statistics that can be checked.

    It documents published, past events. Exit codes: 0 done; 1 a fault of geostrike, or not enough memory; 2 refused,
    since the input, an option, or a place to write to cannot be used; 3 done, with input in quarantine; 130
    interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with a documented code."""
    os.environ["MPLBACKEND"] = "agg"  # no window is opened; a name that Matplotlib does not know would end the run
    with standard_streams() as streams, silent_libraries():
        code = exit_code_of(lambda: cli.main(args=arguments, prog_name="geostrike", standalone_mode=False))
        with contextlib.suppress(ValueError):
            sys.stdout.flush()
        if streams.fault:
            warn(f"standard output could not be written: {streams.fault}")
            code = code if code in (FAULT, INTERRUPTED) else REFUSED
    sys.exit(code)

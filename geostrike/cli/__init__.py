"""The command `geostrike`: a thin layer over the pipeline, one module per command.

Exit codes: 0 done; 1 a fault of geostrike, or not enough memory; 2 refused, since the input, an option or the output
location cannot be used; 3 done, with input in quarantine; 130 interrupted. After 2 nothing was written, or the message
says what was. If standard output cannot be written, as on a full disk, the code is 2 even if files were written; if its
reader has closed it, or it was closed from the start, the code is that of the work.
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
    """The commands by name; the module of each is imported on first use."""

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
    """Turn reports of past strikes into a map by date and statistics of strike depth.

    geostrike documents published, past events. Exit codes: 0 done; 1 a fault of geostrike, or not enough memory; 2
    refused, since the input, an option or the output location cannot be used; 3 done, with input in quarantine; 130
    interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with a documented code."""
    os.environ["MPLBACKEND"] = "agg"  # no window opens; a backend that Matplotlib does not know would stop the run
    with standard_streams() as streams, silent_libraries():
        code = exit_code_of(lambda: cli.main(args=arguments, prog_name="geostrike", standalone_mode=False))
        with contextlib.suppress(ValueError):
            sys.stdout.flush()
        if streams.fault:
            warn(f"standard output could not be written: {streams.fault}")
            code = code if code in (FAULT, INTERRUPTED) else REFUSED
    sys.exit(code)

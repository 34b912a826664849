"""Shared options: parameter types, help texts, and the options that describe a table of events."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import click

from geostrike.cli.terminal import plain

__all__ = ["BORDER_HELP", "GAZETTEER_HELP", "AnyText", "FilePath", "table_options", "take_any_text"]

BORDER_HELP = "UKR-RUS:land (default), UKR-RUS:territory, another pair, or a file with a line."
GAZETTEER_HELP = "Your own places (CSV, or an index of `geostrike gazetteer build`), added to the shipped ones."
_SCHEMA_HELP = (
    "Schema of a table of events: auto, geostrike, acled, ucdp, viina, gdelt, gkg, timemap, geoconfirmed, plain, or a "
    "description of your own (.toml)."
)
_MAP_HELP = "The column of a value, if it is not recognised, as in --map date=day_of_event."
_KEEP_HELP = "Which events are strikes: all, or those with a value in a column. The default depends on the schema."
_FIGURES_HELP = "How to read dates in figures that can mean two days."


class AnyText(click.types.StringParamType):
    """Any text: bytes that are invalid in the system's encoding are decoded as UTF-8, or replaced."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the text with every byte decoded."""
        text = super().convert(value, param, ctx)
        try:
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode("utf-8")


class FilePath(click.Path):
    """The path of a file or folder; not empty, as from an unset variable, and not an endless device."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or fail with the reason."""
        if not str(value):
            self.fail("an empty text is not a path", param, ctx)
        if not _is_encodable(str(value)):
            self.fail(f"{plain(value)} is not a path", param, ctx)
        path = super().convert(value, param, ctx)
        if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):  # noqa: PTH110, PTH112, PTH113
            self.fail(f"'{value}' is not a regular file", param, ctx)
        return path


def _is_encodable(path: str) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def table_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options for reading a table of events; the command gets them as one argument `table`."""

    @functools.wraps(command)
    def with_table(
        *,
        schema: str | None,
        mapped: tuple[str, ...],
        keep: tuple[str, ...],
        dates: str | None,
        layer: str | None,
        **others: Any,
    ) -> int:
        arguments = {
            "schema": schema,
            "columns": _column_names(mapped),
            "keep": _conditions(keep),
            "dates": dates,
            "layer": layer,
        }
        return command(table={name: value for name, value in arguments.items() if value}, **others)

    for option in reversed(_TABLE_OPTIONS):
        with_table = option(with_table)
    return with_table


_TABLE_OPTIONS = (
    click.option("--schema", help=_SCHEMA_HELP),
    click.option("--map", "mapped", multiple=True, metavar="KEY=COLUMN", help=_MAP_HELP),
    click.option("--keep", multiple=True, metavar="all|COLUMN=VALUE", help=_KEEP_HELP),
    click.option("--dates", type=click.Choice(["dmy", "mdy", "excel", "epoch"]), help=_FIGURES_HELP),
    click.option("--layer", help="Layer of a GeoPackage, or sheet of a workbook, if it has several."),
)


def _column_names(mapped: tuple[str, ...]) -> dict[str, str]:
    """Parse `--map` into the argument `columns` of `read_strikes`."""
    for pair in mapped:
        if "=" not in pair:
            msg = f"--map {pair}: write it as --map KEY=COLUMN, as in --map date=day_of_event"
            raise click.UsageError(msg)
    return dict(pair.split("=", 1) for pair in mapped)


def _conditions(conditions: tuple[str, ...]) -> str | dict[str, list[str]]:
    """Parse `--keep` into the argument `keep` of `read_strikes`."""
    values: dict[str, list[str]] = {}
    for condition in conditions:
        column, sign, value = condition.partition("=")
        if not sign and condition != "all":
            msg = f"--keep {condition}: write it as --keep COLUMN=VALUE, or --keep all"
            raise click.UsageError(msg)
        values.setdefault(column, []).append(value)
    return "all" if "all" in conditions else values


_NAMES_OF_FILES = frozenset(("border", "published", "schema", "where"))
"""Options and arguments that may name a file, so their bytes are kept."""


def take_any_text(command: click.Command) -> None:
    """Accept undecodable bytes in the options and arguments of a command and its subcommands."""
    for param in command.params:
        if param.type is click.STRING and param.name not in _NAMES_OF_FILES:
            param.type = AnyText()
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        take_any_text(below)

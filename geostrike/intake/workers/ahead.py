"""A worker for a foreign table, started while the command that needs it still loads what it needs itself."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from geostrike.errors import InputError
from geostrike.intake.workers.crew import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["READ_TABLE", "TABLES", "look_ahead"]

TABLES = (".gpkg", ".fgb", ".shp", ".parquet", ".geoparquet", ".xlsx", ".xlsm", ".kml")
"""The endings of tables that workers read."""
READ_TABLE = "geostrike.exchange.foreign_files:put_grid"
_COMMANDS = ("run", "convert", "stats", "map")


def look_ahead(arguments: Sequence[str]) -> None:
    """Start a worker where the arguments of a command line name a file that it will read."""
    if not arguments or arguments[0] not in _COMMANDS:
        return
    for argument in arguments[1:]:
        with suppress(OSError, ValueError, InputError):  # whatever is wrong, the command will say so
            if argument.lower().endswith(TABLES) and Path(argument).is_file():
                prepare(READ_TABLE)
                return

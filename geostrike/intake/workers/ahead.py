"""A worker for a foreign table, started while the command that needs it still loads what it needs itself."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from geostrike.errors import InputError
from geostrike.intake.workers.crew import prepare

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["READ_TABLE", "TABLES", "look_ahead"]

TABLES = (".gpkg", ".fgb", ".shp", ".parquet", ".geoparquet", ".xlsx", ".xlsm", ".kml")
"""The endings of tables that workers read."""
READ_TABLE = "geostrike.exchange.foreign_files:put_grid"


def look_ahead(path: Path) -> None:
    """Start a worker where a command will read a file that needs one."""
    with suppress(OSError, ValueError, InputError):  # whatever is wrong, the command will say so
        if path.suffix.lower() in TABLES and path.is_file():
            prepare(READ_TABLE)

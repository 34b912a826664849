"""Start a worker for a foreign table while the command itself is still loading modules."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from geostrike.errors import InputError
from geostrike.intake.workers.pool import prepare

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["READ_TABLE", "TABLES", "look_ahead"]

TABLES = (".gpkg", ".fgb", ".shp", ".parquet", ".geoparquet", ".xlsx", ".xlsm", ".kml")
"""The suffixes of tables that workers read."""
READ_TABLE = "geostrike.exchange.foreign_files:put_grid"


def look_ahead(path: Path) -> None:
    """Start a worker if a command will read a file that needs one."""
    with suppress(OSError, ValueError, InputError):  # the command reports whatever is wrong
        if path.suffix.lower() in TABLES and path.is_file():
            prepare(READ_TABLE)

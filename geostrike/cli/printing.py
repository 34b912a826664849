"""Tables as text for a terminal, and as CSV or JSON for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from geostrike.cli.exit_codes import DONE, QUARANTINED
from geostrike.cli.terminal import plain, warn, write_for_machines

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_rows", "quarantine_code", "text_table", "warn_if_empty"]

_WIDEST = 100


def text_table(rows: Iterable[Sequence[object]]) -> list[str]:
    """Format rows as left-justified columns."""
    cells = [[_shorten(plain(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]


def _shorten(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def print_rows(table: pd.DataFrame, shape: str) -> None:
    """Print a table as CSV or JSON lines."""
    from geostrike.exchange import csv_bytes
    from geostrike.intake.writing import json_text

    if shape == "csv":
        write_for_machines(csv_bytes(table).decode("utf-8").replace("\r\n", "\n"))
        return
    numbers = table.select_dtypes("float").columns
    rows = table.assign(**{name: table[name].round(6) for name in numbers}).to_dict("records")
    write_for_machines("".join(f"{json_text(row)}\n" for row in rows))


def warn_if_empty(tables: dict[Path, pd.DataFrame], lost: pd.DataFrame) -> None:
    """Warn of tables without rows, which are seldom intended."""
    for path, strikes in tables.items():
        if strikes.empty and lost.empty:
            warn(f"{path}: there are no strikes in the table; is it cut off?")


def quarantine_code(quarantine: pd.DataFrame) -> int:
    """Warn of rows that could not be used, and return the exit code."""
    if quarantine.empty:
        return DONE
    first = quarantine.iloc[0]
    warn(f"{len(quarantine)} rows could not be used; the first: line {first['line']}, {first['reason']}")
    return QUARANTINED

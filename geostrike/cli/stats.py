"""`geostrike stats`: summarise the depths of a table of strikes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geostrike.cli.folders import check_tables
from geostrike.cli.options import BORDER_HELP, GAZETTEER_HELP, FilePath
from geostrike.cli.printing import print_rows, quarantine_code, text_table, warn_if_empty
from geostrike.cli.terminal import say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["command"]

_DATES_HELP = "Which day of a date interval counts; spread: every period that it overlaps."
_DATE_RULES = ("first", "middle", "last", "spread")


@click.command("stats")
@click.argument("table", type=FilePath(exists=True, path_type=Path))
@click.option("--by", help="month, quarter, year, border, or a column such as target_kind, weapon, status, admin1.")
@click.option("--border", help=BORDER_HELP)
@click.option("--gazetteer", type=FilePath(exists=True, dir_okay=False), help=GAZETTEER_HELP)
@click.option("--dates", type=click.Choice(_DATE_RULES), default="first", show_default=True, help=_DATES_HELP)
@click.option("--draws", type=click.IntRange(0, 100_000), default=200, show_default=True, help="Draws per place.")
@click.option("--json", "shape", flag_value="json", help="One JSON object per line, with every figure.")
@click.option("--csv", "shape", flag_value="csv", help="CSV, with every figure.")
def command(
    table: Path, by: str | None, border: str | None, gazetteer: str | None, dates: str, draws: int, shape: str | None
) -> int:
    """Summarise the depths of a TABLE of strikes, by direction of fire.

    TABLE is strikes.csv or strikes.geojson, the folder of a run, or any table of strikes. Depths in the table are kept,
    unless --border names another line.
    """
    from geostrike.intake.workers import look_ahead

    look_ahead(table)
    from geostrike.runs.measured import measured_table
    from geostrike.stats import depth_summary

    check_tables(table)
    measured = measured_table(table, gazetteer=gazetteer, border=border, progress=sys.stderr.isatty())
    summary = depth_summary(
        measured.strikes, by, border=measured.border, areas=measured.areas, dates=dates, draws=draws,
        progress=sys.stderr.isatty(),
    )  # fmt: skip
    if shape is None:
        say(*_summary_lines(summary, by))
        line = f"; border {measured.border.border_id}" if measured.border else ""
        say("", f"in brackets: 90 % of {draws} draws of each place within its disc or area{line}")
    else:
        print_rows(summary, shape)
    warn_if_empty({table: measured.strikes}, measured.quarantine)
    return quarantine_code(measured.quarantine)


def _summary_lines(summary: pd.DataFrame, by: str | None) -> list[str]:
    """Format the figures that fit into a terminal."""
    figures = {"median": "median", "mean": "mean", "p90": "90 % under", "max": "farthest"}
    rows: list[Sequence[object]] = [
        ("direction", *([by] if by else []), "strikes", "located", "home", "with depth",
         *(f"{head}, km" for head in figures.values()), "place"),
    ]  # fmt: skip
    for row in summary.to_dict("records"):
        found = [_figure(row, name) for name in figures]
        counts = [row[name] for name in ("strikes", "located", "home", "with_depth")]
        rows.append((row["direction"], *([row[by]] if by else []), *counts, *found, row["farthest_place"] or "-"))
    return text_table(rows)


def _figure(row: dict[Any, Any], name: str) -> str:
    value, low, high = (row[f"{name}{part}_km"] for part in ("", "_place_low", "_place_high"))
    if value != value:
        return "-"
    return f"{value:.0f}" if low != low else f"{value:.0f} ({low:.0f} to {high:.0f})"

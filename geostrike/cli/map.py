"""`geostrike map`: the map of a table of strikes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from geostrike.cli.folders import check_tables, named_files, tables_in, write_whole
from geostrike.cli.options import BORDER_HELP, GAZETTEER_HELP, FilePath
from geostrike.cli.printing import quarantine_code, warn_if_empty
from geostrike.cli.terminal import say

__all__ = ["command"]


@click.command("map")
@click.argument("table", type=FilePath(exists=True, path_type=Path))
@click.option("--out", required=True, type=FilePath(dir_okay=False, path_type=Path), help="HTML file to write.")
@click.option("--border", help=BORDER_HELP)
@click.option("--gazetteer", type=FilePath(exists=True, dir_okay=False), help=GAZETTEER_HELP)
@click.option("--title", default="Reported strikes by date", show_default=True, help="Title of the map.")
def command(table: Path, out: Path, border: str | None, gazetteer: str | None, title: str) -> int:
    """Draw the map of a TABLE of strikes.

    TABLE is strikes.csv or strikes.geojson, the folder of a run, or any table of strikes.
    """
    from geostrike.intake.workers import look_ahead

    look_ahead(table)
    from geostrike.maps import strike_map
    from geostrike.runs.measured import measured_table

    check_tables(table)
    measured = measured_table(table, gazetteer=gazetteer, border=border, progress=sys.stderr.isatty())
    page = strike_map(measured.strikes, border=measured.border, areas=measured.areas, title=title)
    html = page.get_root().render().encode("utf-8", "backslashreplace")
    write_whole(out.parent, {out.name: html}, [*tables_in(table), *named_files(gazetteer, border)])
    say(f"{len(measured.strikes)} strikes: {out}")
    warn_if_empty({table: measured.strikes}, measured.quarantine)
    return quarantine_code(measured.quarantine)

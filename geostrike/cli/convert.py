"""`geostrike convert`: write a table of strikes in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geostrike.cli.exit_codes import DONE, QUARANTINED
from geostrike.cli.folders import check_tables, named_files
from geostrike.cli.options import FilePath, table_options
from geostrike.cli.run_summary import table_lines
from geostrike.cli.terminal import say, warn

if TYPE_CHECKING:
    from geostrike.exchange import StrikesRead, Written

__all__ = ["command"]


@click.command("convert")
@click.argument("source", metavar="IN", type=FilePath(exists=True, path_type=Path))
@click.argument("target", metavar="OUT", type=FilePath(path_type=Path))
@table_options
@click.option("--to", "form", help="Format, if the suffix of OUT does not determine it: acled or ucdp (CSV), timemap.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
def command(
    source: Path,
    target: Path,
    table: dict[str, Any],
    form: str | None,
    *,
    force: bool,
) -> int:
    """Write the strikes of the table IN as OUT, in another format.

    The suffix of OUT determines the format: .csv, .xlsx, .geojson, .gpkg (with a style for QGIS), .parquet, .kml, or
    .json for TimeMap. A datapackage.json next to it describes its content. What the format cannot hold is printed, and
    written next to it; so are the rows of IN that could not be used.
    """
    from geostrike.intake.workers import look_ahead

    look_ahead(source)
    from geostrike.exchange import read_strikes, write_strikes

    check_tables(source)
    read = read_strikes(source, **table)
    origin = {"title": read.schema.title, "path": read.name, "licence": read.schema.licence}
    written = write_strikes(
        read.strikes, target, form=form, force=force, quarantine=read.quarantine,
        sources=[{name: value for name, value in origin.items() if value}],
        inputs=named_files(source, table.get("schema")),
    )  # fmt: skip
    if written.cut_off:
        warn(f"{target.parent}: an earlier command was cut off there; its leftovers are removed")
    _print_summary(read, written)
    return QUARANTINED if set(read.quarantine["code"]) - {"NOT_A_STRIKE"} else DONE


def _print_summary(read: StrikesRead, written: Written) -> None:
    """Print the counts of rows, what the format cannot hold, and the files."""
    say(*table_lines({"schema": read.schema.name, "columns": read.columns, "notes": read.notes}))
    reasons = read.quarantine["code"].value_counts().sort_index()
    counts = ", ".join(f"{code} {count}" for code, count in reasons.items())
    say(
        f"{read.rows_in} in = {len(read.strikes)} written + {len(read.quarantine)} in quarantine"
        + (f" ({counts})" if counts else "")
    )
    for column, rows, reason in written.losses.itertuples(index=False):
        say(f"  lost: {column} in {rows} rows: {reason}")
    for file in written.files:
        say(str(file))

"""`geostrike diff`: compare two runs or tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geostrike.cli.folders import check_tables, tables_in, write_whole
from geostrike.cli.options import FilePath
from geostrike.cli.printing import print_rows, quarantine_code, text_table, warn_if_empty
from geostrike.cli.terminal import say
from geostrike.errors import InputError

if TYPE_CHECKING:
    from geostrike.results import Comparison

__all__ = ["command"]


@click.command("diff")
@click.argument("old", type=FilePath(exists=True, path_type=Path))
@click.argument("new", type=FilePath(exists=True, path_type=Path))
@click.option("--out", type=FilePath(file_okay=False, path_type=Path), help="Folder for diff.html and diff.csv.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, for machines.")
def command(old: Path, new: Path, out: Path | None, *, as_json: bool) -> int:
    """Compare OLD with NEW: strikes that are moved, changed, merged, split, new and gone.

    OLD and NEW are folders of two runs, or two tables of strikes. With --out the changes are also written as a page and
    as a table.
    """
    from geostrike.runs.compare import compare_runs

    check_tables(old, new)
    compared = compare_runs(old, new)
    if out is not None:
        _write_diff(compared, (old, new), out)
    changes = compared.changes
    warn_if_empty({old: compared.old, new: compared.new}, compared.lost)
    if as_json:
        print_rows(changes, "json")
        return quarantine_code(compared.lost)
    if len(changes):
        heads = ("change", "date", "place", "was", "now")
        say(*text_table([heads, *(_change_row(row) for row in changes.to_dict("records"))]))
    counts = ", ".join(f"{change} {count}" for change, count in changes["change"].value_counts(sort=False).items())
    say(f"{len(changes)} changes" + (f": {counts}" if counts else ""))
    if out is not None:
        say(f"page: {out / 'diff.html'}")
    return quarantine_code(compared.lost)


def _write_diff(compared: Comparison, runs: tuple[Path, Path], out: Path) -> None:
    from geostrike.exchange import csv_bytes
    from geostrike.report import changes_page

    page = changes_page(compared, old_name=runs[0].name, new_name=runs[1].name).encode("utf-8", "backslashreplace")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{out}: cannot be created: {error.strerror or error}"
        raise InputError(msg) from error
    inputs = [file for run in runs for file in tables_in(run)]
    write_whole(out, {"diff.html": page, "diff.csv": csv_bytes(compared.changes)}, inputs)


def _change_row(row: dict[Any, Any]) -> Sequence[object]:
    moved = row["moved_km"]
    what = row["change"] if moved != moved else f"moved {moved:.1f} km"
    return (what, row["date"] or "undated", row["place"] or "no place", row["was"] or "-", row["now"] or "-")

"""`geostrike run`: turn reports or a table into a folder of results."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geostrike.cli.exit_codes import DONE, QUARANTINED
from geostrike.cli.folders import check_tables, named_files, run_tables
from geostrike.cli.options import BORDER_HELP, GAZETTEER_HELP, FilePath, table_options
from geostrike.cli.run_summary import print_summary
from geostrike.cli.terminal import warn

if TYPE_CHECKING:
    import pandas as pd

    from geostrike.intake.output import OutputFolder, Placement
    from geostrike.results import Comparison, Located

__all__ = ["command"]

_DECISIONS_HELP = "Decisions on records (CSV) to apply; decisions.csv in the folder --out by default."
_COMPARE_HELP = (
    "Folder of an earlier run, which may be --out itself: the report shows the changes since, changes.csv lists them."
)
_GIVEN_BACK = {"unresolved.csv": "--gazetteer", "review.csv": "--decisions"}
"""Results that can be filled in, and the option that takes them."""


@click.command("run")
@click.argument("source", metavar="INPUT", type=FilePath(exists=True, path_type=Path))
@click.option("--out", required=True, type=FilePath(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option("--gazetteer", type=FilePath(exists=True, dir_okay=False), help=GAZETTEER_HELP)
@click.option("--border", help=BORDER_HELP)
@click.option("--published", multiple=True, metavar="[FILE=]DATE", help="Publication date of reports without one.")
@click.option("--since", metavar="DATE", help="First day of interest, such as 2024-01-25.")
@click.option("--until", metavar="DATE", help="Last day of interest.")
@click.option("--decisions", type=FilePath(exists=True, dir_okay=False), help=_DECISIONS_HELP)
@click.option("--title", default="Reported strikes by date", show_default=True, help="Title of the map and the report.")
@click.option("--full-text", is_flag=True, help="Show whole reports in report.html instead of short excerpts.")
@click.option("--compare", type=FilePath(exists=True, path_type=Path), help=_COMPARE_HELP)
@click.option("--open", "open_report", is_flag=True, help="Open report.html afterwards.")
@table_options
@click.option("--force", is_flag=True, help="Replace files in the folder that geostrike did not write.")
@click.option("-v", "--verbose", is_flag=True, help="Print warnings, and the files that were written.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def command(
    source: Path,
    out: Path,
    gazetteer: str | None,
    border: str | None,
    published: tuple[str, ...],
    since: str | None,
    until: str | None,
    decisions: str | None,
    title: str,
    compare: Path | None,
    table: dict[str, Any],
    *,
    full_text: bool,
    open_report: bool,
    force: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Write report, map, tables and statistics of the reports or events in INPUT.

    INPUT is a folder or a file of reports, or a table of events: CSV, Excel, JSON, GeoJSON, GeoPackage, GeoParquet,
    KML or a shapefile, with places or coordinates or both; see --schema and --map. The folder --out gets report.html,
    map.html, strikes.csv, strikes.geojson, reports.csv, mentions.csv, claims.csv, distances.csv, quantities.csv,
    members.csv, relations.csv, depth_summary.csv, sensitivity.csv, quarantine.csv, run.json, datapackage.json, which
    describes the tables, review.csv, to fill in with decisions, and unresolved.csv, to fill in and pass to --gazetteer.
    More than 100,000 strikes are written as strikes.parquet instead of CSV and GeoJSON.
    """
    from geostrike.intake.workers import look_ahead

    look_ahead(source)
    from geostrike.intake.writing import time_of_writing
    from geostrike.pipeline import locate

    time_of_writing()  # fail now rather than after reading everything
    check_tables(source, compare)
    dates = _publication_dates(published)
    located = locate(
        source,
        gazetteer=gazetteer,
        border=border,
        published=dates,
        since=since,
        until=until,
        decisions=decisions or _kept_decisions(out),
        table=table,
        results=out,
        progress=not quiet and sys.stderr.isatty(),
    )
    _warn_of_replaced_dates(located.reports, dates)
    compared = _compare(compare, located)
    files = _files(located, quiet=quiet, title=title, full_text=full_text, compared=compared)
    inputs = [*_files_read(source, located.run), *named_files(gazetteer, border, decisions, compare)]
    names = _write(out, files, located.run, force=force, inputs=inputs, compared=run_tables(compare))
    if not quiet:
        print_summary(located, out, names, verbose=verbose)
    if open_report and "report.html" in names:
        click.launch(str(out / names["report.html"]))
    return QUARANTINED if located.run["quarantined"] else DONE


def _publication_dates(values: tuple[str, ...]) -> str | dict[str, str] | None:
    """Parse `--published DATE` for all reports, or `--published FILE=DATE` for some."""
    if not values:
        return None
    named = [value for value in values if "=" in value]
    if not named and len(values) == 1:
        return values[0]
    if len(named) != len(values):
        msg = "give either one --published DATE, or --published FILE=DATE for each file"
        raise click.UsageError(msg)
    return {name: day for name, _, day in (value.rpartition("=") for value in named)}


def _warn_of_replaced_dates(reports: pd.DataFrame, dates: str | dict[str, str] | None) -> None:
    """Warn of reports whose own publication date `--published FILE=DATE` replaces.

    A report's id is a hash of its text, address and own date, so it shows whether the report carries another date.
    """
    from geostrike.reading.documents.reports import report_id

    if not isinstance(dates, dict):
        return
    given = reports[reports["published_basis"] == "given"]
    cells = zip(*(given[name] for name in ("report_id", "path", "text", "url", "published")), strict=True)
    replaced = [
        path
        for key, path, text, url, day in cells
        if {path, Path(path).name} & dates.keys()
        and key not in {report_id(text, published=own, url=url) for own in (None, day.date())}
    ]
    if replaced:
        carry = "a report carries" if len(replaced) == 1 else f"{len(replaced)} reports carry"
        warn(f"--published replaces the date that {carry}: {', '.join(dict.fromkeys(replaced))}")


def _kept_decisions(out: Path) -> Path | None:
    """Return the decisions in the output folder, if any."""
    from geostrike.merging.review import DECISIONS_FILE

    file = out / DECISIONS_FILE
    return file if file.is_file() else None


def _compare(folder: Path | None, located: Located) -> Comparison | None:
    """Compare with the run in a folder, if one is given."""
    from geostrike.runs.compare import compare_runs

    if folder is None:
        return None
    compared = compare_runs(folder, located)
    if len(compared.lost):
        warn(f"{folder}: {len(compared.lost)} rows could not be used; their strikes appear as new")
    return compared


def _files(located: Located, *, quiet: bool, **options: Any) -> dict[str, bytes]:
    """Make the content of each result by name, with a progress bar."""
    from tqdm import tqdm

    from geostrike.runs.files import result_files

    made = result_files(located, **options)
    return dict(tqdm(made, desc="making", unit=" files", leave=False, disable=quiet or not sys.stderr.isatty()))


def _files_read(source: Path, run: dict[str, Any]) -> list[Path]:
    """Return the input files of a run."""
    return [source] if source.is_file() else [source / name for name in run["inputs"]]


def _write(
    out: Path, files: dict[str, bytes], run: dict[str, Any], *, force: bool, inputs: list[Path], compared: list[Path]
) -> Mapping[str, str]:
    """Write the files of a run to its folder, and return their names there."""
    from geostrike.intake.output import OutputFolder
    from geostrike.runs.files import RESULT_NAMES

    with OutputFolder(out, force=force, inputs=inputs, compared=compared, names=RESULT_NAMES) as folder:
        if folder.cut_off():
            warn(f"{out}: an earlier run was cut off; its results are written again")
        return _publish(folder, files, run)


def _publish(folder: OutputFolder, files: dict[str, bytes], run: dict[str, Any]) -> Mapping[str, str]:
    """Write the files of a run, warn of the user's files that are kept, and return the names."""
    from geostrike.exchange import renamed_in_package
    from geostrike.intake.output import MANIFEST

    placement = folder.placement(files)
    if placement.kept:
        warn(f"{folder.path}: kept {_kept_files(folder.path, placement)}")
        described = renamed_in_package(files["datapackage.json"], placement.names)
        files = files | {"datapackage.json": described}
    manifest = folder.publish(files, run, placement)
    return {**placement.names, MANIFEST: manifest}


def _kept_files(out: Path, placement: Placement) -> str:
    """Format the user's files that are kept, why, and how to apply those that were filled in."""
    from geostrike.intake.output import NOT_OURS

    # A filled-in table has no effect until it is given back, so the message names the option.
    remedies = {
        name: f"; {_GIVEN_BACK[name]} {out / name} applies what is in it"
        for name, why in placement.kept.items()
        if name in _GIVEN_BACK and why == NOT_OURS
    }
    files = ", ".join(
        f"{name} ({why}; the new one is {placement.names[name]}{remedies.get(name, '')})"
        for name, why in placement.kept.items()
    )
    forced = "; --force replaces what a run did not write" if NOT_OURS in placement.kept.values() else ""
    return files + forced

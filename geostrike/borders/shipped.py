"""The borders that ship: lines by pair, definition and version, and outlines of the countries' recognised ground.

Where a line comes from, how accurate it is and what may be done with it are columns of its file in geostrike/data;
which definition is made of which file is said in `definitions.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import geopandas as gpd
import numpy as np
import shapely

from geostrike.borders.areas import admin1_areas, read_areas
from geostrike.borders.files import shortened
from geostrike.borders.world import shared_line, zones_version
from geostrike.errors import BorderError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Facts", "border_facts", "definitions", "shipped_names", "shipped_pairs"]

_DEFINITIONS = Path(__file__).parent / "definitions.toml"


class Facts(TypedDict):
    """A border that ships, as the arguments of `Border`."""

    name: str
    pair: tuple[str, str]
    definition: str
    geometry: shapely.MultiLineString
    source: str
    version: str
    licence: str
    accuracy_km: float
    basis: str
    outlines: Mapping[str, shapely.MultiLineString]


@dataclass(frozen=True)
class Definition:
    """What depth can be measured from, and the file that it is made of; see `definitions.toml`."""

    meaning: str
    lines: str = ""
    areas: str = ""
    without: Mapping[str, list[str]] = field(default_factory=dict)


@cache
def definitions() -> dict[str, Definition]:
    """The definitions that ship, by name.

    Examples
    --------
    >>> list(definitions())
    ['land', 'territory', 'territory_without_crimea']
    """
    return {name: Definition(**row) for name, row in _content()["definitions"].items()}


def shipped_pairs() -> list[str]:
    """The pairs of countries with a line that ships, in the order of the file."""
    return list(dict.fromkeys(name for file in _line_files() for name in _lines(file).index))


def shipped_names() -> list[tuple[str, str, str]]:
    """Pair, definition and version of every border that ships; an outline's version is empty."""
    return [
        (pair, name, version)
        for pair in shipped_pairs()
        for name, definition in definitions().items()
        for version in _versions(pair, name, definition)
    ]


def border_facts(first: str, second: str, definition: str, version: str = "") -> Facts:
    """The border of two countries under a definition; that of the first row where no version is meant.

    Raises
    ------
    BorderError
        For an unknown definition or version, and for a pair that is neither shipped nor can be made.
    """
    if definition not in definitions():
        given, known = shortened(definition), " or ".join(map(repr, definitions()))
        msg = f"definition is {given!r}; it can be {known}"
        raise BorderError(msg)
    if first == second:
        msg = f"{first} has no border with itself; give two countries"
        raise BorderError(msg)
    name = _shipped_name(first, second)
    if definitions()[definition].areas:
        facts = _outline_facts(name or f"{first}-{second}", definition)
    elif name is None and definition == "land":
        facts = _world_facts(first, second)
    else:
        facts = _line_facts(name or f"{first}-{second}", definition, version)
    if version not in ("", facts["version"]):
        msg = f"{facts['name']}:{definition} is not shipped in version {shortened(version)}; try {facts['version']}"
        raise BorderError(msg)
    return facts


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(_DEFINITIONS.read_text(encoding="utf-8"))


def _line_files() -> list[str]:
    return list(dict.fromkeys(definition.lines for definition in definitions().values() if definition.lines))


def _lines(file: str) -> gpd.GeoDataFrame:
    return read_areas(file, "pair")


def _versions(pair: str, name: str, definition: Definition) -> list[str]:
    """The versions of a definition that ship for a pair."""
    if definition.lines:
        lines = _lines(definition.lines)
        return list(lines.loc[(lines.index == pair) & (lines["definition"] == name), "version"])
    countries = pair.split("-")
    has_ground = set(countries) <= set(read_areas(definition.areas, "country").index)
    return [""] if has_ground and (not definition.without or set(countries) & set(definition.without)) else []


def _shipped_name(first: str, second: str) -> str | None:
    """The name of a shipped pair; None where the pair is not shipped."""
    known = shipped_pairs()
    return next((name for name in (f"{first}-{second}", f"{second}-{first}") if name in known), None)


# --- lines ------------------------------------------------------------------------------------------------------------


def _line_facts(name: str, definition: str, version: str) -> Facts:
    lines = _lines(definitions()[definition].lines)
    lines = lines[(lines.index == name) & (lines["definition"] == definition)]
    if not len(lines):
        msg = f"{name}:{definition} is not shipped; of {name} there are: {', '.join(_definitions_of(name))}"
        raise BorderError(msg)
    meant = lines[lines["version"] == version]
    return _facts(name, definition, (meant if len(meant) else lines).iloc[0])


def _definitions_of(pair: str) -> list[str]:
    return list(dict.fromkeys(definition for name, definition, _ in shipped_names() if name == pair))


def _facts(name: str, definition: str, row: pd.Series[Any]) -> Facts:
    """The facts that the columns of a row of lines or areas hold."""
    first, second = name.split("-")
    return Facts(
        name=name,
        pair=(first, second),
        definition=definition,
        geometry=row["geometry"],
        source=row["source"],
        version=row["version"],
        licence=row["licence"],
        accuracy_km=float(row["accuracy_km"]),
        basis=row["basis"],
        outlines={},
    )


def _world_facts(first: str, second: str) -> Facts:
    """The line that the time zones of two countries share."""
    try:
        line = shared_line(first, second)
    except BorderError as error:
        msg = f"no border between {first} and {second} is shipped; {_shipped_with(first, second)}. {error}"
        raise BorderError(msg) from error
    zones = _content()["zones"]
    return Facts(
        name=f"{first}-{second}", pair=(first, second), definition="land", geometry=line, source=zones["source"],
        version=zones_version(), licence=zones["licence"], accuracy_km=zones["accuracy_km"], basis="de_facto",
        outlines={},
    )  # fmt: skip


def _shipped_with(first: str, second: str) -> str:
    known = shipped_pairs()
    for country in (first, second):
        partners = [name for name in known if country in name.split("-")]
        if partners:
            return f"with {country} there are: {', '.join(partners)}"
    return f"there are: {', '.join(known)}"


# --- outlines of recognised ground ------------------------------------------------------------------------------------


@cache
def _outline_facts(name: str, definition: str) -> Facts:
    """Both countries' outlines; a point is measured from that of the country in which it does not lie."""
    first, second = name.split("-")
    shapes = _grounds(name, definition)
    outline = {country: _outline(shapes[country]) for country in (first, second)}
    facts = _facts(name, definition, read_areas(definitions()[definition].areas, "country").loc[first])
    facts["geometry"] = shapely.multilinestrings([line for lines in outline.values() for line in lines.geoms])
    facts["outlines"] = {first: outline[second], second: outline[first]}
    return facts


def _grounds(name: str, definition: str) -> dict[str, shapely.Geometry]:
    """The ground of each country that ships, as the definition has it."""
    made_of, countries = definitions()[definition], name.split("-")
    ground = read_areas(made_of.areas, "country")
    lacking = [country for country in countries if country not in ground.index]
    if lacking:
        carried = ", ".join(ground.index)
        needed = " and ".join(lacking)
        msg = f"{name}:{definition} needs the recognised ground of {needed}; only that of {carried} is shipped"
        raise BorderError(msg)
    if made_of.without and not set(countries) & set(made_of.without):
        msg = f"{name}:{definition} leaves out a part of {', '.join(made_of.without)}, which is neither of the two"
        raise BorderError(msg)
    cut = {country: _cut(ground.geometry[country], regions) for country, regions in made_of.without.items()}
    return dict(ground.geometry) | cut


def _cut(ground: shapely.Geometry, regions: list[str]) -> shapely.MultiPolygon:
    """A country's ground without some of its first-level regions."""
    left_out = shapely.union_all(admin1_areas().geometry.loc[regions].to_numpy())
    # The regions fill the ground to rounding: the buffer, of about 10 m, leaves no thread of it along the coast.
    rest = shapely.get_parts(shapely.difference(ground, shapely.buffer(left_out, 1e-4)))
    return shapely.multipolygons([part for part in rest if part.geom_type == "Polygon"])


def _outline(ground: shapely.MultiPolygon) -> shapely.MultiLineString:
    """The outline of an area without the antimeridian, along which polygons are cut and where nothing ends."""
    rings = shapely.get_parts(shapely.get_parts(shapely.boundary(ground)))
    parts = []
    for ring in rings:
        xy = shapely.get_coordinates(ring)
        cut = (np.abs(xy[:-1, 0]) == 180.0) & (np.abs(xy[1:, 0]) == 180.0)
        stretches = np.split(np.arange(len(xy) - 1), np.flatnonzero(np.diff(cut)) + 1)
        parts += [shapely.linestrings(xy[s[0] : s[-1] + 2]) for s in stretches if not cut[s[0]]]
    return shapely.multilinestrings(parts)

"""Shipped borders: lines by pair, definition and version, and outlines of the countries' recognised ground.

Source, accuracy and licence of a line are columns of its file in geostrike/data; `definitions.toml` maps each
definition to its file.
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
from geostrike.borders.files import shorten
from geostrike.borders.world import shared_line, zones_version
from geostrike.errors import BorderError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Facts", "border_facts", "definitions", "shipped_names", "shipped_pairs"]

_DEFINITIONS = Path(__file__).parent / "definitions.toml"


class Facts(TypedDict):
    """The arguments of `Border` for a shipped border."""

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
    """A definition of a border and the file that it is made from; see `definitions.toml`."""

    meaning: str
    lines: str = ""
    areas: str = ""
    without: Mapping[str, list[str]] = field(default_factory=dict)


@cache
def definitions() -> dict[str, Definition]:
    """Return the shipped definitions by name.

    Examples
    --------
    >>> list(definitions())
    ['land', 'territory', 'territory_without_crimea']
    """
    return {name: Definition(**row) for name, row in _content()["definitions"].items()}


def shipped_pairs() -> list[str]:
    """Return the pairs of countries with a shipped line, in the order of the file."""
    return list(dict.fromkeys(name for file in _line_files() for name in _lines(file).index))


def shipped_names() -> list[tuple[str, str, str]]:
    """Return pair, definition and version of every shipped border; the version of an outline is empty."""
    return [
        (pair, name, version)
        for pair in shipped_pairs()
        for name, definition in definitions().items()
        for version in _versions(pair, name, definition)
    ]


def border_facts(first: str, second: str, definition: str, version: str = "") -> Facts:
    """Return the border of two countries under a definition, from the first row unless a version is given.

    Raises
    ------
    BorderError
        For an unknown definition or version, and for a pair that is neither shipped nor can be built.
    """
    if definition not in definitions():
        given, known = shorten(definition), " or ".join(map(repr, definitions()))
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
        msg = f"{facts['name']}:{definition} is not shipped in version {shorten(version)}; try {facts['version']}"
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
    """Return the shipped versions of a definition for a pair."""
    if definition.lines:
        lines = _lines(definition.lines)
        return list(lines.loc[(lines.index == pair) & (lines["definition"] == name), "version"])
    countries = pair.split("-")
    has_ground = set(countries) <= set(read_areas(definition.areas, "country").index)
    return [""] if has_ground and (not definition.without or set(countries) & set(definition.without)) else []


def _shipped_name(first: str, second: str) -> str | None:
    """Return the name of a pair; None where it is not shipped."""
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
    """Return the facts in a row of lines or areas."""
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
    """Return the line that the time zones of two countries share."""
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
    """Return both outlines; a point in one country is measured from the outline of the other."""
    first, second = name.split("-")
    shapes = _grounds(name, definition)
    outline = {country: _outline(shapes[country]) for country in (first, second)}
    facts = _facts(name, definition, read_areas(definitions()[definition].areas, "country").loc[first])
    facts["geometry"] = shapely.multilinestrings([line for lines in outline.values() for line in lines.geoms])
    facts["outlines"] = {first: outline[second], second: outline[first]}
    return facts


def _grounds(name: str, definition: str) -> dict[str, shapely.Geometry]:
    """Return the ground of each country under a definition."""
    rule, countries = definitions()[definition], name.split("-")
    ground = read_areas(rule.areas, "country")
    lacking = [country for country in countries if country not in ground.index]
    if lacking:
        known = ", ".join(ground.index)
        needed = " and ".join(lacking)
        msg = f"{name}:{definition} needs the recognised ground of {needed}; only that of {known} is shipped"
        raise BorderError(msg)
    if rule.without and not set(countries) & set(rule.without):
        msg = f"{name}:{definition} leaves out a part of {', '.join(rule.without)}, which is not in the pair"
        raise BorderError(msg)
    cut = {country: _cut(ground.geometry[country], regions) for country, regions in rule.without.items()}
    return dict(ground.geometry) | cut


def _cut(ground: shapely.Geometry, regions: list[str]) -> shapely.MultiPolygon:
    """Subtract first-level regions from a country's ground."""
    removed = shapely.union_all(admin1_areas().geometry.loc[regions].to_numpy())
    # The regions cover the ground up to rounding: a buffer of about 10 m avoids slivers along the coast.
    rest = shapely.get_parts(shapely.difference(ground, shapely.buffer(removed, 1e-4)))
    return shapely.multipolygons([part for part in rest if part.geom_type == "Polygon"])


def _outline(ground: shapely.MultiPolygon) -> shapely.MultiLineString:
    """Return the outline of an area without the antimeridian, where polygons are cut but no country ends."""
    rings = shapely.get_parts(shapely.get_parts(shapely.boundary(ground)))
    parts = []
    for ring in rings:
        xy = shapely.get_coordinates(ring)
        cut = (np.abs(xy[:-1, 0]) == 180.0) & (np.abs(xy[1:, 0]) == 180.0)
        stretches = np.split(np.arange(len(xy) - 1), np.flatnonzero(np.diff(cut)) + 1)
        parts += [shapely.linestrings(xy[s[0] : s[-1] + 2]) for s in stretches if not cut[s[0]]]
    return shapely.multilinestrings(parts)

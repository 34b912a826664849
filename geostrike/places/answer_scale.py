"""Derive the scale of a service's answer, its kind and radius, from the service's own type and bounding box.

An answer is never more precise than that: if a service only knows the country, the answer is a country.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from geostrike.places.rank import distance_km

__all__ = ["Scale", "numbers_in", "scale_of"]

_TYPE_KEYS = frozenset((
    "_type", "addr_type", "addresstype", "administrativeareatype", "category", "class", "entitytype", "fcode", "kind",
    "layer", "localitytype", "osm_value", "place_type", "resulttype", "type", "types",
))  # fmt: skip
"""Keys under which geopy's services say what an answer is, folded."""
_WORDS = {
    "sea": "sea ocean bay strait gulf",
    "country": "continent country nation sovereign countryregion pcli dependency",
    "region": "state province region macroregion countrysubdivision admindivision1 administrative_area_level_1 adm1 "
    "archipelago oblast principalsubdivision",
    "district": "county state_district district macrocounty admindivision2 administrative_area_level_2 adm2 raion area "
    "municipality countrysecondarysubdivision countrytertiarysubdivision localadmin administrative_area_level_3 adm3",
    "settlement": "city town village hamlet locality",
}
_KIND_OF = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_COARSEST_FIRST = ("country", "sea", "region", "district", "settlement")
_RADIUS_KM = {"country": 3000.0, "sea": 500.0, "region": 300.0, "district": 50.0, "settlement": 10.0}
_LARGEST_KM = 3000.0
_BOXES = ("boundingbox", "bbox", "extent")
_DEEPEST = 4
_MOST_NUMBERS = 500
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,2})?", re.ASCII)


class Scale(NamedTuple):
    """Kind of a place, a word of `geostrike.tables.PLACE_KINDS`, and the radius in km that covers it."""

    kind: str
    radius_km: float


def scale_of(raw: Any, latitude: float, longitude: float) -> Scale:
    """Return the scale of an answer; a settlement if the service does not say, for the reviewer to judge.

    Examples
    --------
    >>> scale_of({"addresstype": "country", "boundingbox": ["44", "53", "22", "41"]}, 49.0, 32.0)
    Scale(kind='country', radius_km=945.0)
    >>> scale_of({"type": "house"}, 49.0, 32.0)
    Scale(kind='settlement', radius_km=10.0)
    """
    kinds = {_KIND_OF[word] for word in _type_words(raw, 0) if word in _KIND_OF} | _kind_of_rank(raw)
    kind = next((kind for kind in _COARSEST_FIRST if kind in kinds), "settlement")
    box = _box_radius(raw, latitude, longitude)
    least = _RADIUS_KM["settlement"]
    return Scale(kind, min(_LARGEST_KM, max(least, float(math.ceil(box)))) if box else _RADIUS_KM[kind])


def _type_words(raw: Any, depth: int) -> Iterator[str]:
    """Yield the words under keys of types. Lists of objects are skipped: they are the parts of an address."""
    if not isinstance(raw, Mapping) or depth > _DEEPEST:
        return
    for key, value in raw.items():
        if isinstance(value, Mapping):
            yield from _type_words(value, depth + 1)
        elif str(key).lower() in _TYPE_KEYS:
            yield from (word.lower() for word in (value if isinstance(value, list) else [value]) if type(word) is str)


def _kind_of_rank(raw: Any) -> set[str]:
    """Return the kind from Nominatim's place rank, if there is one."""
    rank = raw.get("place_rank") if isinstance(raw, Mapping) else None
    if type(rank) is not int:
        return set()
    return {"country" if rank <= 4 else "region" if rank <= 8 else "district" if rank <= 12 else "settlement"}


def _box_radius(raw: Any, latitude: float, longitude: float) -> float:
    """Return the distance from the point to the farthest corner of the bounding box, in km; 0 without a sound box."""
    for holder in (raw, raw.get("properties") if isinstance(raw, Mapping) else None):
        if not isinstance(holder, Mapping):
            continue
        for name in _BOXES:
            numbers = list(numbers_in(holder.get(name)))
            if len(numbers) == 4:
                # Nominatim writes south, north, west, east; all others west, south, east, north, or turned.
                lats, lons = (numbers[:2], numbers[2:]) if name == "boundingbox" else (numbers[1::2], numbers[::2])
                if all(abs(lat) <= 90 for lat in lats) and all(abs(lon) <= 180 for lon in lons):
                    return max(distance_km(latitude, longitude, lat, lon) for lat in lats for lon in lons)
    return 0.0


def numbers_in(raw: Any, depth: int = 0) -> Iterator[float]:
    """Yield the numbers in an answer, including those in texts, up to a limit."""
    if depth > 2 * _DEEPEST or isinstance(raw, bool):
        return
    if isinstance(raw, int | float):
        yield float(raw) if abs(raw) < 1e15 else math.inf
    elif isinstance(raw, str):
        yield from (float(number) for number in _NUMBER.findall(raw[:1000]))
    elif isinstance(raw, Mapping | list | tuple):
        for value in list(raw.values() if isinstance(raw, Mapping) else raw)[:_MOST_NUMBERS]:
            yield from numbers_in(value, depth + 1)

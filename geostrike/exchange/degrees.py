"""Parse coordinates in table cells strictly: degrees, or the reason why not.

Accepted are decimal degrees (44.1008, -7.5), with a decimal comma (44,1008), with a hemisphere (44.1008 N), and
degrees, minutes and seconds (44°06'03"N); all but the first count as repaired. Numbers are matched by a pattern,
because Python's `float` accepts 5_0.9, nan and ٤٤.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

__all__ = ["Axis", "Degrees", "pair_fault", "read_degrees"]

Axis = Literal["latitude", "longitude"]

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_COMMA = re.compile(r"[+-]?[0-9]{1,3},[0-9]+")
_MARKED = re.compile(r"(?P<before>[NSEWnsew]) ?(?P<a>.+)|(?P<b>.+?) ?(?P<after>[NSEWnsew])")
_SEXAGESIMAL = re.compile(
    r"(?P<sign>[+-]?)(?P<d>[0-9]{1,3}) ?[°º:d ] ?(?P<m>[0-9]{1,2}(?:[.,][0-9]+)?) ?(?:['′’:m ] ?"
    r"(?:(?P<s>[0-9]{1,2}(?:[.,][0-9]+)?) ?(?:\"|″|”|''|s)?)?)?"
)
_LONGEST = 100  # characters
_LETTERS: dict[Axis, str] = {"latitude": "NS", "longitude": "EW"}
_LIMITS: dict[Axis, float] = {"latitude": 90.0, "longitude": 180.0}
_OTHER: dict[Axis, Axis] = {"latitude": "longitude", "longitude": "latitude"}


class Degrees(NamedTuple):
    """A coordinate in degrees (NaN where there is none), code and reason of a fault, and whether it was repaired."""

    value: float
    code: str = ""
    reason: str = ""
    repaired: bool = False


_NONE = float("nan")


def read_degrees(text: str, axis: Axis) -> Degrees:
    """Parse the degrees in a cell; NaN without a fault where it is empty. `pair_fault` checks the range.

    Examples
    --------
    >>> read_degrees("44,1008", "latitude")
    Degrees(value=44.1008, code='', reason='', repaired=True)
    >>> read_degrees("5_0.9", "latitude").code, read_degrees("39.08 E", "latitude").code
    ('BAD_COORD', 'SWAPPED_COORD')
    """
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    if not text:
        return Degrees(_NONE)
    if len(text) > _LONGEST:
        return Degrees(_NONE, "BAD_COORD", f"{axis} is {text[:40]!r}...; write degrees as 44.1008")
    if _PLAIN.fullmatch(text):
        return Degrees(float(text))
    marked = _MARKED.fullmatch(text)
    letter = ((marked["before"] or marked["after"]) if marked else "").upper()
    if letter in _LETTERS[_OTHER[axis]] and letter:
        return Degrees(_NONE, "SWAPPED_COORD", f"{axis} is {text[:40]!r}, which is a {_OTHER[axis]}")
    value = _degrees_in((marked["a"] or marked["b"] or "").strip() if marked else text)
    if value is None or (letter and value < 0):
        return Degrees(_NONE, "BAD_COORD", f"{axis} is {text[:40]!r}; write degrees as 44.1008")
    return Degrees(-value if letter and letter in "SW" else value, repaired=True)


def _degrees_in(text: str) -> float | None:
    """Parse degrees without a hemisphere: decimal, or with minutes and seconds."""
    text = text.removesuffix("°").strip()
    if _PLAIN.fullmatch(text) or _COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    found = _SEXAGESIMAL.fullmatch(text)
    if not found:
        return None
    minutes, seconds = (float((found[name] or "0").replace(",", ".")) for name in ("m", "s"))
    if minutes >= 60 or seconds >= 60:
        return None
    value = float(found["d"]) + minutes / 60 + seconds / 3600
    return -value if found["sign"] == "-" else value


def pair_fault(latitude: float, longitude: float) -> tuple[str, str]:
    """Return the code and reason of the fault in a pair of degrees; two empty texts without a fault.

    Examples
    --------
    >>> pair_fault(144.1, 39.08)[0], pair_fault(0, 0)[0], pair_fault(44.1, 39.08)
    ('SWAPPED_COORD', 'BAD_COORD', ('', ''))
    """
    pair = f"latitude {latitude:g}, longitude {longitude:g}"
    if latitude == longitude == 0:
        return "BAD_COORD", "0, 0 usually means that the coordinates are missing"
    if abs(latitude) <= _LIMITS["latitude"] and abs(longitude) <= _LIMITS["longitude"]:
        return "", ""
    if abs(latitude) <= _LIMITS["longitude"] and abs(longitude) <= _LIMITS["latitude"]:
        return "SWAPPED_COORD", f"{pair}: valid only the other way round"
    if max(abs(latitude), abs(longitude)) > 10_000:
        return "OUT_OF_RANGE", f"{pair}: this looks like metres of a map projection; convert them to degrees (WGS84)"
    return "OUT_OF_RANGE", f"{pair}: outside -90..90 and -180..180 degrees"

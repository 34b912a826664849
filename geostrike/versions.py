"""Versions of geostrike, Python, the packages and the data, for bug reports."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version

from geostrike.borders.border import Border
from geostrike.places import Gazetteer

__all__ = ["show_versions", "versions"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def versions() -> dict[str, str]:
    """The version of everything that a result depends on, by name; "" for a missing extra.

    Examples
    --------
    >>> sorted(set(versions()) & {"python", "geostrike", "shapely", "gazetteer.csv"})
    ['gazetteer.csv', 'geostrike', 'python', 'shapely']
    """
    found = {"geostrike": version("geostrike"), "python": platform.python_version(), "system": platform.platform()}
    found |= {name: _installed(name) for name in _packages()}
    found |= {f"places: {name}" if name == "base" else name: number for name, number in Gazetteer().versions.items()}
    line = Border.between("UKR", "RUS")
    return found | {f"border {line.name}": line.version}


def show_versions() -> None:
    """Print the version of everything that a result depends on, for bug reports.

    Examples
    --------
    >>> show_versions()  # doctest: +ELLIPSIS
    geostrike ...
    python ...
    """
    found = versions()
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:<{width}}  {value or 'not installed'}")  # noqa: T201 - this is what it is for


def _packages() -> list[str]:
    """The names of the packages that geostrike requires, extras included."""
    names = [match[0].lower() for asked in requires("geostrike") or () if (match := _NAME.match(asked))]
    return sorted(set(names))


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""

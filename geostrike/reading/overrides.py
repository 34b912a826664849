"""geostrike.toml: what a folder of reports says of itself, over what the texts and the gazetteer say.

::

    border = "UKR-RUS:territory"

    [published]
    "blog.txt" = 2025-03-19

    [names]
    "the Station" = "Kavkazskaya oil transfer station"
    "Krasny Yar" = { name = "Krasny Yar", country = "RUS", admin1 = "RU-SAM" }

    [merging]
    days_apart = 1
    km_apart = 5
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.errors import InputError
from geostrike.intake.foreign_text import read_toml, shown
from geostrike.places.joint import resolve_jointly

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from geostrike.places import Hints, Resolution, Resolver

__all__ = ["NamedPlaces", "Overrides", "read_overrides"]

SETTINGS_FILE = "geostrike.toml"
_KEYS = ("border", "merging", "names", "published")
_TOLERANCES = ("days_apart", "km_apart")
_HINTS = ("country", "admin1", "kind")
_MOST = 100_000  # days or kilometres: beyond all history, and all the way around


@dataclass(frozen=True)
class Overrides:
    """What geostrike.toml says: the default border, publication dates by file, names by what they mean, tolerances."""

    border: str = ""
    published: dict[str, dt.date] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    merging: dict[str, float] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """What goes into run.json.

        Examples
        --------
        >>> Overrides(published={"a.txt": dt.date(2025, 3, 19)}).as_record()
        {'border': '', 'published': {'a.txt': '2025-03-19'}, 'names': {}, 'merging': {}}
        """
        dates = {name: day.isoformat() for name, day in sorted(self.published.items())}
        told: dict[str, Any] = {"border": self.border, "published": dates}
        return told | {"names": dict(sorted(self.names.items())), "merging": self.merging}


def read_overrides(source: str | os.PathLike[str]) -> Overrides:
    """What geostrike.toml in the folder says; nothing where there is none.

    Raises
    ------
    InputError
        If the file cannot be read, or says something that is not known.

    Examples
    --------
    >>> import tempfile
    >>> read_overrides(tempfile.mkdtemp())
    Overrides(border='', published={}, names={}, merging={})
    """
    file = Path(source) / SETTINGS_FILE
    if not file.is_file():
        return Overrides()
    data = read_toml(file)
    unknown = sorted(set(data) - set(_KEYS))
    if unknown:
        msg = f"{file}: {shown(unknown[0])} is not known; it may say {', '.join(_KEYS)}"
        raise InputError(msg)
    return Overrides(_border(data, file), _published(data, file), _names(data, file), _merging(data, file))


def _border(data: dict[str, Any], file: Path) -> str:
    border = data.get("border", "")
    if not isinstance(border, str):
        msg = f'{file}: border = {shown(border)}; write a name such as "UKR-RUS:land"'
        raise InputError(msg)
    return border


def _published(data: dict[str, Any], file: Path) -> dict[str, dt.date]:
    dates = {}
    for name, day in _table(data, "published", file).items():
        if isinstance(day, dt.datetime):
            dates[name] = day.date()
        elif isinstance(day, dt.date):
            dates[name] = day
        else:
            msg = (
                f"{file}: published.{shown(name)} = {shown(day)} is no date; write 2025-03-19, without quotation marks"
            )
            raise InputError(msg)
    return dates


def _names(data: dict[str, Any], file: Path) -> dict[str, dict[str, str]]:
    names = {}
    for written, meant in _table(data, "names", file).items():
        told = {"name": meant} if isinstance(meant, str) else meant
        known = isinstance(told, dict) and set(told) <= {"name", *_HINTS} and bool(told.get("name"))
        if not known or not all(isinstance(value, str) for value in told.values()):
            msg = f"{file}: names.{shown(written)} = {shown(meant)}; write a name, or name with {', '.join(_HINTS)}"
            raise InputError(msg)
        names[written] = dict(told)
    return names


def _merging(data: dict[str, Any], file: Path) -> dict[str, float]:
    """The tolerances of `merge_strikes`."""
    told = _table(data, "merging", file)
    for name, value in told.items():
        number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST
        if name not in _TOLERANCES or not number:
            msg = f"{file}: merging.{name[:60]} = {shown(value)}; write a number for {' or '.join(_TOLERANCES)}"
            raise InputError(msg)
    return dict(told)


def _table(data: dict[str, Any], key: str, file: Path) -> dict[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        msg = f"{file}: {key} should be a table"
        raise InputError(msg)
    return table


class NamedPlaces:
    """A gazetteer in which some names mean what geostrike.toml says.

    Parameters
    ----------
    places
        The gazetteer that all else is asked of.
    names
        Name as written -> the name that it means, with `country`, `admin1` and `kind` where needed.

    Examples
    --------
    >>> from geostrike.places import Gazetteer
    >>> NamedPlaces(Gazetteer(), {"the Station": {"name": "Tuapse"}}).resolve("the Station").place.name
    'Tuapse'
    """

    def __init__(self, places: Resolver, names: dict[str, dict[str, str]]) -> None:
        self.places, self.names = places, names
        self._names = {written.casefold(): meant for written, meant in names.items()}

    def resolve(self, name: str, **hints: Any) -> Resolution:
        """Who bears the name, or the name that it means in these reports."""
        meant = self._names.get(name.casefold())
        if meant is None:
            return self.places.resolve(name, **hints)
        told: dict[str, Any] = {hint: meant[hint] for hint in _HINTS if hint in meant}
        return self.places.resolve(meant["name"], **told)

    def resolve_jointly(self, names: Sequence[str], hints: Sequence[Hints] | None = None) -> list[Resolution]:
        """The names of one text, each as `resolve` takes it; see `geostrike.places.Gazetteer.resolve_jointly`."""
        return resolve_jointly(self, names, hints)

    def prefetch(self, names: Iterable[str]) -> None:
        """Look many names up together; see `geostrike.places.Gazetteer.prefetch`."""
        self.places.prefetch(names)

"""geostrike.toml: settings of a folder of reports, which override its texts and the gazetteer.

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
    """The settings in geostrike.toml: default border, publication dates by file, meanings of names, tolerances."""

    border: str = ""
    published: dict[str, dt.date] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    merging: dict[str, float] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """Return the settings as run.json records them.

        Examples
        --------
        >>> Overrides(published={"a.txt": dt.date(2025, 3, 19)}).as_record()
        {'border': '', 'published': {'a.txt': '2025-03-19'}, 'names': {}, 'merging': {}}
        """
        dates = {name: day.isoformat() for name, day in sorted(self.published.items())}
        record: dict[str, Any] = {"border": self.border, "published": dates}
        return record | {"names": dict(sorted(self.names.items())), "merging": self.merging}


def read_overrides(source: str | os.PathLike[str]) -> Overrides:
    """Read the geostrike.toml of a folder; defaults if there is none.

    Raises
    ------
    InputError
        If the file cannot be read or holds an unknown setting.

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
        msg = f"{file}: {shown(unknown[0])} is not a known setting; use {', '.join(_KEYS)}"
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
            msg = f"{file}: published.{shown(name)} = {shown(day)} is not a date; write 2025-03-19 without quotes"
            raise InputError(msg)
    return dates


def _names(data: dict[str, Any], file: Path) -> dict[str, dict[str, str]]:
    names = {}
    for written, meaning in _table(data, "names", file).items():
        entry = {"name": meaning} if isinstance(meaning, str) else meaning
        known = isinstance(entry, dict) and set(entry) <= {"name", *_HINTS} and bool(entry.get("name"))
        if not known or not all(isinstance(value, str) for value in entry.values()):
            msg = f"{file}: names.{shown(written)} = {shown(meaning)}; write a name, or name with {', '.join(_HINTS)}"
            raise InputError(msg)
        names[written] = dict(entry)
    return names


def _merging(data: dict[str, Any], file: Path) -> dict[str, float]:
    """Return the tolerances of `merge_strikes`."""
    tolerances = _table(data, "merging", file)
    for name, value in tolerances.items():
        number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST
        if name not in _TOLERANCES or not number:
            msg = f"{file}: merging.{name[:60]} = {shown(value)}; write a number for {' or '.join(_TOLERANCES)}"
            raise InputError(msg)
    return dict(tolerances)


def _table(data: dict[str, Any], key: str, file: Path) -> dict[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        msg = f"{file}: {key} must be a table"
        raise InputError(msg)
    return table


class NamedPlaces:
    """A gazetteer in which geostrike.toml redefines some names.

    Parameters
    ----------
    places
        The gazetteer for all other names.
    names
        Name as written -> the name it refers to, with `country`, `admin1` and `kind` where needed.

    Examples
    --------
    >>> from geostrike.places import Gazetteer
    >>> NamedPlaces(Gazetteer(), {"the Station": {"name": "Tuapse"}}).resolve("the Station").place.name
    'Tuapse'
    """

    def __init__(self, places: Resolver, names: dict[str, dict[str, str]]) -> None:
        self.places, self.names = places, names
        self._names = {written.casefold(): meaning for written, meaning in names.items()}

    def resolve(self, name: str, **hints: Any) -> Resolution:
        """Resolve the name, or the name it refers to in these reports."""
        meaning = self._names.get(name.casefold())
        if meaning is None:
            return self.places.resolve(name, **hints)
        given: dict[str, Any] = {hint: meaning[hint] for hint in _HINTS if hint in meaning}
        return self.places.resolve(meaning["name"], **given)

    def resolve_jointly(self, names: Sequence[str], hints: Sequence[Hints] | None = None) -> list[Resolution]:
        """Resolve the names of one text together; see `geostrike.places.Gazetteer.resolve_jointly`."""
        return resolve_jointly(self, names, hints)

    def prefetch(self, names: Iterable[str]) -> None:
        """Match many names at once; see `geostrike.places.Gazetteer.prefetch`."""
        self.places.prefetch(names)

"""Schemas of tables: their columns and codes, and which of their rows are strikes.

Each kind of table is a file in `schemas/` that a person who knows the table can edit. Wherever the name of a schema is
expected, the path of your own file works, too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from geostrike.errors import InputError
from geostrike.exchange.days import ORDERS
from geostrike.intake.foreign_text import read_toml, shown
from geostrike.tables import ATTACKER_BASIS

__all__ = [
    "KEYS",
    "OWN",
    "Keep",
    "Precision",
    "Schema",
    "Words",
    "choose_schema",
    "known_schemas",
    "load_schema",
    "some_of",
    "with_keep",
]

OWN = "geostrike"
"""The name of the schema of geostrike's own strikes table."""

KEYS = {
    "id": "the source's own id of the event",
    "date": "the day, or the first day",
    "date_end": "the last day",
    "latitude": "degrees north",
    "longitude": "degrees east",
    "place": "the name of the place",
    "country": "the country of the place, by name or code",
    "admin1": "the first-level region of the place",
    "text": "what happened, in words",
    "title": "a headline",
    "source": "who published it",
    "url": "where it was published",
    "target_kind": "what was hit, in geostrike's words",
    "weapon": "with what, in geostrike's words",
    "attacker": "country of the attacking side, ISO 3166-1 alpha-3",
    "target_side": "country of the side that was aimed at, ISO 3166-1 alpha-3",
    "status": "how sure it is, in geostrike's words",
    "radius_km": "the radius of uncertainty around the point",
}
"""The keys that a column can be mapped to."""

_MOST = 20_100  # kilometres, half around the Earth; days, 55 years
_FOLDER = Path(__file__).parent / "schemas"
_OWN_COLUMNS = ("strike_id", "date_precision", "place_status", "status")


@dataclass(frozen=True)
class Keep:
    """A condition for a row to be a strike."""

    column: str
    values: tuple[str, ...]
    begins: bool = False
    contains: bool = False

    def fits(self, cell: str) -> bool:
        """Whether a cell meets the condition."""
        if self.contains:
            return any(value in cell for value in self.values)
        return cell.startswith(self.values) if self.begins else cell in self.values


@dataclass(frozen=True)
class Words:
    """How the words of one column translate to geostrike's words."""

    to: str
    column: str
    values: Mapping[str, str]
    begins: bool = False

    def word_for(self, cell: str) -> str:
        """Return our word for a cell; empty if there is none."""
        if self.begins:
            return next((ours for theirs, ours in self.values.items() if cell.startswith(theirs)), "")
        return self.values.get(cell, "")


@dataclass(frozen=True)
class Precision:
    """A column of precision codes, and the meaning of each.

    A code of place that names a `kind` has that kind's `radius_km` and `geo_precision` unless it states others.
    """

    column: str = ""
    codes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Schema:
    """One kind of table.

    Attributes
    ----------
    name, title, licence
        Its name, its title, and its publisher's terms.
    columns
        The names of a table's columns for each key of `KEYS`; the first that exists counts.
    recognise
        Sets of columns; a table that has all of one set is of this kind.
    names
        The columns of files that have no header.
    quoted
        Whether quotation marks enclose cells.
    dates
        How ambiguous figures are read; see `geostrike.exchange.days.ORDERS`.
    keep, keep_rule
        Which rows are strikes: those that meet all of the conditions, or any.
    words, place_precision, date_precision
        How words and codes are translated.
    attacker_basis
        The basis of the attacker, where the table names one (`geostrike.tables.ATTACKER_BASIS`).
    export
        How strikes are written as such a table.
    explode, explode_names
        A column that holds several places, and the names of the parts of each.
    beside
        A second file with more of its columns; see `geostrike.exchange.reshape`.
    """

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    licence: str = ""
    recognise: tuple[tuple[str, ...], ...] = ()
    names: tuple[str, ...] = ()
    quoted: bool = True
    dates: str = ""
    keep: tuple[Keep, ...] = ()
    keep_rule: str = "all"
    words: tuple[Words, ...] = ()
    place_precision: Precision = field(default_factory=Precision)
    date_precision: Precision = field(default_factory=Precision)
    attacker_basis: str = "reported"
    explode: str = ""
    explode_names: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    export: Mapping[str, Any] = field(default_factory=dict)

    def is_of(self, columns: Sequence[str]) -> bool:
        """Whether a table with these columns is of this kind."""
        there = {column.lower() for column in columns}
        return any({name.lower() for name in names} <= there for names in self.recognise)

    def is_headless(self, cells: Sequence[str]) -> bool:
        """Whether a first record is a row of this kind, in a file without a header."""
        if not self.names or len(cells) != len(self.names):
            return False
        row = dict(zip(self.names, cells, strict=True))
        wanted = [row[name] for key in ("latitude", "longitude", "date") for name in self.columns[key] if name in row]
        return any(wanted) and all(not cell or re.match(r"[-+]?[0-9]", cell) for cell in wanted)

    def mapping(self, columns: Sequence[str], chosen: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the table's column for each key that has one; `chosen` overrides the schema.

        Raises
        ------
        InputError
            If a key is not one of `KEYS`, or a chosen column does not exist.
        """
        plain = {_plain(name): name for name in reversed(list(columns))}
        found = {}
        for key, names in self.columns.items():
            present = [plain[_plain(name)] for name in names if _plain(name) in plain]
            if present:
                found[key] = present[0]
        for key, column in (chosen or {}).items():
            _check_mapped(key, column, columns)
            found = {other: name for other, name in found.items() if name != column}
            if column:
                found[key] = column
            else:
                found.pop(key, None)
        return found


def _check_mapped(key: str, column: str, columns: Sequence[str]) -> None:
    if key not in KEYS:
        msg = f"nothing can be mapped to {shown(key)}; the keys are: {', '.join(KEYS)}"
        raise InputError(msg)
    if column and column not in columns:
        msg = f"there is no column {shown(column)} to map to {key}; the columns are: {some_of(columns)}"
        raise InputError(msg)


def some_of(columns: Sequence[str]) -> str:
    """List the first names of columns, for a message.

    Examples
    --------
    >>> some_of(["id", "date"])
    'id, date'
    """
    names = [name if len(name) <= 40 else name[:37] + "..." for name in list(columns)[:12]]
    return ", ".join(names + (["..."] if len(columns) > len(names) else [])) or "none"


def _plain(name: str) -> str:
    return re.sub(r"[\s_.-]+", "", name).casefold()


def known_schemas() -> list[str]:
    """Return the names of the schemas that geostrike ships.

    Examples
    --------
    >>> known_schemas()
    ['acled', 'gdelt', 'geoconfirmed', 'geostrike', 'gkg', 'plain', 'timemap', 'ucdp', 'viina']
    """
    return sorted([OWN, *(path.stem for path in _FOLDER.glob("*.toml"))])


def load_schema(name: str | os.PathLike[str]) -> Schema:
    """Load a schema by its name, or from your own file (.toml).

    Raises
    ------
    InputError
        If there is none of that name, or the file is not valid.

    Examples
    --------
    >>> load_schema("acled").columns["date"]
    ('event_date',)
    """
    text = os.fspath(name)
    if text == OWN:
        return Schema(OWN, "geostrike's own table", {}, recognise=(_OWN_COLUMNS,))
    if text.lower() in known_schemas():
        return _load_shipped(text.lower())
    path = Path(text)
    if path.suffix.lower() != ".toml" or not path.is_file():
        msg = f"there is no schema {text!r}; there are: auto, {', '.join(known_schemas())}, or a .toml file of your own"
        raise InputError(msg)
    return _parse(path)


@cache
def _load_shipped(name: str) -> Schema:
    return _parse(_FOLDER / f"{name}.toml")


def _parse(path: Path) -> Schema:
    content = read_toml(path)
    fault = _layout_fault(content)
    if fault:
        msg = f"{path}: is not a description of a table: {fault}; copy one of geostrike/exchange/schemas/ and edit it"
        raise InputError(msg)
    try:
        schema = _build(content)
        _check_types(schema)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        msg = f"{path}: is not a description of a table: {str(error)[:200]}"
        raise InputError(msg) from error
    if set(schema.columns) - set(KEYS) or schema.dates not in ORDERS or schema.keep_rule not in ("all", "any"):
        msg = f"{path}: is not a description of a table: check columns ({', '.join(KEYS)}), dates and keep_rule"
        raise InputError(msg)
    return schema


def _layout_fault(content: Mapping[str, Any]) -> str:
    """What is missing or unknown in the content of a file; empty if nothing is."""
    missing = [key for key in ("name", "title", "columns") if key not in content]
    unknown = sorted(set(content) - {own.name for own in fields(Schema)})
    if missing:
        return f"it has no {missing[0]}"
    if unknown:
        return f"{shown(unknown[0])} is not known"
    columns = content["columns"]
    if not isinstance(columns, dict) or not all(isinstance(names, list) for names in columns.values()):
        return "each of its columns is a list of names, in [columns]"
    return ""


def _build(content: dict[str, Any]) -> Schema:
    return Schema(
        columns={key: tuple(names) for key, names in content.pop("columns").items()},
        recognise=_sets(content.pop("recognise", [])),
        keep=tuple(_freeze(Keep, part) for part in content.pop("keep", [])),
        words=tuple(_freeze(Words, part) for part in content.pop("words", [])),
        place_precision=_freeze(Precision, content.pop("place_precision", {})),
        date_precision=_freeze(Precision, content.pop("date_precision", {})),
        **_freeze(dict, content),
    )


def _check_types(schema: Schema) -> None:
    """Reject values of the wrong type."""
    lists: list[Any] = [*schema.columns.values(), *schema.recognise, schema.names, schema.explode_names]
    lists += [condition.values for condition in schema.keep]
    texts: list[Any] = [schema.name, schema.title, schema.licence, schema.dates, schema.keep_rule, schema.explode]
    texts += [schema.place_precision.column, schema.date_precision.column]
    texts += [part for names in lists if isinstance(names, tuple) for part in names]
    texts += [condition.column for condition in schema.keep]
    texts += [part for rule in schema.words for part in (rule.to, rule.column, *rule.values, *rule.values.values())]
    codes: list[Any] = [*schema.place_precision.codes.values(), *schema.date_precision.codes.values()]
    wrong: list[Any] = [value for value in texts if not isinstance(value, str)]
    wrong += [names for names in lists if not isinstance(names, tuple)]
    wrong += [code for code in codes if not isinstance(code, Mapping)]
    wrong += [n for code in codes if isinstance(code, Mapping) for n in code.values() if not _is_plain(n)]
    if wrong:
        msg = f"{shown(wrong[0])} is of the wrong type"
        raise ValueError(msg)
    if schema.attacker_basis not in ATTACKER_BASIS or not all(
        isinstance(table, Mapping) for table in (schema.beside, schema.export)
    ):
        msg = "check attacker_basis, beside and export"
        raise ValueError(msg)


def _is_plain(value: object) -> bool:
    """Whether it is a word, or a possible distance or number of days."""
    return isinstance(value, (str, bool)) or (isinstance(value, (int, float)) and 0 <= value <= _MOST)


def _sets(names: list[Any]) -> tuple[tuple[str, ...], ...]:
    """Return sets of names, from one list or a list of lists."""
    several = names if any(isinstance(part, list) for part in names) else [names] if names else []
    return tuple(tuple(part) for part in several)


def _freeze(kind: Any, part: Mapping[str, Any]) -> Any:
    if not isinstance(part, Mapping):
        msg = f"{shown(part)} is not a table of names"
        raise TypeError(msg)
    unknown = set(part) - {own.name for own in fields(kind)} if is_dataclass(kind) else set()
    if unknown:
        msg = f"{shown(min(unknown))} is not known there"
        raise ValueError(msg)
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in part.items()})


def choose_schema(name: str | os.PathLike[str], columns: Sequence[str]) -> tuple[Schema, bool]:
    """Choose the schema by name or by a first record, and say whether that record is a row already.

    Parameters
    ----------
    name
        "auto", or as for `load_schema`.
    columns
        The cells of the file's first record.
    """
    if os.fspath(name) != "auto":
        schema = load_schema(name)
        return schema, not schema.is_of(columns) and schema.is_headless(columns)
    schemas = [load_schema(known) for known in (OWN, *(k for k in known_schemas() if k not in (OWN, "plain")))]
    for schema in schemas:
        if schema.is_of(columns):
            return schema, False
    for schema in schemas:
        if schema.is_headless(columns):
            return schema, True
    return load_schema("plain"), False


def with_keep(schema: Schema, keep: str | Mapping[str, Sequence[str]] | None) -> Schema:
    """Return the schema with other conditions for strikes: "all" for none, or the values of some columns."""
    if keep is None:
        return schema
    if isinstance(keep, str):
        if keep != "all":
            msg = f"keep is {keep!r}; it can be 'all', or a column with its values"
            raise InputError(msg)
        return replace(schema, keep=())
    conditions = tuple(Keep(column, tuple(values)) for column, values in keep.items())
    return replace(schema, keep=conditions, keep_rule="all")

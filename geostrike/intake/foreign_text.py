"""XML, JSON and TOML that somebody else wrote: what would harm or mislead a reader is found or refused in one line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.parsers import expat

from geostrike.errors import InputError

if TYPE_CHECKING:
    import os

__all__ = ["Doubled", "as_object", "has_doctype", "read_toml", "shown"]

_CHUNK = 1 << 16
_MOST_BYTES = 10_000_000
_SHOWN = 60


# --- XML --------------------------------------------------------------------------------------------------------------


class _FoundError(Exception):
    """The document type or the first element is reached: nothing behind it has to be looked at."""


def has_doctype(source: IO[bytes]) -> bool:
    """Whether the document has a document type, as the parser itself sees it: in any encoding, behind any comment.

    A document type can only stand before the first element; no more than that is read. What is no sound XML has none:
    whoever parses it will say so.

    Examples
    --------
    >>> import io
    >>> has_doctype(io.BytesIO(b"<!-- <a> --><!DOCTYPE a><a/>")), has_doctype(io.BytesIO(b"<a><!-- <!DOCTYPE --></a>"))
    (True, False)
    """
    found: list[bool] = []

    def at_doctype(*_: object) -> None:
        found.append(True)
        raise _FoundError

    def at_element(*_: object) -> None:
        raise _FoundError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = at_doctype
    parser.StartElementHandler = at_element
    try:
        while chunk := source.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (_FoundError, expat.ExpatError):
        pass
    return bool(found)


# --- JSON -------------------------------------------------------------------------------------------------------------


class Doubled(dict[str, Any]):
    """An object with a name that stands twice, and not for the same."""

    __slots__ = ("name",)

    def __init__(self, pairs: list[tuple[str, Any]], name: str) -> None:
        super().__init__(pairs)
        self.name = name

    @property
    def reason(self) -> str:
        """What is wrong with it, in a line."""
        return f"{self.name[:40]!r} is told twice, and not the same"


def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these names and values, for ``json.loads(..., object_pairs_hook=as_object)``.

    Examples
    --------
    >>> as_object([("date", "2024-01-25"), ("date", "2023-01-01")]).reason
    "'date' is told twice, and not the same"
    """
    told = dict(pairs)
    if len(told) == len(pairs):
        return told
    name = next((name for name, value in pairs if repr(value) != repr(told[name])), None)
    return told if name is None else Doubled(pairs, name)


# --- TOML -------------------------------------------------------------------------------------------------------------


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a TOML file says.

    Raises
    ------
    InputError
        If it cannot be read, is too large, nested too deeply, or is no TOML.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            msg = f"{file}: is larger than the limit of {_MOST_BYTES:,} bytes"
            raise InputError(msg)
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except RecursionError as error:
        msg = f"{file}: its lists or tables lie too deep within each other"
        raise InputError(msg) from error
    except (ValueError, OSError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        if isinstance(error, InputError):
            raise
        msg = f"{file}: {error}"
        raise InputError(msg) from error


def shown(value: object) -> str:
    """A value of a file in a message, cut where it is long.

    Examples
    --------
    >>> shown("a" * 100)[:5], len(shown("a" * 100))
    ("'aaaa", 60)
    """
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply; more digits than Python writes
        return f"a {type(value).__name__}"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."

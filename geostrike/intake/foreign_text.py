"""Read XML, JSON and TOML safely: find or refuse what would harm or mislead a parser."""

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
    """The document type or the first element was reached: nothing after it matters."""


def has_doctype(source: IO[bytes]) -> bool:
    """Whether an XML document declares a document type, in any encoding and after any comment.

    A document type could define endless entities or name files to read. It can only come before the first element;
    nothing further is read. Malformed XML has none: whoever parses it reports that.

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
    """A JSON object with one name twice, for different values."""

    __slots__ = ("name",)

    def __init__(self, pairs: list[tuple[str, Any]], name: str) -> None:
        super().__init__(pairs)
        self.name = name

    @property
    def reason(self) -> str:
        """What is wrong with it, in one line."""
        return f"{self.name[:40]!r} is there twice, with different values"


def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of pairs of names and values, for ``json.loads(..., object_pairs_hook=as_object)``.

    A plain reader would silently take the last value of a name.

    Examples
    --------
    >>> as_object([("date", "2024-01-25"), ("date", "2023-01-01")]).reason
    "'date' is there twice, with different values"
    """
    last = dict(pairs)
    if len(last) == len(pairs):
        return last
    name = next((name for name, value in pairs if repr(value) != repr(last[name])), None)
    return last if name is None else Doubled(pairs, name)


# --- TOML -------------------------------------------------------------------------------------------------------------


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        If it cannot be read, is too large or nested too deeply, or is not TOML.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            msg = f"{file}: is larger than the limit of {_MOST_BYTES:,} bytes"
            raise InputError(msg)
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except RecursionError as error:
        msg = f"{file}: its lists or tables are nested too deeply"
        raise InputError(msg) from error
    except (ValueError, OSError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        if isinstance(error, InputError):
            raise
        msg = f"{file}: {error}"
        raise InputError(msg) from error


def shown(value: object) -> str:
    """Show a value of a file in a message, shortened if it is long.

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

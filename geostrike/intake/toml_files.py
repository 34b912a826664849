"""TOML files that users write: read whole, or refused in one line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.errors import InputError

if TYPE_CHECKING:
    import os

__all__ = ["read_toml", "shown"]

_MOST_BYTES = 10_000_000
_SHOWN = 60


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

"""The errors that geostrike raises on purpose.

Each is a `GeostrikeError` and, where Python has a fitting builtin, that builtin too, so that callers may catch either::

    GeostrikeError
    ├── TableError (ValueError)            a table lacks a column, or a value is outside its vocabulary
    ├── InputError (ValueError)            a file or an option cannot be used; nothing was written
    ├── PlaceError (LookupError)
    │   ├── PlaceNotFoundError             no place has the name
    │   └── AmbiguousPlaceError            several places have it, and the context does not decide
    └── BorderError (ValueError)           an unknown line, or a geometry that is not a line

Input that is only partly usable is read with an `InputWarning` (UserWarning).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "AmbiguousPlaceError",
    "BorderError",
    "GeostrikeError",
    "InputError",
    "InputWarning",
    "LeftOut",
    "PlaceError",
    "PlaceNotFoundError",
    "TableError",
]


class GeostrikeError(Exception):
    """Base of every error that geostrike raises on purpose."""


class TableError(GeostrikeError, ValueError):
    """A table lacks a column, or holds a value outside the column's vocabulary."""


class InputError(GeostrikeError, ValueError):
    """A file, a folder or an option cannot be used; nothing was written."""


class PlaceError(GeostrikeError, LookupError):
    """Base of the two ways in which a name does not resolve to one place."""


class PlaceNotFoundError(PlaceError):
    """No place in the gazetteer has the name."""


class AmbiguousPlaceError(PlaceError):
    """Several places have the name, and the context does not decide between them."""


class BorderError(GeostrikeError, ValueError):
    """An unknown border, or a geometry that cannot serve as one."""


class InputWarning(UserWarning):
    """Part of the input could not be used: the message counts it by reason, the table `quarantine` lists it."""


class LeftOut(dict[str, str]):
    """Results that a run left out because making them failed: name -> reason. A failed figure never stops the run.

    Examples
    --------
    >>> left_out = LeftOut()
    >>> with left_out.where_it_fails("map.html"):
    ...     raise TableError("strikes: latitude 91 is off the globe")
    >>> left_out
    {'map.html': 'strikes: latitude 91 is off the globe'}
    """

    @contextmanager
    def where_it_fails(self, name: str) -> Iterator[None]:
        """Continue after this block whatever fails in it, and record the reason under a name."""
        try:
            yield
        except GeostrikeError as error:
            self[name] = str(error)
        except Exception as error:  # noqa: BLE001 - whatever failed, the rest of the run is written
            self[name] = f"{type(error).__name__}: {error}; please report it"

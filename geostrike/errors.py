"""The errors that geostrike raises on purpose.

Each is a `GeostrikeError` and, where Python has a fitting builtin, that builtin too, so that callers may catch either::

    GeostrikeError
    ├── TableError (ValueError)            a table lacks a column, or a value is outside its vocabulary
    ├── InputError (ValueError)            a file or an option cannot be used; nothing was written
    ├── PlaceError (LookupError)
    │   ├── PlaceNotFoundError             no place bears the name
    │   └── AmbiguousPlaceError            several do, and nothing tells them apart
    └── BorderError (ValueError)           a line that is not known, or a geometry that is no line

Input of which a part could not be used is read all the same, with an `InputWarning` (UserWarning).
"""

__all__ = [
    "AmbiguousPlaceError",
    "BorderError",
    "GeostrikeError",
    "InputError",
    "InputWarning",
    "PlaceError",
    "PlaceNotFoundError",
    "TableError",
]


class GeostrikeError(Exception):
    """Base of every error that geostrike raises on purpose."""


class TableError(GeostrikeError, ValueError):
    """A table lacks a column, or holds a value outside the column's vocabulary."""


class InputError(GeostrikeError, ValueError):
    """A file, a folder or an option cannot be used as it is; nothing was written."""


class PlaceError(GeostrikeError, LookupError):
    """Base of the two ways in which a name does not lead to one place."""


class PlaceNotFoundError(PlaceError):
    """No place in the gazetteer bears the name."""


class AmbiguousPlaceError(PlaceError):
    """Several places bear the name, and nothing in the context tells them apart."""


class BorderError(GeostrikeError, ValueError):
    """A border that is not known, or a geometry that cannot serve as one."""


class InputWarning(UserWarning):
    """A part of the input could not be used: the message counts by reason, and the table `quarantine` lists it."""

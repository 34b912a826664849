"""Whether an XML document declares a document type, which could define entities without end or name files to read."""

from __future__ import annotations

from typing import IO
from xml.parsers import expat

__all__ = ["has_doctype"]

_CHUNK = 1 << 16


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

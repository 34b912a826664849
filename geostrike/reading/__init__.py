"""Read reports: extract mentions, records, claims, stated distances and quantities from their texts.

The flow: `documents` reads files into a table of reports; `report` takes one text through `text` (sentences, cues,
dates), `mentions` (place names and their roles) and `records` (strikes); `statements` adds claims, distances and
quantities; `extraction` builds the tables.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geostrike.reading.documents.reports import Documents, read_documents, read_reports
    from geostrike.reading.extraction import Extraction, extract
    from geostrike.reading.overrides import NamedPlaces, Overrides, read_overrides

__all__ = [
    "Documents",
    "Extraction",
    "NamedPlaces",
    "Overrides",
    "extract",
    "read_documents",
    "read_overrides",
    "read_reports",
]

_HOMES = {
    "Documents": "documents.reports",
    "Extraction": "extraction",
    "NamedPlaces": "overrides",
    "Overrides": "overrides",
    "extract": "extraction",
    "read_documents": "documents.reports",
    "read_overrides": "overrides",
    "read_reports": "documents.reports",
}


def __getattr__(name: str) -> object:
    """Load a name on first use: a worker that opens web pages needs no pandas."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

"""Reports: text to mentions, records, claims, stated distances and quantities."""

from geostrike.reading.documents import Documents, read_documents, read_reports
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

"""Reports: text to mentions, records, claims and stated distances."""

from geostrike.reading.documents import Documents, read_documents, read_reports
from geostrike.reading.extraction import Extraction, extract

__all__ = ["Documents", "Extraction", "extract", "read_documents", "read_reports"]

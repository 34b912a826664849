"""Reports: text to mentions, records, claims and stated distances."""

from geostrike.reading.documents import Documents, read_documents, read_reports

__all__ = ["Documents", "read_documents", "read_reports"]

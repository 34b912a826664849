"""The report of a run: one page with map, sentences, figures and tables."""

from geostrike.report.changes import changes_page
from geostrike.report.page import report_page

__all__ = ["changes_page", "report_page"]

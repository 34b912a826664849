"""The report of a run: one page with map, sentences, figures and tables, for reading, printing and keeping."""  # noqa: A005 - the design's name

from geostrike.site.changes import changes_page
from geostrike.site.page import report_page

__all__ = ["changes_page", "report_page"]

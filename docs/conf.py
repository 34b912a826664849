"""Sphinx: the documentation, built offline, with no asset from elsewhere."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))
from run_notebooks import execute_all

project = "geostrike"
author = "The geostrike developers"
project_copyright = "2026, The geostrike developers"
version = release = installed_version("geostrike")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build", "jupyter_execute"]
nb_execution_mode = "off"  # scripts/run_notebooks.py runs the notebooks
nb_output_stderr = "error"
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_typehints = "description"
autosummary_generate = False
autodoc_member_order = "bysource"
napoleon_google_docstring = False
nitpicky = False

html_theme = "pydata_sphinx_theme"
html_title = "geostrike"
html_static_path = ["static"]
html_css_files = ["geostrike.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars: dict[str, list[str]] = {"**": []}  # the pages are few: the bar at the top names them all
html_theme_options = {
    "show_prev_next": False,
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 7,
    "footer_start": ["copyright"],
    "footer_end": [],
}


def setup(app: Sphinx) -> None:
    """Have the notebooks executed before the pages are looked for."""
    app.connect("builder-inited", lambda _app: execute_all())

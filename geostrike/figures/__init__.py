"""Figures of strikes for print and screen, in one style: each function takes tables and returns matplotlib's Axes.

`as_svg` turns a figure into one `svg` element, the same at every run, with its `alt_text`; `ax.figure.savefig("a.pdf")`
writes a file.
"""

from geostrike.figures.depths import depth_bands, depth_by_date, depth_distribution
from geostrike.figures.places import place_precision, stated_distances
from geostrike.figures.printmap import print_map
from geostrike.figures.style import COLOURS, alt_text, drawing
from geostrike.figures.svg import as_svg

__all__ = [
    "COLOURS",
    "alt_text",
    "as_svg",
    "depth_bands",
    "depth_by_date",
    "depth_distribution",
    "drawing",
    "place_precision",
    "print_map",
    "stated_distances",
]

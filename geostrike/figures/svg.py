"""A figure as SVG text: the same at every run, and safe to put into a page with other figures."""

from __future__ import annotations

import io
import re
import warnings
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG

from geostrike.errors import InputError
from geostrike.figures.style import alt_text, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["as_svg"]

_SVG = "http://www.w3.org/2000/svg"
_LINK = "http://www.w3.org/1999/xlink"
_DECIMALS = re.compile(r"(?<=\.\d\d)\d+")
_SHAPES = ("d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform")


def as_svg(ax: Axes, *, name: str = "figure") -> str:
    """Turn the figure of the axes into one `svg` element, with its alt text.

    Text remains text: it can be searched, copied and styled. The same data give the same bytes.

    Parameters
    ----------
    ax
        Axes that a function of `geostrike.figures` returned.
    name
        Prefix of the ids inside; letters, digits and hyphens. Two figures on one page need two names.

    Raises
    ------
    InputError
        If the name has other characters.

    Examples
    --------
    >>> from geostrike.figures import depth_distribution
    >>> from geostrike.tables import STRIKES, empty_table
    >>> as_svg(depth_distribution(empty_table(STRIKES))).startswith("<svg ")
    True
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name):
        msg = f"the name {name!r} cannot begin an id; use a letter, then letters, digits and hyphens"
        raise InputError(msg)
    buffer = io.BytesIO()
    figure = ax.get_figure(root=True)
    settings = {"svg.fonttype": "none", "svg.hashsalt": name}
    with drawing(), mpl.rc_context(settings), warnings.catch_warnings():
        # A letter that this font lacks is shown in a font of the reader.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    root = ET.fromstring(buffer.getvalue().decode("utf-8"))  # noqa: S314 - what matplotlib has just written
    _cleaned(root, name)
    _described(root, alt_text(ax), name)
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _LINK)
    return ET.tostring(root, encoding="unicode")


def _cleaned(root: ET.Element, name: str) -> None:
    """Remove what a page does not need, and prefix ids with the name."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"}:
                parent.remove(child)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', ET.tostring(root, encoding="unicode")))
    for element in root.iter():
        own = element.attrib.pop("id", None)
        if own in used:
            element.set("id", f"{name}-{own}")
        for key, value in list(element.attrib.items()):
            element.set(key, _attribute(key, value, name))


def _attribute(key: str, value: str, name: str) -> str:
    """An attribute with the ids of this figure, and lengths to a hundredth of a point."""
    if key.endswith("href") and value.startswith("#"):
        return f"#{name}-{value[1:]}"
    if key in _SHAPES:
        return _DECIMALS.sub("", value)
    return value.replace("url(#", f"url(#{name}-")


def _described(root: ET.Element, alt: str, name: str) -> None:
    """Add the alt text as the title of the element."""
    title = ET.Element(f"{{{_SVG}}}title", {"id": f"{name}-alt"})
    title.text = alt
    root.insert(0, title)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-alt")
    root.set("style", "stroke-linejoin: round; stroke-linecap: butt")
    for size in ("width", "height"):
        root.attrib.pop(size, None)

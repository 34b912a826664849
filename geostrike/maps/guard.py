"""folium elements of the user's own on our page: their text is shown, never run.

folium puts text into templates and, once rendered, compiles the result as a template again; popups and tooltips become
JavaScript template literals. Inside `guarded()` neither happens: finished text stays text, and what would leave its
literal is written as a character reference. The elements are put back as they were afterwards.
"""

from __future__ import annotations

import html
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import branca.element as branca_element
from branca.element import Element, Figure, Html
from folium.map import Tooltip

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["children_of", "guarded", "in_template_literal"]

_LOCK = threading.RLock()
_STOCK_TEMPLATE: Any = vars(branca_element)["Template"]
_ESCAPES = {"\\": "&#92;", "`": "&#96;", "$": "&#36;", "\r": " ", "\u2028": " ", "\u2029": " ", "\0": ""}
_MISSING = object()


class _Finished:
    """Stands in for a template: text that is not evaluated again."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, *args: object, **kwargs: object) -> str:  # noqa: ARG002
        return self.text


def in_template_literal(markup: str) -> str:
    r"""HTML that keeps its meaning between back-ticks and cannot leave them.

    Examples
    --------
    >>> in_template_literal("cost: ${1}`")
    'cost: &#36;{1}&#96;'
    """
    markup = markup.replace("\\`", "`")  # folium has escaped some back-ticks already
    for character, reference in _ESCAPES.items():
        markup = markup.replace(character, reference)
    return markup


def children_of(element: Element) -> Iterator[Element]:
    """The elements below one, the contents of popups and pages included."""
    for child in list(element._children.values()):
        yield child
        yield from children_of(child)
    for slot in ("html", "script", "header"):
        part = getattr(element, slot, None)
        if isinstance(part, Element):
            yield from children_of(part)


class _Changes:
    """Attributes set for a while."""

    def __init__(self) -> None:
        self._before: list[tuple[object, str, object]] = []

    def set(self, target: object, name: str, value: object) -> None:
        self._before.append((target, name, vars(target).get(name, _MISSING)))
        setattr(target, name, value)

    def undo(self) -> None:
        for target, name, value in reversed(self._before):
            if value is _MISSING:
                delattr(target, name)
            else:
                setattr(target, name, value)


def _guard(element: Element, changes: _Changes) -> None:
    if type(element) is Element and element._template_str is not None:
        changes.set(element, "_template", _Finished(element._template_str))
    elif isinstance(element, Html) and isinstance(element.data, str):
        markup = element.data if element.script else html.escape(element.data)
        changes.set(element, "data", in_template_literal(markup))
        changes.set(element, "script", True)
    elif isinstance(element, Tooltip):
        changes.set(element, "text", in_template_literal(str(element.text)))


@contextmanager
def guarded(figure: Figure) -> Iterator[None]:
    """While inside, nothing below the figure is evaluated as a template a second time.

    branca looks its template class up by name when an element is made, so that name is replaced for the time of one
    rendering; other threads keep the stock class.
    """
    thread = threading.get_ident()

    def template(source: str, *args: object, **kwargs: object) -> object:
        if threading.get_ident() == thread:
            return _Finished(source)
        return _STOCK_TEMPLATE(source, *args, **kwargs)

    changes = _Changes()
    with _LOCK:
        try:
            for element in children_of(figure):
                _guard(element, changes)
            vars(branca_element)["Template"] = template
            yield
        finally:
            vars(branca_element)["Template"] = _STOCK_TEMPLATE
            changes.undo()

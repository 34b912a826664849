"""folium's tree of elements: the only module that touches private attributes of folium and branca.

folium renders text with templates and compiles the result as a template again; popups and tooltips become JavaScript
template literals. Inside `guard_text()` neither happens: rendered text is not evaluated, and characters that could end
a literal become character references. The elements are restored afterwards.
"""

from __future__ import annotations

import hashlib
import html
import threading
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import branca.element as branca_element
from branca.element import Element, Figure, Html
from folium.map import Layer, Tooltip
from folium.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "ScriptedLayer",
    "Text",
    "children_of",
    "descendants_of",
    "guard_text",
    "in_template_literal",
    "keep_children",
    "kind_of",
    "move_last",
    "name_in_order",
    "put_text",
    "root_of",
    "set_kind",
]

_SLOTS = ("html", "script", "header")

_LOCK = threading.RLock()
_STOCK_TEMPLATE: Any = vars(branca_element)["Template"]
_ESCAPES = {"\\": "&#92;", "`": "&#96;", "$": "&#36;", "\r": " ", "\u2028": " ", "\u2029": " ", "\0": ""}
_MISSING = object()


class _FinishedText:
    """A replacement for a template whose text is not evaluated again."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, *args: object, **kwargs: object) -> str:  # noqa: ARG002
        return self.text


def in_template_literal(markup: str) -> str:
    r"""Escape HTML for a JavaScript template literal, so that it keeps its meaning and cannot end the literal.

    Examples
    --------
    >>> in_template_literal("cost: ${1}`")
    'cost: &#36;{1}&#96;'
    """
    markup = markup.replace("\\`", "`")  # folium has escaped some back-ticks already
    for character, reference in _ESCAPES.items():
        markup = markup.replace(character, reference)
    return markup


# --- the tree ---------------------------------------------------------------------------------------------------------


class Text(Element):
    """Text in the tree of elements that is written verbatim."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Text"
        self.text = text

    def render(self, **kwargs: object) -> str:  # noqa: ARG002
        """Return the text."""
        return self.text


class ScriptedLayer(Layer):
    """A layer that a function of the page's own script creates: `geostrike.MAKER(name)`."""

    _template = Template(
        "{% macro script(this, kwargs) %}\n"
        "var {{ this.get_name() }} = geostrike.{{ this.maker }}({{ this.get_name()|tojson }});\n"
        "{% endmacro %}"
    )
    maker = ""

    def __init__(self, name: str, *, overlay: bool, show: bool) -> None:
        super().__init__(name=name, overlay=overlay, show=show)
        self._name = type(self).__name__


def kind_of(element: Element) -> str:
    """Return an element's kind: the first part of its name in the page."""
    return str(element._name)


def set_kind(element: Element, kind: str) -> None:
    """Set an element's kind: the first part of its name in the page."""
    element._name = kind


def root_of(element: Element) -> Element:
    """Return the root of an element's tree: its page, if it has one."""
    return element.get_root()


def children_of(element: Element) -> dict[str, Element]:
    """Return an element's children by name."""
    return dict(element._children)


def descendants_of(element: Element) -> Iterator[Element]:
    """Yield every element below one, including the contents of popups and pages."""
    for child in children_of(element).values():
        yield child
        yield from descendants_of(child)
    for part in _slots_of(element):
        yield from descendants_of(part)


def _slots_of(element: Element) -> list[Element]:
    """Return the slots of a page or popup (`html`, `script`, `header`) that an element has."""
    parts = (getattr(element, slot, None) for slot in _SLOTS)
    return [part for part in parts if isinstance(part, Element)]


def put_text(slot: Element, name: str, text: str) -> None:
    """Append text to a slot, replacing the child of this name."""
    slot._children.pop(name, None)
    slot.add_child(Text(text), name=name)


def move_last(element: Element, kind: type[Element]) -> None:
    """Move the children of a class after all others."""
    for key, child in children_of(element).items():
        if isinstance(child, kind):
            element._children.move_to_end(key)


def name_in_order(figure: Figure) -> list[Element]:
    """Replace folium's random ids by ids that depend on the order of elements only; return all elements."""
    elements = list(dict.fromkeys(descendants_of(figure)))
    old_names = {element: element.get_name() for element in elements}
    for number, element in enumerate(elements):
        old_id = element._id
        element._id = hashlib.sha256(f"{number}:{element._name}".encode()).hexdigest()[:32]
        if isinstance(element, Layer):  # folium names a nameless layer after its id
            element.layer_name = element.layer_name.replace(old_id, element._id)
    everything = [part for element in (figure, *elements) for part in (element, *_slots_of(element))]
    for element in everything:
        renamed = [
            (child.get_name() if key == old_names.get(child) else key, child)
            for key, child in element._children.items()
        ]
        element._children = OrderedDict(renamed)
    return everything


@contextmanager
def keep_children(elements: Sequence[Element]) -> Iterator[None]:
    """Restore each element's children afterwards: folium adds to them while it renders."""
    kept = [(element, OrderedDict(element._children)) for element in elements]
    try:
        yield
    finally:
        for element, children in kept:
            element._children = children


# --- text that is never evaluated -------------------------------------------------------------------------------------


class _Changes:
    """Attributes that are set temporarily."""

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
        changes.set(element, "_template", _FinishedText(element._template_str))
    elif isinstance(element, Html) and isinstance(element.data, str):
        markup = element.data if element.script else html.escape(element.data)
        changes.set(element, "data", in_template_literal(markup))
        changes.set(element, "script", True)
    elif isinstance(element, Tooltip):
        changes.set(element, "text", in_template_literal(str(element.text)))


@contextmanager
def guard_text(figure: Figure) -> Iterator[None]:
    """Keep everything below the figure from being evaluated as a template a second time.

    branca looks its template class up by name when it creates an element, so the name is replaced during one
    rendering, in this thread only.
    """
    thread = threading.get_ident()

    def template(source: str, *args: object, **kwargs: object) -> object:
        if threading.get_ident() == thread:
            return _FinishedText(source)
        return _STOCK_TEMPLATE(source, *args, **kwargs)

    changes = _Changes()
    with _LOCK:
        try:
            for element in descendants_of(figure):
                _guard(element, changes)
            vars(branca_element)["Template"] = template
            yield
        finally:
            vars(branca_element)["Template"] = _STOCK_TEMPLATE
            changes.undo()

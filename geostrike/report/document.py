"""A page as one HTML file: an escaped template, its style, and a strict content policy."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from geostrike.palette import css_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STRICT", "document"]

# The space between a number and its unit, where a line must not break.
_UNIT = re.compile(r"(?<=\d) (?=km|mile|%)")
# The policy of a page without a map.
STRICT = {
    "default-src": ["'none'"],
    "script-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
}


def document(
    template: str, context: Mapping[str, Any], *, script: str = "", framed: Mapping[str, list[str]] = STRICT
) -> str:
    """Render a template with a context as a page.

    Parameters
    ----------
    template
        Name of a file in `templates/`.
    context
        The values for the template.
    script
        Name of the page's own script in `templates/`; none by default.
    framed
        The policy rules that a frame in the page needs, since the page's policy also applies to its frames.
    """
    code = _file(script) if script else ""
    page = (
        _environment()
        .get_template(template)
        .render(
            context,
            policy=_policy(code, framed),
            style=Markup(_theme() + _file("report.css")),  # noqa: S704 - the package's own
            script=Markup(code),  # noqa: S704 - the package's own
        )
    )
    # Lone surrogates, which no file can hold, become question marks.
    return page.encode("utf-8", "replace").decode("utf-8")


@cache
def _file(name: str) -> str:
    path = resources.files("geostrike.report") / "templates" / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _environment() -> Environment:
    """Templates with escaped text, in which a missing name is an error."""
    made = Environment(
        loader=FunctionLoader(_file), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["unbroken"] = lambda text: _UNIT.sub("\N{NO-BREAK SPACE}", text)
    return made


def _policy(script: str, framed: Mapping[str, list[str]]) -> str:
    """The Content-Security-Policy: scripts of the page and its frame by hash, and no connections."""
    rules = {name: list(values) for name, values in framed.items()}
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        others = [source for source in rules["script-src"] if source != "'none'"]
        rules["script-src"] = [f"'sha256-{digest}'", *others]
    return "; ".join(" ".join([rule, *values]) for rule, values in rules.items())


def _theme() -> str:
    """The colours of the page and of its figures, on light ground and on dark ground."""
    light, dark = css_variables("figures", "pages", "report")
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ color-scheme: dark; {dark} }} }}\n"
    )

"""A page as one HTML file: a template in which all text is escaped, the style, and a policy that runs nothing else."""

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

# The space between a number and its unit, at which no line is broken.
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
    """The page that a template makes of a context.

    Parameters
    ----------
    template
        Name of a file in `templates/`.
    context
        What the template shows.
    script
        Name of the page's own script there; none by default.
    framed
        The rules that a frame of the page needs of its policy: a frame whose content is part of a page is bound by the
        page's policy too.
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
    # A lone surrogate, which no file can hold, becomes a question mark.
    return page.encode("utf-8", "replace").decode("utf-8")


@cache
def _file(name: str) -> str:
    path = resources.files("geostrike.report") / "templates" / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _environment() -> Environment:
    """Templates in which all text is escaped, and a name that is missing is an error."""
    made = Environment(
        loader=FunctionLoader(_file), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["unbroken"] = lambda text: _UNIT.sub("\N{NO-BREAK SPACE}", text)
    return made


def _policy(script: str, framed: Mapping[str, list[str]]) -> str:
    """The Content-Security-Policy: the page's own script and those of its frame by their hashes, and no connection."""
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

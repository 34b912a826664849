"""The colours of the map, the figures and the report, read from palette.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

__all__ = ["SECTIONS", "css_variables", "palette"]

SECTIONS = ("figures", "pages", "report", "map")


@cache
def palette(*sections: str) -> dict[str, tuple[str, str]]:
    """Name -> colour on light ground and on dark ground, of the sections of palette.toml in turn.

    Examples
    --------
    >>> palette("figures")["paper"]
    ('#ffffff', '#141a21')
    """
    text = (resources.files("geostrike") / "palette.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    return {name: (light, dark) for section in sections for name, (light, dark) in found[section].items()}


def css_variables(*sections: str, prefix: str = "--") -> tuple[str, str]:
    """The colours of the sections as custom properties of CSS: those on light ground, those on dark ground.

    Examples
    --------
    >>> css_variables("report")[0].split()[0]
    '--struck:#ffe2a8;'
    """
    light, dark = (
        " ".join(f"{prefix}{name}:{both[theme]};" for name, both in palette(*sections).items()) for theme in (0, 1)
    )
    return light, dark

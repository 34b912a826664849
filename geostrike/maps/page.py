"""The page of a saved map: one file that fetches nothing and runs only its own scripts."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import TYPE_CHECKING

from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.raster_layers import TileLayer

from geostrike.errors import InputError
from geostrike.maps import assets
from geostrike.maps.elements import (
    children_of,
    descendants_of,
    guard_text,
    keep_children,
    kind_of,
    name_in_order,
    root_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["StrikePage", "page_of"]

_FRAME_SANDBOX = "allow-scripts allow-popups allow-downloads allow-modals"


class StrikePage(Figure):
    """The figure around a StrikeMap.

    Parameters
    ----------
    language
        The initial language of the interface: en, uk, ru or de.
    online
        Whether folium plugins may load files that the package does not include from the network.
    """

    def __init__(self, *, title: str = "", language: str = "en", online: bool = False) -> None:
        super().__init__(title=title)
        self.language = language
        self.online = online
        self.light = False
        self.policy: dict[str, list[str]] = {}  # of the last rendering
        self._data: dict[str, str] = {}

    def add_data(self, name: str, text: str) -> None:
        """Add a data block that the page's scripts find by name; base64 or JSON without `<`."""
        if "<" in text:
            msg = f"the data block {name!r} holds '<', which could end it early"
            raise ValueError(msg)
        self._data[name] = text

    def render(self, **kwargs: object) -> str:
        """Return the page as text; the same map gives the same text every time."""
        self._data = {}
        with keep_children(name_in_order(self)), guard_text(self):
            for child in children_of(self).values():
                child.render(**kwargs)
            # A lone surrogate, which no file can hold, becomes a question mark.
            return self._document(**kwargs).encode("utf-8", "replace").decode("utf-8")

    def _document(self, **kwargs: object) -> str:
        script = _script_text(self.script.render(**kwargs))
        body = self.html.render(**kwargs)
        head, scripts, hosts = self._head(script + body, **kwargs)
        self.policy = _content_policy([*scripts, script], hosts, sorted(_tile_hosts(self)))
        policy = "; ".join(" ".join([rule, *values]) for rule, values in self.policy.items())
        data = "\n".join(f'<script type="text/plain" id="{name}">{text}</script>' for name, text in self._data.items())
        return (
            f'<!DOCTYPE html>\n<html lang="{html.escape(self.language)}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{html.escape(self.title or '')}</title>\n{head}\n</head>\n"
            f'<body class="gs">\n{body}\n<script>{script}</script>\n{data}\n</body>\n</html>\n'
        )

    def _head(self, page: str, **kwargs: object) -> tuple[str, list[str], list[str]]:
        """Return the head's elements, its scripts, and the hosts of its remaining links."""
        parts: list[str] = []
        scripts: list[str] = []
        hosts: list[str] = []
        for name, element in children_of(self.header).items():
            if name == "meta_http":
                continue
            if isinstance(element, JavascriptLink | CssLink):
                part = self._inline_file(name, element, page)
                if part is None:
                    part = element.render(**kwargs)
                    hosts.append("/".join(element.url.split("/")[:3]))
            else:
                part = re.sub(r"<meta name=\"viewport\".*?/>", "", element.render(**kwargs), flags=re.DOTALL)
            part = _normal_line_ends(part)
            scripts += re.findall(r"<script>(.*?)</script>", part, flags=re.DOTALL)
            parts.append(part.strip())
        own = [assets.script("nouislider/nouislider.min.js"), assets.own_script()]
        styles = [assets.style("nouislider/nouislider.min.css"), assets.own_style()]
        parts += [f"<style>{text}</style>" for text in styles] + [f"<script>{text}</script>" for text in own]
        return "\n".join(part for part in parts if part), [*scripts, *own], sorted(set(hosts))

    def _inline_file(self, name: str, link: JavascriptLink | CssLink, page: str) -> str | None:
        """Return a linked file as an inline element; empty when nothing needs it, None when it remains a link."""
        path, needed = assets.LINKS.get(name, ("", None))
        if name in assets.LINKS and needed is not None and not re.search(needed, page):
            return ""
        if path:
            is_script = isinstance(link, JavascriptLink)
            return f"<script>{assets.script(path)}</script>" if is_script else f"<style>{assets.style(path)}</style>"
        if not self.online:
            msg = (
                f"the map needs {link.url}, which the package does not include, so the saved file would not work "
                "without a network; leave that plugin out, or create the map with online=True"
            )
            raise InputError(msg)
        return None

    def _repr_html_(self, **kwargs: object) -> str:
        """Return the map for a notebook, with a lighter basemap."""
        return self.frame_html(height=str(self.height or "680px"), light=True, **kwargs)

    def frame_html(self, *, height: str = "680px", light: bool = False, **kwargs: object) -> str:
        """Return the page in a frame of its own origin, which cannot access the page around it."""
        self.light = light
        try:
            page = self.render(**kwargs)
        finally:
            self.light = False
        source = page.replace("&", "&amp;").replace("'", "&#39;")
        return (
            f'<iframe sandbox="{_FRAME_SANDBOX}" title="{html.escape(self.title or "map")}" '
            f'style="width:{html.escape(str(self.width))};height:{html.escape(height)};border:0" '
            f"srcdoc='{source}'></iframe>"
        )


def page_of(element: Element) -> StrikePage:
    """Return the page that an element belongs to.

    Raises
    ------
    InputError
        When it belongs to none: geostrike's layers need a StrikeMap.
    """
    page = root_of(element)
    if not isinstance(page, StrikePage):
        msg = f"{kind_of(element)} needs a StrikeMap around it: StrikeMap().add_child(layer)"
        raise InputError(msg)
    return page


def _normal_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _script_text(text: str) -> str:
    """Escape a script so that it cannot end its element, with the line ends that the browser hashes."""
    text = _normal_line_ends(text).replace("<!--", "<\\!--")
    text = re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _content_policy(scripts: list[str], hosts: list[str], tile_hosts: list[str]) -> dict[str, list[str]]:
    """Return the Content-Security-Policy: this page's scripts by hash, and no connection."""
    digests = (hashlib.sha256(script.encode("utf-8", "replace")).digest() for script in dict.fromkeys(scripts))
    hashes = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    return {
        "default-src": ["'none'"],
        "script-src": [*hashes, *hosts],
        "style-src": ["'unsafe-inline'", *hosts],
        "img-src": ["data:", "blob:", *tile_hosts],
        "font-src": ["data:", *hosts],
        "connect-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }


def _tile_hosts(figure: Figure) -> Iterator[str]:
    """Yield the hosts of the user's tile layers, in the syntax of the policy."""
    for element in descendants_of(figure):
        if isinstance(element, TileLayer):
            match = re.match(r"(https?://)([A-Za-z0-9.{}:-]+)/", element.tiles or "")
            if match:
                yield match[1] + re.sub(r"\{s\}", "*", match[2])

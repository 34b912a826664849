"""The files of the map page: vendored libraries, and the project's own scripts, styles and texts."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from posixpath import normpath

from geostrike.maps.constants import script_constants
from geostrike.palette import SECTIONS, css_variables

__all__ = ["CONSTANTS", "LINKS", "own_modules", "own_script", "own_style", "script", "style"]

_STATIC = resources.files("geostrike.maps") / "static"
_IMPORT = re.compile(r"^import (?P<names>\{[^}]*\}|\w+) from '(?P<path>[^']+)'[^;\n]*;\n", re.MULTILINE)
_MEDIA = {".png": "image/png", ".woff2": "font/woff2"}

# folium's name of a linked file -> (vendored file, pattern in the page that needs it; None: always needed).
LINKS: dict[str, tuple[str, str | None]] = {
    "leaflet": ("leaflet/leaflet.js", None),
    "leaflet_css": ("leaflet/leaflet.css", None),
    "jquery": ("jquery/jquery.min.js", r"\$\(|jQuery"),
    "awesome_markers": ("awesome-markers/leaflet.awesome-markers.min.js", r"AwesomeMarkers"),
    "awesome_markers_css": ("awesome-markers/leaflet.awesome-markers.css", r"AwesomeMarkers"),
    "awesome_markers_font_css": ("fontawesome/css/all.min.css", r'"prefix": "fa|\bfa-(?!rotate)[a-z]'),
    "glyphicons_css": ("glyphicons/css/glyphicons.css", r"glyphicon"),
    "markerclusterjs": ("markercluster/leaflet.markercluster.js", None),
    "markerclustercss": ("markercluster/MarkerCluster.css", None),
    "markerclusterdefaultcss": ("markercluster/MarkerCluster.Default.css", None),
    # folium links these on every map; its own elements do not use them.
    "bootstrap": ("", r"data-bs-|bootstrap\."),
    "bootstrap_css": ("", r"data-bs-"),
    "awesome_rotate_css": ("", r"fa-rotate-[1-9]"),
}
# The page's own script is this module and what it imports, bundled into one function scope.
ENTRY = "js/page.js"
CONSTANTS = "constants.json"  # no file: `maps.constants` makes it
STYLES = ("page", "panels", "print")


@cache
def _bytes(path: str) -> bytes:
    return (_STATIC / path).read_bytes()


def _text(path: str) -> str:
    return _bytes(path).decode("utf-8").replace("\r\n", "\n")


def _data_url(path: str) -> str:
    kind = _MEDIA.get(PurePosixPath(path).suffix)
    if kind is None or not (_STATIC / path).is_file():
        return "data:,"
    return f"data:{kind};base64," + base64.b64encode(_bytes(path)).decode("ascii")


@cache
def style(path: str) -> str:
    """Return a vendored style sheet with its images and fonts inlined."""
    folder = PurePosixPath("vendor") / PurePosixPath(path).parent

    def inline(match: re.Match[str]) -> str:
        address = match["address"]
        if address.startswith(("data:", "#")):
            return match[0]
        parts: list[str] = []
        for part in (folder / re.split(r"[?#]", address)[0]).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        return f"url({_data_url('/'.join(parts))})"

    text = re.sub(r"url\(\s*(['\"]?)(?P<address>[^'\")]+)\1\s*\)", inline, _text(f"vendor/{path}"))
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)


@cache
def script(path: str) -> str:
    """Return a vendored script that is safe inside a script element."""
    text = re.sub(r"//# sourceMappingURL=\S+", "", _text(f"vendor/{path}"))
    text = text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return text + (_marker_image_paths() if path == "leaflet/leaflet.js" else "")


def _marker_image_paths() -> str:
    """Set the addresses of Leaflet's marker images: it derives them from its style sheet, which is inlined here."""
    names = {"iconUrl": "marker-icon.png", "iconRetinaUrl": "marker-icon-2x.png", "shadowUrl": "marker-shadow.png"}
    images = {key: _data_url(f"vendor/leaflet/images/{name}") for key, name in names.items()}
    return f"\n;delete L.Icon.Default.prototype._getIconUrl;L.Icon.Default.mergeOptions({json.dumps(images)});"


@cache
def own_modules() -> dict[str, str]:
    """Return the modules of the page's own script, dependencies first, without imports and exports."""
    found: dict[str, str] = {}
    _add_module(ENTRY, "", found)
    return found


def _add_module(path: str, name: str, found: dict[str, str]) -> None:
    """Add a module to `found` after its dependencies; `name` is what others import a JSON module as."""
    if path.endswith(".json"):
        value = script_constants() if path == CONSTANTS else json.loads(_text(path))
        found[path] = f"const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};"
        return
    text = _text(path)
    for match in _IMPORT.finditer(text):
        other = normpath(PurePosixPath(path).parent / match["path"])
        if other not in found:
            _add_module(other, match["names"], found)
    found[path] = _strip_comments(re.sub(r"^export ", "", _IMPORT.sub("", text), flags=re.MULTILINE))


@cache
def own_script() -> str:
    """Return the page's own script: its modules in one function scope."""
    modules = "\n".join(own_modules().values())
    return f"(function () {{\n'use strict';\n{modules}\n}})();"


@cache
def own_style() -> str:
    """Return the page's own style sheet: its colours, then its rules."""
    light, dark = css_variables(*SECTIONS, prefix="--gs-")
    themes = [f":root {{color-scheme:light; {light}}}", f":root[data-theme='dark'] {{color-scheme:dark; {dark}}}"]
    return "\n".join([*themes, *(_strip_comments(_text(f"css/{name}.css")) for name in STYLES)])


def _strip_comments(text: str) -> str:
    """Strip indentation and comments on lines of their own: a sixth of the code."""
    text = re.sub(r"^\s*/\*(?:(?!\*/).)*\*/\s*$", "", text, flags=re.DOTALL | re.MULTILINE)
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("//"))

"""Copy files of pinned npm packages to geostrike/maps/static/vendor/ and tests/vendor/, with their licences.

`python scripts/vendor_assets.py` writes them; `--check` compares them and fails if a file differs.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from sources import PINS, ROOT, fetch

PAGE = ROOT / "geostrike" / "maps" / "static" / "vendor"
TESTS = ROOT / "tests" / "vendor"

# Pin -> file in the npm package -> file in the vendor folder, without source maps.
FILES: dict[str, dict[str, str]] = {
    "leaflet": {
        "dist/leaflet.js": "leaflet.js",
        "dist/leaflet.css": "leaflet.css",
        "dist/images/layers.png": "images/layers.png",
        "dist/images/layers-2x.png": "images/layers-2x.png",
        "dist/images/marker-icon.png": "images/marker-icon.png",
        "dist/images/marker-icon-2x.png": "images/marker-icon-2x.png",
        "dist/images/marker-shadow.png": "images/marker-shadow.png",
        "LICENSE": "LICENSE",
    },
    "nouislider": {
        "dist/nouislider.min.js": "nouislider.min.js",
        "dist/nouislider.min.css": "nouislider.min.css",
        "LICENSE.md": "LICENSE.md",
    },
    "jquery": {"dist/jquery.min.js": "jquery.min.js", "LICENSE.txt": "LICENSE.txt"},
    "awesome-markers": {
        "dist/leaflet.awesome-markers.min.js": "leaflet.awesome-markers.min.js",
        "dist/leaflet.awesome-markers.css": "leaflet.awesome-markers.css",
        "dist/images/markers-soft.png": "images/markers-soft.png",
        "dist/images/markers-soft@2x.png": "images/markers-soft@2x.png",
        "dist/images/markers-shadow.png": "images/markers-shadow.png",
        "dist/images/markers-shadow@2x.png": "images/markers-shadow@2x.png",
        "LICENSE": "LICENSE",
    },
    "fontawesome": {
        "css/all.min.css": "css/all.min.css",
        "webfonts/fa-solid-900.woff2": "webfonts/fa-solid-900.woff2",
        "webfonts/fa-regular-400.woff2": "webfonts/fa-regular-400.woff2",
        "LICENSE.txt": "LICENSE.txt",
    },
    "glyphicons": {
        "dist/css/bootstrap.css": "css/glyphicons.css",
        "dist/fonts/glyphicons-halflings-regular.woff2": "fonts/glyphicons-halflings-regular.woff2",
        "LICENSE": "LICENSE",
    },
    "markercluster": {
        "dist/leaflet.markercluster.js": "leaflet.markercluster.js",
        "dist/MarkerCluster.css": "MarkerCluster.css",
        "dist/MarkerCluster.Default.css": "MarkerCluster.Default.css",
        "MIT-LICENCE.txt": "LICENSE.txt",
    },
}
TEST_FILES = {"axe-core": {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE"}}


def glyphicons(stylesheet: str) -> str:
    """Return the rules of Bootstrap 3 for its icons, with the licence comment."""
    head = stylesheet[: stylesheet.index("*/") + 2]
    rules = re.findall(r"^(?:@font-face|\.glyphicon[^{]*)\s*\{[^}]*\}", stylesheet, flags=re.MULTILINE)
    return "\n".join([head, *rules]) + "\n"


def content(pin: str, source: str) -> bytes:
    """Return the bytes of a vendored file."""
    data = (fetch(pin) / "package" / source).read_bytes()
    if pin == "glyphicons" and source.endswith(".css"):
        return glyphicons(data.decode("utf-8")).encode("utf-8")
    return data


def version_note(pin: str) -> bytes:
    """Return the content of SOURCE: package, version, checksum and licence."""
    facts = PINS[pin]
    lines = (f"{key} = {facts[key]}\n" for key in ("package", "version", "sha256", "licence"))
    return "".join(lines).encode("utf-8")


def expected_files() -> dict[Path, bytes]:
    """Return every vendored file with its bytes."""
    files: dict[Path, bytes] = {}
    for root, table in ((PAGE, FILES), (TESTS, TEST_FILES)):
        for pin, names in table.items():
            files |= {root / pin / target: content(pin, source) for source, target in names.items()}
            files[root / pin / "SOURCE"] = version_note(pin)
    return files


def main() -> None:
    """Write or check the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare files without writing them")
    check = parser.parse_args().check
    files = expected_files()
    for path, data in files.items():
        if check and (not path.exists() or path.read_bytes() != data):
            sys.exit(f"{path.relative_to(ROOT)} differs from the pinned package")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

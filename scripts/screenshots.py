"""Take the pictures of the documentation, and a gallery to look at.

`python3 dev.py screenshots` calls it; GEOSTRIKE_CHROMIUM names the browser. The pictures of the documentation show the
map of the seed reports, on a desk and on a phone. The gallery, in build/screenshots/, shows each state of that page,
and of a page of many made strikes, in both sizes, light and dark.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
GALLERY = ROOT / "build" / "screenshots"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
UNDATED = "4-kavkazskaya.md=2025-03-19"
MADE = 100_000
# What is done to a page of the seed reports, and of the made strikes, before its picture is taken.
SEED_STATES = {
    "start": "",
    "popup": "geostrike.page.goTo(geostrike.page.layer.strikes.dated - 1)",
    "table": "geostrike.page.showTable(true)",
    "legend": "geostrike.page.showPanel(true); document.querySelector('#gs-method').open = true",
    "ukrainian": "geostrike.page.speak('uk')",
}
MADE_STATES = {
    "made-all": "",
    "made-window": "geostrike.page.setWindow(560, 620)",
    "made-near": "geostrike.page.map.setView([50.6, 36.6], 8, { animate: false })",
}


def make_map(folder: Path) -> Path:
    """The map of the seed reports, with the date that one of them lacks."""
    command = [sys.executable, "-m", "geostrike", "run", "seeds/", "--out", str(folder), "--published", UNDATED, "-q"]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder / "map.html"


def make_many(folder: Path) -> Path:
    """A map of so many strikes as the benchmarks make."""
    sys.path[:0] = [str(ROOT / name) for name in ("benchmarks", "tests", "scripts")]
    maps = importlib.import_module("maps")
    maps.geostrike_map(maps.sample(MADE), folder / "made.html")
    return folder / "made.html"


def take_picture(browser: Browser, page_file: Path, picture: Path, *, size: str, dark: bool, state: str = "") -> None:
    """One picture of a page that has come to rest; no request may leave the page."""
    width, height = SIZES[size]
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-geostrike=ready]", state="attached")
    page.wait_for_timeout(1000)
    if state:
        page.evaluate(f"() => {{ {state}; }}")
        page.wait_for_timeout(1000)
    page.screenshot(path=picture)
    context.close()
    print(picture)


def main() -> None:
    """Write every picture anew."""
    for folder in (IMAGES, GALLERY):
        folder.mkdir(parents=True, exist_ok=True)
    # Chromium's own sandbox does not work for root.
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        pages = {make_map(folder / "out"): SEED_STATES, make_many(folder): MADE_STATES}
        browser = playwright.chromium.launch(executable_path=os.environ["GEOSTRIKE_CHROMIUM"], args=flags)
        for size in SIZES:
            take_picture(browser, folder / "out" / "map.html", IMAGES / f"map-{size}.png", size=size, dark=False)
        for page_file, states in pages.items():
            for (state, script), size, dark in product(states.items(), SIZES, (False, True)):
                picture = GALLERY / f"{state}-{size}-{'dark' if dark else 'light'}.png"
                take_picture(browser, page_file, picture, size=size, dark=dark, state=script)
        browser.close()


if __name__ == "__main__":
    main()

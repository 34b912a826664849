"""Take the pictures of the documentation, and pictures of every state of the map for review.

Run by `python3 dev.py screenshots`; GEOSTRIKE_CHROMIUM names the browser. docs/images/ gets the map and the report of
the seed reports, and the output of the cell with the tag `picture` of each notebook. build/screenshots/ gets every
state of the seeds' map, and of a map of many synthetic strikes, in both sizes, light and dark.
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

from PIL import Image
from playwright.sync_api import sync_playwright
from run_notebooks import NOTEBOOKS, cells_of, executed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
STATES = ROOT / "build" / "screenshots"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
NOTEBOOK_SIZE = (900, 720)  # at most
UNDATED = "4-kavkazskaya.md=2025-03-19"
SYNTHETIC = 100_000
# The script that brings the seeds' map, or the map of synthetic strikes, into each state.
SEED_STATES = {
    "start": "",
    "popup": "geostrike.page.goTo(geostrike.page.layer.strikes.dated - 1)",
    "table": "geostrike.page.showTable(true)",
    "legend": "geostrike.page.showPanel(true); document.querySelector('#gs-method').open = true",
    "ukrainian": "geostrike.page.setLanguage('uk')",
}
SYNTHETIC_STATES = {
    "synthetic-all": "",
    "synthetic-window": "geostrike.page.setWindow(560, 620)",
    "synthetic-near": "geostrike.page.map.setView([50.6, 36.6], 8, { animate: false })",
}


def make_run(folder: Path) -> Path:
    """Run geostrike on the seed reports, with a date for the one without, and return the folder."""
    command = [sys.executable, "-m", "geostrike", "run", "seeds/", "--out", str(folder), "--published", UNDATED, "-q"]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder


def synthetic_map(folder: Path) -> Path:
    """Write a map of many synthetic strikes, as in the benchmarks."""
    sys.path[:0] = [str(ROOT / name) for name in ("benchmarks", "tests", "scripts")]
    maps = importlib.import_module("maps")
    maps.geostrike_map(maps.sample(SYNTHETIC), folder / "synthetic.html")
    return folder / "synthetic.html"


def open_page(
    browser: Browser, page_file: Path, size: tuple[int, int], *, dark: bool = False, ready: str = "html"
) -> Page:
    """Open a page without a network, and wait until it is ready."""
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    viewport: ViewportSize = {"width": size[0], "height": size[1]}
    page = browser.new_context(viewport=viewport, offline=True, color_scheme=scheme).new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector(ready, state="attached")
    page.wait_for_timeout(2000)
    return page


def take_picture(
    browser: Browser, page_file: Path, picture: Path, *, size: str, dark: bool = False, state: str = ""
) -> None:
    """Take a picture of a page in one size."""
    ready = "html" if page_file.name == "report.html" else "html[data-geostrike=ready]"
    page = open_page(browser, page_file, SIZES[size], dark=dark, ready=ready)
    if state:
        page.evaluate(f"() => {{ {state}; }}")
        page.wait_for_timeout(1000)
    page.screenshot(path=picture)
    page.context.close()
    print(picture)


def picture_notebook(browser: Browser, notebook: Path, folder: Path) -> None:
    """Take a picture of the output of the cell with the tag `picture`."""
    cells = cells_of(executed(notebook))
    shown = next(cell for cell in cells if "picture" in cell.metadata.get("tags", ())).outputs[-1].data
    page_file = folder / f"{notebook.stem}.html"
    style = "body { margin: 0; padding: 12px; font: 16px/1.5 sans-serif } svg { width: 600px }"
    body = shown.get("image/svg+xml") or shown["text/html"]
    page_file.write_text(f"<!DOCTYPE html><meta charset=utf-8><style>{style}</style>{body}", encoding="utf-8")
    page = open_page(browser, page_file, NOTEBOOK_SIZE)
    picture = IMAGES / f"notebook-{notebook.stem}.png"
    page.locator("body").screenshot(path=picture)
    page.context.close()
    print(picture)


def shrink(picture: Path) -> None:
    """Reduce a picture to 256 colours: a quarter of the bytes."""
    colours = Image.open(picture).convert("RGB")
    few = colours.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


def main() -> None:
    """Take every picture."""
    for folder in (IMAGES, STATES):
        folder.mkdir(parents=True, exist_ok=True)
    # Chromium's own sandbox does not work for root.
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        run = make_run(folder / "out")
        browser = playwright.chromium.launch(executable_path=os.environ["GEOSTRIKE_CHROMIUM"], args=flags)
        take_picture(browser, run / "map.html", IMAGES / "map-desk.png", size="desk")
        take_picture(browser, run / "map.html", IMAGES / "map-phone.png", size="phone")
        take_picture(browser, run / "map.html", IMAGES / "map-popup.png", size="desk", state=SEED_STATES["popup"])
        take_picture(browser, run / "report.html", IMAGES / "report-desk.png", size="desk")
        for notebook in NOTEBOOKS:
            picture_notebook(browser, notebook, folder)
        for picture in IMAGES.glob("*.png"):
            shrink(picture)
        pages = {run / "map.html": SEED_STATES, synthetic_map(folder): SYNTHETIC_STATES}
        for page_file, states in pages.items():
            for (state, script), size, dark in product(states.items(), SIZES, (False, True)):
                picture = STATES / f"{state}-{size}-{'dark' if dark else 'light'}.png"
                take_picture(browser, page_file, picture, size=size, dark=dark, state=script)
        browser.close()


if __name__ == "__main__":
    main()

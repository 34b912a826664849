"""Take the pictures of the documentation: the map of the seed reports, on a desk and on a phone, and their report.

`python3 dev.py screenshots` calls it; GEOSTRIKE_CHROMIUM names the browser.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
# Picture -> which page of the run, and how wide and high the window is.
PICTURES = {
    "map-desk.png": ("map.html", (1280, 800)),
    "map-phone.png": ("map.html", (390, 844)),
    "report-desk.png": ("report.html", (1280, 1250)),
}
UNDATED = "4-kavkazskaya.md=2025-03-19"


def make_pages(folder: Path) -> None:
    """Map and report of the seed reports, with the date that one of them lacks."""
    command = [sys.executable, "-m", "geostrike", "run", "seeds/", "--out", str(folder), "--published", UNDATED, "-q"]
    subprocess.run(command, cwd=ROOT, check=True)


def take_pictures(folder: Path) -> None:
    """Every picture, of a page that has come to rest; no request may leave the page."""
    # Chromium's own sandbox does not work for root.
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["GEOSTRIKE_CHROMIUM"], args=flags)
        for name, (file, (width, height)) in PICTURES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
            page = context.new_page()
            page.goto((folder / file).as_uri())
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(1500)
            page.screenshot(path=IMAGES / name)
            context.close()
            print(IMAGES / name)
        browser.close()


def main() -> None:
    """Write every picture anew."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "out"
        make_pages(pages)
        take_pictures(pages)


if __name__ == "__main__":
    main()

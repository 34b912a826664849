"""The order of the tests, and the browser that the page is tested in: the system's Chromium, with no network."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the files, and the tests of each, in any order")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs the browser is marked so; with --shuffle, any order, in which a file's tests stay together.

    They share what is dear to make.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    seed = config.getoption("--shuffle")
    if seed is not None:
        random.Random(seed).shuffle(items)
        place = {path: at for at, path in enumerate(dict.fromkeys(item.path for item in items))}
        items.sort(key=lambda item: place[item.path])


ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """The program that GEOSTRIKE_CHROMIUM names, or the first Chromium on the path."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("GEOSTRIKE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.fail("the browser tests need Chromium: `python3 dev.py test` installs it or says how")
    return found


@dataclass
class Opened:
    """A page that was opened, and what it did besides being shown."""

    page: Any
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        """It asked for nothing, and the console is empty."""
        assert self.requests == []
        assert self.messages == []

    def settled(self) -> None:
        """Wait until the page has come to rest after a change."""
        self.page.wait_for_timeout(300)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for the tests of one module: its event loop must not stay open beside other modules' own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


class Windows:
    """Opens saved pages with the network cut off, and closes them all."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._contexts: list[Any] = []

    def open(
        self,
        path: Path,
        *,
        size: tuple[int, int] = (1280, 800),
        dark: bool = False,
        address: str = "",
        ready: str = "html[data-geostrike=ready]",
        **options: Any,
    ) -> Opened:
        """Open a saved page, and wait until it is ready and has come to rest."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            offline=True,
            accept_downloads=True,
            **options,
        )
        self._contexts.append(context)
        result = Opened(context.new_page())
        result.page.on("console", lambda message: result.messages.append(f"{message.type}: {message.text}"))
        result.page.on("pageerror", lambda error: result.messages.append(f"error: {error}"))
        own = ("file:", "data:", "blob:", "about:")
        result.page.on(
            "request", lambda request: None if request.url.startswith(own) else result.requests.append(request.url)
        )
        result.page.goto(path.as_uri() + address)
        result.page.wait_for_selector(ready, state="attached", timeout=20_000)
        result.settled()
        return result

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Open pages that belong to one test."""
    windows = Windows(browser)
    yield windows.open
    windows.close()


@pytest.fixture(scope="module")
def open_shared_page(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Open pages that the tests of a module share."""
    windows = Windows(browser)
    yield windows.open
    windows.close()

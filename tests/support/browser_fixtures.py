"""A real Chromium, and the stock clients that its pages load."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from config.env import PROJECT_DIR
from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_MODULES: Final = PROJECT_DIR / "tests" / "js" / "node_modules"
PLAYER: Final = PROJECT_DIR / "tests" / "js" / "player.html"
"""A page with hls.js that notes every frame it shows."""
ARGUMENTS: Final = (
    "--no-sandbox",  # it refuses its sandbox as root
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, headless; skips with the reason where there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("No Chromium is installed (Debian: apt install chromium).")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - 0.3 s that only browser tests need

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def browser_page(browser: "Browser") -> Iterator["Page"]:
    """An empty page that reaches the loopback only; an uncaught error in it fails the test."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_S * 1000)
    context.route(
        lambda url: not url.startswith(("http://localhost", "http://127.0.0.1", "ws://localhost", "blob:", "data:")),
        lambda route: route.abort(),
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def stock_client() -> Path:
    """The folder of the stock `socket.io-client` and `hls.js`; skips with the reason without them."""
    if not _MODULES.is_dir():
        pytest.skip("The stock clients are not installed (npm ci --prefix tests/js).")
    return _MODULES

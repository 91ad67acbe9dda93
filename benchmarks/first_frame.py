"""`python -m benchmarks.first_frame`: from `playable` to the first picture that hls.js shows in a real Chromium.

A private film that is copied and one that has to be encoded, each a new upload; the clock starts when the playback is
there. What the page needs (hls.js, 0.4 MB) is loaded before, as a site would have it in its cache.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.owner import Owner
from benchmarks.product import running
from config.env import PROJECT_DIR
from tests.support import numbered_film
from tests.support.browser_fixtures import ARGUMENTS, NAMES, PLAYER

ROUNDS: Final = 7
_HLS: Final = PROJECT_DIR / "tests" / "js" / "node_modules" / "hls.js" / "dist" / "hls.min.js"


def main() -> None:
    """Prints median and range of each kind of film."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None or not _HLS.is_file():
        raise SystemExit("This needs Chromium, and hls.js (npm ci --prefix tests/js).")
    print(f"{rounds} rounds, load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder, running() as product, sync_playwright() as playwright:
        films = _films(Path(folder))
        taken: dict[str, list[float]] = {name: [] for name in films}
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        owner = Owner(product)
        for _ in range(rounds):
            for name, film in films.items():
                taken[name].append(_first_frame_s(browser.new_page(), owner, product.address, film))
        browser.close()
    for name, seconds in taken.items():
        spread = f"{min(seconds):.2f}-{max(seconds):.2f}"
        print(f"{name:12} first picture {statistics.median(seconds):.2f} s after playable ({spread})")


def _films(folder: Path) -> dict[str, Path]:
    return {
        "copied": numbered_film.make(folder / "copied.mp4", 20, numbered_film.CLOSED, has_sound=True),
        "encoded": numbered_film.make(folder / "encoded.mp4", 20, numbered_film.ENDLESS_GOP),
    }


def _first_frame_s(page: Page, owner: Owner, address: str, film: Path) -> float:
    page.route("**/hls.js", lambda route: route.fulfill(path=_HLS))
    page.route("**/player.html", lambda route: route.fulfill(path=PLAYER))
    page.goto(f"{address}/player.html")
    video_id = owner.upload(film)
    owner.playable_after_s(video_id)
    began = time.monotonic()
    page.evaluate("url => play(url)", owner.get(f"/videos/{video_id}/playback").json()["hls_url"])
    taken_s = time.monotonic() - began
    page.close()
    owner.delete(video_id)
    return taken_s


if __name__ == "__main__":
    main()

"""Images: how long bombs take to be refused, and how long photos take from the last byte to their files."""

import io
import statistics
import time
from collections.abc import Callable

import requests
from PIL import Image

from benchmarks.product import running
from tests.pictures import encoded, png_that_says

ROUNDS = 7
BOMBS = {"PNG 20,000 x 20,000": (20_000, 20_000), "PNG 60,000 x 60,000": (60_000, 60_000)}
PHOTOS = {"JPEG 2 MP": (1600, 1200), "JPEG 12 MP": (4000, 3000), "JPEG 48 MP": (8000, 6000), "PNG 2 MP": (1600, 1200)}


def main() -> None:
    """Prints median and range over the rounds, files interleaved."""
    bombs = {name: png_that_says(*size) for name, size in BOMBS.items()}
    photos = {name: _photo(name.split()[0], size) for name, size in PHOTOS.items()}
    with running() as product:
        api = f"{product.address}/api/v1"
        headers = {"Authorization": f"Bearer {_sign_up(api)}"}
        tasks: dict[str, Callable[[], None]] = {}
        for name, content in bombs.items():
            tasks[f"{name} refused"] = lambda content=content: _refuse(api, headers, content)  # type: ignore[misc]  # bound now
        for name, content in photos.items():
            tasks[f"{name} ready"] = lambda content=content: _make(api, headers, content)  # type: ignore[misc]  # bound now
        taken: dict[str, list[float]] = {name: [] for name in tasks}
        for _ in range(ROUNDS):
            for name, task in tasks.items():
                started = time.monotonic()
                task()
                taken[name].append(time.monotonic() - started)
    for name, seconds in taken.items():
        spread = f"{min(seconds) * 1000:.0f}-{max(seconds) * 1000:.0f}"
        print(f"{name:28} {statistics.median(seconds) * 1000:6.0f} ms ({spread}, {ROUNDS} rounds)")


def _photo(image_format: str, size: tuple[int, int]) -> bytes:
    """As detailed as a photo: a fractal with some noise, which compresses about as a camera's picture does."""
    small = (size[0] // 4, size[1] // 4)
    drawn = Image.effect_mandelbrot(small, (-2.2, -1.2, 0.8, 1.2), 60).convert("RGB")
    noise = Image.effect_noise(small, 25).convert("RGB")
    return encoded(Image.blend(drawn, noise, 0.3).resize(size), image_format)


def _sign_up(api: str) -> str:
    body = {"email": "bench@example.org", "password": "correct horse battery", "name": "Bench"}
    return str(requests.post(f"{api}/auth/signup", json=body, timeout=30).json()["access_token"])


def _refuse(api: str, headers: dict[str, str], content: bytes) -> None:
    answer = requests.post(f"{api}/images", headers=headers, files={"file": io.BytesIO(content)}, timeout=30)
    if answer.json()["code"] != "too_many_pixels":
        raise ValueError(answer.text)


def _make(api: str, headers: dict[str, str], content: bytes) -> None:
    """Uploads, then asks until it is ready."""
    answer = requests.post(f"{api}/images", headers=headers, files={"file": io.BytesIO(content)}, timeout=60)
    path = f"{api}/images/{answer.json()['id']}"
    while (state := requests.get(path, headers=headers, timeout=10).json()["state"]) == "processing":
        time.sleep(0.02)
    if state != "ready":
        raise ValueError(state)
    requests.delete(path, headers=headers, timeout=10)


if __name__ == "__main__":
    main()

"""`python -m benchmarks.uploads`: 200 MB by each stock tus client, over 20 broken connections and 20 killed servers.

Each round of breaking: the line is cut in mid-request; every other time a web worker is killed with SIGKILL as well.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from io import BytesIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

import requests
from tusclient.client import TusClient

from benchmarks.product import Measured, running
from config.env import PROJECT_DIR
from tests import clips
from tests.support.faulty_proxy import LINE_BYTES_S, FaultyProxy, faulty_proxy

MIB: Final = 1024 * 1024
SIZE_BYTES: Final = 200 * MIB
BREAKS: Final = 40
SCRIPTS: Final = PROJECT_DIR / "tests" / "js"
_numbers = count()


def film(folder: Path) -> Path:
    """A clip that plays, made long by a `free` box, which may end an MP4 and hold anything."""
    clip = clips.make(folder, "closed_gop.mp4")
    padding = SIZE_BYTES - clip.stat().st_size
    with clip.open("ab") as file:
        file.write(padding.to_bytes(4, "big") + b"free" + os.urandom(padding - 8))
    return clip


def children(pid: int) -> list[int]:
    """The processes that a process started, and theirs."""
    own = [int(part) for part in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    return own + [deeper for child in own for deeper in children(child)]


def web_workers(product: Measured) -> list[int]:
    """The gunicorn processes that answer requests: those that have none of their own."""
    named = [pid for pid in children(product.process.pid) if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return [pid for pid in named if not children(pid)]


def killer(product: Measured) -> Callable[[int], None]:
    """Kills a web worker at every second break."""

    def kill(number: int) -> None:
        workers = web_workers(product)
        if number % 2 == 0 and workers:
            os.kill(workers[number // 2 % len(workers)], signal.SIGKILL)

    return kill


def by_tus_js(proxy: FaultyProxy, token: str, clip: Path) -> str:
    """The video that npm's client made of the file."""
    command = ["node", "upload.mjs", f"http://localhost:{proxy.port}", token, str(clip)]
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, timeout=170, check=True)
    video_id: str = json.loads(done.stdout)["video_id"]
    return video_id


def by_tuspy(proxy: FaultyProxy, token: str, clip: Path) -> str:
    """The video that tuspy made of the file."""
    headers = {"Authorization": f"Bearer {token}"}
    client = TusClient(f"http://localhost:{proxy.port}/api/v1/uploads", headers=headers)
    stream = BytesIO(clip.read_bytes())
    uploader = client.uploader(
        file_stream=stream, chunk_size=20 * MIB, metadata={"filename": clip.name}, retries=60, retry_delay=0.3
    )
    uploader.upload()
    upload = requests.get(str(uploader.url), headers=headers, timeout=10).json()
    video_id: str = upload["video_id"]
    return video_id


def sign_up(address: str) -> str:
    """An access token of somebody new."""
    body = {"email": f"u{next(_numbers)}@example.org", "password": "a long and odd phrase 77", "name": "Ada"}
    answer = requests.post(f"{address}/api/v1/auth/signup", json=body, timeout=30)
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token


def measure(product: Measured, name: str, upload: Callable[[FaultyProxy, str, Path], str], clip: Path) -> None:
    """One upload, checked byte for byte."""
    break_at = [SIZE_BYTES * number // (BREAKS + 1) for number in range(1, BREAKS + 1)]
    started = time.monotonic()
    with faulty_proxy(urlsplit(product.address).port or 0, break_at, killer(product)) as proxy:
        video_id = upload(proxy, sign_up(product.address), clip)
    took_s = time.monotonic() - started
    (stored,) = product.folder.rglob(f"{video_id}/original*")
    is_equal = hashlib.sha256(stored.read_bytes()).digest() == hashlib.sha256(clip.read_bytes()).digest()
    resent = proxy.sent_bytes / SIZE_BYTES - 1
    print(f"{name}: {proxy.breaks} breaks, sha256 equal {is_equal}, sent again {resent:.1%}, {took_s:.1f} s")


def main() -> None:
    """Prints a line for each client."""
    load = os.getloadavg()[0]
    print(f"{SIZE_BYTES // MIB} MiB, {BREAKS} broken connections, {BREAKS // 2} killed workers, a line of", end=" ")
    print(f"{LINE_BYTES_S // 10**6} MB/s, load average {load:.1f}")
    with TemporaryDirectory() as folder, running() as product:
        clip = film(Path(folder))
        for name, upload in (("tus-js-client", by_tus_js), ("tuspy", by_tuspy)):
            measure(product, name, upload, clip)
        shutil.rmtree(product.folder, ignore_errors=True)


if __name__ == "__main__":
    main()

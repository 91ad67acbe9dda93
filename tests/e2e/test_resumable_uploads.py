"""The stock tus clients against the running product, over a line that breaks again and again."""

import hashlib
import json
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from tusclient.client import TusClient

from tests import clips
from tests.e2e.conftest import Client, Product
from tests.e2e.test_clients import NODE, SCRIPTS
from tests.support.faulty_proxy import FaultyProxy, faulty_proxy

MIB: Final = 1024 * 1024
SIZE_BYTES: Final = 12 * MIB
BREAK_AT: Final = [MIB, 3 * MIB, 4 * MIB, 9 * MIB]
RESENT_AT_MOST: Final = 0.5
"""Beginning anew each time would be 1.4; how little it is with time to read is benchmarks/uploads' to measure."""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A clip that plays, as long as a bigger file: an MP4 may end in a `free` box of any size."""
    clip = clips.make(tmp_path, "closed_gop.mp4")
    padding = SIZE_BYTES - clip.stat().st_size
    with clip.open("ab") as file:
        file.write(padding.to_bytes(4, "big") + b"free" + bytes(padding - 8))
    return clip


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def assert_arrived(product: Product, ada: Client, video_id: str, film: Path, proxy: FaultyProxy) -> None:
    assert proxy.breaks == len(BREAK_AT)
    assert proxy.sent_bytes < SIZE_BYTES * (1 + RESENT_AT_MOST)
    ada.wait_for(video_id, "ready")
    originals = [path for path in product.folder.rglob(f"{video_id}/original*") if path.is_file()]
    assert [digest(path) for path in originals] == [digest(film)]


@pytest.mark.skipif(
    NODE is None or not (SCRIPTS / "node_modules" / "tus-js-client").is_dir(),
    reason="Node or npm's tus-js-client is not installed (make test installs it where npm is)",
)
def test_tus_js_client_uploads_over_a_line_that_breaks(ada: Client, product: Product, film: Path) -> None:
    with faulty_proxy(int(urlsplit(product.address).port or 0), BREAK_AT) as proxy:
        command = [str(NODE), "upload.mjs", f"http://localhost:{proxy.port}", ada.token, str(film)]
        done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr
    assert_arrived(product, ada, json.loads(done.stdout)["video_id"], film, proxy)


def test_tuspy_uploads_over_a_line_that_breaks(ada: Client, product: Product, film: Path) -> None:
    with faulty_proxy(int(urlsplit(product.address).port or 0), BREAK_AT) as proxy:
        endpoint = f"http://localhost:{proxy.port}/api/v1/uploads"
        client = TusClient(endpoint, headers={"Authorization": f"Bearer {ada.token}"})
        uploader = client.uploader(
            file_stream=BytesIO(film.read_bytes()),
            chunk_size=5 * MIB,
            metadata={"filename": film.name},
            retries=10,
            retry_delay=0.2,
        )
        uploader.upload()

    upload = ada.send("GET", urlsplit(str(uploader.url)).path.removeprefix("/api/v1")).json()
    assert_arrived(product, ada, upload["video_id"], film, proxy)

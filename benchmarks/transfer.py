"""`python -m benchmarks.transfer`: bytes a second of uploads and of Range downloads, beside nginx on the same files.

curl sends and fetches one file at a time, ways interleaved. nginx takes uploads by the PUT of its WebDAV module: a
temporary file that is renamed, without fsync; Marquee's figures include fsync. What the web workers hold is printed.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests

from benchmarks.owner import Owner
from benchmarks.product import Measured, running
from benchmarks.uploads import web_workers
from tests import clips
from tests.support.servers import free_port

MIB: Final = 1024 * 1024
SIZE_MIB: Final = 256
ROUNDS: Final = 5
_CURL: Final = ["/usr/bin/curl", "-s", "-S", "-f"]
_NGINX: Final = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 2;
events {{}}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    client_max_body_size 0;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
        dav_methods PUT DELETE;
    }}
}}
"""


def main() -> None:
    """Prints median and range of each way, ratios of the medians, and the memory of the web workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=SIZE_MIB)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    if shutil.which("nginx", path="/usr/sbin:/usr/bin") is None:
        raise SystemExit("nginx is not installed")
    print(f"{chosen.mib} MiB, {chosen.rounds} rounds, load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="marquee-transfer-") as name, running() as product:
        folder = Path(name)
        film = _film(folder, chosen.mib * MIB)
        with _nginx(folder) as address:
            _compare(_Ways(product, film, address, folder), chosen.mib, chosen.rounds)


def _film(folder: Path, size_bytes: int) -> Path:
    """A clip that plays, made long by a `free` box, which may end an MP4 and hold anything."""
    clip = clips.make(folder, "closed_gop.mp4")
    padding = size_bytes - clip.stat().st_size
    with clip.open("ab") as file:
        file.write(padding.to_bytes(4, "big") + b"free")
        for _ in range(padding // MIB):
            file.write(os.urandom(MIB))
        file.write(bytes(padding % MIB - 8))
    return clip


@contextmanager
def _nginx(folder: Path) -> Iterator[str]:
    (folder / "files").mkdir()
    folder.chmod(0o755)
    (folder / "files").chmod(0o777)
    port = free_port()
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port), encoding="utf-8")
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            requests.get(address, timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    try:
        yield address
    finally:
        process.terminate()
        process.wait(10)


class _Ways:
    """One transfer each, timed."""

    def __init__(self, product: Measured, film: Path, nginx: str, folder: Path) -> None:
        self.product, self.film, self.nginx, self.folder = product, film, nginx, folder
        self.owner = Owner(product)
        self.bearer = ["-H", f"Authorization: Bearer {self.owner.token}"]
        shutil.copyfile(film, folder / "files" / "served.mp4")
        self.served = self._large_segment()

    def _large_segment(self) -> str:
        """The address of a media file as large as the film: put in the place of a small clip's segment."""
        small = clips.make(self.folder / "small", "closed_gop.mp4")
        video_id = self.owner.upload(small)
        self.owner.ended(video_id)
        (segment,) = self.product.folder.glob(f"storage/videos/*/{video_id}/v1/source/s00000.m4s")
        shutil.copyfile(self.film, segment)
        master = str(self.owner.get(f"/videos/{video_id}/playback").json()["hls_url"])
        return master.replace("master.m3u8", "source/s00000.m4s")

    def all(self) -> dict[str, Callable[[], float]]:
        return {
            "nginx PUT": self.nginx_put,
            "tus": self.tus,
            "multipart": self.multipart,
            "nginx Range": lambda: self.fetch(f"{self.nginx}/served.mp4"),
            "Range": lambda: self.fetch(self.served),
        }

    def nginx_put(self) -> float:
        return self._curl("-T", str(self.film), f"{self.nginx}/sent.mp4")

    def tus(self) -> float:
        """Creation and the whole file in one PATCH."""
        version = ["-H", "Tus-Resumable: 1.0.0", *self.bearer]
        url = f"{self.product.address}/api/v1/uploads"
        began = time.monotonic()
        headers = {**self.owner.headers, "Tus-Resumable": "1.0.0", "Upload-Length": str(self.film.stat().st_size)}
        path = requests.post(url, headers=headers, timeout=30).headers["Location"]
        kind = ["-H", "Content-Type: application/offset+octet-stream", "-H", "Upload-Offset: 0"]
        place = path if path.startswith("http") else f"{self.product.address}{path}"
        answer = self._said("-X", "PATCH", "-T", str(self.film), *version, *kind, "-D", "-", place)
        taken_s = time.monotonic() - began
        self.owner.delete(answer.lower().partition("marquee-video-id: ")[2].split()[0])
        return taken_s

    def multipart(self) -> float:
        began = time.monotonic()
        video_id = self.owner.upload(self.film)
        taken_s = time.monotonic() - began
        self.owner.delete(video_id)
        return taken_s

    def fetch(self, address: str) -> float:
        """All but the first byte, as a range."""
        return self._curl("-r", "1-", "-o", "/dev/null", address)

    def _curl(self, *arguments: str) -> float:
        began = time.monotonic()
        self._said(*arguments)
        return time.monotonic() - began

    def _said(self, *arguments: str) -> str:
        return subprocess.run([*_CURL, *arguments], check=True, capture_output=True, text=True).stdout


def _compare(ways: _Ways, size_mib: int, rounds: int) -> None:
    taken: dict[str, list[float]] = {name: [] for name in ways.all()}
    before, most = _resident_mib(ways.product), 0
    for _ in range(rounds):
        for name, send in ways.all().items():
            taken[name].append(size_mib * 1.048576 / send())
            most = max(most, _resident_mib(ways.product))
            time.sleep(1)  # what was uploaded is looked at, then it is deleted
    for name, rates in taken.items():
        print(f"{name:12} {statistics.median(rates):7.0f} MB/s ({min(rates):.0f}-{max(rates):.0f})")
    middle = {name: statistics.median(rates) for name, rates in taken.items()}
    print(f"Range / nginx {middle['Range'] / middle['nginx Range']:.2f}, tus / nginx", end=" ")
    print(
        f"{middle['tus'] / middle['nginx PUT']:.2f}, multipart / nginx {middle['multipart'] / middle['nginx PUT']:.2f}"
    )
    print(f"largest web worker: {before} MiB before, at most {most} MiB after a transfer")


def _resident_mib(product: Measured) -> int:
    """The most that any web worker ever held (VmHWM), so that nothing between two looks is missed."""
    peaks = []
    for pid in web_workers(product):
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        peaks.append(int(text.partition("VmHWM:")[2].split()[0]) // 1024)
    return max(peaks)


if __name__ == "__main__":
    main()

"""Seconds from the last byte of an upload to the first play: H.264 of 10 s, 60 s, 600 s and an hour, and VP9."""

import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import requests

from app.clients import ffmpeg
from benchmarks.product import Measured, running

ROUNDS = 5
PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30:duration={s},noise=alls=6:allf=t"]
SOUND = ["-f", "lavfi", "-i", "sine=440:duration={s}"]
H264 = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-b:v",
    "6M",
    "-g",
    "60",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "aac",
    "-ac",
    "2",
]
VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "3M", "-c:a", "libopus"]


def main() -> None:
    """Prints median and range over the rounds, sources interleaved."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-clips-"))
    clips = _clips(folder)
    taken: dict[str, list[float]] = {name: [] for name in clips}
    with running() as product:
        token = _sign_up(product)
        for _ in range(ROUNDS):
            for name, path in clips.items():
                taken[name].append(_measure(product, token, path))
    for name, seconds in taken.items():
        spread = f"{min(seconds):.2f}-{max(seconds):.2f}"
        print(f"{name:12} playable after {statistics.median(seconds):.2f} s ({spread}, {ROUNDS} rounds)")


def _clips(folder: Path) -> dict[str, Path]:
    minute = folder / "h264_60s.mp4"
    _make([part.format(s=60) for part in (*PICTURE, *SOUND)] + H264, minute)
    clips = {"H.264 60 s": minute}
    for name, seconds, argv in (
        ("H.264 10 s", 10, ["-i", str(minute), "-t", "10", "-c", "copy"]),
        ("H.264 600 s", 600, ["-stream_loop", "9", "-i", str(minute), "-c", "copy"]),
        ("H.264 1 h", 3600, ["-stream_loop", "59", "-i", str(minute), "-c", "copy"]),
    ):
        clips[name] = folder / f"h264_{seconds}s.mp4"
        _make(argv, clips[name])
    clips["VP9 60 s"] = folder / "vp9.webm"
    _make([part.format(s=60) for part in (*PICTURE, *SOUND)] + VP9, clips["VP9 60 s"])
    return clips


def _make(argv: list[str], target: Path) -> None:
    subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *argv, str(target)], check=True)


def _sign_up(product: Measured) -> str:
    body = {"email": "bench@example.org", "password": "correct horse battery", "name": "Bench"}
    answer = requests.post(f"{product.address}/api/v1/auth/signup", json=body, timeout=30)
    return str(answer.json()["access_token"])


def _measure(product: Measured, token: str, clip: Path) -> float:
    """Uploads by curl, which streams from disk, then polls the playback; the clock starts with the answer."""
    url, authorization = f"{product.address}/api/v1/videos", f"Authorization: Bearer {token}"
    command = ["/usr/bin/curl", "-s", url, "-H", authorization, "-F", f"file=@{clip}"]
    answer = subprocess.run(command, capture_output=True, check=True).stdout
    started = time.monotonic()
    video = json.loads(answer)
    headers = {"Authorization": f"Bearer {token}"}
    path = f"{url}/{video['id']}"
    while requests.get(f"{path}/playback", headers=headers, timeout=10).status_code != 200:
        if time.monotonic() - started > 60:
            raise TimeoutError(clip.name)
        time.sleep(0.02)
    taken_s = time.monotonic() - started
    # The next measurement is of an idle machine: this video's ladder is not waited for.
    requests.delete(path, headers=headers, timeout=10)
    time.sleep(2)
    return taken_s


if __name__ == "__main__":
    main()

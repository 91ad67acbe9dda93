"""`python -m benchmarks.playable`: seconds from the last byte of an upload to the first play, idle or with `--busy`.

`--only` picks sources by a part of their name, `--rounds` says how often, `--films` is a folder that keeps the sources,
`--peers` runs the FFmpeg commands of MediaCMS and PeerTube beside, up to where their own way first plays.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.clients import ffmpeg
from benchmarks import films
from benchmarks.owner import Owner
from benchmarks.peers import video as peers
from benchmarks.product import Measured, running

ROUNDS: Final = 5
CHUNK: Final = "video.encode_chunk"
PEERS_GIVE_UP_S: Final = 60
Maker = Callable[[Path], Path]


def _minute(folder: Path) -> Path:
    # Copies are cut and joined at key frames two seconds apart.
    ten = films.film(folder / "h264-10.mp4", 10, films.CAMERA)
    return films.repeated(ten, folder / "h264-60.mp4", 6)


def _long(folder: Path, hours: int) -> Path:
    """Of a lower rate, so that three hours are no more than two gigabytes."""
    low = [*films.CAMERA, "-b:v", "1500k", "-maxrate", "2M", "-bufsize", "3M"]
    ten = films.film(folder / "h264-720p-10.mp4", 10, low, size=(1280, 720))
    return films.repeated(ten, folder / f"h264-{hours}h.mp4", hours * 360)


SOURCES: Final[dict[str, Maker]] = {
    "H.264 10 s": lambda folder: films.film(folder / "h264-10.mp4", 10, films.CAMERA),
    "H.264 60 s": _minute,
    "H.264 600 s": lambda folder: films.repeated(_minute(folder), folder / "h264-600.mp4", 10),
    "H.264 1 h": lambda folder: _long(folder, 1),
    "H.264 3 h": lambda folder: _long(folder, 3),
    "VP9 60 s": lambda folder: films.repeated(
        films.film(folder / "vp9-10.mkv", 10, films.VP9), folder / "vp9-60.mkv", 6
    ),
    "HEVC 4K 10-bit 12 s": lambda folder: films.repeated(
        films.film(folder / "hevc-2.mp4", 2, films.HEVC, size=(3840, 2160)), folder / "hevc-12.mp4", 6
    ),
    "MPEG-4 60 s": lambda folder: films.repeated(
        films.film(folder / "mpeg4-10.mp4", 10, films.MPEG4), folder / "mpeg4-60.mp4", 6
    ),
}


def main() -> None:
    """Prints median, 95th percentile and range over the rounds, sources interleaved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="")
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--films", type=Path, default=None)
    chosen, _ = parser.parse_known_args()
    with _folder(chosen.films) as folder:
        clips = {name: make(folder) for name, make in SOURCES.items() if chosen.only in name}
        print(f"load average {os.getloadavg()[0]:.1f}, {'every heavy slot busy' if chosen.busy else 'idle'}")
        with running() as product:
            taken = _measured(product, clips, chosen.rounds, folder if chosen.busy else None)
        for name, seconds in taken.items():
            print(f"{name:20} playable after {_line(seconds)}")
        if chosen.peers:
            _print_peers(clips, folder)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="marquee-films-") as folder:
        yield Path(folder)


def _measured(product: Measured, clips: dict[str, Path], rounds: int, busy: Path | None) -> dict[str, list[float]]:
    owner = Owner(product)
    if busy is not None:
        _keep_busy(product, busy)
    taken: dict[str, list[float]] = {name: [] for name in clips}
    _measure(owner, next(iter(clips.values())))  # the first of all finds byte code and files cold
    for _ in range(rounds):
        for name, path in clips.items():
            taken[name].append(_measure(owner, path))
    return taken


def _keep_busy(product: Measured, folder: Path) -> None:
    """Other people's long films, until every core encodes one of their chunks and none of them is prepared any more."""
    long = films.repeated(SOURCES["MPEG-4 60 s"](folder), folder / "mpeg4-1200.mp4", 20)
    others = [Owner(product) for _ in range(2)]
    for other in others:
        other.upload(long)
    deadline = time.monotonic() + 60
    cores = os.cpu_count() or 1
    while not all(other.jobs(CHUNK, "queued") for other in others) or _running(others) < cores:
        if time.monotonic() > deadline:
            raise TimeoutError("not every core is busy")
        time.sleep(0.2)


def _running(owners: list[Owner]) -> int:
    return sum(owner.jobs(CHUNK, "running") for owner in owners)


def _measure(owner: Owner, clip: Path) -> float:
    """The clock starts with the answer. The video goes at once: its ladder is not waited for."""
    video_id = owner.upload(clip)
    taken_s = owner.playable_after_s(video_id)
    owner.delete(video_id)
    time.sleep(2)
    return taken_s


def _line(seconds: list[float]) -> str:
    late = sorted(seconds)[min(len(seconds) - 1, round(len(seconds) * 0.95))]
    spread = f"{min(seconds):.2f}-{max(seconds):.2f}"
    return f"{statistics.median(seconds):.2f} s, p95 {late:.2f} s ({spread}, {len(seconds)} rounds)"


def _print_peers(clips: dict[str, Path], folder: Path) -> None:
    for name, clip in clips.items():
        copied = name.startswith("H.264")
        peertube = peers.peertube_copy(clip, folder) if copied else [peers.peertube(clip, folder, 1080)]
        for peer, commands in (("MediaCMS", [peers.mediacms(clip, folder, 144)]), ("PeerTube", peertube)):
            print(f"{name:20} {peer}'s commands until something plays: {_wall(commands)}")


def _wall(commands: list[peers.Command]) -> str:
    began = time.monotonic()
    for command in commands:
        left_s = PEERS_GIVE_UP_S - (time.monotonic() - began)
        try:
            subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *command], check=True, timeout=left_s)
        except subprocess.TimeoutExpired:
            return f"more than {PEERS_GIVE_UP_S} s"
    return f"{time.monotonic() - began:.2f} s"


if __name__ == "__main__":
    main()

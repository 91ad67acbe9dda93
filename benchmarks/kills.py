"""`python -m benchmarks.kills [15]`: a worker's process is killed at a random moment of each video's processing.

Every third time it is the whole worker, else one child that encodes. Each video must end ready with the very bytes of
one that nobody disturbed, no finished chunk may be made again, and what a killed child had done so far is all that is
lost.
"""

import argparse
import hashlib
import os
import random
import signal
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import films
from benchmarks.owner import Owner
from benchmarks.product import Measured, running
from benchmarks.uploads import children

KILLS: Final = 15
SEED: Final = 20261121
LENGTH_S: Final = 48
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass
class Tally:
    """What the kills did."""

    lost_cpu_s: list[float] = field(default_factory=list)
    ended_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    redone: int = 0


def main() -> None:
    """Prints what was lost, and whatever went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=KILLS)
    kills = parser.parse_args().kills
    chance, tally = random.Random(SEED), Tally()
    print(f"{kills} kills, seed {SEED}, load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        ten = films.film(Path(folder) / "mpeg4-8.mp4", 8, films.MPEG4, size=(640, 360))
        clip = films.repeated(ten, Path(folder) / "mpeg4-48.mp4", LENGTH_S // 8)
        with running(JOB_LEASE_S="5", JOB_HEARTBEAT_S="1") as product:
            owner = Owner(product)
            whole, usual_s, chunk_cpu_s = _undisturbed(product, owner, clip)
            print(f"undisturbed: ready after {usual_s:.1f} s, at most {chunk_cpu_s:.1f} s of processor time a chunk")
            for number in range(kills):
                moment_s = chance.uniform(0.2, usual_s)
                _strike(product, owner, clip, tally, (moment_s, number % 3 == 2, whole))
    _print(tally, chunk_cpu_s)


def _undisturbed(product: Measured, owner: Owner, clip: Path) -> tuple[dict[str, str], float, float]:
    """The files of a video that nobody disturbs, how long it takes, and the dearest encoder."""
    video_id, began, dearest = owner.upload(clip), time.monotonic(), 0.0
    while owner.video(video_id)["processing"]["state"] != "ready":
        dearest = max([dearest, *(_cpu_s(pid) for pid in _encoders(product))])
        time.sleep(0.05)
    taken_s = time.monotonic() - began
    return _files(product, video_id), taken_s, dearest


def _strike(product: Measured, owner: Owner, clip: Path, tally: Tally, how: tuple[float, bool, dict[str, str]]) -> None:
    moment_s, is_whole_worker, expected = how
    video_id, began = owner.upload(clip), time.monotonic()
    time.sleep(moment_s)
    finished = _finished_chunks(product, video_id)
    tally.lost_cpu_s.append(_kill(product, is_whole_worker=is_whole_worker))
    video = owner.ended(video_id, within_s=120)
    tally.ended_s.append(time.monotonic() - began)
    what = "worker" if is_whole_worker else "child"
    print(
        f"{what} killed after {moment_s:.1f} s: {tally.lost_cpu_s[-1]:.1f} s lost, {len(finished)} lists kept,", end=" "
    )
    print(f"{video['processing']['state']} after {tally.ended_s[-1]:.1f} s", flush=True)
    if video["processing"]["state"] != "ready":
        tally.wrong.append(f"{video_id}: {video['processing']} {video['errors']}")
    elif _files(product, video_id) != expected:
        tally.wrong.append(f"{video_id}: other bytes than undisturbed")
    later = _finished_chunks(product, video_id)
    tally.redone += sum(later.get(path) != changed_at for path, changed_at in finished.items())
    owner.delete(video_id)


def _kill(product: Measured, *, is_whole_worker: bool) -> float:
    """Kills and says how much processor time of encoders died with it."""
    (worker,) = [pid for pid in children(product.process.pid) if _is_worker(pid) and not _is_worker(_parent(pid))]
    victims = [worker]
    if not is_whole_worker:
        busy = [_ancestor_below(worker, pid) for pid in _encoders(product)]
        victims = busy[:1] or [pid for pid in children(worker) if _is_worker(pid)][:1]
    lost_s = sum(_cpu_s(pid) for victim in victims for pid in children(victim) if "ffmpeg" in _name(pid))
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    return lost_s


def _encoders(product: Measured) -> list[int]:
    return [pid for pid in children(product.process.pid) if "ffmpeg" in _name(pid)]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:  # it has ended
        return []


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8")
    except OSError:
        return ""


def _cpu_s(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _is_worker(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"celery" in command and b"jail.py" not in command


def _ancestor_below(worker: int, pid: int) -> int:
    while (above := _parent(pid)) not in {worker, 0}:
        pid = above
    return pid


def _folder(product: Measured, video_id: str) -> Path:
    (folder,) = product.folder.glob(f"storage/videos/*/{video_id}/v1")
    return folder


def _files(product: Measured, video_id: str) -> dict[str, str]:
    """The digests of the ladder's segments."""
    folder = _folder(product, video_id)
    found = [path for path in folder.rglob("*.m4s") if path.parent.name.isdigit()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def _finished_chunks(product: Measured, video_id: str) -> dict[Path, int]:
    """The lists of finished chunks, and when each was written."""
    folders = product.folder.glob(f"storage/videos/*/{video_id}/v1")
    return {path: path.stat().st_mtime_ns for folder in folders for path in folder.rglob("chunk-*.m3u8")}


def _print(tally: Tally, chunk_cpu_s: float) -> None:
    lost = tally.lost_cpu_s
    print(f"videos that did not end ready, or with other bytes: {len(tally.wrong)}")
    print("\n".join(tally.wrong))
    print(f"finished chunks made again: {tally.redone}")
    print(f"processor time lost a kill: median {statistics.median(lost):.1f} s, most {max(lost):.1f} s;", end=" ")
    print(f"of one chunk: {statistics.median(lost) / chunk_cpu_s:.2f}, {max(lost) / chunk_cpu_s:.2f}")
    print(f"ready after: median {statistics.median(tally.ended_s):.1f} s, longest {max(tally.ended_s):.1f} s")


if __name__ == "__main__":
    main()

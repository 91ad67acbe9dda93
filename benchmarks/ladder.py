"""`python -m benchmarks.ladder`: processor seconds of the pipeline beside the one raw FFmpeg command and its peers.

The pipeline's jobs run in this process, one after the other, so that what each kind costs can be told; the raw command
makes the same rungs from one decode. `--wall` times whole uploads with 1, 2 and 4 slots instead.
"""

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app import create_app
from app.clients import ffmpeg
from app.clients.stores import storage
from app.database import db, transaction
from app.media import commands, fragments, ladder, playlists
from app.media.sniff import MOV
from app.models import Job, JobState
from app.services import job_attempt, relay_service
from app.services.relay_service import WorkerCard
from benchmarks import films
from benchmarks.owner import Owner
from benchmarks.peers import video as peers
from benchmarks.product import running
from config import settings
from config.env import PROJECT_DIR

LENGTH_S: Final = 24
ROUNDS: Final = 2
SLOTS: Final = (1, 2, 4)
LADDER: Final = "video.encode_chunk"


def main() -> None:
    """Prints medians, ratios and the checks of what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=LENGTH_S)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--wall", action="store_true")
    chosen = parser.parse_args()
    print(f"{chosen.seconds} s of 1080p30, load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = films.film(folder / "source.mp4", chosen.seconds, films.CAMERA)
        if chosen.wall:
            _print_wall(clip)
            return
        with _pipeline(folder) as pipeline:
            video_id = _print_costs(pipeline, clip, folder, chosen.rounds)
            _print_quality(pipeline.folder(video_id), clip, folder)
        if chosen.peers:
            _print_peers(clip, folder)


class Pipeline:
    """The product's own jobs on a database of their own, done in this process."""

    def __init__(self, app: Flask) -> None:

        self.app, self.worker_id = app, uuid4()
        relay_service.see(WorkerCard(self.worker_id, "here", 1, 64, 64, "landlock"))
        self.client = app.test_client()
        body = {"email": "owner@example.org", "password": "a long and odd phrase 77", "name": "Ada"}
        token = self.client.post("/api/v1/auth/signup", json=body).get_json()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def process(self, clip: Path) -> tuple[str, dict[str, float]]:
        """A video of the clip, and the processor seconds of each kind of job on the way."""
        with clip.open("rb") as file:
            answer = self.client.post("/api/v1/videos", data={"file": (file, "film.mp4")}, headers=self.headers)
        video_id = str(answer.get_json()["id"])
        costs: defaultdict[str, float] = defaultdict(float)
        while (job := self._next(video_id)) is not None:
            before = _cpu_s()
            self._run(job[0])
            costs[job[1]] += _cpu_s() - before
        state = self.client.get(f"/api/v1/videos/{video_id}", headers=self.headers).get_json()["processing"]["state"]
        if state != "ready":
            raise RuntimeError(state)
        return video_id, costs

    def _next(self, video_id: str) -> tuple[UUID, str] | None:

        waiting = select(Job.id, Job.kind).where(Job.subject == f"video:{video_id}", Job.state == JobState.QUEUED)
        with transaction():
            row = db.session.execute(waiting.order_by(Job.priority, Job.id).limit(1)).first()
        return (row.id, row.kind) if row else None

    def _run(self, job_id: UUID) -> None:

        context = self.app.app_context
        job_attempt.run(job_id, worker_id=self.worker_id, process_id=os.getpid(), open_context=context)

    def folder(self, video_id: str) -> Path:
        """Where its media lies."""
        (folder,) = storage().path_of("videos").glob(f"*/{video_id}/v1")
        return folder


@contextmanager
def _pipeline(folder: Path) -> Iterator[Pipeline]:
    settings.data_dir, settings.rate_limit_scale, settings.log_level = folder / "data", 0, "ERROR"
    settings.redis_url = "redis://127.0.0.1:1/0"  # nobody is there, and nothing waits for it
    settings.data_dir.mkdir()
    app = create_app()
    with app.app_context():
        upgrade(str(PROJECT_DIR / "migrations"))
        yield Pipeline(app)


def _cpu_s() -> float:
    """Of this process and of all children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _spent_s(work: Callable[[], object]) -> float:
    before = _cpu_s()
    work()
    return _cpu_s() - before


def _raw(commands: list[list[str]]) -> None:

    for command in commands:
        subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *command], check=True)


def _same_rungs(clip: Path, folder: Path) -> list[str]:
    """The one command: the whole film in one piece, with the rungs and the encoder settings of the pipeline."""
    probe = ffmpeg.probe(clip, MOV)
    if probe.video is None:
        raise RuntimeError("the source has no picture")
    rungs = ladder.rungs(probe.video, keeps_source=True)
    for rung in rungs:
        (folder / rung.name).mkdir(parents=True, exist_ok=True)
    return commands.encode_chunk(clip, probe, ladder.Ladder(rungs, rungs), ladder.Chunk(0, 0, probe.duration_s), folder)


def _print_costs(pipeline: Pipeline, clip: Path, folder: Path, rounds: int) -> str:
    """The costs side by side; the video of the last round."""
    raw_command = _same_rungs(clip, folder / "raw")
    raw, made, all_digests = [], [], set()
    for _ in range(rounds):
        raw.append(_spent_s(lambda: _raw([raw_command])))
        video_id, costs = pipeline.process(clip)
        made.append(costs)
        all_digests.add(_digest(pipeline.folder(video_id)))
    one = statistics.median(raw)
    rungs = statistics.median(costs[LADDER] for costs in made)
    whole = statistics.median(sum(costs.values()) for costs in made)
    print(
        f"raw command {one:.1f} s ({min(raw):.1f}-{max(raw):.1f}); ladder {rungs:.1f} s, ratio {rungs / one:.3f};",
        end=" ",
    )
    print(f"everything {whole:.1f} s, ratio {whole / one:.3f} ({rounds} rounds)")
    print("by job: " + ", ".join(f"{kind} {cost:.2f} s" for kind, cost in sorted(made[-1].items())))
    print(f"the ladder of {rounds} rounds is the same byte for byte: {len(all_digests) == 1}")
    return video_id


def _digest(folder: Path) -> str:
    segments = sorted(path for path in folder.rglob("*.m4s") if path.parent.name.isdigit())
    return hashlib.sha256(b"".join(path.read_bytes() for path in segments)).hexdigest()


def _print_quality(media: Path, clip: Path, folder: Path) -> None:
    """VMAF of each rung against the source at the rung's size, and its frames."""
    for rung in sorted((path for path in media.iterdir() if path.name.isdigit()), key=lambda path: -int(path.name)):
        listed = playlists.read_segments((rung / "playlist.m3u8").read_text(encoding="utf-8"))
        content = [(rung / segment.uri).read_bytes() for segment in listed]
        joined = folder / f"{rung.name}.mp4"
        joined.write_bytes((rung / "init.mp4").read_bytes() + b"".join(content))
        frames, starts = sum(map(fragments.frame_count, content)), list(map(fragments.decode_time, content))
        steps = {second - first for first, second in pairwise(starts)}
        print(
            f"{rung.name}p: VMAF {_vmaf(joined, clip, int(rung.name)):.1f}, {frames} frames, segments apart by {steps}"
        )


def _vmaf(made: Path, source: Path, height: int) -> float:
    log = made.with_suffix(".json")
    graph = f"[1:v]scale=-2:{height}:flags=bicubic[ref];[0:v][ref]libvmaf=n_subsample=5:log_fmt=json:log_path={log}"
    _raw([["-i", str(made), "-i", str(source), "-lavfi", graph, "-f", "null", "-"]])
    return float(json.loads(log.read_text(encoding="utf-8"))["pooled_metrics"]["vmaf"]["mean"])


def _print_peers(clip: Path, folder: Path) -> None:
    everything = {"MediaCMS": peers.mediacms_all(clip, folder), "PeerTube": peers.peertube_all(clip, folder)}
    for name, listed in everything.items():
        print(f"{name}'s commands: {_spent_s(partial(_raw, listed)):.1f} s of processor time")


def _print_wall(clip: Path) -> None:
    for slots in SLOTS:
        with running(WORKER_CORES=str(slots)) as product:
            owner = Owner(product)
            began = time.monotonic()
            owner.ended(owner.upload(clip))
            print(f"{slots} slots: ready after {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()

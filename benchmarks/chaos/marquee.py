"""Marquee under the storm: videos uploaded, processed and deleted, and what is found afterwards."""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import psycopg
import requests

from benchmarks.chaos import feed, storm, watch
from benchmarks.chaos.feed import Client, Deed
from benchmarks.chaos.ground import Ground, Kept, kept
from benchmarks.chaos.storm import Strike, Struck
from benchmarks.chaos.watch import Watch
from tests import clips
from tests.support import servers
from tests.support.database_fixtures import migrate
from tests.support.processes import Running, stopped

WORKERS: Final = 3
ALLOWED_S: Final = 60.0
_PATIENCE_S: Final = 120.0
_CLIPS: Final = ("vp9.webm", "closed_gop.mp4", "no_audio.mp4", "long_gop.mp4")
_JOBS_PER_VIDEO: Final = 4.2
_POSTS_PER_VIDEO: Final = 20
_DELETED: Final = 5
"""Every so many videos one is deleted while the storm goes on."""
_OPEN: Final = (
    "SELECT kind, state, count(*) FROM jobs WHERE state IN ('queued', 'running') AND run_at <= now() GROUP BY 1, 2"
)


@dataclass
class Scene:
    """The running product, whoever uses it, and what was acknowledged to them."""

    product: Running
    url: str
    client: Client
    clips: Sequence[Path]
    uploaded: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def upload(self, clip: Path) -> None:
        """One video; what is answered with 201 must not be lost."""
        content = clip.read_bytes()
        answer = self.client.send("POST", "/api/v1/videos", lambda: {"files": {"file": (clip.name, content)}})
        if answer is not None and answer.status_code == 201:
            self.uploaded.append(answer.json()["id"])

    def write(self, number: int) -> None:
        """A post under an Idempotency-Key: sent again after a lost answer it must not be there twice."""
        title = f"Post {number}"
        headers = {"Idempotency-Key": title.replace(" ", "-")}
        body = {"title": title, "body_markdown": "Written in the storm."}
        answer = self.client.send("POST", "/api/v1/posts", lambda: {"json": body, "headers": headers})
        if answer is not None and answer.status_code == 201:
            self.written.append(title)

    def delete_oldest(self) -> None:
        """Deletes a video, whatever becomes of it at that moment."""
        left = [video_id for video_id in self.uploaded if video_id not in self.deleted]
        if left:
            self.deleted.append(left[0])
            self.client.send("DELETE", f"/api/v1/videos/{left[0]}")


def run(strikes: Sequence[Strike], jobs: int) -> bool:
    """The storm over Marquee; whether it kept every promise."""
    with _scene() as (scene, ground):
        before = _files(scene.product.data_dir)
        onlooker = Watch(scene.url)
        onlooker.start()
        lasts_s = sum(strike.pause_s + 1.2 for strike in strikes)
        clients = feed.work_off(_deeds(scene, jobs), within_s=lasts_s)
        struck = storm.rage(ground, strikes, onlooker.before_kill)
        for client in clients:
            client.join()
        drained_s = _drain(scene, struck[-1].over_at)
        onlooker.over.set()
        _print_storm(scene, ground, struck)
        watch.print_losses(onlooker.losses, struck)
        is_kept = _judge(scene, drained_s)
        left = _left_on_disk(scene, before)
        return is_kept and not left


@contextmanager
def _scene() -> Iterator[tuple[Scene, Ground]]:
    folder = Path(tempfile.mkdtemp(prefix="marquee-chaos-"))
    made = [clips.make(folder, name) for name in _CLIPS]
    with servers.postgresql() as postgresql, servers.valkey() as redis:
        migrate(postgresql.url)
        variables = {"RATE_LIMIT_SCALE": "0", "JOB_LEASE_S": "15", "JOB_HEARTBEAT_S": "5", "LOG_LEVEL": "INFO"}
        product = stopped(folder / "data", postgresql.url, redis.url, variables)
        web = Kept(lambda: product.start("gunicorn", "wsgi:app"))
        workers = [Kept(lambda: product.start("celery", "-A", "workers", "worker")) for _ in range(WORKERS)]
        with kept(Ground(postgresql, redis, web, workers)) as ground:
            product.wait_until(lambda: product.readiness().get("workers") == WORKERS)
            client = _sign_up(product.address)
            yield Scene(product, postgresql.url, client, made), ground
        print(f"  log: {product.log_file}")


def _sign_up(address: str) -> Client:
    client = Client(address)
    account = {"email": "storm@example.org", "password": "correct horse battery", "name": "Storm"}
    answer = client.send("POST", "/api/v1/auth/signup", lambda: {"json": account})
    if answer is None:
        raise TimeoutError("Nobody could sign up.")
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


def _deeds(scene: Scene, jobs: int) -> list[Deed]:
    """Uploads of each clip in turn, and deletions between them."""
    deeds: list[Deed] = []
    for index in range(round(jobs / _JOBS_PER_VIDEO)):
        clip = scene.clips[index % len(scene.clips)]
        deeds.append(lambda clip=clip: scene.upload(clip))  # type: ignore[misc]  # bound now, per clip
        for post in range(_POSTS_PER_VIDEO):
            number = index * _POSTS_PER_VIDEO + post
            deeds.append(lambda number=number: scene.write(number))  # type: ignore[misc]  # bound now, per number
        if index % _DELETED == _DELETED - 1:
            deeds.append(scene.delete_oldest)
    return deeds


def _drain(scene: Scene, last_fault_at: float) -> float | None:
    """Seconds after the last fault until no job is open; None if that never came."""
    while time.monotonic() - last_fault_at < _PATIENCE_S:
        if not scene.ask(_OPEN):
            return time.monotonic() - last_fault_at
        time.sleep(0.2)
    return None


def _print_storm(scene: Scene, ground: Ground, struck: Sequence[Struck]) -> None:
    counted = Counter(strike.fault for strike in struck)
    print("  faults: " + ", ".join(f"{number} x {fault}" for fault, number in counted.items()))
    print(f"  starts of {len(ground.workers)} workers: {sum(worker.starts for worker in ground.workers)}")
    asked_at, took_s = max(scene.client.taken, key=lambda taken: taken[1])
    near = [
        f"{strike.fault} {asked_at - strike.began_at:+.1f} s"
        for strike in struck
        if abs(asked_at - strike.began_at) < 5
    ]
    print(f"  the slowest answer, {took_s:.2f} s, was asked for after: {', '.join(near)}")


def _judge(scene: Scene, drained_s: float | None) -> bool:
    client = scene.client
    states = dict(scene.ask("SELECT state, count(*) FROM jobs GROUP BY 1"))
    kinds = dict(scene.ask("SELECT kind, count(*) FROM jobs GROUP BY 1 ORDER BY 1"))
    print(f"  {sum(states.values())} jobs: {states}; {kinds}")
    attempts = dict(scene.ask("SELECT attempt, count(*) FROM jobs GROUP BY 1 ORDER BY 1"))
    print(f"  jobs by number of attempts: {attempts}")
    print(f"  answers: {client.describe()}")
    lost, doubled, unplayable = _lost(scene), _doubled(scene), _unplayable(scene)
    drained = "never" if drained_s is None else f"{drained_s:.1f} s after the last fault"
    print(
        f"  all terminal: {drained}; uploads acknowledged {len(scene.uploaded)}, of them deleted {len(scene.deleted)}"
    )
    print(f"  lost: {lost}\n  doubled effects: {doubled}\n  not playable: {unplayable}")
    is_in_time = drained_s is not None and drained_s <= ALLOWED_S
    return is_in_time and not lost and not doubled and not unplayable and not client.statuses[500]


def _lost(scene: Scene) -> list[tuple[Any, ...]]:
    """Acknowledged videos that are not ready, and jobs that did not succeed though nobody cancelled them."""
    found = {row[0]: row[1] for row in scene.ask("SELECT id::text, processing FROM videos")}
    live = [video_id for video_id in scene.uploaded if video_id not in scene.deleted]
    videos = [(video_id, found.get(video_id, "gone")) for video_id in live if found.get(video_id) != "ready"]
    ghosts = [("still there", video_id) for video_id in scene.deleted if video_id in found]
    others = [("unacknowledged", *row) for row in found.items() if row[0] not in live and row[1] != "ready"]
    posts = set(scene.written) - {title for (title,) in scene.ask("SELECT title FROM posts")}
    jobs = scene.ask("SELECT kind, state, attempt, error FROM jobs WHERE state IN ('failed', 'dead')")
    return [*videos, *ghosts, *others, *jobs, *(("post", title) for title in posts)]


def _doubled(scene: Scene) -> list[tuple[Any, ...]]:
    """Ends and milestones that are told more than once, and numbers of events that are missing or used twice."""
    once = "'job.succeeded', 'job.failed', 'job.dead', 'video.created', 'video.ready', 'video.deleted', 'video.probed'"
    twice = scene.ask(
        f"SELECT subject, type, count(*) FROM events WHERE type IN ({once}) GROUP BY 1, 2 HAVING count(*) > 1"  # noqa: S608 - a constant
    )
    gaps = scene.ask("SELECT scope_id, max(seq), count(*) FROM events GROUP BY 1 HAVING max(seq) <> count(*)")
    parts = scene.ask(
        "SELECT parent_id, kind, arguments, count(*) FROM jobs WHERE parent_id IS NOT NULL "
        "GROUP BY 1, 2, 3 HAVING count(*) > 1"
    )
    posts = scene.ask("SELECT title, count(*) FROM posts GROUP BY 1 HAVING count(*) > 1")
    return [*twice, *gaps, *parts, *posts]


def _unplayable(scene: Scene) -> list[str]:
    """Ready videos of which a playlist or a segment is not there."""
    bad = []
    for (video_id,) in scene.ask("SELECT id::text FROM videos WHERE processing = 'ready'"):
        answer = scene.client.send("GET", f"/api/v1/videos/{video_id}/playback")
        if answer is None or answer.status_code != 200 or not _all_there(answer.json()["hls_url"]):
            bad.append(video_id)
    return bad


def _all_there(url: str) -> bool:
    answer = requests.get(url, timeout=10)
    if answer.status_code != 200:
        return False
    if "mpegurl" not in answer.headers["Content-Type"]:
        return True
    named = [line.split('URI="')[1].split('"')[0] for line in answer.text.splitlines() if 'URI="' in line]
    listed = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return all(_all_there(urljoin(url, address)) for address in {*named, *listed})


def _files(data_dir: Path) -> set[Path]:
    return {path for path in (data_dir / "storage").rglob("*") if path.name != ".lock"}


def _left_on_disk(scene: Scene, before: set[Path]) -> set[Path]:
    """What is still stored once every video is deleted."""
    at_work = {path for path in _files(scene.product.data_dir) if "/storage/work/" in str(path)}
    for (video_id,) in scene.ask("SELECT id::text FROM videos"):
        scene.client.send("DELETE", f"/api/v1/videos/{video_id}")
    deadline = time.monotonic() + 30
    later = "SELECT 1 FROM jobs WHERE state IN ('queued', 'running') AND kind = 'storage.delete'"
    while scene.ask(later) and time.monotonic() < deadline:
        time.sleep(0.2)
    left = {path for path in _files(scene.product.data_dir) - before if path.is_file()}
    print(f"  work folders left: {len(at_work)}; files left after deleting all videos: {len(left)}")
    for path in sorted(left)[:5]:
        print(f"    {path.relative_to(scene.product.data_dir)}", file=sys.stderr)
    return left

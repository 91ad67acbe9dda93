"""Plain Celery under the same storm, with as much work of the same sort."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psycopg

from app.clients import ffmpeg
from benchmarks.chaos import feed, storm
from benchmarks.chaos.feed import Client
from benchmarks.chaos.ground import Ground, Kept, kept
from benchmarks.chaos.storm import Strike
from config.env import PROJECT_DIR
from tests import clips
from tests.support import servers
from tests.support.servers import free_port

WORKERS: Final = 3
ALLOWED_S: Final = 60.0
_LIGHT_ONE: Final = 4
"""Every so many jobs one runs no FFmpeg, as in Marquee's mix."""
_CLIPS: Final = ("vp9.webm", "closed_gop.mp4", "no_audio.mp4", "long_gop.mp4")


def run(strikes: Sequence[Strike], jobs: int) -> None:
    """The storm over plain Celery; prints what became of what was accepted."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-chaos-plain-"))
    made = [clips.make(folder, name) for name in _CLIPS]
    accepted: list[str] = []
    with servers.postgresql() as postgresql, servers.valkey() as redis:
        with psycopg.connect(postgresql.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE effects (work_id text)")
        port = free_port()
        start = _starter(folder, {"DATABASE_URL": postgresql.url, "REDIS_URL": redis.url})
        module = "benchmarks.chaos.plain_app"
        bind = ("-c", "/dev/null", "-b", f"127.0.0.1:{port}", "-w", "2", "-k", "gthread", "--threads", "16")
        web = Kept(lambda: start("gunicorn", *bind, f"{module}:app"))
        workers = [
            Kept(lambda: start("celery", "-A", f"{module}:celery_app", "worker", "-c", "4")) for _ in range(WORKERS)
        ]
        with kept(Ground(postgresql, redis, web, workers)) as ground:
            time.sleep(8)  # until all are up
            client = Client(f"http://127.0.0.1:{port}")
            encoded = [
                None if index % _LIGHT_ONE == 0 else made[index // _LIGHT_ONE % len(made)] for index in range(jobs)
            ]
            deeds = [_deed(client, accepted, clip) for clip in encoded]
            lasts_s = sum(strike.pause_s + 1.2 for strike in strikes)
            threads = feed.work_off(deeds, within_s=lasts_s)
            struck = storm.rage(ground, strikes, lambda _fault, _processes: None)
            _wait(postgresql.url, accepted, threads, struck[-1].over_at)
            _print(postgresql.url, accepted, client)


def _starter(folder: Path, variables: dict[str, str]) -> "Callable[..., subprocess.Popen[bytes]]":
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251 - the child's
    environment = {**inherited, **variables, "FFMPEG_BINARY": ffmpeg.binary(), "WORK_DIR": str(folder)}

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        with (folder / "processes.log").open("ab") as log:
            command = [sys.executable, "-m", *arguments]
            return subprocess.Popen(
                command, cwd=PROJECT_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    return start


def _deed(client: Client, accepted: list[str], clip: Path | None) -> Callable[[], None]:
    def send() -> None:
        work_id = ""

        def options() -> dict[str, Any]:
            nonlocal work_id
            work_id = str(uuid4())  # what nobody acknowledged does not count
            return {"json": {"id": work_id, "clip": str(clip) if clip else None}}

        answer = client.send("POST", "/work", options)
        if answer is not None and answer.status_code == 202:
            accepted.append(work_id)

    return send


def _effects(url: str) -> Counter[str]:
    with psycopg.connect(url) as connection:
        return Counter(row[0] for row in connection.execute("SELECT work_id FROM effects"))


def _wait(url: str, accepted: list[str], clients: Sequence[threading.Thread], last_fault_at: float) -> None:
    while time.monotonic() - last_fault_at < ALLOWED_S:
        if not any(client.is_alive() for client in clients) and not set(accepted) - set(_effects(url)):
            return
        time.sleep(0.5)


def _print(url: str, accepted: list[str], client: Client) -> None:
    effects = _effects(url)
    lost = [work_id for work_id in accepted if not effects[work_id]]
    doubled = [work_id for work_id in accepted if effects[work_id] > 1]
    print(f"  answers: {client.describe()}")
    share = len(lost) / max(1, len(accepted))
    print(f"  accepted {len(accepted)}; not done {ALLOWED_S:.0f} s after the last fault: {len(lost)} ({share:.0%})")
    print(f"  done more than once: {len(doubled)}")

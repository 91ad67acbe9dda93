"""The list of posts under a steady load: alone, with heavy work in the requests, with the same work queued."""

import asyncio
import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import requests

from benchmarks.load import Answers, Crowd, running_first
from tests.support.processes import Running, stopped

ROUNDS: Final = 3
SLICE_S: Final = 5.0
LISTS_PER_S: Final = 50.0
INLINE_PER_S: Final = 1.0
LIST: Final = "/api/v1/posts?limit=20"
POSTS: Final = 60
CONNECTIONS: Final = 16
_MORE_THAN_ENOUGH: Final = 200
SCENES: Final = ("idle", "inline fibonacci", "queued fibonacci", "inline transcode", "queued transcode")


async def measure(database_url: str, redis_url: str) -> None:
    """Prints p50 and p99 of the list in each scene: median over the rounds, and their range."""
    seen: dict[str, list[Answers]] = {scene: [] for scene in SCENES}
    with (
        tempfile.TemporaryDirectory(prefix="marquee-web-") as folder,
        _seeded_product(Path(folder), database_url, redis_url) as web,
        running_first(),
    ):
        lists, heavy = Crowd(web.address), Crowd(web.address)
        await lists.come(CONNECTIONS)
        await heavy.come(CONNECTIONS)
        await lists.at_rate("GET", LIST, per_s=LISTS_PER_S, seconds=2)
        for _ in range(ROUNDS):
            for scene in SCENES:
                load_average = os.getloadavg()[0]
                answers = await _scene(scene, lists, heavy, database_url)
                seen[scene].append(answers)
                print(
                    f"  {scene}: p50 {answers.percentile_ms(50):.1f} ms, p99 {answers.percentile_ms(99):.1f} ms, "
                    f"failed: {dict(answers.failures)}, load average before {load_average:.1f}"
                )
        await lists.leave()
        await heavy.leave()
    for scene, rounds in seen.items():
        _print(scene, rounds)


async def _scene(scene: str, lists: Crowd, heavy: Crowd, database_url: str) -> Answers:
    manner, _, deed = scene.partition(" ")
    beside: asyncio.Task[Answers] | None = None
    if manner == "inline":
        path = f"/benchmark/inline/{deed}"
        beside = asyncio.create_task(heavy.at_rate("POST", path, per_s=INLINE_PER_S, seconds=SLICE_S))
    elif manner == "queued":
        await heavy.at_rate("POST", f"/benchmark/queued/{deed}", per_s=100, seconds=_MORE_THAN_ENOUGH / 100)
        await asyncio.sleep(1)  # until every core has a job
    answers = await lists.at_rate("GET", LIST, per_s=LISTS_PER_S, seconds=SLICE_S)
    if beside is not None:
        print(f"    the heavy requests took {(await beside).percentile_ms(50):.0f} ms (median)")
    await asyncio.to_thread(_drain, database_url)
    return answers


def _drain(database_url: str) -> None:
    """Takes back what waits, and waits for what runs."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        (done,) = connection.execute("SELECT count(*) FROM jobs WHERE state = 'succeeded'").fetchall()
        connection.execute("UPDATE jobs SET state = 'cancelled' WHERE state = 'queued'")
        while connection.execute("SELECT 1 FROM jobs WHERE state = 'running'").fetchone():
            connection.execute("SELECT pg_sleep(0.1)")
        print(f"    {done[0]} jobs had succeeded so far")


@contextmanager
def _seeded_product(folder: Path, database_url: str, redis_url: str) -> Iterator[Running]:
    variables = {"WORKER_CORES": str(os.cpu_count() or 1), "RATE_LIMIT_SCALE": "0"}
    product = stopped(folder, database_url, redis_url, variables)
    product.migrate()
    try:
        product.start("gunicorn", "benchmarks.nonblocking.web:app")
        product.start("celery", "-A", "benchmarks.nonblocking.worker", "worker")
        product.wait_until(lambda: product.readiness().get("workers") == 1)
        _seed(product)
        yield product
    finally:
        product.stop()


def _seed(web: Running) -> None:
    account = {"email": "ada@example.org", "password": "mossy lantern 42 orbit", "name": "Ada"}
    with requests.Session() as session:
        token = session.post(f"{web.address}/api/v1/auth/signup", json=account, timeout=10).json()["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        for number in range(POSTS):
            post = {"title": f"Post {number}", "body_markdown": "Some *words*. " * 100}
            created = session.post(f"{web.address}/api/v1/posts", json=post, timeout=10).json()
            session.post(f"{web.address}/api/v1/posts/{created['id']}/publish", timeout=10).raise_for_status()


def _print(scene: str, rounds: list[Answers]) -> None:
    columns = []
    for percent in (50, 99):
        values = [answers.percentile_ms(percent) for answers in rounds]
        columns.append(f"p{percent} {statistics.median(values):.1f} ms ({min(values):.1f}-{max(values):.1f})")
    failed = sum(answers.failed for answers in rounds)
    asked = sum(len(answers.durations_s) for answers in rounds)
    print(f"{scene:18} {'  '.join(columns)}  {failed} failed of {asked}")

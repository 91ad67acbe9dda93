"""A thousand requests at once, each waiting 100 ms in PostgreSQL: Marquee and Express with as many connections."""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests

from benchmarks.load import Answers, Crowd, running_first
from config.env import PROJECT_DIR
from tests.support.processes import stopped
from tests.support.servers import free_port

ROUNDS: Final = 5
REQUESTS: Final = 1000
CONNECTIONS: Final = 96
PROCESSES: Final = 4
WAIT: Final = "/benchmark/wait"
_PEERS: Final = PROJECT_DIR / "benchmarks" / "peers"


async def measure(database_url: str, redis_url: str) -> None:
    """Prints the wall time until the last answer, the median and range over the rounds, taken in turn."""
    with (
        _marquee(database_url, redis_url, 1) as one,
        _marquee(database_url, redis_url, PROCESSES) as several,
        _express(database_url) as express,
        running_first(),
    ):
        addresses = {
            "Marquee, 1 process": one,
            f"Marquee, {PROCESSES} processes": several,
            "Express, 1 process": express,
        }
        crowds = {name: Crowd(address) for name, address in addresses.items()}
        taken: dict[str, list[Answers]] = {name: [] for name in crowds}
        for crowd in crowds.values():
            await crowd.at_once("GET", WAIT, REQUESTS)  # opens the connections to the database
        for _ in range(ROUNDS):
            for name, crowd in crowds.items():
                taken[name].append(await crowd.at_once("GET", WAIT, REQUESTS))
        for crowd in crowds.values():
            await crowd.leave()
    for name, rounds in taken.items():
        _print(name, rounds)


def _print(name: str, rounds: list[Answers]) -> None:
    walls_s = [max(answers.durations_s) for answers in rounds]
    failed = sum(answers.failed for answers in rounds)
    spread = f"{min(walls_s):.2f}-{max(walls_s):.2f}"
    print(f"{name}: {statistics.median(walls_s):.2f} s ({spread}), {failed} failed of {ROUNDS * REQUESTS}")


@contextmanager
def _marquee(database_url: str, redis_url: str, processes: int) -> Iterator[str]:
    variables = {
        "WEB_CONCURRENCY": str(processes),
        "DATABASE_POOL_SIZE": str(CONNECTIONS // processes // 2),  # it grows to twice that in a rush
        "RATE_LIMIT_SCALE": "0",
        "LOG_FORMAT": "json",
    }
    with tempfile.TemporaryDirectory(prefix="marquee-web-") as folder:
        product = stopped(Path(folder), database_url, redis_url, variables)
        try:
            product.start("gunicorn", "benchmarks.nonblocking.web:app")
            product.wait_until(lambda: bool(product.readiness()))
            yield product.address
        finally:
            product.stop()


@contextmanager
def _express(database_url: str) -> Iterator[str]:
    if not (_PEERS / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--silent"], cwd=_PEERS, check=True)
    port = free_port()
    process = subprocess.Popen(["node", "express.mjs", str(port), database_url, str(CONNECTIONS)], cwd=_PEERS)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=1).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)

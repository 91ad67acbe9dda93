"""`flask up` when processes are killed: crashed children come back, and nothing outlives the launcher."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Product, start_product, stop_product
from tests.support.waiting import wait_until


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    product = start_product(tmp_path)
    yield product
    if product.process.poll() is None:
        stop_product(product)


def children(product: Product, command: str) -> list[int]:
    """The launcher's own children whose command line holds the word."""
    listing = ["/bin/ps", "-ww", "-o", "pid,args", "--ppid", str(product.process.pid)]
    lines = subprocess.run(listing, capture_output=True, text=True, check=False).stdout.splitlines()
    return [int(line.split()[0]) for line in lines if command in line]


def sessions(pids: list[int]) -> list[int]:
    """Everything that still runs in the sessions that these processes led."""
    wanted = {str(pid) for pid in pids}
    lines = subprocess.run(["/bin/ps", "-eo", "pid,sid,stat"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in lines.splitlines()[1:]]
    return [int(pid) for pid, session, state in rows if session in wanted and not state.startswith("Z")]


def test_killed_web_and_worker_are_started_again(product: Product) -> None:
    web, worker = children(product, "gunicorn")[0], children(product, "celery")[0]

    os.kill(web, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)

    wait_until(lambda: children(product, "gunicorn") not in ([], [web]))
    wait_until(lambda: children(product, "celery") not in ([], [worker]))
    wait_until(lambda: bool(product.ready().get("workers")))
    assert "web | ended with code -9; it starts again in 1 s" in product.log()


def test_a_launcher_killed_by_force_leaves_nothing(product: Product) -> None:
    led = [*children(product, "gunicorn"), *children(product, "celery"), *children(product, "guardian")]
    assert len(led) == 3
    assert len(sessions(led)) > 5

    product.process.kill()
    product.process.wait()

    wait_until(lambda: sessions(led) == [])

"""`flask up`: it starts, says clearly why it can't, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import PROJECT_DIR
from tests.e2e.conftest import start_product, stop_product
from tests.support.servers import free_port
from tests.support.waiting import PATIENCE_S, wait_until

SOON_S = 25.0
"""It takes ten seconds at most by its own deadlines, if a busy machine lets it; what is under way would get thirty."""


def run_up(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flask", "up"],
        env={"PATH": os.defpath, "APP_ENV": "development", **variables},
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def left_behind(folder: Path) -> list[str]:
    """Processes that still know the folder."""
    found = subprocess.run(["/bin/ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if str(folder) in line]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_greets_and_stops_soon(tmp_path: Path, number: int) -> None:
    product = start_product(tmp_path)
    address = product.address
    # It looks for itself, so a moment after us.
    wait_until(lambda: f"Marquee is ready at {address}" in product.log(), log=product.log)

    took_s = stop_product(product, number)

    assert took_s < SOON_S
    assert product.process.returncode == 0
    assert "/api/v1/auth/signup" in product.log()
    wait_until(lambda: not left_behind(tmp_path))  # the kernel needs a moment for what was killed
    wait_until(lambda: not (tmp_path / "run" / "redis.url").exists())


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        done = run_up(PORT=port, DATA_DIR=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.strip().startswith(f"Port {port} on 127.0.0.1 can't be used")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    product = start_product(tmp_path)
    try:
        done = run_up(PORT=str(free_port()), DATA_DIR=str(tmp_path))
    finally:
        stop_product(product)

    assert done.returncode == 1
    assert "is in use by another instance" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_said_in_one_line() -> None:
    done = run_up(PORT=str(free_port()), DATA_DIR="/proc/marquee")

    assert done.returncode == 1
    assert "can't be written" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

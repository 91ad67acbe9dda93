"""A Marquee of its own for a measurement: `flask up` on an empty folder."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from config.env import PROJECT_DIR

STARTS_WITHIN_S: Final = 120


@dataclass
class Measured:
    """A running product and how long its start took."""

    address: str
    folder: Path
    process: "subprocess.Popen[bytes]"
    first_answer_s: float
    healthy_s: float


@contextmanager
def running(folder: Path | None = None, **settings: str) -> Iterator[Measured]:
    """Starts it with these settings, waits until it is healthy, and stops it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = folder or Path(tempfile.mkdtemp(prefix="marquee-bench-"))
    variables = {
        **os.environ,  # noqa: TID251 - inherited by the child
        "DATA_DIR": str(home),
        "PORT": str(port),
        "APP_ENV": "development",
        "RATE_LIMIT_SCALE": "0",
        **settings,
    }
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "up"],
        env=variables,
        cwd=PROJECT_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        first = _wait(f"{address}/healthz", "status", started)
        healthy = _wait(f"{address}/readyz", "workers", started)
        yield Measured(address, home, process, first, healthy)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def _wait(url: str, key: str, started: float) -> float:
    while time.monotonic() - started < STARTS_WITHIN_S:
        try:
            if requests.get(url, timeout=1).json().get(key):
                return time.monotonic() - started
        except requests.RequestException:
            pass
        time.sleep(0.02)
    raise TimeoutError(url)

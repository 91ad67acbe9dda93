"""`flask up`: everything that Marquee needs, in one terminal, until Ctrl-C."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from app.clients import valkey
from app.commands.processes import Child, say
from config import settings
from config.env import PROJECT_DIR

HEALTHY_WITHIN_S: Final = 60.0
STOP_WITHIN_S: Final = 6.0
_WEB_GRACE_S: Final = 4
_POLL_S: Final = 0.1
_LOOK_S: Final = 1.0


@click.command("up")
def up() -> None:
    """Start Marquee: Redis (bundled unless REDIS_URL), migrations, web and worker."""
    stop = _StopSignal()
    with _own_data_dir():
        _assert_port_is_free()
        started_redis = valkey.is_ours()
        if started_redis:
            valkey.redis_url()
        children: list[Child] = []
        try:
            _migrate()
            children = _start()
            if _wait_until_healthy(children, stop):
                _greet()
            while not stop.is_set:
                for child in children:
                    child.watch()
                time.sleep(_POLL_S)
        finally:
            _stop(children)
            if started_redis:
                valkey.stop()


class _StopSignal:
    """Set by Ctrl-C or SIGTERM; a second one changes nothing."""

    def __init__(self) -> None:
        self.is_set = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._set)

    def _set(self, _number: int, _frame: object) -> None:
        self.is_set = True


def _fail(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)


@contextmanager
def _own_data_dir() -> Iterator[None]:
    """Holds the data directory for this instance alone."""
    try:
        settings.run_dir.mkdir(parents=True, exist_ok=True)
        lock = (settings.run_dir / "up.lock").open("w")
        _try_to_write(settings.data_dir)
    except OSError as error:
        _fail(f"DATA_DIR {settings.data_dir} can't be written: {error.strerror}.")
        raise  # not reached; for the type checker
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _fail(f"DATA_DIR {settings.data_dir} is in use by another instance; set DATA_DIR to another folder.")
        yield


def _try_to_write(folder: Path) -> None:
    probe = folder / ".writable"
    probe.touch()
    probe.unlink()


def _assert_port_is_free() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            _fail(f"Port {settings.port} on {settings.host} can't be used: {error.strerror}. Set PORT to another.")


def _migrate() -> None:
    done = subprocess.run(
        [_tool("flask"), "db", "upgrade"], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        _fail(f"The database could not be brought up to date: {lines[-1]}")


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _start() -> list[Child]:
    children = [
        Child("web", [_tool("gunicorn"), "--graceful-timeout", str(_WEB_GRACE_S), "wsgi:app"], PROJECT_DIR),
        Child("worker", [_tool("celery"), "-q", "-A", "workers", "worker"], PROJECT_DIR),
    ]
    for child in children:
        child.start()
    return children


def _wait_until_healthy(children: list[Child], stop: _StopSignal) -> bool:
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while not stop.is_set and time.monotonic() < deadline:
        state = _readiness()
        if state.get("status") in {"ok", "degraded"} and state.get("workers"):
            return True
        for child in children:
            child.watch()
        time.sleep(_POLL_S)
    if not stop.is_set:
        say("up", f"not everything is healthy after {HEALTHY_WITHIN_S:.0f} s; see the lines above")
    return False


def _readiness() -> dict[str, Any]:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not bound
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/readyz", timeout=_LOOK_S) as answer:
            state: dict[str, Any] = json.load(answer)
            return state
    except (urllib.error.URLError, OSError, ValueError):
        return {}


def _greet() -> None:
    address = f"http://localhost:{settings.port}"
    body = '{"email":"ada@example.org","password":"correct horse battery","name":"Ada"}'
    for line in (
        f"Marquee is ready at {address} (data in {settings.data_dir})",
        f"API docs: {address}/docs",
        "Next, in another terminal:",
        f"  curl -s {address}/api/v1/auth/signup -H 'Content-Type: application/json' -d '{body}'",
    ):
        say("up", line)


def _stop(children: list[Child]) -> None:
    """Asks all to end, and ends what is left by force before the ten seconds are over."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_WITHIN_S
    while any(child.is_running for child in children) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    for child in children:
        child.kill()
    say("up", f"stopped (process {os.getpid()})")

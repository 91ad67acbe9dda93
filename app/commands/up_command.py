"""`flask up`: everything that Marquee needs, in one terminal, until Ctrl-C."""

import fcntl
import json
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Final, Never

import click
import flask_migrate
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.clients import tether, valkey
from app.commands import supervisor
from config import settings
from config.env import PROJECT_DIR

# Long enough for a request, short enough for Ctrl-C: the plain command gives uploads 30 s.
_WEB_GRACE_S: Final = 4


@click.command("up")
@with_appcontext
def up() -> None:
    """Start Marquee: Redis (bundled unless REDIS_URL), migrations, web and worker."""
    _own_data_dir()
    _assert_port_is_free()
    claim = _start_redis()
    _migrate()
    _supervise(claim)


def _fail(sentence: str) -> Never:
    click.echo(sentence, err=True)
    sys.exit(1)


def _own_data_dir() -> None:
    """Holds the data directory for this instance alone, for as long as the process lives."""
    try:
        settings.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _try_to_write(settings.data_dir)
        lock = os.open(settings.run_dir / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        _fail(f"DATA_DIR {settings.data_dir} can't be written: {error.strerror}.")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _fail(f"DATA_DIR {settings.data_dir} is in use by another instance; set DATA_DIR to another folder.")
    _hand_on(lock)


def _hand_on(descriptor: int) -> None:
    """Lets the supervisor, which this process turns into, keep the file open."""
    os.set_inheritable(descriptor, True)  # noqa: FBT003 - the standard library's only form


def _try_to_write(folder: Path) -> None:
    probe = folder / ".writable"
    probe.touch()
    probe.unlink()


def _assert_port_is_free() -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            _fail(f"Port {settings.port} on {settings.host} can't be used: {error.strerror}. Set PORT to another.")


def _start_redis() -> int | None:
    """Starts the bundled server, if it is to serve. Returns the descriptor of our claim on it."""
    if not valkey.is_ours():
        return None
    try:
        valkey.redis_url()
    except valkey.NoServer as error:
        _fail(str(error))
    claim = valkey.bundled.attach()
    _hand_on(claim)
    return claim


def _migrate() -> None:
    """`flask db upgrade`, in this process because it has the application loaded already."""
    try:
        flask_migrate.upgrade(str(PROJECT_DIR / "migrations"))
    except SQLAlchemyError as error:
        _fail(f"The database could not be brought up to date: {str(error).splitlines()[0]}")


def _supervise(claim: int | None) -> Never:
    """Goes on as the supervisor, in the same process: descriptors and children stay, the application goes."""
    plan = supervisor.Plan(
        commands={
            "web": _tethered("gunicorn", "--graceful-timeout", str(_WEB_GRACE_S), "wsgi:app"),
            "worker": _tethered("celery", "-q", "-A", "workers", "worker"),
        },
        readiness_url=f"http://{_reachable_host()}:{settings.port}/readyz",
        greeting=_greeting(),
        claim=claim,
        guardian_pid=valkey.bundled.guardian_pid,
        guardian_lock=str(valkey.bundled.guardian_lock),
    )
    with tempfile.TemporaryFile("w+") as file:
        json.dump(plan._asdict(), file)
        file.seek(0)
        _hand_on(file.fileno())
        os.chdir(PROJECT_DIR)
        program = [sys.executable, "-I", "-S", supervisor.__file__, str(file.fileno())]
        os.execv(sys.executable, program)  # noqa: S606 - our own file


def _tethered(tool: str, *arguments: str) -> list[str]:
    """A command of the virtual environment that ends when this process is killed, its own children too."""
    tie = [tether.__file__, str(os.getpid()), str(int(signal.SIGQUIT))]
    return [sys.executable, "-I", "-S", *tie, str(Path(sys.executable).with_name(tool)), *arguments]


def _reachable_host() -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - looked up, not bound
    return f"[{host}]" if ":" in host else host


def _greeting() -> list[str]:
    address = f"http://localhost:{settings.port}"
    body = '{"email":"ada@example.org","password":"correct horse battery","name":"Ada"}'
    return [
        f"Marquee is ready at {address} (data in {settings.data_dir})",
        f"API docs: {address}/docs",
        "Next, in another terminal:",
        f"  curl -s {address}/api/v1/auth/signup -H 'Content-Type: application/json' -d '{body}'",
    ]

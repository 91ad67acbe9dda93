"""gunicorn's settings, loaded by the plain `gunicorn wsgi:app`. Imports `config` only: the app would load ssl early."""

import gc
import os
import secrets
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from config import settings
from config.worker import web_worker

wsgi_app = "wsgi:app"
bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
workers = settings.web_concurrency
worker_class = "config.gevent_worker.ProblemWorker"
worker_connections = 10000
keepalive = 30
timeout = 60
graceful_timeout = 30
preload_app = False
control_socket_disable = True
accesslog = None  # the application logs each request itself, with who made it
loglevel = "warning"
logger_class = "config.gunicorn_log.JSONLog" if settings.log_format == "json" else "gunicorn.glogging.Logger"
limit_request_line = 8190
forwarded_allow_ips = ""  # the application decides whom to believe, by TRUSTED_PROXIES

# A UNIX address has room for 107 bytes: a deep DATA_DIR's sockets stand in a temporary folder instead.
_SOCKET_DIR_LIMIT = 70
_metrics_dir = settings.metrics_dirs[0]


def on_starting(_server: Any) -> None:
    """Makes the folder of the workers' private sockets; it stays the same when HUP loads this file again."""
    folder = settings.run_dir / "web"
    if len(str(folder)) > _SOCKET_DIR_LIMIT:
        folder = Path(tempfile.mkdtemp(prefix="marquee-"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    for path in folder.glob("*.sock"):
        _remove_dead(path)
    web_worker.socket_dir = folder


def when_ready(_server: Any) -> None:
    """Empties the folder of this instance's web metrics: the port is ours now, so no other one writes there."""
    shutil.rmtree(_metrics_dir, ignore_errors=True)
    _metrics_dir.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics_dir)  # noqa: TID251 - the library's only switch, read at import


def on_reload(_server: Any) -> None:
    """HUP: the workers of now serve until the first of their successors does."""
    web_worker.handover.begin()


def pre_fork(_server: Any, worker: Any) -> None:
    """Gives the worker its token; the master keeps it too, to clean up after a kill -9."""
    worker.token = secrets.token_urlsafe(12)


def post_fork(_server: Any, worker: Any) -> None:
    """Opens the worker's private socket, by which siblings pass on what belongs to it."""
    # Until the worker has its own handlers it has the master's, which would swallow a stop.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from gunicorn.sock import UnixSocket  # noqa: PLC0415 - it imports ssl, which gevent has to patch first

    web_worker.token = worker.token
    worker.sockets.append(UnixSocket(str(_socket_path(worker)), worker.cfg, worker.log))


def post_worker_init(worker: Any) -> None:
    """The application is loaded: what it is made of stays, and older workers may leave."""
    gc.freeze()  # a full collection of its 170,000 objects would stop every request for 80 to 220 ms
    web_worker.handover.report_ready(worker.generation)


def worker_exit(_server: Any, worker: Any) -> None:
    """Removes the worker's private socket, as it leaves."""
    _socket_path(worker).unlink(missing_ok=True)


def child_exit(_server: Any, worker: Any) -> None:
    """Removes the private socket of a worker that was killed."""
    _socket_path(worker).unlink(missing_ok=True)


def on_exit(_server: Any) -> None:
    """Removes a temporary folder of private sockets."""
    folder = web_worker.socket_dir
    if folder is not None and folder.parent != settings.run_dir:
        shutil.rmtree(folder, ignore_errors=True)


def _socket_path(worker: Any) -> Path:
    return (web_worker.socket_dir or settings.run_dir) / f"{worker.token}.sock"


def _remove_dead(path: Path) -> None:
    """Another gunicorn may share the folder: what somebody listens on stays."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            with suppress(FileNotFoundError):
                path.unlink()

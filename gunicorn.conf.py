"""gunicorn's settings, loaded by the plain `gunicorn wsgi:app`. Imports `config` only: the app would load ssl early."""

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

from config import settings
from config.worker import web_worker

wsgi_app = "wsgi:app"
bind = f"{settings.host}:{settings.port}"
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
limit_request_line = 8190
forwarded_allow_ips = "127.0.0.1"

# Worker sockets live in a short path: a UNIX address has room for 107 bytes only.
_socket_dir = Path(tempfile.mkdtemp(prefix="marquee-"))
_metrics_dir = settings.metrics_dirs[0]


def on_starting(_server: Any) -> None:
    """Empties the folder of this instance's web metrics; the variable is read when the app is imported."""
    shutil.rmtree(_metrics_dir, ignore_errors=True)
    _metrics_dir.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics_dir)  # noqa: TID251 - the library's only switch


def post_fork(_server: Any, worker: Any) -> None:
    """Gives the worker its token and a private socket, by which siblings pass on what belongs to it."""
    from gunicorn.sock import UnixSocket  # noqa: PLC0415 - after the fork, when gevent has patched

    web_worker.token = secrets.token_urlsafe(12)
    web_worker.socket_dir = _socket_dir
    worker.sockets.append(UnixSocket(str(_socket_dir / f"{web_worker.token}.sock"), worker.cfg, worker.log))


def worker_exit(_server: Any, _worker: Any) -> None:
    """Removes the worker's private socket."""
    (_socket_dir / f"{web_worker.token}.sock").unlink(missing_ok=True)


def on_exit(_server: Any) -> None:
    """Removes the folder of the private sockets."""
    shutil.rmtree(_socket_dir, ignore_errors=True)

"""What a gunicorn worker shares between gunicorn.conf.py and the app: its own random token."""

from dataclasses import dataclass
from pathlib import Path


@dataclass
class WebWorker:
    """The process's identity among its siblings; empty outside gunicorn.

    `token` names its private socket in `socket_dir` (a 0700 folder); both are set in `post_fork`.
    """

    token: str = ""
    socket_dir: Path | None = None


web_worker = WebWorker()

"""What many write first: a Flask route that calls `.delay()`, and Celery with late acknowledgement over Redis."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from celery import Celery
from flask import Flask, request

_VARIABLES = os.environ  # noqa: TID251 - it stands for somebody else's application
celery_app = Celery("plain", broker=_VARIABLES["REDIS_URL"])
celery_app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True, task_ignore_result=True)
app = Flask(__name__)


@celery_app.task(name="work", autoretry_for=(psycopg.OperationalError,), retry_backoff=True, max_retries=5)
def work(work_id: str, clip: str | None) -> None:
    """Encodes a clip if there is one, then counts as an effect."""
    if clip is not None:
        with tempfile.TemporaryDirectory(dir=_VARIABLES["WORK_DIR"]) as folder:
            _encode(clip, Path(folder))
    with psycopg.connect(_VARIABLES["DATABASE_URL"], connect_timeout=3) as connection:
        connection.execute("INSERT INTO effects (work_id) VALUES (%s)", (work_id,))


def _encode(clip: str, folder: Path) -> None:
    ladder = [*("-vf", "scale=-2:180", "-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-c:a", "aac")]
    command = [_VARIABLES["FFMPEG_BINARY"], "-nostdin", "-v", "error", "-i", clip, *ladder, str(folder / "out.m3u8")]
    subprocess.run(command, check=True)


@app.post("/work")
def enqueue() -> tuple[dict[str, Any], int]:
    """Answers once Celery has taken the message."""
    document = request.get_json()
    work.delay(document["id"], document["clip"])
    return {"id": document["id"]}, 202

"""The product, with routes that do heavy work in the request, queue the same work, or wait in the database."""

from http import HTTPStatus

from sqlalchemy import text

from app import create_app
from app.database import read_connection, transaction
from app.jobs import ENCODE_CHUNK
from app.services import job_service
from app.services.job_service import JobRequest
from app.utils.ids import new_id
from benchmarks.nonblocking import deeds

app = create_app()


@app.post("/benchmark/inline/fibonacci")
def fibonacci() -> tuple[str, HTTPStatus]:
    return str(deeds.fibonacci()), HTTPStatus.OK


@app.post("/benchmark/inline/transcode")
def transcode() -> tuple[str, HTTPStatus]:
    deeds.transcode_naively()
    return "", HTTPStatus.OK


@app.post("/benchmark/queued/<deed>")
def queue(deed: str) -> tuple[str, HTTPStatus]:
    with transaction():
        job_service.enqueue(ENCODE_CHUNK, JobRequest(f"video:{new_id()}", None, {"deed": deed}))
    return "", HTTPStatus.ACCEPTED


@app.get("/benchmark/wait")
def wait() -> tuple[str, HTTPStatus]:
    with read_connection() as connection:
        connection.execute(text("SELECT pg_sleep(0.1)"))
    return "", HTTPStatus.OK

"""One Celery task per kind of the catalogue: each parses the job's id and runs the job."""

import math
import os
from typing import Final
from uuid import UUID

from app.jobs import CATALOGUE, JobKind
from app.services import job_attempt, job_run
from workers import metrics
from workers.celery_app import celery_app, flask_app, relay
from workers.child_limits import limit_memory

_LEEWAY_S: Final = 2.0


def _task(kind: JobKind) -> None:
    # The parent's own kill is for work that holds Python's lock for ever, so that no heartbeat can end it.
    killed_after_s = math.ceil(job_run.time_limit_s(kind) + job_attempt.STUBBORN_AFTER_S + _LEEWAY_S)

    @celery_app.task(name=kind.name, time_limit=killed_after_s)
    def run(job_id: str) -> None:
        limit_memory(job_run.memory_limit_bytes(kind))
        open_context = flask_app.app_context
        with open_context():
            attempt = job_attempt.run(
                UUID(job_id), worker_id=relay.worker_id, process_id=os.getpid(), open_context=open_context
            )
        if attempt is not None:
            metrics.observe(attempt)


for _kind in CATALOGUE.values():
    _task(_kind)

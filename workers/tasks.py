"""One Celery task per kind of the catalogue: each parses the job's id and runs the job."""

import os
from uuid import UUID

from app.jobs import CATALOGUE, JobKind
from app.services import job_run
from workers.celery_app import celery_app, flask_app, relay


def _task(kind: JobKind) -> None:
    @celery_app.task(name=kind.name)
    def run(job_id: str) -> None:
        open_context = flask_app.app_context
        with open_context():
            job_run.run(UUID(job_id), worker_id=relay.worker_id, process_id=os.getpid(), open_context=open_context)


for _kind in CATALOGUE.values():
    _task(_kind)

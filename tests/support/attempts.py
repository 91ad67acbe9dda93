"""Attempts of jobs in this process, as a worker's child makes them."""

import os
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from app.database import db, transaction
from app.dialect import utc_now
from app.models import Job
from app.services import job_attempt


def attempt(app: Flask, job_id: UUID, worker_id: UUID) -> None:
    """One attempt of a queued job, which needn't be due."""
    early = update(Job).where(Job.id == job_id, Job.run_at > utc_now()).values(run_at=utc_now())
    with transaction():
        db.session.execute(early.execution_options(synchronize_session=False))
    job_attempt.run(job_id, worker_id=worker_id, process_id=os.getpid(), open_context=app.app_context)

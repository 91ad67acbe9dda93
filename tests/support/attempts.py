"""Attempts of jobs in this process, as a worker's child makes them."""

import os
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from app.database import db, transaction
from app.dialect import utc_now
from app.jobs import JobKind
from app.models import Job, JobState
from app.services import job_attempt
from tests.factories import make_worker


def attempt(app: Flask, job_id: UUID, worker_id: UUID) -> None:
    """One attempt of a queued job, which needn't be due."""
    early = update(Job).where(Job.id == job_id, Job.run_at > utc_now()).values(run_at=utc_now())
    with transaction():
        db.session.execute(early.execution_options(synchronize_session=False))
    job_attempt.run(job_id, worker_id=worker_id, process_id=os.getpid(), open_context=app.app_context)


def attempt_all(app: Flask, kind: JobKind, *, last_first: bool = False) -> None:
    """An attempt of each queued job of a kind, of which there must be one."""
    with transaction():
        queued = select(Job.id).where(Job.kind == kind.name, Job.state == JobState.QUEUED)
        ordered = queued.order_by(Job.id.desc() if last_first else Job.id)
        job_ids, worker_id = db.session.scalars(ordered).all(), make_worker().id
    assert job_ids, f"no {kind.name} waits"
    for job_id in job_ids:
        attempt(app, job_id, worker_id)

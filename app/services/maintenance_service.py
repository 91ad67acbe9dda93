"""Recurring work: removes what has expired."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from app.clients.stores import storage
from app.database import db, transaction
from app.dialect import utc_now_plus
from app.jobs import CLEAN_UP, DELETE_FILES
from app.models import Event, IdempotencyKey, Job, JobState, OneTimeToken, Session, Worker
from app.services import audit_service, job_run, upload_service
from app.services.job_run import JobRun
from app.utils.times import now

EVENTS_KEPT_FOR: Final = timedelta(days=7)
JOBS_KEPT_FOR: Final = timedelta(days=30)
_ENDED: Final = (JobState.SUCCEEDED, JobState.CANCELLED)


def register() -> None:
    """Registers the work of the maintenance jobs."""
    job_run.does(CLEAN_UP, clean_up)
    job_run.does(DELETE_FILES, delete_files)


def clean_up(_job: JobRun) -> None:
    """Removes expired sessions, tokens, answers, events, old jobs and workers that are long gone; each by itself."""
    expired = (
        delete(IdempotencyKey).where(IdempotencyKey.expires_at < now()),
        delete(Session).where(Session.expires_at < now()),
        delete(OneTimeToken).where(OneTimeToken.expires_at < now()),
        delete(Event).where(Event.occurred_at < now() - EVENTS_KEPT_FOR),
        delete(Job).where(Job.state.in_(_ENDED), Job.parent_id.is_(None), Job.finished_at < now() - JOBS_KEPT_FOR),
        delete(Worker).where(Worker.seen_at < utc_now_plus(-3600)),
    )
    for statement in expired:
        with transaction():
            db.session.execute(statement.execution_options(synchronize_session=False))
    audit_service.forget_old()
    upload_service.sweep()


def delete_files(job: JobRun) -> None:
    """Removes everything stored under a prefix; again is fine."""
    storage().delete_tree(str(job.arguments["prefix"]))

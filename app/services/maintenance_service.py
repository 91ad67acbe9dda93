"""Recurring work on rows: removes what has expired, each kind in a job of its own."""

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import and_, exists, or_

from app.dialect import utc_now_plus
from app.jobs import (
    FORGET_ANSWERS,
    FORGET_AUDIT,
    FORGET_EVENTS,
    FORGET_INVITATIONS,
    FORGET_JOBS,
    FORGET_SESSIONS,
    FORGET_TOKENS,
    FORGET_VIEWINGS,
    RECOUNT_QUOTAS,
    REMOVE_MP4S,
    SWEEP_UPLOADS,
)
from app.models import (
    UNFINISHED_UPLOADS,
    Event,
    IdempotencyKey,
    Image,
    Job,
    JobState,
    OneTimeToken,
    Session,
    Upload,
    Video,
    Viewing,
    Worker,
)
from app.services import audit_service, invitation_service, job_run, quota_service, upload_service, view_service
from app.services.job_run import JobRun
from app.services.retention import forget
from app.services.video_pipeline import mp4
from app.utils.times import now

log = structlog.get_logger("marquee.maintenance")
EVENTS_KEPT_FOR: Final = timedelta(days=7)
JOBS_KEPT_FOR: Final = timedelta(days=30)
RECURRING_KEPT_FOR: Final = timedelta(days=7)
UPLOADS_KEPT_FOR: Final = timedelta(days=30)
WORKERS_KEPT_FOR_S: Final = 3600


def register() -> None:
    """Registers the work of the maintenance jobs."""
    job_run.does(SWEEP_UPLOADS, sweep_uploads)
    job_run.does(FORGET_SESSIONS, forget_sessions)
    job_run.does(FORGET_TOKENS, forget_tokens)
    job_run.does(FORGET_ANSWERS, forget_answers)
    job_run.does(FORGET_EVENTS, forget_events)
    job_run.does(FORGET_AUDIT, forget_audit)
    job_run.does(FORGET_JOBS, forget_jobs)
    job_run.does(FORGET_INVITATIONS, forget_invitations)
    job_run.does(RECOUNT_QUOTAS, recount_quotas)
    job_run.does(FORGET_VIEWINGS, forget_viewings)
    job_run.does(REMOVE_MP4S, remove_mp4s)


def sweep_uploads(job: JobRun) -> None:
    """Ends uploads that have expired, finishes what is whole, and forgets what ended long ago."""
    upload_service.sweep()
    quota_service.tidy()
    is_over = Upload.state.not_in(UNFINISHED_UPLOADS)
    forget(Upload, is_over, Upload.updated_at < now() - UPLOADS_KEPT_FOR, check=job.check)


def forget_sessions(job: JobRun) -> None:
    """Removes sessions that are over, with their refresh tokens."""
    forget(Session, Session.expires_at < now(), check=job.check)


def forget_tokens(job: JobRun) -> None:
    """Removes single-use tokens that are over."""
    forget(OneTimeToken, OneTimeToken.expires_at < now(), check=job.check)


def forget_viewings(job: JobRun) -> None:
    """Removes what told viewers' sittings apart once those are over."""
    forget(Viewing, Viewing.seen_at < now() - view_service.SITTING_ENDS_AFTER, check=job.check)


def forget_answers(job: JobRun) -> None:
    """Removes the answers kept for idempotency keys that are over."""
    forget(IdempotencyKey, IdempotencyKey.expires_at < now(), check=job.check)


def forget_events(job: JobRun) -> None:
    """Removes events that are too old to be replayed."""
    forget(Event, Event.occurred_at < now() - EVENTS_KEPT_FOR, check=job.check)


def forget_audit(job: JobRun) -> None:
    """Removes lines of the audit log past their retention."""
    audit_service.forget_old(job.check)


def forget_jobs(job: JobRun) -> None:
    """Removes jobs that ended long ago, with their parts, and workers that are gone.

    What a video or an image could be retried by stays as long as that.
    """
    has_owner = or_(exists().where(Video.job_id == Job.id), exists().where(Image.job_id == Job.id))
    is_spent = or_(Job.state == JobState.SUCCEEDED, ~has_owner)
    is_old = or_(
        Job.finished_at < now() - JOBS_KEPT_FOR,
        and_(Job.unique_key.is_not(None), Job.finished_at < now() - RECURRING_KEPT_FOR),
    )
    forget(Job, Job.parent_id.is_(None), is_spent, is_old, check=job.check)
    forget(Worker, Worker.seen_at < utc_now_plus(-WORKERS_KEPT_FOR_S), check=job.check)


def forget_invitations(job: JobRun) -> None:
    """Removes invitations that expired long ago."""
    invitation_service.forget_expired(job.check)


def remove_mp4s(job: JobRun) -> None:
    """Removes progressive files that nobody asked for in a long time."""
    mp4.remove_unused(job.check)


def recount_quotas(job: JobRun) -> None:
    """Corrects what organizations are said to use, should it have drifted."""
    wrong = quota_service.recount(job.check)
    if wrong:
        log.warning("quotas were wrong", organizations=wrong)

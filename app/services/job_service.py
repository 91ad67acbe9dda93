"""Jobs as rows: enqueue, read, end, cancel, retry. The Celery message is sent by the relay, never here."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.functions import FunctionElement

from app.clients import redis
from app.database import after_commit, db, savepoint, transaction, unit_values
from app.dialect import utc_now
from app.errors import Conflict, NotFound
from app.jobs import CATALOGUE, JobKind
from app.models import OPEN_STATES, Job, JobState
from app.services import event_service
from app.utils.ids import new_id
from app.utils.times import rfc3339

WAKE_CHANNEL: Final = "marquee:wake"
FAILURES_KEPT: Final = 20
_RETRIABLE: Final = (JobState.FAILED, JobState.DEAD, JobState.CANCELLED)
Action = Callable[[Job], None]
_when_ended: dict[str, Action] = {}
_when_retried: dict[str, Action] = {}


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What to do, about what, for whom. `parent_id` makes it a child; `run_at` keeps it for later."""

    subject: str | None = None
    organization_id: UUID | None = None
    arguments: Mapping[str, object] | None = None
    parent_id: UUID | None = None
    run_at: datetime | FunctionElement[datetime] | None = None
    unique_key: str | None = None


def when_ended(kind: JobKind, action: Action) -> None:
    """Calls `action` inside the transaction in which a job of the kind fails, dies or is cancelled."""
    _when_ended[kind.name] = action


def when_retried(kind: JobKind, action: Action) -> None:
    """Calls `action` inside the transaction in which somebody queues an ended job of the kind again."""
    _when_retried[kind.name] = action


def enqueue(kind: JobKind, request: JobRequest) -> UUID:
    """Inserts the job in the open transaction; after its commit a losable wake-up goes to the relay.

    Children come into being where their parent begins to wait for them, or later.
    """
    job = Job(
        id=new_id(),
        kind=kind.name,
        subject=request.subject,
        organization_id=request.organization_id,
        parent_id=request.parent_id,
        unique_key=request.unique_key,
        job_class=kind.job_class,
        priority=kind.priority,
        max_attempts=kind.max_attempts,
        arguments=dict(request.arguments or {}),
        run_at=utc_now() if request.run_at is None else request.run_at,
    )
    db.session.add(job)
    if request.parent_id is not None:
        parent = db.session.get_one(Job, request.parent_id, with_for_update=True)
        if parent.children_left is None:
            raise RuntimeError("A job that does not wait for children cannot be given one.")
        parent.children_left += 1
    db.session.flush()
    _wake_after_commit()
    return job.id


def enqueue_once(kind: JobKind, request: JobRequest) -> None:
    """Enqueues unless a job of the same unique key is open; one that has ended gives the key up. Rivals are fine."""
    mine = update(Job).where(Job.unique_key == request.unique_key, Job.state.not_in(OPEN_STATES))
    with transaction(), suppress(IntegrityError):
        db.session.execute(mine.values(unique_key=None).execution_options(synchronize_session=False))
        with savepoint():
            enqueue(kind, request)


def _wake_after_commit() -> None:
    if unit_values().setdefault("wakes_relay", False) is False:
        unit_values()["wakes_relay"] = True
        after_commit(_wake)


def _wake() -> None:
    redis.publish(WAKE_CHANNEL, b"")


def end(job: Job, state: JobState, error: Mapping[str, Any] | None = None) -> None:
    """Ends a locked job inside the open transaction, and settles its parent and whoever waits for it."""
    job.state = state
    job.error = dict(error) if error else job.error
    job.finished_at = utc_now()  # the database's clock
    if state is JobState.SUCCEEDED:
        job.progress, job.error = 1.0, None
    _release(job)
    db.session.flush()
    _wake_after_commit()  # a slot is free
    _record(job, f"job.{job.state}")
    if state is not JobState.SUCCEEDED:
        _tell_owner(job)
    if job.parent_id is not None:
        _settle_parent(job)


def _release(job: Job) -> None:
    job.lease_until = job.lease_token = job.published_at = None
    job.child_pid = job.children_left = job.continuation = None


def _tell_owner(job: Job) -> None:
    if job.kind in _when_ended:
        _when_ended[job.kind](job)


def lock_ancestors(parent_id: UUID | None) -> None:
    """Parents are locked before their children, everywhere, so that no two transactions wait in a circle."""
    chain: list[UUID] = []
    while parent_id is not None:
        chain.append(parent_id)
        parent_id = db.session.scalar(select(Job.parent_id).where(Job.id == parent_id))
    for ancestor_id in reversed(chain):
        _lock(ancestor_id)


def _lock(job_id: UUID) -> Job | None:
    return db.session.get(Job, job_id, with_for_update=True, populate_existing=True)


def _lock_with_ancestors(job_id: UUID) -> Job | None:
    lock_ancestors(db.session.scalar(select(Job.parent_id).where(Job.id == job_id)))
    return _lock(job_id)


def _settle_parent(child: Job) -> None:
    parent = _lock(child.parent_id) if child.parent_id else None
    if parent is None or parent.state is not JobState.RUNNING:
        return
    if child.state is not JobState.SUCCEEDED:
        _end_children(parent, except_id=child.id)
        end(parent, child.state, child.error)
        return
    parent.children_left = (parent.children_left or 1) - 1
    if parent.children_left == 0:
        continue_parent(parent)


def continue_parent(parent: Job) -> None:
    """Goes on after the last child: with the continuation if there is one, else the parent is done."""
    following, parent.continuation = parent.continuation, None
    if following is None:
        end(parent, JobState.SUCCEEDED)
        return
    request = JobRequest(parent.subject, parent.organization_id, parent.arguments, parent_id=parent.id)
    enqueue(CATALOGUE[following], request)


def _end_children(parent: Job, *, except_id: UUID | None = None) -> None:
    for child in _open_children(parent.id):
        if child.id != except_id:
            child.state = JobState.CANCELLED
            child.finished_at = utc_now()
            _end_children(child)
            _release(child)
            db.session.flush()
            _tell_owner(child)


def _open_children(parent_id: UUID) -> Sequence[Job]:
    query = select(Job).where(Job.parent_id == parent_id, Job.state.in_(OPEN_STATES)).order_by(Job.id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def cancel(job_id: UUID) -> None:
    """Cancels a job and its children; running ones lose their lease, which they notice within a second.

    Whoever holds other rows too takes them after this: a job's row comes first, then its video's.
    """
    with transaction():
        job = _lock_with_ancestors(job_id)
        if job is None or job.state not in OPEN_STATES:
            return
        _end_children(job)
        end(job, JobState.CANCELLED)


def retry(job_id: UUID, *, arguments: Mapping[str, object] | None = None, even_succeeded: bool = False) -> None:
    """Queues an ended root job again with all its attempts, with other arguments where some are given.

    Raises `Conflict` for one that is not ended, and for one that succeeded unless that is meant.
    """
    with transaction():
        job = _lock(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.parent_id is not None:
            raise Conflict("A part of a job cannot be retried by itself; retry the whole.")
        if job.state not in _RETRIABLE and not (even_succeeded and job.state is JobState.SUCCEEDED):
            detail = "Only a job that is failed, dead or cancelled can be retried"
            raise Conflict(f"{detail}; the state of this one is {job.state}.")
        requeue(job)
        if arguments is not None:
            job.arguments = dict(arguments)
        job.attempt, job.progress, job.error, job.finished_at = 0, 0.0, None, None
        # What its first life left of parts would count as parts of the second.
        db.session.execute(delete(Job).where(Job.parent_id == job_id), execution_options={"synchronize_session": False})
        if job.kind in _when_retried:
            _when_retried[job.kind](job)
        _record(job, "job.retried")


def requeue(job: Job, *, run_at: object = None) -> None:
    """Puts a locked job back into the queue, for anybody, now or at an SQL time."""
    _release(job)
    job.state = JobState.QUEUED
    job.worker_id = None
    job.publish_count = 0
    job.run_at = utc_now() if run_at is None else run_at  # type: ignore[assignment]  # an SQL expression
    db.session.flush()
    _wake_after_commit()


def note_failure(job: Job, error: Mapping[str, Any]) -> None:
    """Keeps how an attempt of a locked job ended badly: of one that is retried for ever the last few."""
    failure = {
        "attempt": job.attempt,
        "started_at": rfc3339(job.claimed_at),
        "ended_at": rfc3339(db.session.scalar(select(utc_now()))),
        "error": dict(error),
    }
    job.failures = [*job.failures, failure][-FAILURES_KEPT:]
    job.error = dict(error)


def _record(job: Job, type_: str) -> None:
    """An event of the job's organization; the parts of a job make none."""
    if job.parent_id is None and job.organization_id is not None:
        event_service.record(
            type_,
            subject=f"job:{job.id}",
            scope=job.organization_id,
            organization_id=job.organization_id,
            data={
                "id": str(job.id),
                "kind": job.kind,
                "subject": job.subject,
                "state": job.state,
                "error": job.error,
            },
        )

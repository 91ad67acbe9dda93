"""One attempt of a job: claim, lease, heartbeat, and what becomes of it when it ends."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from app import dialect
from app.database import db, transaction
from app.dialect import utc_now, utc_now_plus
from app.jobs import CATALOGUE, JobClass, JobKind
from app.models import Job, JobState, Worker
from app.services.job_run import (
    LOOK_EVERY_S,
    FaultKind,
    Fenced,
    JobFailed,
    JobRun,
    MustWait,
    Outcome,
    is_held_by,
    memory_limit_bytes,
    time_limit_s,
    work_of,
)
from config import settings

log = structlog.get_logger("marquee.jobs")
STUBBORN_AFTER_S: Final = 3.0
"""How long work may go on after it was told to stop; then its process is killed."""
Context = Callable[[], AbstractContextManager[object]]
"""Opens what the database session of a thread needs; the heartbeat's thread opens one of its own."""
_CLAIMED: Final = (
    *(Job.kind, Job.subject, Job.organization_id, Job.parent_id, Job.arguments, Job.attempt),
    *(Job.run_at, Job.claimed_at),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt went: how long the job waited since it was due, and how long it ran."""

    kind: JobKind
    outcome: Outcome
    waited_s: float
    ran_s: float


def run(job_id: UUID, *, worker_id: UUID, process_id: int, open_context: Context) -> Attempt | None:
    """Claims the job and does it; None if another delivery won it or there was no room."""
    job = claim(job_id, worker_id=worker_id, process_id=process_id)
    if job is None:
        return None
    started = time.monotonic()
    _perform(job, open_context)
    return Attempt(job.kind, job.outcome or Outcome.GIVEN_UP, job.waited_s, time.monotonic() - started)


def _perform(job: JobRun, open_context: Context) -> None:
    bound = log.bind(job_id=str(job.id), kind=job.kind.name, attempt=job.attempt)
    try:
        with _heartbeat(open_context, job):
            _attempt(job, bound)
    except Fenced:
        bound.info("job given up", reason="cancelled, given back or fenced")


def _attempt(job: JobRun, bound: Any) -> None:  # noqa: ANN401 - structlog's bound logger
    started = time.monotonic()
    try:
        work_of(job.kind)(job)
        if not job.is_ended:
            job.check()
            job.finish()
    except Fenced:
        if not job.is_late:
            raise
        job.settle(job.out_of_time())  # to the work it looks like being fenced
    except MustWait as waiting:
        bound.warning("job waits", **waiting.document)
        job.put_off(waiting)
    except Exception as error:  # noqa: BLE001 - the worker's outermost frame: whatever it is becomes the job's error
        job.settle(_failure_of(job, error, bound))
    else:
        bound.info("job done", duration_s=round(time.monotonic() - started, 2))


def _failure_of(job: JobRun, error: Exception, bound: Any) -> JobFailed:  # noqa: ANN401 - structlog's bound logger
    """What went wrong, in the words of jobs."""
    if isinstance(error, JobFailed):
        failure = job.out_of_time() if job.is_late else error
        bound.warning("job failed", **failure.document)
        return failure
    if isinstance(error, MemoryError):
        bound.warning("job out of memory")
        return _out_of_memory(job.kind)
    bound.error("job crashed", exc_info=error)
    kind: FaultKind = "transient" if dialect.is_passing(error) else "internal"
    return JobFailed(kind, "internal", f"{type(error).__name__} in the worker; its log says more.")


def _out_of_memory(kind: JobKind) -> JobFailed:
    detail = f"It needed more than the {memory_limit_bytes(kind) // 1024**2} MiB of memory that it may use."
    return JobFailed("internal", "out_of_memory", detail, hint="Look for a huge input.")


def claim(job_id: UUID, *, worker_id: UUID, process_id: int) -> JobRun | None:
    """Takes the job with a fresh lease token: one statement decides between any number of deliveries.

    A second message of one that failed meanwhile comes too early: its back-off holds here too.
    """
    token = uuid4()
    taken = (
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED, Job.run_at <= utc_now(), _has_room(worker_id))
        .values(
            state=JobState.RUNNING,
            attempt=Job.attempt + 1,
            worker_id=worker_id,
            child_pid=process_id,
            lease_token=token,
            lease_until=utc_now_plus(settings.job_lease_s),
            published_at=None,
            progress=0.0,
            started_at=func.coalesce(Job.started_at, utc_now()),
            claimed_at=utc_now(),
        )
        .returning(*_CLAIMED)
        .execution_options(synchronize_session=False)
    )
    with transaction():
        # Claims of one worker queue up here: two at once would each see the same free core.
        db.session.execute(select(Worker.id).where(Worker.id == worker_id).with_for_update())
        row = db.session.execute(taken).first()
        if row is None:  # no room here, or not due: the relay offers it again
            back = update(Job).where(Job.id == job_id, Job.state == JobState.QUEUED).values(published_at=None)
            db.session.execute(back.execution_options(synchronize_session=False))
    if row is None:
        return None
    return JobRun(
        job_id,
        CATALOGUE[row.kind],
        row.subject,
        row.organization_id,
        row.parent_id,
        row.arguments,
        row.attempt,
        token,
        waited_s=max(0.0, (row.claimed_at - row.run_at).total_seconds()),
    )


def _has_room(worker_id: UUID) -> Any:  # noqa: ANN401 - an SQL condition
    """The worker is not draining, and neither its cores nor the kind's own bound are used up."""
    other = aliased(Job)
    here = and_(other.worker_id == worker_id, other.state == JobState.RUNNING, other.lease_until.is_not(None))
    heavy = select(func.count()).where(here, other.job_class == JobClass.HEAVY).scalar_subquery()
    same = select(func.count()).where(here, other.kind == Job.kind).correlate(Job).scalar_subquery()
    worker = exists().where(
        Worker.id == worker_id,
        Worker.is_draining.is_(False),
        or_(Job.job_class == JobClass.LIGHT, heavy < Worker.cores),
    )
    bounded = [and_(Job.kind == kind.name, same >= kind.per_worker) for kind in CATALOGUE.values() if kind.per_worker]
    return and_(worker, ~or_(*bounded))


@contextmanager
def _heartbeat(open_context: Context, job: JobRun) -> Iterator[None]:
    """Keeps the lease while the work goes on, and tells it to stop when the row says so."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(open_context, job, done), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(open_context: Context, job: JobRun, done: threading.Event) -> None:
    late_at = time.monotonic() + time_limit_s(job.kind)
    extend_at = time.monotonic() + settings.job_heartbeat_s
    stubborn_at = float("inf")
    while not done.wait(LOOK_EVERY_S):
        moment = time.monotonic()
        if moment > late_at:
            job.stop(is_late=True)
        is_held = _asked(open_context, job, _extend if moment > extend_at else _look)
        if is_held is None:
            extend_at = moment  # the lease may have run out meanwhile: extend it first thing
        elif moment > extend_at:
            extend_at = moment + settings.job_heartbeat_s
        if is_held is False and not job.is_ended and not done.is_set():
            job.stop()
        if job.stopped() and not job.is_ended:
            stubborn_at = min(stubborn_at, moment + STUBBORN_AFTER_S)
        if moment > stubborn_at and not job.is_ended and not done.is_set():
            _kill(open_context, job)


def _asked(open_context: Context, job: JobRun, question: Callable[[JobRun], bool]) -> bool | None:
    """What the job's row says; None while the database is away, when the work goes on."""
    try:
        with open_context():
            return question(job)
    except SQLAlchemyError as error:
        if not dialect.is_passing(error):
            log.warning("heartbeat failed", cause=type(error).__name__)
        return None


def _kill(open_context: Context, job: JobRun) -> None:
    """The last resort against work that does not stop: ends its process, whose children die with it."""
    log.error("job does not stop; its process is killed", job_id=str(job.id), kind=job.kind.name)
    if job.is_late:
        with suppress(Fenced, SQLAlchemyError), open_context():
            job.settle_once(job.out_of_time())
    os.kill(os.getpid(), signal.SIGKILL)


def _look(job: JobRun) -> bool:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return connection.execute(select(Job.id).where(is_held_by(job))).first() is not None


def _extend(job: JobRun) -> bool:
    longer = update(Job).where(is_held_by(job)).values(lease_until=utc_now_plus(settings.job_lease_s))
    with transaction():
        found = db.session.execute(longer.returning(Job.id).execution_options(synchronize_session=False))
        return found.first() is not None

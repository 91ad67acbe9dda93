"""One attempt of a job: claim, lease, heartbeat, fenced effects, and how it ends."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar
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
from app.services import job_service
from config import settings

log = structlog.get_logger("marquee.jobs")
LOOK_EVERY_S: Final = 0.5
PROGRESS_EVERY_S: Final = 0.5
STUBBORN_AFTER_S: Final = 3.0
"""How long work may go on after it was told to stop; then its process is killed."""
FaultKind = Literal["input", "transient", "internal"]
Result = TypeVar("Result")
Context = Callable[[], AbstractContextManager[object]]
"""Opens what the database session of a thread needs; the heartbeat's thread opens one of its own."""


class Fenced(Exception):
    """The lease is somebody else's now, or the job was cancelled: whatever was done is discarded."""


class JobFailed(Exception):
    """An attempt that ended badly: `input` is not tried again, the others are, with a back-off."""

    def __init__(self, kind: FaultKind, code: str, detail: str, *, hint: str = "", stage: str = "") -> None:
        super().__init__(detail)
        self.kind = kind
        self.document = {"code": code, "class": kind, "stage": stage, "detail": detail, "hint": hint}


@dataclass(slots=True)
class JobRun:
    """What the work of a job is given: what to do, whether to stop, and fenced transactions."""

    id: UUID
    kind: JobKind
    subject: str | None
    organization_id: UUID | None
    parent_id: UUID | None
    arguments: dict[str, Any]
    attempt: int
    lease_token: UUID
    is_ended: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    is_late: bool = False
    _progress_at: float = 0.0

    def stopped(self) -> bool:
        """True once it is cancelled, fenced, given back or out of time: end child processes and return."""
        return self._stop.is_set()

    def stop(self, *, is_late: bool = False) -> None:
        """Tells the work to stop."""
        self.is_late = self.is_late or is_late
        self._stop.set()

    def check(self) -> None:
        """Raises `Fenced` when stopped, `JobFailed` when out of time."""
        if self.is_late:
            raise self.out_of_time()
        if self._stop.is_set():
            raise Fenced

    def out_of_time(self) -> JobFailed:
        """The error of an attempt that took too long."""
        return JobFailed("internal", "timeout", f"It took longer than {time_limit_s(self.kind):g} s.")

    def read(self, question: Callable[[], Result]) -> Result:
        """Asks the database in a transaction of its own. Outlasts a restart of it."""

        def asking() -> Result:
            with transaction():
                return question()

        return _until_committed(asking)

    def effect(self, change: Callable[[], Result]) -> Result:
        """Runs `change` in a transaction that holds the lease. Raises `Fenced`. Outlasts a restart of it."""
        return _until_committed(lambda: self._fenced(change))

    def finish(self, change: Callable[[], object] = lambda: None) -> None:
        """Ends the job as succeeded, together with its last effect."""

        def ending() -> None:
            change()
            job_service.end(self._row(), JobState.SUCCEEDED)

        _until_committed(lambda: self._fenced(ending))
        self.is_ended = True

    def wait_for_children(self, change: Callable[[], object], *, continuation: JobKind) -> None:
        """Becomes a parent: `change` enqueues the children, `continuation` follows the last of them."""

        def parting() -> None:
            job = self._row()
            job.lease_until = job.lease_token = job.child_pid = None
            job.children_left, job.continuation = 0, continuation.name
            change()
            if job.children_left == 0:
                job_service.continue_parent(job)

        _until_committed(lambda: self._fenced(parting))
        self.is_ended = True

    def progress(self, fraction: float) -> None:
        """Keeps how far the job is, at most twice a second; it never goes back within an attempt."""
        value = min(max(fraction, 0.0), 1.0)
        if time.monotonic() - self._progress_at < PROGRESS_EVERY_S:
            return
        self._progress_at = time.monotonic()
        further = update(Job).where(_mine(self), Job.progress < value).values(progress=value)
        with losable(), transaction():
            db.session.execute(further.execution_options(synchronize_session=False))

    def settle(self, failure: JobFailed) -> None:
        """Ends a failed attempt: `failed`, `dead`, or queued again after a back-off."""
        _until_committed(lambda: self.settle_once(failure))

    def settle_once(self, failure: JobFailed) -> None:
        """The same, without waiting for a database that is away."""

        def settling() -> None:
            job = self._row()
            job_service.note_failure(job, failure.document)
            if failure.kind == "input":
                job_service.end(job, JobState.FAILED, failure.document)
            elif job.attempt >= job.max_attempts:
                job_service.end(job, JobState.DEAD, failure.document)
            else:
                job_service.requeue(job, run_at=utc_now_plus(_back_off_s(self.kind, job.attempt)))

        self._fenced(settling)
        self.is_ended = True

    def _fenced(self, change: Callable[[], Result]) -> Result:
        with transaction():
            job_service.lock_ancestors(self.parent_id)
            self._row()
            return change()

    def _row(self) -> Job:
        mine = and_(Job.id == self.id, Job.lease_token == self.lease_token, Job.state == JobState.RUNNING)
        query = select(Job).where(mine).with_for_update().execution_options(populate_existing=True)
        job = db.session.scalar(query)
        if job is None:
            self.stop()
            raise Fenced
        return job


@contextmanager
def losable() -> Iterator[None]:
    """For what the work can do without, such as its progress: a database that is away does not end the attempt."""
    try:
        yield
    except SQLAlchemyError as error:
        if not dialect.is_passing(error):
            raise


Work = Callable[[JobRun], None]
_work: dict[str, Work] = {}


def does(kind: JobKind, work: Work) -> None:
    """Registers the function that does the jobs of a kind."""
    _work[kind.name] = work


def time_limit_s(kind: JobKind) -> float:
    """Wall seconds of one attempt: the kind's own, or less where the instance says so."""
    return min(kind.timeout_s, settings.job_time_limit_s or kind.timeout_s)


def memory_limit_bytes(kind: JobKind) -> int:
    """What the process of a job may hold: the kind's own limit, or less where the instance says so."""
    return min(kind.memory_bytes, settings.job_memory_bytes)


def _back_off_s(kind: JobKind, attempt: int) -> int:
    return kind.back_off_s[min(attempt, len(kind.back_off_s)) - 1]


def work_of(kind: JobKind) -> Work:
    """The function that does the jobs of a kind."""
    return _work[kind.name]


def registered_kinds() -> set[str]:
    """The kinds that somebody does."""
    return set(_work)


def run(job_id: UUID, *, worker_id: UUID, process_id: int, open_context: Context) -> None:
    """Claims the job and does it; a claim that another delivery won is no error."""
    job = claim(job_id, worker_id=worker_id, process_id=process_id)
    if job is None:
        return
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
    except JobFailed as error:
        failure = job.out_of_time() if job.is_late else error
        bound.warning("job failed", **failure.document)
        job.settle(failure)
    except MemoryError:
        bound.warning("job out of memory")
        job.settle(_out_of_memory(job.kind))
    except Exception as error:  # noqa: BLE001 - the worker's outermost frame: whatever it is becomes the job's error
        bound.error("job crashed", exc_info=error)
        kind: FaultKind = "transient" if dialect.is_passing(error) else "internal"
        job.settle(JobFailed(kind, "internal", f"{type(error).__name__} in the worker; its log says more."))
    else:
        bound.info("job done", duration_s=round(time.monotonic() - started, 2))


def _out_of_memory(kind: JobKind) -> JobFailed:
    detail = f"It needed more than the {memory_limit_bytes(kind) // 1024**2} MiB of memory that it may use."
    return JobFailed("internal", "out_of_memory", detail, hint="Look for a huge input.")


def claim(job_id: UUID, *, worker_id: UUID, process_id: int) -> JobRun | None:
    """Takes the job with a fresh lease token: one statement decides between any number of deliveries."""
    token = uuid4()
    taken = (
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED, _has_room(worker_id))
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
        .returning(Job.kind, Job.subject, Job.organization_id, Job.parent_id, Job.arguments, Job.attempt)
        .execution_options(synchronize_session=False)
    )
    with transaction():
        # Claims of one worker queue up here: two at once would each see the same free core.
        db.session.execute(select(Worker.id).where(Worker.id == worker_id).with_for_update())
        row = db.session.execute(taken).first()
        if row is None:  # no room here: the relay offers it again
            back = update(Job).where(Job.id == job_id, Job.state == JobState.QUEUED).values(published_at=None)
            db.session.execute(back.execution_options(synchronize_session=False))
    if row is None:
        return None
    kind = CATALOGUE[row.kind]
    return JobRun(job_id, kind, row.subject, row.organization_id, row.parent_id, row.arguments, row.attempt, token)


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


def _mine(job: JobRun) -> Any:  # noqa: ANN401 - an SQL condition
    return and_(Job.id == job.id, Job.lease_token == job.lease_token)


def _look(job: JobRun) -> bool:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return connection.execute(select(Job.id).where(_mine(job))).first() is not None


def _extend(job: JobRun) -> bool:
    longer = update(Job).where(_mine(job)).values(lease_until=utc_now_plus(settings.job_lease_s))
    with transaction():
        found = db.session.execute(longer.returning(Job.id).execution_options(synchronize_session=False))
        return found.first() is not None


def _until_committed(attempt: Callable[[], Result]) -> Result:
    """Repeats a transaction while the database is away, so that the work before it is not lost.

    The job's time limit ends it: the heartbeat kills a process that is told to stop and does not.
    """
    while True:
        try:
            return attempt()
        except SQLAlchemyError as error:
            if not dialect.is_passing(error):
                raise
            time.sleep(LOOK_EVERY_S)

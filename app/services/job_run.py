"""What the work of a job is given: whether to stop, fenced effects, and the ways to end; and who does which kind."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import and_, select, update
from sqlalchemy.exc import SQLAlchemyError

from app import dialect
from app.database import Base, db, transaction
from app.dialect import utc_now_plus
from app.jobs import JobKind
from app.models import Job, JobState
from app.services import job_service
from config import settings

log = structlog.get_logger("marquee.jobs")
LOOK_EVERY_S: Final = 0.5
PROGRESS_EVERY_S: Final = 0.5
WAIT_FOR_SPACE_S: Final = 30
FaultKind = Literal["input", "transient", "internal"]
Result = TypeVar("Result")
Row = TypeVar("Row", bound=Base)


class Fenced(Exception):
    """The lease is somebody else's now, or the job was cancelled: whatever was done is discarded."""


class JobFailed(Exception):
    """An attempt that ended badly: what is final (`input` always is) is not tried again, the rest with a back-off."""

    def __init__(
        self, kind: FaultKind, code: str, detail: str, *, hint: str = "", stage: str = "", is_final: bool = False
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.is_final = is_final or kind == "input"
        self.document = {"code": code, "class": kind, "stage": stage, "detail": detail, "hint": hint}


class MustWait(Exception):
    """What the work needs is not there now, through nobody's fault: it is tried again, and no attempt is lost."""

    def __init__(self, code: str, detail: str, *, after_s: float, hint: str = "", stage: str = "") -> None:
        super().__init__(detail)
        self.after_s = after_s
        self.document = {"code": code, "class": "transient", "stage": stage, "detail": detail, "hint": hint}


def no_space(stage: str) -> MustWait:
    """For work that the storage has too little room for at this moment."""
    hint = "It goes on by itself once there is room on the storage."
    return MustWait("storage_low", "Too little space is free.", after_s=WAIT_FOR_SPACE_S, hint=hint, stage=stage)


class Outcome(StrEnum):
    """How an attempt went. `handed_on`: to child jobs; `put_off`: for want of something; `given_up`: cancelled, given
    back or fenced.
    """

    SUCCEEDED = "succeeded"
    HANDED_ON = "handed_on"
    RETRIED = "retried"
    PUT_OFF = "put_off"
    FAILED = "failed"
    DEAD = "dead"
    GIVEN_UP = "given_up"


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
    outcome: Outcome | None = None
    waited_s: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    is_late: bool = False
    _progress_at: float = 0.0

    @property
    def is_ended(self) -> bool:
        return self.outcome is not None

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
        self.outcome = Outcome.SUCCEEDED

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
        self.outcome = Outcome.HANDED_ON

    def progress(self, fraction: float) -> None:
        """Keeps how far the job is, at most twice a second; it never goes back within an attempt."""
        value = min(max(fraction, 0.0), 1.0)
        if time.monotonic() - self._progress_at < PROGRESS_EVERY_S:
            return
        self._progress_at = time.monotonic()
        further = update(Job).where(is_held_by(self), Job.progress < value).values(progress=value)
        with losable(), transaction():
            db.session.execute(further.execution_options(synchronize_session=False))

    def put_off(self, waiting: MustWait) -> None:
        """Queues the job for later, as if it had not begun; `error` says what it waits for."""

        def putting_off() -> None:
            job = self._row()
            job.attempt -= 1
            job.error = dict(waiting.document)
            job_service.requeue(job, run_at=utc_now_plus(waiting.after_s))

        _until_committed(lambda: self._fenced(putting_off))
        self.outcome = Outcome.PUT_OFF

    def settle(self, failure: JobFailed) -> None:
        """Ends a failed attempt: `failed`, `dead`, or queued again after a back-off."""
        _until_committed(lambda: self.settle_once(failure))

    def settle_once(self, failure: JobFailed) -> None:
        """The same, without waiting for a database that is away."""

        def settling() -> Outcome:
            job = self._row()
            job_service.note_failure(job, failure.document)
            if failure.is_final:
                job_service.end(job, JobState.FAILED, failure.document)
                return Outcome.FAILED
            if job.attempt >= job.max_attempts:
                job_service.end(job, JobState.DEAD, failure.document)
                return Outcome.DEAD
            job_service.requeue(job, run_at=utc_now_plus(_back_off_s(self.kind, job.attempt)))
            return Outcome.RETRIED

        self.outcome = self._fenced(settling)

    @property
    def subject_id(self) -> UUID:
        """The id of what the job is about."""
        return UUID(str(self.subject).partition(":")[2])

    def lock_subject(self, model: type[Row]) -> Row:
        """What the job is about, locked in the open transaction. Raises `Fenced` if it is gone."""
        row = db.session.get(model, self.subject_id, with_for_update=True, populate_existing=True)
        if row is None:
            self.stop()
            raise Fenced
        return row

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


def is_held_by(job: JobRun) -> Any:  # noqa: ANN401 - an SQL condition
    """The SQL condition that the job's row is still this attempt's."""
    return and_(Job.id == job.id, Job.lease_token == job.lease_token)


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

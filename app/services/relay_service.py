"""The relay's tick: sweeps what was lost, and chooses what to publish: as much as there are free slots."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update

from app import dialect
from app.database import db, read_connection, transaction
from app.dialect import utc_now, utc_now_plus
from app.jobs import CATALOGUE, SCHEDULE, JobClass, JobKind
from app.models import Job, JobState, RelayLock, Worker
from app.services import job_service
from app.services.job_service import JobRequest

WORKER_GONE_AFTER_S: Final = 15
UNCLAIMED_S: Final = (2, 4, 8)
"""Seconds after which a published job that nobody claimed is published again: first, second, later times."""
RELAY: Final = "relay"
CANDIDATES_MAX: Final = 1000
_LOST: Final = {
    "code": "worker_lost",
    "class": "internal",
    "stage": "",
    "detail": "The process that ran it died again and again.",
    "hint": "Look for memory limits, or for a file that crashes its decoder.",
}


_IS_LEASED: Final = and_(Job.state == JobState.RUNNING, Job.lease_until.is_not(None))


@dataclass(frozen=True, slots=True)
class WorkerCard:
    """A worker's parent, as it registers itself."""

    id: UUID
    host: str
    process_id: int
    slots: int
    cores: int
    jail: str


@dataclass(frozen=True, slots=True)
class Due:
    """A job to publish."""

    id: UUID
    kind: str


def see(card: WorkerCard) -> None:
    """The worker is alive: adds it, or moves its `seen_at`; from then on it counts."""
    moved = update(Worker).where(Worker.id == card.id).values(seen_at=utc_now()).returning(Worker.id)
    with transaction():
        if db.session.scalar(moved.execution_options(synchronize_session=False)) is None:
            db.session.add(_row_of(card))
            lock = dialect.insert_or_skip(db.session.connection(), RelayLock, ["name"])
            db.session.execute(lock.values(name=RELAY))


def _row_of(card: WorkerCard) -> Worker:
    return Worker(
        id=card.id,
        host=card.host,
        pid=card.process_id,
        slots=card.slots,
        cores=card.cores,
        jail=card.jail,
        started_at=utc_now(),
        seen_at=utc_now(),
    )


def drain(worker_id: UUID) -> None:
    """The worker is leaving: it claims no more, and its jobs go on elsewhere without a burnt attempt.

    Each job is a transaction of its own, which waits for that job's row and for no other.
    """
    with transaction():
        db.session.execute(update(Worker).where(Worker.id == worker_id).values(is_draining=True))
    for job_id in running_processes(worker_id).values():
        with transaction():
            job = _lock_leased(job_id, Job.worker_id == worker_id)
            if job is not None:
                job.attempt -= 1
                job_service.requeue(job)


def is_oldest(worker_id: UUID) -> bool:
    """Whether of all live workers this one has been there longest: what one must do, it does."""
    alive = Worker.seen_at > utc_now_plus(-WORKER_GONE_AFTER_S)
    oldest = select(Worker.id).where(alive).order_by(Worker.started_at, Worker.id).limit(1)
    with read_connection() as connection:
        return connection.execute(oldest).scalar() == worker_id


def leave(worker_id: UUID) -> None:
    """The worker is gone for good."""
    with transaction():
        db.session.execute(delete(Worker).where(Worker.id == worker_id))


def running_processes(worker_id: UUID) -> dict[int, UUID]:
    """The worker's child processes that hold a lease, and the job of each."""
    query = select(Job.child_pid, Job.id).where(Job.worker_id == worker_id, _IS_LEASED)
    with read_connection() as connection:
        return {pid: job_id for pid, job_id in connection.execute(query) if pid is not None}


def requeue_lost(processes: Mapping[int, UUID], worker_id: UUID) -> None:
    """Gives the jobs of processes that died to whoever is free; the attempt counts."""
    for process_id, job_id in processes.items():
        with transaction():
            _lose(job_id, Job.worker_id == worker_id, Job.child_pid == process_id)


def tick(*, sweeps: bool = True) -> list[Due]:
    """One round under the relay's lock: what to publish now. Empty if another worker's relay is at it."""
    with transaction():
        lock = select(RelayLock).where(RelayLock.name == RELAY).with_for_update(skip_locked=True)
        if db.session.scalar(lock) is None:
            return []
        if sweeps:
            _sweep()
        _forget_unclaimed()
        _insert_recurring()
        return _choose()


def unpublish(jobs: Sequence[Due]) -> None:
    """Takes back what could not be sent, so that it is due again."""
    with transaction():
        back = update(Job).where(Job.id.in_([due.id for due in jobs]), Job.state == JobState.QUEUED)
        db.session.execute(back.values(published_at=None).execution_options(synchronize_session=False))


def _lock_leased(job_id: UUID, *conditions: ColumnElement[bool]) -> Job | None:
    """The job's row, locked after its ancestors, if it is still leased under these conditions."""
    job_service.lock_ancestors(db.session.scalar(select(Job.parent_id).where(Job.id == job_id)))
    query = select(Job).where(Job.id == job_id, _IS_LEASED, *conditions).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def _sweep() -> None:
    """Requeues expired leases, and ends spent ones."""
    is_expired = Job.lease_until < utc_now()
    expired = select(Job.id).where(_IS_LEASED, is_expired).order_by(Job.parent_id, Job.id)
    for job_id in db.session.scalars(expired).all():
        _lose(job_id, is_expired)


def _forget_unclaimed() -> None:
    """Makes jobs due again whose message nobody took."""
    patience = case(dict(enumerate(UNCLAIMED_S, start=1)), value=Job.publish_count, else_=UNCLAIMED_S[-1])
    unclaimed = update(Job).where(Job.state == JobState.QUEUED, Job.published_at < utc_now_plus(-patience))
    db.session.execute(unclaimed.values(published_at=None).execution_options(synchronize_session=False))


def _lose(job_id: UUID, *conditions: ColumnElement[bool]) -> None:
    job = _lock_leased(job_id, *conditions)
    if job is None:
        return
    job_service.note_failure(job, _LOST)
    if job.attempt >= job.max_attempts:
        job_service.end(job, JobState.DEAD, _LOST)
    else:
        job_service.requeue(job)


def _insert_recurring() -> None:
    """Adds the job of each period of the schedule that has begun, once; the database's clock says which it is."""
    moment_s = db.session.scalars(select(utc_now())).one().timestamp()
    wanted = {f"{kind.name}:{int(moment_s // period_s)}": kind for kind, period_s in SCHEDULE.items()}
    known = set(db.session.scalars(select(Job.unique_key).where(Job.unique_key.in_(wanted))))
    for key, kind in wanted.items():
        if key not in known:
            job_service.enqueue(kind, JobRequest(unique_key=key))


@dataclass(slots=True)
class _Room:
    """Free slots: heavy jobs may fill the cores only, so that light ones never wait for them.

    One slot a worker is left by all that can wait, light or heavy: an upload must not wait until others' large files
    are copied or summed.
    """

    slots: int
    cores: int
    workers: int
    patient: int = field(init=False)
    load: Counter[UUID | None] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.patient = self.slots - self.workers

    def count(self, kind: JobKind, organization_id: UUID | None, number: int) -> None:
        """Takes slots for jobs of a kind."""
        self.slots -= number
        self.cores -= number if kind.job_class is JobClass.HEAVY else 0
        self.patient -= 0 if kind.is_urgent else number
        self.load[organization_id] += number
        self.kinds[kind.name] += number

    def has_room_for(self, kind: JobKind) -> bool:
        """Whether one more job of the kind would find a slot."""
        if kind.per_worker is not None and self.kinds[kind.name] >= kind.per_worker * self.workers:
            return False
        if self.slots <= 0 or (self.patient <= 0 and not kind.is_urgent):
            return False
        return kind.job_class is JobClass.LIGHT or self.cores > 0


def _choose() -> list[Due]:
    """Due jobs in fair order: fewest at work in their organization, then priority, then age."""
    room = _room()
    waiting = _candidates(room.slots) if room.slots > 0 else []
    chosen: list[Due] = []
    # What finds no room now finds none later in this round: room only shrinks.
    while waiting := [row for row in waiting if room.has_room_for(CATALOGUE[row.kind])]:
        row = min(waiting, key=lambda row: (room.load[row.organization_id], row.priority, row.id))
        waiting.remove(row)
        room.count(CATALOGUE[row.kind], row.organization_id, 1)
        chosen.append(Due(row.id, row.kind))
    if chosen:
        published = update(Job).where(Job.id.in_([due.id for due in chosen]))
        values = {"published_at": utc_now(), "publish_count": Job.publish_count + 1}
        db.session.execute(published.values(values).execution_options(synchronize_session=False))
    return chosen


def _room() -> _Room:
    """What live workers have left: a job that is published but unclaimed counts as taken."""
    alive = Worker.seen_at > utc_now_plus(-WORKER_GONE_AFTER_S)
    totals = select(func.coalesce(func.sum(Worker.slots), 0), func.coalesce(func.sum(Worker.cores), 0), func.count())
    slots, cores, workers = db.session.execute(totals.where(alive, Worker.is_draining.is_(False))).one()
    room = _Room(int(slots), int(cores), int(workers))
    is_published = and_(Job.state == JobState.QUEUED, Job.published_at.is_not(None))
    taken = select(Job.organization_id, Job.kind, func.count()).where(or_(_IS_LEASED, is_published))
    for organization_id, name, number in db.session.execute(taken.group_by(Job.organization_id, Job.kind)):
        # During an update a worker of another version may do what this one does not know.
        room.count(CATALOGUE.get(name, JobKind(name)), organization_id, number)
    return room


def _candidates(per_kind: int) -> list[Any]:
    """The first due jobs of each organization and kind; more than there are slots would not be looked at."""
    place = func.row_number().over(partition_by=(Job.organization_id, Job.kind), order_by=Job.id)
    due = select(Job.id, Job.kind, Job.organization_id, Job.priority, place.label("place")).where(
        Job.state == JobState.QUEUED,
        Job.published_at.is_(None),
        Job.run_at <= utc_now(),
        Job.kind.in_(CATALOGUE),
    )
    ranked = due.subquery()
    query = select(ranked).where(ranked.c.place <= per_kind)
    first = query.order_by(ranked.c.place, ranked.c.priority, ranked.c.id).limit(CANDIDATES_MAX)
    return list(db.session.execute(first))


def publish_due(publish: Callable[[Due], bool], *, sweeps: bool = True) -> None:
    """One tick and its publishing, after the commit; the first failure takes the rest back."""
    due = tick(sweeps=sweeps)
    for index, job in enumerate(due):
        if not publish(job):
            unpublish(due[index:])
            return

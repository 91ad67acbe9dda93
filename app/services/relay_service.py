"""The relay's tick: sweeps what was lost, and chooses what to publish: as much as there are free slots."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, func, select, update

from app import dialect
from app.database import db, transaction
from app.dialect import utc_now, utc_now_plus
from app.jobs import CATALOGUE, RECURRING, JobClass
from app.models import Job, JobState, RelayLock, Worker
from app.services import job_service
from app.utils.ids import new_id

WORKER_GONE_AFTER_S: Final = 15
UNCLAIMED_S: Final = (2, 4, 8)
"""Seconds after which a published job that nobody claimed is published again: first, second, later times."""
_LOST: Final = {
    "code": "worker_lost",
    "class": "internal",
    "stage": "",
    "detail": "The process that ran it died again and again.",
    "hint": "Look for memory limits, or for a file that crashes its decoder.",
}


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


def register(card: WorkerCard) -> None:
    """Adds the worker; from now on it counts as long as it is seen."""
    with transaction():
        worker = Worker(
            id=card.id,
            host=card.host,
            pid=card.process_id,
            slots=card.slots,
            cores=card.cores,
            jail=card.jail,
            started_at=utc_now(),
            seen_at=utc_now(),
        )
        db.session.merge(worker)


def drain(worker_id: UUID) -> None:
    """The worker is leaving: it claims no more, and its jobs go on elsewhere without a burnt attempt."""
    with transaction():
        db.session.execute(update(Worker).where(Worker.id == worker_id).values(is_draining=True))
        for job in _leased(Job.worker_id == worker_id):
            job.attempt -= 1
            job_service.requeue(job)


def leave(worker_id: UUID) -> None:
    """The worker is gone for good."""
    with transaction():
        worker = db.session.get(Worker, worker_id)
        if worker is not None:
            db.session.delete(worker)


def running_processes(worker_id: UUID) -> dict[int, UUID]:
    """The worker's child processes that hold a lease, and the job of each."""
    query = select(Job.child_pid, Job.id).where(
        Job.worker_id == worker_id, Job.state == JobState.RUNNING, Job.lease_until.is_not(None)
    )
    with transaction():
        return {pid: job_id for pid, job_id in db.session.execute(query) if pid is not None}


def requeue_lost(job_ids: Sequence[UUID], worker_id: UUID) -> None:
    """Gives jobs whose process died to whoever is free; the attempt counts."""
    with transaction():
        for job in _leased(Job.id.in_(job_ids), Job.worker_id == worker_id):
            _lost(job)


def tick(worker_id: UUID) -> list[Due]:
    """One round under the relay's lock: what to publish now. Empty if another worker's relay is at it."""
    with transaction():
        db.session.execute(update(Worker).where(Worker.id == worker_id).values(seen_at=utc_now()))
    with transaction():
        lock = select(RelayLock).where(RelayLock.name == "relay").with_for_update(skip_locked=True)
        if db.session.scalar(lock) is None:
            return []
        _sweep()
        _insert_recurring()
        return _choose()


def unpublish(jobs: Sequence[Due]) -> None:
    """Takes back what could not be sent, so that it is due again."""
    with transaction():
        back = update(Job).where(Job.id.in_([due.id for due in jobs]), Job.state == JobState.QUEUED)
        db.session.execute(back.values(published_at=None).execution_options(synchronize_session=False))


def _leased(*conditions: Any) -> Sequence[Job]:
    query = select(Job).where(Job.state == JobState.RUNNING, Job.lease_until.is_not(None), *conditions)
    locked = query.order_by(Job.id).with_for_update(skip_locked=True)
    return db.session.scalars(locked.execution_options(populate_existing=True)).all()


def _sweep() -> None:
    """Requeues expired leases, ends spent ones, and forgets messages that nobody took."""
    for job in _leased(Job.lease_until < utc_now()):
        _lost(job)
    patience = case(
        (Job.publish_count <= 1, UNCLAIMED_S[0]),
        (Job.publish_count == 2, UNCLAIMED_S[1]),
        else_=UNCLAIMED_S[2],
    )
    unclaimed = update(Job).where(Job.state == JobState.QUEUED, Job.published_at < utc_now_plus(-patience))
    db.session.execute(unclaimed.values(published_at=None).execution_options(synchronize_session=False))


def _lost(job: Job) -> None:
    if job.attempt >= job.max_attempts:
        job_service.end(job, JobState.DEAD, _LOST)
    else:
        job_service.requeue(job)


def _insert_recurring() -> None:
    for name, period_s in RECURRING.items():
        kind = CATALOGUE[name]
        fresh = dialect.insert_or_skip(db.session.connection(), Job, ["unique_key"])
        db.session.execute(
            fresh.values(
                id=new_id(),
                kind=name,
                job_class=kind.job_class,
                priority=kind.priority,
                max_attempts=kind.max_attempts,
                state=JobState.QUEUED,
                attempt=0,
                progress=0.0,
                publish_count=0,
                arguments={},
                run_at=utc_now(),
                unique_key=f"{name}:{int(time.time() // period_s)}",
            )
        )


@dataclass(slots=True)
class _Room:
    """Free slots: heavy jobs may fill the cores only, so that light ones never wait for them."""

    slots: int
    cores: int

    def take(self, job_class: JobClass) -> bool:
        if self.slots <= 0 or (job_class is JobClass.HEAVY and self.cores <= 0):
            return False
        self.slots -= 1
        self.cores -= job_class is JobClass.HEAVY
        return True


def _choose() -> list[Due]:
    """Due jobs in fair order: fewest at work in their organization, then priority, then age."""
    room, load = _room()
    if room.slots <= 0:
        return []
    waiting = _candidates(room.slots)
    chosen: list[Due] = []
    while waiting and room.slots > 0:
        row = min(waiting, key=lambda row: (load[row.organization_id], row.priority, row.id))
        waiting.remove(row)
        if room.take(row.job_class):
            load[row.organization_id] += 1
            chosen.append(Due(row.id, row.kind))
    if chosen:
        published = update(Job).where(Job.id.in_([due.id for due in chosen]))
        values = {"published_at": utc_now(), "publish_count": Job.publish_count + 1}
        db.session.execute(published.values(values).execution_options(synchronize_session=False))
    return chosen


def _room() -> tuple[_Room, Counter[UUID | None]]:
    alive = Worker.seen_at > utc_now_plus(-WORKER_GONE_AFTER_S)
    totals = select(func.coalesce(func.sum(Worker.slots), 0), func.coalesce(func.sum(Worker.cores), 0))
    slots, cores = db.session.execute(totals.where(alive, Worker.is_draining.is_(False))).one()
    room, load = _Room(int(slots), int(cores)), Counter[UUID | None]()
    is_running = (Job.state == JobState.RUNNING) & Job.lease_until.is_not(None)
    is_published = (Job.state == JobState.QUEUED) & Job.published_at.is_not(None)
    taken = select(Job.organization_id, Job.job_class, func.count()).where(is_running | is_published)
    for organization_id, job_class, count in db.session.execute(
        taken.group_by(Job.organization_id, Job.job_class)
    ):
        load[organization_id] += count
        room.slots -= count
        room.cores -= count if job_class is JobClass.HEAVY else 0
    return room, load


def _candidates(per_organization: int) -> list[Any]:
    """The first due jobs of each organization and class; more than there are slots would not be looked at."""
    place = func.row_number().over(
        partition_by=(Job.organization_id, Job.job_class), order_by=(Job.priority, Job.id)
    )
    columns = (Job.id, Job.kind, Job.organization_id, Job.job_class, Job.priority)
    due = select(*columns, place.label("place")).where(
        Job.state == JobState.QUEUED, Job.published_at.is_(None), Job.run_at <= utc_now()
    )
    ranked = due.subquery()
    query = select(ranked).where(ranked.c.place <= per_organization).limit(1000)
    return list(db.session.execute(query))


def each_tick(worker_id: UUID, publish: Callable[[Due], bool]) -> None:
    """One tick and its publishing, after the commit; the first failure takes the rest back."""
    due = tick(worker_id)
    for index, job in enumerate(due):
        if not publish(job):
            unpublish(due[index:])
            return

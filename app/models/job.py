"""A unit of background work, the workers that do it, and the relay's lock."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.dialect import utc_now
from app.jobs import JobClass
from app.models.columns import Identified, choice_of, foreign_id


class JobState(StrEnum):
    """`failed`: bad input, not retried by itself; `dead`: attempts spent."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(Identified, Base):
    """A row is the truth; the Celery message only says "look at this row".

    A parent with open children is `running` with an empty `lease_until`: it holds no slot and is never swept.
    `continuation` names the job that follows when its last child ends. `failures` are the attempts that ended badly;
    `started_at` is the first claim, `claimed_at` the latest.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index("ix_jobs_due", "state", "run_at"),
        Index(
            "ix_jobs_leased",
            "lease_until",
            postgresql_where=text("lease_until IS NOT NULL"),
            sqlite_where=text("lease_until IS NOT NULL"),
        ),
        Index("ix_jobs_parent", "parent_id", "state"),
        Index("ix_jobs_organization", "organization_id", "created_at", "id"),
        Index("ix_jobs_subject", "subject"),
        Index("ix_jobs_worker", "worker_id", "state"),
    )

    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str | None] = mapped_column(String(80))
    parent_id: Mapped[UUID | None] = mapped_column(foreign_id("jobs.id"))
    organization_id: Mapped[UUID | None] = mapped_column(foreign_id("organizations.id"))
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    job_class: Mapped[JobClass] = mapped_column(choice_of(JobClass))
    priority: Mapped[int]
    state: Mapped[JobState] = mapped_column(choice_of(JobState), default=JobState.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    run_at: Mapped[datetime]
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[dict[str, Any] | None]
    failures: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    published_at: Mapped[datetime | None]
    publish_count: Mapped[int] = mapped_column(default=0)
    worker_id: Mapped[UUID | None]
    child_pid: Mapped[int | None]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    children_left: Mapped[int | None]
    continuation: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now())
    started_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Worker(Base):
    """A live `celery worker` parent. `cores` bounds its heavy jobs, `slots` all of them."""

    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    slots: Mapped[int]
    cores: Mapped[int]
    is_draining: Mapped[bool] = mapped_column(default=False)
    jail: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class RelayLock(Base):
    """One row: whoever locks it publishes; no fixed leader."""

    __tablename__ = "relay_locks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)

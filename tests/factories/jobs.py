"""Jobs and the workers that could do them."""

from typing import Any

from app.jobs import CHECKSUM_VIDEO, JobKind
from app.models import Job, Organization, Worker
from app.utils.ids import new_id
from app.utils.times import now
from tests.factories.rows import flushed


def make_job(organization: Organization | None = None, kind: JobKind = CHECKSUM_VIDEO, **columns: Any) -> Job:
    """A job that is due."""
    columns.setdefault("kind", kind.name)
    columns.setdefault("job_class", kind.job_class)
    columns.setdefault("priority", kind.priority)
    columns.setdefault("max_attempts", kind.max_attempts)
    columns.setdefault("run_at", now())
    return flushed(Job(organization_id=organization.id if organization else None, **columns))


def make_worker(**columns: Any) -> Worker:
    """A worker that was seen just now."""
    columns.setdefault("id", new_id())
    columns.setdefault("host", "here")
    columns.setdefault("pid", 1)
    columns.setdefault("slots", 4)
    columns.setdefault("cores", 2)
    columns.setdefault("jail", "unknown")
    columns.setdefault("started_at", now())
    columns.setdefault("seen_at", now())
    return flushed(Worker(**columns))

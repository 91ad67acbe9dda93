"""Background jobs: what goes out."""

from typing import Literal

from pydantic import ConfigDict

from app.schemas.fields import Id, Output, Time
from app.services.job_service import JobView
from app.utils.times import rfc3339


class JobErrorOut(Output):
    """Why an attempt failed: `class` says whether trying again can help."""

    model_config = ConfigDict(extra="allow")  # `class` is no Python name

    code: str
    detail: str
    hint: str
    stage: str


class JobOut(Output):
    """A unit of background work. `children` counts the parts of a parent by state."""

    id: Id
    kind: str
    state: Literal["queued", "running", "succeeded", "failed", "dead", "cancelled"]
    attempt: int
    max_attempts: int
    progress: float
    error: JobErrorOut | None
    subject: str | None
    parent_id: Id | None
    children: dict[str, int]
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


def render(view: JobView) -> dict[str, object]:
    """A job; a parent is as far as its ended children."""
    job = view.job
    total = sum(view.children.values())
    done = view.children.get("succeeded", 0)
    return {
        "id": str(job.id),
        "kind": job.kind,
        "state": job.state,
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "progress": round(done / total, 3) if total and job.state == "running" else round(job.progress, 3),
        "error": job.error,
        "subject": job.subject,
        "parent_id": str(job.parent_id) if job.parent_id else None,
        "children": dict(view.children),
        "created_at": rfc3339(job.created_at),
        "started_at": rfc3339(job.started_at),
        "finished_at": rfc3339(job.finished_at),
    }

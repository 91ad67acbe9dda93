"""Background jobs: what goes in and out."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.models import JobState
from app.schemas.fields import Id, ListQuery, Output, PageOut, Time
from app.services.job_board import Filters, JobView
from app.services.video_pipeline import outcome
from app.utils import pace
from app.utils.times import rfc3339


class JobListQuery(ListQuery):
    """`root=true` leaves the parts of other jobs out; `subject` is such as `video:<id>`."""

    state: JobState | None = None
    kind: Annotated[str | None, Field(max_length=64, examples=["video.process"])] = None
    subject: Annotated[str | None, Field(max_length=80)] = None
    parent_id: UUID | None = None
    root: bool = False

    def filters(self) -> Filters:
        """What the list is narrowed to."""
        return Filters(self.state, self.kind, self.subject, self.parent_id, self.root)


class JobErrorOut(Output):
    """Why an attempt failed: `input` will fail again, `transient` may pass, `internal` is ours."""

    code: str
    fault_class: Annotated[Literal["input", "transient", "internal"], Field(alias="class")]
    detail: str
    hint: str
    stage: str


class FailedAttemptOut(Output):
    """An attempt that ended badly."""

    attempt: int
    started_at: Time | None
    ended_at: Time
    error: JobErrorOut


class JobOut(Output):
    """A unit of background work.

    `children` counts the parts of a parent by state, `failures` are the attempts that ended badly. `eta_s` is a guess
    from the pace so far, `queue_position` the place among those that wait to begin, counted from 1.
    """

    id: Id
    kind: str
    queue: Literal["light", "heavy"]
    state: Literal["queued", "running", "succeeded", "failed", "dead", "cancelled"]
    attempt: int
    max_attempts: int
    progress: float
    eta_s: int | None
    queue_position: int | None
    error: JobErrorOut | None
    failures: list[FailedAttemptOut]
    subject: str | None
    parent_id: Id | None
    children: dict[str, int]
    run_at: Time
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class JobList(Output):
    """A page of jobs."""

    data: list[JobOut]
    page: PageOut


def render(view: JobView) -> dict[str, object]:
    """A job; a parent is as far as its children."""
    job = view.job
    progress = _progress(view)
    return {
        "id": str(job.id),
        "kind": job.kind,
        "queue": job.job_class,
        "state": job.state,
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "progress": round(progress, 3),
        "eta_s": _eta_s(view, progress),
        "queue_position": view.queue_position,
        "error": job.error,
        "failures": job.failures,
        "subject": job.subject,
        "parent_id": str(job.parent_id) if job.parent_id else None,
        "children": {state: part.count for state, part in view.children.items()},
        "run_at": rfc3339(job.run_at),
        "created_at": rfc3339(job.created_at),
        "started_at": rfc3339(job.started_at),
        "finished_at": rfc3339(job.finished_at),
    }


def _progress(view: JobView) -> float:
    total = sum(part.count for part in view.children.values())
    if total == 0 or view.job.state != JobState.RUNNING:
        return float(view.job.progress)
    return sum(part.progress for part in view.children.values()) / total


def _eta_s(view: JobView, progress: float) -> int | None:
    """At the pace since it began; a parent is ready when its video is."""
    job = view.job
    if job.state != JobState.RUNNING:
        return None
    if view.children:
        return outcome.eta_s(view.video) if view.video else None
    return pace.eta_s((job.read_at - job.claimed_at).total_seconds(), progress) if job.claimed_at else None

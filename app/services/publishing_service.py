"""Publication at a chosen time, the same for posts and videos: a job row whose work asks again when the time comes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.access import owned_by
from app.database import db
from app.errors import Invalid
from app.jobs import PUBLISH
from app.models import Job, JobState, Post, Publication, Video
from app.permissions import Action, Actor
from app.services import audit_service, job_run, job_service
from app.services.audit_service import Audited
from app.services.job_run import JobRun
from app.services.job_service import JobRequest
from app.utils.times import now, rfc3339

Publishable = Post | Video
FURTHEST: Final = timedelta(days=3653)
_VERBS: Final = {
    Publication.DRAFT: "unpublished",
    Publication.SCHEDULED: "scheduled",
    Publication.PUBLISHED: "published",
    Publication.ARCHIVED: "archived",
}
_publishers: dict[str, Callable[[Any], None]] = {}


def register() -> None:
    """Registers the work of the publishing jobs."""
    job_run.does(PUBLISH, _publish_if_due)


def publishes(noun: str, publish: Callable[[Any], None]) -> None:
    """Names the function that publishes a locked row of the noun, with its event."""
    _publishers[noun] = publish


def schedule(noun: str, item: Publishable, publish_at: datetime) -> None:
    """Moves the locked row to `scheduled` and queues its publication. Raises `Invalid`, `Conflict`."""
    if not now() < publish_at < now() + FURTHEST:
        wrong = "must lie in the future, ten years ahead at most"
        raise Invalid(
            f"publish_at {wrong}.", errors=[{"pointer": "/publish_at", "detail": wrong, "code": "out_of_range"}]
        )
    item.schedule(publish_at)
    await_time(f"{noun}:{item.id}", item.organization_id, publish_at)


def await_time(subject: str, organization_id: UUID, publish_at: datetime) -> None:
    """Queues the publication of what is scheduled for that time, in the open transaction."""
    arguments = {"publish_at": rfc3339(publish_at)}
    job_service.enqueue(PUBLISH, JobRequest(subject, organization_id, arguments, run_at=publish_at))


def withdraw(actor: Actor, noun: str, row_id: UUID) -> None:
    """Cancels what waits to publish the row; before the row is locked, for a job's row always comes first."""
    if actor.may(Action.EDIT_CONTENT):
        waiting = select(Job.id).where(
            owned_by(actor.organization_id, Job),
            Job.subject == f"{noun}:{row_id}",
            Job.kind == PUBLISH.name,
            Job.state == JobState.QUEUED,
        )
        for job_id in db.session.scalars(waiting).all():
            job_service.cancel(job_id)


@contextmanager
def watched(actor: Actor, noun: str, item: Publishable) -> Iterator[None]:
    """Writes it down in the audit log if who may read the item is another afterwards."""
    before = _reach(item)
    yield
    after = _reach(item)
    if after != before:
        verb = _VERBS[item.publication] if after["publication"] != before["publication"] else "changed"
        audit_service.record_by(actor, Audited(f"{noun}.{verb}"), f"{noun}:{item.id}", before=before, after=after)


def _reach(item: Publishable) -> dict[str, str]:
    return {"publication": str(item.publication), "visibility": str(item.visibility)}


def _publish_if_due(job: JobRun) -> None:
    """Publishes unless somebody unscheduled, rescheduled or deleted it meanwhile: the row decides, not the job."""
    noun, _, row_id = str(job.subject).partition(":")

    def publish() -> None:
        item = _locked(noun, UUID(row_id))
        is_due = item is not None and rfc3339(item.publish_at) == job.arguments["publish_at"]
        if item is not None and is_due and item.publication is Publication.SCHEDULED:
            _publishers[noun](item)

    job.finish(publish)


def _locked(noun: str, row_id: UUID) -> Publishable | None:
    fresh = {"populate_existing": True}
    if noun == "post":
        return db.session.get(Post, row_id, with_for_update=True, execution_options=fresh)
    return db.session.get(Video, row_id, with_for_update=True, execution_options=fresh)

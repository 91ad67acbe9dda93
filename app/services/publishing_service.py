"""The moves of publication, the same for posts and videos; a chosen time is a job row whose work asks again then."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import select

from app.access import owned_by
from app.database import db, transaction
from app.errors import Invalid, NotFound, PreconditionFailed
from app.jobs import PUBLISH
from app.models import Job, JobState, Post, Publication, Video
from app.permissions import Action, Actor
from app.services import audit_service, job_run, job_service
from app.services.audit_service import Audited
from app.services.job_run import JobRun
from app.services.job_service import JobRequest
from app.utils.times import now, rfc3339

Item = TypeVar("Item", Post, Video)
FURTHEST: Final = timedelta(days=3653)
_VERBS: Final = {
    Publication.DRAFT: "unpublished",
    Publication.SCHEDULED: "scheduled",
    Publication.PUBLISHED: "published",
    Publication.ARCHIVED: "archived",
}


def _uncounted(_item: Post | Video) -> AbstractContextManager[None]:
    return nullcontext()


def _untold(_item: Post | Video, _revision: int) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Publications(Generic[Item]):
    """The publications of one noun.

    `record` makes an event of a move; `counting` is around each move, for counters that follow who finds the item;
    `changed_since` tells an editor who comes too late what was saved since their revision.
    """

    noun: str
    model: type[Item]
    record: Callable[[Item, str], None]
    counting: Callable[[Item], AbstractContextManager[None]] = _uncounted
    changed_since: Callable[[Item, int], dict[str, Any]] = _untold

    def owned(self, actor: Actor, row_id: UUID, expected_revision: int | None) -> Item:
        """The row, locked, if the actor's organization owns it and their role may edit it.

        Raises `NotFound`, `NotPermitted`, or `PreconditionFailed` for another revision than the expected one.
        """
        mine = select(self.model).where(self.model.id == row_id, owned_by(actor.organization_id, self.model))
        item = db.session.scalar(mine.with_for_update().execution_options(populate_existing=True))
        if item is None:
            raise NotFound(f"There is no such {self.noun}.")
        actor.must(Action.EDIT_CONTENT)
        if expected_revision is not None and expected_revision != item.revision:
            raise PreconditionFailed(
                f"Somebody saved this {self.noun} before you.",
                current_etag=f'"{item.revision}"',
                **self.changed_since(item, expected_revision),
            )
        return item

    @contextmanager
    def moving(self, actor: Actor, row_id: UUID, expected_revision: int | None) -> Iterator[Item]:
        """One transaction around a move, which ends what waits to publish the item."""
        with transaction():
            withdraw(actor, self.noun, row_id)
            item = self.owned(actor, row_id, expected_revision)
            with watched(actor, self.noun, item):
                yield item
            db.session.flush()

    def publish(self, actor: Actor, row_id: UUID, expected_revision: int | None) -> None:
        """Makes it readable by those its visibility names. Publishing twice changes nothing."""
        with self.moving(actor, row_id, expected_revision) as item:
            if item.publication is not Publication.PUBLISHED:
                self.publish_locked(item)

    def publish_locked(self, item: Item) -> None:
        """Publishes a row that is locked already."""
        with self.counting(item):
            item.publish()
        self._save(item, "published")

    def schedule(self, actor: Actor, row_id: UUID, publish_at: datetime, expected_revision: int | None) -> None:
        """Publishes it later, within two seconds of the time; again moves the time. Raises `Invalid`, `Conflict`."""
        with self.moving(actor, row_id, expected_revision) as item:
            _assert_ahead(publish_at)
            item.schedule(publish_at)
            await_time(f"{self.noun}:{item.id}", item.organization_id, publish_at)
            self._save(item, "scheduled")

    def unpublish(self, actor: Actor, row_id: UUID, expected_revision: int | None) -> None:
        """Takes it back to draft."""
        with self.moving(actor, row_id, expected_revision) as item:
            with self.counting(item):
                item.unpublish()
            self._save(item, "unpublished")

    def archive(self, actor: Actor, row_id: UUID, expected_revision: int | None) -> None:
        """Takes it out of every list but the team's."""
        with self.moving(actor, row_id, expected_revision) as item:
            with self.counting(item):
                item.archive()
            self._save(item, "archived")

    def publish_if_due(self, row_id: UUID, publish_at: str) -> None:
        """Publishes unless somebody unscheduled, rescheduled or deleted it meanwhile: the row decides, not the job."""
        item = db.session.get(self.model, row_id, with_for_update=True, populate_existing=True)
        is_due = item is not None and rfc3339(item.publish_at) == publish_at
        if item is not None and is_due and item.publication is Publication.SCHEDULED:
            self.publish_locked(item)

    def _save(self, item: Item, move: str) -> None:
        item.revision += 1
        self.record(item, f"{self.noun}.{move}")


_publications: dict[str, Publications[Any]] = {}


def register() -> None:
    """Registers the work of the publishing jobs."""
    job_run.does(PUBLISH, _publish_if_due)


def publishes(publications: Publications[Any]) -> None:
    """Lets scheduled items of the noun be published."""
    _publications[publications.noun] = publications


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
def watched(actor: Actor, noun: str, item: Post | Video) -> Iterator[None]:
    """Writes it down in the audit log if who may read the item is another afterwards."""
    before = _reach(item)
    yield
    after = _reach(item)
    if after != before:
        verb = _VERBS[item.publication] if after["publication"] != before["publication"] else "changed"
        audit_service.record_by(actor, Audited(f"{noun}.{verb}"), f"{noun}:{item.id}", before=before, after=after)


def _reach(item: Post | Video) -> dict[str, str]:
    return {"publication": str(item.publication), "visibility": str(item.visibility)}


def _assert_ahead(publish_at: datetime) -> None:
    if not now() < publish_at < now() + FURTHEST:
        wrong = "must lie in the future, ten years ahead at most"
        raise Invalid(
            f"publish_at {wrong}.", errors=[{"pointer": "/publish_at", "detail": wrong, "code": "out_of_range"}]
        )


def _publish_if_due(job: JobRun) -> None:
    noun, _, row_id = str(job.subject).partition(":")
    job.finish(lambda: _publications[noun].publish_if_due(UUID(row_id), str(job.arguments["publish_at"])))

"""The job board: an organization's jobs, as its people see, cancel and retry them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, select

from app.access import owned_by
from app.database import Record, db, read_connection, transaction
from app.dialect import utc_now
from app.errors import Conflict, NotFound
from app.models import Job, JobState, Organization, Video
from app.permissions import Action, Actor
from app.services import job_order, job_service
from app.services.pages import Page, Position, fetch_page


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; `is_root` leaves the parts of others out."""

    state: JobState | None = None
    kind: str | None = None
    subject: str | None = None
    parent_id: UUID | None = None
    is_root: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The children of a job that are in one state: how many, and how far in sum."""

    count: int
    progress: float


@dataclass(frozen=True, slots=True)
class JobView:
    """A job, its children by state, its place while it waits to begin, and its video while that is made."""

    job: Record
    children: Mapping[str, Part] = field(default_factory=dict)
    queue_position: int | None = None
    video: Record | None = None


def get(actor: Actor, job_id: UUID) -> JobView:
    """A job of the actor's organization. Raises `NotFound` for any other."""
    with read_connection() as connection:
        row = connection.execute(_reading().where(Job.id == job_id, owned_by(actor.organization_id, Job))).first()
        if row is None:
            raise NotFound("There is no such job.")
        actor.must(Action.SEE_JOBS)
        return _views(connection, [row])[row.id]


def list_(actor: Actor, filters: Filters, position: Position) -> tuple[Page, dict[UUID, JobView]]:
    """A page of the acting organization's jobs, newest first, and what belongs to each; at most four queries."""
    actor.must(Action.SEE_JOBS)
    query = _reading().where(owned_by(actor.organization_id, Job), *_narrowed(filters))
    return _fetch(query, position)


def _fetch(query: Select[Any], position: Position) -> tuple[Page, dict[UUID, JobView]]:
    """A page of a query made by `_reading`, newest first."""
    with read_connection() as connection:
        page = fetch_page(connection, query, position, key=(Job.created_at.expression, Job.id.expression))
        return page, _views(connection, page.rows)


def find(job_id: UUID) -> JobView:
    """Any job of the instance, for operators. Raises `NotFound`."""
    with read_connection() as connection:
        row = connection.execute(_reading().where(Job.id == job_id)).first()
        if row is None:
            raise NotFound("There is no such job.")
        return _views(connection, [row])[row.id]


def survey(filters: Filters, *, organization_slug: str | None, limit: int) -> list[JobView]:
    """The newest jobs of the instance or of one organization, for operators. Raises `NotFound` for an unknown one."""
    query = _reading().where(*_narrowed(filters))
    if organization_slug is not None:
        query = query.where(Job.organization_id == _organization(organization_slug))
    page, views = _fetch(query, Position(limit))
    return [views[row.id] for row in page.rows]


def _organization(slug: str) -> UUID:
    with read_connection() as connection:
        found: UUID | None = connection.execute(select(Organization.id).where(Organization.slug == slug)).scalar()
    if found is None:
        raise NotFound("There is no such organization.")
    return found


def cancel(actor: Actor, job_id: UUID) -> JobView:
    """Cancels a job, its parts, and what waits for it. Raises `Conflict` for one that ended otherwise."""
    with transaction():
        _assert_own(actor, job_id)
        job_service.cancel(job_id)
        view = get(actor, job_id)
        _assert_cancelled(view)
        return view


def stop(job_id: UUID) -> None:
    """Cancels any job of the instance, for operators. Raises `NotFound`, or `Conflict` for one that ended otherwise."""
    job_service.cancel(job_id)
    _assert_cancelled(find(job_id))


def _assert_cancelled(view: JobView) -> None:
    if view.job.state != JobState.CANCELLED:
        detail = f"Only a job that is queued or running can be cancelled; the state of this one is {view.job.state}."
        raise Conflict(detail, code="job_ended")


def retry(actor: Actor, job_id: UUID) -> JobView:
    """Queues an ended job again. Raises `Conflict` for one that is not ended, and for a part of another."""
    with transaction():
        _assert_own(actor, job_id)
        job_service.retry(job_id)
        return get(actor, job_id)


def _assert_own(actor: Actor, job_id: UUID) -> None:
    query = select(Job.id).where(Job.id == job_id, owned_by(actor.organization_id, Job))
    if db.session.scalar(query) is None:
        raise NotFound("There is no such job.")
    actor.must(Action.RUN_JOBS)


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of a list."""
    conditions: list[ColumnElement[bool]] = []
    for column, wanted in (
        (Job.state, filters.state),
        (Job.kind, filters.kind),
        (Job.subject, filters.subject),
        (Job.parent_id, filters.parent_id),
    ):
        if wanted is not None:
            conditions.append(column == wanted)
    if filters.is_root:
        conditions.append(Job.parent_id.is_(None))
    return conditions


def _reading() -> Select[Any]:
    """Jobs as `_fetch` wants them: every column, and the database's time."""
    return select(*Job.__table__.columns, utc_now().label("read_at"))


def _views(connection: Connection, rows: Collection[Record]) -> dict[UUID, JobView]:
    queued = [row.id for row in rows if row.state == JobState.QUEUED]
    positions = job_order.positions(connection, queued)
    children: dict[UUID, dict[str, Part]] = {row.id: {} for row in rows}
    counts = select(Job.parent_id, Job.state, func.count(), func.sum(Job.progress))
    of_these = counts.where(Job.parent_id.in_(children)).group_by(Job.parent_id, Job.state)
    for parent_id, state, count, progress in connection.execute(of_these) if rows else ():
        if parent_id is not None:
            children[parent_id][state.value] = Part(count, progress)
    videos = _videos(connection, [row.id for row in rows if children[row.id]])
    return {row.id: JobView(row, children[row.id], positions.get(row.id), videos.get(row.id)) for row in rows}


def _videos(connection: Connection, job_ids: Collection[UUID]) -> dict[UUID, Record]:
    """How far the videos are that these jobs make."""
    columns = (Video.job_id, Video.processing, Video.percent, Video.encoding_at, Video.progress_at)
    query = select(*columns).where(Video.job_id.in_(job_ids))
    return {row.job_id: row for row in connection.execute(query)} if job_ids else {}

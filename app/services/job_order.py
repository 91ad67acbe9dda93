"""In which order waiting jobs get their turn, as a client sees it: the place in the queue."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Subquery, func, select

from app.dialect import utc_now
from app.models import Job, JobState


def positions(connection: Connection, job_ids: Collection[UUID]) -> dict[UUID, int]:
    """The places of those of the jobs that wait to begin, counted from 1 in their class; one query.

    An organization's next job waits for as many others of each organization as it has at work and before it:
    the relay's order, but for the bounds of single kinds.
    """
    if not job_ids:
        return {}
    waiting = in_order().subquery()
    query = select(waiting.c.id, waiting.c.position).where(waiting.c.id.in_(job_ids))
    return {row.id: row.position for row in connection.execute(query)}


def in_order() -> Select[Any]:
    """Every due job with its place."""
    turns = _turns()
    place = func.row_number().over(
        partition_by=turns.c.job_class, order_by=(turns.c.turn, turns.c.priority, turns.c.id)
    )
    return select(turns.c.id, place.label("position"))


def _turns() -> Subquery:
    """Due jobs with the number of their organization's jobs at work and before them."""
    at_work = (
        select(Job.organization_id, func.count().label("number"))
        .where(Job.lease_until.is_not(None), Job.state == JobState.RUNNING)
        .group_by(Job.organization_id)
        .subquery()
    )
    before = func.row_number().over(
        partition_by=(Job.job_class, Job.organization_id), order_by=(Job.priority, Job.id)
    ) + func.coalesce(at_work.c.number, 0)
    return (
        select(Job.id, Job.job_class, Job.priority, before.label("turn"))
        .outerjoin(at_work, at_work.c.organization_id == Job.organization_id)
        .where(Job.state == JobState.QUEUED, Job.run_at <= utc_now())
        .subquery()
    )

"""Background jobs, as their organization sees them."""

from datetime import datetime
from uuid import UUID

from app.database import Record
from app.http.answers import Answer
from app.http.pages import page_answer, position_of
from app.permissions import Actor
from app.schemas.job_schemas import JobListQuery, render
from app.services import job_board


def list_jobs(actor: Actor, query: JobListQuery) -> Answer:
    page, views = job_board.list_(actor, query.filters(), position_of(query))
    return page_answer(page, query, lambda row: render(views[row.id]), _place)


def get(actor: Actor, job_id: UUID) -> Answer:
    return Answer(render(job_board.get(actor, job_id)))


def cancel(actor: Actor, job_id: UUID) -> Answer:
    return Answer(render(job_board.cancel(actor, job_id)))


def retry(actor: Actor, job_id: UUID) -> Answer:
    return Answer(render(job_board.retry(actor, job_id)))


def _place(row: Record) -> tuple[datetime, UUID]:
    return row.created_at, row.id

"""Background jobs, as their organization sees them."""

from uuid import UUID

from app.http.answers import Answer
from app.permissions import Actor
from app.schemas.job_schemas import render
from app.services import job_service


def get(actor: Actor, job_id: UUID) -> Answer:
    return Answer(render(job_service.get(actor, job_id)))

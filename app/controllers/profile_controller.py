"""Public author profiles."""

from app.http.answers import Answer
from app.permissions import Actor
from app.schemas.profile_schemas import render
from app.services import profile_service


def get(actor: Actor, slug: str) -> Answer:
    return Answer(render(profile_service.get(actor, slug)))

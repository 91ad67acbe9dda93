"""Revisions of posts."""

from uuid import UUID

from app.controllers.post_controller import answer
from app.http.answers import Answer
from app.http.pages import page_answer, position_of
from app.permissions import Actor
from app.schemas.listing_schemas import place_of
from app.schemas.revision_schemas import RevisionListQuery, RevisionQuery, render, render_summary
from app.services import post_revisions, post_service


def list_revisions(actor: Actor, post_id: UUID, query: RevisionListQuery) -> Answer:
    page = post_revisions.list_(actor, post_id, position_of(query))
    return page_answer(page, query, render_summary, place_of)


def get(actor: Actor, post_id: UUID, number: int, query: RevisionQuery) -> Answer:
    return Answer(render(post_revisions.get(actor, post_id, number, against=query.against)))


def restore(actor: Actor, post_id: UUID, number: int, expected_revision: int | None) -> Answer:
    return answer(actor, post_service.restore(actor, post_id, number, expected_revision=expected_revision))

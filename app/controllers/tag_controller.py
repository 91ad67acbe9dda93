"""Tags."""

from uuid import UUID

from app.http.answers import NO_CONTENT, Answer
from app.http.pages import page_answer, position_of
from app.permissions import Actor
from app.schemas.listing_schemas import place_of
from app.schemas.tag_schemas import TagChange, TagListQuery, TagMerge, render
from app.services import tag_service


def list_tags(actor: Actor, query: TagListQuery) -> Answer:
    page = tag_service.list_(actor, query.organization, position_of(query))
    return page_answer(page, query, render, place_of)


def change(actor: Actor, tag_id: UUID, body: TagChange) -> Answer:
    return Answer(render(tag_service.change(actor, tag_id, body.model_dump(exclude_unset=True))))


def merge(actor: Actor, tag_id: UUID, body: TagMerge) -> Answer:
    return Answer(render(tag_service.merge(actor, tag_id, body.into_id)))


def remove(actor: Actor, tag_id: UUID) -> Answer:
    tag_service.remove(actor, tag_id)
    return NO_CONTENT

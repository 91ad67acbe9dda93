"""Posts."""

from uuid import UUID

from app.database import Record
from app.http.answers import NO_CONTENT, Answer, created
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.schemas.listing_schemas import filters_of, place_of
from app.schemas.post_schemas import PostChange, PostCreate, PostListQuery, render, render_summary
from app.services import post_service


def list_posts(actor: Actor, query: PostListQuery) -> Answer:
    page = post_service.list_(actor, filters_of(query), position_of(query))
    return page_answer(page, query, render_summary, place_of)


def create(actor: Actor, body: PostCreate) -> Answer:
    row = post_service.create(actor, post_service.PostDraft(**body.model_dump()))
    return created(render(row), location=f"{API_PREFIX}/posts/{row.id}", revision=row.revision)


def get(actor: Actor, post_id: UUID) -> Answer:
    return _answer(post_service.get(actor, post_id))


def change(actor: Actor, post_id: UUID, body: PostChange, expected_revision: int | None) -> Answer:
    changes = body.model_dump(exclude_unset=True)
    return _answer(post_service.change(actor, post_id, changes, expected_revision=expected_revision))


def publish(actor: Actor, post_id: UUID, expected_revision: int | None) -> Answer:
    return _answer(post_service.publish(actor, post_id, expected_revision=expected_revision))


def unpublish(actor: Actor, post_id: UUID, expected_revision: int | None) -> Answer:
    return _answer(post_service.unpublish(actor, post_id, expected_revision=expected_revision))


def archive(actor: Actor, post_id: UUID, expected_revision: int | None) -> Answer:
    return _answer(post_service.archive(actor, post_id, expected_revision=expected_revision))


def delete(actor: Actor, post_id: UUID, expected_revision: int | None) -> Answer:
    post_service.delete(actor, post_id, expected_revision=expected_revision)
    return NO_CONTENT


def _answer(row: Record) -> Answer:
    return Answer(render(row), revision=row.revision)

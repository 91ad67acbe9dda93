"""Posts."""

from uuid import UUID

from app.database import Record
from app.http.answers import NO_CONTENT, Answer, created
from app.http.links import absolute
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.schemas.listing_schemas import filters_of, picked, place_of
from app.schemas.post_schemas import PostChange, PostCreate, PostListQuery, render, render_listed
from app.schemas.publishing_schemas import Schedule
from app.schemas.video_schemas import render_embedded
from app.services import playback_service, post_previews, post_reading, post_service, video_service
from app.utils.times import rfc3339

UNSEEN = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
"""Headers of what no cache may keep and no search engine may list."""


def list_posts(actor: Actor, query: PostListQuery) -> Answer:
    included = query.names("include")
    page = post_reading.list_(actor, filters_of(query), position_of(query), included=included)
    return page_answer(page, query, picked(query, page, lambda row: render_listed(row, included, absolute)), place_of)


def create(actor: Actor, body: PostCreate) -> Answer:
    draft = post_service.PostDraft(**body.model_dump(exclude={"seo"}), seo=body.seo.model_dump(exclude_unset=True))
    row = post_service.create(actor, draft)
    return created(document(actor, row), location=f"{API_PREFIX}/posts/{row.id}", revision=row.revision)


def get(actor: Actor, post_id: UUID) -> Answer:
    return answer(actor, post_reading.get(actor, post_id))


def change(actor: Actor, post_id: UUID, body: PostChange, expected_revision: int | None) -> Answer:
    changes = body.model_dump(exclude_unset=True)
    return answer(actor, post_service.change(actor, post_id, changes, expected_revision=expected_revision))


def publish(actor: Actor, post_id: UUID, expected_revision: int | None) -> Answer:
    return answer(actor, post_service.publish(actor, post_id, expected_revision=expected_revision))


def schedule(actor: Actor, post_id: UUID, body: Schedule, expected_revision: int | None) -> Answer:
    row = post_service.schedule(actor, post_id, body.publish_at, expected_revision=expected_revision)
    return answer(actor, row)


def unpublish(actor: Actor, post_id: UUID, expected_revision: int | None) -> Answer:
    return answer(actor, post_service.unpublish(actor, post_id, expected_revision=expected_revision))


def archive(actor: Actor, post_id: UUID, expected_revision: int | None) -> Answer:
    return answer(actor, post_service.archive(actor, post_id, expected_revision=expected_revision))


def delete(actor: Actor, post_id: UUID, expected_revision: int | None) -> Answer:
    post_service.delete(actor, post_id, expected_revision=expected_revision)
    return NO_CONTENT


def preview(actor: Actor, post_id: UUID) -> Answer:
    token, expires_at = post_previews.create(actor, post_id)
    url = absolute(f"{API_PREFIX}/previews/{token}")
    return Answer({"url": url, "expires_at": rfc3339(expires_at)}, headers=UNSEEN)


def answer(actor: Actor, row: Record) -> Answer:
    """A whole post with its revision."""
    return Answer(document(actor, row), revision=row.revision)


def document(actor: Actor, row: Record) -> dict[str, object]:
    """A whole post, with what its videos need for this reader."""
    videos = video_service.embedded(actor, row.organization_id, row.video_ids)
    media = [render_embedded(video, playback_service.playback_of(actor, video), absolute) for video in videos]
    return render(row, media, absolute)

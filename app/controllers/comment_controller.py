"""Comments."""

from uuid import UUID

from app.http.answers import NO_CONTENT, Answer, created
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.models import CommentState
from app.permissions import Actor
from app.schemas.comment_schemas import (
    CommentChange,
    CommentCreate,
    CommentListQuery,
    render_thread,
)
from app.schemas.listing_schemas import place_of
from app.services import comment_service
from app.services.discussed import Subject


def list_of_post(actor: Actor, post_id: UUID, query: CommentListQuery) -> Answer:
    return _list(actor, Subject("post", post_id), query)


def list_of_video(actor: Actor, video_id: UUID, query: CommentListQuery) -> Answer:
    return _list(actor, Subject("video", video_id), query)


def create_on_post(actor: Actor, post_id: UUID, body: CommentCreate) -> Answer:
    return _create(actor, Subject("post", post_id), body)


def create_on_video(actor: Actor, video_id: UUID, body: CommentCreate) -> Answer:
    return _create(actor, Subject("video", video_id), body)


def change(actor: Actor, comment_id: UUID, body: CommentChange) -> Answer:
    return Answer(render_thread(comment_service.change(actor, comment_id, body.body), []))


def hide(actor: Actor, comment_id: UUID) -> Answer:
    return Answer(render_thread(comment_service.moderate(actor, comment_id, CommentState.HIDDEN), []))


def approve(actor: Actor, comment_id: UUID) -> Answer:
    return Answer(render_thread(comment_service.moderate(actor, comment_id, CommentState.VISIBLE), []))


def delete(actor: Actor, comment_id: UUID) -> Answer:
    comment_service.delete(actor, comment_id)
    return NO_CONTENT


def _list(actor: Actor, subject: Subject, query: CommentListQuery) -> Answer:
    thread = comment_service.list_of(actor, subject, query.parent_id, position_of(query))
    return page_answer(thread.page, query, lambda row: render_thread(row, thread.replies.get(row.id, [])), place_of)


def _create(actor: Actor, subject: Subject, body: CommentCreate) -> Answer:
    row = comment_service.create(actor, subject, body.body, body.parent_id)
    return created(render_thread(row, []), location=f"{API_PREFIX}/comments/{row.id}")

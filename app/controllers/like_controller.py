"""Likes."""

from uuid import UUID

from app.http.answers import Answer
from app.permissions import Actor
from app.schemas.comment_schemas import render_liking
from app.services import like_service
from app.services.discussed import Subject


def like_post(actor: Actor, post_id: UUID) -> Answer:
    return Answer(render_liking(like_service.like(actor, Subject("post", post_id))))


def unlike_post(actor: Actor, post_id: UUID) -> Answer:
    return Answer(render_liking(like_service.unlike(actor, Subject("post", post_id))))


def like_video(actor: Actor, video_id: UUID) -> Answer:
    return Answer(render_liking(like_service.like(actor, Subject("video", video_id))))


def unlike_video(actor: Actor, video_id: UUID) -> Answer:
    return Answer(render_liking(like_service.unlike(actor, Subject("video", video_id))))

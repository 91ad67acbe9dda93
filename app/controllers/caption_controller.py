"""Captions of videos."""

from uuid import UUID

from app.http.answers import NO_CONTENT, Answer
from app.http.captions import read_captions
from app.http.links import absolute
from app.permissions import Actor
from app.schemas.video_schemas import CaptionQuery, render_caption
from app.services import caption_service
from app.services.caption_service import Track


def put(actor: Actor, video_id: UUID, lang: str, query: CaptionQuery, expected_revision: int | None) -> Answer:
    track = Track(video_id, lang, query.label)
    stored = caption_service.put(actor, track, read_captions, expected_revision=expected_revision)
    return Answer(render_caption(stored, absolute))


def delete(actor: Actor, video_id: UUID, lang: str, expected_revision: int | None) -> Answer:
    caption_service.delete(actor, Track(video_id, lang), expected_revision=expected_revision)
    return NO_CONTENT

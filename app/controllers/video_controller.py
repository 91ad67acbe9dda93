"""Videos."""

from functools import partial
from uuid import UUID

from flask import request

from app.database import Record
from app.http.answers import NO_CONTENT, Answer, created
from app.http.links import absolute
from app.http.multipart import Form, receive_file
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.schemas.listing_schemas import filters_of, picked, place_of
from app.schemas.publishing_schemas import Schedule
from app.schemas.video_schemas import Paths, VideoChange, VideoListQuery, VideoRetry, render, render_playback
from app.services import playback_service, video_service
from app.services.video_service import VideoView
from config import settings


def list_videos(actor: Actor, query: VideoListQuery) -> Answer:
    page, ladders = video_service.list_(actor, filters_of(query), position_of(query))
    included = query.names("include")

    def render_listed(row: Record) -> dict[str, object]:
        document = render_for(actor, VideoView(row, ladders[row.id]))
        return document | (_playback_of(actor, row) if "playback" in included else {})

    return page_answer(page, query, picked(query, page, render_listed), place_of)


def _playback_of(actor: Actor, row: Record) -> dict[str, object]:
    found = playback_service.playback_of(actor, row)
    return {"playback": render_playback(found, absolute) if found else None}


def upload(actor: Actor) -> Answer:
    form = Form("title", settings.max_upload_bytes)
    view = video_service.upload(actor, partial(receive_file, form), announced_bytes=request.content_length)
    location = f"{API_PREFIX}/videos/{view.video.id}"
    return created(render_for(actor, view), location=location, revision=view.video.revision)


def get(actor: Actor, video_id: UUID) -> Answer:
    return _answer(actor, video_service.get(actor, video_id))


def change(actor: Actor, video_id: UUID, body: VideoChange, expected_revision: int | None) -> Answer:
    changes = body.model_dump(exclude_unset=True)
    return _answer(actor, video_service.change(actor, video_id, changes, expected_revision=expected_revision))


def publish(actor: Actor, video_id: UUID, expected_revision: int | None) -> Answer:
    return _answer(actor, video_service.publish(actor, video_id, expected_revision=expected_revision))


def unpublish(actor: Actor, video_id: UUID, expected_revision: int | None) -> Answer:
    return _answer(actor, video_service.unpublish(actor, video_id, expected_revision=expected_revision))


def schedule(actor: Actor, video_id: UUID, body: Schedule, expected_revision: int | None) -> Answer:
    view = video_service.schedule(actor, video_id, body.publish_at, expected_revision=expected_revision)
    return _answer(actor, view)


def archive(actor: Actor, video_id: UUID, expected_revision: int | None) -> Answer:
    return _answer(actor, video_service.archive(actor, video_id, expected_revision=expected_revision))


def cancel(actor: Actor, video_id: UUID) -> Answer:
    return _answer(actor, video_service.cancel(actor, video_id))


def retry(actor: Actor, video_id: UUID, body: VideoRetry) -> Answer:
    return _answer(actor, video_service.retry(actor, video_id, rung=body.rung))


def delete(actor: Actor, video_id: UUID, expected_revision: int | None) -> Answer:
    video_service.delete(actor, video_id, expected_revision=expected_revision)
    return NO_CONTENT


def playback(actor: Actor, video_id: UUID) -> Answer:
    return Answer(render_playback(playback_service.playback(actor, video_id), absolute))


def _answer(actor: Actor, view: VideoView) -> Answer:
    return Answer(render_for(actor, view), revision=view.video.revision)


def render_for(actor: Actor, view: VideoView) -> dict[str, object]:
    """A video with the addresses that are good for who asks."""
    paths = Paths(partial(playback_service.media_path, actor), partial(playback_service.poster_path, actor))
    return render(view, absolute, paths)

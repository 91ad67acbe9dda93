"""Posters of videos."""

from functools import partial
from uuid import UUID

from flask import request

from app.controllers.video_controller import render_for
from app.http.answers import NO_CONTENT, Answer
from app.http.multipart import Form, receive_file
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.services import poster_service
from config import settings


def put(actor: Actor, video_id: UUID, expected_revision: int | None) -> Answer:
    receive = partial(receive_file, Form(None, settings.max_image_bytes))
    view, job_id = poster_service.put(
        actor, video_id, receive, announced_bytes=request.content_length, expected_revision=expected_revision
    )
    headers = {"Location": f"{API_PREFIX}/jobs/{job_id}"}
    return Answer(render_for(actor, view), 202, headers, revision=view.video.revision)


def delete(actor: Actor, video_id: UUID, expected_revision: int | None) -> Answer:
    poster_service.delete(actor, video_id, expected_revision=expected_revision)
    return NO_CONTENT

"""Views of videos."""

from typing import Final
from uuid import UUID

from flask import request

from app.http.answers import NO_CONTENT, Answer
from app.permissions import Actor
from app.services import view_service
from app.services.view_service import Viewer
from app.utils.addresses import peer_key

_AGENT_LENGTH: Final = 200


def beat(actor: Actor, video_id: UUID) -> Answer:
    agent = request.headers.get("User-Agent", "")[:_AGENT_LENGTH]
    view_service.beat(actor, video_id, Viewer(peer_key(request.remote_addr or ""), agent))
    return NO_CONTENT

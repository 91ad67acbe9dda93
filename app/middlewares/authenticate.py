"""Says who acts: one indexed query from the access token, so that a revocation counts at once."""

from functools import partial
from uuid import UUID

import structlog
from flask import Flask, Response, after_this_request, current_app, g, request

from app.errors import NotAuthenticated, NotPermitted
from app.http.answers import Answer
from app.http.routing import Access, Call, Handler
from app.permissions import ANONYMOUS, Actor
from app.services import api_key_service, session_service

_SCHEME = "bearer "


def authenticate(call: Call, following: Handler) -> Answer:
    """Puts the actor on the call; a bad token is 401 everywhere, a missing one only where it is needed."""
    call.actor = actor_of_request()
    if call.route.access is not Access.ANYONE and call.actor.is_anonymous:
        raise NotAuthenticated("Sign in first: send an access token as a Bearer token.")
    if call.route.access is Access.IN_PERSON and call.actor.api_key_id is not None:
        raise NotPermitted("An API key cannot do this; sign in as a person.", code="session_required")
    g.is_public_read = call.actor.is_anonymous and request.method in {"GET", "HEAD"}
    return following(call)


def actor_of_request() -> Actor:
    """The actor that the Authorization header names, acting where `Marquee-Organization` says."""
    header = request.headers.get("Authorization")
    if header is None:
        return ANONYMOUS
    if not header[: len(_SCHEME)].lower() == _SCHEME:
        raise NotAuthenticated("The Authorization header must be `Bearer <access token or API key>`.")
    actor = session_service.identify(
        header[len(_SCHEME) :].strip(), organization_slug=request.headers.get("Marquee-Organization")
    )
    g.actor = actor
    structlog.contextvars.bind_contextvars(user_id=str(actor.user_id))
    if actor.api_key_id is not None and api_key_service.is_note_due(actor.api_key_id):
        after_this_request(partial(_note_use, actor.api_key_id))
    return actor


def _note_use(api_key_id: UUID, response: Response) -> Response:
    """Writes the key's last use once the answer is out, so that no request waits for it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way to the real app

    def note() -> None:
        with app.app_context():
            api_key_service.note_use(api_key_id)

    response.call_on_close(note)
    return response

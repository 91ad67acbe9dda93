"""Says who acts: one indexed query from the access token, so that a revocation counts at once."""

import structlog
from flask import g, request

from app.errors import NotAuthenticated
from app.http.answers import Answer
from app.http.routing import Access, Call, Handler
from app.permissions import ANONYMOUS, Actor
from app.services import session_service

_SCHEME = "bearer "


def authenticate(call: Call, following: Handler) -> Answer:
    """Puts the actor on the call; a bad token is 401 everywhere, a missing one only where it is needed."""
    call.actor = actor_of_request()
    if call.route.access is Access.SIGNED_IN and call.actor.is_anonymous:
        raise NotAuthenticated("Sign in first: send an access token as a Bearer token.")
    g.is_public_read = call.actor.is_anonymous and request.method in {"GET", "HEAD"}
    return following(call)


def actor_of_request() -> Actor:
    """The actor that the Authorization header names, acting where `Marquee-Organization` says."""
    header = request.headers.get("Authorization")
    if header is None:
        return ANONYMOUS
    if not header[: len(_SCHEME)].lower() == _SCHEME:
        raise NotAuthenticated("The Authorization header must be `Bearer <access token>`.")
    actor = session_service.identify(
        header[len(_SCHEME) :].strip(), organization_slug=request.headers.get("Marquee-Organization")
    )
    g.actor = actor
    structlog.contextvars.bind_contextvars(user_id=str(actor.user_id))
    return actor

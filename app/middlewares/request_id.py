"""Gives every request an id, logs it once with who made it and how it ended, and counts it."""

import logging
import re
import time
from typing import Final

import structlog
from flask import Flask, Response, g, request

from app.clients import redis
from app.http import metrics
from app.services import audit_service
from app.services.audit_service import Origin
from app.utils.ids import new_id

log = structlog.get_logger("marquee.request")
_level: Final = logging.getLogger("marquee.request")
_ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9._-]{8,100}")
_QUIET_PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics"})


def init_app(app: Flask) -> None:
    """Adds the hooks around every request."""
    app.before_request(_begin)
    app.after_request(_end)


def id_for(given: str) -> str:
    """The client's own id of its request, or a new one where that is odd or missing."""
    return given if _ACCEPTABLE.fullmatch(given) else new_id().hex


def _begin() -> None:
    g.request_id = id_for(request.headers.get("X-Request-Id", ""))
    g.started_at = time.perf_counter()
    redis.begin_request()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    user_agent = request.headers.get("User-Agent", "")[:400] or None
    audit_service.came_from(Origin(request.remote_addr, user_agent, g.request_id))


def _end(response: Response) -> Response:
    redis.end_request()
    response.headers["X-Request-Id"] = g.request_id
    duration_s = time.perf_counter() - g.started_at
    rule = request.url_rule.rule if request.url_rule else "unmatched"
    metrics.observe_request(request.method, rule, response.status_code, duration_s)
    if _level.isEnabledFor(logging.INFO) and request.path not in _QUIET_PATHS:
        actor = g.get("actor")
        log.info(
            "request",
            method=request.method,
            route=rule,
            status=response.status_code,
            duration_ms=round(duration_s * 1000, 1),
            # A media path holds a playback token, so the rule is logged and not the path.
            **{f"path_{name}": str(value) for name, value in (request.view_args or {}).items() if name.endswith("_id")},
            user_id=str(actor.user_id) if actor and actor.user_id else None,
            organization_id=str(actor.organization_id) if actor and actor.organization_id else None,
            problem=g.get("problem_code"),
        )
    return response

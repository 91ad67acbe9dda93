"""What operators and tools ask: health, metrics, the API document and its page."""

import hmac
from functools import cache

from flask import Response, current_app, request

from app.errors import NotAuthenticated
from app.http import metrics
from app.http.answers import Answer, json_bytes
from app.schemas.ops_schemas import render_readiness
from app.services import health_service
from config import settings

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NO_STORE = {"Cache-Control": "no-store"}


def healthz() -> Answer:
    return Answer({"status": "ok"}, headers=_NO_STORE)


def readyz() -> Answer:
    readiness = health_service.readiness()
    is_up = readiness.status != "unavailable"
    headers = _NO_STORE if is_up else {**_NO_STORE, "Retry-After": "2"}
    return Answer(render_readiness(readiness), 200 if is_up else 503, headers)


def metrics_text() -> Answer:
    _must_hold_metrics_token()
    return Answer(response=Response(metrics.exposition(), content_type=_METRICS_TYPE), headers=_NO_STORE)


def openapi() -> Answer:
    headers = {"Cache-Control": "public, max-age=60"}
    return Answer(response=Response(_document(), mimetype="application/json"), headers=headers)


@cache
def _document() -> bytes:
    return json_bytes(current_app.extensions["marquee_openapi"]())


def _must_hold_metrics_token() -> None:
    if settings.metrics_token is None and not settings.is_production:
        return
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), (settings.metrics_token or "").encode()) or not settings.metrics_token:
        raise NotAuthenticated("Send METRICS_TOKEN as a Bearer token.")

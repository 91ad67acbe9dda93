"""Turns any exception into RFC 9457 problem+json: ours, the framework's, the database's, the server's."""

import re
from http import HTTPStatus
from typing import Final

import structlog
from flask import Flask, Response, g, request, url_for
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app import dialect
from app.errors import (
    BadRequest,
    Conflict,
    InsufficientStorage,
    Invalid,
    MarqueeError,
    Moved,
    RequestTimeout,
    Unavailable,
)
from app.http.answers import json_bytes
from app.http.connections import is_late

log = structlog.get_logger("marquee.http")
RETRY_AFTER_S: Final = "2"
# The token in a media path opens the whole film: what people send around with an error must not hold it.
_SECRET: Final = re.compile(r"\A/media/[^/]+")
_QUOTA_TYPE: Final = "https://iana.org/assignments/http-problem-types#quota-exceeded"


def init_app(app: Flask) -> None:
    """Makes this the one error handler."""
    app.register_error_handler(Exception, _answer_to)


def problem_response(error: MarqueeError) -> Response:
    """The answer to an error of ours."""
    return _response(
        error.status,
        code=error.problem_code,
        title=error.title,
        detail=error.detail,
        extra={**({"errors": error.errors} if error.errors else {}), **error.extra},
        headers=error.headers,
    )


def _answer_to(error: Exception) -> Response:
    known = _as_ours(error)
    if isinstance(known, Moved):
        known.headers["Location"] = _present_path(known)
    if is_late() and (known.status if known else getattr(error, "code", None)) == HTTPStatus.BAD_REQUEST:
        known = RequestTimeout("The request arrived too slowly.")
    if known is not None:
        if known.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("request failed", problem=known.problem_code, cause=type(error).__name__)
        return problem_response(known)
    if isinstance(error, HTTPException):
        return _from_werkzeug(error)
    log.error("unexpected error", exc_info=error)
    return _response(500, code="internal", title="Internal error", detail="Something went wrong on our side.")


def _present_path(moved: Moved) -> str:
    """The path of this request with what was renamed in it; the query stays."""
    values = {**(request.view_args or {}), **moved.parameters}
    path = url_for(request.endpoint or "", **values)
    return f"{path}?{request.query_string.decode('ascii', 'replace')}" if request.query_string else path


def _as_ours(error: Exception) -> MarqueeError | None:
    """The error of ours that says the same, or None."""
    if isinstance(error, MarqueeError):
        return error
    # gunicorn reads the body lazily, so what is wrong with its framing surfaces inside the application.
    if type(error).__module__.startswith("gunicorn.http"):
        return BadRequest("The request's framing is broken.", code="bad_framing")
    return _from_database(error) if isinstance(error, SQLAlchemyError) else None


def _from_database(error: SQLAlchemyError) -> MarqueeError | None:
    if dialect.is_disk_full(error):
        return InsufficientStorage("The database has no room left.")
    if isinstance(error, PoolTimeout) or dialect.is_passing(error):
        return Unavailable("The database is not available right now.", headers={"Retry-After": RETRY_AFTER_S})
    if isinstance(error, DataError):
        return Invalid("A value is outside of what can be stored.")
    if isinstance(error, IntegrityError):
        return Conflict("It collides with something that changed at the same time; try again.")
    return None


def _from_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    title = HTTPStatus(status).phrase
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Location", "Retry-After"}}
    details = {
        404: "There is nothing at this address.",
        405: f"{request.method} is not offered at this address.",
        413: "The body is too large.",
    }
    detail = details.get(status, error.description or title)
    return _response(status, code=title.lower().replace(" ", "_"), title=title, detail=detail, headers=headers)


def _response(
    status: int,
    *,
    code: str,
    title: str,
    detail: str,
    extra: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    document = {
        "type": _QUOTA_TYPE if code == "quota-exceeded" else f"urn:marquee:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": _SECRET.sub("/media/…", request.path),
        "code": code,
        "request_id": g.get("request_id"),
        **(extra or {}),
    }
    g.problem_code = code
    return Response(json_bytes(document), status, headers or {}, mimetype="application/problem+json")

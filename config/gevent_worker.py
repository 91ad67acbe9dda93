"""gunicorn's gevent worker, whose own error answers are problem+json like all others."""

import json
import uuid
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

_STATUSES: Final = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
}
_DETAIL: Final = "The request is not HTTP that we can read."


class ProblemWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no annotations
    """Answers what gunicorn refuses before the application sees it."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Writes an RFC 9457 problem for a request that could not be parsed, and leaves the rest to gunicorn."""
        if not isinstance(exc, errors.ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status = _STATUSES.get(type(exc), HTTPStatus.BAD_REQUEST)
        with suppress(OSError):
            client.sendall(_problem(status))


def _problem(status: HTTPStatus) -> bytes:
    request_id = uuid.uuid4().hex
    document = {
        "type": "urn:marquee:problem:bad_http",
        "title": status.phrase,
        "status": status.value,
        "detail": _DETAIL,
        "instance": "",
        "code": "bad_http",
        "request_id": request_id,
    }
    body = json.dumps(document).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-Id: {request_id}\r\nX-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body

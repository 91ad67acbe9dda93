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
_DETAILS: Final = {
    "bad_http": "The request is not HTTP that we can read.",
    "internal": "Something went wrong on our side.",
}


class ProblemWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no annotations
    """Answers what gunicorn refuses before the application sees it."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Writes an RFC 9457 problem where gunicorn would write a page of HTML."""
        del req, addr
        if isinstance(exc, errors.ParseException):
            answer = _problem(_STATUSES.get(type(exc), HTTPStatus.BAD_REQUEST), "bad_http")
        else:
            self.log.error("Error below the application", exc_info=exc)
            answer = _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal")
        with suppress(OSError):
            client.sendall(answer)


def _problem(status: HTTPStatus, code: str) -> bytes:
    request_id = uuid.uuid4().hex
    document = {
        "type": f"urn:marquee:problem:{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": _DETAILS[code],
        "instance": "",
        "code": code,
        "request_id": request_id,
    }
    body = json.dumps(document).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-Id: {request_id}\r\nX-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body

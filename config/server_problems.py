"""The problem+json answers of the server itself, for requests that never reach the application."""

import json
import re
import uuid
from http import HTTPStatus
from typing import Any, Final

from gunicorn.http import errors

from config.security import wanted_headers
from config.worker import ClientTooSlow

_TARGET: Final = re.compile(rb"\A(?:\r\n)?[^ \r\n]{1,32} (/[^ ?#\r\n]{0,2000})(?:[?# ])")
_SECRET_PATH: Final = re.compile(r"\A/media/[^/]*")
_OURS: Final = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)
_REFUSALS: Final[dict[type[Exception], tuple[HTTPStatus, str, str]]] = {
    ClientTooSlow: (HTTPStatus.REQUEST_TIMEOUT, "too_slow", "The request arrived too slowly."),
    errors.LimitRequestLine: (HTTPStatus.REQUEST_URI_TOO_LONG, "uri_too_long", "The request line is too long."),
    errors.LimitRequestHeaders: (
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "headers_too_large",
        "The headers are too many or too long.",
    ),
    errors.UnsupportedTransferCoding: (
        HTTPStatus.NOT_IMPLEMENTED,
        "unsupported_transfer_coding",
        "Of the transfer codings only chunked is known here.",
    ),
    errors.ExpectationFailed: (
        HTTPStatus.EXPECTATION_FAILED,
        "expectation_failed",
        "Of the expectations only 100-continue is known here.",
    ),
    errors.ParseException: (HTTPStatus.BAD_REQUEST, "bad_http", "The request is not HTTP that we can read."),
}


def is_refusal(error: BaseException) -> bool:
    """Whether the request was at fault, and not we."""
    return isinstance(error, (errors.ParseException, ClientTooSlow)) and not isinstance(error, _OURS)


def answer_to(error: BaseException, *, instance: str) -> bytes:
    """A whole HTTP answer, RFC 9457 in its body; the connection ends with it."""
    if is_refusal(error):
        status, code, detail = next(_REFUSALS[kind] for kind in type(error).__mro__ if kind in _REFUSALS)
    else:
        status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "internal"
        detail = "Something went wrong on our side."
    request_id = uuid.uuid4().hex
    document = {
        "type": f"urn:marquee:problem:{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": instance,
        "code": code,
        "request_id": request_id,
    }
    body = json.dumps(document).encode()
    # By what the client came is not known here; a browser takes no HSTS by http.
    headers = [
        *(("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))),
        *(("X-Request-Id", request_id), ("Connection", "close"), *wanted_headers(is_plain=False)),
    ]
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode() + body


def instance_of(request: Any, first_piece: bytes) -> str:
    """The path that was asked for, empty if that much was not readable. A media path's token stays out."""
    path = getattr(request, "path", None)
    if not path:
        found = _TARGET.match(first_piece)
        path = found.group(1).decode("latin-1") if found else ""
    return _SECRET_PATH.sub("/media/…", path)

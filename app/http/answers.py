"""What a controller returns, and how it becomes a response with its validators."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

import orjson
from flask import Response, request
from werkzeug.http import http_date, parse_date, parse_etags

_JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_ETAG_BYTES = 9


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON document (None: no body) and headers.

    `revision` is the object's, which joins the ETag; `response` replaces all of it where a body is no JSON.
    """

    document: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    revision: int | None = None
    response: Response | None = None


def created(document: object, *, location: str, revision: int | None = None) -> Answer:
    """201 with the place of what was created."""
    return Answer(document, 201, {"Location": location}, revision)


NO_CONTENT = Answer(status=204)


def json_bytes(document: object) -> bytes:
    """The document as UTF-8 JSON; times in UTC with a `Z`."""
    return orjson.dumps(document, option=_JSON_OPTIONS)


def to_response(answer: Answer) -> Response:
    """The response, with a strong ETag on JSON of GETs and objects, and 304 where the client has it."""
    if answer.response is not None:
        answer.response.headers.extend(dict(answer.headers))
        return answer.response
    if answer.document is None:
        return Response(status=answer.status, headers=dict(answer.headers))
    body = json_bytes(answer.document)
    response = Response(body, answer.status, dict(answer.headers), mimetype="application/json")
    if request.method in {"GET", "HEAD"} or answer.revision is not None:
        tag = etag_of(body, answer.revision)
        response.headers["ETag"] = f'"{tag}"'
        if request.method in {"GET", "HEAD"} and parse_etags(request.headers.get("If-None-Match")).contains_weak(tag):
            response.status_code = 304
            response.data = b""
    return response


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells whether a client's copy is still right."""

    tag: str
    modified_at: datetime | None = None


def validated(validators: Validators, media_type: str, make: Callable[[], bytes]) -> Answer:
    """What `make` makes, or 304 without making it."""
    headers = {"ETag": f'"{validators.tag}"'}
    if validators.modified_at is not None:
        headers["Last-Modified"] = http_date(validators.modified_at)
    content_type = f"{media_type}; charset=utf-8"
    if _is_current(validators):
        return Answer(response=Response(status=304, headers=headers, content_type=content_type))
    return Answer(response=Response(make(), headers=headers, content_type=content_type))


def _is_current(validators: Validators) -> bool:
    """RFC 9110 §13.2.2: a date counts only without a tag, and only the very date that we gave.

    An earlier one is no proof: what was taken out of a list leaves it with an older date than before.
    """
    if request.headers.get("If-None-Match") is not None:
        return parse_etags(request.headers["If-None-Match"]).contains_weak(validators.tag)
    since = parse_date(request.headers.get("If-Modified-Since"))
    return since is not None and since == (validators.modified_at and validators.modified_at.replace(microsecond=0))


def etag_of(body: bytes, revision: int | None) -> str:
    """`<revision>.<hash>` for an object, `<hash>` for a list."""
    digest = blake2b(body, digest_size=_ETAG_BYTES).hexdigest()
    return digest if revision is None else f"{revision}.{digest}"

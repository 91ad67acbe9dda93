"""Codes what goes out as text: brotli or gzip, as the client weighs them (RFC 9110 §12.5.3)."""

import re
import zlib
from functools import lru_cache
from http import HTTPStatus
from typing import Final, Literal

import brotli
from flask import Flask, Response, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from app.clients import threads

Coding = Literal["br", "gzip"]
LEAST_BYTES: Final = 1024
_MOST_FILE_BYTES: Final = 1024**2
_AT_ONCE_BYTES: Final = 64 * 1024
"""Up to here (some 2 ms) the change of threads is not worth it; both libraries work without Python's lock."""
_BROTLI_QUALITY: Final = 4
_GZIP_LEVEL: Final = 5
_GZIP_WINDOW: Final = 31  # zlib's word for a gzip header, in which no time stands
_CODED_TYPES: Final = frozenset(
    {
        *("application/json", "application/problem+json", "application/feed+json"),
        *("application/rss+xml", "application/atom+xml", "application/xml"),
        *("text/html", "text/css", "text/javascript", "text/vtt", "application/vnd.apple.mpegurl"),
    }
)
_UNCODED_STATUSES: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.PARTIAL_CONTENT})
# Lengths of coded answers tell of what stands in them (BREACH): here that would be tokens and keys.
_SECRETS: Final = ("/api/v1/auth/", "/api/v1/api-keys")
_CODED_TAG: Final = re.compile(r'-(?:br|gzip)"')
_CONDITIONS: Final = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")


def init_app(app: Flask) -> None:
    """Reads tags of coded answers as those of what they code, and codes answers before they are logged."""
    app.before_request(_read_tags)
    app.after_request(_code)


def _read_tags() -> None:
    g.client_tags = request.environ.get("HTTP_IF_NONE_MATCH", "")
    for name in _CONDITIONS:
        if name in request.environ:
            request.environ[name] = plain_tags(request.environ[name])


def _code(response: Response) -> Response:
    if response.mimetype not in _CODED_TYPES or request.path.startswith(_SECRETS):
        return response
    if "Cache-Control" in response.headers:  # else `caching` names all that such an answer depends on, this too
        response.vary.add("Accept-Encoding")
    coding, is_must = chosen(request.headers.get("Accept-Encoding", ""))
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        return _name_what_the_client_has(response, coding)
    if coding is None or not _is_worth_it(response, is_must=is_must):
        return response
    if request.method == "HEAD" and response.is_streamed:  # a file's, which is not read for this
        response.headers.pop("Content-Length", None)
    else:
        _replace_body(response, coding)
    response.headers["Content-Encoding"] = coding
    response.headers.pop("Accept-Ranges", None)
    _set_tag(response, coding)
    return response


@lru_cache(maxsize=256)
def chosen(accept_encoding: str) -> tuple[Coding | None, bool]:
    """The coding that the client likes best, brotli before gzip; and whether it refuses what is not coded.

    A client that does not say what it takes gets nothing coded.
    """
    accepted = parse_accept_header(accept_encoding, Accept)
    best: Coding = "gzip" if accepted.quality("gzip") > accepted.quality("br") else "br"
    weight = accepted.quality(best)
    if weight <= 0 or weight < accepted.quality("identity"):
        return None, False
    is_must = accepted.find("identity") >= 0 and accepted.quality("identity") <= 0
    return best, is_must


def _is_worth_it(response: Response, *, is_must: bool) -> bool:
    if response.status_code in _UNCODED_STATUSES or not _is_whole(response):
        return False
    length = response.content_length or 0
    if response.is_streamed and not 0 < length <= _MOST_FILE_BYTES:
        return False
    return length > 0 and (is_must or length >= LEAST_BYTES)


def _is_whole(response: Response) -> bool:
    """Whether the body is here, and as it was made."""
    return not any(name in response.headers for name in ("Content-Encoding", "Content-Range", "X-Accel-Redirect"))


def _replace_body(response: Response, coding: Coding) -> None:
    response.direct_passthrough = False
    body = response.get_data()
    coded = threads.run(compressed, body, coding) if len(body) > _AT_ONCE_BYTES else compressed(body, coding)
    response.set_data(coded)


def compressed(body: bytes, coding: Coding) -> bytes:
    """The same bytes for the same body, as a strong ETag promises."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return zlib.compress(body, _GZIP_LEVEL, _GZIP_WINDOW)


def _set_tag(response: Response, coding: Coding) -> None:
    tag = response.headers.get("ETag", "")
    if tag.startswith('"'):
        response.headers["ETag"] = f'{tag[:-1]}-{coding}"'


def _name_what_the_client_has(response: Response, coding: Coding | None) -> Response:
    if "ETag" in response.headers:
        response.headers["ETag"] = tag_of_copy(response.headers["ETag"], g.get("client_tags", ""), coding)
    return response


def tag_of_copy(tag: str, client_tags: str, coding: Coding | None) -> str:
    """A 304's tag is the one that the client sent, for it means the copy under this very tag.

    `tag` is that of the plain answer; where the client has several copies, the one in `coding` counts.
    """
    for known in (coding, "br", "gzip"):
        if known and f'{tag[:-1]}-{known}"' in client_tags:
            return f'{tag[:-1]}-{known}"'
    return tag


def plain_tags(tags: str) -> str:
    """The tags without what says how a copy is coded."""
    return _CODED_TAG.sub('"', tags)

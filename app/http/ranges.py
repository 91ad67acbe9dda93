"""Files over HTTP: full RFC 9110 Range (206, 416, If-Range), validators, and pieces of 256 KiB."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, request
from werkzeug.http import parse_etags, parse_if_range_header, parse_range_header

from app.clients.storage import StoredFile
from app.clients.stores import storage
from app.errors import RangeNotSatisfiable
from app.http.answers import Answer, etag_of
from app.http.connections import may_pause
from config import settings


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What goes out with a file besides its bytes."""

    mimetype: str
    cache_control: str


def file_answer(stored: StoredFile, how: FileAnswer) -> Answer:
    """The file, the part of it that Range names (RFC 9110 §14), or 304. Several ranges get the whole file.

    Behind nginx with `ACCEL_PATH` the answer only names the file; what cannot be answered so (304, 416) is ours.
    """
    headers = {
        "ETag": f'"{stored.etag}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": how.cache_control,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if parse_etags(request.headers.get("If-None-Match")).contains_weak(stored.etag):
        return Answer(response=Response(status=304, headers=headers, content_type=how.mimetype))
    span = _span(stored)
    if settings.accel_path is not None:
        headers["X-Accel-Redirect"] = settings.accel_path + quote(stored.key)
        return Answer(response=Response(headers=headers, content_type=how.mimetype))
    start, stop = span or (0, stored.size_bytes)
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{stored.size_bytes}"
    headers["Content-Length"] = str(stop - start)
    may_pause()
    pieces = storage().part(stored.key, start, stop - start) if request.method == "GET" else iter(())
    response = Response(pieces, 206 if span else 200, headers, content_type=how.mimetype)
    return Answer(response=response)


def text_answer(text: str, how: FileAnswer) -> Answer:
    """A short text made for this request, whole, or 304; Range may be ignored (RFC 9110 §14.2)."""
    body = text.encode()
    tag = etag_of(body, None)
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": how.cache_control,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if parse_etags(request.headers.get("If-None-Match")).contains_weak(tag):
        return Answer(response=Response(status=304, headers=headers, content_type=how.mimetype))
    return Answer(response=Response(body, headers=headers, content_type=how.mimetype))


def _span(stored: StoredFile) -> tuple[int, int] | None:
    """Start and stop of the one range asked for; None for the whole file. Raises `RangeNotSatisfiable`."""
    asked = parse_range_header(request.headers.get("Range")) if request.method == "GET" else None
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or not _still_the_same(stored):
        return None
    span = asked.range_for_length(stored.size_bytes)
    if span is None:
        raise RangeNotSatisfiable(
            "The range lies outside of the file.", headers={"Content-Range": f"bytes */{stored.size_bytes}"}
        )
    return span


def _still_the_same(stored: StoredFile) -> bool:
    """Whether `If-Range` (RFC 9110 §13.1.5) names this very content, by a strong tag; a date never does."""
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    parsed = parse_if_range_header(condition)
    return parsed.etag == stored.etag and not condition.startswith("W/")

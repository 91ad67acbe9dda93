"""tus 1.0.0 on the wire: its headers in and out, and the bytes of a piece on their way to the file."""

import binascii
import hashlib
import socket
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from wsgiref.handlers import format_date_time

from flask import Response, request
from werkzeug.exceptions import ClientDisconnected

from app.clients.appending import Appending
from app.errors import BadRequest, ChecksumMismatch, PreconditionFailed, TooLarge, UnsupportedType
from app.http.answers import Answer
from app.services.upload_service import Announcement, UploadView
from config import settings

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination"
ALGORITHMS: Final = ("sha1", "sha256", "md5")
PIECE_TYPE: Final = "application/offset+octet-stream"
READ_BYTES: Final = 1024 * 1024
_METADATA_LENGTH: Final = 4096
_DIGITS_MAX: Final = 15


@dataclass(frozen=True, slots=True)
class _Promise:
    """The checksum that a client announced, and the one of what has come."""

    expected: bytes
    digest: "hashlib._Hash"

    @property
    def is_kept(self) -> bool:
        return self.digest.digest() == self.expected


def options() -> Answer:
    """What this server offers (tus 1.0.0, OPTIONS)."""
    headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.max_upload_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
    return Answer(status=204, headers=headers)


def assert_version() -> None:
    """Raises `PreconditionFailed` for a client of another version, as tus wants it."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise PreconditionFailed(
            f"Send Tus-Resumable: {VERSION}.", code="tus_version", headers={"Tus-Version": VERSION, **_ours()}
        )


def announcement() -> Announcement:
    """What the creating request says of the file. Raises `BadRequest` for headers that say nothing sensible."""
    is_deferred = request.headers.get("Upload-Defer-Length")
    size_bytes = number("Upload-Length")
    if is_deferred not in {None, "1"} or (size_bytes is None) != (is_deferred == "1"):
        raise BadRequest("Send either Upload-Length, or Upload-Defer-Length: 1.", code="invalid_header")
    header = request.headers.get("Upload-Metadata", "")
    if len(header) > _METADATA_LENGTH:
        raise BadRequest(f"Upload-Metadata may have at most {_METADATA_LENGTH} characters.", code="invalid_header")
    named = _metadata(header)
    _promise()  # a checksum that nobody can check is refused before anything is made
    return Announcement(size_bytes, header, named.get("filename") or named.get("name"), named.get("title"))


def number(name: str) -> int | None:
    """A header that counts bytes. Raises `BadRequest`."""
    value = request.headers.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= _DIGITS_MAX):
        raise BadRequest(f"{name} must be a whole number of bytes.", code="invalid_header")
    return int(value)


def has_piece() -> bool:
    """Whether the request carries bytes of the file."""
    return request.mimetype == PIECE_TYPE


def assert_piece() -> None:
    """Raises `UnsupportedType` for a body that is no piece of a file."""
    if not has_piece():
        raise UnsupportedType(f"Send the bytes as {PIECE_TYPE}.")


def offset() -> int:
    """Where the piece begins. Raises `BadRequest` if the request does not say."""
    found = number("Upload-Offset")
    if found is None:
        raise BadRequest("Upload-Offset is missing.", code="invalid_header")
    return found


def receive_piece(file: Appending, limit: int) -> None:
    """Writes the request's body at the file's end, at most `limit` bytes, while it arrives.

    What arrived before a connection broke stays, unless a checksum was promised for the whole (tus 1.0.0, Checksum).
    Raises `TooLarge`, `ChecksumMismatch`, `BadRequest` (`truncated_body`).
    """
    if (request.content_length or 0) > limit:
        raise _too_much(limit)
    before, promise = file.size_bytes, _promise()
    is_kept = promise is None
    try:
        is_whole = _copy_body(file, limit, promise)
        is_kept = promise is None or (is_whole and promise.is_kept)
    finally:
        if not is_kept:
            file.cut(before)
    if not is_whole:
        raise BadRequest("The body ended early; ask for the offset and go on there.", code="truncated_body")
    if not is_kept:
        raise ChecksumMismatch("The bytes do not have the checksum that was sent; send them again.")


def _copy_body(file: Appending, limit: int, promise: "_Promise | None") -> bool:
    """Copies the body to the file's end; False if the connection broke before the body's end."""
    received = 0
    with suppress(ClientDisconnected):
        while piece := request.stream.read(READ_BYTES):
            received += len(piece)
            if received > limit:
                raise _too_much(limit)
            file.write(piece)
            if promise is not None:
                promise.digest.update(piece)
        return request.content_length in {None, received}
    return False


def _too_much(limit: int) -> TooLarge:
    return TooLarge(f"There is room for {limit} more bytes in this upload.", limit_bytes=limit)


def interrupter() -> "Interrupter":
    """What cuts this request's connection off, for a newcomer that takes over."""
    return Interrupter(request.environ.get("gunicorn.socket"))


@dataclass(frozen=True, slots=True)
class Interrupter:
    """Ends the reading side of a connection: its reader sees the end of the body."""

    connection: socket.socket | None

    def __call__(self) -> None:
        if self.connection is not None:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RD)


def answer(view: UploadView, *, status: int = HTTPStatus.NO_CONTENT, location: str | None = None) -> Answer:
    """The headers that tell a client where its upload stands."""
    upload = view.upload
    headers = {**_ours(), "Upload-Offset": str(view.offset_bytes), "Cache-Control": "no-store"}
    if upload.size_bytes is None:
        headers["Upload-Defer-Length"] = "1"
    else:
        headers["Upload-Length"] = str(upload.size_bytes)
    if upload.metadata_header:
        headers["Upload-Metadata"] = upload.metadata_header
    if view.video_id is not None:
        headers["Marquee-Video-Id"] = str(view.video_id)
    else:
        headers["Upload-Expires"] = format_date_time(upload.expires_at.timestamp())
    if location is not None:
        headers["Location"] = location
    return Answer(response=Response(status=status, headers=headers))


def terminated() -> Answer:
    """204: the upload is gone."""
    return Answer(status=204, headers=_ours())


def _ours() -> dict[str, str]:
    return {"Tus-Resumable": VERSION}


def _metadata(header: str) -> dict[str, str]:
    """`key base64, key2 base64`. Raises `BadRequest`; text that is no UTF-8 is mended, it is only a name."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            text = b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise BadRequest("Upload-Metadata holds a value that is no base64.", code="invalid_header") from None
        if key in found or not key.isascii():
            raise BadRequest("Upload-Metadata holds a key twice, or one that is not ASCII.", code="invalid_header")
        found[key] = "".join(char for char in text if char.isprintable()).strip()
    return found


def _promise() -> _Promise | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadRequest(f"Upload-Checksum must be one of {', '.join(ALGORITHMS)}.", code="invalid_header")
    try:
        return _Promise(b64decode(value, validate=True), hashlib.new(algorithm, usedforsecurity=False))
    except (binascii.Error, ValueError):
        raise BadRequest("Upload-Checksum holds no base64.", code="invalid_header") from None

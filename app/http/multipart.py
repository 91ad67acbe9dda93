"""Multipart uploads straight to where they are kept: never in memory, never twice, refused when cut off."""

from typing import IO, Final

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from app.errors import BadRequest, TooLarge, UnsupportedType
from app.services.video_service import Received
from config import settings

READ_BYTES: Final = 1024 * 1024
_FIELD_BYTES: Final = 64 * 1024
_PARTS: Final = 20


def receive_file(target: IO[bytes]) -> Received:
    """Writes the part `file` of the request to `target` while it arrives.

    Raises `UnsupportedType`, `TooLarge`, or `BadRequest` for a body that is malformed, cut off or has no file.
    """
    boundary = request.mimetype_params.get("boundary")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnsupportedType("Send multipart/form-data with a part named file.")
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=_PARTS)
    reading = _Reading(target)
    received = 0
    try:
        while not reading.is_done:
            piece = request.stream.read(READ_BYTES)
            received += len(piece)
            decoder.receive_data(piece or None)
            reading.take(decoder)
    except (ValueError, HTTPException):
        raise BadRequest("The multipart body is malformed or ended early.", code="truncated_body") from None
    if request.content_length is not None and received < request.content_length:
        raise BadRequest("The body ended before its Content-Length.", code="truncated_body")
    return reading.result()


class _Reading:
    """What the parts seen so far were."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._part: str | None = None
        self._filename: str | None = None
        self._has_file = False
        self._title = b""
        self._size_bytes = 0
        self.is_done = False

    def take(self, decoder: MultipartDecoder) -> None:
        """Takes every event that the decoder has ready."""
        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, Epilogue):
                self.is_done = True
                return
            if isinstance(event, File | Field):
                self._begin(event)
            elif isinstance(event, Data):
                self._add(event.data)

    def _begin(self, part: File | Field) -> None:
        self._part = part.name
        if isinstance(part, File):
            if part.name != "file" or self._has_file:
                raise BadRequest("Send exactly one file, in the part named file.", code="unexpected_file")
            self._filename, self._has_file = part.filename, True
        elif part.name != "title":
            raise BadRequest(f"There is no field {part.name!r} here.", code="unexpected_field")

    def _add(self, data: bytes) -> None:
        if self._part == "title":
            self._title += data
            if len(self._title) > _FIELD_BYTES:
                raise TooLarge("The title is too long.")
            return
        self._size_bytes += len(data)
        if self._size_bytes > settings.max_upload_bytes:
            raise TooLarge(f"An upload may have at most {settings.max_upload_bytes} bytes.")
        self._target.write(data)

    def result(self) -> Received:
        """Raises `BadRequest` if there was no file."""
        if not self._has_file:
            raise BadRequest("There is no part named file.", code="no_file")
        title = _printable(self._title.decode("utf-8", "replace"))
        filename = _printable((self._filename or "").encode("utf-8", "replace").decode())
        return Received(filename, title, self._size_bytes)


def _printable(text: str) -> str | None:
    return "".join(character for character in text if character.isprintable()).strip() or None

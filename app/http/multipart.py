"""Multipart uploads straight to where they are kept: never in memory, never twice, refused when cut off."""

from dataclasses import dataclass
from typing import IO, Final, Literal

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from app.errors import BadRequest, TooLarge, UnsupportedType
from app.services.reception import Received

READ_BYTES: Final = 1024 * 1024
_FIELD_BYTES: Final = 64 * 1024
_PARTS: Final = 20


@dataclass(frozen=True, slots=True)
class Form:
    """What a form may hold: a file of so many bytes, and at most one field of text."""

    field: Literal["title", "alt"] | None
    most_bytes: int


def receive_file(form: Form, target: IO[bytes]) -> Received:
    """Writes the part `file` of the request to `target` while it arrives.

    Raises `UnsupportedType`, `TooLarge`, or `BadRequest` for a body that is malformed, cut off or has no file.
    """
    boundary = request.mimetype_params.get("boundary")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnsupportedType("Send multipart/form-data with a part named file.")
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=_PARTS)
    reading = _Reading(form, target)
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

    def __init__(self, form: Form, target: IO[bytes]) -> None:
        self._form = form
        self._target = target
        self._part: str | None = None
        self._filename: str | None = None
        self._has_file = False
        self._text = b""
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
        elif part.name != self._form.field:
            raise BadRequest(f"There is no field {part.name!r} here.", code="unexpected_field")

    def _add(self, data: bytes) -> None:
        if self._part == self._form.field:
            self._text += data
            if len(self._text) > _FIELD_BYTES:
                raise TooLarge(f"The field {self._form.field} is too long.")
            return
        self._size_bytes += len(data)
        if self._size_bytes > self._form.most_bytes:
            raise TooLarge(f"The file may have at most {self._form.most_bytes} bytes.")
        self._target.write(data)

    def result(self) -> Received:
        """Raises `BadRequest` if there was no file."""
        if not self._has_file:
            raise BadRequest("There is no part named file.", code="no_file")
        text = _printable(self._text.decode("utf-8", "replace"))
        filename = _printable((self._filename or "").encode("utf-8", "replace").decode())
        words = {self._form.field: text} if self._form.field else {}
        return Received(filename, self._size_bytes, **words)


def _printable(text: str) -> str | None:
    return "".join(character for character in text if character.isprintable()).strip() or None

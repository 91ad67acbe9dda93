"""The body of a request that brings captions."""

from typing import Final

from flask import request

from app.errors import UnsupportedType
from app.http.strict_json import read_body
from app.media.captions import MAX_BYTES

CAPTION_TYPES: Final = ("text/vtt", "application/x-subrip")


def read_captions() -> bytes:
    """The whole body. Raises `UnsupportedType`, `TooLarge`, or `BadRequest` if it is cut off."""
    if request.mimetype not in CAPTION_TYPES:
        raise UnsupportedType("Send WebVTT as text/vtt or SubRip as application/x-subrip.")
    return read_body(MAX_BYTES)

"""What every picture that comes in is held to before anybody decodes it."""

from mmap import ACCESS_READ, mmap
from typing import Final

from app.clients.stores import storage
from app.errors import Invalid, TooLarge
from app.media.image_header import SIDE_AT_MOST, Header, NotAnImage, read_header
from config import settings

_FORM_BYTES: Final = 128 * 1024
"""What a form has besides its file."""


def bytes_to_expect(announced_bytes: int | None) -> int:
    """What room to hold for a request that announces so much. Raises `TooLarge`."""
    limit = settings.max_image_bytes
    if announced_bytes is not None and announced_bytes > limit + _FORM_BYTES:
        raise TooLarge(f"An image may have at most {limit} bytes.", limit_bytes=limit)
    return min(announced_bytes or 0, limit)


def checked_header(key: str, size_bytes: int) -> Header:
    """What a stored file's head says. Nothing is decoded here: that is for the jail, and only up to a size.

    Raises `Invalid` (`empty_file`, `not_an_image`, `svg_not_supported`, `damaged_image`, `too_many_pixels`).
    """
    if size_bytes == 0:
        raise Invalid("The file is empty.", code="empty_file")
    try:
        with (
            storage().materialized(key) as path,
            path.open("rb") as file,
            mmap(file.fileno(), 0, access=ACCESS_READ) as content,
        ):
            header = read_header(content)
    except NotAnImage as error:
        raise Invalid(error.detail, code=error.code) from None
    pixels, most = header.width * header.height, settings.max_image_pixels
    if pixels > most or max(header.width, header.height) > SIDE_AT_MOST:
        size = f"{header.width} x {header.height} pixels"
        detail = f"The image has {size}; at most {most} pixels and {SIDE_AT_MOST} a side are taken. Send it smaller."
        raise Invalid(detail, code="too_many_pixels", limit_pixels=most)
    return header

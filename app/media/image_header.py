"""What a picture's first bytes say: its real format and its size, without decoding a pixel. No name is believed."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from mmap import mmap
from typing import Final

Content = bytes | mmap
SIDE_AT_MOST: Final = 30_000
"""Longer than any panorama; a line of a million pixels is an attack, however few they are in all."""
_HEAD_BYTES: Final = 4096
_BOX_HEAD_BYTES: Final = 8
# A file of nothing but the smallest parts must not keep a request busy.
_BOXES_AT_MOST: Final = 1000
_SEGMENTS_AT_MOST: Final = 2000
_ENTRIES_AT_MOST: Final = 500
_BRANDS_UNTIL: Final = 128
_MARKER, _APP1 = 0xFF, 0xE1
_ORIENTATION_TAG: Final = 0x0112
_LYING: Final = range(5, 9)
"""EXIF's orientations that show rows as columns."""
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


class ImageFormat(StrEnum):
    """What comes in."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    AVIF = "avif"


@dataclass(frozen=True, slots=True)
class Header:
    """The format, and the size as it is shown: what a JPEG's orientation turns is turned."""

    format: ImageFormat
    width: int
    height: int


class NotAnImage(Exception):
    """It is none of the formats: `code` and a sentence that says what it is, where that is known."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def read_header(content: Content) -> Header:
    """Reads a few hundred bytes, wherever they stand. Raises `NotAnImage`."""
    head = content[:_HEAD_BYTES]
    for begins, image_format, size_of in _READERS:
        if begins(head):
            try:
                width, height = size_of(content)
            except (struct.error, IndexError, ValueError):
                raise _damaged(image_format) from None
            if width < 1 or height < 1:
                raise _damaged(image_format)
            return Header(image_format, width, height)
    raise _stranger(head)


def _damaged(image_format: ImageFormat) -> NotAnImage:
    return NotAnImage("damaged_image", f"It begins like {image_format.upper()}, but says no size that can be read.")


def _stranger(head: bytes) -> NotAnImage:
    if b"<svg" in head.lower():
        return NotAnImage(
            "svg_not_supported", "SVG is refused: it can carry scripts and load from elsewhere. Export it as PNG."
        )
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return NotAnImage("not_an_image", "HEIC is not shown by browsers. Export it as JPEG.")
    return NotAnImage("not_an_image", "This is no picture that we know. Send JPEG, PNG, WebP, GIF or AVIF.")


def _png_size(content: Content) -> tuple[int, int]:
    if content[12:16] != b"IHDR":
        raise ValueError
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _gif_size(content: Content) -> tuple[int, int]:
    width, height = struct.unpack("<HH", content[6:10])
    return width, height


def _webp_size(content: Content) -> tuple[int, int]:
    """By the first chunk (RFC 9649): the canvas, a lossless picture, or a key frame of VP8 (RFC 6386 §9.1)."""
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = content[24:27], content[27:30]
        return _little(width) + 1, _little(height) + 1
    if kind == b"VP8L" and content[20] == 0x2F:  # noqa: PLR2004 - the signature
        (bits,) = struct.unpack("<I", content[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError


def _little(three: bytes) -> int:
    if len(three) < 3:  # noqa: PLR2004 - 24 bits
        raise ValueError
    return int.from_bytes(three, "little")


def _jpeg_size(content: Content) -> tuple[int, int]:
    """Walks the segments to the frame header (ITU T.81 §B.2.2); EXIF stands before it."""
    place, orientation = 2, None
    for _ in range(_SEGMENTS_AT_MOST):
        start, marker = content[place], content[place + 1]
        if start != _MARKER:
            raise ValueError
        if marker == _MARKER or marker in _JPEG_BARE:  # a fill byte, or a marker without a segment
            place += 1 if marker == _MARKER else 2
            continue
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return (height, width) if orientation in _LYING else (width, height)
        if marker == _APP1 and orientation is None and content[place + 4 : place + 10] == b"Exif\x00\x00":
            orientation = _orientation(content[place + 10 : place + 2 + length])
        place += 2 + max(length, 2)
    raise ValueError


def _orientation(tiff: bytes) -> int:
    """The orientation in the first directory of EXIF; 1, upright, where it says none."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack(f"{order}I", tiff[4:8])
        (entries,) = struct.unpack(f"{order}H", tiff[start : start + 2])
        for index in range(min(entries, _ENTRIES_AT_MOST)):
            place = start + 2 + 12 * index
            tag, kind, _count, value = struct.unpack(f"{order}HHIH", tiff[place : place + 10])
            if tag == _ORIENTATION_TAG and kind == 3:  # noqa: PLR2004 - SHORT
                return int(value)
    except struct.error:
        pass
    return 1


def _avif_size(content: Content) -> tuple[int, int]:
    """The largest extent that an item has (`ispe`, ISO 23008-12 §6.5.3): a grid's own is larger than its tiles'."""
    spans = [(start + 4, stop) for start, stop in _boxes(content, (0, len(content)), b"meta")]
    for name in (b"iprp", b"ipco", b"ispe"):
        spans = [found for span in spans[:1] for found in _boxes(content, span, name)]
    sizes = [struct.unpack(">II", content[place + 4 : place + 12]) for place, _stop in spans]
    width, height = max(sizes, key=lambda size: int(size[0] * size[1]))
    return width, height


def _is_avif(head: bytes) -> bool:
    """By the brand, or by one that it is said to be compatible with."""
    if head[4:8] != b"ftyp":
        return False
    brands = head[8 : min(int.from_bytes(head[:4], "big"), _BRANDS_UNTIL)]
    return b"avif" in brands or b"avis" in brands


def _boxes(content: Content, span: tuple[int, int], wanted: bytes) -> list[tuple[int, int]]:
    """Where the contents of boxes of a kind lie within a span."""
    place, stop = span
    found: list[tuple[int, int]] = []
    for _ in range(_BOXES_AT_MOST):
        if place + _BOX_HEAD_BYTES > stop:
            break
        (length,) = struct.unpack(">I", content[place : place + 4])
        end = stop if length == 0 else place + length
        if length == 1 or end > stop or end < place + _BOX_HEAD_BYTES:
            break  # 64-bit lengths are for films; the others lie
        if content[place + 4 : place + 8] == wanted:
            found.append((place + _BOX_HEAD_BYTES, end))
        place = end
    return found


_READERS: Final[tuple[tuple[Callable[[bytes], bool], ImageFormat, Callable[[Content], tuple[int, int]]], ...]] = (
    (lambda head: head[:3] == b"\xff\xd8\xff", ImageFormat.JPEG, _jpeg_size),
    (lambda head: head[:8] == b"\x89PNG\r\n\x1a\n", ImageFormat.PNG, _png_size),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", ImageFormat.WEBP, _webp_size),
    (lambda head: head[:6] in {b"GIF87a", b"GIF89a"}, ImageFormat.GIF, _gif_size),
    (_is_avif, ImageFormat.AVIF, _avif_size),
)

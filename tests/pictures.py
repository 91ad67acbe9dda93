"""Pictures for tests, made here: small ones, turned ones, ones that tell where they were taken, and bombs."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, BLUE = (200, 0, 0), (0, 0, 200)
_GPS, _ORIENTATION, _MAKER = 0x8825, 0x0112, 0x010F


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def plain(image_format: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture of one colour."""
    return encoded(Image.new("RGB", size, RED), image_format, **options)


def from_a_phone(size: tuple[int, int] = (1000, 1400)) -> bytes:
    """Red above, blue below, once it is set upright as its EXIF says; with the place, the maker and a comment."""
    upright = Image.new("RGB", size, BLUE)
    upright.paste(RED, (0, 0, size[0], size[1] // 2))
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_MAKER] = 6, "Secretive"
    exif.get_ifd(_GPS)[1] = "N"
    exif.get_ifd(_GPS)[2] = (52.0, 31.0, 12.0)
    return encoded(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, comment=b"Secretive")


def moving(frames: int = 3, size: tuple[int, int] = (40, 30)) -> bytes:
    """A GIF that moves."""
    first, *others = [Image.new("RGB", size, (80 * number, 0, 0)) for number in range(frames)]
    return encoded(first, "GIF", save_all=True, append_images=others, duration=70, loop=0)


def png_that_says(width: int, height: int) -> bytes:
    """The first 33 bytes of a PNG: it says its size, and there is nothing to decode."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))

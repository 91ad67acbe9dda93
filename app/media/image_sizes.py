"""Which files are made of a picture, and under which names."""

from typing import Final

from app.media.image_header import ImageFormat

LONGEST_SIDE: Final = 2560
"""Pixels of the picture itself: enough for the sharpest screen, and what a camera sends takes a tenth of the bytes."""
WIDTHS: Final = (320, 640, 960, 1280, 1920)
ENDINGS: Final = {
    ImageFormat.JPEG: "jpg",
    ImageFormat.PNG: "png",
    ImageFormat.WEBP: "webp",
    ImageFormat.GIF: "webp",
    ImageFormat.AVIF: "webp",
}
"""What the picture itself is written as: JPEG and PNG stay what they are, for mail and for previews elsewhere."""
NARROWER_ENDING: Final = "webp"
"""What the narrower ones are written as: every browser knows it, and it takes a third less than JPEG."""
CONTENT_TYPES: Final = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size in which a picture is kept: its own, or shrunk to the longest side."""
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def full_name(ending: str) -> str:
    """The file of the picture itself."""
    return f"full.{ending}"


def narrower_name(width: int) -> str:
    """The file of a narrower one."""
    return f"{width}.{NARROWER_ENDING}"

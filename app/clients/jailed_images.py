"""Makes a picture anew, in the jail: `python jailed_images.py <order as JSON>` writes files and `report.json`.

The order holds `source`, `target` (a folder), `format` (the only decoder that is tried), `ending`, `longest_side`,
`widths`, `pixels` and `moving_pixels`. Nothing of the source but its pixels comes out: no EXIF, place, profile or text.
"""

import json
import struct
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageCms, UnidentifiedImageError

_FRAMES: Final = 2000
_JPEG: Final = {"quality": 85, "optimize": True, "progressive": True}
_PNG: Final = {"compress_level": 7}
_WEBP: Final = {"quality": 80, "method": 4}
_MOVING_WEBP: Final = {"quality": 75, "method": 1, "minimize_size": False}
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientations, and what sets each upright."""
_NOTHING: Final = {"exif": b"", "xmp": b"", "icc_profile": b""}


class _Refused(Exception):
    """The picture cannot be made: a code, a sentence and what to do."""


def main(order: dict[str, Any]) -> None:
    """Writes the files, or `{"error": [code, detail, hint]}` for what cannot be made."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = order["pixels"]
    try:
        report = _made(order)
    except _Refused as refused:
        report = {"error": list(refused.args)}
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError):
        report = {"error": ["too_many_pixels", "It has more pixels than are taken.", "Send it smaller."]}
    except UnidentifiedImageError:
        report = {"error": ["not_an_image", "It is not the picture that it says it is.", "Export it again."]}
    # What a decoder raises for damage has no common kind: Pillow's own are OSError, SyntaxError and ValueError.
    except (struct.error, OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError):
        report = {"error": ["damaged_image", "It is damaged or cut off.", "Export it again and send it whole."]}
    (Path(order["target"]) / "report.json").write_text(json.dumps(report))


def _made(order: dict[str, Any]) -> dict[str, Any]:
    # The order's format is the only decoder that ever sees the bytes.
    with Image.open(order["source"], formats=[order["format"].upper()]) as source:
        if _moves(source) and order["ending"] == "webp":
            return _moving(source, order)
        return _still(source, order)


def _moves(source: Image.Image) -> bool:
    return bool(getattr(source, "is_animated", False))


def _moving(source: Any, order: dict[str, Any]) -> dict[str, Any]:
    """Every frame as it is, one after the other: a film of pictures is not made smaller."""
    frames, (width, height) = source.n_frames, source.size
    if frames > _FRAMES or frames * width * height > order["moving_pixels"]:
        raise _Refused("too_long", "The animation is too long to be made into a picture.", "Send it as a video.")
    durations = []
    for index in range(frames):
        source.seek(index)
        durations.append(int(source.info.get("duration") or 100))
    loop = int(source.info.get("loop", 0)) if order["format"] != "gif" else _loops_of_gif(source)
    source.seek(0)
    target = Path(order["target"]) / f"full.{order['ending']}"
    source.save(target, "WEBP", save_all=True, duration=durations, loop=loop, **_MOVING_WEBP, **_NOTHING)
    return {"width": source.width, "height": source.height, "widths": []}


def _loops_of_gif(source: Any) -> int:
    """WebP counts how often it plays, GIF how often it plays again; without a word a GIF plays once."""
    again = source.info.get("loop")
    return 1 if again is None else 0 if again == 0 else int(again) + 1


def _still(source: Image.Image, order: dict[str, Any]) -> dict[str, Any]:
    side, folder = order["longest_side"], Path(order["target"])
    turn, profile = _TURNS.get(source.getexif().get(_ORIENTATION, 1)), source.info.get("icc_profile")
    if order["format"] == "jpeg":
        source.draft(None, (side, side))  # decodes at a half, a quarter or an eighth where that is enough
    image = _with_eight_bits(source)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = _in_srgb(image, profile)
    image = image if turn is None else image.transpose(turn)
    _save(image, folder / f"full.{order['ending']}")
    widths = [width for width in order["widths"] if width < image.width]
    for width in widths:
        height = max(1, round(image.height * width / image.width))
        _save(image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0), folder / f"{width}.webp")
    return {"width": image.width, "height": image.height, "widths": widths}


def _with_eight_bits(source: Image.Image) -> Image.Image:
    """The picture in a mode that can be shrunk without loss of colours."""
    if source.mode.startswith("I"):  # 16 bits of grey
        return source.convert("I").point(lambda value: value / 256).convert("L")
    if source.mode in {"LA", "PA"} or "transparency" in source.info:
        return source.convert("RGBA")
    if source.mode == "1":
        return source.convert("L")
    return source if source.mode in {"RGB", "RGBA", "L", "CMYK"} else source.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Its colours in sRGB: what a wider profile says about them would be lost with it."""
    mode = "RGB" if image.mode == "CMYK" else image.mode
    if profile and image.mode != "L":
        try:
            wide = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(image, wide, ImageCms.createProfile("sRGB"), outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that makes no sense says nothing about the colours
    return image.convert(mode)


def _save(image: Image.Image, target: Path) -> None:
    image.info = {}
    if target.suffix == ".jpg":
        image.convert("L" if image.mode == "L" else "RGB").save(target, "JPEG", **_JPEG)
    elif target.suffix == ".png":
        image.save(target, "PNG", **_PNG)
    else:
        image.save(target, "WEBP", **_WEBP, **_NOTHING)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

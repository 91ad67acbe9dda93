"""Pillow: always in the jail, which reads the one picture and writes the one folder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.clients import jailed
from app.clients.jailed import Limits, Running
from app.media.image_header import ImageFormat
from app.media.image_sizes import ENDINGS, LONGEST_SIDE, WIDTHS
from config import settings

_SCRIPT: Final = Path(__file__).with_name("jailed_images.py")
_GIB: Final = 1024**3
_LIMITS: Final = Limits(wall_s=60, memory_bytes=3 * _GIB // 2, file_bytes=_GIB // 4)
_MOVING_PIXELS: Final = 256_000_000
"""Pixels of all frames together: 20 seconds of a small film, some ten of a core."""


@dataclass(frozen=True, slots=True)
class Made:
    """The picture's size, and the widths of the narrower ones beside it."""

    width: int
    height: int
    widths: tuple[int, ...]


class Unusable(Exception):
    """The file is no picture that can be made: a code, a sentence and what to do."""

    def __init__(self, code: str, detail: str, hint: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.hint = hint


def make(
    source: Path,
    image_format: ImageFormat,
    target: Path,
    *,
    stopped: Callable[[], bool],
    widths: Sequence[int] = WIDTHS,
) -> Made:
    """Writes `full.<ending>` and the narrower ones to a folder.

    Raises `Unusable`, `jailed.Failed` if the process itself ended badly, `jailed.Stopped`.
    """
    order = {
        "source": str(source),
        "target": str(target),
        "format": image_format,
        "ending": ENDINGS[image_format],
        "longest_side": LONGEST_SIDE,
        "widths": tuple(widths),
        "pixels": settings.max_image_pixels,
        "moving_pixels": _MOVING_PIXELS,
    }
    command = jailed.python_command(_SCRIPT, json.dumps(order))
    running = Running(command, [source, *jailed.python_reads(_SCRIPT)], target, _LIMITS)
    jailed.wait([running], stopped=stopped)
    return _read((target / "report.json").read_bytes())


def _read(report: bytes) -> Made:
    """What the process says; it saw bytes of strangers, so its words are held to their form."""
    try:
        said: dict[str, Any] = json.loads(report)
        if "error" in said:
            code, detail, hint = map(str, said["error"])
        else:
            widths = tuple(width for width in WIDTHS if width in said["widths"])
            return Made(int(said["width"]), int(said["height"]), widths)
    except (ValueError, KeyError, TypeError):
        raise jailed.Failed("It said nothing that can be read.") from None
    raise Unusable(code, detail, hint)

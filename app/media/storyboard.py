"""The storyboard: which picture of which sheet belongs to which moment, as WebVTT."""

from typing import Final

from app.media.captions import clock

COLUMNS: Final = 6
PER_SHEET: Final = COLUMNS * COLUMNS
LONG_EDGE: Final = 240
_SHORT_S: Final = 10


def interval_s(duration_s: float) -> float:
    """Seconds between pictures: 300 at most in all, never closer than 2 s (1 s in a clip under 10 s)."""
    if duration_s < _SHORT_S:
        return 1.0
    return max(2.0, duration_s / 300)


def tile_size(width: int, height: int) -> tuple[int, int]:
    """Even width and height of a picture whose long edge is 240."""
    scale = LONG_EDGE / max(width, height)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def storyboard_vtt(duration_s: float, tile: tuple[int, int]) -> str:
    """The cues; addresses are relative, so that a token in the path covers the sheets."""
    step, width, height = interval_s(duration_s), *tile
    cues = ["WEBVTT"]
    index, start = 0, 0.0
    while start < duration_s or index == 0:
        end = min(start + step, duration_s) if duration_s else step
        sheet, place = divmod(index, PER_SHEET)
        x, y = place % COLUMNS * width, place // COLUMNS * height
        cues.append(f"{_clock(start)} --> {_clock(end)}\nsheet-{sheet:03d}.jpg#xywh={x},{y},{width},{height}")
        index, start = index + 1, start + step
    return "\n\n".join(cues) + "\n"


def _clock(seconds: float) -> str:
    return clock(round(seconds * 1000))

"""A film whose every frame says its own number, in white and black fields above a grey half: it has a right way up."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from app.clients import ffmpeg

WIDTH, HEIGHT, FPS = 640, 360, 10
FIELDS: Final = 16
"""White, fourteen bits of the number with the highest first, black."""
BLACK, GREY, WHITE = 16, 110, 235
SOUND: Final = ["-f", "lavfi", "-i", "sine=440"]
CLOSED: Final = ["-c:v", "libx264", "-preset", "ultrafast", "-g", str(2 * FPS), "-bf", "2", "-c:a", "aac", "-ac", "2"]
"""Plays as it is."""
ENDLESS_GOP: Final = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "9999", "-sc_threshold", "0"]
"""One key frame only: has to be encoded."""


def make(target: Path, seconds: int, encoder: Sequence[str], *, has_sound: bool = False) -> Path:
    """Writes the film."""
    inputs = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "-"]
    sound = [*SOUND, "-map", "0:v", "-map", "1:a", "-t", str(seconds)] if has_sound else []
    command = [ffmpeg.binary(), "-v", "error", "-y", *inputs, *sound, "-pix_fmt", "yuv420p", *encoder, str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for number in range(seconds * FPS):
            process.stdin.write(picture_of(number))
        process.stdin.close()
    assert process.returncode == 0
    return target


def turned(upright: Path, target: Path) -> Path:
    """The film stored on its side, as a phone does, with the note that turns it upright again."""
    side = target.with_name(f"side-{target.name}")
    encode = ["-vf", "transpose=cclock", "-c:v", "libx264", "-preset", "ultrafast", "-an"]
    run(["-i", str(upright), *encode, str(side)])
    run(["-display_rotation", "-90", "-i", str(side), "-c", "copy", str(target)])
    return target


def run(arguments: Sequence[str]) -> None:
    """FFmpeg, as the product has it."""
    subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *arguments], check=True)


def picture_of(number: int) -> bytes:
    """One frame, 8-bit grey."""
    fields = "".join(["1", f"{number:0{FIELDS - 2}b}", "0"])
    row = b"".join(bytes([WHITE if field == "1" else BLACK]) * (WIDTH // FIELDS) for field in fields)
    return row * (HEIGHT // 2) + bytes([GREY]) * (WIDTH * (HEIGHT - HEIGHT // 2))


def numbers_in(media: bytes, width: int, height: int) -> Iterator[int]:
    """The number of each frame of a media file, in the order of showing."""
    command = [ffmpeg.binary(), "-v", "error", "-i", "-", "-fps_mode", "passthrough", "-f", "rawvideo"]
    command += ["-pix_fmt", "gray", "-"]
    frames = subprocess.run(command, input=media, capture_output=True, check=True).stdout
    for start in range(0, len(frames), width * height):
        row = frames[start + width * (height // 4) : start + width * (height // 4 + 1)]
        fields = [row[int(width * (place + 0.5) / FIELDS)] > GREY for place in range(FIELDS)]
        assert (fields[0], fields[-1]) == (True, False)
        yield int("".join("01"[field] for field in fields[1:-1]), 2)

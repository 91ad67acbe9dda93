"""The heavy work of the measurement: numbers in Python, and a film in FFmpeg; about a second of CPU each."""

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from app.clients import ffmpeg, jailed

FIBONACCI_OF: Final = 31
_FILM: Final = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30:duration=3"]
_CODEC: Final = ["-c:v", "libx264", "-preset", "veryfast"]


def fibonacci(number: int = FIBONACCI_OF) -> int:
    """The slow definition, on purpose."""
    return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)


def transcode_naively() -> None:
    """As most would write it in a request handler: a plain child process, waited for."""
    with tempfile.TemporaryDirectory() as folder:
        command = [ffmpeg.binary(), "-nostdin", "-v", "error", *_FILM, *_CODEC, f"{folder}/video.mp4"]
        subprocess.run(command, check=True)


def transcode_as_a_job() -> None:
    """As Marquee's jobs do it: in the jail, one thread, on otherwise idle cores."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-nostdin", "-v", "error", *_FILM, *_CODEC, "-threads", "1", f"{folder}/video.mp4"]
        limits = jailed.Limits(wall_s=60, background=True)
        ffmpeg.run(command, reads=[], writes=Path(folder), limits=limits, stopped=lambda: False)

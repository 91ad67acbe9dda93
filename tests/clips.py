"""Small real clips, made with the FFmpeg of the product, once a run."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.clients import ffmpeg

SOUND: Final = ["-f", "lavfi", "-i", "sine=440:duration={s}"]
X264: Final = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
AAC: Final = ["-c:a", "aac", "-ac", "2"]


def _picture(size: str, seconds: float, rate: int = 30) -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def _sound(seconds: float) -> list[str]:
    return [part.format(s=seconds) for part in SOUND]


RECIPES: Final[dict[str, list[str]]] = {
    "closed_gop.mp4": [*_picture("640x360", 6), *_sound(6), *X264, "-g", "30", *AAC],
    "low_rate.mp4": [*_picture("640x360", 4), *_sound(4), *X264, "-crf", "40", "-g", "30", *AAC],
    "above_cap.mp4": [*_picture("640x360", 2), *_sound(2), *X264, "-crf", "4", "-g", "30", *AAC],
    "two_rungs.mp4": [*_picture("854x480", 20, 8), *_sound(20), *X264, "-crf", "45", "-g", "8", *AAC],
    "open_gop.mp4": [
        *(
            *_picture("640x360", 6),
            *_sound(6),
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-pix_fmt",
            "yuv420p",
        ),
        *("-g", "30", "-bf", "2", "-flags", "-cgop", "-x264-params", "open-gop=1", *AAC),
    ],
    "long_gop.mp4": [
        *_picture("320x180", 14, 10),
        *X264,
        "-g",
        "1000",
        "-keyint_min",
        "1000",
        "-sc_threshold",
        "0",
    ],
    "vp9.webm": [
        *(
            *_picture("320x180", 3),
            *_sound(3),
            "-c:v",
            "libvpx-vp9",
            "-deadline",
            "realtime",
            "-cpu-used",
            "8",
        ),
        *("-c:a", "libopus"),
    ],
    "mpeg4.mp4": [*_picture("640x360", 40), "-c:v", "mpeg4", "-q:v", "20"],
    "no_audio.mp4": [*_picture("640x360", 4), *X264, "-g", "30"],
    "three_languages.mkv": [
        *(*_picture("320x180", 6), *_sound(6), *_sound(6), *_sound(6), "-map", "0", "-map", "1", "-map", "2"),
        *("-map", "3", *X264, "-g", "30", "-c:a:0", "aac", "-c:a:1", "libmp3lame", "-c:a:2", "aac", "-ac:a:2", "1"),
        *(
            "-metadata:s:a:0",
            "language=ger",
            "-metadata:s:a:1",
            "language=eng",
            "-metadata:s:a:1",
            'title=Director "X"',
        ),
        *("-disposition:a:0", "0", "-disposition:a:1", "default", "-disposition:a:2", "0"),
    ],
    "audio_only.m4a": [*_sound(5), *AAC],
    "audio_only.mp3": [*_sound(5), "-c:a", "libmp3lame"],
}


def make(folder: Path, name: str) -> Path:
    """The clip of that name, made if it isn't there yet; safe when two processes make it at once."""
    target = folder / name
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    if name in _DERIVED:
        return _DERIVED[name](folder, target)
    _run([*RECIPES[name]], target)
    return target


def _run(arguments: list[str], target: Path) -> None:
    part = target.with_name(f".{target.name}.{id(target)}{target.suffix}")
    subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *arguments, str(part)], check=True)
    part.replace(target)


def _rotated(folder: Path, target: Path) -> Path:
    _run(
        ["-display_rotation", "90", "-i", str(make(folder, "closed_gop.mp4")), "-t", "3", "-c", "copy"],
        target,
    )
    return target


def _truncated(folder: Path, target: Path) -> Path:
    whole = folder / "whole.mp4"
    _run(["-i", str(make(folder, "closed_gop.mp4")), "-c", "copy", "-movflags", "+faststart"], whole)
    content = whole.read_bytes()
    target.write_bytes(content[: len(content) // 2])
    return target


_DERIVED: Final[dict[str, Callable[[Path, Path], Path]]] = {
    "rotated.mov": _rotated,
    "truncated.mp4": _truncated,
}

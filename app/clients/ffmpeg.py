"""FFmpeg and the probe: always in the jail, within limits of time and memory."""

import json
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from app.clients import jailed
from app.clients.jailed import Limits, Running
from app.media.probe import Probe, parse_probe
from config import settings

PROBE_S: Final = 20
_PROBE_POLL_S: Final = 0.01
"""It takes a tenth of a second, for which somebody waits."""
_GIB: Final = 1024**3
_LARGE_PIXELS: Final = 1920 * 1088
_PROBE: Final = Path(__file__).with_name("jailed_probe.py")


def limits_for(duration_s: float, pixels: int, *, background: bool) -> Limits:
    """Limits by the size of the work: 20 times the length, never under two minutes; 4 GiB above 1080p."""
    memory_bytes = 4 * _GIB if pixels > _LARGE_PIXELS else 2 * _GIB
    return Limits(wall_s=max(120.0, 20 * duration_s), memory_bytes=memory_bytes, background=background)


@cache
def binary() -> str:
    """`FFMPEG_BINARY`, else the one in the wheel."""
    if settings.ffmpeg_binary:
        return str(Path(settings.ffmpeg_binary).resolve())
    import imageio_ffmpeg  # noqa: PLC0415 - only workers need it

    return str(Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve())


def start(arguments: Sequence[str], *, reads: Sequence[Path], writes: Path, limits: Limits) -> Running:
    """Starts FFmpeg with the arguments; it may read and write only what is named."""
    return Running([binary(), *arguments], reads, writes, limits)


def run(
    arguments: Sequence[str],
    *,
    reads: Sequence[Path],
    writes: Path,
    limits: Limits,
    stopped: Callable[[], bool],
) -> None:
    """Runs FFmpeg to its end."""
    jailed.wait([start(arguments, reads=reads, writes=writes, limits=limits)], stopped=stopped)


def probe(path: Path, demuxer: str, *, stopped: Callable[[], bool] = lambda: False) -> Probe:
    """What the file holds.

    Raises `app.media.probe.Unusable`, `jailed.Failed` if the probe itself ended badly, or `jailed.Stopped`.
    """
    command = jailed.python_command(_PROBE, str(path), demuxer)
    reads = [path, *jailed.python_reads(_PROBE)]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as report:
        running = jailed.Running(command, reads, Path(folder), Limits(wall_s=PROBE_S), output=report)
        jailed.wait([running], stopped=stopped, poll_s=_PROBE_POLL_S)
        report.seek(0)
        return parse_probe(json.loads(report.read()), demuxer)

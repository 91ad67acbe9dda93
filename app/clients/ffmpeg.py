"""FFmpeg and the probe: always in the jail, in their own process group, within limits of time and memory."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from app.clients import jail
from app.media.probe import Probe, parse_probe
from config import settings

POLL_S: Final = 0.05
KILL_AFTER_S: Final = 1.0
PROBE_S: Final = 20
_ERROR_CHARACTERS: Final = 600
_GIB: Final = 1024**3
_LARGE_PIXELS: Final = 1920 * 1088
_JAIL: Final = Path(jail.__file__)
_PROBE: Final = _JAIL.with_name("jailed_probe.py")
_STARTER: Final = (
    "import runpy, sys; sys.path.append(sys.argv[1]); sys.argv = sys.argv[2:]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


class FFmpegFailed(Exception):
    """It ended with an error: `is_transient` if not the file but the machine was at fault."""

    def __init__(self, detail: str, *, is_transient: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.is_transient = is_transient


class Stopped(Exception):
    """It was ended because the caller's `stopped` said so."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run. `background` runs it only on otherwise idle cores (SCHED_IDLE)."""

    wall_s: float
    memory_bytes: int = 2 * _GIB
    file_bytes: int = 200 * _GIB
    background: bool = False
    nice: int = 5


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


class Running:
    """One started process; `poll` it until it is done."""

    def __init__(self, command: Sequence[str], reads: Sequence[Path], writes: Path, limits: Limits) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `_reap`
        self._deadline = time.monotonic() + limits.wall_s
        # PDEATHSIG follows the thread that starts it, so this must be called from the child's main thread.
        self._process = subprocess.Popen(
            _jailed(command, reads, writes, limits),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            start_new_session=True,
        )

    def poll(self) -> bool:
        """True once it ended well. Raises `FFmpegFailed` if it did not, or ran out of time."""
        code = self._process.poll()
        if code is None:
            if time.monotonic() > self._deadline:
                self.kill()
                raise FFmpegFailed("It took too long.")
            return False
        if code != 0:
            raise _failure(code, self._reap())
        self._reap()
        return True

    def kill(self) -> None:
        """Ends it and everything that it started, within a second."""
        for what in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, what)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(KILL_AFTER_S)
                break
        self._reap()

    def _reap(self) -> str:
        if self._errors.closed:
            return ""
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - _ERROR_CHARACTERS))
        text = self._errors.read().decode("utf-8", "replace")
        self._errors.close()
        return text.strip()


def start(arguments: Sequence[str], *, reads: Sequence[Path], writes: Path, limits: Limits) -> Running:
    """Starts FFmpeg with the arguments; it may read and write only what is named."""
    return Running([binary(), *arguments], reads, writes, limits)


def wait(runs: Sequence[Running], *, stopped: Callable[[], bool], on_poll: Callable[[], bool] = lambda: False) -> bool:
    """Waits for all of them, looking at `on_poll` meanwhile. Returns False if `on_poll` asked to end them early.

    Raises `FFmpegFailed` for the first that fails, `Stopped` when told to; none is left running.
    """
    left = list(runs)
    try:
        while left:
            left = [run for run in left if not run.poll()]
            if stopped():
                raise Stopped
            if on_poll():
                return False
            if left:
                time.sleep(POLL_S)
        on_poll()
        return True
    finally:
        for run in left:
            run.kill()


def run(
    arguments: Sequence[str],
    *,
    reads: Sequence[Path],
    writes: Path,
    limits: Limits,
    stopped: Callable[[], bool],
) -> None:
    """Runs FFmpeg to its end."""
    wait([start(arguments, reads=reads, writes=writes, limits=limits)], stopped=stopped)


def probe(path: Path, demuxer: str) -> Probe:
    """What the file holds. Raises `app.media.probe.Unusable`, or `FFmpegFailed` if the probe itself ended badly."""
    packages = sysconfig.get_paths()["purelib"]
    # -I and -S keep everything away but the packages that we name.
    command = [sys.executable, "-I", "-S", "-c", _STARTER, packages, str(_PROBE), str(path), demuxer]
    reads = [path, Path(packages), Path(sys.base_prefix), Path(sys.executable), _PROBE]
    with tempfile.TemporaryDirectory() as folder:
        jailed = _jailed(command, reads, Path(folder), Limits(wall_s=PROBE_S))
        try:
            done = subprocess.run(
                jailed,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PROBE_S,
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            raise FFmpegFailed("The file could not be read in time.") from None
    if done.returncode != 0:
        raise _failure(done.returncode, done.stderr.decode("utf-8", "replace")[-_ERROR_CHARACTERS:])
    return parse_probe(json.loads(done.stdout), demuxer)


def _jailed(command: Sequence[str], reads: Sequence[Path], writes: Path, limits: Limits) -> list[str]:
    confined = {
        "parent": os.getpid(),
        "reads": [str(path) for path in reads],
        "executes": [
            str(Path(command[0]).resolve().parent),
            sys.base_prefix,
            sysconfig.get_paths()["purelib"],
        ],
        "writes": [str(writes)],
        "memory_bytes": limits.memory_bytes,
        "cpu_s": int(limits.wall_s) * (os.cpu_count() or 1),
        "file_bytes": limits.file_bytes,
        "background": limits.background,
        "nice": limits.nice,
        "allow_none": settings.media_jail == "none" or not settings.is_production,
    }
    return [sys.executable, "-I", "-S", str(_JAIL), json.dumps(confined), "--", *command]


def _failure(code: int, text: str) -> FFmpegFailed:
    if code == jail.CANNOT_JAIL:
        return FFmpegFailed("This system offers no jail for media; see MEDIA_JAIL in the settings.", is_transient=True)
    if "No space left" in text:
        return FFmpegFailed("The disk is full.", is_transient=True)
    if code == -signal.SIGKILL:
        return FFmpegFailed("It was killed from outside.", is_transient=True)
    # What FFmpeg says may hold paths of this machine; only its last sentence goes on, without them.
    last = text.splitlines()[-1] if text else f"exit code {code}"
    return FFmpegFailed(" ".join(word for word in last.split() if "/" not in word)[:200])

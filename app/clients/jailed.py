"""Any command in the jail: in its own process group, within limits of time and memory, ended when told to."""

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
from pathlib import Path
from typing import IO, Final

from app.clients import jail
from config import settings

POLL_S: Final = 0.05
KILL_AFTER_S: Final = 1.0
ERROR_CHARACTERS: Final = 600
_GIB: Final = 1024**3
_JAIL: Final = Path(jail.__file__)


class Failed(Exception):
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


class Running:
    """One started process; `poll` it until it is done."""

    def __init__(
        self,
        command: Sequence[str],
        reads: Sequence[Path],
        writes: Path,
        limits: Limits,
        *,
        output: IO[bytes] | None = None,
    ) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `_reap`
        self._deadline = time.monotonic() + limits.wall_s
        # PDEATHSIG follows the thread that starts it, so this must be called from the child's main thread.
        self._process = subprocess.Popen(
            command_of(command, reads, writes, limits),
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=self._errors,
            env=jail.ENVIRONMENT,
            start_new_session=True,
        )

    def poll(self) -> bool:
        """True once it ended well. Raises `Failed` if it did not, or ran out of time."""
        code = self._process.poll()
        if code is None:
            if time.monotonic() > self._deadline:
                self.kill()
                raise Failed("It took too long.")
            return False
        if code != 0:
            raise failure_of(code, self._reap())
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
        self._errors.seek(max(0, self._errors.tell() - ERROR_CHARACTERS))
        text = self._errors.read().decode("utf-8", "replace")
        self._errors.close()
        return text.strip()


def wait(
    runs: Sequence[Running],
    *,
    stopped: Callable[[], bool],
    on_poll: Callable[[], bool] = lambda: False,
    poll_s: float = POLL_S,
) -> bool:
    """Waits for all of them, looking at `on_poll` meanwhile. Returns False if `on_poll` asked to end them early.

    Raises `Failed` for the first that fails, `Stopped` when told to; none is left running.
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
                time.sleep(poll_s)
        on_poll()
        return True
    finally:
        for run in left:
            run.kill()


def python_command(script: Path, *arguments: str) -> list[str]:
    """A Python file with our packages, and nothing else of ours."""
    return [jail.SCRIPT, _packages(), str(script), *arguments]


def python_reads(script: Path) -> list[Path]:
    """What such a file has to read."""
    return [Path(_packages()), Path(sys.base_prefix), script]


def _packages() -> str:
    return sysconfig.get_paths()["purelib"]


def command_of(command: Sequence[str], reads: Sequence[Path], writes: Path, limits: Limits) -> list[str]:
    """The command line that runs a command in the jail."""
    confined = {
        "parent": os.getpid(),
        "reads": [str(path) for path in reads],
        "executes": [*_programs(command), sys.base_prefix, _packages()],
        "writes": [str(writes)],
        "memory_bytes": limits.memory_bytes,
        "cpu_s": int(limits.wall_s) * (os.cpu_count() or 1),
        "file_bytes": limits.file_bytes,
        "background": limits.background,
        "nice": limits.nice,
        "allow_none": settings.media_jail == "none" or not settings.is_production,
    }
    return [sys.executable, "-I", "-S", str(_JAIL), json.dumps(confined), "--", *command]


def _programs(command: Sequence[str]) -> list[str]:
    return [] if command[0] == jail.SCRIPT else [str(Path(command[0]).resolve().parent)]


def failure_of(code: int, text: str) -> Failed:
    """Why it ended badly, from its exit code and the end of what it said."""
    if code == jail.CANNOT_JAIL:
        return Failed("This system offers no jail for media; see MEDIA_JAIL in the settings.", is_transient=True)
    if "No space left" in text:
        return Failed("The disk is full.", is_transient=True)
    if code == -signal.SIGKILL:
        return Failed("It was killed from outside.", is_transient=True)
    # What it says may hold paths of this machine; only its last sentence goes on, without them.
    last = text.splitlines()[-1] if text else f"exit code {code}"
    said = " ".join(word for word in last.split() if "/" not in word)[:200].rstrip(".")
    return Failed(f"It could not go on: {said}.")

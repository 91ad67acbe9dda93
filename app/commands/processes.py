"""The child processes of `flask up`: own sessions, labelled output, restarts with a back-off."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

BACK_OFF_S: Final = (1.0, 2.0, 4.0, 8.0)
_STABLE_S: Final = 30.0
_COLOURS: Final = {"web": "36", "worker": "35"}
_output: Final = threading.Lock()


class Child:
    """One process that should be running. `watch` starts it again when it crashed."""

    def __init__(self, name: str, command: list[str], folder: Path) -> None:
        self.name = name
        self._command = command
        self._folder = folder
        self._crashes = 0
        self._start_again_at = 0.0
        self._started_at = 0.0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the launcher alone."""
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._pass_on, args=(self._process,), daemon=True).start()

    def watch(self) -> None:
        """Restarts it after a crash: at once the first time, then ever later."""
        if self._process is None:
            if time.monotonic() >= self._start_again_at:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            return
        if time.monotonic() - self._started_at > _STABLE_S:
            self._crashes = 0
        wait_s = BACK_OFF_S[min(self._crashes, len(BACK_OFF_S) - 1)]
        self._crashes += 1
        say(self.name, f"ended with code {code}; it starts again in {wait_s:.0f} s")
        self.kill()  # what it left behind in its session
        self._process, self._start_again_at = None, time.monotonic() + wait_s

    def ask_to_stop(self) -> None:
        """Sends SIGTERM to the process itself: it winds its own children down."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Ends whatever is left of its session."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _pass_on(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout is not None:
            for line in process.stdout:
                say(self.name, line.rstrip("\n"))


def say(name: str, line: str) -> None:
    """Prints one line behind its label, whole even when several processes speak."""
    label = f"{name:>7} | "
    if sys.stdout.isatty():
        label = f"\033[{_COLOURS.get(name, '33')}m{label}\033[0m"
    with _output, suppress(BrokenPipeError):
        sys.stdout.write(f"{label}{line}\n")
        sys.stdout.flush()

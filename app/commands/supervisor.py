"""The process that `flask up` turns into: starts web and worker, labels their output, restarts and stops them.

Stdlib only and started by path with `-I -S`: the launcher needs 12 MB this way instead of the application's 90.
It reads what to run, as JSON, from the file descriptor given as its argument.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

HEALTHY_WITHIN_S: Final = 60.0
STOP_WITHIN_S: Final = 6.5
BACK_OFF_S: Final = (1.0, 2.0, 4.0, 8.0)
_GUARDIAN_WITHIN_S: Final = 2.0
_STABLE_S: Final = 30.0
_POLL_S: Final = 0.1
_LOOK_S: Final = 1.0
_COLOURS: Final = {"web": "36", "worker": "35"}
_output: Final = threading.Lock()


class Plan(NamedTuple):
    """What to run, and what to say once it is healthy.

    `claim` is this process's share of the bundled Valkey, `guardian_lock` is held as long as that one runs.
    """

    commands: dict[str, list[str]]
    readiness_url: str
    greeting: list[str]
    claim: int | None
    guardian_pid: int | None
    guardian_lock: str


class Child:
    """One process that should be running. `watch` starts it again when it crashed."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self._command = command
        self._crashes = 0
        self._start_again_at = 0.0
        self._started_at = 0.0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the launcher alone."""
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._pass_on, args=(self._process,), daemon=True).start()

    def watch(self) -> None:
        """Restarts it after a crash: soon the first time, then ever later."""
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

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Sends SIGTERM to the process itself: it winds its own children down."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends whatever is left of its session."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _pass_on(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout is not None:
            for line in process.stdout:
                say(self.name, line.rstrip("\n"))


class StopSignal:
    """Set by Ctrl-C, SIGTERM or a closed terminal; a second one changes nothing."""

    def __init__(self) -> None:
        self.is_set = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._set)

    def _set(self, _number: int, _frame: object) -> None:
        self.is_set = True


def run(plan: Plan) -> None:
    """Keeps everything running until a signal."""
    stop = StopSignal()
    children = [Child(name, command) for name, command in plan.commands.items()]
    try:
        for child in children:
            child.start()
        if _wait_until_healthy(children, plan.readiness_url, stop):
            for line in plan.greeting:
                say("up", line)
        while not stop.is_set:
            _watch(children)
    finally:
        _stop(children, plan)


def say(name: str, line: str) -> None:
    """Prints one line behind its label, whole even when several processes speak."""
    label = f"{name:>7} | "
    if sys.stdout.isatty():
        label = f"\033[{_COLOURS.get(name, '33')}m{label}\033[0m"
    with _output, suppress(BrokenPipeError):
        sys.stdout.write(f"{label}{line}\n")
        sys.stdout.flush()


def _watch(children: list[Child]) -> None:
    for child in children:
        child.watch()
    time.sleep(_POLL_S)


def _wait_until_healthy(children: list[Child], url: str, stop: StopSignal) -> bool:
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while not stop.is_set:
        if _is_healthy(url):
            return True
        if time.monotonic() > deadline:
            say("up", f"not everything is healthy after {HEALTHY_WITHIN_S:.0f} s; see the lines above")
            return False
        _watch(children)
    return False


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_LOOK_S) as answer:  # noqa: S310 - our own address  # nosec B310
            state = json.load(answer)
    except (OSError, ValueError):
        return False
    return state.get("status") in {"ok", "degraded"} and bool(state.get("workers"))


def _stop(children: list[Child], plan: Plan) -> None:
    """Asks all to end, and ends what is left by force before the ten seconds are over; Valkey goes last."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_WITHIN_S
    while any(child.is_running for child in children) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    for child in children:
        child.kill()
    if plan.claim is not None:
        _end_valkey(plan.claim, plan.guardian_pid, plan.guardian_lock)
    say("up", "stopped")


def _end_valkey(claim: int, guardian_pid: int | None, lock: str) -> None:
    """Ends the server that this instance started; another goes with its last user, which may be this one."""
    os.close(claim)
    if guardian_pid is not None:
        with suppress(ProcessLookupError):
            os.kill(guardian_pid, signal.SIGTERM)
    deadline = time.monotonic() + _GUARDIAN_WITHIN_S
    while not _is_free(lock) and time.monotonic() < deadline:
        time.sleep(_POLL_S)


def _is_free(lock: str) -> bool:
    with Path(lock).open("a") as file, suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return True
    return False


def main(plan_file: int) -> None:
    with os.fdopen(plan_file) as file:
        plan = Plan(**json.load(file))
    run(plan)


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""What the storm rages over: two servers, a web process and workers, each started again when it ends."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from tests.support.servers import Server

RESTART_AFTER_S: Final = 2.0
_LOOK_EVERY_S: Final = 0.1
_STOP_WITHIN_S: Final = 25.0


class Kept:
    """A command that is started again two seconds after its end, as systemd would."""

    def __init__(self, start: "Callable[[], subprocess.Popen[bytes]]") -> None:
        self._start = start
        self._process = start()
        self._ended_at: float | None = None
        self.starts = 1

    @property
    def process_id(self) -> int:
        return self._process.pid

    def look(self) -> None:
        """Starts it again when it is time."""
        if self._process.poll() is None:
            return
        self._ended_at = self._ended_at or time.monotonic()
        if time.monotonic() - self._ended_at >= RESTART_AFTER_S:
            self._process, self._ended_at = self._start(), None
            self.starts += 1

    def stop(self) -> float:
        """Ends it gracefully; seconds that took."""
        began_at = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_WITHIN_S)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        return time.monotonic() - began_at


@dataclass
class Ground:
    """Everything that can be struck."""

    postgresql: Server
    redis: Server
    web: Kept
    workers: Sequence[Kept]


@contextmanager
def kept(ground: Ground) -> Iterator[Ground]:
    """Keeps the ground's processes running for as long as the block lasts, then stops them."""
    over = threading.Event()
    processes = [ground.web, *ground.workers]

    def keep() -> None:
        while not over.wait(_LOOK_EVERY_S):
            for process in processes:
                process.look()

    keeper = threading.Thread(target=keep, name="keeper")
    keeper.start()
    try:
        yield ground
    finally:
        over.set()
        keeper.join()
        stops = [threading.Thread(target=process.stop) for process in processes]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()

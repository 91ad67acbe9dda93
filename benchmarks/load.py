"""Load as a crowd makes it: requests begin at their time, whether or not earlier ones are answered."""

import asyncio
import os
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

ANSWER_WITHIN_S: Final = 30.0
_CLIENTS_PRIORITY: Final = -10


_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Answers:
    """Seconds from when each request was due until its answer was whole; `failures` counts why one was not good."""

    durations_s: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return self.failures.total()

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.durations_s)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@contextmanager
def running_first() -> Iterator[None]:
    """The clients run before the servers meanwhile, so that their own waiting for a core isn't measured; needs root.

    Servers are started outside of it: they would inherit the privilege.
    """
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _CLIENTS_PRIORITY)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, 0)


class Crowd:
    """Clients of one server that keep their connections."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._idle: deque[_Connection] = deque()

    async def come(self, count: int) -> None:
        """Opens so many connections."""
        for _ in range(count):
            self._idle.append(await self._connect())

    async def at_rate(self, method: str, path: str, *, per_s: float, seconds: float) -> Answers:
        """Asks `per_s` times a second for so long, then waits for what is still open."""
        answers, began = Answers(), time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(int(per_s * seconds)):
                due = began + number / per_s
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                group.create_task(self._ask(method, path, due, answers))
        return answers

    async def at_once(self, method: str, path: str, count: int) -> Answers:
        """Asks so many times at the same moment."""
        answers, now = Answers(), time.monotonic()
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self._ask(method, path, now, answers))
        return answers

    async def leave(self) -> None:
        """Closes the kept connections."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _ask(self, method: str, path: str, due: float, answers: Answers) -> None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                status = await self._exchange(method, path)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            status = type(error).__name__
        if not status.startswith("2"):
            answers.failures[status] += 1
        answers.durations_s.append(time.monotonic() - due)

    async def _exchange(self, method: str, path: str) -> str:
        """The status of the answer. Connections take turns, so that every worker behind the address gets its part."""
        reader, writer = self._idle.popleft() if self._idle else await self._connect()
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Length: 0\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
        if b"connection: close" in head:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return head.split(b" ", 2)[1].decode()

    async def _connect(self) -> _Connection:
        return await asyncio.open_connection(self._host, self._port)

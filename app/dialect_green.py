"""How a green thread waits for PostgreSQL: by one event of gevent's loop, not by a new poll object for every answer."""

from typing import Any, Final, TypeVar

import gevent
import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import READY_R, READY_RW, WAIT_R

_READ: Final = 1
_READ_OR_WRITE: Final = 3
Result = TypeVar("Result")


class GreenConnection(psycopg.Connection[Any]):
    """psycopg's own wait works under gevent too; it takes a fifth of the time of a small read."""

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        """Runs the generator to its end, with other green threads running whenever the server thinks."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            state = next(gen)
            while True:
                is_reading = state == WAIT_R
                _wait_for(self.pgconn.socket, _READ if is_reading else _READ_OR_WRITE)
                state = gen.send(READY_R if is_reading else READY_RW)
        except StopIteration as end:
            result: Result = end.value
            return result


def _wait_for(descriptor: int, events: int) -> None:
    hub = gevent.get_hub()
    watcher = hub.loop.io(descriptor, events)
    try:
        hub.wait(watcher)
    finally:
        watcher.close()

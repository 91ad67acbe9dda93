"""A pool of connections whose queue costs little: who finds one free takes it, who waits is handed the next."""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.pool import QueuePool
from sqlalchemy.util.queue import Empty, QueueCommon


@dataclass(slots=True, eq=False)
class _Waiter:
    """Wakes up when `hand` is released, with what it waited for."""

    hand: threading.Lock = field(default_factory=threading.Lock)
    found: Any = None


class _Line(QueueCommon[Any]):
    """Of what is free, the last in is the first out; of those who wait, the first comes first.

    SQLAlchemy's own queue is made of a condition that takes four locks in turn, and wakes who then has to look again.
    """

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # noqa: FBT001, FBT002 - SQLAlchemy's signature
        self.maxsize, self.use_lifo = maxsize, use_lifo  # for the pool, which counts its connections by itself
        self._free: deque[Any] = deque()
        self._waiting: deque[_Waiter] = deque()
        self._lock = threading.Lock()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002, ANN401 - SQLAlchemy's signature
        with self._lock:
            if self._free:
                return self._free.pop()
            if not block:
                raise Empty
            waiter = _Waiter()
            waiter.hand.acquire()
            self._waiting.append(waiter)
        try:
            waiter.hand.acquire(timeout=-1 if timeout is None else timeout)
        except BaseException:  # ended while it waited
            if (found := self._leave(waiter)) is not None:
                self.put(found)
            raise
        if (found := self._leave(waiter)) is None:
            raise Empty
        return found

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002, ANN401 - SQLAlchemy's signature
        del block, timeout
        with self._lock:
            if not self._waiting:
                self._free.append(item)
                return
            waiter = self._waiting.popleft()
            waiter.found = item
            waiter.hand.release()

    def _leave(self, waiter: _Waiter) -> Any:  # noqa: ANN401 - a connection's record
        """What it was handed, if anything; it waits no longer."""
        with self._lock:
            if waiter.found is None:
                self._waiting.remove(waiter)
            return waiter.found

    def get_nowait(self) -> Any:  # noqa: ANN401 - a connection's record
        return self.get(block=False)

    def put_nowait(self, item: Any) -> None:  # noqa: ANN401 - a connection's record
        self.put(item)

    def qsize(self) -> int:
        return len(self._free)

    def empty(self) -> bool:
        return not self._free

    def full(self) -> bool:
        return False


class LinePool(QueuePool):
    """SQLAlchemy's pool on our queue."""

    _queue_class = _Line

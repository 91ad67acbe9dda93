"""The pool's queue: the last in is the first out, who came first is served first, and nothing is lost on the way."""

import sqlite3
import threading
import time
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.dialect_pool import LinePool

_PATIENCE_S = 60.0


def _connect() -> Any:  # noqa: ANN401 - typed otherwise by SQLAlchemy
    return sqlite3.connect(":memory:", check_same_thread=False)


def _pool(size: int, timeout_s: float = _PATIENCE_S) -> LinePool:
    return LinePool(_connect, pool_size=size, max_overflow=0, timeout=timeout_s)


def test_what_came_back_last_is_taken_first() -> None:
    pool = _pool(3)
    first, second = pool.connect(), pool.connect()
    used_last = second.driver_connection
    first.close()
    second.close()
    assert pool.connect().driver_connection is used_last
    pool.dispose()


def test_who_came_first_is_served_first() -> None:
    pool, served = _pool(1), []
    held = pool.connect()

    def ask(number: int) -> None:
        connection = pool.connect()
        served.append(number)
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for number, thread in enumerate(threads):
        thread.start()
        _wait_until_waiting(pool, number + 1)
    held.close()
    for thread in threads:
        thread.join(_PATIENCE_S)
    assert served == [0, 1, 2, 3, 4]
    assert (pool.checkedin(), pool.checkedout()) == (1, 0)
    pool.dispose()


def test_who_waited_in_vain_leaves_the_line() -> None:
    pool = _pool(1, timeout_s=0.05)
    held = pool.connect()
    for _ in range(3):
        with pytest.raises(PoolTimeout):
            pool.connect()
    held.close()
    pool.connect().close()
    assert (pool.checkedin(), pool.checkedout()) == (1, 0)
    pool.dispose()


def test_many_at_once_lose_and_double_nothing() -> None:
    pool, in_use, wrong = _pool(3), set[int](), []

    def work() -> None:
        for _ in range(200):
            with closing(pool.connect()) as connection:
                key = id(connection.driver_connection)
                wrong.extend([key] if key in in_use else [])
                in_use.add(key)
                time.sleep(0)
                in_use.discard(key)

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE_S)
    assert not wrong
    assert pool.checkedout() == 0
    assert 1 <= pool.checkedin() <= 3
    pool.dispose()


def _wait_until_waiting(pool: LinePool, count: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while len(pool._pool._waiting) < count:  # type: ignore[attr-defined]  # our own queue
        assert time.monotonic() < deadline
        time.sleep(0.001)

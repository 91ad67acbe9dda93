"""The factory of Redis clients against a real server: fast without it, back by itself with it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.clients import redis, valkey
from app.clients.valkey import BundledValkey, guardian
from config import settings


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BundledValkey]:
    """A server for this test alone, which it may stop."""
    bundled = BundledValkey(tmp_path / "run", tmp_path / "valkey")
    monkeypatch.setattr(settings, "redis_url", None)
    monkeypatch.setattr(valkey, "bundled", bundled)
    monkeypatch.setattr(redis, "OPEN_FOR_S", 0.2)
    redis.forget()
    bundled.url()
    yield bundled
    redis.forget()
    bundled.release()


def signal_server(server: BundledValkey, number: int) -> None:
    os.kill(int((server.run_dir / guardian.PID_FILE).read_text()), number)


@contextmanager
def frozen_for_moments(server: BundledValkey) -> Iterator[None]:
    """Stops the server for 15 ms again and again, and lets it answer in between."""
    over = threading.Event()

    def freeze() -> None:
        while not over.is_set():
            signal_server(server, signal.SIGSTOP)
            time.sleep(0.015)
            signal_server(server, signal.SIGCONT)
            time.sleep(0.0005)

    thread = threading.Thread(target=freeze)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.usefixtures("server")
def test_a_listener_hears_what_is_published() -> None:
    listener = redis.messages(["news"], wait_s=0.1)
    next(listener)

    assert redis.publish("news", b"first")
    heard = next(message for message in listener if message is not None)

    assert heard == ("news", b"first")


def test_a_server_that_hangs_costs_one_call_a_tenth_of_a_second_and_the_next_nothing(server: BundledValkey) -> None:
    assert redis.ping()
    signal_server(server, signal.SIGSTOP)
    try:
        started = time.monotonic()
        first = redis.publish("news", b"lost")
        first_took_s = time.monotonic() - started
        second = redis.publish("news", b"lost too")
        both_took_s = time.monotonic() - started
    finally:
        signal_server(server, signal.SIGCONT)

    assert (first, second) == (False, False)
    assert 0.05 < first_took_s < 0.1
    assert both_took_s - first_took_s < 0.05


def test_calls_succeed_again_once_the_server_is_back(server: BundledValkey) -> None:
    assert redis.ping()
    signal_server(server, signal.SIGSTOP)
    assert not redis.ping()

    signal_server(server, signal.SIGCONT)
    time.sleep(0.25)

    assert redis.ping()


def test_a_listener_goes_on_through_a_restart_of_the_server(server: BundledValkey) -> None:
    listener = redis.messages(["news"], wait_s=0.1)
    next(listener)
    signal_server(server, signal.SIGKILL)
    deadline = time.monotonic() + 10

    heard = None
    while heard is None and time.monotonic() < deadline:
        redis.publish("news", b"again")
        heard = next(listener)

    assert heard == ("news", b"again")


def test_one_request_waits_a_tenth_of_a_second_in_all_however_often_it_asks(server: BundledValkey) -> None:
    """The server answers, but slowly: no call of its own fails."""
    assert redis.ping()
    with frozen_for_moments(server):
        redis.begin_request()
        started = time.monotonic()
        answers = [redis.ping() for _ in range(20)]
        took_s = time.monotonic() - started
        redis.end_request()

    assert answers[0]
    assert not answers[-1]
    assert took_s < 0.13

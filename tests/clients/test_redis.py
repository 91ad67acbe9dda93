"""The factory of Redis clients against a real server: fast without it, back by itself with it."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.clients import redis, valkey
from app.clients.valkey import BundledValkey, guardian
from config import settings
from tests.support.waiting import PATIENCE_S, wait_until

FROZEN_S = 10.0
"""A client without a limit of its own waits for ever."""


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


@pytest.mark.usefixtures("server")
def test_a_listener_hears_what_is_published() -> None:
    listener = redis.messages(["news"], wait_s=0.1)
    next(listener)

    assert heard_by(listener) == ("news", b"said")


def heard_by(listener: Iterator[tuple[str, bytes] | None]) -> tuple[str, bytes] | None:
    """What it hears first. It is said until then: a busy machine may be slower than the client's patience."""
    heard: list[tuple[str, bytes] | None] = []

    def is_heard() -> bool:
        redis.publish("news", b"said")
        heard.append(next(listener))
        return heard[-1] is not None

    wait_until(is_heard)
    return heard[-1]


def test_a_server_that_hangs_costs_one_call_a_moment_and_the_next_nothing(
    server: BundledValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_until(redis.ping)
    monkeypatch.setattr(redis, "OPEN_FOR_S", PATIENCE_S)
    signal_server(server, signal.SIGSTOP)
    started = time.monotonic()
    first = redis.publish("news", b"lost")
    took_s = time.monotonic() - started
    signal_server(server, signal.SIGCONT)
    second = redis.publish("news", b"not even tried")

    assert (first, second) == (False, False)
    assert 0.05 < took_s < FROZEN_S


def test_calls_succeed_again_once_the_server_is_back(server: BundledValkey) -> None:
    wait_until(redis.ping)
    signal_server(server, signal.SIGSTOP)
    assert not redis.ping()

    signal_server(server, signal.SIGCONT)

    wait_until(redis.ping)


def test_a_listener_goes_on_through_a_restart_of_the_server(server: BundledValkey) -> None:
    listener = redis.messages(["news"], wait_s=0.1)
    next(listener)
    signal_server(server, signal.SIGKILL)

    assert heard_by(listener) == ("news", b"said")


@pytest.mark.usefixtures("server")
def test_one_request_waits_a_tenth_of_a_second_in_all_however_often_it_asks() -> None:
    """The server answers each call, but slowly: it lets 20 ms go by, less than a call may take."""
    answers: list[int | None] = []

    def ask() -> bool:
        redis.begin_request()
        answers[:] = [redis.ask(lambda client: int(client.wait(1, 20))) for _ in range(20)]
        redis.end_request()
        return answers[0] is not None  # else the machine itself was too slow

    wait_until(ask)

    assert 1 <= 20 - answers.count(None) <= 3

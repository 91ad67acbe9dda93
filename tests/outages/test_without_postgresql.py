"""PostgreSQL restarts or is away: 503 with Retry-After only then, never 500, and workers lose nothing they made."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.outages.conftest import Answer, Stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow
OUTAGE_S = 8.0
"""As long as a lease of the stack's workers."""

ENCODING = "SELECT 1 FROM jobs WHERE kind = 'video.encode_chunk' AND state = 'running'"


@contextmanager
def clients(stack: Stack, number: int = 4) -> Iterator[list[Answer]]:
    """So many clients that read and write all the while."""
    answers: list[Answer] = []
    over = threading.Event()

    def use() -> None:
        while not over.is_set():
            answers.append(stack.timed("read", "GET", "/users/me")[0])
            answers.append(stack.timed("write", "POST", "/posts", json={"title": "A", "body_markdown": "b"})[0])

    threads = [threading.Thread(target=use) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_a_fast_restart_under_load_costs_503_with_retry_after_while_it_lasts(stack: Stack) -> None:
    with clients(stack) as answers:
        wait_until(lambda: len(answers) > 16)
        began_at = time.monotonic()
        stack.postgresql.restart(signal.SIGINT)
        over_at = time.monotonic()
        wait_until(lambda: sum(answer.status == 201 and answer.asked_at > over_at for answer in answers) > 10)

    assert {answer.status for answer in answers} <= {200, 201, 503}
    refused = [answer for answer in answers if answer.status == 503]
    assert all(answer.retry_after == "2" for answer in refused)
    assert [answer for answer in refused if not began_at <= answer.asked_at + answer.took_s] == []
    assert [answer for answer in refused if answer.asked_at > over_at] == []


def test_while_it_is_away_health_is_fine_readiness_is_not_and_answers_come_at_once(stack: Stack) -> None:
    stack.postgresql.end(signal.SIGINT)
    try:
        health = requests.get(f"{stack.product.address}/healthz", timeout=30)
        readiness = requests.get(f"{stack.product.address}/readyz", timeout=30)
        answers = [stack.timed("read", "GET", "/users/me")[0] for _ in range(5)]
    finally:
        stack.postgresql.start()

    assert health.status_code == 200
    assert (readiness.status_code, readiness.json()["status"]) == (503, "unavailable")
    assert {(answer.status, answer.retry_after) for answer in answers} == {(503, "2")}
    assert max(answer.took_s for answer in answers) < OUTAGE_S  # none waits for its return


def test_a_video_encoded_while_it_is_away_is_committed_when_it_is_back(stack: Stack) -> None:
    stack.sign_up()
    _, video = stack.upload()
    stack.wait_until(lambda: stack.ask(ENCODING))

    stack.postgresql.end(signal.SIGINT)
    time.sleep(OUTAGE_S + 1)
    stack.postgresql.start()
    stack.wait_until(lambda: stack.send("GET", f"/videos/{video['id']}").json()["processing"]["state"] == "ready")

    assert stack.ask("SELECT kind, error FROM jobs WHERE attempt > 1") == []

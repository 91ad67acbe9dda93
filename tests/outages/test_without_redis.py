"""Redis refuses, hangs, forgets or is full: every write answers as fast, and the work starts when it is back."""

import signal
from collections.abc import Callable

import pytest

from tests.outages.conftest import Answer, Stack

pytestmark = pytest.mark.slow  # a worker looks for its broker every two seconds
UNBOUNDED_S = 2.0
"""Where nothing bounds the wait, each try of a write takes seconds to minutes; a busy machine holds up one or two."""

Deed = Callable[[Stack], None]
FAULTS: dict[str, tuple[Deed, Deed]] = {
    "refuses": (lambda stack: stack.redis.end(signal.SIGKILL), lambda stack: stack.redis.start()),
    "hangs": (lambda stack: stack.redis.signal(signal.SIGSTOP), lambda stack: stack.redis.signal(signal.SIGCONT)),
    "is full": (
        lambda stack: stack.command("CONFIG", "SET", "maxmemory", "1"),
        lambda stack: stack.command("CONFIG", "SET", "maxmemory", "0"),
    ),
}
NOT_STARTED = "SELECT kind FROM jobs WHERE started_at IS NULL AND run_at <= now()"
NOT_DONE = "SELECT kind, state, error FROM jobs WHERE state <> 'succeeded' AND run_at <= now()"


def quickest_s(answers: list[Answer]) -> dict[str, float]:
    """Of each kind of write the time of the quickest."""
    took_s: dict[str, float] = {}
    for answer in answers:
        took_s[answer.what] = min(answer.took_s, took_s.get(answer.what, answer.took_s))
    return took_s


@pytest.mark.parametrize("fault", FAULTS)
def test_writes_go_on_and_work_starts_within_ten_seconds_of_its_return(stack: Stack, fault: str) -> None:
    begin, end = FAULTS[fault]
    healthy = [answer for _ in range(3) for answer in stack.write()]
    stack.wait_until(lambda: not stack.ask(NOT_DONE))

    begin(stack)
    answers = [answer for _ in range(4) for answer in stack.write()]
    readiness = stack.product.readiness()
    end(stack)
    stack.wait_until(lambda: not stack.ask(NOT_STARTED))
    stack.wait_until(lambda: not stack.ask(NOT_DONE))

    assert {answer.status for answer in answers} <= {200, 201, 204}
    usual_s = quickest_s(healthy)
    assert {what: took_s for what, took_s in quickest_s(answers).items() if took_s > usual_s[what] + UNBOUNDED_S} == {}
    assert readiness["status"] == "degraded"
    stack.wait_until(lambda: stack.product.readiness().get("status") == "ok")


def test_what_was_queued_in_an_emptied_redis_is_queued_again(stack: Stack) -> None:
    for _ in range(6):
        stack.write()
        stack.command("FLUSHALL")

    stack.wait_until(lambda: not stack.ask(NOT_STARTED))
    stack.wait_until(lambda: not stack.ask(NOT_DONE))

    assert stack.ask("SELECT kind FROM jobs WHERE attempt > 1") == []

"""The one factory of Redis clients: 100 ms in all, no retries, and a breaker that stays open for 5 s.

Nothing durable lives there. Publishing without Redis answers False; listeners go on by their own clock.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from typing import Final, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.clients import valkey

LIMIT_S: Final = 0.1
_ANSWER_S: Final = 0.06
_ENOUGH_S: Final = LIMIT_S - _ANSWER_S
OPEN_FOR_S: Final = 5.0
_LISTENER_S: Final = 1.0
_SILENCE_S: Final = 30.0
_ABSENT: Final = (RedisError, OSError, valkey.NoServer)
Result = TypeVar("Result")

_spent_s: ContextVar[float | None] = ContextVar("redis_spent_s", default=None)
"""What the request at hand has waited for Redis so far; None outside of requests, which have the time."""


class _Breaker:
    """Open after the first failure: the next calls fail at once instead of waiting each."""

    def __init__(self) -> None:
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._closed_again_at

    def trip(self) -> None:
        self._closed_again_at = time.monotonic() + OPEN_FOR_S

    def let_one_through(self) -> None:
        """After a failure the first caller tries alone; the others need not wait for how it ends."""
        if self._closed_again_at:
            self.trip()

    def close(self) -> None:
        self._closed_again_at = 0.0


_breaker: Final = _Breaker()


def begin_request() -> None:
    """A new request may wait 100 ms for Redis, all its calls together."""
    _spent_s.set(0.0)


def end_request() -> None:
    """What follows an answer, such as a stream, has the time again."""
    _spent_s.set(None)


def publish(channel: str, payload: bytes | str) -> bool:
    """Sends to whoever listens now. False when Redis is not there: a wake-up is losable by design."""
    return ask(lambda client: client.publish(channel, payload)) is not None


def ping() -> bool:
    """Whether Redis answers within the limit."""
    return ask(lambda client: client.ping()) is not None


def can_write() -> bool:
    """Whether Redis answers within the limit and takes a value: one that is full only answers."""
    return ask(lambda client: client.set("marquee:writable", b"", ex=1)) is not None


def ask(call: Callable[[Redis], Result]) -> Result | None:
    """What Redis answers to the call; None when it is not there or the request has waited enough for it."""
    spent_s = _spent_s.get()
    if _breaker.is_open or (spent_s is not None and spent_s > _ENOUGH_S):
        return None
    started = time.monotonic()
    try:
        return _attempt(call)
    finally:
        if spent_s is not None:
            _spent_s.set(spent_s + time.monotonic() - started)


def messages(channels: list[str], *, wait_s: float) -> Iterator[tuple[str, bytes] | None]:
    """Yields (channel, payload) as it comes and None at least every `wait_s`, for ever, Redis or not."""
    while True:
        try:
            yield from _listen(channels, wait_s)
        except _ABSENT:
            yield None
            time.sleep(wait_s)


def forget() -> None:
    """Forgets the client and its failures, for who changes the address."""
    _client.cache_clear()
    _breaker.close()


def _attempt(call: Callable[[Redis], Result]) -> Result | None:
    _breaker.let_one_through()
    try:
        answer = call(_client())
    except _ABSENT:
        _breaker.trip()
        _client.cache_clear()  # the next try looks the address up anew
        return None
    _breaker.close()
    return answer


def _listen(channels: list[str], wait_s: float) -> Iterator[tuple[str, bytes] | None]:
    # Asking for the address starts a bundled server that is gone: listeners have the time, requests don't.
    client = _build(valkey.redis_url(), connect_s=_LISTENER_S, answer_s=_LISTENER_S)
    subscription = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # the library has no annotation there
    try:
        subscription.subscribe(*channels)
        heard_at = asked_at = time.monotonic()
        while time.monotonic() - heard_at < _SILENCE_S:
            message = subscription.get_message(timeout=wait_s)
            is_payload = message is not None and message["type"] == "message"
            yield (message["channel"].decode(), message["data"]) if is_payload else None
            heard_at = time.monotonic() if message else heard_at
            if time.monotonic() - max(heard_at, asked_at) > _SILENCE_S / 3:
                subscription.ping()  # a connection that died quietly would be waited on for ever
                asked_at = time.monotonic()
    finally:
        with suppress(RedisError, OSError):
            subscription.close()
            client.close()


@cache
def _client() -> Redis:
    return _build(valkey.known_url(), connect_s=_ENOUGH_S, answer_s=_ANSWER_S)


def _build(url: str, *, connect_s: float, answer_s: float) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=answer_s,
        socket_connect_timeout=connect_s,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
        driver_info=None,  # two questions fewer on each new connection
        protocol=2,
    )

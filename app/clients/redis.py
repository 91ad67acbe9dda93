"""The one factory of Redis clients: 100 ms in all, no retries, and a breaker that stays open for 5 s.

Nothing durable lives there. Publishing without Redis answers False; listeners go on by their own clock.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.clients import valkey

LIMIT_S: Final = 0.1
OPEN_FOR_S: Final = 5.0
_CONNECT_S: Final = 1.0


class _Breaker:
    """Open after the first failure: the next calls fail at once instead of waiting each."""

    def __init__(self) -> None:
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._closed_again_at

    def trip(self) -> None:
        self._closed_again_at = time.monotonic() + OPEN_FOR_S


_breaker: Final = _Breaker()


def publish(channel: str, payload: bytes | str) -> bool:
    """Sends to whoever listens now. False when Redis is not there: a wake-up is losable by design."""
    if _breaker.is_open:
        return False
    try:
        _client().publish(channel, payload)
    except (RedisError, OSError, valkey.NoServer):
        _breaker.trip()
        return False
    return True


def ping() -> bool:
    """Whether Redis answers within the limit."""
    if _breaker.is_open:
        return False
    try:
        return bool(_client().ping())
    except (RedisError, OSError, valkey.NoServer):
        _breaker.trip()
        return False


def messages(channels: list[str], *, wait_s: float) -> Iterator[tuple[str, bytes] | None]:
    """Yields (channel, payload) as it comes and None at least every `wait_s`, for ever, Redis or not."""
    while True:
        try:
            yield from _listen(channels, wait_s)
        except (RedisError, OSError, valkey.NoServer):
            yield None
            time.sleep(wait_s)


def _listen(channels: list[str], wait_s: float) -> Iterator[tuple[str, bytes] | None]:
    client = _build(valkey.redis_url(), limit_s=max(_CONNECT_S, wait_s * 2))
    subscription = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # the library has no annotation there
    try:
        subscription.subscribe(*channels)
        while True:
            message = subscription.get_message(timeout=wait_s)
            yield (message["channel"].decode(), message["data"]) if message else None
    finally:
        with suppress(RedisError, OSError):
            subscription.close()
            client.close()


@cache
def _client() -> Redis:
    return _build(valkey.redis_url(), limit_s=LIMIT_S)


def _build(url: str, *, limit_s: float) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=limit_s,
        socket_connect_timeout=min(limit_s, _CONNECT_S),
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
        protocol=2,
    )

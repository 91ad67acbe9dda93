"""Counts calls against quotas: in Redis for all processes, in this process where Redis is away.

Away means fail-open to the local count: each process then allows the whole quota.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import Redis

from app.clients import redis
from app.utils.windows import Count, SlidingWindows
from config import settings

# The strategy is part of the key: another one would find values of another type there.
_PREFIX: Final = "marquee:rate:swc1"
_windows: Final = SlidingWindows()


@dataclass(frozen=True, slots=True)
class Quota:
    """So many calls in a window, for one key."""

    key: str
    amount: int
    window_s: int


def count_here(quotas: Sequence[Quota]) -> list[Count]:
    """Counts a call in this process, up to the first quota that refuses it."""
    now_s = time.monotonic()
    counts: list[Count] = []
    for quota in quotas:
        counts.append(_windows.hit(quota.key, quota.amount, quota.window_s, now_s))
        if not counts[-1].is_allowed:
            break
    return counts


def count_everywhere(quotas: Sequence[Quota]) -> list[Count]:
    """Counts a call for all processes, up to the first quota that refuses it; without Redis, in this process."""
    counts: list[Count] = []
    for quota in quotas:
        count = _count_in_redis(quota)
        if count is None:
            return [*counts, *count_here(quotas[len(counts) :])]
        # Here too, or each time that Redis stumbles would give a process the whole quota anew.
        own = _windows.hit(quota.key, quota.amount, quota.window_s, time.monotonic()) if count.is_allowed else count
        counts.append(count if own.is_allowed else own)
        if not counts[-1].is_allowed:
            break
    return counts


def forget() -> None:
    """Empties this process's own counts."""
    _windows.clear()


def _count_in_redis(quota: Quota) -> Count | None:
    """Two short calls, not one of two questions: between them the request's time for Redis is looked at."""
    item, digest = RateLimitItemPerSecond(quota.amount, quota.window_s), _digest(quota.key)
    is_allowed = redis.ask(lambda client: _limiter(client).hit(item, digest))
    if is_allowed is None:
        return None
    stats = redis.ask(lambda client: _limiter(client).get_window_stats(item, digest))
    if stats is None:
        return Count(is_allowed, 0, quota.window_s)
    reset_s = stats.reset_time - time.time()
    if reset_s <= 0:  # what the library says of a window that began in this very millisecond
        reset_s = quota.window_s
    return Count(is_allowed, stats.remaining if is_allowed else 0, reset_s)


@lru_cache(maxsize=1)
def _limiter(client: Redis) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(
        RedisStorage("redis://", connection_pool=client.connection_pool, key_prefix=_PREFIX)
    )


def _digest(key: str) -> str:
    """Redis is no place for e-mail addresses."""
    return blake2b(key.encode(), key=settings.secret_key.encode()[:64], digest_size=16).hexdigest()

"""What a write costs while Redis is there, refuses, hangs and is full."""

import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import requests
from redis import Redis

from tests.support import servers
from tests.support.database_fixtures import migrate
from tests.support.processes import running
from tests.support.servers import Server

ROUNDS: Final = 5
WRITES: Final = 40
_SETTLE_S: Final = 6.0
"""The breaker stays open for 5 s; what follows is measured closed, with Redis or without."""


def main() -> None:
    """Prints median, p99 and the longest of creating a post, states interleaved."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-without-redis-"))
    with servers.postgresql() as postgresql, servers.valkey() as redis:
        migrate(postgresql.url)
        # Limits are counted in Redis, as in production, and never reached.
        variables = {"RATE_LIMIT_SCALE": "100000", "LOG_LEVEL": "ERROR"}
        with running(folder, database_url=postgresql.url, redis_url=redis.url, workers=1, **variables) as product:
            token = _sign_up(product.address)
            for name, seconds in _measure(redis, lambda: _write(product.address, token)).items():
                print(f"{name:8} {_describe(seconds)}")


def _measure(redis: Server, write: Callable[[], float]) -> dict[str, list[float]]:
    states: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "there": (lambda: None, lambda: None),
        "refuses": (lambda: redis.end(signal.SIGKILL), redis.start),
        "hangs": (lambda: redis.signal(signal.SIGSTOP), lambda: redis.signal(signal.SIGCONT)),
        "full": (lambda: _limit_memory(redis, 1), lambda: _limit_memory(redis, 0)),
    }
    taken: dict[str, list[float]] = {name: [] for name in states}
    for _ in range(ROUNDS):
        for name, (begin, end) in states.items():
            time.sleep(_SETTLE_S)
            write()  # closes the breaker
            begin()
            taken[name] += [write() for _ in range(WRITES)]
            end()
    return taken


def _limit_memory(redis: Server, limit_bytes: int) -> None:
    with Redis.from_url(redis.url) as client:
        client.config_set("maxmemory", limit_bytes)


def _sign_up(address: str) -> str:
    body = {"email": "bench@example.org", "password": "correct horse battery", "name": "Bench"}
    return str(requests.post(f"{address}/api/v1/auth/signup", json=body, timeout=30).json()["access_token"])


def _write(address: str, token: str) -> float:
    body = {"title": "A title", "body_markdown": "Some text."}
    headers = {"Authorization": f"Bearer {token}"}
    began_at = time.monotonic()
    answer = requests.post(f"{address}/api/v1/posts", json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return time.monotonic() - began_at


def _describe(seconds: list[float]) -> str:
    ordered = sorted(value * 1000 for value in seconds)
    p99 = ordered[len(ordered) * 99 // 100]
    median = statistics.median(ordered)
    return f"median {median:.0f} ms, p99 {p99:.0f} ms, longest {ordered[-1]:.0f} ms, {len(ordered)} writes"


if __name__ == "__main__":
    main()

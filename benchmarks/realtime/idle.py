"""10,000 idle connections of as many people and organizations: memory each, and how fast `/healthz` answers."""

import asyncio
import resource
import time
from typing import Final

from benchmarks.load import Answers, Crowd
from benchmarks.realtime.followers import Followers
from benchmarks.realtime.ground import Ground, ground, load_average

CONNECTIONS: Final = 10_000
OPEN_WITHIN_S: Final = 80.0
SETTLE_S: Final = 5.0
PER_S: Final = 20.0
BASELINE_S: Final = 10.0
IDLE_S: Final = 35.0
"""Longer than a heartbeat of either kind."""


def main(kind: str) -> None:
    """Prints the figures of `sse` or `websocket`."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    count = min(CONNECTIONS, limit - 500)
    with ground() as live:
        asyncio.run(_measure(live, kind, live.people(count)))


async def _measure(live: Ground, kind: str, tokens: list[str]) -> None:
    crowd, followers = Crowd(live.web.address), Followers(live.web.address)
    await crowd.at_rate("GET", "/healthz", per_s=PER_S, seconds=2)
    alone = await crowd.at_rate("GET", "/healthz", per_s=PER_S, seconds=BASELINE_S)
    before_mb, began = live.memory_mb(), time.monotonic()
    await followers.follow(kind, tokens, within_s=OPEN_WITHIN_S)
    opened_s = time.monotonic() - began
    wanted = f"{followers.open} of {len(tokens)} {kind} connections"
    print(f"{load_average()}: {wanted} in {opened_s:.0f} s, {followers.refused} refused", flush=True)
    await asyncio.sleep(SETTLE_S)
    await crowd.leave()  # the server has closed what was idle for so long
    idle = await crowd.at_rate("GET", "/healthz", per_s=PER_S, seconds=IDLE_S)
    each_kb = (live.memory_mb() - before_mb) * 1024 / max(1, followers.open)
    print(f"  {followers.lost} lost; {each_kb:.0f} KB of worker memory (PSS) each; {load_average()}")
    print(f"  /healthz without them: {_words(alone)}; with them: {_words(idle)}")
    await followers.leave()


def _words(answers: Answers) -> str:
    p50, p99, worst = (answers.percentile_ms(percent) for percent in (50, 99, 100))
    return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {worst:.0f} ms, {answers.failed} failed"

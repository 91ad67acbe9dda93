"""The faults: which, when and upon whom, from one seed."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from benchmarks.chaos.ground import Ground

GAP_S: Final = (1.2, 4.2)
REDIS_AWAY_S: Final = (0.2, 4.0)
_LOOK_FOR_BUSY_S: Final = 3.0


class Fault(StrEnum):
    """What the storm does."""

    CHILD = "worker's child killed"
    WORKER = "whole worker killed"
    WEB = "web worker killed"
    REDIS_KILLED = "Redis killed, comes back empty"
    REDIS_EMPTIED = "Redis emptied"
    POSTGRESQL = "PostgreSQL restarted"


MIX: Final = Counter(
    {
        Fault.CHILD: 9,
        Fault.WORKER: 6,
        Fault.WEB: 4,
        Fault.REDIS_KILLED: 4,
        Fault.REDIS_EMPTIED: 3,
        Fault.POSTGRESQL: 4,
    }
)


@dataclass(frozen=True)
class Strike:
    """One fault to come: after how long a pause, and how long Redis stays away."""

    pause_s: float
    fault: Fault
    lasts_s: float


@dataclass(frozen=True)
class Struck:
    """One fault that was."""

    fault: Fault
    began_at: float
    over_at: float


def plan(seed: int, number: int) -> list[Strike]:
    """The same faults in the same order with the same pauses for the same seed."""
    chance = random.Random(seed)
    faults = [fault for _ in range(-(-number // MIX.total())) for fault in MIX.elements()]
    chance.shuffle(faults)
    return [Strike(chance.uniform(*GAP_S), fault, chance.uniform(*REDIS_AWAY_S)) for fault in faults[:number]]


def rage(ground: Ground, strikes: Sequence[Strike], before_kill: Callable[[Fault, list[int]], None]) -> list[Struck]:
    """Strikes one after the other; `before_kill` hears which processes are about to go."""
    deeds: dict[Fault, Callable[[Strike], None]] = {
        Fault.CHILD: lambda _: _kill_child(ground, before_kill),
        Fault.WORKER: lambda _: _kill_worker(ground, before_kill),
        Fault.WEB: lambda _: _kill_one(children(ground.web.process_id)),
        Fault.REDIS_KILLED: lambda strike: _take_redis_away(ground, strike.lasts_s),
        Fault.REDIS_EMPTIED: lambda _: _empty_redis(ground),
        Fault.POSTGRESQL: lambda _: ground.postgresql.restart(signal.SIGINT),
    }
    struck = []
    for strike in strikes:
        time.sleep(strike.pause_s)
        began_at = time.monotonic()
        deeds[strike.fault](strike)
        struck.append(Struck(strike.fault, began_at, time.monotonic()))
    return struck


def children(process_id: int) -> list[int]:
    """The direct child processes."""
    found: list[int] = []
    for path in Path(f"/proc/{process_id}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, path.read_text().split())
    return found


def _kill_child(ground: Ground, before_kill: Callable[[Fault, list[int]], None]) -> None:
    """A child at work, which is one that has children; any child after three seconds without."""
    deadline = time.monotonic() + _LOOK_FOR_BUSY_S
    pool = busy = _pool(ground)
    while time.monotonic() < deadline:
        pool = _pool(ground)
        busy = [child for child in pool if children(child)]
        if busy:
            break
        time.sleep(0.02)
    victim = (busy or pool)[:1]
    before_kill(Fault.CHILD, victim)
    _kill_one(victim)


def _pool(ground: Ground) -> list[int]:
    return [child for worker in ground.workers for child in children(worker.process_id)]


def _kill_worker(ground: Ground, before_kill: Callable[[Fault, list[int]], None]) -> None:
    """The worker with the most children at work, with all of them."""
    busiest = max(
        ground.workers, key=lambda worker: sum(bool(children(child)) for child in children(worker.process_id))
    )
    before_kill(Fault.WORKER, children(busiest.process_id))
    with suppress(ProcessLookupError):
        os.killpg(busiest.process_id, signal.SIGKILL)


def _kill_one(processes: Sequence[int]) -> None:
    for process_id in processes[:1]:
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


def _take_redis_away(ground: Ground, lasts_s: float) -> None:
    ground.redis.end(signal.SIGKILL)
    time.sleep(lasts_s)
    ground.redis.start()


def _empty_redis(ground: Ground) -> None:
    with suppress(RedisError), Redis.from_url(ground.redis.url) as client:
        client.flushall()

"""Looks on: when each job whose process was killed runs again."""

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from benchmarks.chaos.storm import Fault, Struck

_LOOK_EVERY_S: Final = 0.05
_DISTURBS: Final = (Fault.REDIS_KILLED, Fault.POSTGRESQL)
_HELD = """SELECT id::text, kind, attempt FROM jobs
           WHERE state = 'running' AND lease_until IS NOT NULL AND child_pid = ANY(%s)"""
_NOW = "SELECT id::text, attempt, state FROM jobs WHERE id::text = ANY(%s)"


@dataclass
class Loss:
    """A job that lost its process."""

    job_id: str
    kind: str
    attempt: int
    fault: Fault
    lost_at: float
    back_at: float | None = None
    was_over: bool = False


class Watch(threading.Thread):
    """Follows the jobs that the storm hit."""

    def __init__(self, url: str) -> None:
        super().__init__(name="watch", daemon=True)
        self._url = url
        self.losses: list[Loss] = []
        self.over = threading.Event()

    def before_kill(self, fault: Fault, processes: list[int]) -> None:
        """Notes which jobs these processes hold."""
        for job_id, kind, attempt in self._ask(_HELD, processes):
            self.losses.append(Loss(job_id, kind, attempt, fault, time.monotonic()))

    def run(self) -> None:
        while not self.over.wait(_LOOK_EVERY_S):
            open_losses = [loss for loss in self.losses if loss.back_at is None and not loss.was_over]
            if open_losses:
                self._look(open_losses)

    def _look(self, losses: Sequence[Loss]) -> None:
        now = {row[0]: row[1:] for row in self._ask(_NOW, [loss.job_id for loss in losses])}
        for loss in losses:
            attempt, state = now.get(loss.job_id, (loss.attempt, "queued"))
            if attempt > loss.attempt:
                loss.back_at = time.monotonic()
            elif state not in {"queued", "running"}:  # it had committed, or was cancelled
                loss.was_over = True

    def _ask(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with suppress(psycopg.Error), psycopg.connect(self._url, autocommit=True, connect_timeout=2) as connection:
            return connection.execute(query.encode(), (list(values),)).fetchall()
        return []


def print_losses(losses: Sequence[Loss], struck: Sequence[Struck]) -> None:
    """Seconds until the jobs ran again, apart where Redis or PostgreSQL was struck meanwhile."""
    taken: dict[tuple[Fault, bool], list[float]] = defaultdict(list)
    for loss in losses:
        if loss.back_at is not None:
            taken[loss.fault, _was_disturbed(loss, struck)].append(loss.back_at - loss.lost_at)
    for (fault, is_disturbed), seconds in sorted(taken.items()):
        beside = "Redis or PostgreSQL struck meanwhile" if is_disturbed else "undisturbed"
        spread = f"median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s"
        print(f"  {fault}: {len(seconds)} jobs ran again, {spread} ({beside})")
    print(f"  had ended or were cancelled before: {sum(loss.was_over for loss in losses)} jobs")
    print(f"  never ran again: {sum(loss.back_at is None and not loss.was_over for loss in losses)} jobs")


def _was_disturbed(loss: Loss, struck: Sequence[Struck]) -> bool:
    return any(
        strike.fault in _DISTURBS and strike.began_at < (loss.back_at or 0) and strike.over_at > loss.lost_at - 1
        for strike in struck
    )

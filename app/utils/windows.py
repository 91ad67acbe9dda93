"""Sliding windows in memory: how often something happened lately, weighted over the window before."""

from dataclasses import dataclass
from math import floor
from typing import Final

_CAPACITY: Final = 50_000


@dataclass(frozen=True, slots=True)
class Count:
    """How a quota stands after a call: what remains of it, and when more of it comes back."""

    is_allowed: bool
    remaining: int
    reset_s: float


@dataclass(slots=True)
class _Window:
    started_at: float
    current: int = 0
    previous: int = 0

    def move_to(self, now_s: float, window_s: int) -> float:
        """Shifts the window so that now lies in it, and says how many of its seconds have passed."""
        passed_s = now_s - self.started_at
        if passed_s >= 2 * window_s:
            self.started_at, self.current, self.previous = now_s, 0, 0
        elif passed_s >= window_s:
            self.started_at, self.current, self.previous = self.started_at + window_s, 0, self.current
        return now_s - self.started_at


class SlidingWindows:
    """Windows by key. Bounded: of more than the capacity, those not used for the longest are forgotten."""

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._half = capacity // 2
        self._recent: dict[str, _Window] = {}
        self._older: dict[str, _Window] = {}

    def __len__(self) -> int:
        return len(self._recent) + len(self._older)

    def clear(self) -> None:
        """Forgets everything."""
        self._recent, self._older = {}, {}

    def hit(self, key: str, quota: int, window_s: int, now_s: float) -> Count:
        """Counts one call if the quota has room for it."""
        window = self._window(key, now_s)
        left_s = window_s - window.move_to(now_s, window_s)
        used = floor(window.previous * left_s / window_s) + window.current
        is_allowed = used < quota
        if is_allowed:
            window.current += 1
            used += 1
        reset_s = left_s % (window_s / window.previous) if window.previous else left_s
        return Count(is_allowed, quota - used if is_allowed else 0, reset_s)

    def _window(self, key: str, now_s: float) -> _Window:
        window = self._recent.get(key)
        if window is None:
            window = self._older.pop(key, None) or _Window(now_s)
            if len(self._recent) >= self._half:
                # Two generations: forgetting costs nothing, where a sweep would walk over every key.
                self._older, self._recent = self._recent, {}
            self._recent[key] = window
        return window

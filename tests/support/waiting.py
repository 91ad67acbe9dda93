"""The one way to wait in tests: for a condition, with a patience that only a broken product outlasts."""

import time
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 120.0
"""A busy machine stops everything for seconds, and starts a product in a minute. `benchmarks/` measure speed."""


def wait_until(
    condition: Callable[[], object],
    *,
    within_s: float = PATIENCE_S,
    poll_s: float = 0.02,
    log: Callable[[], str] = lambda: "",
) -> float:
    """Seconds until the condition held; an assertion error with the log if it does not come to hold."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > within_s:
            raise AssertionError(f"not within {within_s} s\n{log()}")
        time.sleep(poll_s)
    return time.monotonic() - started

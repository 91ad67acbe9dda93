"""A token bucket: so many at once, so many a second after that."""

import time


class TokenBucket:
    """Full at first; `take` says whether one more is within the rate."""

    def __init__(self, *, burst: int, per_second: float) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._tokens = self._burst
        self._filled_at = time.monotonic()

    def take(self) -> bool:
        """Takes a token, if there is one."""
        moment = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (moment - self._filled_at) * self._per_second)
        self._filled_at = moment
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

"""Progress ticks are losable and overtake each other: only those that go up come through, none after the end."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

_BEGINNINGS: Final = frozenset({"created", "probed", "retried", "queued"})
_ENDS: Final = frozenset({"ready", "failed", "cancelled", "deleted", "succeeded", "dead"})
_OVER: Final = float("inf")
_SUBJECTS: Final = 256


class TickGate:
    """What one client has been told of each subject's progress; it remembers the last few hundred subjects."""

    def __init__(self) -> None:
        self._reached: OrderedDict[str, float] = OrderedDict()

    def allows(self, tick: Mapping[str, Any]) -> bool:
        """Whether the tick tells this client something that is still true."""
        percent = tick["data"].get("percent")
        reached = self._reached.get(tick["subject"], 0)
        now = float(percent) if isinstance(percent, (int, float)) else reached
        if reached == _OVER or now < reached:
            return False
        self._remember(tick["subject"], now)
        return True

    def see(self, event: Mapping[str, Any]) -> None:
        """Takes notice of an event that begins or ends its subject's work."""
        happened = event["type"].rpartition(".")[2]
        if happened in _ENDS:
            self._remember(event["subject"], _OVER)
        elif happened in _BEGINNINGS:
            self._reached.pop(event["subject"], None)

    def _remember(self, subject: str, reached: float) -> None:
        self._reached[subject] = reached
        self._reached.move_to_end(subject)
        if len(self._reached) > _SUBJECTS:
            self._reached.popitem(last=False)

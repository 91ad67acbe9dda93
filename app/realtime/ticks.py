"""Progress ticks can be lost, overtake each other and come in floods: a few that go up come through, until the end."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_BEGINNINGS: Final = frozenset({"created", "probed", "retried", "queued"})
_ENDS: Final = frozenset({"ready", "failed", "cancelled", "deleted", "succeeded", "dead"})
_OVER: Final = float("inf")
_SUBJECTS: Final = 256
_PAUSE_S: Final = 0.25
"""Between two ticks of a subject, unless its stage changes."""


@dataclass(frozen=True, slots=True)
class _Told:
    percent: float
    stage: object = None
    told_at: float = 0.0


_NOTHING: Final = _Told(0)


class TickGate:
    """What one client has been told of each subject's progress; it remembers the last few hundred subjects."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, _Told] = OrderedDict()

    def allows(self, tick: Mapping[str, Any]) -> bool:
        """Whether the tick tells this client something that is still true."""
        told = self._told.get(tick["subject"], _NOTHING)
        percent, stage = float(tick["data"].get("percent") or 0), tick["data"].get("stage")
        moment = time.monotonic()
        is_early = stage == told.stage and moment - told.told_at < _PAUSE_S
        if percent < told.percent or is_early:
            return False
        self._remember(tick["subject"], _Told(percent, stage, moment))
        return True

    def see(self, event: Mapping[str, Any]) -> None:
        """Takes notice of an event that begins or ends its subject's work."""
        happened = event["type"].rpartition(".")[2]
        if happened in _ENDS:
            self._remember(event["subject"], _Told(_OVER))
        elif happened in _BEGINNINGS:
            self._told.pop(event["subject"], None)

    def _remember(self, subject: str, told: _Told) -> None:
        self._told[subject] = told
        self._told.move_to_end(subject)
        if len(self._told) > _SUBJECTS:
            self._told.popitem(last=False)

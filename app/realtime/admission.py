"""Who may follow live events, what they asked for, and how many connections there may be at once."""

import re
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.errors import Invalid, RateLimited
from app.permissions import Actor
from app.realtime.subscriber import After
from app.services import topic_service
from app.utils.addresses import peer_key
from config import settings

TOPICS_LIMIT: Final = 100
_AFTER: Final = re.compile(r"(\d{1,16})(?:\.(\d{1,16}))?", re.ASCII)
_RETRY_AFTER_S: Final = 10


def read_after(text: str) -> After | None:
    """`<seq>` or `<seq>.<seq of one's own events>`; None for anything else."""
    found = _AFTER.fullmatch(text)
    return After(int(found[1]), int(found[2] or 0)) if found else None


def read_topics(actor: Actor, names: Iterable[str]) -> set[str]:
    """The topics by their names. Raises `Invalid` for too many, `NotFound` for one that is not the actor's."""
    wanted = set(names)
    if len(wanted) > TOPICS_LIMIT:
        raise too_many_topics()
    return {topic_service.topic_of(actor, name) for name in wanted}


def too_many_topics() -> Invalid:
    return Invalid(f"A connection has room for {TOPICS_LIMIT} topics.", code="too_many_topics")


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the counts that a connection adds to."""

    whose: str
    limit: int


def seats_of_connection(address: str | None) -> list[Seat]:
    """What every connection takes, whoever is behind it."""
    return [
        Seat("this server", settings.realtime_connections),
        Seat(f"the address {peer_key(address or '')}", settings.realtime_address_connections),
    ]


def seat_of_user(actor: Actor) -> Seat:
    """What a connection takes once its user is known."""
    return Seat(f"the user {actor.user_id}", settings.realtime_user_connections)


class Crowd:
    """Counts this process's live connections."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def assert_room(self, *seats: Seat) -> None:
        """Raises `RateLimited` where the settings allow no more."""
        for seat in seats:
            if self._counts[seat.whose] >= seat.limit:
                raise RateLimited(
                    f"There are {seat.limit} live connections of {seat.whose} here already; close one first.",
                    code="too_many_connections",
                    headers={"Retry-After": str(_RETRY_AFTER_S)},
                )

    def enter(self, *seats: Seat) -> None:
        """Counts one more. Raises `RateLimited`, and counts nothing, where the settings allow no more."""
        with self._lock:
            self.assert_room(*seats)
            self._counts.update(seat.whose for seat in seats)

    def leave(self, *seats: Seat) -> None:
        """Counts one less."""
        with self._lock:
            self._counts.subtract(seat.whose for seat in seats)
            for seat in seats:
                if self._counts[seat.whose] <= 0:
                    del self._counts[seat.whose]


crowd: Final = Crowd()

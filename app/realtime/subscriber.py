"""One client: the scopes it follows, how far it has come in each, and how to reach it."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.database import Record
from app.permissions import Actor
from app.realtime.outgoing import Channel, Delivery, Message
from app.realtime.ticks import TickGate
from app.schemas.event_schemas import gap, render
from app.services import event_service
from app.services.event_service import Kept
from config import settings

BATCH: Final = 200
BACKLOG_LIMIT: Final = 1000
"""A client that leaves so many messages untaken is cut off; it resumes without a gap."""
_TICK_BACKLOG: Final = 50
turnstile: Final = threading.BoundedSemaphore(max(1, settings.database_pool_size // 2))
"""When a process dies, its clients come all at once: they queue here, not for the database connections of requests."""


@dataclass(frozen=True, slots=True)
class After:
    """The last numbers a client has: of its organization's events, and of its own beside."""

    first: int
    own: int = 0


class Subscriber:
    """Begins at `start`, replays by `next_batch` until it is empty, then is live.

    `topics` narrows what it hears to some subjects, beside its user's own events; None: all of its scopes.
    """

    def __init__(self, actor: Actor, channel: Channel, topics: set[str] | None = None) -> None:
        self.actor = actor
        self.channel = channel
        self.topics = topics
        self.scopes = [scope for scope in (actor.organization_id, actor.user_id) if scope is not None]
        self.is_over = False
        self._is_live = False
        self._positions: dict[UUID, int] = {}
        self._gaps: list[Delivery] = []
        self._held: list[tuple[UUID, Message]] = []
        self._ticks = TickGate()
        self._lock = threading.Lock()

    def start(self, after: After | None) -> None:
        """Fixes where it begins, before its client hears that it is connected: what happens then is not missed."""
        if after is None:
            with turnstile:
                self._positions = event_service.positions(self.scopes)
            return
        with turnstile:
            kept = event_service.kept(self.scopes)
        numbers = (after.first, after.own)
        self._positions = {
            scope: self._resume(scope, seq, kept[scope]) for scope, seq in zip(self.scopes, numbers, strict=False)
        }

    def _resume(self, scope: UUID, seq: int, kept: Kept) -> int:
        """Behind what is kept, or past what has been (another database), the client is told so."""
        if seq != 0 and not kept.before <= seq <= kept.last:
            self._gaps.append(self._gap(scope, seq, kept.before))
        return seq if kept.before <= seq <= kept.last else kept.before

    def next_batch(self) -> list[Delivery]:
        """What its client has not yet, oldest first; empty when it has caught up."""
        batch, self._gaps = self._gaps, []
        while not batch and (rows := self._following_rows()):
            batch = [delivery for row in rows for delivery in self._take(row.scope_id, Message(render(row)))]
        return batch

    def _following_rows(self) -> Sequence[Record]:
        with turnstile:
            return event_service.since(self._positions, limit=BATCH)

    def go_live(self) -> None:
        """Delivers what came during the last look; from now on events go straight through."""
        with self._lock:
            self._is_live = True
            for scope, message in self._held:
                self.forward(self._take(scope, message))
            self._held = []

    def offer(self, scope: UUID, message: Message) -> None:
        """Delivers an event of one of its scopes unless it has been delivered."""
        with self._lock:
            if self._is_live:
                self.forward(self._take(scope, message))
            else:
                self._held.append((scope, message))

    def offer_tick(self, message: Message) -> None:
        """Delivers progress that goes up, to a client that keeps pace."""
        with self._lock:
            document = message.document
            if not self._is_live or not self._hears(document) or self.channel.backlog() > _TICK_BACKLOG:
                return
            if self._ticks.allows(document):
                self.channel.send(Delivery(message))

    def forward(self, deliveries: Iterable[Delivery]) -> None:
        """Hands over to the client, or cuts it off for reading too slowly."""
        for delivery in deliveries:
            if self.is_over:
                return
            if self.channel.backlog() >= BACKLOG_LIMIT:
                self.is_over = True
                self.channel.cut()
                return
            self.channel.send(delivery)

    def _take(self, scope: UUID, message: Message) -> list[Delivery]:
        seq, position = int(message.document["seq"]), self._positions[scope]
        if seq <= position:
            return []
        # Numbers have no gaps: one in what is read was cleaned away in between.
        taken = [self._gap(scope, position, seq - 1)] if seq > position + 1 else []
        self._positions[scope] = seq
        self._ticks.see(message.document)
        if self._hears(message.document):
            taken.append(Delivery(message, self._place()))
        return taken

    def _hears(self, document: Mapping[str, Any]) -> bool:
        return self.topics is None or document["organization_id"] is None or document["subject"] in self.topics

    def _place(self) -> str:
        """`<seq>`, followed by `.<seq of its own events>` where it has any beside its organization's."""
        numbers = [self._positions[scope] for scope in self.scopes]
        return ".".join(map(str, numbers if any(numbers[1:]) else numbers[:1]))

    def _gap(self, scope: UUID, after: int, resumed_after: int) -> Delivery:
        organization = self.actor.organization_id
        return Delivery(Message(gap(scope, is_user=scope != organization, after=after, resumed_after=resumed_after)))

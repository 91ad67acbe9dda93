"""One reader per web process: it takes events from the table and hands them to this process's subscribers.

Redis only says "look now"; without it the table is read every half second. Replay is the same code.
"""

import threading
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.clients import redis
from app.permissions import Actor
from app.schemas.event_schemas import render
from app.services import event_service, session_service

log = structlog.get_logger("marquee.realtime")
BACKSTOP_S: Final = 0.5
BATCH: Final = 500
Deliver = Callable[[dict[str, Any]], None]
Close = Callable[[], None]


class Subscriber:
    """One client: the scopes it may follow, and how to reach it.

    `after` is the last number it has of its organization's events; None begins with what happens next.
    """

    def __init__(self, actor: Actor, deliver: Deliver, close: Close) -> None:
        self.actor = actor
        self.scopes = [scope for scope in (actor.organization_id, actor.user_id) if scope is not None]
        self._deliver = deliver
        self.close = close
        self._positions: dict[UUID, int] = {}
        self._percents: dict[str, int] = {}
        self._lock = threading.Lock()

    def begin(self, after: int | None) -> None:
        """Replays what came after `after`; whatever the pump brings meanwhile waits for the lock."""
        with self._lock:
            self._positions = event_service.positions(self.scopes)
            organization = self.actor.organization_id
            if after is None or organization is None:
                return
            self._positions[organization] = after if after > 0 else event_service.oldest_position(organization)
            while rows := event_service.since({organization: self._positions[organization]}, limit=BATCH):
                for row in rows:
                    self._take(row.scope_id, row.seq, render(row))

    def offer(self, scope: UUID, seq: int, event: dict[str, Any]) -> None:
        """Delivers an event of one of its scopes unless it has been delivered."""
        with self._lock:
            self._take(scope, seq, event)

    def offer_tick(self, tick: dict[str, Any]) -> None:
        """Delivers progress that goes up; ticks overtake each other on their way here."""
        percent = int(tick["data"].get("percent", 0))
        with self._lock:
            if percent < self._percents.get(tick["subject"], 0):
                return
            self._percents[tick["subject"]] = percent
            self._deliver(tick)

    def _take(self, scope: UUID, seq: int, event: dict[str, Any]) -> None:
        if seq <= self._positions.get(scope, 0):
            return
        self._positions[scope] = seq
        if event["type"] != "video.progress":
            self._percents.pop(event["subject"], None)
        self._deliver(event)


class Pump:
    """Started by the first subscriber; it runs as long as the process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._subscribers: set[Subscriber] = set()
        self._positions: dict[UUID, int] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, subscriber: Subscriber, *, after: int | None) -> None:
        """Begins to deliver, without a gap between replay and what is live."""
        with self._lock:
            fresh = [scope for scope in subscriber.scopes if scope not in self._positions]
            self._positions |= event_service.positions(fresh) if fresh else {}
            self._subscribers.add(subscriber)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="event-pump", daemon=True)
                self._thread.start()
        subscriber.begin(after)

    def remove(self, subscriber: Subscriber) -> None:
        """Ends the delivery."""
        with self._lock:
            self._subscribers.discard(subscriber)
            followed = {scope for other in self._subscribers for scope in other.scopes}
            self._positions = {scope: seq for scope, seq in self._positions.items() if scope in followed}

    def _run(self) -> None:
        channels = [event_service.WAKE_CHANNEL, event_service.TICK_CHANNEL]
        for message in redis.messages(channels, wait_s=BACKSTOP_S):
            if message is not None and message[0] == event_service.TICK_CHANNEL:
                self._pass_on(orjson.loads(message[1]))
                continue
            try:
                with self.app.app_context():
                    self._read()
                    self._close_ended_sessions()
            except SQLAlchemyError as error:
                log.warning("events wait for the database", cause=type(error).__name__)

    def _pass_on(self, tick: dict[str, Any]) -> None:
        for subscriber in self._following(UUID(tick["organization_id"])):
            subscriber.offer_tick(tick)

    def _read(self) -> None:
        while rows := event_service.since(dict(self._positions), limit=BATCH):
            for row in rows:
                event = render(row)
                for subscriber in self._following(row.scope_id):
                    subscriber.offer(row.scope_id, row.seq, event)
                if row.scope_id in self._positions:
                    self._positions[row.scope_id] = row.seq

    def _following(self, scope: UUID) -> list[Subscriber]:
        with self._lock:
            return [subscriber for subscriber in self._subscribers if scope in subscriber.scopes]

    def _close_ended_sessions(self) -> None:
        with self._lock:
            subscribers = list(self._subscribers)
        here = session_service.still_here({subscriber.actor for subscriber in subscribers})
        for subscriber in subscribers:
            if subscriber.actor not in here:
                self.remove(subscriber)
                subscriber.close()


def pump_of(app: Flask) -> Pump:
    """The process's one pump."""
    pump: Pump = app.extensions.setdefault("marquee_pump", Pump(app))
    return pump

"""One reader per web process: it takes events from the table and hands them to this process's subscribers.

Redis only says "look here now"; without it everything is looked at every half second. Replay reads the same table.
"""

import threading
import time
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import orjson
import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.clients import redis
from app.realtime.outgoing import Message
from app.realtime.subscriber import BATCH, Subscriber, turnstile
from app.schemas.event_schemas import render
from app.services import event_service, session_service
from app.utils.batches import batched
from config.worker import web_worker

log = structlog.get_logger("marquee.realtime")
BACKSTOP_S: Final = 0.5
_SCOPES_A_READ: Final = 50
_DELIVERIES_A_TURN: Final = 200


class Pump:
    """Started by the first subscriber; it runs as long as the process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._followers: dict[UUID, set[Subscriber]] = {}
        self._positions: dict[UUID, int] = {}
        self._hinted: set[UUID] = set()
        self._lock = threading.Lock()
        self._look_now = threading.Event()
        self._threads: list[threading.Thread] = []

    def follow(self, subscriber: Subscriber) -> None:
        """Begins to deliver to one that has replayed, without a gap between the replay and what is live."""
        with turnstile:
            positions = event_service.positions(subscriber.scopes)
        with self._lock:
            if subscriber.is_over:  # its client left while it replayed
                return
            for scope in subscriber.scopes:
                self._followers.setdefault(scope, set()).add(subscriber)
                self._positions.setdefault(scope, positions[scope])
            self._start_threads()
        # Registered first, read then: what comes in between is held, and whatever it has already is left out.
        while batch := subscriber.next_batch():
            subscriber.forward(batch)
        subscriber.go_live()

    def remove(self, subscriber: Subscriber) -> None:
        """Ends the delivery."""
        with self._lock:
            subscriber.is_over = True
            for scope in subscriber.scopes:
                remaining = self._followers.get(scope, set())
                remaining.discard(subscriber)
                if not remaining:
                    self._followers.pop(scope, None)
                    self._positions.pop(scope, None)

    def _start_threads(self) -> None:
        if all(thread.is_alive() for thread in self._threads) and self._threads:
            return
        works = {"event-listener": self._listen, "event-pump": self._run}
        running = {thread.name for thread in self._threads if thread.is_alive()}
        fresh = [
            threading.Thread(target=work, name=name, daemon=True) for name, work in works.items() if name not in running
        ]
        self._threads = [thread for thread in self._threads if thread.is_alive()] + fresh
        for thread in fresh:
            thread.start()

    def _listen(self) -> None:
        """Takes hints and ticks. It may hang on a frozen Redis, so reading the table is another thread's work."""
        for heard in redis.messages([event_service.WAKE_CHANNEL, event_service.TICK_CHANNEL], wait_s=BACKSTOP_S):
            if heard is None:
                continue
            try:
                if heard[0] == event_service.TICK_CHANNEL:
                    self._pass_on(orjson.loads(heard[1]))
                else:
                    self._hint(*orjson.loads(heard[1]))
            except (ValueError, TypeError, KeyError, AttributeError):
                log.warning("a message of Redis is not one of ours", channel=heard[0])

    def _hint(self, scope: str, seq: int) -> None:
        with self._lock:
            if seq <= self._positions.get(UUID(scope), seq):
                return
            self._hinted.add(UUID(scope))
        self._look_now.set()

    def _pass_on(self, tick: dict[str, object]) -> None:
        message = Message(tick)
        for subscriber in self._following(UUID(str(tick["organization_id"]))):
            subscriber.offer_tick(message)

    def _run(self) -> None:
        next_round = time.monotonic()
        while True:
            self._look_now.wait(timeout=max(0.0, next_round - time.monotonic()))
            self._look_now.clear()
            try:
                with self.app.app_context():
                    self._read(self._take_hinted())
                    if time.monotonic() >= next_round:
                        self._look_round()
                        next_round = time.monotonic() + BACKSTOP_S
            except SQLAlchemyError as error:
                log.warning("events wait for the database", cause=type(error).__name__)
                next_round = time.monotonic() + BACKSTOP_S
            except Exception:  # without this thread nobody here would hear anything until the next client comes
                log.exception("the pump stumbled")
                next_round = time.monotonic() + BACKSTOP_S

    def _take_hinted(self) -> set[UUID]:
        with self._lock:
            hinted, self._hinted = self._hinted, set()
        return hinted

    def _look_round(self) -> None:
        """What needs no hint: counters that moved, people who may no longer follow, a worker that leaves."""
        with self._lock:
            positions = dict(self._positions)
        if not positions:
            return
        counters = event_service.positions(positions)
        self._read({scope for scope, seq in positions.items() if counters[scope] > seq})
        self._close_those_gone()
        if web_worker.is_leaving:
            for subscriber in self._everybody():
                subscriber.channel.cut()

    def _read(self, scopes: Iterable[UUID]) -> None:
        for some in batched(scopes, _SCOPES_A_READ):
            with self._lock:
                after = {scope: self._positions[scope] for scope in some if scope in self._positions}
            while rows := event_service.since(after, limit=BATCH):
                for row in rows:
                    self._deliver(row.scope_id, Message(render(row)))
                    after[row.scope_id] = row.seq
                with self._lock:
                    self._positions |= {scope: seq for scope, seq in after.items() if scope in self._positions}

    def _deliver(self, scope: UUID, message: Message) -> None:
        for number, subscriber in enumerate(self._following(scope), 1):
            subscriber.offer(scope, message)
            if number % _DELIVERIES_A_TURN == 0:
                time.sleep(0)  # requests of this process get their turn

    def _following(self, scope: UUID) -> list[Subscriber]:
        with self._lock:
            return list(self._followers.get(scope, ()))

    def _everybody(self) -> set[Subscriber]:
        with self._lock:
            return {subscriber for subscribers in self._followers.values() for subscriber in subscribers}

    def _close_those_gone(self) -> None:
        everybody = self._everybody()
        here = session_service.still_here({subscriber.actor for subscriber in everybody})
        for subscriber in everybody:
            if subscriber.actor not in here:
                self.remove(subscriber)
                subscriber.channel.close()


def pump_of(app: Flask) -> Pump:
    """The process's one pump."""
    pump: Pump = app.extensions.setdefault("marquee_pump", Pump(app))
    return pump

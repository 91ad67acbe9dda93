"""Events over Server-Sent Events: `GET /api/v1/events`, resumed by `Last-Event-ID`."""

import queue
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from flask import Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from app.errors import BadRequest, Invalid
from app.http.answers import Answer
from app.http.connections import never_ends
from app.permissions import Action, Actor
from app.realtime.admission import (
    Seat,
    crowd,
    read_after,
    read_topics,
    seat_of_user,
    seats_of_connection,
)
from app.realtime.outgoing import Delivery
from app.realtime.pump import Pump, pump_of
from app.realtime.subscriber import BACKLOG_LIMIT, After, Subscriber
from app.schemas.realtime_schemas import EventsQuery

HEARTBEAT_S: Final = 15.0
_RETRY_MS: Final = (1000, 3000)
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def events(actor: Actor, query: EventsQuery) -> Answer:
    actor.must(Action.FOLLOW_EVENTS)
    seats = [*seats_of_connection(request.remote_addr), seat_of_user(actor)]
    crowd.assert_room(*seats)  # before anything is looked up for it
    after = _after(query)
    topics = None if query.topics is None else read_topics(actor, filter(None, query.topics.split(",")))
    channel = _Channel(request.environ.get("gunicorn.socket"))
    subscriber = Subscriber(actor, channel, topics)
    subscriber.start(after)
    crowd.enter(*seats)
    pump = pump_of(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way to the real app
    never_ends()
    stream = _Stream(pump, subscriber, channel, seats)
    return Answer(response=Response(stream, mimetype="text/event-stream", headers=_HEADERS))


def _after(query: EventsQuery) -> After | None:
    resumed = request.headers.get("Last-Event-ID")
    if resumed:
        after = read_after(resumed)
        if after is None:
            raise BadRequest("Last-Event-ID must be the id of an event of this stream.", code="invalid_header")
        return after
    after = None if query.after is None else read_after(query.after)
    if query.after is not None and after is None:
        raise Invalid("`after` must be the number of an event.", code="invalid_after")
    return after


class _Channel:
    """The messages that wait for the client's connection to take them."""

    def __init__(self, connection: socket.socket | None) -> None:
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._connection = connection
        self.is_ended = False

    def send(self, delivery: Delivery) -> None:
        number = b"" if delivery.place is None else f"id: {delivery.place}\n".encode()
        self._waiting.put(number + delivery.message.sse_data)

    def backlog(self) -> int:
        return self._waiting.qsize()

    def cut(self) -> None:
        is_stuck = self.backlog() >= BACKLOG_LIMIT
        self.close()
        if is_stuck and self._connection is not None:
            with suppress(OSError):  # the client has gone
                self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.is_ended = True
        self._waiting.put(b"")

    def next_frame(self) -> bytes:
        """What waits, or a sign of life."""
        try:
            return self._waiting.get(timeout=HEARTBEAT_S)
        except queue.Empty:
            return b": still here\n\n"


class _Stream:
    """The answer's body. WSGI closes it in every case, also when nobody has read from it."""

    def __init__(self, pump: Pump, subscriber: Subscriber, channel: _Channel, seats: list[Seat]) -> None:
        self._pump = pump
        self._subscriber = subscriber
        self._channel = channel
        self._seats = seats

    def __iter__(self) -> Iterator[bytes]:
        # Spread, so that the clients of a worker that ends do not come back all at once.
        yield f": welcome\nretry: {random.randint(*_RETRY_MS)}\n\n".encode()  # noqa: S311 - no secret  # nosec B311
        with suppress(SQLAlchemyError):  # the stream ends: the client resumes when the database is back
            yield from self._replay()
            while not self._channel.is_ended:
                frame = self._channel.next_frame()
                if not self._channel.is_ended:
                    yield frame

    def _replay(self) -> Iterator[bytes]:
        """As fast as the client reads: nothing is read ahead of it."""
        while batch := self._next_batch():
            for delivery in batch:
                self._channel.send(delivery)
                yield self._channel.next_frame()
        with self._pump.app.app_context():
            self._pump.follow(self._subscriber)

    def _next_batch(self) -> list[Delivery]:
        with self._pump.app.app_context():
            return self._subscriber.next_batch()

    def close(self) -> None:
        crowd.leave(*self._seats)
        self._seats = []
        self._pump.remove(self._subscriber)

"""Events over Server-Sent Events: `GET /api/v1/events`, resumed by `Last-Event-ID`."""

import queue
from collections.abc import Iterator
from typing import Any, Final

from flask import Response, current_app, request

from app.errors import BadRequest
from app.http.answers import Answer, json_bytes
from app.http.connections import never_ends
from app.permissions import Action, Actor
from app.realtime.pump import Pump, Subscriber, pump_of
from app.schemas.realtime_schemas import EventsQuery

HEARTBEAT_S: Final = 15.0
QUEUE_LENGTH: Final = 2000
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_END: Final[dict[str, Any]] = {}


def events(actor: Actor, query: EventsQuery) -> Answer:
    actor.must(Action.FOLLOW_EVENTS)
    pending: queue.Queue[dict[str, Any]] = queue.Queue(QUEUE_LENGTH)
    subscriber = Subscriber(actor, lambda event: _put(pending, event), lambda: _put(pending, _END))
    pump = pump_of(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way to the real app
    never_ends()
    stream = _stream(pump, subscriber, pending, _after(query))
    return Answer(response=Response(stream, mimetype="text/event-stream", headers=_HEADERS))


def _after(query: EventsQuery) -> int | None:
    resumed = request.headers.get("Last-Event-ID")
    if resumed is None or resumed == "":
        return query.after
    if not (resumed.isascii() and resumed.isdigit()):
        raise BadRequest("Last-Event-ID must be the number of an event.", code="invalid_header")
    return int(resumed[:18])


def _put(pending: "queue.Queue[dict[str, Any]]", event: dict[str, Any]) -> None:
    """A client that reads too slowly is cut off: it resumes from its last event without a gap."""
    try:
        pending.put_nowait(event)
    except queue.Full:
        pending.queue.clear()
        pending.put_nowait(_END)


def _stream(
    pump: Pump, subscriber: Subscriber, pending: "queue.Queue[dict[str, Any]]", after: int | None
) -> Iterator[bytes]:
    app = pump.app
    with app.app_context():
        pump.add(subscriber, after=after)
    try:
        yield b": welcome\n\n"
        while (event := _next(pending)) is not _END:
            yield b": still here\n\n" if event is None else _frame(event)
    finally:
        pump.remove(subscriber)


def _next(pending: "queue.Queue[dict[str, Any]]") -> dict[str, Any] | None:
    try:
        return pending.get(timeout=HEARTBEAT_S)
    except queue.Empty:
        return None


def _frame(event: dict[str, Any]) -> bytes:
    number = f"id: {event['seq']}\n" if "seq" in event else ""
    return f"{number}data: ".encode() + json_bytes(event) + b"\n\n"

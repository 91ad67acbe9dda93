"""Events over Socket.IO: the stock client signs in with `auth: {token, organization?, after?, topics?}`."""

import time
from typing import Any, Final

import structlog
from engineio import Server
from engineio.exceptions import EngineIOError
from flask import Flask, request
from flask_socketio import SocketIO
from pydantic import ValidationError
from socketio.exceptions import ConnectionRefusedError as Refused
from sqlalchemy.exc import SQLAlchemyError

from app.errors import Invalid, MarqueeError, NotAuthenticated, NotFound, RateLimited
from app.http import origins
from app.permissions import Action
from app.realtime import engine
from app.realtime.admission import (
    TOPICS_LIMIT,
    crowd,
    read_after,
    read_topics,
    seat_of_user,
    too_many_topics,
)
from app.realtime.outgoing import Delivery
from app.realtime.pump import pump_of
from app.realtime.subscriber import BATCH, After, Subscriber, turnstile
from app.schemas.realtime_schemas import SocketAuth, TopicAsked
from app.services import event_service, session_service, topic_service
from app.utils.buckets import TokenBucket
from config.worker import web_worker

log = structlog.get_logger("marquee.realtime")
_CALLS: Final = (50, 10.0)
"""Subscriptions a connection may ask for at once, and per second after that."""
_LOOK_S: Final = 0.02
_ACCEPTED_WITHIN_S: Final = 5.0
_Ack = dict[str, Any]


def init_app(app: Flask) -> SocketIO:
    """Serves `/socket.io` in this process."""
    # `threading` under gunicorn's gevent worker means greenlets; `gevent` would need another worker class.
    socketio = SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,  # one call after the other: a flood of them waits in the client's own buffers
        manage_session=False,
        cors_allowed_origins=_is_allowed,
        max_http_buffer_size=engine.FRAME_BYTES,
    )
    if web_worker.token:
        _name_sessions_after_worker(socketio.server.eio)
    door = _Door(app, socketio)
    for name, handler in (("connect", door.connect), ("disconnect", door.leave)):
        socketio.on_event(name, handler)
    socketio.on_event("subscribe", door.subscribe)
    socketio.on_event("unsubscribe", door.unsubscribe)
    engine.bound(socketio.server.eio, door.knows)
    app.wsgi_app = engine.Guard(app)  # type: ignore[method-assign]  # Flask's way to add a WSGI middleware
    return socketio


def _is_allowed(origin: str | None, environ: dict[str, str]) -> bool:
    own_url = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
    return origin is not None and origins.is_allowed(origin, own_url)


def _name_sessions_after_worker(server: Server) -> None:
    """Session ids that begin with the worker's token tell a sibling whom to ask."""
    plain = server.generate_id
    server.generate_id = lambda: f"{web_worker.token}.{plain()}"


class _Channel:
    """One client's Engine.IO connection."""

    def __init__(self, server: Server, engine_id: str) -> None:
        self._server = server
        self.engine_id = engine_id

    def send(self, delivery: Delivery) -> None:
        try:
            self._server.send(self.engine_id, delivery.message.socket_text)
        except EngineIOError:  # it has closed; its disconnect handler does the rest
            return

    def backlog(self) -> int:
        connection = self._server.sockets.get(self.engine_id)
        return connection.queue.qsize() if connection is not None else 0

    def cut(self) -> None:
        engine.close(self._server, self.engine_id)

    def close(self) -> None:
        """The packet "disconnect" tells the stock client not to come back by itself."""
        try:
            self._server.send(self.engine_id, "1")
        except EngineIOError:
            return
        self.cut()


class _Connection:
    """What stands behind a Socket.IO session id."""

    def __init__(self, subscriber: Subscriber, channel: _Channel) -> None:
        self.subscriber = subscriber
        self.channel = channel
        self.calls = TokenBucket(burst=_CALLS[0], per_second=_CALLS[1])
        self.topics: set[str] = set(subscriber.topics or ())
        if subscriber.topics is not None:
            subscriber.topics = self.topics


class _Door:
    """The handlers, and the connection behind each session."""

    def __init__(self, app: Flask, socketio: SocketIO) -> None:
        self._app = app
        self._server = socketio.server
        self._connections: dict[str, _Connection] = {}
        self._engine_ids: set[str] = set()

    def knows(self, engine_id: str) -> bool:
        """Whether the connection signs in or has signed in."""
        return engine_id in self._engine_ids

    def connect(self, auth: object = None) -> None:
        session_id: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
        channel = _Channel(self._server.eio, self._server.manager.eio_sid_from_sid(session_id, "/"))
        self._engine_ids.add(channel.engine_id)
        try:
            connection = self._admit(auth, channel)
        except MarqueeError as error:
            self._engine_ids.discard(channel.engine_id)
            engine.expect_sign_in(self._server.eio, channel.engine_id, self.knows)
            raise Refused(error.problem_code, {"detail": error.detail}) from None
        except SQLAlchemyError as error:
            log.warning("a live connection finds no database", cause=type(error).__name__)
            self._engine_ids.discard(channel.engine_id)
            channel.cut()  # not refused: a client that lost its connection tries again by itself
            raise Refused("unavailable") from None
        self._connections[session_id] = connection
        self._server.start_background_task(self._deliver, session_id, connection)

    def _admit(self, auth: object, channel: _Channel) -> _Connection:
        asked = _read_auth(auth)
        after = _read_after(asked.after)
        with turnstile:
            actor = session_service.identify(asked.token, organization_slug=asked.organization)
            actor.must(Action.FOLLOW_EVENTS)
            topics = None if asked.topics is None else read_topics(actor, asked.topics)
        subscriber = Subscriber(actor, channel, topics)
        subscriber.start(after)
        crowd.enter(seat_of_user(actor))
        return _Connection(subscriber, channel)

    def leave(self, _reason: object = None) -> None:
        connection = self._connections.pop(request.sid, None)  # type: ignore[attr-defined]  # Flask-SocketIO adds it
        if connection is None:
            return
        self._engine_ids.discard(connection.channel.engine_id)
        crowd.leave(seat_of_user(connection.subscriber.actor))
        pump_of(self._app).remove(connection.subscriber)
        # Nobody stays connected without being signed in.
        self._server.start_background_task(engine.close, self._server.eio, connection.channel.engine_id)

    def subscribe(self, *asked: object) -> _Ack:
        """Joins a topic of the acting organization; the answer says where its events stand."""
        try:
            connection = self._calling()
            actor = connection.subscriber.actor
            topic = topic_service.topic_of(actor, _topic_asked(asked))
            if len(connection.topics) >= TOPICS_LIMIT and topic not in connection.topics:
                raise too_many_topics()
            connection.topics.add(topic)
            scope = connection.subscriber.scopes[0]
            return {"ok": True, "topic": topic, "seq": event_service.positions([scope])[scope]}
        except MarqueeError as error:
            return _refusal(error)
        except SQLAlchemyError:
            return {"ok": False, "code": "unavailable", "detail": "The database does not answer; try again."}

    def unsubscribe(self, *asked: object) -> _Ack:
        """Leaves a topic."""
        try:
            connection, topic = self._calling(), _topic_asked(asked)
            if topic not in connection.topics:
                raise NotFound("This connection has not joined that topic.")
            connection.topics.discard(topic)
        except MarqueeError as error:
            return _refusal(error)
        return {"ok": True, "topic": topic}

    def _calling(self) -> _Connection:
        connection = self._connections.get(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO adds it
        if connection is None:
            raise NotAuthenticated("Connect first.")
        if not connection.calls.take():
            raise RateLimited("This connection asks too often.")
        return connection

    def _deliver(self, session_id: str, connection: _Connection) -> None:
        """In the background, because the client hears nothing before its connection is accepted."""
        deadline = time.monotonic() + _ACCEPTED_WITHIN_S
        while not self._server.manager.is_connected(session_id, "/"):
            if connection.subscriber.is_over or time.monotonic() > deadline:
                return
            time.sleep(_LOOK_S)
        try:
            with self._app.app_context():
                self._replay(connection)
                pump_of(self._app).follow(connection.subscriber)
        except SQLAlchemyError:
            connection.channel.cut()  # the client comes back and resumes

    def _replay(self, connection: _Connection) -> None:
        """As fast as the client reads: a batch goes out when the one before it has been taken."""
        subscriber = connection.subscriber
        while not subscriber.is_over and (batch := subscriber.next_batch()):
            subscriber.forward(batch)
            _wait_until_taken(connection)


def _wait_until_taken(connection: _Connection) -> None:
    while not connection.subscriber.is_over and connection.channel.backlog() > BATCH:
        time.sleep(_LOOK_S)


def _read_auth(auth: object) -> SocketAuth:
    try:
        return SocketAuth.model_validate(auth if auth is not None else {})
    except ValidationError as error:
        wrong = ", ".join(sorted({str(problem["loc"][0]) if problem["loc"] else "auth" for problem in error.errors()}))
        raise Invalid(f"Not what `auth` takes: {wrong}.", code="invalid_auth") from None


def _read_after(given: int | str | None) -> After | None:
    after = None if given is None else read_after(str(given))
    if given is not None and after is None:
        raise Invalid("`after` must be the number of an event.", code="invalid_after")
    return after


def _topic_asked(asked: tuple[object, ...]) -> str:
    try:
        return TopicAsked.model_validate(asked[0] if asked else None).topic
    except ValidationError:
        raise Invalid("Send {topic: <name>}.") from None


def _refusal(error: MarqueeError) -> _Ack:
    return {"ok": False, "code": error.problem_code, "detail": error.detail}

"""Events over Socket.IO: the stock client signs in with `auth: {token, organization?, after?}`."""

from typing import Any, Final
from uuid import UUID

from flask import Flask, request
from flask_socketio import SocketIO, disconnect
from socketio.exceptions import ConnectionRefusedError as Refused

from app.errors import MarqueeError, NotAuthenticated
from app.permissions import Action
from app.realtime.pump import Subscriber, pump_of
from app.services import session_service, video_service
from config import settings
from config.worker import web_worker

_MAX_FRAME_BYTES: Final = 64 * 1024


def init_app(app: Flask) -> SocketIO:
    """Serves `/socket.io` in this process."""
    # `threading` under gunicorn's gevent worker means greenlets; `gevent` would need another worker class.
    socketio = SocketIO(
        app,
        async_mode="threading",
        cors_allowed_origins=[settings.base_url, *settings.cors_origins],
        max_http_buffer_size=_MAX_FRAME_BYTES,
    )
    if web_worker.token:
        _name_sessions_after_worker(socketio)
    door = _Door(app, socketio)
    socketio.on_event("connect", door.connect)
    socketio.on_event("disconnect", door.leave)
    socketio.on_event("subscribe", door.subscribe)
    return socketio


def _name_sessions_after_worker(socketio: SocketIO) -> None:
    """Session ids that begin with the worker's token tell a sibling whom to ask."""
    engine = socketio.server.eio
    plain = engine.generate_id
    engine.generate_id = lambda: f"{web_worker.token}.{plain()}"


class _Door:
    """The handlers, and the subscriber behind each connection."""

    def __init__(self, app: Flask, socketio: SocketIO) -> None:
        self._app = app
        self._socketio = socketio
        self._subscribers: dict[str, Subscriber] = {}

    def connect(self, auth: object = None) -> None:
        given = auth if isinstance(auth, dict) else {}
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
        try:
            actor = session_service.identify(
                _text(given.get("token")) or "", organization_slug=_text(given.get("organization"))
            )
            actor.must(Action.FOLLOW_EVENTS)
        except MarqueeError as error:
            raise Refused(error.problem_code) from None
        subscriber = Subscriber(actor, lambda event: self._emit(sid, event), lambda: self._cut(sid))
        self._subscribers[sid] = subscriber
        after = given.get("after")
        # In the background, because the client hears nothing before its connection is accepted.
        self._socketio.start_background_task(self._begin, subscriber, after if isinstance(after, int) else None)

    def leave(self, _reason: object = None) -> None:
        subscriber = self._subscribers.pop(request.sid, None)  # type: ignore[attr-defined]  # Flask-SocketIO adds it
        if subscriber is not None:
            pump_of(self._app).remove(subscriber)

    def subscribe(self, asked: object = None) -> dict[str, Any]:
        """Acknowledges a topic `video:<id>` of the acting organization; its events come anyway."""
        subscriber = self._subscribers.get(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO adds it
        try:
            if subscriber is None:
                raise NotAuthenticated("Connect first.")
            video_service.assert_own(subscriber.actor, _video_id(asked))
        except MarqueeError as error:
            return {"ok": False, "code": error.problem_code, "detail": error.detail}
        return {"ok": True}

    def _begin(self, subscriber: Subscriber, after: int | None) -> None:
        with self._app.app_context():
            pump_of(self._app).add(subscriber, after=after)

    def _emit(self, sid: str, event: dict[str, Any]) -> None:
        self._socketio.emit("event", event, to=sid)

    def _cut(self, sid: str) -> None:
        with self._app.test_request_context():
            disconnect(sid, namespace="/")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _video_id(asked: object) -> UUID | None:
    topic = asked.get("topic") if isinstance(asked, dict) else None
    noun, _, name = str(topic).partition(":")
    try:
        return UUID(name) if noun == "video" else None
    except ValueError:
        return None

"""Keeps Engine.IO within bounds: what a client may send, how much of it waits, and how long it may stay a stranger.

The library reads a WebSocket message of any size, parses what no client of ours sends, and lets a connection that
never signs in stay for ever.
"""

import io
import re
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import orjson
import simple_websocket
from engineio import Server
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from engineio.exceptions import EngineIOError
from flask import Flask

from app.errors import MarqueeError
from app.http.problems import problem_response
from app.realtime.admission import Seat, crowd, seats_of_connection
from config import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FRAME_BYTES: Final = 64 * 1024
_UNREAD_FRAMES: Final = 32
_SILENT_FOR_S: Final = 50.0
"""Longer than a ping and its answer may take: nothing read for so long means that nobody is there."""
_DEPTH: Final = 64
_CONTROL: Final = frozenset({"1", "2", "2probe", "3", "3probe", "5", "6"})
_MESSAGE: Final = re.compile(r"4([012])(?:/[^,]{0,100},?)?([0-9]{0,9})(.*)", re.DOTALL)
_SEPARATOR: Final = "\x1e"
_PATH: Final = "/socket.io/"
_SESSION: Final = re.compile(r"(?:^|&)sid=")


def bound(server: Server, is_known: Callable[[str], bool]) -> None:
    """Puts the limits on a server; `is_known` tells whether a connection signs in or has signed in."""
    server._async = {**server._async, "websocket": _WebSocket}  # noqa: SLF001 - where it looks the transport up
    connected, disconnected = server.handlers["connect"], server.handlers["disconnect"]
    taken: dict[str, list[Seat]] = {}

    def connect(engine_id: str, environ: dict[str, Any]) -> object:
        seats = seats_of_connection(environ.get("REMOTE_ADDR"))
        crowd.enter(*seats)
        taken[engine_id] = seats
        expect_sign_in(server, engine_id, is_known)
        return connected(engine_id, environ)

    def disconnect(engine_id: str, reason: str) -> object:
        crowd.leave(*taken.pop(engine_id, []))
        server.sockets.pop(engine_id, None)  # a client that still writes to it hears 400, not the library's KeyError
        return disconnected(engine_id, reason)

    server.handlers |= {"connect": connect, "disconnect": disconnect}


def close(server: Server, engine_id: str) -> None:
    """Ends a connection without waiting for the client to take what is still queued for it."""
    connection = server.sockets.get(engine_id)
    if connection is None:
        return
    try:
        connection.close(wait=False)
    except EngineIOError:  # it has just gone by itself
        return


def expect_sign_in(server: Server, engine_id: str, is_known: Callable[[str], bool]) -> None:
    """Closes the connection later if it is still a stranger then."""

    def expect() -> None:
        server.sleep(settings.realtime_sign_in_s)
        if not is_known(engine_id):
            close(server, engine_id)

    server.start_background_task(expect)


def is_sound(frame: object) -> bool:
    """Whether a frame is one that a client of ours can have sent: text of the protocol, with a call in it or none."""
    if not isinstance(frame, str) or len(frame) > FRAME_BYTES:
        return False
    message = _MESSAGE.fullmatch(frame)
    if message is None:
        return frame in _CONTROL
    kind, _, text = message.groups()
    if not text:
        return kind != "2"
    if frame.count("[") + frame.count("{") > _DEPTH:
        return False
    try:
        document = orjson.loads(text)
    except ValueError:
        return False
    return kind != "2" or (isinstance(document, list) and bool(document) and isinstance(document[0], str))


class Guard:
    """Refuses a connection too many with 429, and an unsound polling body with 400 as the protocol says."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inner: WSGIApplication = app.wsgi_app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(_PATH):  # past Engine.IO, which would make a class for each request
            return Flask.wsgi_app(self._app, environ, start_response)
        if path != _PATH:
            return self._inner(environ, start_response)
        if environ.get("REQUEST_METHOD") == "POST":
            return self._pass_if_sound(environ, start_response)
        if _SESSION.search(environ.get("QUERY_STRING", "")) is None:
            try:
                crowd.assert_room(*seats_of_connection(environ.get("REMOTE_ADDR")))
            except MarqueeError as error:
                return self._refuse(error, environ, start_response)
        return self._inner(environ, start_response)

    def _refuse(
        self, error: MarqueeError, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        with self._app.request_context(environ):
            self._app.preprocess_request()
            response = self._app.process_response(problem_response(error))
            return response(environ, start_response)

    def _pass_if_sound(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if 0 < length <= FRAME_BYTES else b""
        try:
            frames = body.decode().split(_SEPARATOR)
        except UnicodeDecodeError:
            frames = []
        if len(body) != length or not frames or not all(map(is_sound, frames)):
            start_response("400 BAD REQUEST", [("Content-Type", "application/json")])
            return [b'{"code":3,"message":"Bad request"}']
        environ["wsgi.input"] = io.BytesIO(body)
        return self._inner(environ, start_response)


class _BoundedServer(simple_websocket.Server):  # type: ignore[misc]  # the library has no annotations
    """Stops reading while much is unread: the rest waits in the client's own buffers."""

    def _handle_events(self) -> bool:
        goes_on = bool(super()._handle_events())
        while self.connected and len(self.input_buffer) > _UNREAD_FRAMES:
            time.sleep(0.05)
        return goes_on


class _WebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]  # the library has no annotations
    """The WebSocket transport with bounded frames. An unsound one ends the connection as if the client had left."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        del start_response
        # Compression would keep 300 KB for each connection, for messages of 400 bytes.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        environ["gunicorn.socket"].settimeout(_SILENT_FOR_S)
        self.ws = _BoundedServer(environ, max_message_size=FRAME_BYTES)
        self.app(self)
        raise StopIteration  # gunicorn's sign that the connection was taken over

    def wait(self) -> str | None:
        frame = super().wait()
        return frame if is_sound(frame) else None

"""Lets the stock Socket.IO client work over several gunicorn workers without a sticky load balancer.

A session id begins with the token of the worker that holds the session; a request that reaches a sibling is passed on
to the owner's private socket: polling by HTTP, a WebSocket by copying bytes both ways.
"""

import re
import socket
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from flask import Flask

from app.middlewares.edge import PEER
from config.worker import web_worker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH: Final = "/socket.io/"
_GUARD: Final = "Marquee-Relayed"
_GUARD_VARIABLE: Final = "HTTP_MARQUEE_RELAYED"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_QUERY: Final = re.compile(r"[\x21-\x7e]{1,2000}")
_MAX_BODY_BYTES: Final = 64 * 1024  # what Socket.IO takes at once
_TIMEOUT_S: Final = 60.0
_COPY_BYTES: Final = 64 * 1024
_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"})
_UNKNOWN: Final = b'{"code":1,"message":"Session ID unknown"}'


def init_app(app: Flask) -> None:
    """Wraps the whole application, Socket.IO's own middleware included."""
    app.wsgi_app = _Relay(app.wsgi_app)  # type: ignore[method-assign]  # Flask's way to add a WSGI middleware


class _Relay:
    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        owner = _owner(environ)
        if owner is None:
            return self._inner(environ, start_response)
        try:
            if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
                return _splice(environ, owner)
            return _forward(environ, owner, start_response)
        except (OSError, HTTPException):  # the owner is gone: the client begins a new session and resumes
            start_response("400 BAD REQUEST", [("Content-Type", "application/json")])
            return [_UNKNOWN]


def _owner(environ: "WSGIEnvironment") -> Path | None:
    """The socket of the sibling that holds the session, or None if this worker is to answer."""
    # The path arrives decoded and the query as it was sent: neither may carry a second request to the sibling.
    if web_worker.socket_dir is None or environ.get("PATH_INFO") != _PATH:
        return None
    if not _QUERY.fullmatch(environ.get("QUERY_STRING", "")) or _body_bytes(environ) > _MAX_BODY_BYTES:
        return None
    # Only a sibling comes by the unix socket, which has no peer address: from outside the guard means nothing.
    if _GUARD_VARIABLE in environ and not environ.get(PEER, environ.get("REMOTE_ADDR")):
        return None
    session_id = parse_qs(environ.get("QUERY_STRING", "")).get("sid", [""])[0]
    token = session_id.partition(".")[0]
    if not _TOKEN.fullmatch(token) or token == web_worker.token or "." not in session_id:
        return None
    return web_worker.socket_dir / f"{token}.sock"


def _body_bytes(environ: "WSGIEnvironment") -> int:
    return int(environ.get("CONTENT_LENGTH") or 0)


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = _connect(self._path)


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_TIMEOUT_S)
    connection.connect(str(path))
    return connection


def _headers(environ: "WSGIEnvironment") -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-").title(), value
    if environ.get("CONTENT_TYPE"):
        yield "Content-Type", environ["CONTENT_TYPE"]
    yield _GUARD, "1"
    # The client's own words about this are gone by now, and the sibling believes what comes by its socket.
    yield "X-Forwarded-For", environ.get("REMOTE_ADDR", "")
    yield "X-Forwarded-Proto", environ["wsgi.url_scheme"]


def _target(environ: "WSGIEnvironment") -> str:
    return f"{_PATH}?{environ['QUERY_STRING']}"


def _forward(environ: "WSGIEnvironment", owner: Path, start_response: "StartResponse") -> Iterable[bytes]:
    body = environ["wsgi.input"].read(_body_bytes(environ))
    headers = {name: value for name, value in _headers(environ) if name.lower() not in _HOP_BY_HOP}
    connection = _UnixConnection(owner)
    try:
        connection.request(environ["REQUEST_METHOD"], _target(environ), body, headers)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    kept = [(name, value) for name, value in response.getheaders() if name.lower() not in _HOP_BY_HOP]
    start_response(f"{response.status} {response.reason}", kept)
    return [content]


def _splice(environ: "WSGIEnvironment", owner: Path) -> Iterable[bytes]:
    """Gives the client's connection to the owner for good."""
    import gevent  # noqa: PLC0415 - only gunicorn's gevent worker comes here

    client: socket.socket = environ["gunicorn.socket"]
    # Both sides speak within a ping's time: a silent one, or one that does not take what it is sent, has gone.
    client.settimeout(_TIMEOUT_S)
    upstream = _connect(owner)
    head = f"{environ['REQUEST_METHOD']} {_target(environ)} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in _headers(environ)) + "\r\n"
    upstream.sendall(head.encode("latin-1"))
    copies = [gevent.spawn(_copy, client, upstream), gevent.spawn(_copy, upstream, client)]
    try:
        gevent.joinall(copies, count=1)
    finally:  # also when this worker leaves: its client comes back by a sibling
        gevent.killall(copies)
        upstream.close()
    raise StopIteration  # gunicorn's sign that the connection was taken over


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(_COPY_BYTES):
            target.sendall(piece)
    except OSError:
        return

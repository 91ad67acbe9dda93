"""The relay between web workers passes on Socket.IO requests, and nothing that a client smuggles into one."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.middlewares import session_relay
from config.worker import web_worker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

HERE, SIBLING = "this-worker", "that-worker"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nsibling"


class Sibling:
    """The private socket of another worker; it remembers what it was sent."""

    def __init__(self, path: Path) -> None:
        self.received: list[bytes] = []
        self.answer = ANSWER
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.received.append(connection.recv(100_000))
                connection.sendall(self.answer)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def sibling(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sibling]:
    with tempfile.TemporaryDirectory(prefix="marquee-") as folder:
        monkeypatch.setattr(web_worker, "token", HERE)
        monkeypatch.setattr(web_worker, "socket_dir", Path(folder))
        sibling = Sibling(Path(folder) / f"{SIBLING}.sock")
        yield sibling
        sibling.close()


def ask(path: str = "/socket.io/", query: str = f"EIO=4&sid={SIBLING}.x", **more: Any) -> str:
    """Who answered: `sibling`, or the application `here`."""
    app = Flask(__name__)
    app.wsgi_app = _here  # type: ignore[method-assign,assignment]  # nothing but the relay is looked at
    session_relay.init_app(app)
    environ = EnvironBuilder(method="POST").get_environ()
    environ |= {"PATH_INFO": path, "QUERY_STRING": query, "REMOTE_ADDR": "203.0.113.1", **more}
    return b"".join(run_wsgi_app(app.wsgi_app, environ)[0]).decode()


def _here(_environ: object, start_response: "StartResponse") -> list[bytes]:
    start_response("200 OK", [])
    return [b"here"]


@pytest.mark.parametrize("answer", [b"", b"not HTTP\r\n\r\n", ANSWER[:-3]])
def test_of_a_sibling_that_dies_while_it_answers_the_session_is_over(sibling: Sibling, answer: bytes) -> None:
    sibling.answer = answer

    assert ask() == '{"code":1,"message":"Session ID unknown"}'


def test_a_session_of_a_sibling_is_answered_by_it(sibling: Sibling) -> None:
    assert ask() == "sibling"
    assert sibling.received[0].startswith(b"POST /socket.io/?EIO=4&sid=that-worker.x HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/socket.io/ HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n", f"sid={SIBLING}.x"),
        ("/socket.io/ HTTP/1.1\r\nMarquee-Relayed: 1\r\n\r\nGET /metrics", f"sid={SIBLING}.x"),
        ("/socket.io/../metrics", f"sid={SIBLING}.x"),
        ("/socket.io/", f"sid={SIBLING}.x HTTP/1.1\rX: y"),
        ("/socket.io/", f"sid={SIBLING}.x\nX:y"),
        ("/socket.io/", f"sid=../{SIBLING}.x"),
        ("/socket.io/", f"sid={HERE}.x"),
        ("/api/v1/posts", f"sid={SIBLING}.x"),
    ],
)
@pytest.mark.parametrize("upgrade", ["", "websocket"])
def test_nothing_else_reaches_a_sibling(sibling: Sibling, path: str, query: str, upgrade: str) -> None:
    assert ask(path, query, HTTP_UPGRADE=upgrade) == "here"
    assert sibling.received == []


def test_a_body_that_socket_io_would_not_take_is_not_read(sibling: Sibling) -> None:
    body = BytesIO(b"x" * 70_000)
    more: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": "70000"}

    assert ask(**more) == "here"
    assert body.tell() == 0
    assert sibling.received == []

"""Answers one request as gunicorn's workers do, with one system call less where the answer is in one piece."""

import socket
from contextlib import suppress
from functools import lru_cache
from time import time
from typing import Any, Final

from gunicorn.http import wsgi
from gunicorn.util import http_date

_LINE_END: Final = "\r\n"
_JOINED_BYTES: Final = 64 * 1024
"""Up to here a copy costs less than a system call."""


class WholeAnswer(wsgi.Response):  # type: ignore[misc]  # gunicorn has no annotations
    """Head and body leave together where the body is all there; anything else goes gunicorn's own way."""

    headers_sent: bool

    def write(self, arg: Any) -> None:
        """Sends a piece of the body."""
        is_whole = self.response_length == len(arg) <= _JOINED_BYTES and not self._omits_body
        if self.headers_sent or not is_whole:
            super().write(arg)
            return
        fields = [f"{name}: {value}{_LINE_END}" for name, value in self.headers]
        head = "".join([*self.default_headers(), *fields, _LINE_END]).encode("latin-1")
        self.headers_sent, self.sent = True, len(arg)
        self.sock.sendall(head + arg)

    def default_headers(self) -> list[str]:
        """The status and the fields of every answer."""
        connection = "upgrade" if self.upgrade else "close" if self.should_close() else "keep-alive"
        major, minor = self.req.version
        return [
            f"HTTP/{major}.{minor} {self.status}{_LINE_END}Server: {self.version}{_LINE_END}",
            f"Date: {_date(int(time()))}{_LINE_END}Connection: {connection}{_LINE_END}",
            f"Transfer-Encoding: chunked{_LINE_END}" if self.chunked else "",
        ]


def answer(worker: Any, listener_name: Any, request: Any, client: Any, address: Any) -> None:
    """Without the hooks and the access log of `AsyncWorker.handle_request`, which are not in use here.

    Raises `StopIteration` where the connection ends with the answer.
    """
    response, environ = wsgi.create(request, client, address, listener_name, worker.cfg, response_class=WholeAnswer)
    environ["wsgi.multithread"] = True
    if not worker.alive:
        response.force_close()
    try:
        _send(worker.wsgi(environ, response.start_response), response, environ)
    except (StopIteration, OSError):
        raise
    except Exception:
        if not response.headers_sent:
            raise
        # A second answer on the same connection would be taken for the rest of the first.
        worker.log.exception("Error in an answer that has begun")
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
            client.close()
        raise StopIteration from None
    if response.should_close():
        raise StopIteration


def _send(pieces: Any, response: WholeAnswer, environ: dict[str, Any]) -> None:
    try:
        if isinstance(pieces, environ["wsgi.file_wrapper"]):
            response.write_file(pieces)
        else:
            for piece in pieces:
                response.write(piece)
        response.close()
    finally:
        if hasattr(pieces, "close"):
            pieces.close()


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    """The same for all answers of a second."""
    return str(http_date(second))

"""Clients that ask over and over on kept connections, and hold the server to what HTTP/1.1 promises them."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from app.utils.ids import new_id

TIMEOUT_S: Final = 60.0


@dataclass
class Asked:
    """What came of all requests: `failed` holds a line for each that got no good answer."""

    durations_s: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    announced_ends: int = 0
    never_taken: list[str] = field(default_factory=list)
    """Ids of requests on new connections that the kernel reset: it had queued them, and nobody accepts any more."""


@contextmanager
def asking(
    address: str,
    path: str,
    *,
    clients: int,
    pause_s: float = 0.01,
    until_refused: bool = False,
    context: ssl.SSLContext | None = None,
) -> Iterator[Asked]:
    """Lets so many clients ask in a loop while the block runs; with a context, by TLS.

    The pause between a client's requests leaves a processor to the server and to other tests.

    A connection that ends without the `Connection: close` of an answer fails the next request. With `until_refused` a
    client leaves when nobody listens any more; else that is a failure too. A client whose new connection is reset then
    leaves as well, and the request is one of `never_taken`.
    """
    asked, is_over = Asked(), threading.Event()

    def ask() -> None:
        connection = _connection(urlsplit(address).netloc, context)
        while not is_over.wait(pause_s):
            is_new, request_id = connection.sock is None, new_id().hex
            try:
                _ask_once(connection, path, request_id, asked)
            except (OSError, HTTPException) as error:
                connection.close()
                if until_refused and isinstance(error, ConnectionRefusedError):
                    return
                if until_refused and is_new and type(error) is ConnectionResetError:
                    asked.never_taken.append(request_id)
                    return
                asked.failed.append(repr(error))
                time.sleep(0.05)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield asked
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _connection(netloc: str, context: ssl.SSLContext | None) -> HTTPConnection:
    if context is None:
        return HTTPConnection(netloc, timeout=TIMEOUT_S)
    return HTTPSConnection(netloc, timeout=TIMEOUT_S, context=context)


def _ask_once(connection: HTTPConnection, path: str, request_id: str, asked: Asked) -> None:
    if connection.sock is None:
        connection.connect()
    started = time.monotonic()
    connection.request("GET", path, headers={"X-Request-Id": request_id})
    answer = connection.getresponse()
    answer.read()
    asked.durations_s.append(time.monotonic() - started)
    if answer.status != 200:
        asked.failed.append(f"status {answer.status}")
    if answer.will_close:
        asked.announced_ends += 1
        connection.close()

"""A reader of Server-Sent Events for tests: it listens in a thread and hands over what came."""

import json
import queue
import socket
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final, Self
from urllib.parse import urlencode

from tests.support.event_documents import assert_is_event
from tests.support.waiting import PATIENCE_S

_END: Final = None


class EventStream:
    """An open stream; a context that closes it."""

    def __init__(self, connection: socket.socket, response: HTTPResponse) -> None:
        self._connection = connection
        self._response = response
        self._came: queue.Queue[dict[str, Any] | None] = queue.Queue()
        assert response.readline() == b": welcome\n"
        self.last_event_id = ""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the server ended it
            self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._response.close()
        self._connection.close()

    def _listen(self) -> None:
        place = ""
        with suppress(OSError, HTTPException):  # cut off, by either side
            while line := self._response.readline():
                if line.startswith(b"id: "):
                    place = line[4:].decode().strip()
                if line.startswith(b"data: "):
                    self._came.put({"event": json.loads(line[6:]), "place": place})
        self._came.put(_END)

    def take(self, count: int, within_s: float = PATIENCE_S) -> list[dict[str, Any]]:
        """The next events, as many as asked for."""
        deadline = time.monotonic() + within_s
        taken: list[dict[str, Any]] = []
        while len(taken) < count:
            try:
                came = self._came.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"only {len(taken)} of {count} events: {taken[-5:]}") from None
            assert came is not _END, f"ended after {len(taken)} of {count} events"
            assert_is_event(came["event"])
            self.last_event_id = came["place"]
            taken.append(came["event"])
        return taken

    def take_until(self, type_: str) -> list[dict[str, Any]]:
        """Every event up to the first of the type, which is the last of them."""
        taken = self.take(1)
        while taken[-1]["type"] != type_:
            taken += self.take(1)
        return taken

    def waiting(self) -> list[dict[str, Any]]:
        """What came and has not been taken."""
        came = [self._came.get_nowait() for _ in range(self._came.qsize())]
        return [one["event"] for one in came if one is not _END]

    def wait_until_ended(self, within_s: float = PATIENCE_S) -> float:
        """Fails if the server does not end it; the seconds it took."""
        started = time.monotonic()
        self._thread.join(within_s)
        assert not self._thread.is_alive(), "the stream goes on"
        return time.monotonic() - started


def event_stream(
    address: str, token: str, *, after: str | None = None, topics: str | None = None, last_event_id: str | None = None
) -> EventStream:
    """Opens a stream as this user; it is registered when this returns."""
    headers = {"Authorization": f"Bearer {token}"}
    if last_event_id is not None:
        headers["Last-Event-ID"] = last_event_id
    query = urlencode({name: value for name, value in (("after", after), ("topics", topics)) if value is not None})
    connection = HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE_S)
    connection.request("GET", f"/api/v1/events?{query}", headers=headers)
    kept = connection.sock
    response = connection.getresponse()
    assert response.status == 200, response.read()
    return EventStream(kept, response)

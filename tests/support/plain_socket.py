"""Socket.IO spoken frame by frame over a WebSocket, for what the stock client does not show."""

import time
from contextlib import suppress
from typing import Any, Final, Self

import orjson
from websocket import WebSocketException, WebSocketTimeoutException, create_connection

from tests.support.waiting import PATIENCE_S

_PING, _PONG, _EVENT, _ACK, _ACCEPTED, _REFUSED, _DISCONNECT = "2", "3", "42", "43", "40", "44", "41"
_ANSWER_S: Final = PATIENCE_S


class PlainSocket:
    """A connection in the default namespace; a context that closes it."""

    def __init__(self, address: str) -> None:
        url = f"{address.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        self.wire = create_connection(url, timeout=_ANSWER_S)
        self.opened = orjson.loads(self.next_frame()[1:])
        self._events: list[dict[str, Any]] = []
        self._calls = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close(timeout=1)
        if self.wire.sock is not None:  # after the server's end `close` leaves it open
            self.wire.sock.close()

    def sign_in(self, **auth: object) -> dict[str, Any]:
        """Connects; what a refusal says, or the session."""
        self.wire.send(f"40{orjson.dumps(auth).decode()}")
        frame = self.next_frame()
        answer: dict[str, Any] = orjson.loads(frame[2:])
        assert frame[:2] in {_ACCEPTED, _REFUSED}, frame
        return answer

    def ask(self, name: str, *arguments: object) -> dict[str, Any]:
        """Emits with an acknowledgement and returns it."""
        self._calls += 1
        self.wire.send(f"42{self._calls}{orjson.dumps([name, *arguments]).decode()}")
        while not (frame := self.next_frame()).startswith(_ACK):
            self._keep(frame)
        answer: list[dict[str, Any]] = orjson.loads(frame[len(_ACK) + len(str(self._calls)) :])
        return answer[0]

    def take(self, count: int, within_s: float = _ANSWER_S) -> list[dict[str, Any]]:
        """The next events, as many as asked for."""
        while len(self._events) < count:
            self._keep(self.next_frame(within_s))
        taken, self._events = self._events[:count], self._events[count:]
        return taken

    def heard_within(self, seconds: float) -> list[dict[str, Any]]:
        """Every event that comes in this time."""
        until = time.monotonic() + seconds
        with suppress(WebSocketTimeoutException):
            while (left_s := until - time.monotonic()) > 0:
                self._keep(self.next_frame(left_s))
        taken, self._events = self._events, []
        return taken

    def next_frame(self, within_s: float = _ANSWER_S) -> str:
        """What comes next, pings answered. Raises `WebSocketException` at the end or when nothing comes."""
        self.wire.settimeout(within_s)
        while (frame := str(self.wire.recv())) == _PING:
            self.wire.send(_PONG)
        if not frame:
            raise WebSocketException("closed")
        return frame

    def wait_until_ended(self) -> tuple[list[str], float]:
        """What still came and how many seconds it took until the server ended the connection."""
        started, frames = time.monotonic(), []
        try:
            while True:
                frames.append(self.next_frame())
        except WebSocketTimeoutException:
            raise AssertionError("the connection goes on") from None
        except (WebSocketException, OSError):
            return frames, time.monotonic() - started

    def _keep(self, frame: str) -> None:
        assert frame.startswith(_EVENT), frame
        name, event = orjson.loads(frame[len(_EVENT) :])
        assert name == "event"
        self._events.append(event)

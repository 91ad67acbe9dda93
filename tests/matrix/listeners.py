"""Clients of the two realtime doors, and what each of them heard."""

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import requests
import socketio

from tests.matrix.world import Caller

CONNECTS_WITHIN_S: Final = 30.0


class Door(Protocol):
    """One caller at one door; `heard` is everything that came through it."""

    caller: Caller
    heard: list[str]

    @property
    def is_open(self) -> bool:
        """Whether the caller was let in and is still there."""

    def connect(self) -> None:
        """Knocks, and asks for everything since the oldest event kept."""

    def close(self) -> None:
        """Leaves."""


def _token_of(caller: Caller) -> str:
    return caller.headers.get("Authorization", "").removeprefix("Bearer ")


@dataclass
class SseDoor:
    """`GET /api/v1/events`, read by a thread until the server ends it."""

    address: str
    caller: Caller
    heard: list[str] = field(default_factory=list)
    is_open: bool = False
    _response: requests.Response | None = None

    def connect(self) -> None:
        self._response = requests.get(
            f"{self.address}/api/v1/events?after=0", headers=self.caller.headers, stream=True, timeout=30
        )
        self.is_open = self._response.status_code == 200
        self.heard.append(str(self._response.headers))
        threading.Thread(target=self._read, args=[self._response], daemon=True).start()

    def close(self) -> None:
        if self._response is not None:
            self._response.close()

    def _read(self, response: requests.Response) -> None:
        with contextlib.suppress(requests.RequestException, AttributeError):  # closed under its reader's hands
            for line in response.iter_lines(chunk_size=1):
                self.heard.append(line.decode())
        self.is_open = False


@dataclass
class SocketDoor:
    """Socket.IO by the stock Python client."""

    address: str
    caller: Caller
    heard: list[str] = field(default_factory=list)
    _client: Any = field(default_factory=lambda: socketio.Client(reconnection=False))

    @property
    def is_open(self) -> bool:
        return bool(self._client.connected)

    def connect(self) -> None:
        self._client.on("event", lambda event: self.heard.append(json.dumps(event)))
        auth = {"token": _token_of(self.caller), "after": 0}
        if "Marquee-Organization" in self.caller.headers:
            auth["organization"] = self.caller.headers["Marquee-Organization"]
        try:
            self._client.connect(
                self.address, auth=auth, transports=["websocket"], wait_timeout=CONNECTS_WITHIN_S, retry=False
            )
        except socketio.exceptions.ConnectionError as refusal:
            self.heard.append(str(refusal))

    def subscribe(self, topic: str) -> bool:
        """Whether the server grants it."""
        answer = self._client.call("subscribe", {"topic": topic}, timeout=CONNECTS_WITHIN_S)
        return bool(answer["ok"])

    def close(self) -> None:
        self._client.disconnect()


def happens(condition: Callable[[], bool], *, within_s: float) -> bool:
    """Whether the condition comes to hold in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True

"""What goes out to clients: a message that many get is written once, and each client's own place beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from app.http.answers import json_bytes


@dataclass(frozen=True)
class Message:
    """An event, a tick or a notice."""

    document: Mapping[str, Any]

    @cached_property
    def sse_data(self) -> bytes:
        return b"data: " + json_bytes(self.document) + b"\n\n"

    @cached_property
    def socket_text(self) -> str:
        """Socket.IO's event `event` in the default namespace."""
        return f'2["event",{json_bytes(self.document).decode()}]'


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message for one client. `place` is what it resumes from afterwards; None: it has no number."""

    message: Message
    place: str | None = None


class Channel(Protocol):
    """How a door reaches its client. Nothing here waits for the client."""

    def send(self, delivery: Delivery) -> None: ...

    def backlog(self) -> int:
        """How many messages the client has not taken yet."""

    def cut(self) -> None:
        """Drops the connection: the client comes back by itself and resumes."""

    def close(self) -> None:
        """Ends it for good: whoever was behind it may not follow any longer."""

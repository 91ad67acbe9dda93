"""The client's side of a connection, waited for with patience that runs out: nobody holds a worker's memory forever."""

import struct
from errno import ECONNRESET
from socket import SHUT_RD, SO_LINGER, SOL_SOCKET
from time import monotonic
from typing import Any, Final, NamedTuple, Self

import gevent
import gevent.socket

from config.worker import ClientTooSlow

_LEAST_S: Final = 0.001  # a socket's time-out of 0 would mean "don't wait at all"
_DROP_WHAT_IS_UNSENT: Final = struct.pack("ii", 1, 0)


class Limits(NamedTuple):
    """How long a client is waited for; the bytes per second are a minimum, the grace is how far it may fall behind."""

    idle_s: float
    head_s: float
    min_bytes_per_s: float
    grace_s: float
    stall_s: float
    rest_s: float = 5.0


class _Patience:
    """Seconds that are left to wait: waiting uses them up, bytes give them back, never above where it began."""

    __slots__ = ("_most_s", "_per_byte_s", "left_s")

    def __init__(self, seconds: float, per_byte_s: float = 0.0) -> None:
        self._most_s = self.left_s = seconds
        self._per_byte_s = per_byte_s

    def spend(self, waited_s: float, moved_bytes: int) -> None:
        self.left_s = min(self._most_s, self.left_s - waited_s + moved_bytes * self._per_byte_s)


class PacedSocket(gevent.socket.socket):  # type: ignore[misc]  # gevent has no annotations
    """A client's connection. gunicorn reads requests from it and writes answers to it as to any other socket."""

    __slots__ = (
        *("_idle", "_incoming", "_limits", "_outgoing", "_request"),
        *("first_piece", "greenlet", "is_endless", "is_late"),
    )

    @classmethod
    def take(cls, client: Any, limits: Limits) -> Self:
        """The same connection, paced; the old object is empty afterwards."""
        taken = cls(client.family, client.type, client.proto, fileno=client.detach())
        taken._limits = limits
        taken.begin_idle()
        return taken

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limits = Limits(0, 0, 1, 0, 0)
        self._idle: _Patience | None = None
        self._incoming: _Patience | None = None
        self._outgoing: _Patience | None = None
        self._request: Any = None
        self.first_piece = b""
        self.greenlet = gevent.getcurrent()
        self.is_endless = False
        self.is_late = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a next request has come yet."""
        return self._incoming is not None and self._incoming is self._idle

    def begin_idle(self) -> None:
        """Waits for the first byte of a request, then at most `head_s` for the whole head."""
        self.first_piece, self._request = b"", None
        self._idle = self._incoming = _Patience(self._limits.idle_s)
        self._outgoing = self._ordinary()

    def begin_body(self, request: Any) -> None:
        """The head is here: the body, and later the answer, have to keep the minimum rate."""
        self._request, self.is_endless, self.is_late = request, False, False
        self._incoming, self._outgoing = self._ordinary(), self._ordinary()

    def begin_rest(self) -> None:
        """The answer is out: what nobody read of the body is waited for only briefly."""
        self._incoming = _Patience(self._limits.rest_s)

    def may_pause(self) -> None:
        """The answer is media or a stream: its reader may take any time, but no pause longer than `stall_s`."""
        self._outgoing = _Patience(self._limits.stall_s, self._limits.stall_s)

    def never_ends(self) -> None:
        """The answer ends with its client or with this worker, which needn't wait for it to leave."""
        self.may_pause()
        self.is_endless = True

    def hand_over(self) -> None:
        """It speaks another protocol from here on, which has its own heartbeat."""
        self.never_ends()
        self._incoming = None
        self.settimeout(None)

    def close_idle(self) -> None:
        """Ends the wait for a next request as if the client had left; one that is already here is still read."""
        self.shutdown(SHUT_RD)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Reads. A client whose time is up looks as if it had left; in a head it raises `ClientTooSlow` instead.

        So a handler keeps what had arrived of a body, as after a break; `is_late` tells it what it was.
        """
        if self.is_late:
            return b""
        patience = self._incoming
        if patience is None:
            return bytes(super().recv(size, flags))
        began = monotonic()
        self.settimeout(max(patience.left_s, _LEAST_S))
        try:
            if patience is self._idle:
                # By the loop even if bytes are here: else a quick client would keep all others from their turn.
                self._wait(self._read_event)
            piece: bytes = super().recv(size, flags)
        except TimeoutError:
            return self._give_up()
        patience.spend(monotonic() - began, len(piece))
        if patience is self._idle:
            self.first_piece, self._incoming = piece, _Patience(self._limits.head_s)
        return piece

    def send(self, data: Any, flags: int = 0) -> int:
        """Sends all of it: simple-websocket takes no account of a part."""
        self.sendall(data, flags)
        return len(data)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Writes. Raises `ConnectionResetError` when the client stopped reading, and drops what it didn't take."""
        patience = self._outgoing
        left = memoryview(data).cast("B")
        while left:
            began = monotonic()
            try:
                sent = super().send(left, flags, None if patience is None else max(patience.left_s, _LEAST_S))
            except TimeoutError:
                # Without this the kernel would keep megabytes for a peer that never reads them.
                self.setsockopt(SOL_SOCKET, SO_LINGER, _DROP_WHAT_IS_UNSENT)
                raise ConnectionResetError(ECONNRESET, "The client reads too slowly.") from None
            if patience is not None:
                patience.spend(monotonic() - began, sent)
            left = left[sent:]

    def _ordinary(self) -> _Patience:
        return _Patience(self._limits.grace_s, 1 / self._limits.min_bytes_per_s)

    def _give_up(self) -> bytes:
        if self.is_idle:
            return b""
        if self._request is None:
            raise ClientTooSlow("The request arrived too slowly.")
        self._request.force_close()
        self.is_late = True
        return b""

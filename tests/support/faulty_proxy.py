"""A TCP proxy that breaks connections at chosen bytes, as a bad line does."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

_READ_BYTES: Final = 64 * 1024
LINE_BYTES_S: Final = 50_000_000
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing sends RST instead of FIN."""


class FaultyProxy:
    """Forwards to a port of this machine; each of `break_at` (bytes sent upstream so far, in all) ends one connection.

    Upstream at most `LINE_BYTES_S`: over an endless line the bytes lost would be what the kernel buffers, megabytes
    on loopback, and say nothing about the product.
    """

    def __init__(self, port: int, break_at: list[int], on_break: Callable[[int], None] | None = None) -> None:
        self._upstream = ("127.0.0.1", port)
        self._break_at = sorted(break_at)
        self._on_break = on_break
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.sent_bytes = 0
        self.breaks = 0

    def serve(self) -> None:
        """Accepts until it is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._upstream)
                for source, sink, counts in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._forward, args=(source, sink, counts), daemon=True).start()

    def close(self) -> None:
        """Accepts no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _forward(self, source: socket.socket, sink: socket.socket, counts: bool) -> None:  # noqa: FBT001 - a thread's argument
        with suppress(OSError), source, sink:
            while piece := source.recv(_READ_BYTES):
                sink.sendall(piece)
                if counts:
                    time.sleep(len(piece) / LINE_BYTES_S)
                if counts and self._is_due(len(piece)):
                    for end in (source, sink):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                        end.shutdown(socket.SHUT_RDWR)
                    return

    def _is_due(self, size_bytes: int) -> bool:
        with self._lock:
            self.sent_bytes += size_bytes
            if self.breaks == len(self._break_at) or self.sent_bytes < self._break_at[self.breaks]:
                return False
            self.breaks += 1
            number = self.breaks
        if self._on_break is not None:
            self._on_break(number)
        return True


@contextmanager
def faulty_proxy(
    port: int, break_at: list[int], on_break: Callable[[int], None] | None = None
) -> Iterator[FaultyProxy]:
    """A proxy that serves while the block runs; `on_break` hears the number of each broken connection, from 1."""
    proxy = FaultyProxy(port, break_at, on_break)
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()

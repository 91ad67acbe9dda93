"""gunicorn's gevent worker: problem+json for what it refuses, deadlines for slow clients, and a quick clean exit."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from time import monotonic
from typing import Any, Final, NamedTuple

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer
from gevent.socket import wait_read
from gunicorn.http.errors import ParseException
from gunicorn.workers.ggevent import GeventWorker

from config import settings
from config.pacing import Limits, PacedSocket
from config.server_problems import answer_to, instance_of, is_refusal
from config.whole_answers import answer
from config.worker import web_worker

_NOTIFY_S: Final = 1.0
_LOOK_S: Final = 0.02
_SUCCESSORS_WITHIN_S: Final = 20.0
_REST_BYTES: Final = 64 * 1024 * 1024
_REST_STEP_BYTES: Final = 64 * 1024
# Of the graceful time-out an idle client has this part to send another request, which announces the end; most pools
# then notice a closed idle connection by themselves. With the defaults that is 5 s.
_IDLE_PART: Final = 1 / 6


class _Named(NamedTuple):
    """What a connection still asks its listener for; the socket itself may be closed by then."""

    name: Any

    def getsockname(self) -> Any:
        return self.name


class ProblemWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no annotations
    """Serves HTTP/1.1. TLS and HTTP/2 belong to the proxy: with gunicorn's own TLS the deadlines don't apply."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.generation = web_worker.handover.generation
        self._connections: set[PacedSocket] = set()
        self._counts = bool(self.cfg.accesslog or self.cfg.statsd_host or self.cfg.max_requests)
        self._limits = Limits(
            idle_s=self.cfg.keepalive,
            head_s=settings.request_header_s,
            min_bytes_per_s=settings.client_min_bytes_per_s,
            grace_s=settings.client_grace_s,
            stall_s=settings.answer_stall_s,
        )

    def run(self) -> None:
        """Serves until SIGTERM, then leaves; gunicorn's own loop would notice the signal up to a second late."""
        if self.cfg.is_ssl:
            super().run()
            return
        # It looks settings up in a function of its own, twenty times for each request.
        self.cfg.__dict__.update({name: setting.get() for name, setting in self.cfg.settings.items()})
        servers = [self._listen(listener) for listener in self.sockets]
        while self.alive:
            self.notify()
            with suppress(TimeoutError, BlockingIOError):
                wait_read(self.PIPE[0], timeout=_NOTIFY_S)
                os.read(self.PIPE[0], 1024)
        self._leave(servers)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: serves on until the loop sees it; a worker that is still loading has nothing to finish."""
        super().handle_exit(sig, frame)
        if not self.booted:
            for listener in self.sockets:
                listener.close()  # or clients would go on to knock here while the interpreter winds down
            sys.exit(0)

    def timeout_ctx(self) -> AbstractContextManager[None]:
        """The connection keeps its own time."""
        return super().timeout_ctx() if self.cfg.is_ssl else nullcontext()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serves one connection until it ends."""
        if self.cfg.is_ssl:
            super().handle(listener, client, addr)
            return
        connection = PacedSocket.take(client, self._limits)
        self._connections.add(connection)
        try:
            super().handle(listener, connection, addr)
        finally:
            self._connections.discard(connection)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Answers one request. Raises `StopIteration` where the connection cannot or shall not go on."""
        if not isinstance(sock, PacedSocket):
            super().handle_request(listener_name, req, sock, addr)
            return
        sock.begin_body(req)
        if req.method == "GET" and any(name == "UPGRADE" for name, _ in req.headers):
            sock.hand_over()
        if (kept := self._from_memory(req)) is not None:
            sock.sendall(kept)
            sock.begin_idle()
            return
        if self._counts:
            super().handle_request(listener_name, req, sock, addr)
        else:
            with suppress(gevent.GreenletExit, SystemExit):
                answer(self, listener_name, req, sock, addr)
        sock.begin_rest()
        if sock.is_endless or sock.is_late or not _is_read_to_its_end(req.body):
            raise StopIteration
        sock.begin_idle()

    def _from_memory(self, req: Any) -> bytes | None:
        """A whole answer that the application has ready; only where nothing but a plain GET is asked and expected."""
        if web_worker.shortcut is None or req.method != "GET" or req.version != (1, 1) or not self.alive:
            return None
        if not req.uri.startswith("/") or "%" in req.path or req.should_close() or self._counts:
            return None
        return web_worker.shortcut(req.path, req.query, req.headers)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Writes an RFC 9457 problem where gunicorn would write a page of HTML."""
        del addr
        if not is_refusal(exc):
            self.log.error("Error below the application", exc_info=exc)
        with suppress(OSError):
            client.sendall(answer_to(exc, instance=instance_of(req, getattr(client, "first_piece", b""))))

    def _listen(self, listener: Any) -> StreamServer:
        listener.setblocking(1)
        handle = partial(self.handle, _Named(listener.getsockname()))
        server = StreamServer(listener, handle=handle, spawn=Pool(self.worker_connections))
        if self.cfg.workers > 1:
            server.max_accept = 1
        server.start()
        return server

    def _leave(self, servers: list[StreamServer]) -> None:
        """Takes who already knocked, answers what is asked, and ends the rest within the graceful time-out."""
        self._await_successors()
        for listener, server in zip(self.sockets, servers, strict=True):
            server.stop_accepting()
            self._take_waiting(listener, server)
        web_worker.is_leaving = True
        gevent.sleep(0)  # those just taken count themselves
        began = monotonic()
        for connection in [one for one in self._connections if one.is_endless]:
            connection.greenlet.kill(block=False)
        while self._connections and monotonic() - began < self.cfg.graceful_timeout:
            self.notify()
            if monotonic() - began > self.cfg.graceful_timeout * _IDLE_PART:
                self._close_idle()
            gevent.sleep(_LOOK_S)
        if self._connections:
            self.log.warning("%d requests were cut off by the graceful time-out", len(self._connections))

    def _await_successors(self) -> None:
        """Gunicorn ends the old workers of a reload at once; serving on spares clients the seconds of a start."""
        until = monotonic() + _SUCCESSORS_WITHIN_S
        while web_worker.handover.is_awaited_by(self.generation) and monotonic() < until:
            self.alive = True  # it keeps connections kept; the master repeats its SIGTERM each second
            self.notify()
            gevent.sleep(_LOOK_S)
        self.alive = False

    def _take_waiting(self, listener: Any, server: StreamServer) -> None:
        """What the kernel accepted for us would be reset with the socket if nobody else listens on it.

        Nothing else may run between the last look and the close: whoever is answered now knocks again at once.
        """
        listener.settimeout(0)
        handle, waiting = server.handle, []
        with suppress(OSError):
            while True:
                waiting.append(listener.accept())
        server.close()
        for client, address in waiting:
            server.pool.spawn(handle, client, address)

    def _close_idle(self) -> None:
        for connection in self._connections:
            if connection.is_idle:
                with suppress(OSError):  # the client left meanwhile
                    connection.close_idle()


def _is_read_to_its_end(body: Any) -> bool:
    """Reads what the application left of a body; False if that is more than a connection is worth."""
    left_bytes = 0 if body.failed else _REST_BYTES
    with suppress(ParseException, OSError):
        while left_bytes > 0:
            piece = body.read(_REST_STEP_BYTES)
            if not piece:
                return True
            left_bytes -= len(piece)
    return False

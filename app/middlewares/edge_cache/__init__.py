"""Answers anonymous readers from memory, before Flask, and asks once where many want the same (off by default)."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from time import monotonic, time
from typing import TYPE_CHECKING, Final

from flask import Flask

from app.http import metrics
from app.middlewares.edge_cache.entries import Entries, Entry, Told
from app.middlewares.edge_cache.keys import Header, Key, key_of, key_of_head, scope_of
from app.middlewares.edge_cache.versions import Versions
from app.middlewares.request_id import id_for
from config import settings
from config.worker import web_worker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIFE_S: Final = 5.0
"""As `s-maxage` says: what changes without an event, such as counts of likes, is this old at most."""
GRACE_S: Final = 0.5
"""What was current so recently is served on while somebody asks again."""
_WAIT_S: Final = 5.0
_CONDITION: Final = "HTTP_IF_NONE_MATCH"
_HIT: Final = ("Cache-Status", "Marquee; hit")
_SHARED: Final = ("Cache-Status", "Marquee; fwd=miss; collapsed")
_ASKED: Final = ("Cache-Status", "Marquee; fwd=miss; stored")


def init_app(app: Flask) -> None:
    """Wraps everything but the outermost layer, which knows who the client is and whether it means us."""
    if settings.edge_cache_bytes:
        cache = EdgeCache(app, app.wsgi_app)
        app.wsgi_app = cache  # type: ignore[method-assign]  # Flask's way to add a WSGI middleware
        web_worker.shortcut = cache.answer_at_once


@dataclass(slots=True)
class _Flight:
    """One question on its way to the application, for all that have it."""

    landed: threading.Event = field(default_factory=threading.Event)
    entry: Entry | None = None


class EdgeCache:
    """One a process. An entry is right while it is young and its version is the newest."""

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._inner = inner
        self._versions = Versions(app)
        self._flights: dict[Key, _Flight] = {}
        self.entries = Entries(settings.edge_cache_bytes)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = key_of(environ)
        if key is None:
            return self._inner(environ, start_response)
        entry = self._right_entry(key)
        if entry is None:
            return self._ask_or_share(key, environ, start_response)
        metrics.edge_hits.inc()
        return _served(entry, environ, start_response, _HIT)

    def answer_at_once(self, path: str, query: str, headers: list[Header]) -> bytes | None:
        """What gunicorn would write of a hit, without what it and the layers above do for any answer.

        That the host is ours was looked at when the entry was made: it is in the key.
        """
        key = key_of_head(path, query, headers)
        entry = None if key is None else self._right_entry(key)
        if entry is None:
            return None
        metrics.edge_hits.inc()
        given = next((value for name, value in headers if name == "X-REQUEST-ID"), "")
        own = (
            f"HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: {_date(int(time()))}\r\nConnection: keep-alive\r\n"
            f"X-Request-Id: {id_for(given)}\r\nAge: {_age_s(entry)}\r\nCache-Status: {_HIT[1]}\r\n"
        )
        return b"".join((own.encode(), entry.written_head(), b"\r\n", *entry.body))

    def _right_entry(self, key: Key) -> Entry | None:
        """The entry, if it is young and nothing has changed since."""
        is_known = self._versions.are_known(monotonic())
        moment = monotonic()
        entry = self.entries.get(key)
        if entry is None or not is_known or moment - entry.stored_at > LIFE_S:
            return None
        if entry.version != self._versions.of(entry.scope):
            return None
        entry.current_at = moment
        return entry

    def _ask_or_share(self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The first one asks. The others get what was right a moment ago, else wait for the first one's answer."""
        own = _Flight()
        flight = self._flights.setdefault(key, own)
        if flight is own:
            try:
                return self._ask(key, own, environ, start_response)
            finally:
                del self._flights[key]
                own.landed.set()
        entry = self.entries.get(key)
        if entry is not None and monotonic() - entry.current_at <= GRACE_S:
            metrics.edge_hits.inc()
            return _served(entry, environ, start_response, _HIT)
        flight.landed.wait(_WAIT_S)
        if flight.entry is None:
            return self._inner(environ, start_response)
        metrics.edge_shares.inc()
        return _served(flight.entry, environ, start_response, _SHARED)

    def _ask(
        self, key: Key, flight: _Flight, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Asks for the whole answer, whatever the client has of it, and keeps it if it is everybody's."""
        scope, told, moment = scope_of(key), Told(), monotonic()
        place = (scope, self._versions.of(scope))
        client_tags = environ.pop(_CONDITION, None)
        pieces = self._inner(environ, told.start)
        if client_tags is not None:
            environ[_CONDITION] = client_tags
        metrics.edge_asks.inc()
        if not told.is_for_everybody:
            self.entries.drop(key)
            return _passed_on(told, pieces, environ, start_response)
        coding, _is_must = key[5]
        entry = Entry.of(told, _joined(pieces), place=place, coding=coding, moment=moment)
        self.entries.put(key, entry)
        flight.entry = entry
        return _served(entry, environ, start_response, _ASKED, request_id=told.first("x-request-id"))


def _served(
    entry: Entry, environ: "WSGIEnvironment", start_response: "StartResponse", status: Header, *, request_id: str = ""
) -> Iterable[bytes]:
    own = (
        ("X-Request-Id", request_id or id_for(environ.get("HTTP_X_REQUEST_ID", ""))),
        ("Age", str(_age_s(entry))),
        status,
    )
    client_tags = environ.get(_CONDITION)
    if client_tags is not None and (tag := entry.tag_known_to(client_tags)) is not None:
        start_response("304 NOT MODIFIED", [*entry.headers_304, ("ETag", tag), *own])
        return ()
    start_response("200 OK", [*entry.headers, *own])
    return entry.body


def _age_s(entry: Entry) -> int:
    return int(monotonic() - entry.stored_at)


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _passed_on(
    told: Told, pieces: Iterable[bytes], environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """An answer that is not kept; the condition, which the application was not told of, is kept all the same."""
    client_tags = environ.get(_CONDITION)
    if client_tags is None or not told.status.startswith("200") or not told.first("etag"):
        start_response(told.status, told.headers)
        return pieces
    own = Entry.of(told, b"", place=("", 0), coding=None, moment=0)
    tag = own.tag_known_to(client_tags)
    if tag is None:
        start_response(told.status, told.headers)
        return pieces
    _joined(pieces)
    start_response("304 NOT MODIFIED", [*own.headers_304, ("ETag", tag), ("X-Request-Id", told.first("x-request-id"))])
    return ()


def _joined(pieces: Iterable[bytes]) -> bytes:
    try:
        return b"".join(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()

"""The outermost layer: who the client really is, whether it means us, and the headers of every answer."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog
from flask import Flask, request

from app.errors import BadRequest, Misdirected
from app.middlewares.security_headers import adding_headers
from app.utils.addresses import is_within, nearest_untrusted
from app.utils.hosts import is_address, is_named, name_in
from config import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger("marquee.edge")
PEER: Final = "marquee.peer"
"""In the environ: the address of the connection itself; empty for a unix socket."""
_FORWARDED: Final = (
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"),
    *("HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_REAL_IP", "HTTP_FORWARDED"),
)
_PROBES: Final = frozenset({"/healthz", "/readyz"})
_LOCAL: Final = ("localhost", "*.localhost")


def init_app(app: Flask) -> None:
    """Wraps the whole application, so last; the check of the Host comes after the request got its id."""
    app.before_request(_must_mean_us)
    app.wsgi_app = _Edge(app, app.wsgi_app)  # type: ignore[method-assign]  # Flask's way to add a WSGI middleware


class _Edge:
    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._app = app
        self._inner = inner
        self._has_warned = False

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        is_plain = self._find_client(environ)
        start = adding_headers(start_response, is_plain=is_plain)
        if _complaint(environ) is None:
            return self._inner(environ, start)
        # Past Socket.IO and the relay, which ask nobody: Flask's own door says it as a problem.
        return Flask.wsgi_app(self._app, environ, start)

    def _find_client(self, environ: "WSGIEnvironment") -> bool:
        """Puts the client's address, scheme and host into the environ; whether it is known to come by plain http.

        Only trusted proxies and the unix socket, which only this user opens, are believed; of each header the last
        value, which the nearest proxy wrote. Afterwards the headers are gone: nothing below can believe them.
        """
        peer = environ[PEER] = environ.get("REMOTE_ADDR", "")
        said = {name: environ.pop(name) for name in _FORWARDED if name in environ}
        if not said:
            return False
        if peer and not is_within(peer, settings.trusted_proxies):
            self._warn_once(peer)
            return False
        if "HTTP_X_FORWARDED_FOR" in said:
            environ["REMOTE_ADDR"] = nearest_untrusted(peer, said["HTTP_X_FORWARDED_FOR"], settings.trusted_proxies)
        if host := _last(said.get("HTTP_X_FORWARDED_HOST", "")):
            environ["HTTP_HOST"] = host
        scheme = _last(said.get("HTTP_X_FORWARDED_PROTO", ""))
        if scheme in {"http", "https"}:
            environ["wsgi.url_scheme"] = scheme
        return scheme == "http"

    def _warn_once(self, peer: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            log.warning("X-Forwarded headers are ignored: name your proxy in TRUSTED_PROXIES", peer=peer)


def _last(values: str) -> str:
    return values.rpartition(",")[2].strip().lower()


def _must_mean_us() -> None:
    complaint = _complaint(request.environ)
    if complaint is not None:
        raise complaint


def _complaint(environ: "WSGIEnvironment") -> BadRequest | Misdirected | None:
    """What is wrong with the Host, if anything. Probes come by any name, or without one."""
    host = environ.get("HTTP_HOST", "")
    is_probe = environ.get("PATH_INFO") in _PROBES
    name = name_in(host)
    if name is None and (host or not is_probe):
        return BadRequest("The Host header is missing or malformed.", code="bad_host")
    if name is None or is_probe or _is_ours(name, settings.public_url, settings.host, settings.allowed_hosts):
        return None
    return Misdirected("This server does not answer for that host; ALLOWED_HOSTS names those that it does.")


@lru_cache(maxsize=1000)
def _is_ours(name: str, public_url: str | None, bound_to: str, allowed: tuple[str, ...]) -> bool:
    names = {*allowed, urlsplit(public_url or "").hostname}
    if settings.is_production:
        return is_named(name, {known for known in names if known})
    return is_address(name) or is_named(name, {*(known for known in names if known), *_LOCAL, bound_to.lower()})

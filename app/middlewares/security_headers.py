"""Headers that every answer carries, errors included, and caching by who asked."""

from typing import Final

from flask import Flask, Response, g

from config import settings

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HSTS: Final = "max-age=31536000; includeSubDomains"
_VARY: Final = ("Authorization", "Marquee-Organization", "Origin", "Accept-Encoding")
_PUBLIC: Final = "public, max-age=0, s-maxage=5, stale-while-revalidate=30"
_PRIVATE: Final = "private, no-store"


def init_app(app: Flask) -> None:
    """Adds the headers after every request; what a controller set itself stays."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if settings.is_production:
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    if "Cache-Control" not in response.headers:
        is_public = g.get("is_public_read", False) and response.status_code in {200, 304}
        response.headers["Cache-Control"] = _PUBLIC if is_public else _PRIVATE
        response.vary.update(_VARY)
    return response

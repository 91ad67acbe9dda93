"""Who may keep an answer: caches what everybody gets, nobody what depends on the caller."""

from typing import Final

from flask import Flask, Response, g

from config import settings

VARY: Final = ("Authorization", "Marquee-Organization", "Origin", "Accept-Encoding")
_VARIES: Final = ", ".join(VARY)
PUBLIC: Final = "public, max-age=0, s-maxage=5, stale-while-revalidate=30"
_PRIVATE: Final = "private, no-store"


def init_app(app: Flask) -> None:
    """Adds the headers after every request; what a controller set itself stays."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    if "Cache-Control" not in response.headers:
        is_public = g.get("is_public_read", False) and response.status_code in {200, 304}
        response.headers["Cache-Control"] = PUBLIC if is_public else _PRIVATE
        if "Vary" in response.headers:
            response.vary.update(VARY)
        else:
            response.headers["Vary"] = _VARIES
    elif settings.cors_origins:
        response.vary.add("Origin")  # or a cache would give one site's answer to another
    return response

"""The try-it page: one small page without dependencies, served under a strict CSP."""

from pathlib import Path
from typing import Final

from flask import Response

from app.errors import NotFound
from app.http.answers import Answer

_FOLDER: Final = Path(__file__).resolve().parent.parent / "pages"
_TYPES: Final = {"try_it.css": "text/css", "try_it.js": "text/javascript", "outbox.css": "text/css"}
_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page() -> Answer:
    return _file("try_it.html", "text/html")


def asset(name: str) -> Answer:
    if name not in _TYPES:
        raise NotFound("There is no such file.")
    return _file(name, _TYPES[name])


def _file(name: str, mimetype: str) -> Answer:
    headers = {"Content-Security-Policy": _CSP, "Cache-Control": "no-cache"}
    return Answer(response=Response((_FOLDER / name).read_bytes(), mimetype=mimetype), headers=headers)

"""The small pages that links in mails lead to while there is no front end."""

from pathlib import Path
from typing import Final

from flask import Response

from app.errors import NotFound
from app.http.answers import Answer

_FOLDER: Final = Path(__file__).resolve().parent.parent / "pages"
_TYPES: Final = {"account.css": "text/css", "account.js": "text/javascript"}
_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def verify_email() -> Answer:
    return _page()


def forgot_password() -> Answer:
    return _page()


def reset_password() -> Answer:
    return _page()


def accept_invitation() -> Answer:
    return _page()


def asset(name: str) -> Answer:
    if name not in _TYPES:
        raise NotFound("There is no such file.")
    return _file(name, _TYPES[name])


def _page() -> Answer:
    """One page for all: its script shows the form that the path names."""
    return _file("account.html", "text/html")


def _file(name: str, mimetype: str) -> Answer:
    headers = {"Content-Security-Policy": _CSP, "Cache-Control": "no-cache"}
    return Answer(response=Response((_FOLDER / name).read_bytes(), mimetype=mimetype), headers=headers)

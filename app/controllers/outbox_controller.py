"""The outbox page: the letters that were written while no mail server is set, in development only."""

from functools import cache
from pathlib import Path
from typing import Final

from flask import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.clients import outbox
from app.errors import NotFound
from app.http.answers import Answer

_FOLDER: Final = Path(__file__).resolve().parent.parent / "pages"
# Letters carry their styles inline; nothing on these pages runs scripts or loads anything from elsewhere.
_CSP: Final = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def letters() -> Answer:
    return _page("outbox.html", letters=outbox.letters())


def letter(name: str) -> Answer:
    kept = outbox.letter(name)
    if kept is None:
        raise NotFound("There is no such letter.")
    # A link opens beside the page; inside the frame it may open nothing.
    framed = kept.html.replace('<a href="', '<a target="_blank" href="')
    return _page("outbox_letter.html", letter=kept, framed=framed)


def _page(template: str, **values: object) -> Answer:
    html = _templates().get_template(template).render(values)
    headers = {"Content-Security-Policy": _CSP, "Cache-Control": "no-store"}
    return Answer(response=Response(html, mimetype="text/html"), headers=headers)


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)

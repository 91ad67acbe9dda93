"""A page of a list: the rows a service found, as JSON with cursors and RFC 8288 links."""

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlencode

from flask import request
from pydantic import BaseModel

from app.database import Record
from app.http.answers import Answer
from app.http.cursors import read_cursor, write_cursor
from app.services.pages import Page, Place, Position

_NOT_FILTERS: Final = {"cursor", "limit", "fields", "include", "count"}
"""What may change from page to page."""


def position_of(query: BaseModel) -> Position:
    """Where the page that is asked for begins."""
    asked = query.model_dump(mode="json")
    cursor = asked.get("cursor")
    if cursor is None:
        return Position(limit=asked["limit"])
    place, backwards = read_cursor(cursor, bound_to=_filters(asked))
    return Position(limit=asked["limit"], after=place, backwards=backwards)


def page_answer(
    page: Page,
    query: BaseModel,
    render: Callable[[Record], dict[str, object]],
    place: Callable[[Record], Place],
) -> Answer:
    """200 with `{data, page: {next_cursor, prev_cursor}}` and `Link`; `page.total` where it was counted."""
    filters = _filters(query.model_dump(mode="json"))
    cursors = _cursors(page.rows, page, place, filters)
    told: dict[str, object] = {**cursors} if page.total is None else {**cursors, "total": page.total}
    document: dict[str, object] = {"data": [render(row) for row in page.rows], "page": told}
    links = [
        _link(cursor, rel)
        for rel, cursor in (("next", cursors["next_cursor"]), ("prev", cursors["prev_cursor"]))
        if cursor
    ]
    return Answer(document, headers={"Link": ", ".join(links)} if links else {})


def _filters(asked: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in asked.items() if name not in _NOT_FILTERS}


def _cursors(
    rows: Sequence[Record],
    page: Page,
    place: Callable[[Record], Place],
    filters: dict[str, object],
) -> dict[str, str | None]:
    first = write_cursor(place(rows[0]), backwards=True, bound_to=filters) if rows and page.has_previous else None
    last = write_cursor(place(rows[-1]), backwards=False, bound_to=filters) if rows and page.has_next else None
    return {"next_cursor": last, "prev_cursor": first}


def _link(cursor: str, rel: str) -> str:
    parameters = {**request.args.to_dict(), "cursor": cursor}
    return f'<{request.path}?{urlencode(parameters)}>; rel="{rel}"'

"""What the edge cache may keep, and whom it may give it to, whatever the application says by mistake."""

import pytest
from werkzeug.test import create_environ

from app.middlewares.caching import PUBLIC, VARY
from app.middlewares.edge_cache.entries import Told
from app.middlewares.edge_cache.keys import key_of

WHOLE = {"Cache-Control": PUBLIC, "Vary": ", ".join(VARY), "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("status", "changes", "is_kept"),
    [
        ("200 OK", {}, True),
        ("404 NOT FOUND", {}, False),
        ("308 PERMANENT REDIRECT", {}, False),
        ("200 OK", {"Cache-Control": "private, no-store"}, False),
        ("200 OK", {"Set-Cookie": "session=1"}, False),
        ("200 OK", {"Vary": "Cookie"}, False),
    ],
)
def test_only_a_whole_answer_for_everybody_is_kept(status: str, changes: dict[str, str], is_kept: bool) -> None:  # noqa: FBT001 - the table's column
    told = Told(status, list({**WHOLE, **changes}.items()))

    assert told.is_for_everybody is is_kept


@pytest.mark.parametrize(
    ("said", "is_everybody_s"),
    [
        ({}, True),
        ({"CONTENT_LENGTH": "5"}, False),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, False),
        ({"HTTP_AUTHORIZATION": "Bearer x"}, False),
        ({"HTTP_COOKIE": "marquee_refresh=x"}, False),
        ({"HTTP_COOKIE": "theme=dark"}, True),
        ({"HTTP_IF_MODIFIED_SINCE": "Sat, 31 Jan 2026 12:00:00 GMT"}, False),
        ({"HTTP_IF_MODIFIED_SINCE": "Sat, 31 Jan 2026 12:00:00 GMT", "HTTP_IF_NONE_MATCH": '"x"'}, True),
    ],
    ids=str,
)
def test_a_question_that_may_be_somebody_s_own_has_no_key(said: dict[str, str], is_everybody_s: bool) -> None:  # noqa: FBT001 - the table's column
    environ = {**create_environ("/api/v1/posts"), **said}

    assert (key_of(environ) is not None) is is_everybody_s

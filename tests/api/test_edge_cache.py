"""The edge cache: fast for everybody's answers, out of the way of everybody's own, and never long behind."""

import contextvars
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import Client, TestResponse

from app.database import db, transaction
from app.middlewares import edge_cache
from app.middlewares.edge import _Edge
from app.middlewares.edge_cache import EdgeCache, versions
from app.models import Organization, Post, Publication
from app.services import event_service
from config import settings
from tests.api.conftest import Person
from tests.factories import make_organization, make_organization_slug, make_post

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LIST: Final = "/api/v1/posts"
MEMORY: Final = 1024**2


class Reader:
    """A client behind the cache, which counts what reaches the application."""

    def __init__(self, app: Flask) -> None:
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self._app = app
        self.cache = EdgeCache(app, self._ask)
        self._client = Client(self.cache, use_cookies=False)

    def _ask(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.asked.append(environ["PATH_INFO"])
        assert self.gate.wait(30)
        return self._app.wsgi_app(environ, start_response)

    def get(self, path: str = LIST, method: str = "GET", **headers: str) -> TestResponse:
        """In an empty context, as every request has its own."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return contextvars.Context().run(self._client.open, path, method=method, headers=named)


@pytest.fixture
def reader(app: Flask, database: object, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Looks for changes at every request, so that no test has to wait."""
    del database
    monkeypatch.setattr(settings, "edge_cache_bytes", MEMORY)
    monkeypatch.setattr(versions, "LOOK_S", 0.0)
    return Reader(app)


@pytest.fixture
def gazette(database: object) -> Organization:
    del database
    owner = make_organization(name="Gazette", slug="gazette")
    make_organization_slug(owner, slug="gazette")
    make_post(owner, publication=Publication.PUBLISHED, title="First")
    return owner


def happen(owner: Organization, **columns: Any) -> None:
    """Something changes, and its event says so."""
    with transaction():
        if columns:
            make_post(owner, publication=Publication.PUBLISHED, **columns)
        event_service.record(
            "test.happened", subject="post:x", scope=owner.id, organization_id=owner.id, data={"id": "x"}
        )


def titles(answer: TestResponse) -> set[str]:
    return {post["title"] for post in answer.json["data"]}


def test_what_everybody_gets_is_asked_for_once(gazette: Organization, reader: Reader) -> None:
    del gazette

    first, second = reader.get(), reader.get()

    assert len(reader.asked) == 1
    assert first.headers["Cache-Status"] == "Marquee; fwd=miss; stored"
    assert (second.headers["Cache-Status"], second.headers["Age"]) == ("Marquee; hit", "0")
    own = {"X-Request-Id", "Cache-Status"}
    assert {*first.headers.keys()} == {*second.headers.keys()}
    assert all(first.headers[name] == second.headers[name] for name in {*first.headers.keys()} - own)
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert reader.get(X_Request_Id="my-request-1").headers["X-Request-Id"] == "my-request-1"
    assert first.get_data() == second.get_data()


@pytest.mark.both_databases
@pytest.mark.parametrize("path", [LIST, f"{LIST}?organization=gazette", "/api/v1/organizations/gazette/feed.xml"])
def test_what_is_published_is_seen_at_the_next_look(path: str, gazette: Organization, reader: Reader) -> None:
    assert "Second" not in reader.get(path).get_data(as_text=True)

    happen(gazette, title="Second")

    assert "Second" in reader.get(path).get_data(as_text=True)
    assert reader.get(path).headers["Cache-Status"] == "Marquee; hit"


def test_another_organization_s_changes_leave_an_answer_alone(gazette: Organization, reader: Reader) -> None:
    other = make_organization(slug="other")
    make_organization_slug(other, slug="other")
    path = f"{LIST}?organization=gazette"
    reader.get(path)
    reader.get(LIST)

    happen(other, title="Elsewhere")

    assert reader.get(path).headers["Cache-Status"] == "Marquee; hit"
    assert titles(reader.get(LIST)) == {"First", "Elsewhere"}
    del gazette


def test_an_answer_by_a_former_slug_follows_too(gazette: Organization, reader: Reader) -> None:
    make_organization_slug(gazette, slug="old-gazette")
    path = f"{LIST}?organization=old-gazette"
    reader.get(path)

    happen(gazette, title="Second")

    assert titles(reader.get(path)) == {"First", "Second"}


def test_what_is_taken_back_or_deleted_is_gone_at_the_next_look(ada: Person, reader: Reader) -> None:
    for end in ("unpublish", "delete"):
        post_id = ada.published(f"To {end}")["id"]
        path = f"{LIST}/{post_id}"
        assert reader.get(path).status_code == 200
        assert reader.get(path).headers["Cache-Status"] == "Marquee; hit"

        ended = (
            ada.post(f"/posts/{post_id}/unpublish") if end == "unpublish" else ada.send("DELETE", f"/posts/{post_id}")
        )

        assert ended.status_code in {200, 204}
        assert reader.get(path).status_code == 404
        assert reader.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_draft_never_appears(ada: Person, reader: Reader) -> None:
    for title in ("canary one", "canary two"):
        post_id = ada.draft(title)["id"]
        assert "canary" not in reader.get().get_data(as_text=True)
        assert ada.get(f"/posts/{post_id}").status_code == 200
        assert reader.get(f"{LIST}/{post_id}").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer nonsense"},
        {"Cookie": "__Secure-marquee_refresh=x"},
        {"Marquee-Organization": "gazette"},
        {"Range": "bytes=0-1"},
        {"If-Modified-Since": "Sat, 31 Jan 2026 12:00:00 GMT"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_what_is_somebody_s_own_goes_past_it(headers: dict[str, str], gazette: Organization, reader: Reader) -> None:
    del gazette
    reader.get()

    for _ in range(2):
        assert "Cache-Status" not in reader.get(**headers).headers
    assert len(reader.asked) == 3
    assert len(reader.cache.entries) == 1


def test_a_signed_in_reader_s_answer_is_never_kept(ada: Person, reader: Reader) -> None:
    ada.draft("canary")
    path = f"{LIST}?organization={ada.organization}"

    own = reader.get(path, Authorization=f"Bearer {ada.token}")

    assert titles(own) == {"canary"}
    assert titles(reader.get(path)) == set()
    assert titles(reader.get(path)) == set()


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/api/v1/nowhere", "/api/v1/posts?unknown=1", "/api/v1/users/me", "/api/v1/posts?q=" + "x" * 1100],
)
def test_only_whole_public_answers_are_kept(path: str, gazette: Organization, reader: Reader) -> None:
    del gazette

    assert reader.get(path).get_data() != b""
    reader.get(path)

    assert len(reader.asked) == 2
    assert len(reader.cache.entries) == 0


def test_a_head_is_left_to_the_application(gazette: Organization, reader: Reader) -> None:
    del gazette
    reader.get()

    assert reader.get(method="HEAD").headers["ETag"] == reader.get().headers["ETag"]
    assert len(reader.asked) == 2


def test_hosts_origins_and_codings_have_answers_of_their_own(
    gazette: Organization, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    del gazette
    monkeypatch.setattr(settings, "cors_origins", ("https://front.example",))
    path = "/api/v1/organizations/gazette"
    variants: list[dict[str, str]] = [
        {},
        {"Host": "127.0.0.1"},
        {"Origin": "https://front.example"},
        {"Origin": "https://evil.example"},
        {"Accept-Encoding": "gzip, identity;q=0"},
        {"Accept-Encoding": "br, identity;q=0"},
    ]

    kept = [reader.get(path, **variant) for variant in variants]

    assert len(reader.asked) == len(variants)
    assert [reader.get(path, **variant).get_data() for variant in variants] == [one.get_data() for one in kept]
    assert len(reader.asked) == len(variants)
    assert reader.get(path, Origin="https://third.example").headers["Cache-Status"] == "Marquee; hit"
    assert "http://127.0.0.1/" in kept[1].get_data(as_text=True)
    assert "http://127.0.0.1/" not in kept[0].get_data(as_text=True)
    assert [one.headers.get("Content-Encoding") for one in kept[4:]] == ["gzip", "br"]
    for answer in kept:
        assert {"Authorization", "Origin", "Accept-Encoding"} <= {
            name.strip() for name in answer.headers["Vary"].split(",")
        }


def test_the_order_of_parameters_does_not_count_but_that_of_equal_names(gazette: Organization, reader: Reader) -> None:
    del gazette
    reader.get(f"{LIST}?limit=5&organization=gazette")

    assert reader.get(f"{LIST}?organization=gazette&limit=5").headers["Cache-Status"] == "Marquee; hit"
    for query in ("limit=5&limit=6", "limit=6&limit=5", "%6cimit=6&limit=5", "limit=5&%6cimit=6"):
        assert reader.get(f"{LIST}?{query}").headers.get("Cache-Status") != "Marquee; hit"


def test_no_forwarded_header_reaches_what_others_get(app: Flask, gazette: Organization, reader: Reader) -> None:
    del gazette
    client = Client(_Edge(app, reader.cache))
    path = "/api/v1/organizations/gazette"
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"}
    forged |= {"Forwarded": "host=evil.example", "X-Original-URL": "/evil", "X-Host": "evil.example"}

    first, second = (
        contextvars.Context().run(client.get, path, headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
        for headers in (forged, {})
    )

    assert "evil" not in first.get_data(as_text=True)
    assert second.headers["Cache-Status"] == "Marquee; hit"
    assert second.headers["X-Content-Type-Options"] == "nosniff"


def test_the_client_s_copy_is_confirmed_from_memory(gazette: Organization, reader: Reader) -> None:
    tag = reader.get().headers["ETag"]

    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*", f'{tag[:-1]}-br"'):
        answer = reader.get(If_None_Match=sent)
        assert (answer.status_code, answer.get_data()) == (304, b"")
        assert answer.headers["Cache-Status"] == "Marquee; hit"
        assert answer.headers["ETag"] == (sent if sent.endswith('-br"') else tag)
        assert answer.headers["Cache-Control"].startswith("public")
    assert len(reader.asked) == 1
    assert reader.get(If_None_Match='"other"').status_code == 200
    happen(gazette, title="Second")
    assert reader.get(If_None_Match=tag).status_code == 200


def test_a_condition_is_kept_where_the_answer_is_not(ada: Person, reader: Reader) -> None:
    """A preview is nobody's to keep, but its reader may have it already."""
    url = ada.post(f"/posts/{ada.draft()['id']}/preview").json["url"].removeprefix("http://localhost")
    tag = reader.get(url).headers["ETag"]

    known = reader.get(url, If_None_Match=tag)

    assert (known.status_code, known.get_data()) == (304, b"")
    assert len(reader.asked) == 2


def test_many_who_want_the_same_ask_once(
    gazette: Organization, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    del gazette
    monkeypatch.setattr(versions, "LOOK_S", 60.0)
    monkeypatch.setattr(versions, "BLIND_S", 60.0)
    reader.get("/api/v1/tags?organization=gazette")
    reader.gate.clear()
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        made.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(reader.get) for _ in range(8)]
            reader.gate.set()
            answers = [one.result() for one in waiting]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert reader.asked.count(LIST) == 1
    assert len(made) == 1
    assert {titles(answer) == {"First"} for answer in answers} == {True}


def test_what_was_right_a_moment_ago_is_served_while_somebody_asks_again(gazette: Organization, reader: Reader) -> None:
    reader.get()
    reader.get()
    happen(gazette, title="Second")
    reader.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(reader.get)
        try:
            until_asked(reader, 2)
            meanwhile = reader.get()
        finally:
            reader.gate.set()

        assert titles(meanwhile) == {"First"}
        assert titles(asking.result()) == {"First", "Second"}
    assert titles(reader.get()) == {"First", "Second"}
    assert len(reader.asked) == 2


def until_asked(reader: Reader, times: int) -> None:
    for _ in range(3000):
        if len(reader.asked) >= times:
            return
        threading.Event().wait(0.01)
    raise AssertionError("nobody asked")


HEAD: Final = [("HOST", "localhost"), ("USER-AGENT", "test"), ("ACCEPT", "*/*")]


def test_the_server_gets_a_hit_as_it_goes_out(gazette: Organization, reader: Reader) -> None:
    assert reader.cache.answer_at_once(LIST, "", HEAD) is None
    whole = reader.get().get_data()

    answer = reader.cache.answer_at_once(LIST, "", [*HEAD, ("X-REQUEST-ID", "my-request-1")])

    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == whole
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nX-Request-Id: my-request-1\r\n" in head
    assert b"\r\nX-Content-Type-Options: nosniff" in head
    assert head.lower().count(b"\r\ncache-control:") == head.count(b"\r\nContent-Length:") == 1
    happen(gazette, title="Second")
    assert reader.cache.answer_at_once(LIST, "", HEAD) is None


@pytest.mark.parametrize(
    "headers",
    [
        [*HEAD, ("AUTHORIZATION", "Bearer x")],
        [*HEAD, ("COOKIE", "a=b")],
        [*HEAD, ("X-FORWARDED-FOR", "192.0.2.1")],
        [*HEAD, ("X-UNKNOWN", "1")],
        [*HEAD, ("IF-NONE-MATCH", "*")],
        [*HEAD, ("CONTENT-LENGTH", "0")],
        [*HEAD, ("HOST", "localhost")],
        [*HEAD, ("ORIGIN", "https://evil.example")],
        [("HOST", "other.example")],
        [("USER-AGENT", "test")],
    ],
    ids=lambda headers: headers[-1][0],
)
def test_the_server_gets_none_for_any_other_question(
    headers: list[tuple[str, str]], gazette: Organization, reader: Reader
) -> None:
    del gazette
    reader.get()

    assert reader.cache.answer_at_once(LIST, "", headers) is None
    assert reader.cache.answer_at_once(LIST, "", HEAD) is not None


def test_what_changes_without_an_event_lives_as_long_as_promised(
    gazette: Organization, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = db.session.query(Post).filter_by(organization_id=gazette.id).one()
    reader.get()
    with transaction():
        post.likes_count = 7
    assert reader.get().json["data"][0]["likes_count"] == 0

    monkeypatch.setattr(edge_cache, "LIFE_S", 0.0)

    assert reader.get().json["data"][0]["likes_count"] == 7


def test_without_a_look_nothing_is_trusted(
    app: Flask, gazette: Organization, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the database had been away for longer than half a second."""
    del gazette, app
    reader.get()
    monkeypatch.setattr(versions, "BLIND_S", -60.0)

    assert reader.get().headers["Cache-Status"] == "Marquee; fwd=miss; stored"


def test_the_memory_is_bounded_and_the_oldest_leave(
    app: Flask, gazette: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    del gazette
    monkeypatch.setattr(settings, "edge_cache_bytes", 100_000)
    reader = Reader(app)
    favourite = f"{LIST}?limit=100"
    reader.get(favourite)

    for limit in range(1, 80):
        reader.get(f"{LIST}?limit={limit}")
        reader.get(favourite)
        assert reader.cache.entries.used_bytes <= 100_000

    assert 10 < len(reader.cache.entries) < 60
    assert reader.asked.count(LIST) == 80
    assert reader.get(favourite).headers["Cache-Status"] == "Marquee; hit"


def test_an_answer_too_large_is_not_kept(app: Flask, gazette: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    del gazette
    monkeypatch.setattr(settings, "edge_cache_bytes", 20_000)
    reader = Reader(app)

    assert reader.get().status_code == reader.get().status_code == 200

    assert len(reader.cache.entries) == reader.cache.entries.used_bytes == 0


def test_it_is_off_unless_it_is_given_memory(app: Flask) -> None:
    before = app.wsgi_app
    edge_cache.init_app(app)

    assert app.wsgi_app is before

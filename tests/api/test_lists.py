"""The one list of posts and videos: order, search, what it shows, and how it counts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from app import dialect_search
from app.database import db, transaction
from app.models import Organization, Publication, User, Visibility
from app.services import listing
from tests.api.conftest import Person
from tests.factories import make_post, make_video

pytestmark = pytest.mark.both_databases


def listed(person: Person, path: str = "/posts", **query: object) -> list[dict[str, Any]]:
    answer = person.get(path, query_string=query)
    assert answer.status_code == 200, answer.json
    data: list[dict[str, Any]] = answer.json["data"]
    return data


def titles(person: Person, path: str = "/posts", **query: object) -> list[str]:
    return [str(row["title"]) for row in listed(person, path, **query)]


@pytest.fixture
def write(ada: Person) -> Callable[..., None]:
    """Writes published posts of Ada's."""

    def write(*texts: tuple[str, str], **columns: Any) -> None:
        with transaction():
            owner = db.session.scalars(select(Organization).where(Organization.slug == ada.organization)).one()
            for title, body in texts:
                settled = {"publication": Publication.PUBLISHED, "visibility": Visibility.PUBLIC, **columns}
                make_post(owner, title=title, body_markdown=body, **settled)

    return write


def test_a_search_finds_words_in_titles_and_bodies_and_shows_where(
    write: Callable[..., None], anonymous: Person
) -> None:
    write(("Bread", "Flour, water and <b>salt</b>."), ("Salt", "From the sea."), ("Wine", "Grapes."))

    found = listed(anonymous, q="salt")

    assert [row["title"] for row in found] == ["Salt", "Bread"]
    assert "<mark>salt</mark>" in found[1]["snippet"]
    assert "<b>" not in found[1]["snippet"]
    assert titles(anonymous, q="GRAPE") == ["Wine"]
    assert titles(anonymous, q='"water flour"') == []
    assert titles(anonymous, q='"flour, water"') == ["Bread"]
    assert titles(anonymous, q="salt -flour") == ["Salt"]
    assert titles(anonymous, q="salt sea") == ["Salt"]


@pytest.mark.parametrize("text", ["!!!", "-salt", "' OR 1=1 --", '"', "a:* & b", "NEAR(", "*", "\\", "ﬃ" * 50])
def test_whatever_is_typed_is_a_search_and_never_an_error(
    text: str, write: Callable[..., None], anonymous: Person
) -> None:
    write(("Salt", "From the sea."))

    assert titles(anonymous, q=text) == []


def test_a_search_keeps_to_what_one_may_read(write: Callable[..., None], ada: Person, anonymous: Person) -> None:
    write(("Open", "salt"))
    write(("Inside", "salt"), visibility=Visibility.ORGANIZATION)
    write(("Draft", "salt"), publication=Publication.DRAFT)

    assert titles(anonymous, q="salt") == ["Open"]
    assert sorted(titles(ada, q="salt", organization=ada.organization)) == ["Draft", "Inside", "Open"]


def test_a_search_follows_what_is_saved_and_deleted(ada: Person) -> None:
    post = ada.post("/posts", {"title": "One", "body_markdown": "pepper"}).json
    mine = {"organization": ada.organization}
    assert titles(ada, q="pepper", **mine) == ["One"]

    ada.send("PATCH", f"/posts/{post['id']}", {"body_markdown": "cumin"})
    assert titles(ada, q="pepper", **mine) == []
    assert titles(ada, q="cumin", **mine) == ["One"]
    ada.send("DELETE", f"/posts/{post['id']}")
    assert titles(ada, q="cumin", **mine) == []


def test_videos_are_found_by_title_and_description(ada: Person, anonymous: Person) -> None:
    with transaction():
        owner = db.session.scalars(select(Organization).where(Organization.slug == ada.organization)).one()
        shown = {"publication": Publication.PUBLISHED, "visibility": Visibility.PUBLIC}
        make_video(owner, title="A walk", description="Along the river.", **shown)
        make_video(owner, title="A swim", **shown)

    assert titles(anonymous, "/videos", q="river") == ["A walk"]
    assert titles(anonymous, "/videos", q="river", fields="title,snippet") == ["A walk"]


@pytest.mark.parametrize("common_from", [0, 1_000], ids=["as common words", "as rare words"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ginger", ["Newest", "Newer", "Older"]),
        ("ginger lemon", ["Newer", "Older"]),
        ('"ginger and lemon"', ["Older"]),
        ("ginger -lemon", ["Newest"]),
        ("ginger vinegar", []),
    ],
)
def test_common_and_rare_words_are_found_alike(
    text: str,
    expected: list[str],
    common_from: int,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[..., None],
    anonymous: Person,
) -> None:
    monkeypatch.setattr(dialect_search, "COMMON_IN_SAMPLE", common_from)
    listing._statement.cache_clear()
    write(("Older", "ginger and lemon"), ("Newer", "lemon, ginger"), ("Newest", "ginger"))

    assert sorted(titles(anonymous, q=text)) == sorted(expected)


@pytest.mark.parametrize("sort", [None, "-published_at", "title"])
def test_a_search_finds_the_newest_matches_in_whichever_order(
    sort: str | None, monkeypatch: pytest.MonkeyPatch, write: Callable[..., None], ada: Person
) -> None:
    monkeypatch.setattr(dialect_search, "FOUND_AT_MOST", 2)
    listing._statement.cache_clear()
    write(("Oldest", "saffron saffron saffron"), ("Middle", "saffron"), ("Newest", "saffron"))
    query = {"q": "saffron", "organization": ada.organization, **({"sort": sort} if sort else {})}

    assert sorted(titles(ada, **query)) == ["Middle", "Newest"]
    assert ada.get("/posts", query_string={**query, "count": "true"}).json["page"]["total"] == 2


def test_a_search_by_publication_leaves_out_what_was_never_published(write: Callable[..., None], ada: Person) -> None:
    write(("Out", "clove"))
    write(("Draft", "clove"), publication=Publication.DRAFT)

    assert titles(ada, q="clove", organization=ada.organization, sort="-published_at") == ["Out"]


def test_a_search_for_videos_keeps_to_their_author(ada: Person, anonymous: Person) -> None:
    with transaction():
        owner = db.session.scalars(select(Organization).where(Organization.slug == ada.organization)).one()
        shown = {"publication": Publication.PUBLISHED, "visibility": Visibility.PUBLIC}
        make_video(owner, db.session.get_one(User, UUID(ada.user_id)), title="A nutmeg", **shown)
        make_video(owner, title="Another nutmeg", **shown)
    slug = ada.get("/users/me").json["slug"]

    assert titles(anonymous, "/videos", q="nutmeg", author=slug) == ["A nutmeg"]


def test_search_pages_visit_every_match_once(write: Callable[..., None], anonymous: Person) -> None:
    write(*((f"Post {number}", "salt " * (number % 3 + 1)) for number in range(11)))

    seen, cursor = [], None
    while True:
        page = anonymous.get("/posts", query_string={"q": "salt", "limit": 4, **({"cursor": cursor} if cursor else {})})
        seen += [row["title"] for row in page.json["data"]]
        cursor = page.json["page"]["next_cursor"]
        if cursor is None:
            break

    assert sorted(seen) == sorted(f"Post {number}" for number in range(11))


@pytest.mark.parametrize(
    ("sort", "expected"), [("title", ["A", "B", "C"]), ("-title", ["C", "B", "A"]), ("created_at", ["B", "C", "A"])]
)
def test_an_organizations_list_has_an_order(
    sort: str, expected: list[str], write: Callable[..., None], ada: Person, anonymous: Person
) -> None:
    write(("B", ""), ("C", ""), ("A", ""))

    assert titles(anonymous, sort=sort, organization=ada.organization) == expected
    first = anonymous.get("/posts", query_string={"sort": sort, "organization": ada.organization, "limit": 1}).json
    rest = anonymous.get(
        "/posts",
        query_string={
            "sort": sort,
            "organization": ada.organization,
            "limit": 5,
            "cursor": first["page"]["next_cursor"],
        },
    ).json
    assert [row["title"] for row in rest["data"]] == expected[1:]
    back = {"sort": sort, "organization": ada.organization, "cursor": rest["page"]["prev_cursor"]}
    assert titles(anonymous, **back) == expected[:1]


@pytest.mark.parametrize(
    "query",
    [
        *({"sort": "title"}, {"sort": "relevance"}, {"sort": "nothing"}, {"sort": ""}, {"fields": "id,nothing"}),
        *({"fields": ""}, {"include": "password"}, {"include": "title"}, {"q": ""}, {"q": "x" * 201}, {"count": "7"}),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused_by_name(query: dict[str, str], anonymous: Person) -> None:
    answer = anonymous.get("/posts", query_string=query)

    assert answer.status_code == 422
    assert [problem["parameter"] for problem in answer.json["errors"]] == list(query)


def test_a_list_shows_the_fields_that_are_asked_for(write: Callable[..., None], anonymous: Person) -> None:
    write(("Bread", "*Flour*"))

    assert [set(row) for row in listed(anonymous, fields="id,title")] == [{"id", "title"}]
    assert listed(anonymous, fields="body_markdown") == [{"body_markdown": "*Flour*"}]
    whole = listed(anonymous, include="body_markdown,seo")[0]
    assert whole["body_markdown"] == "*Flour*"
    assert whole["seo"]["open_graph"]
    assert "body_html" not in whole


def test_a_list_is_narrowed_to_a_tag(ada: Person, anonymous: Person) -> None:
    tagged = ada.post("/posts", {"title": "Tagged", "tags": ["News"]}).json
    for post in (tagged, ada.draft("Plain")):
        ada.post(f"/posts/{post['id']}/publish")

    assert titles(anonymous, tag="news") == ["Tagged"]
    assert titles(anonymous, tag="olds") == []


def test_rows_are_counted_only_where_that_is_asked_for(write: Callable[..., None], anonymous: Person) -> None:
    write(*((f"Post {number}", "") for number in range(5)))
    write(("Draft", ""), publication=Publication.DRAFT)

    page = anonymous.get("/posts", query_string={"limit": 2, "count": "true"}).json["page"]

    assert page["total"] == 5
    assert "total" not in anonymous.get("/posts").json["page"]


@pytest.mark.parametrize("query", [{}, {"q": "salt"}, {"include": "body_html,seo"}, {"count": "true"}])
def test_the_number_of_queries_does_not_grow_with_the_page(
    query: dict[str, str], write: Callable[..., None], anonymous: Person
) -> None:
    write(*((f"Post {number}", "salt") for number in range(30)))

    def queries(limit: int) -> int:
        made: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            made.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            listed(anonymous, limit=limit, **query)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(made)

    assert queries(1) == queries(30) <= 4

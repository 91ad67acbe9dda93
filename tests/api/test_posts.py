"""Posts: write, publish, read, delete."""

from collections.abc import Callable

import pytest

from app.permissions import Role
from tests.api.conftest import Person

DEAD_INPUT = '<input disabled="">'
"""Nobody can type into it; with a type of checkbox, task lists are made of it."""


def test_a_draft_becomes_readable_for_everyone_when_it_is_published(ada: Person, anonymous: Person) -> None:
    draft = ada.draft("Hello, Wörld", "# Hi\n\nSome **text**.")
    assert draft["slug"] == "hello-world"
    assert draft["publication"] == "draft"
    assert anonymous.get(f"/posts/{draft['id']}").status_code == 404

    published = ada.post(f"/posts/{draft['id']}/publish")

    assert published.json["publication"] == "published"
    read = anonymous.get(f"/posts/{draft['id']}")
    assert read.status_code == 200
    assert "<strong>text</strong>" in read.json["body_html"]
    assert [post["id"] for post in anonymous.get("/posts").json["data"]] == [draft["id"]]
    assert "body_html" not in anonymous.get("/posts").json["data"][0]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<iframe src=//evil.example></iframe>",
        "<a href='data:text/html,x'>x</a>",
        "<svg onload=alert(1)>",
        "<style>*{}</style>",
        "<form action=/x><input></form>",
    ],
)
def test_hostile_html_does_not_survive(ada: Person, hostile: str) -> None:
    html = ada.draft(body=hostile)["body_html"].lower().replace(DEAD_INPUT, "")

    assert "<input" not in html

    for trace in (
        "<script",
        "onerror",
        'href="javascript',
        "<iframe",
        '"data:',
        "<svg",
        "onload",
        "<style",
        "<form",
        "<textarea",
    ):
        assert trace not in html


def test_a_save_counts_the_revision_and_an_old_tag_is_refused(ada: Person) -> None:
    draft = ada.draft()
    tag = ada.get(f"/posts/{draft['id']}").headers["ETag"]
    path = f"/posts/{draft['id']}"

    first = ada.send("PATCH", path, {"title": "Second"}, headers={"If-Match": tag})
    second = ada.send("PATCH", path, {"title": "Third"}, headers={"If-Match": tag})

    assert first.status_code == 200
    assert first.json["revision"] == 2
    assert second.status_code == 412
    assert second.json["current_etag"] == '"2"'
    assert ada.get(path).json["title"] == "Second"


def test_an_unchanged_post_is_not_sent_again(ada: Person, anonymous: Person) -> None:
    post = ada.published()
    first = anonymous.get(f"/posts/{post['id']}")

    again = anonymous.get(f"/posts/{post['id']}", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""
    assert first.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=5")
    assert ada.get(f"/posts/{post['id']}").headers["Cache-Control"] == "private, no-store"


def test_a_slug_is_taken_once_in_an_organization(ada: Person, bob: Person) -> None:
    body = {"title": "One", "slug": "one"}
    assert ada.post("/posts", body).status_code == 201

    assert ada.post("/posts", body).json["code"] == "slug_taken"
    assert bob.post("/posts", body).status_code == 201
    assert ada.post("/posts", {"title": "One"}).json["slug"].startswith("one-")


def test_paging_visits_every_post_once_in_both_directions(ada: Person, anonymous: Person) -> None:
    wanted = [ada.published(f"Post {number}")["id"] for number in range(5)][::-1]

    seen, cursor, previous = [], "", ""
    while True:
        page = anonymous.get(f"/posts?limit=2{cursor}").json
        seen += [post["id"] for post in page["data"]]
        previous = page["page"]["prev_cursor"]
        if page["page"]["next_cursor"] is None:
            break
        cursor = f"&cursor={page['page']['next_cursor']}"

    assert seen == wanted
    back = anonymous.get(f"/posts?limit=2&cursor={previous}").json
    assert [post["id"] for post in back["data"]] == wanted[2:4]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=ten", 422),
        ("limit=1&limit=2", 422),
        ("nonsense=1", 422),
        ("cursor=forged", 400),
        ("organization=nobody", 404),
        ("published_after=yesterday", 422),
        ("ids=%00", 422),
    ],
)
def test_a_wrong_list_query_is_a_problem(anonymous: Person, query: str, status: int) -> None:
    answer = anonymous.get(f"/posts?{query}")

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_a_cursor_belongs_to_its_filters(ada: Person, anonymous: Person) -> None:
    ada.published("One")
    ada.published("Two")
    cursor = anonymous.get("/posts?limit=1").json["page"]["next_cursor"]

    answer = anonymous.get(f"/posts?limit=1&organization={ada.organization}&cursor={cursor}")

    assert answer.status_code == 400
    assert answer.json["code"] == "invalid_cursor"


def test_an_organizations_list_shows_drafts_to_its_people_only(ada: Person, bob: Person, anonymous: Person) -> None:
    draft = ada.draft()
    path = f"/posts?organization={ada.organization}"

    assert [post["id"] for post in ada.get(path).json["data"]] == [draft["id"]]
    assert bob.get(path).json["data"] == []
    assert anonymous.get(path).json["data"] == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_a_role_decides_about_writing(ada: Person, role: Role, give_role: Callable[[Person, Role], None]) -> None:
    draft = ada.draft()
    give_role(ada, role)

    status = ada.send("PATCH", f"/posts/{draft['id']}", {"title": "New"}).status_code

    assert status == (200 if role is Role.EDITOR else 403)
    assert ada.get(f"/posts/{draft['id']}").status_code == 200


def test_a_deleted_post_is_gone_for_everyone(ada: Person, anonymous: Person) -> None:
    post = ada.published()

    assert ada.send("DELETE", f"/posts/{post['id']}").status_code == 204

    assert ada.get(f"/posts/{post['id']}").status_code == 404
    assert anonymous.get("/posts").json["data"] == []

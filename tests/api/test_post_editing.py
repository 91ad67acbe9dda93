"""Posts under several hands: revisions, tags, bylines, search fields, and what a refused save says."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.database import db, transaction
from app.models import Organization, User
from app.permissions import Role
from config import settings
from tests.api.conftest import Person
from tests.factories import make_membership


@pytest.fixture
def colleague(ada: Person, newcomer: Callable[[], Person]) -> Person:
    """An editor of Ada's organization, acting there."""
    person = newcomer()
    with transaction():
        organization = select(Organization).where(Organization.slug == ada.organization)
        user = db.session.get_one(User, UUID(person.user_id))
        make_membership(user, db.session.scalars(organization).one(), Role.EDITOR)
    person.client.environ_base["HTTP_MARQUEE_ORGANIZATION"] = ada.organization
    return person


def save(person: Person, post: dict[str, Any], **changes: object) -> dict[str, Any]:
    answer = person.send("PATCH", f"/posts/{post['id']}", changes)
    assert answer.status_code == 200, answer.json
    document: dict[str, Any] = answer.get_json()
    return document


def tags_of(person: Person, organization: str | None = None) -> dict[str, int]:
    found = person.get("/tags", query_string={"organization": organization or person.organization})
    assert found.status_code == 200, found.json
    return {tag["slug"]: tag["posts_count"] for tag in found.json["data"]}


def test_every_save_leaves_a_revision_that_can_be_read_and_compared(ada: Person) -> None:
    post = ada.draft("One", "first line\nsecond line\n")
    save(ada, post, body_markdown="first line\nsecond verse\n", title="Two")

    listed = ada.get(f"/posts/{post['id']}/revisions").json["data"]
    newest = ada.get(f"/posts/{post['id']}/revisions/2").json

    assert [entry["number"] for entry in listed] == [2, 1]
    assert listed[0]["editor"]["id"] == ada.user_id
    assert newest["content"]["title"] == "Two"
    assert "-second line" in newest["diff"]
    assert "+second verse" in newest["diff"]
    turned = ada.get(f"/posts/{post['id']}/revisions/1", query_string={"against": 2}).json["diff"]
    assert "+second line" in turned
    unknown = ada.get(f"/posts/{post['id']}/revisions/1", query_string={"against": 9})
    assert unknown.status_code == 404


def test_a_revision_becomes_the_newest_again(ada: Person) -> None:
    post = ada.draft("One", "the *first* words")
    save(ada, post, tags=["Later"], seo={"title": "Later"}, body_markdown="other", title="Two", slug="two")

    restored = ada.post(f"/posts/{post['id']}/revisions/1/restore")

    assert restored.status_code == 200
    assert (restored.json["title"], restored.json["body_markdown"]) == ("One", "the *first* words")
    assert restored.json["body_html"] == "<p>the <em>first</em> words</p>\n"
    assert (restored.json["tags"], restored.json["seo"]["title"]) == ([], None)
    assert (restored.json["slug"], restored.json["revision"]) == ("two", 3)


def test_old_revisions_go(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "post_revisions_kept", 3)
    post = ada.draft()
    for number in range(6):
        save(ada, post, title=f"Title {number}")

    listed = ada.get(f"/posts/{post['id']}/revisions").json["data"]

    assert [entry["number"] for entry in listed] == [7, 6, 5]
    assert ada.get(f"/posts/{post['id']}/revisions/1").status_code == 404


@pytest.mark.parametrize("number", ["99", "0", "x", "-1", "99999999999"])
def test_a_revision_that_is_not_there_is_not_found(number: str, ada: Person) -> None:
    assert ada.get(f"/posts/{ada.draft()['id']}/revisions/{number}").status_code == 404


def test_a_refused_save_says_what_changed_and_by_whom(ada: Person, colleague: Person) -> None:
    post = ada.draft("One")
    save(colleague, post, title="Two", tags=["News"])

    refused = ada.send("PATCH", f"/posts/{post['id']}", {"title": "Three"}, headers={"If-Match": '"1"'})

    assert (refused.status_code, refused.json["current_etag"]) == (412, '"2"')
    assert refused.json["changed_fields"] == ["title", "tags"]
    assert refused.json["changed_by"]["id"] == colleague.user_id
    assert ada.get(f"/posts/{post['id']}").json["title"] == "Two"


def test_tags_are_made_by_use_and_counted_by_what_can_be_found(ada: Person, anonymous: Person) -> None:
    body = {"title": "T", "tags": ["Python", " python ", "Web Video", "日本"]}

    post = ada.post("/posts", body).json

    assert [(tag["slug"], tag["name"]) for tag in post["tags"]] == [
        ("python", "Python"), ("web-video", "Web Video"), ("ri-ben", "日本"),
    ]  # fmt: skip
    assert tags_of(ada) == {"python": 0, "web-video": 0, "ri-ben": 0}
    assert tags_of(anonymous, ada.organization) == {}
    ada.post(f"/posts/{post['id']}/publish")
    assert tags_of(anonymous, ada.organization) == {"python": 1, "web-video": 1, "ri-ben": 1}
    save(ada, post, tags=["Python"])
    assert tags_of(ada) == {"python": 1, "web-video": 0, "ri-ben": 0}
    save(ada, post, visibility="organization")
    assert tags_of(ada)["python"] == 0
    save(ada, post, visibility="public")
    ada.send("DELETE", f"/posts/{post['id']}")
    assert tags_of(ada)["python"] == 0


def test_tags_of_one_name_are_each_organization_s_own(ada: Person, bob: Person) -> None:
    for person in (ada, bob, ada, bob):
        save(person, person.published(), tags=["News"])

    assert (tags_of(ada), tags_of(bob)) == ({"news": 2}, {"news": 2})


def test_a_merged_tag_counts_what_can_be_found_and_stays_at_home(ada: Person, bob: Person) -> None:
    for title in ("Draft", "Hidden", "Shown"):
        post = ada.draft(title) if title == "Draft" else ada.published(title)
        save(ada, post, tags=["Old"], visibility="unlisted" if title == "Hidden" else "public")
    save(ada, ada.draft(), tags=["New"])
    save(bob, bob.draft(), tags=["Theirs"])
    lists = [who.get("/tags", query_string={"organization": who.organization}).json["data"] for who in (ada, bob)]
    ids = {tag["slug"]: tag["id"] for tags in lists for tag in tags}

    away = ada.post(f"/tags/{ids['old']}/merge", {"into_id": ids["theirs"]})
    merged = ada.post(f"/tags/{ids['old']}/merge", {"into_id": ids["new"]})

    assert (away.status_code, away.json["errors"][0]["code"]) == (422, "no_such_tag")
    assert (merged.json["slug"], merged.json["posts_count"]) == ("new", 1)


def test_two_tags_become_one(ada: Person) -> None:
    both, one = (ada.post("/posts", {"title": "T", "tags": tags}).json for tags in (["JS", "JavaScript"], ["JS"]))
    for post in (both, one):
        ada.post(f"/posts/{post['id']}/publish")
    kept, merged = (next(tag["id"] for tag in both["tags"] if tag["slug"] == slug) for slug in ("javascript", "js"))

    answer = ada.post(f"/tags/{merged}/merge", {"into_id": kept})

    assert (answer.status_code, answer.json["posts_count"]) == (200, 2)
    assert tags_of(ada) == {"javascript": 2}
    assert [tag["slug"] for tag in ada.get(f"/posts/{one['id']}").json["tags"]] == ["javascript"]
    assert ada.post(f"/tags/{kept}/merge", {"into_id": kept}).status_code == 422
    assert ada.post(f"/tags/{kept}/merge", {"into_id": merged}).status_code == 422


def test_a_tag_is_renamed_and_removed(ada: Person) -> None:
    first, second = ada.post("/posts", {"title": "T", "tags": ["One", "Two"]}).json["tags"]

    renamed = ada.send("PATCH", f"/tags/{first['id']}", {"name": "Uno", "slug": "uno", "description": "First"})
    taken = ada.send("PATCH", f"/tags/{second['id']}", {"slug": "uno"})
    removed = ada.send("DELETE", f"/tags/{second['id']}")

    assert (renamed.json["name"], renamed.json["slug"], renamed.json["description"]) == ("Uno", "uno", "First")
    assert (taken.status_code, taken.json["code"]) == (409, "slug_taken")
    assert removed.status_code == 204
    assert tags_of(ada) == {"uno": 0}


def test_a_byline_names_members_in_order(ada: Person, colleague: Person, bob: Person) -> None:
    post = ada.draft()

    signed = save(ada, post, authors=[colleague.user_id, ada.user_id])
    refused = ada.send("PATCH", f"/posts/{post['id']}", {"authors": [ada.user_id, bob.user_id]})
    ada.post(f"/organizations/{ada.organization}/team/{colleague.user_id}/suspend")
    suspended = ada.send("PATCH", f"/posts/{post['id']}", {"authors": [colleague.user_id]})

    assert (suspended.status_code, suspended.json["errors"][0]["code"]) == (422, "no_member")
    assert [author["id"] for author in signed["authors"]] == [colleague.user_id, ada.user_id]
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/authors/1")
    assert len(ada.get(f"/posts/{post['id']}").json["authors"]) == 2
    slug = signed["authors"][0]["slug"]
    ada.post(f"/posts/{post['id']}/publish")
    ada.published("By Ada alone")
    listed = ada.get("/posts", query_string={"author": slug}).json["data"]
    assert [entry["id"] for entry in listed] == [post["id"]]


def test_search_fields_are_merged_and_open_graph_follows_from_them(ada: Person) -> None:
    created = ada.post("/posts", {"title": "Plain", "excerpt": "Words.", "seo": {"og_title": "For friends"}}).json
    post = save(ada, created, seo={"og_title": None, "canonical_url": "https://example.org/a", "noindex": True})

    graph = {entry["property"]: entry["content"] for entry in post["seo"]["open_graph"]}

    assert (post["seo"]["og_title"], post["seo"]["noindex"]) == (None, True)
    assert graph["og:title"] == graph["twitter:title"] == "Plain"
    assert graph["og:description"] == "Words."
    assert graph["og:url"] == "https://example.org/a"
    refused = ada.send("PATCH", f"/posts/{post['id']}", {"seo": {"canonical_url": "javascript:alert(1)"}})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/seo/canonical_url")


def test_markdown_has_tables_footnotes_tasks_and_code(ada: Person) -> None:
    body = "|a|\n|-|\n|1|\n\n- [x] done\n\n```py\nx = 1\n```\n\nSee[^1].\n\n[^1]: There.\n"

    html = ada.draft(body=body)["body_html"]

    for expected in (
        "<td>1</td>",
        '<input checked="checked" disabled="" type="checkbox">',
        '<code class="language-py">',
        '<a href="#fn1" id="fnref1"',
        '<li id="fn1" class="footnote-item">',
    ):
        assert expected in html


@pytest.mark.parametrize("hostile", ['<b id="player">x</b>', '<p class="admin">x</p>', '<a name="x">x</a>'])
def test_a_text_cannot_name_things_on_the_page_that_shows_it(hostile: str, ada: Person) -> None:
    html = ada.draft(body=hostile)["body_html"]

    assert not {"id=", "class=", "name="} & {part for part in ("id=", "class=", "name=") if part in html}

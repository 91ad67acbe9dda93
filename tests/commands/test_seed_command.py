"""`flask seed`: sample content that behaves as if people had made it."""

import re
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import Connection, Engine, Select, delete, func, select

from app.database import Base, Record, db, transaction
from app.models import (
    Comment,
    CommentState,
    Event,
    EventCounter,
    Job,
    Like,
    Post,
    PostTag,
    Publication,
    Tag,
    User,
    Visibility,
)
from app.services import seed_posts
from app.services.markdown import render
from app.utils.text import excerpt_of
from config import settings
from tests.support.http import ApiClient

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.both_databases]
PASSWORD = "mossy lantern 42 orbit"


def seed(app: Flask, *arguments: str) -> Result:
    plan = ("--posts", "60", "--users", "8", "--until", "2026-01-31", "--password", PASSWORD)
    return app.test_cli_runner().invoke(args=["seed", *plan, *arguments])


def pairs(query: Select[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in db.session.execute(query)}  # noqa: C416 - rows are no pairs for mypy


@pytest.fixture
def address(app: Flask) -> str:
    result = seed(app)
    assert result.exit_code == 0, result.output
    found = re.search(r"Sign in as (\S+) with the password", result.stdout)
    assert found, result.stdout
    return found[1]


def test_the_printed_account_signs_in_and_edits_its_organization(client: ApiClient, address: str) -> None:
    signed_in: Any = client.post("/api/v1/auth/signin", json={"email": address, "password": PASSWORD}).json
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}

    assert signed_in["organization"]["role"] == "owner"
    own: Any = client.get(f"/api/v1/posts?organization={signed_in['organization']['slug']}&limit=100", headers=headers)
    assert len({post["publication"] for post in own.json["data"]}) > 1  # not only what everybody may read
    post = own.json["data"][0]
    saved: Any = client.patch(f"/api/v1/posts/{post['id']}", json={"title": "Changed"}, headers=headers)
    assert saved.json["revision"] == post["revision"] + 1


def test_lists_and_search_find_what_is_public(client: ApiClient, address: str) -> None:
    del address
    listed: Any = client.get("/api/v1/posts?limit=100&count=true").json
    public = select(func.count()).where(Post.publication == Publication.PUBLISHED, Post.visibility == Visibility.PUBLIC)

    assert listed["page"]["total"] == len(listed["data"]) == db.session.scalar(public)
    assert len(listed["data"]) > 30
    word = max(re.findall(r"[a-z]+", listed["data"][0]["excerpt"]), key=len)
    found: Any = client.get(f"/api/v1/posts?limit=100&q={word}").json
    assert listed["data"][0]["id"] in {post["id"] for post in found["data"]}
    assert all(re.search(f"<mark>{word}", post["snippet"], re.IGNORECASE) for post in found["data"])


def test_every_counter_says_what_is_there(address: str) -> None:
    del address
    is_public = (Post.publication == Publication.PUBLISHED, Post.visibility == Visibility.PUBLIC)
    is_visible = Comment.state == CommentState.VISIBLE
    tagged = select(PostTag.tag_id, func.count()).join(Post, Post.id == PostTag.post_id).where(*is_public)
    by_tag = pairs(tagged.group_by(PostTag.tag_id))
    likes = pairs(select(Like.post_id, func.count()).group_by(Like.post_id))
    comments = pairs(select(Comment.post_id, func.count()).where(is_visible).group_by(Comment.post_id))
    replies = pairs(select(Comment.parent_id, func.count()).where(is_visible).group_by(Comment.parent_id))
    posts = db.session.scalars(select(Post)).all()

    assert sum(by_tag.values()) > 30
    for tag in db.session.scalars(select(Tag)):
        assert tag.posts_count == by_tag.get(tag.id, 0)
    assert {post.id: (post.likes_count, post.comments_count) for post in posts} == {
        post.id: (likes.get(post.id, 0), comments.get(post.id, 0)) for post in posts
    }
    for comment in db.session.scalars(select(Comment)):
        assert comment.replies_count == replies.get(comment.id, 0)
    for scope_id, seq in db.session.execute(select(EventCounter.scope_id, EventCounter.seq)):
        published = [post for post in posts if post.organization_id == scope_id and post.published_at]
        assert seq == sum(post.publication is Publication.PUBLISHED for post in published)
        numbers = db.session.scalars(select(Event.seq).where(Event.scope_id == scope_id).order_by(Event.seq)).all()
        assert list(numbers) == list(range(seq - len(numbers) + 1, seq + 1))


def test_html_and_excerpts_are_those_of_the_renderer(address: str) -> None:
    del address
    for post in db.session.scalars(select(Post)):
        assert post.body_html == render(post.body_markdown).html
        assert post.excerpt == excerpt_of(post.body_markdown)


def test_scheduled_posts_wait_for_their_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch, database: Connection | Engine
) -> None:
    del database
    monkeypatch.setattr(seed_posts, "_PUBLICATIONS", {Publication.SCHEDULED: 1, Publication.PUBLISHED: 1})
    assert seed(app).exit_code == 0
    waiting = select(Post.id, Post.publish_at).where(Post.publication == Publication.SCHEDULED)
    expected = {f"post:{post_id}": publish_at for post_id, publish_at in db.session.execute(waiting)}

    assert len(expected) > 10
    assert pairs(select(Job.subject, Job.run_at)) == expected


def test_the_same_seed_gives_the_same_rows_and_another_one_does_not(app: Flask) -> None:
    def rows_of(number: int) -> dict[str, list[Record]]:
        with transaction():
            for table in reversed(Base.metadata.sorted_tables):
                db.session.execute(delete(table))
        assert seed(app, "--seed", str(number)).exit_code == 0
        columns = {
            table.name: [column for column in table.c if column.name != "password_hash"]
            for table in Base.metadata.sorted_tables
            if table.name not in {"jobs", "audit_entries"}
        }
        return {name: sorted(db.session.execute(select(*named)).all(), key=repr) for name, named in columns.items()}

    first = rows_of(7)

    assert len(first["posts"]) == 60
    assert rows_of(7) == first
    assert rows_of(8)["posts"] != first["posts"]


def test_what_is_in_use_is_refused(app: Flask, address: str) -> None:
    del address
    again = seed(app, "--seed", "2")

    assert again.exit_code == 1
    assert "in use" in again.stderr
    assert db.session.scalar(select(func.count()).select_from(User)) == 8


def test_production_asks_for_more_than_the_command(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(settings), "is_production", True)

    refused = seed(app)

    assert refused.exit_code == 1
    assert "--yes" in refused.stderr
    assert db.session.scalar(select(func.count()).select_from(User)) == 0

"""Posts."""

from typing import Any

from app.database import db
from app.models import (
    Organization,
    Post,
    PostAuthor,
    PostRevision,
    PostSlug,
    PostTag,
    Publication,
    Tag,
    User,
    Visibility,
)
from app.services.markdown import RENDERER_VERSION
from app.utils.times import now
from tests.factories.accounts import make_organization, make_user
from tests.factories.rows import flushed, unique


def make_post(organization: Organization | None = None, author: User | None = None, **columns: Any) -> Post:
    """A public post; a draft unless `publication` says else. `published_at` follows from that."""
    columns.setdefault("title", "A post")
    columns.setdefault("slug", unique("a-post"))
    columns.setdefault("excerpt", "Some words.")
    columns.setdefault("body_markdown", "Some words.")
    columns.setdefault("body_html", "<p>Some words.</p>\n")
    columns.setdefault("renderer_version", RENDERER_VERSION)
    columns.setdefault("reading_time_s", 1)
    columns.setdefault("visibility", Visibility.PUBLIC)
    if columns.get("publication") is Publication.PUBLISHED:
        columns.setdefault("published_at", now())
    columns.setdefault("seo", {})
    columns.setdefault("video_ids", [])
    post = flushed(Post(organization=organization or make_organization(), **columns))
    make_post_revision(post)
    if author is not None:
        make_post_author(post, author)
    return post


def make_tag(organization: Organization | None = None, **columns: Any) -> Tag:
    """A tag that no post has."""
    columns.setdefault("name", "A tag")
    columns.setdefault("slug", unique("a-tag"))
    return flushed(Tag(organization=organization or make_organization(), **columns))


def make_post_revision(post: Post | None = None, **columns: Any) -> PostRevision:
    """A kept revision of a post: its first, which comes with it, or the second of a new one."""
    if post is None:
        post = make_post()
        columns.setdefault("number", 2)
    content = {"title": post.title, "body_markdown": post.body_markdown, "excerpt": post.excerpt, "slug": post.slug}
    columns.setdefault("content", {**content, "visibility": post.visibility, "seo": {}, "tags": [], "authors": []})
    columns.setdefault("number", 1)
    return flushed(PostRevision(post_id=post.id, **columns))


def make_post_author(post: Post | None = None, user: User | None = None, **columns: Any) -> PostAuthor:
    """Somebody in a post's byline."""
    columns.setdefault("position", 0)
    return flushed(PostAuthor(post_id=(post or make_post()).id, user_id=(user or make_user()).id, **columns))


def make_post_tag(post: Post | None = None, tag: Tag | None = None, **columns: Any) -> PostTag:
    """A tag of a post."""
    post = post or make_post()
    tag = tag or make_tag(organization=db.session.get_one(Organization, post.organization_id))
    columns.setdefault("position", 0)
    return flushed(PostTag(post_id=post.id, tag_id=tag.id, **columns))


def make_post_slug(post: Post | None = None, **columns: Any) -> PostSlug:
    """A slug that a post had before."""
    post = post or make_post()
    columns.setdefault("slug", unique("a-former-post"))
    return flushed(PostSlug(post_id=post.id, organization_id=post.organization_id, **columns))

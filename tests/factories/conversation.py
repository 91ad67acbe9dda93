"""Comments and likes of posts."""

from typing import Any

from app.models import Comment, CommentState, Like, Organization, Publication, User
from tests.factories.accounts import make_organization, make_user
from tests.factories.posts import make_post
from tests.factories.rows import flushed


def make_comment(organization: Organization | None = None, author: User | None = None, **columns: Any) -> Comment:
    """A visible comment on a published post of the organization."""
    if "post_id" not in columns and "video_id" not in columns:
        post = make_post(organization or make_organization(), publication=Publication.PUBLISHED)
        columns |= {"post_id": post.id, "organization_id": post.organization_id}
    columns.setdefault("state", CommentState.VISIBLE)
    columns.setdefault("body", "Well said.")
    return flushed(Comment(author_id=(author or make_user()).id, **columns))


def make_like(user: User | None = None, **columns: Any) -> Like:
    """Somebody's like of a published post."""
    if "post_id" not in columns and "video_id" not in columns:
        columns["post_id"] = make_post(publication=Publication.PUBLISHED).id
    return flushed(Like(user_id=(user or make_user()).id, **columns))

"""Comments and likes: what goes in and out. A comment's body is plain text: whoever shows it escapes it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.database import Record
from app.schemas.fields import Id, Input, ListQuery, Output, PageOut, PersonOut, Time, people
from app.services.like_service import Liking
from app.utils.times import rfc3339

Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
StateName = Literal["visible", "pending", "hidden", "deleted"]


class CommentCreate(Input):
    """What somebody says; with `parent_id` as a reply."""

    body: Body
    parent_id: UUID | None = None


class CommentChange(Input):
    """A JSON merge patch."""

    body: Body


class CommentListQuery(ListQuery):
    """Without `parent_id` the comments, newest first; with it the replies to one, oldest first."""

    parent_id: UUID | None = None


class ModerationQuery(ListQuery):
    """Which comments of the acting organization."""

    state: Literal["visible", "pending", "hidden"] = "pending"


class ReplyOut(Output):
    """A reply, or a comment as it stands alone. A deleted one is empty and nobody's."""

    id: Id
    parent_id: Id | None
    post_id: Id | None
    video_id: Id | None
    author: PersonOut | None
    body: str
    state: StateName
    replies_count: int
    edited_at: Time | None
    created_at: Time


class CommentOut(ReplyOut):
    """A comment with its first replies."""

    replies: Annotated[list[ReplyOut], Field(max_length=3)]


class CommentList(Output):
    """A page of comments."""

    data: list[CommentOut]
    page: PageOut


class ModerationList(Output):
    """A page of comments without their threads."""

    data: list[ReplyOut]
    page: PageOut


class LikeOut(Output):
    """Whether you like it, and how many people do."""

    liked: bool
    likes_count: Annotated[int, Field(ge=0)]


def render(row: Record) -> dict[str, object]:
    """A comment as it stands alone."""
    authors = people(row)
    return {
        "id": str(row.id),
        "parent_id": str(row.parent_id) if row.parent_id else None,
        "post_id": str(row.post_id) if row.post_id else None,
        "video_id": str(row.video_id) if row.video_id else None,
        "author": authors[0] if authors else None,
        "body": row.body,
        "state": row.state,
        "replies_count": row.replies_count,
        "edited_at": rfc3339(row.edited_at),
        "created_at": rfc3339(row.created_at),
    }


def render_thread(row: Record, replies: list[Record]) -> dict[str, object]:
    """A comment with its first replies."""
    return render(row) | {"replies": [render(reply) for reply in replies]}


def render_liking(liking: Liking) -> dict[str, object]:
    """A like."""
    return {"liked": liking.is_liked, "likes_count": liking.likes_count}

"""What readers say about posts and videos: comments two deep, and likes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Identified, Timestamped, choice_of, foreign_id
from app.utils.times import now

_ONE_SUBJECT = "(post_id IS NULL) <> (video_id IS NULL)"


class CommentState(StrEnum):
    """Who sees a comment: everybody, or its author and the moderators. A deleted one holds its replies together."""

    VISIBLE = "visible"
    PENDING = "pending"
    HIDDEN = "hidden"
    DELETED = "deleted"


class Comment(Timestamped, Base):
    """A comment, or a reply to one: replies have no replies."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        Index("ix_comments_post", "post_id", "parent_id", "created_at", "id"),
        Index("ix_comments_video", "video_id", "parent_id", "created_at", "id"),
        Index("ix_comments_parent", "parent_id", "created_at", "id"),
        Index("ix_comments_organization", "organization_id", "state", "created_at", "id"),
        Index(None, "author_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    post_id: Mapped[UUID | None] = mapped_column(foreign_id("posts.id"))
    video_id: Mapped[UUID | None] = mapped_column(foreign_id("videos.id"))
    parent_id: Mapped[UUID | None] = mapped_column(foreign_id("comments.id"))
    author_id: Mapped[UUID | None] = mapped_column(foreign_id("users.id", cascade=False))
    state: Mapped[CommentState] = mapped_column(choice_of(CommentState))
    body: Mapped[str] = mapped_column(String(5000))
    replies_count: Mapped[int] = mapped_column(default=0)
    edited_at: Mapped[datetime | None]


class Like(Identified, Base):
    """One person's liking of one thing."""

    __tablename__ = "likes"
    __table_args__ = (
        CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        UniqueConstraint("user_id", "post_id"),
        UniqueConstraint("user_id", "video_id"),
        Index(None, "post_id"),
        Index(None, "video_id"),
    )

    user_id: Mapped[UUID] = mapped_column(foreign_id("users.id"))
    post_id: Mapped[UUID | None] = mapped_column(foreign_id("posts.id"))
    video_id: Mapped[UUID | None] = mapped_column(foreign_id("videos.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)

"""An organization, the tenant that owns content; its slugs, and the memberships of its team."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.dialect import JSONDocument
from app.models.columns import Timestamped, choice_of, foreign_id
from app.models.user import User
from app.permissions import Role


class CommentPolicy(StrEnum):
    """Whether readers' comments show at once, after a moderator saw them, or not at all."""

    OPEN = "open"
    MODERATED = "moderated"
    CLOSED = "closed"


class Organization(Timestamped, Base):
    """The tenant: every post, video, job and event belongs to one.

    From `deleted_at` on nobody sees it or its content any more; a job removes the rest. `video_rungs` names those of
    the ladder that its videos get (None: all), `keep_original` whether the uploaded file stays once they are made.
    """

    __tablename__ = "organizations"
    __table_args__ = (
        Index(
            "ix_organizations_deleted_at",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
            sqlite_where=text("deleted_at IS NOT NULL"),
        ),
    )

    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    comments: Mapped[CommentPolicy] = mapped_column(choice_of(CommentPolicy), default=CommentPolicy.OPEN)
    description: Mapped[str | None] = mapped_column(String(1000))
    video_rungs: Mapped[list[str] | None] = mapped_column(JSONDocument)
    keep_original: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None]


class OrganizationSlug(Base):
    """A slug that an organization has or had: one key, so that nobody takes over another's old addresses."""

    __tablename__ = "organization_slugs"

    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"), index=True)


class Membership(Timestamped, Base):
    """A user's one role in an organization. A suspended one grants nothing."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("user_id", "organization_id"),
        Index(None, "organization_id"),
    )

    user_id: Mapped[UUID] = mapped_column(foreign_id("users.id"))
    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    role: Mapped[Role] = mapped_column(choice_of(Role))
    suspended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
    organization: Mapped[Organization] = relationship(lazy="raise")

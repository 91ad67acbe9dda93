"""A post: Markdown in, sanitised HTML kept beside it."""

from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.models.columns import Timestamped, foreign_id
from app.models.organization import Organization
from app.models.publication import Publishable
from app.models.user import User


class Post(Publishable, Timestamped, Base):
    """`revision` counts saves; `renderer_version` says which renderer made `body_html`."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("organization_id", "slug"),
        # The public list, the public list of one organization, and the team's own list, newest first.
        Index("ix_posts_public", "publication", "visibility", "published_at", "id"),
        Index("ix_posts_organization_published", "organization_id", "publication", "published_at", "id"),
        Index("ix_posts_organization_created", "organization_id", "created_at", "id"),
        Index("ix_posts_author", "author_id", "published_at"),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    author_id: Mapped[UUID | None] = mapped_column(foreign_id("users.id", cascade=False))
    slug: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(300))
    excerpt: Mapped[str] = mapped_column(String(600))
    body_markdown: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    renderer_version: Mapped[int]
    reading_time_s: Mapped[int]
    likes_count: Mapped[int] = mapped_column(default=0)
    comments_count: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)

    organization: Mapped[Organization] = relationship(lazy="raise")
    author: Mapped[User | None] = relationship(lazy="raise")

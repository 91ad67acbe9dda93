"""A post: Markdown in, sanitised HTML kept beside it; its authors, tags, former slugs and revisions."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.dialect import JSONDocument
from app.models.columns import Identified, Timestamped, foreign_id
from app.models.organization import Organization
from app.models.publication import Publishable
from app.models.user import User
from app.utils.times import now

SEO_FIELDS: Final = (
    *("title", "description", "canonical_url", "noindex"),
    *("og_title", "og_description", "og_image_url", "twitter_title", "twitter_description", "twitter_image_url"),
)
"""What a post can say to search engines and social networks, by its API name."""


class Post(Publishable, Timestamped, Base):
    """`revision` counts saves; `renderer_version` says which renderer made `body_html`.

    `seo`: what its author says to search engines and social networks. `video_ids`: the videos that its text embeds.
    """

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("organization_id", "slug"),
        # The public list, the public list of one organization, and the team's own list, newest first.
        Index("ix_posts_public", "publication", "visibility", "published_at", "id"),
        Index("ix_posts_organization_published", "organization_id", "publication", "published_at", "id"),
        Index("ix_posts_organization_created", "organization_id", "created_at", "id"),
        Index("ix_posts_organization_updated", "organization_id", "updated_at", "id"),
        Index("ix_posts_organization_title", "organization_id", "title", "id"),
        Index("ix_posts_renderer", "renderer_version"),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    slug: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(300))
    excerpt: Mapped[str] = mapped_column(String(600))
    body_markdown: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    renderer_version: Mapped[int]
    reading_time_s: Mapped[int]
    seo: Mapped[dict[str, Any]] = mapped_column(JSONDocument, default=dict)
    video_ids: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    # Neither cascades nor empties: an image stays as long as a post shows it.
    cover_image_id: Mapped[UUID | None] = mapped_column(ForeignKey("images.id", ondelete="NO ACTION"), index=True)
    likes_count: Mapped[int] = mapped_column(default=0)
    comments_count: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)

    organization: Mapped[Organization] = relationship(lazy="raise")


class PostAuthor(Base):
    """Who wrote a post, in the order of the byline."""

    __tablename__ = "post_authors"
    __table_args__ = (Index("ix_post_authors_user", "user_id", "post_id"),)

    post_id: Mapped[UUID] = mapped_column(foreign_id("posts.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(foreign_id("users.id"), primary_key=True)
    position: Mapped[int]

    user: Mapped[User] = relationship(lazy="raise")


class PostTag(Base):
    """A tag of a post, in the author's order; the first is the main one."""

    __tablename__ = "post_tags"
    __table_args__ = (Index("ix_post_tags_tag", "tag_id", "post_id"),)

    post_id: Mapped[UUID] = mapped_column(foreign_id("posts.id"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(foreign_id("tags.id"), primary_key=True)
    position: Mapped[int]


class PostSlug(Base):
    """A slug that a post had before: its readers are sent on."""

    __tablename__ = "post_slugs"
    __table_args__ = (Index(None, "post_id"),)

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    post_id: Mapped[UUID] = mapped_column(foreign_id("posts.id"))


class PostRevision(Identified, Base):
    """What a save left: `content` holds every field that an editor can change, by its API name."""

    __tablename__ = "post_revisions"
    __table_args__ = (
        UniqueConstraint("post_id", "number"),
        Index("ix_post_revisions_newest", "post_id", "created_at", "id"),
        Index(None, "editor_id"),
    )

    post_id: Mapped[UUID] = mapped_column(foreign_id("posts.id"))
    number: Mapped[int]
    editor_id: Mapped[UUID | None] = mapped_column(foreign_id("users.id", cascade=False))
    content: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    created_at: Mapped[datetime] = mapped_column(default=now)

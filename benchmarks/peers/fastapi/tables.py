"""The tables that the operations touch, as SQLAlchemy models; migrations are Marquee's."""

import os
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

_URL = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://")  # noqa: TID251 - a program of its own
engine = create_async_engine(_URL, pool_size=10, max_overflow=0)
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB, list[str]: JSONB}  # noqa: RUF012 - as SQLAlchemy documents it


class Organization(Base):
    __tablename__ = "organizations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    deleted_at: Mapped[datetime | None]


class User(Base):
    __tablename__ = "users"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    avatar_url: Mapped[str | None]
    disabled_at: Mapped[datetime | None]


class Membership(Base):
    __tablename__ = "memberships"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    role: Mapped[str]
    suspended_at: Mapped[datetime | None]


class Session(Base):
    __tablename__ = "sessions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    slug: Mapped[str]
    title: Mapped[str]
    excerpt: Mapped[str]
    body_markdown: Mapped[str]
    body_html: Mapped[str]
    renderer_version: Mapped[int]
    reading_time_s: Mapped[int]
    seo: Mapped[dict[str, Any]]
    video_ids: Mapped[list[str]]
    likes_count: Mapped[int]
    comments_count: Mapped[int]
    revision: Mapped[int]
    publication: Mapped[str]
    visibility: Mapped[str]
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    organization: Mapped[Organization] = relationship()
    bylines: Mapped[list["PostAuthor"]] = relationship(order_by="PostAuthor.position")
    tagged: Mapped[list["PostTag"]] = relationship(order_by="PostTag.position")


class PostAuthor(Base):
    __tablename__ = "post_authors"
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    position: Mapped[int]
    user: Mapped[User] = relationship()


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]


class PostTag(Base):
    __tablename__ = "post_tags"
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id"), primary_key=True)
    position: Mapped[int]
    tag: Mapped[Tag] = relationship()


class PostRevision(Base):
    __tablename__ = "post_revisions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    post_id: Mapped[UUID]
    number: Mapped[int]
    editor_id: Mapped[UUID | None]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class EventCounter(Base):
    __tablename__ = "event_counters"
    scope_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]


class Event(Base):
    __tablename__ = "events"
    scope_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    type: Mapped[str]
    subject: Mapped[str]
    data: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]

"""An image: what was sent, made anew in the sizes that pages need; and the posts whose text shows it."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.dialect import JSONDocument
from app.models.columns import Timestamped, choice_of, foreign_id
from app.models.organization import Organization
from app.models.user import User


class ImageState(StrEnum):
    """How far the worker is with an image."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Image(Timestamped, Base):
    """An uploaded picture. `token` is its public address, 128 random bits; `ending` what its file is written as.

    `width` and `height` are as it is shown, `widths` those of the narrower files. `size_bytes` counts against the
    quota: what was sent, and once it is ready what was made of it.
    """

    __tablename__ = "images"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="size"),
        Index("ix_images_organization_created", "organization_id", "created_at", "id"),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    author_id: Mapped[UUID | None] = mapped_column(foreign_id("users.id", cascade=False), index=True)
    job_id: Mapped[UUID | None] = mapped_column(foreign_id("jobs.id", cascade=False), index=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[ImageState] = mapped_column(choice_of(ImageState), default=ImageState.PROCESSING)
    ending: Mapped[str] = mapped_column(String(8))
    filename: Mapped[str | None] = mapped_column(String(300))
    alt: Mapped[str] = mapped_column(String(1000), default="")
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]
    widths: Mapped[list[int]] = mapped_column(JSONDocument, default=list)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    organization: Mapped[Organization] = relationship(lazy="raise")
    author: Mapped[User | None] = relationship(lazy="raise")


class PostImage(Base):
    """An image that a post's text shows."""

    __tablename__ = "post_images"
    __table_args__ = (Index("ix_post_images_image", "image_id", "post_id"),)

    post_id: Mapped[UUID] = mapped_column(foreign_id("posts.id"), primary_key=True)
    image_id: Mapped[UUID] = mapped_column(foreign_id("images.id"), primary_key=True)

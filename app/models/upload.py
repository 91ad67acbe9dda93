"""A resumable upload: what is known of bytes that are still arriving."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.models.columns import Timestamped, choice_of, foreign_id
from app.models.organization import Organization
from app.models.user import User


class UploadState(StrEnum):
    """How far an upload is."""

    CREATED = "created"
    RECEIVING = "receiving"
    RECEIVED = "received"
    CONSUMED = "consumed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNFINISHED_UPLOADS: Final = (UploadState.CREATED, UploadState.RECEIVING, UploadState.RECEIVED)


class Upload(Timestamped, Base):
    """One tus upload. The file itself says how many bytes there are; `video_id` names what it becomes.

    `size_bytes` is empty while its length is deferred. `video_id` is no foreign key: the video comes last.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        Index("ix_uploads_author", "author_id", "organization_id", "created_at", "id"),
        Index("ix_uploads_expiry", "state", "expires_at"),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(foreign_id("users.id"))
    video_id: Mapped[UUID] = mapped_column(unique=True)
    state: Mapped[UploadState] = mapped_column(choice_of(UploadState), default=UploadState.CREATED)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    metadata_header: Mapped[str] = mapped_column(String(4096), default="")
    filename: Mapped[str | None] = mapped_column(String(300))
    title: Mapped[str | None] = mapped_column(String(300))
    expires_at: Mapped[datetime]

    organization: Mapped[Organization] = relationship(lazy="raise")
    author: Mapped[User] = relationship(lazy="raise")

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED_UPLOADS

"""What an organization uses and may use, and what uploads under way have reserved."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import foreign_id


class QuotaUsage(Base):
    """One row an organization, changed by single UPDATEs so that no request counts. A limit of None: the default."""

    __tablename__ = "quota_usages"
    __table_args__ = (
        CheckConstraint("stored_bytes >= 0", name="stored_bytes"),
        CheckConstraint("reserved_bytes >= 0", name="reserved_bytes"),
        CheckConstraint("open_uploads >= 0", name="open_uploads"),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"), primary_key=True)
    stored_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    open_uploads: Mapped[int] = mapped_column(default=0)
    video_s: Mapped[float] = mapped_column(default=0.0)
    limit_bytes: Mapped[int | None] = mapped_column(BigInteger)
    limit_video_minutes: Mapped[int | None]
    limit_uploads: Mapped[int | None]


class QuotaReservation(Base):
    """Room held for an upload under way, by the id that its video will have."""

    __tablename__ = "quota_reservations"

    upload_id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime] = mapped_column(index=True)

"""A viewing: what tells one viewer's sitting before a film from the next, for as long as that matters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Identified, foreign_id
from app.utils.times import now


class Viewing(Identified, Base):
    """`viewer` is a keyed hash that names nobody; `played_s` grows with the heartbeats until the view is counted."""

    __tablename__ = "viewings"
    __table_args__ = (UniqueConstraint("video_id", "viewer"),)

    video_id: Mapped[UUID] = mapped_column(foreign_id("videos.id"))
    viewer: Mapped[str] = mapped_column(String(32))
    played_s: Mapped[float] = mapped_column(default=0.0)
    seen_at: Mapped[datetime] = mapped_column(default=now, index=True)
    counted_at: Mapped[datetime | None]

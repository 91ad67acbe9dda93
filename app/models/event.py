"""What happened, numbered without a gap per scope (an organization, or a user's own)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import foreign_id
from app.utils.ids import new_id


class EventCounter(Base):
    """The last sequence number given in a scope; doubles as a cache version."""

    __tablename__ = "event_counters"

    scope_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)


class Event(Base):
    """One happening, written in the transaction of its cause."""

    __tablename__ = "events"

    scope_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    organization_id: Mapped[UUID | None] = mapped_column(foreign_id("organizations.id"), index=True)
    type: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    data: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime] = mapped_column(index=True)

"""One line of the audit log: who did what, when and from where."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Identified, foreign_id
from app.utils.times import now


class AuditEntry(Identified, Base):
    """Append-only: the database refuses every UPDATE.

    `actor_id` and `subject` refer by value, so that a line outlives the account that it speaks of.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_organization", "organization_id", "occurred_at", "id"),
        Index("ix_audit_entries_actor", "actor_id", "occurred_at"),
    )

    organization_id: Mapped[UUID | None] = mapped_column(foreign_id("organizations.id"))
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    request_id: Mapped[str | None] = mapped_column(String(100))
    occurred_at: Mapped[datetime] = mapped_column(default=now, index=True)

"""A key with which a program acts in one organization."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Timestamped, foreign_id


class ApiKey(Timestamped, Base):
    """Of the key only the SHA-256 is kept. It goes with its maker's membership; `scopes` are words and spaces."""

    __tablename__ = "api_keys"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "organization_id"], ["memberships.user_id", "memberships.organization_id"], ondelete="CASCADE"
        ),
        Index("ix_api_keys_membership", "user_id", "organization_id"),
        Index("ix_api_keys_organization", "organization_id", "created_at", "id"),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    user_id: Mapped[UUID] = mapped_column(foreign_id("users.id"))
    name: Mapped[str] = mapped_column(String(120))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    def __repr__(self) -> str:
        return f"<ApiKey {self.id}>"

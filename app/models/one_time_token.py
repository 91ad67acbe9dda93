"""What decides whether a derived token still counts."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Identified, choice_of, foreign_id
from app.utils.times import now


class Purpose(StrEnum):
    """What a token is good for; it is part of what is signed."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a purpose


class OneTimeToken(Identified, Base):
    """The token itself is derived from the id. Without a user it belongs to an address that has no account."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (Index(None, "user_id", "purpose"),)

    purpose: Mapped[Purpose] = mapped_column(choice_of(Purpose))
    user_id: Mapped[UUID | None] = mapped_column(foreign_id("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    def __repr__(self) -> str:
        return f"<OneTimeToken {self.purpose}>"

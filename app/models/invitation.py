"""An invitation to an organization's team."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Timestamped, choice_of, foreign_id
from app.permissions import Role


class Invitation(Timestamped, Base):
    """Open as long as the row is there and `expires_at` lies ahead; accepting removes it.

    Its token is derived from the id, so that nothing usable is stored; inviting again makes a new id.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        UniqueConstraint("organization_id", "email"),
        Index("ix_invitations_organization", "organization_id", "created_at", "id"),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[Role] = mapped_column(choice_of(Role))
    invited_by_id: Mapped[UUID | None] = mapped_column(foreign_id("users.id", cascade=False), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)

    def __repr__(self) -> str:
        return f"<Invitation {self.id}>"

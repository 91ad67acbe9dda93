"""A signed-in session and its family of refresh tokens, of which only hashes are kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Timestamped, foreign_id


class Session(Timestamped, Base):
    """One device's sign-in. Revoking it ends its access tokens at once."""

    __tablename__ = "sessions"

    user_id: Mapped[UUID] = mapped_column(foreign_id("users.id"), index=True)
    organization_id: Mapped[UUID | None] = mapped_column(foreign_id("organizations.id", cascade=False), index=True)
    successor_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    address: Mapped[str | None] = mapped_column(String(64))
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]

    def __repr__(self) -> str:
        return f"<Session {self.id}>"


class RefreshToken(Base):
    """One token of a session's chain, by its SHA-256; `rotated_at` is empty for the newest only."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(foreign_id("sessions.id"), index=True)
    rotated_at: Mapped[datetime | None]

    def __repr__(self) -> str:
        return f"<RefreshToken of {self.session_id}>"

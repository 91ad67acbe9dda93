"""A user: an account."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Timestamped


class User(Timestamped, Base):
    """An account; `email` is stored in its lower-case form, which is what makes it unique."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    bio: Mapped[str | None] = mapped_column(String(1000))
    avatar_url: Mapped[str | None] = mapped_column(String(2000))
    email_verified_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]

    def __repr__(self) -> str:
        return f"<User {self.id}>"

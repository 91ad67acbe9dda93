"""A tag: a word by which an organization sorts its posts."""

from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.models.columns import Timestamped, foreign_id
from app.models.organization import Organization


class Tag(Timestamped, Base):
    """`posts_count` counts the posts that anybody may find by it; it moves in the transactions that move posts."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("organization_id", "slug"),)

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    slug: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(500), default="")
    posts_count: Mapped[int] = mapped_column(default=0)

    organization: Mapped[Organization] = relationship(lazy="raise")

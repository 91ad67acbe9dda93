"""The stored answer to a request that carried an Idempotency-Key."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.models.columns import Identified
from app.utils.times import now


class IdempotencyKey(Identified, Base):
    """`scope` is principal, organization, method, path and key, hashed; unique, so one request wins."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(64), unique=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)

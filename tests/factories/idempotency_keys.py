"""Stored answers."""

from datetime import timedelta
from typing import Any

from app.models import IdempotencyKey
from app.utils.times import now
from tests.factories.rows import flushed, unique


def make_idempotency_key(**columns: Any) -> IdempotencyKey:
    """A request that has not been answered yet."""
    columns.setdefault("scope", unique("scope"))
    columns.setdefault("request_hash", "0" * 64)
    columns.setdefault("expires_at", now() + timedelta(days=1))
    return flushed(IdempotencyKey(**columns))

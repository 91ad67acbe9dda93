"""Remembers the answer to a request by its Idempotency-Key, in the same transaction as the effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from app import dialect
from app.database import db, transaction
from app.errors import Conflict, Invalid
from app.models import IdempotencyKey
from app.utils.ids import new_id
from app.utils.times import now

KEPT_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A 2xx answer as it went out."""

    status: int
    headers: dict[str, Any]
    body: bytes


@dataclass(slots=True)
class Once:
    """One use of a key: `stored` is the earlier answer; None for the first request, which calls `store`."""

    row_id: object
    stored: StoredAnswer | None = None

    def store(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Keeps the answer; it becomes durable with the effect."""
        row = db.session.get_one(IdempotencyKey, self.row_id)
        row.status, row.headers, row.body = status, headers, body


@contextmanager
def once(scope: str, request_hash: str) -> Iterator[Once]:
    """Opens the outer transaction whose first statement is the key's row: its unique constraint decides.

    A second request waits on that row for the first to end (PostgreSQL: at most the lock time-out of 5 s).
    Raises `Invalid` for the same key with another body, `Conflict` when the first is not done in time.
    """
    try:
        with transaction():
            yield _begin(scope, request_hash)
    except OperationalError as error:
        if not dialect.is_lock_timeout(error):
            raise
        raise Conflict(
            "A request with this Idempotency-Key is still running; try again.",
            code="idempotency_in_flight",
            headers={"Retry-After": "1"},
        ) from None


def _begin(scope: str, request_hash: str) -> Once:
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.expires_at < now()))
    row_id = new_id()
    values = {
        "id": row_id,
        "scope": scope,
        "request_hash": request_hash,
        "created_at": now(),
        "expires_at": now() + KEPT_FOR,
    }
    insert = dialect.insert_or_skip(db.session.connection(), IdempotencyKey, ["scope"])
    inserted = db.session.scalar(insert.values(values).returning(IdempotencyKey.id))
    if inserted is not None:
        return Once(row_id)
    row = db.session.scalars(select(IdempotencyKey).where(IdempotencyKey.scope == scope)).one()
    if row.request_hash != request_hash:
        raise Invalid("This Idempotency-Key was used with another body.", code="idempotency_key_reused")
    return Once(row.id, StoredAnswer(row.status or 500, row.headers or {}, row.body or b""))

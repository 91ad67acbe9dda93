"""Remembers the answer to a request by its Idempotency-Key, in the same transaction as the effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

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

    row_id: UUID
    stored: StoredAnswer | None = None

    def store(self, answer: StoredAnswer) -> None:
        """Keeps a 2xx answer, durable with its effect; any other frees the key."""
        row = db.session.get_one(IdempotencyKey, self.row_id)
        if 200 <= answer.status < 300:  # noqa: PLR2004 - the class of success
            row.status, row.headers, row.body = answer.status, answer.headers, answer.body
        else:
            db.session.delete(row)


@contextmanager
def once(scope: str, request_hash: str) -> Iterator[Once]:
    """Opens the outer transaction whose first statement is the key's row: its unique constraint decides.

    A second request waits on that row for the first to end (PostgreSQL: at most the lock time-out of 5 s).
    Raises `Invalid` for the same key with another body, `Conflict` when the first is not done in time.
    """
    with transaction():
        yield _begin(scope, request_hash)


def _begin(scope: str, request_hash: str) -> Once:
    try:
        row = _insert(scope, request_hash) or _existing(scope)
    except OperationalError as error:
        if not dialect.is_lock_timeout(error):
            raise
        row = None
    if row is None:
        raise Conflict(
            "A request with this Idempotency-Key is still running; try again.",
            code="idempotency_in_flight",
            headers={"Retry-After": "1"},
        )
    if row.request_hash != request_hash:
        raise Invalid("This Idempotency-Key was used with another body.", code="idempotency_key_reused")
    return Once(row.id, _answer_of(row))


def _insert(scope: str, request_hash: str) -> IdempotencyKey | None:
    """The key's fresh row; None if there is one. An expired one makes room."""
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.expires_at < now()))
    values = {
        "id": new_id(),
        "scope": scope,
        "request_hash": request_hash,
        "created_at": now(),
        "expires_at": now() + KEPT_FOR,
    }
    insert = dialect.insert_or_skip(db.session.connection(), IdempotencyKey, ["scope"])
    return db.session.scalar(insert.values(values).returning(IdempotencyKey))


def _existing(scope: str) -> IdempotencyKey | None:
    return db.session.scalar(select(IdempotencyKey).where(IdempotencyKey.scope == scope))


def _answer_of(row: IdempotencyKey) -> StoredAnswer | None:
    return StoredAnswer(row.status, row.headers or {}, row.body or b"") if row.status is not None else None

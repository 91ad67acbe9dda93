"""Deletes what is past its time: rows in small transactions, files in jobs."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_

from app.database import Base, db, transaction
from app.dialect import utc_now_plus
from app.jobs import DELETE_FILES
from app.services import job_service
from app.services.job_service import JobRequest

BATCH: Final = 1000
_FILES_GO_AFTER_S: Final = 5
"""Whoever works on them notices within a second or two that their row is gone; the files go after that."""


def forget(table: type[Base], *conditions: ColumnElement[bool], check: Callable[[], None]) -> None:
    """Deletes the rows that meet the conditions, a thousand a transaction, so that nobody waits long for their locks.

    Before each one `check` may raise, which leaves the rest for another time.
    """
    key = inspect(table).primary_key
    some = select(*key).where(*conditions).limit(BATCH)
    batch = delete(table).where(tuple_(*key).in_(some)).returning(key[0])
    is_more = True
    while is_more:
        check()
        with transaction():
            gone = db.session.execute(batch, execution_options={"synchronize_session": False}).all()
        is_more = len(gone) == BATCH


def remove_files_later(subject: str, organization_id: UUID | None, prefix: str) -> None:
    """Enqueues, in the transaction that deletes the rows, the removal of everything stored under a prefix."""
    request = JobRequest(subject, organization_id, {"prefix": prefix}, run_at=utc_now_plus(_FILES_GO_AFTER_S))
    job_service.enqueue(DELETE_FILES, request)

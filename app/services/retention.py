"""Deletes what is past its time, in small transactions."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_

from app.database import Base, db, transaction

BATCH: Final = 1000


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

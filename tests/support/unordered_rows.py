"""Rows in the order that nobody promised: what a statement without ORDER BY returns, comes reversed.

A database may return such rows in any order, and does so on the day when it reuses the room of a deleted one. Whoever
relies on the usual order is found at once this way instead of once in a thousand runs.
"""

import re
from typing import Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

_RETURNS_ROWS: Final = re.compile(r"\s*(SELECT|WITH|UPDATE|DELETE)\b")


def reverse_unordered_rows() -> None:
    """From here on, for every engine of this process."""
    if not event.contains(Engine, "after_cursor_execute", _reverse):
        event.listen(Engine, "after_cursor_execute", _reverse)


def _reverse(
    _connection: Connection,
    cursor: DBAPICursor,
    statement: str,
    _parameters: object,
    context: ExecutionContext | None,
    executemany: bool,  # noqa: FBT001 - SQLAlchemy passes it so
) -> None:
    if context is None or executemany or cursor.description is None:
        return
    if "ORDER BY" in statement or not _RETURNS_ROWS.match(statement):
        return
    rows = list(reversed(cursor.fetchall()))
    context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(  # type: ignore[attr-defined]  # of DefaultExecutionContext
        cursor, initial_buffer=rows
    )

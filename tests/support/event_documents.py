"""Holds events to their schemas: those that a test's own process writes, and those that reach its clients."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.dml import Insert

from app.http.answers import json_bytes
from app.models import Event
from app.schemas.event_schemas import EventOut
from app.utils.times import rfc3339


def watch_written_events() -> None:
    """From here on, an event that the document does not know cannot be written."""
    if not event.contains(Session, "do_orm_execute", _check_written):
        event.listen(Session, "do_orm_execute", _check_written)


def assert_is_event(document: dict[str, Any]) -> None:
    """Fails unless the schemas know this event, tick or notice just so; `test.…` are the tests' own inventions."""
    if not document["type"].startswith("test."):
        EventOut.model_validate_json(json_bytes(document))


def _check_written(state: ORMExecuteState) -> None:
    statement = state.statement
    if not isinstance(statement, Insert) or statement.table is not Event.__table__:
        return
    rows = state.parameters if isinstance(state.parameters, list) else []
    for row in rows:
        document = {name: value for name, value in row.items() if name != "scope_id"}
        organization_id = row["organization_id"]
        written = {
            "id": str(row["id"]),
            "occurred_at": rfc3339(row["occurred_at"]),
            "organization_id": str(organization_id) if organization_id else None,
        }
        assert_is_event(document | written)

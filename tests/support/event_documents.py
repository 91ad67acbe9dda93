"""Holds events to their schemas: those that a test leaves in its database, and those that reach its clients."""

from typing import Any

from sqlalchemy import Connection, select

from app.database import Base
from app.http.answers import json_bytes
from app.models import Event
from app.schemas.event_schemas import EventOut
from app.utils.times import rfc3339


def assert_written_events(connection: Connection) -> None:
    """Fails if the test wrote an event that the document does not know."""
    for row in connection.execute(select(Base.metadata.tables[Event.__tablename__])).mappings():
        document = {name: value for name, value in row.items() if name != "scope_id"}
        written = {
            "id": str(row["id"]),
            "occurred_at": rfc3339(row["occurred_at"]),
            "organization_id": str(row["organization_id"]) if row["organization_id"] else None,
        }
        assert_is_event(document | written)


def assert_is_event(document: dict[str, Any]) -> None:
    """Fails unless the schemas know this event, tick or notice just so; `test.…` are the tests' own inventions."""
    if not document["type"].startswith("test."):
        EventOut.model_validate_json(json_bytes(document))

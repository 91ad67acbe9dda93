"""Events as clients get them, by SSE and Socket.IO alike."""

from uuid import UUID

from app.database import Record
from app.utils.times import now, rfc3339


def render(row: Record) -> dict[str, object]:
    """An event."""
    return {
        "id": str(row.id),
        "seq": row.seq,
        "type": row.type,
        "occurred_at": rfc3339(row.occurred_at),
        "organization_id": str(row.organization_id) if row.organization_id else None,
        "subject": row.subject,
        "data": row.data,
    }


def gap(scope: UUID, *, is_user: bool, after: int, resumed_after: int) -> dict[str, object]:
    """The notice that events between two numbers are no longer there: the client loads its state anew."""
    return {
        "type": "events.gap",
        "occurred_at": rfc3339(now()),
        "organization_id": None if is_user else str(scope),
        "subject": f"{'user' if is_user else 'organization'}:{scope}",
        "data": {"after": after, "resumed_after": resumed_after},
    }

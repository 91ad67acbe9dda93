"""Events as clients get them, by SSE and Socket.IO alike."""

from app.database import Record
from app.utils.times import rfc3339


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

"""One's sessions, as a list of devices."""

from datetime import datetime
from uuid import UUID

from app.database import Record
from app.schemas.fields import Id, Input, ListQuery, Output, PageOut, Time
from app.utils.devices import device_of
from app.utils.times import rfc3339


class SessionListQuery(ListQuery):
    """Paging."""


class SessionEnd(Input):
    """All of them, or all but the one that asks."""

    keep_current: bool = False


class ListedSessionOut(Output):
    """Where one is signed in. `last_used_at` moves when the session is refreshed, so within ten minutes."""

    id: Id
    device: str
    user_agent: str | None
    address: str | None
    created_at: Time
    last_used_at: Time
    expires_at: Time
    current: bool


class SessionList(Output):
    """A page of sessions, newest first."""

    data: list[ListedSessionOut]
    page: PageOut


def render_listed_session(row: Record) -> dict[str, object]:
    """A session as its owner sees it."""
    return {
        "id": str(row.id),
        "device": device_of(row.user_agent),
        "user_agent": row.user_agent,
        "address": row.address,
        "created_at": rfc3339(row.created_at),
        "last_used_at": rfc3339(row.last_used_at),
        "expires_at": rfc3339(row.expires_at),
        "current": bool(row.is_current),
    }


def session_place(row: Record) -> tuple[datetime, UUID]:
    """Where a session stands in its list."""
    return row.created_at, row.id

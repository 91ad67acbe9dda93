"""API keys: what goes in and out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.database import Record
from app.permissions import Scope
from app.schemas.fields import Id, Input, ListQuery, Moment, Name, Output, PageOut, Time
from app.utils.times import rfc3339

ScopeName = Literal["content:read", "content:write", "jobs:read", "jobs:run", "events:read"]


class ApiKeyCreate(Input):
    """A new key; without `expires_at` it lives until it is revoked or its maker leaves."""

    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope), examples=[["content:read"]])]
    expires_at: Moment | None = None


class ApiKeyListQuery(ListQuery):
    """Paging."""


class ApiKeyOut(Output):
    """A key without its secret."""

    id: Id
    name: str
    scopes: list[ScopeName]
    created_by: Id
    created_at: Time
    expires_at: Time | None
    last_used_at: Time | None


class NewApiKeyOut(ApiKeyOut):
    """The answer to making one: `key` is shown this once."""

    key: str


class ApiKeyList(Output):
    """A page of keys, newest first."""

    data: list[ApiKeyOut]
    page: PageOut


def render(row: Record) -> dict[str, object]:
    """A key as its organization sees it."""
    return {
        "id": str(row.id),
        "name": row.name,
        "scopes": row.scopes.split(),
        "created_by": str(row.user_id),
        "created_at": rfc3339(row.created_at),
        "expires_at": rfc3339(row.expires_at),
        "last_used_at": rfc3339(row.last_used_at),
    }


def place_of(row: Record) -> tuple[datetime, UUID]:
    """Where a key stands in its list."""
    return row.created_at, row.id

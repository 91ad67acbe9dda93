"""Tags: what goes in and out."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.database import Record
from app.schemas.fields import Id, Input, ListQuery, OrganizationRef, Output, PageOut, Slug, Time
from app.utils.times import rfc3339

TagName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class TagRef(Output):
    """A tag of a post."""

    id: Id
    slug: str
    name: str


class TagOut(TagRef):
    """A tag; `posts_count` counts the posts that anybody can find by it."""

    description: str
    organization: OrganizationRef
    posts_count: int
    created_at: Time


class TagList(Output):
    """A page of tags."""

    data: list[TagOut]
    page: PageOut


class TagListQuery(ListQuery):
    """Whose tags."""

    organization: Annotated[str | None, Field(max_length=100)] = None


class TagChange(Input):
    """A JSON merge patch."""

    name: TagName | None = None
    slug: Slug | None = None
    description: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=500)] = None


class TagMerge(Input):
    """Which tag gets the posts."""

    into_id: UUID


def render(row: Record) -> dict[str, object]:
    """A tag."""
    return {
        "id": str(row.id),
        "slug": row.slug,
        "name": row.name,
        "description": row.description,
        "organization": {"slug": row.organization_slug, "name": row.organization_name},
        "posts_count": row.posts_count,
        "created_at": rfc3339(row.created_at),
    }

"""Posts: what goes in and out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.database import Record
from app.models import Publication, Visibility
from app.schemas.fields import (
    Id,
    Input,
    ListQuery,
    Moment,
    OrganizationRef,
    Output,
    PageOut,
    PersonOut,
    Time,
    Title,
    people,
)
from app.utils.times import rfc3339

BODY_MAX_LENGTH = 500_000
Body = Annotated[str, Field(max_length=BODY_MAX_LENGTH)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Excerpt = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]
PublicationName = Literal["draft", "scheduled", "published", "archived"]
VisibilityName = Literal["public", "unlisted", "organization"]


class PostCreate(Input):
    """A new draft."""

    title: Title
    body_markdown: Body = ""
    excerpt: Excerpt | None = None
    slug: Slug | None = None
    visibility: VisibilityName = "public"


class PostChange(Input):
    """A JSON merge patch: what is left out stays; a null excerpt is made from the text again."""

    title: Title | None = None
    body_markdown: Body | None = None
    excerpt: Excerpt | None = None
    slug: Slug | None = None
    visibility: VisibilityName | None = None


class PublicListQuery(ListQuery):
    """Filters that posts and videos share."""

    organization: Annotated[str | None, Field(max_length=100)] = None
    publication: Publication | None = None
    visibility: Visibility | None = None
    author: Annotated[str | None, Field(max_length=100)] = None
    ids: Annotated[str | None, Field(max_length=3700)] = None
    published_after: Moment | None = None
    published_before: Moment | None = None

    def id_list(self) -> list[UUID] | None:
        """`ids` taken apart; what is no id names nothing."""
        return None if self.ids is None else [UUID(part) for part in self.ids.split(",") if _is_id(part)]

    def published_between(self) -> tuple[datetime | None, datetime | None]:
        """The span asked for."""
        return self.published_after, self.published_before


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class PostListQuery(PublicListQuery):
    """The list of posts."""


class PostSummary(Output):
    """A post without its bodies, as lists give it."""

    id: Id
    slug: str
    title: str
    excerpt: str
    cover_image: None
    tags: list[str]
    authors: list[PersonOut]
    organization: OrganizationRef
    publication: PublicationName
    visibility: VisibilityName
    reading_time_s: int
    likes_count: int
    comments_count: int
    revision: int
    publish_at: Time | None
    published_at: Time | None
    created_at: Time
    updated_at: Time


class PostOut(PostSummary):
    """A post."""

    body_markdown: str
    body_html: str
    seo: dict[str, str]
    media: list[dict[str, str]]


class PostList(Output):
    """A page of posts."""

    data: list[PostSummary]
    page: PageOut


def render_summary(row: Record) -> dict[str, object]:
    """A post in a list."""
    return {
        "id": str(row.id),
        "slug": row.slug,
        "title": row.title,
        "excerpt": row.excerpt,
        "cover_image": None,
        "tags": [],
        "authors": people(row),
        "organization": {"slug": row.organization_slug, "name": row.organization_name},
        "publication": row.publication,
        "visibility": row.visibility,
        "reading_time_s": row.reading_time_s,
        "likes_count": row.likes_count,
        "comments_count": row.comments_count,
        "revision": row.revision,
        "publish_at": rfc3339(row.publish_at),
        "published_at": rfc3339(row.published_at),
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    }


def render(row: Record) -> dict[str, object]:
    """A post with its bodies."""
    return render_summary(row) | {
        "body_markdown": row.body_markdown,
        "body_html": row.body_html,
        "seo": {},
        "media": [],
    }

"""Revisions of posts: what goes out."""

from typing import Annotated

from pydantic import Field

from app.database import Record
from app.schemas.fields import Id, Input, ListQuery, Output, PageOut, PersonOut, Time, people
from app.schemas.publishing_schemas import VisibilityName
from app.services.post_revisions import RevisionView
from app.utils.times import rfc3339


class RevisionSummary(Output):
    """A save of a post. `number` is the post's revision after it; publishing counts too, so numbers have gaps."""

    number: int
    editor: PersonOut | None
    created_at: Time


class RevisionContent(Output):
    """What the post held."""

    title: str
    slug: str
    excerpt: str
    body_markdown: str
    visibility: VisibilityName
    cover_image: Id | None
    seo: dict[str, str | bool]
    tags: list[str]
    authors: list[Id]


class RevisionOut(RevisionSummary):
    """A revision; `diff` is a unified diff of `body_markdown` against the revision compared with."""

    content: RevisionContent
    diff: str


class RevisionList(Output):
    """A page of revisions."""

    data: list[RevisionSummary]
    page: PageOut


class RevisionListQuery(ListQuery):
    """The list of a post's revisions."""


class RevisionQuery(Input):
    """Which revision to compare with; by default the kept one before."""

    against: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None


def render_summary(row: Record) -> dict[str, object]:
    """A revision in a list."""
    editors = people(row)
    return {
        "number": row.number,
        "editor": editors[0] if editors else None,
        "created_at": rfc3339(row.created_at),
    }


def render(view: RevisionView) -> dict[str, object]:
    """A revision."""
    return render_summary(view.revision) | {"content": {"cover_image": None} | view.content, "diff": view.diff}

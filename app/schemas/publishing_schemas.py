"""What posts and videos share: where they stand, who may read them, and the filters of their lists."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.models import Publication, Visibility
from app.schemas.fields import Input, ListQuery, Moment

PublicationName = Literal["draft", "scheduled", "published", "archived"]
VisibilityName = Literal["public", "unlisted", "organization"]


class Schedule(Input):
    """When to publish."""

    publish_at: Moment


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

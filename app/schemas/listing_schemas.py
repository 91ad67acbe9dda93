"""From a list's query to the filters of its service, and a row's place in the list."""

from datetime import datetime
from uuid import UUID

from app.database import Record
from app.schemas.publishing_schemas import PublicListQuery
from app.services.listing import Filters


def filters_of(query: PublicListQuery) -> Filters:
    """The filters that a list's query asks for."""
    return Filters(
        organization=query.organization,
        publication=query.publication,
        visibility=query.visibility,
        author=query.author,
        ids=query.id_list(),
        published_after=query.published_after,
        published_before=query.published_before,
    )


def place_of(row: Record) -> tuple[datetime, UUID]:
    """Where a row stands in its list: the time it is sorted by, and its id."""
    return row.sorted_at, row.id

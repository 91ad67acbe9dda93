"""From a list's query to the filters of its service, and a row's place in the list."""

from collections.abc import Callable
from typing import cast

from app.database import Record
from app.schemas.post_schemas import PostListQuery
from app.schemas.publishing_schemas import PublicListQuery
from app.services.listing import Filters, Sort
from app.services.pages import Page, Place
from app.utils.search_words import search_words


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
        words=None if query.q is None else search_words(query.q),
        sort=cast("Sort", query.sort.removeprefix("-")) if query.sort else None,
        ascending=query.sort is not None and query.sort != "relevance" and not query.sort.startswith("-"),
        is_counted=query.count,
        tag=query.tag if isinstance(query, PostListQuery) else None,
    )


def place_of(row: Record) -> Place:
    """Where a row stands in its list: what it is sorted by, and its id."""
    return row.sorted_at, row.id


def picked(
    query: PublicListQuery, page: Page, render: Callable[[Record], dict[str, object]]
) -> Callable[[Record], dict[str, object]]:
    """A renderer of the properties that `fields` names (all, without), and of the snippets of a search."""
    names = query.names("fields")
    if not names and query.q is None:
        return render

    def render_picked(row: Record) -> dict[str, object]:
        document = render(row) | ({"snippet": page.snippets.get(row.id)} if query.q is not None else {})
        return document if not names else {name: document[name] for name in document if name in names}

    return render_picked

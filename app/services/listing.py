"""The one list behind posts and videos: public for everyone, more for an organization's own people."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, Uuid, and_, bindparam, false, func, select

from app import dialect_search
from app.access import ACTORS_ORGANIZATION, AnyActor, Readable, readable_by
from app.database import Prepared, database_kind, read, read_connection
from app.dialect_search import Found, Sought
from app.errors import Invalid
from app.models import Post, PostAuthor, PostTag, Publication, Tag, User, Video, Visibility
from app.permissions import ANONYMOUS, Action, Actor
from app.services import standing
from app.services.pages import Order, Page, Position, page_of, page_statement, place_of
from app.utils.search_words import SearchWords
from app.utils.snippets import READ_LENGTH, snippet
from config import settings

Sort = Literal["published_at", "created_at", "updated_at", "title", "relevance"]
_ORGANIZATION: Final = "listed_organization_id"
_ORGANIZATION_ID: Final = bindparam(_ORGANIZATION, type_=Uuid())

_BODIES: Final[dict[Readable, Any]] = {Post: Post.body_markdown, Video: Video.description}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to, and its order; without `sort`, relevance for a search, else the newest first."""

    organization: str | None = None
    publication: Publication | None = None
    visibility: Visibility | None = None
    author: str | None = None
    tag: str | None = None
    ids: tuple[UUID, ...] | None = None
    published_after: datetime | None = None
    published_before: datetime | None = None
    words: SearchWords | None = None
    sort: Sort | None = None
    ascending: bool = False
    is_counted: bool = False


def fetch(actor: Actor, model: Readable, query: Select[*tuple[Any, ...]], filters: Filters, position: Position) -> Page:
    """A page. Unsorted, the public list is by publication, a team's own list by creation.

    Raises `NotFound` for an unknown organization, `Invalid` without one where there is no public index or the order
    needs one.
    """
    parameters: dict[str, object] = {}
    if filters.organization is None:
        assert_public_index()
    else:
        actor, organization = standing.found_by(actor, filters.organization)
        parameters = {_ORGANIZATION: organization.id, ACTORS_ORGANIZATION: actor.organization_id}
    is_team = filters.organization is not None and actor.may(Action.READ_PRIVATE)
    # Which organization is a parameter: all of them share a statement.
    shared = replace(filters, organization=filters.organization and "")
    asked = _List(model, query, shared, is_team, database_kind())
    statement = _statement(asked, Order.of(position, ascending=filters.ascending))
    page = page_of(read(statement, {**parameters, **place_of(position)}), position)
    if not filters.is_counted and not filters.words:
        return page
    with read_connection() as connection:
        total = connection.execute(_counting(asked), parameters).scalar_one() if filters.is_counted else None
        snippets = _snippets(connection, model, filters.words, page) if filters.words else {}
    return replace(page, total=total, snippets=snippets)


@dataclass(frozen=True, slots=True)
class _List:
    """All that the SQL of a list depends on, but for its parameters."""

    model: Readable
    query: Select[*tuple[Any, ...]]
    filters: Filters
    is_team: bool
    database: str


@lru_cache(maxsize=64)
def _statement(asked: _List, order: Order) -> Prepared:
    """The statement of a list's pages, kept: to build it takes longer than to ask PostgreSQL."""
    found = _found(asked)
    key = _key(asked, found)
    narrowed = _narrowed_to(asked, asked.query.add_columns(key.label("sorted_at")), found)
    return Prepared(page_statement(narrowed, order, key=(key, asked.model.id.expression)))


def _counting(asked: _List) -> Select[int]:
    counted = _narrowed_to(asked, asked.query.with_only_columns(asked.model.id), _found(asked)).subquery()
    return select(func.count()).select_from(counted)


def _found(asked: _List) -> Found | None:
    """What a search finds among the rows of the list; None where nothing is sought."""
    model, filters = asked.model, asked.filters
    if filters.words is None:
        return None
    newest_by = model.created_at if asked.is_team else model.published_at
    conditions, organization = _conditions(asked), None if filters.organization is None else _ORGANIZATION_ID
    sought = Sought(model.id.expression, newest_by.expression, conditions, filters.words, organization)
    return dialect_search.found(asked.database, sought)


def _narrowed_to(asked: _List, query: Select[*tuple[Any, ...]], found: Found | None) -> Select[*tuple[Any, ...]]:
    if found is None:
        return query.where(*_conditions(asked))
    return query.join(found.rows, found.rows.c.id == asked.model.id)


def _conditions(asked: _List) -> list[ColumnElement[bool]]:
    model, filters = asked.model, asked.filters
    conditions = _narrowed(model, filters)
    if filters.organization is not None:
        conditions.append(model.organization_id == _ORGANIZATION_ID)
    conditions.append(readable_by(AnyActor(reads_private=True), model) if asked.is_team else public(model))
    if filters.sort == "published_at":
        conditions.append(model.published_at.is_not(None))
    return conditions


def _key(asked: _List, found: Found | None) -> ColumnElement[Any]:
    """What the list is sorted by. Raises `Invalid` for an order that only an organization's own list can have."""
    filters, model = asked.filters, asked.model
    sort = filters.sort or ("relevance" if filters.words else "created_at" if asked.is_team else "published_at")
    if sort == "relevance":
        if found is None:
            raise _no_sort("Only a search (q) has relevance.")
        return found.rank
    if filters.organization is None and sort != "published_at":
        raise _no_sort("Without an organization, lists are sorted by published_at or relevance.")
    key: ColumnElement[Any] = getattr(model, sort).expression
    return key


def _no_sort(detail: str) -> Invalid:
    return Invalid(detail, errors=[{"parameter": "sort", "detail": detail, "code": "invalid"}])


def _snippets(connection: Connection, model: Readable, words: SearchWords, page: Page) -> dict[UUID, str]:
    if not page.rows:
        return {}
    query = select(model.id, func.substr(_BODIES[model], 1, READ_LENGTH).label("body"))
    texts = connection.execute(query.where(model.id.in_([row.id for row in page.rows])))
    return {row.id: snippet(row.body or "", words) for row in texts}


def assert_public_index() -> None:
    """Raises `Invalid` where there is no list of everything."""
    if not settings.public_index:
        raise Invalid(
            "Name an organization: there is no list of everything here.",
            errors=[{"parameter": "organization", "detail": "Required on this instance.", "code": "missing"}],
        )


def public(model: Readable) -> ColumnElement[bool]:
    """What everybody finds: published for all, and not unlisted."""
    return and_(readable_by(ANONYMOUS, model), model.visibility == Visibility.PUBLIC)


def _narrowed(model: Readable, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.publication is not None:
        conditions.append(model.publication == filters.publication)
    if filters.visibility is not None:
        conditions.append(model.visibility == filters.visibility)
    if filters.tag is not None:
        conditions.append(_tagged(model, filters.tag))
    if filters.ids is not None:
        conditions.append(model.id.in_(filters.ids))
    if filters.author is not None:
        conditions.append(_written_by(model, filters.author))
    if filters.published_after is not None:
        conditions.append(model.published_at > filters.published_after)
    if filters.published_before is not None:
        conditions.append(model.published_at < filters.published_before)
    return conditions


def _written_by(model: Readable, slug: str) -> ColumnElement[bool]:
    if model is Video:
        return Video.author_id.in_(select(User.id).where(User.slug == slug))
    byline = select(PostAuthor.post_id).join(User, User.id == PostAuthor.user_id).where(User.slug == slug)
    return model.id.in_(byline)


def _tagged(model: Readable, slug: str) -> ColumnElement[bool]:
    if model is Video:
        return false()
    return model.id.in_(select(PostTag.post_id).join(Tag, Tag.id == PostTag.tag_id).where(Tag.slug == slug))

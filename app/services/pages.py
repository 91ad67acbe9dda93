"""Keyset paging: rows in a total order by (value, id), one page at a time, in both directions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, tuple_

from app.database import Record

Place = tuple[datetime | str | int, UUID]
_PLACE: Final = ("page_after_value", "page_after_id")


@dataclass(frozen=True, slots=True)
class Position:
    """Which page: at most `limit` rows past `after`, the other way when `backwards`."""

    limit: int
    after: Place | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The rows in list order, and whether there are more on either side.

    `total` counts the whole list where that was asked for; `snippets` shows where rows of a search have its words.
    """

    rows: Sequence[Record]
    has_next: bool
    has_previous: bool
    total: int | None = None
    snippets: Mapping[UUID, str] = field(default_factory=dict)


def fetch_page(
    connection: Connection,
    query: Select[*tuple[Any, ...]],
    position: Position,
    *,
    key: tuple[ColumnElement[Any], ColumnElement[Any]],
    ascending: bool = False,
) -> Page:
    """Runs the query by `key` (a value that is never null, and the id), the greatest first."""
    statement = page_statement(query, Order.of(position, ascending=ascending), key=key)
    return page_of(connection.execute(statement, place_of(position)).all(), position)


@dataclass(frozen=True, slots=True)
class Order:
    """Which way a page's rows are read, and whether they begin after a place: all that its statement depends on."""

    is_upwards: bool
    is_continued: bool

    @classmethod
    def of(cls, position: Position, *, ascending: bool) -> "Order":
        """The order in which the page at a position is read."""
        return cls(position.backwards != ascending, position.after is not None)


def page_statement(
    query: Select[*tuple[Any, ...]], order: Order, *, key: tuple[ColumnElement[Any], ColumnElement[Any]]
) -> Select[*tuple[Any, ...]]:
    """The query for any page in that order; the place and the limit are parameters, which `place_of` gives."""
    ordered = query.order_by(*(column.asc() if order.is_upwards else column.desc() for column in key))
    if order.is_continued:
        here = tuple_(*key)
        # Bound with the columns' own types, so that SQLite compares times in the form it stores.
        there = tuple_(*(bindparam(name, type_=column.type) for name, column in zip(_PLACE, key, strict=True)))
        ordered = ordered.where(here > there if order.is_upwards else here < there)
    return ordered.limit(bindparam("page_limit", type_=Integer()))


def place_of(position: Position) -> dict[str, object]:
    """The parameters of such a statement: one row more tells of a next page."""
    return {**dict(zip(_PLACE, position.after or (), strict=False)), "page_limit": position.limit + 1}


def page_of(found: Sequence[Record], position: Position) -> Page:
    """The page at a position, of what its statement found."""
    rows, is_more = found[: position.limit], len(found) > position.limit
    if position.backwards:
        return Page(rows[::-1], has_next=True, has_previous=is_more)
    return Page(rows, has_next=is_more, has_previous=position.after is not None)

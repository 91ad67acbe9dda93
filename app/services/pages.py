"""Keyset paging: rows in a total order by (value, id), one page at a time, in both directions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, tuple_

from app.database import Record

Place = tuple[datetime | str | int, UUID]


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
    """Runs the query by `key` (a value that is never null, and the id), the greatest first; one row more tells of a
    next page.
    """
    upwards = position.backwards != ascending
    ordered = query.order_by(*(column.asc() if upwards else column.desc() for column in key))
    if position.after is not None:
        here = tuple_(*key)
        # Bound with the columns' own types, so that SQLite compares times in the form it stores.
        there = tuple_(*position.after, types=[column.type for column in key])
        ordered = ordered.where(here > there if upwards else here < there)
    found = connection.execute(ordered.limit(position.limit + 1)).all()
    rows, is_more = found[: position.limit], len(found) > position.limit
    if position.backwards:
        return Page(rows[::-1], has_next=True, has_previous=is_more)
    return Page(rows, has_next=is_more, has_previous=position.after is not None)

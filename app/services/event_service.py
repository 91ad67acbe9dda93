"""Events: rows in the transaction of their cause, numbered without a gap per scope; and losable ticks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Uuid, and_, bindparam, func, insert, or_, select, update

from app import dialect
from app.clients import redis
from app.database import (
    Base,
    Prepared,
    Record,
    after_commit,
    before_commit,
    db,
    read_connection,
    unit_values,
    write,
    write_all,
)
from app.models import Event, EventCounter, OrganizationSlug
from app.utils.batches import batched
from app.utils.ids import first_id_at, new_id
from app.utils.times import now, rfc3339

WAKE_CHANNEL: Final = "marquee:events"
TICK_CHANNEL: Final = "marquee:ticks"
_GATHERED: Final = "events"
_SCOPES_A_QUERY: Final = 500
# Built once, and without the session: every change of anything ends with these two.
_INSERTION: Final = Prepared(
    insert(Base.metadata.tables[Event.__tablename__]),
    ("scope_id", "seq", "id", "organization_id", "type", "subject", "data", "occurred_at"),
)
_ADVANCE: Final = Prepared(
    update(Base.metadata.tables[EventCounter.__tablename__])
    .where(EventCounter.scope_id == bindparam("scope", type_=Uuid()))
    .values(seq=EventCounter.seq + bindparam("count", type_=BigInteger()))
    .returning(EventCounter.seq)
)


@dataclass(frozen=True, slots=True)
class _Gathered:
    scope: UUID
    type: str
    subject: str
    organization_id: UUID | None
    data: Mapping[str, object]


def record(type_: str, *, subject: str, scope: UUID, organization_id: UUID | None, data: Mapping[str, object]) -> None:
    """Adds an event to the open transaction. It gets its number as one of the transaction's last statements,
    so that `seq` is gap-free without a lock held during the work.

    `scope` is the organization, or the user for a user's own event, whose `organization_id` is None: that is how
    clients tell which of the two numberings a `seq` belongs to.
    """
    values = unit_values()
    gathered = values.get(_GATHERED)
    if not isinstance(gathered, list):
        gathered = values[_GATHERED] = []
        before_commit(lambda: _number(gathered))
    gathered.append(_Gathered(scope, type_, subject, organization_id, data))


def _number(gathered: list[_Gathered]) -> None:
    """Writes the events: scopes in the order of their ids, so that no two transactions wait in a circle."""
    moment = now()
    for scope in sorted({event.scope for event in gathered}):
        events = [event for event in gathered if event.scope == scope]
        last = _advance(scope, len(events))
        first = last - len(events) + 1
        write_all(
            _INSERTION,
            [
                {
                    "scope_id": scope,
                    "seq": first + index,
                    "id": new_id(),
                    "organization_id": event.organization_id,
                    "type": event.type,
                    "subject": event.subject,
                    "data": dict(event.data),
                    "occurred_at": moment,
                }
                for index, event in enumerate(events)
            ],
        )
        after_commit(lambda scope=scope, last=last: _wake(scope, last))  # type: ignore[misc]  # bound now, per scope


def _wake(scope: UUID, seq: int) -> None:
    redis.publish(WAKE_CHANNEL, orjson.dumps([str(scope), seq]))


def _advance(scope: UUID, count: int) -> int:
    """Moves a scope's counter and returns where it stands; the row lock orders the scope's transactions."""
    moved = {"scope": scope, "count": count}
    last = write(_ADVANCE, moved)
    if not last:
        connection = db.session.connection()
        connection.execute(
            dialect.insert_or_skip(connection, EventCounter, ["scope_id"]), {"scope_id": scope, "seq": 0}
        )
        last = write(_ADVANCE, moved)
    return int(last[0].seq)


def since(after: Mapping[UUID, int], *, limit: int) -> Sequence[Record]:
    """Events past each scope's number, in order; the same code serves live delivery and replay."""
    if not after:
        return []
    past = [and_(Event.scope_id == scope, Event.seq > seq) for scope, seq in after.items()]
    columns = (
        Event.scope_id,
        Event.seq,
        Event.id,
        Event.type,
        Event.subject,
        Event.organization_id,
        Event.data,
    )
    query = select(*columns, Event.occurred_at).where(or_(*past)).order_by(Event.scope_id, Event.seq).limit(limit)
    with read_connection() as connection:
        return connection.execute(query).all()


def latest(since_at: datetime) -> dict[tuple[UUID, str | None], int]:
    """The last number in each scope that had events since then; for organizations by each slug that they have or had.

    Ids are made at the end of a transaction, so an event that becomes visible is as old as its commit took.
    """
    query = select(Event.scope_id, OrganizationSlug.slug, func.max(Event.seq).label("seq"))
    joined = query.outerjoin(OrganizationSlug, OrganizationSlug.organization_id == Event.scope_id)
    grouped = joined.where(Event.id >= first_id_at(since_at)).group_by(Event.scope_id, OrganizationSlug.slug)
    with read_connection() as connection:
        return {(row.scope_id, row.slug): row.seq for row in connection.execute(grouped)}


def positions(scopes: Collection[UUID]) -> dict[UUID, int]:
    """Where each scope's counter stands now."""
    found: dict[UUID, int] = {}
    with read_connection() as connection:
        for some in batched(scopes, _SCOPES_A_QUERY):
            query = select(EventCounter.scope_id, EventCounter.seq).where(EventCounter.scope_id.in_(some))
            found |= {row.scope_id: row.seq for row in connection.execute(query)}
    return {scope: found.get(scope, 0) for scope in scopes}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a scope can replay: the events after `before`, up to `last`; nothing where they are equal."""

    before: int
    last: int


def kept(scopes: Collection[UUID]) -> dict[UUID, Kept]:
    """The events still kept of each scope: both ends in one snapshot."""
    oldest = select(func.min(Event.seq)).where(Event.scope_id == EventCounter.scope_id).scalar_subquery()
    columns = (EventCounter.scope_id, EventCounter.seq, oldest.label("oldest"))
    with read_connection() as connection:
        rows = connection.execute(select(*columns).where(EventCounter.scope_id.in_(scopes))).all()
    found = {row.scope_id: Kept(row.seq if row.oldest is None else row.oldest - 1, row.seq) for row in rows}
    return {scope: found.get(scope, Kept(0, 0)) for scope in scopes}


def tick(type_: str, *, subject: str, organization_id: UUID, data: Mapping[str, Any]) -> None:
    """Tells who listens now how far something is: through Redis only, losable, without a number."""
    document = {
        "type": type_,
        "subject": subject,
        "organization_id": str(organization_id),
        "occurred_at": rfc3339(now()),
        "data": dict(data),
    }
    redis.publish(TICK_CHANNEL, orjson.dumps(document))

"""Events: numbered without a gap, written with their cause or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask

from app.database import db, transaction
from app.models import Organization
from app.schemas import event_schemas
from app.services import event_service


@pytest.fixture
def scope(committed_database: object) -> Iterator[UUID]:
    del committed_database
    with transaction():
        organization = Organization(slug="acme", name="Acme")
        db.session.add(organization)
    yield organization.id
    db.session.remove()


def _record(scope: UUID, type_: str = "test.happened") -> None:
    event_service.record(type_, subject="post:1", scope=scope, organization_id=scope, data={"n": 1})


def test_transactions_at_once_leave_no_gap_and_no_double(scope: UUID, app: Flask) -> None:
    def happen(_number: int) -> None:
        with app.app_context(), transaction():
            _record(scope)
            _record(scope)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(happen, range(20)))

    assert [row.seq for row in event_service.since({scope: 0}, limit=100)] == list(range(1, 41))


def test_what_is_rolled_back_takes_its_event_and_its_number_along(scope: UUID) -> None:
    def fail() -> None:
        with transaction():
            _record(scope, "test.undone")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with transaction():
        _record(scope, "test.done")

    assert [(row.seq, row.type) for row in event_service.since({scope: 0}, limit=10)] == [(1, "test.done")]


def test_several_scopes_are_numbered_each_by_itself_without_deadlock(scope: UUID, app: Flask) -> None:
    other = UUID(int=1)

    def happen(number: int) -> None:
        with app.app_context(), transaction():
            for one in (scope, other) if number % 2 else (other, scope):
                event_service.record("test.x", subject="x:1", scope=one, organization_id=None, data={})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(happen, range(16)))

    assert event_service.positions([scope, other]) == {scope: 16, other: 16}


def test_replay_begins_after_the_number_given_and_shows_the_contract_shape(scope: UUID) -> None:
    for _ in range(3):
        with transaction():
            _record(scope)

    rows = event_service.since({scope: 2}, limit=10)

    assert [row.seq for row in rows] == [3]
    shown = event_schemas.render(rows[0])
    assert list(shown) == ["id", "seq", "type", "occurred_at", "organization_id", "subject", "data"]
    assert (shown["organization_id"], shown["data"]) == (str(scope), {"n": 1})

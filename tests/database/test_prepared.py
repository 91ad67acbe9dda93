"""Statements that psycopg runs by itself: the same rows and errors, and connections that stay right."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from types import FrameType

import pytest
from sqlalchemy import (
    Integer,
    Uuid,
    bindparam,
    create_engine,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import dialect
from app.database import Base, Prepared, db, read, read_connection, savepoint, transaction, write, write_all
from app.models import Image, Organization, OrganizationSlug, Post, PostRevision
from app.services.post_reading import SUMMARY
from app.utils.ids import new_id
from tests.factories.posts import make_post

pytestmark = pytest.mark.usefixtures("committed_database")

_ONE = Prepared(
    select(*SUMMARY)
    .join(Organization, Organization.id == Post.organization_id)
    .outerjoin(Image, Image.id == Post.cover_image_id)
    .where(Post.id == bindparam("post_id", type_=Uuid()))
)


_SLUG = Prepared(insert(Base.metadata.tables["organization_slugs"]), ("slug", "organization_id"))
_REVISION = Prepared(insert(Base.metadata.tables["post_revisions"]), ("post_id", "number", "editor_id", "content"))
_COUNTED = Prepared(
    update(Base.metadata.tables["posts"])
    .where(Post.id == bindparam("post_id", type_=Uuid()))
    .values(likes_count=Post.likes_count + bindparam("step", type_=Integer()))
    .returning(Post.likes_count)
)


def _number(value: int) -> Prepared:
    """A statement of its own for each value; `%` has a meaning of its own in drivers."""
    return Prepared(
        select((literal_column(str(value)) % 1_000_000).label("number"), bindparam("said", type_=Integer()))
    )


@pytest.mark.both_databases
def test_rows_are_those_that_sqlalchemy_gives() -> None:
    with transaction():
        post = make_post(title="100 % of it: ünïcode")
    with read_connection() as connection:
        (expected,) = connection.execute(_ONE.statement, {"post_id": post.id}).all()
    for _ in range(2):  # once to prepare it, once as prepared
        (found,) = read(_ONE, {"post_id": post.id})
        assert dict(found._mapping) == dict(expected._mapping)
        assert (found.id, found.title, found.publication) == (post.id, "100 % of it: ünïcode", post.publication)
        assert found.created_at.tzinfo is UTC
    assert read(_ONE, {"post_id": post.organization_id}) == []


@pytest.mark.both_databases
def test_a_read_sees_what_its_own_transaction_wrote() -> None:
    with suppress(ZeroDivisionError), transaction():
        post_id = make_post().id
        assert len(read(_ONE, {"post_id": post_id})) == 1
        raise ZeroDivisionError
    assert read(_ONE, {"post_id": post_id}) == []


def test_values_of_other_sizes_and_none_are_the_same_statement() -> None:
    prepared = _number(7)
    said = [1, 2**20, None, 1]
    assert [tuple(row) for value in said for row in read(prepared, {"said": value})] == [(7, value) for value in said]


def test_a_list_of_values_of_any_length_goes_its_usual_way() -> None:
    prepared = Prepared(select(literal(1)).where(literal(2).in_(bindparam("some", expanding=True))))
    assert [len(read(prepared, {"some": some})) for some in ([1], [1, 2, 3], [])] == [0, 1, 0]


def test_a_refusal_is_sqlalchemys_and_leaves_the_connection_usable() -> None:
    divided = Prepared(select(1 / bindparam("by", type_=Integer())))
    with pytest.raises(DBAPIError) as refused:
        read(divided, {"by": 0})
    assert getattr(refused.value.orig, "sqlstate", None) == "22012"
    assert not refused.value.connection_invalidated
    assert not dialect.is_passing(refused.value)
    assert read(divided, {"by": 1})[0][0] == 1


def test_a_connection_that_broke_is_passing_and_replaced() -> None:
    suicide = Prepared(select(func.pg_terminate_backend(func.pg_backend_pid())))
    with pytest.raises(DBAPIError) as broke:
        read(suicide, {})
    assert dialect.is_passing(broke.value)
    assert read(_number(8), {"said": 1})[0].number == 8


def test_a_server_that_is_not_there_is_passing_too() -> None:
    form = _number(1).form(db.engine.dialect)
    absent = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(DBAPIError) as refused:
        form.rows_of(absent, {"said": 1})
    assert dialect.is_passing(refused.value)


def test_nobody_gets_the_answer_that_somebody_else_stopped_waiting_for() -> None:
    slow = Prepared(select(func.pg_sleep(bindparam("for_s", type_=Integer()))))
    read(slow, {"for_s": 0})
    with _stopped_after(0.2), pytest.raises(_StoppedError):
        read(slow, {"for_s": 30})
    assert [tuple(row) for row in read(_number(9), {"said": 3})] == [(9, 3)]


def test_a_connection_keeps_a_hundred_prepared_statements() -> None:
    for value in range(150):
        assert read(_number(value), {"said": None})[0].number == value
    kept = Prepared(
        select(func.count()).select_from(text("pg_prepared_statements")).where(text("name LIKE 'marquee%'"))
    )
    assert read(kept, {})[0][0] == 100


def test_changes_go_on_after_a_rollback_for_which_the_driver_forgets_what_it_prepared() -> None:
    with transaction():
        post = make_post()
    for _ in range(3):
        for ends_well in (True, False):
            with suppress(ZeroDivisionError), transaction():
                for _ in range(8):  # psycopg prepares what it sees five times
                    db.session.execute(select(Post.id))
                with savepoint_that_fails():
                    write(_COUNTED, {"step": 1, "post_id": post.id})
                assert write(_COUNTED, {"step": 1, "post_id": post.id})
                assert read(_ONE, {"post_id": post.id})[0].likes_count > 0
                assert ends_well or 1 / 0
    assert read(_ONE, {"post_id": post.id})[0].likes_count == 3


@contextmanager
def savepoint_that_fails() -> Iterator[None]:
    """Undoes what is done inside, and no more."""
    with suppress(LookupError), savepoint():
        yield
        raise LookupError


@pytest.mark.both_databases
def test_a_change_is_undone_with_its_transaction_though_it_was_the_first_in_it() -> None:
    with transaction():
        organization_id = make_post().organization_id
    for ends_well in (False, True):
        with suppress(ZeroDivisionError), transaction():
            write(_SLUG, {"slug": "former", "organization_id": organization_id})
            assert ends_well or 1 / 0
        with read_connection() as connection:
            found = connection.execute(
                select(OrganizationSlug.organization_id).where(OrganizationSlug.slug == "former")
            )
            assert [row[0] for row in found] == [organization_id] * ends_well


@pytest.mark.both_databases
def test_a_change_gets_the_models_defaults_and_gives_back_what_it_returns() -> None:
    with transaction():
        post = make_post()
        for number in (7, 8):
            write(_REVISION, {"post_id": post.id, "number": number, "editor_id": None, "content": {"title": "ü"}})
        write_all(_REVISION, [_revision(post, 9), _revision(post, 10)])
        (moved,) = write(_COUNTED, {"step": 5, "post_id": post.id})
    kept = select(PostRevision).where(PostRevision.post_id == post.id, PostRevision.number > 6)
    rows = list(db.session.scalars(kept.order_by(PostRevision.number)))
    assert [(row.number, row.content) for row in rows] == [(number, {"title": "ü"}) for number in (7, 8, 9, 10)]
    assert len({row.id for row in rows}) == 4
    assert all(row.created_at.tzinfo is UTC for row in rows)
    assert moved.likes_count == 5


def test_a_change_that_breaks_a_rule_is_an_integrity_error() -> None:
    with pytest.raises(IntegrityError), transaction():
        write(_SLUG, {"slug": "x", "organization_id": new_id()})


def _revision(post: Post, number: int) -> dict[str, object]:
    return {"post_id": post.id, "number": number, "editor_id": None, "content": {"title": "ü"}}


class _StoppedError(Exception):
    """Raised in the middle of a wait."""


@contextmanager
def _stopped_after(wait_s: float) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _StoppedError

    before = signal.signal(signal.SIGUSR1, stop)
    threading.Timer(wait_s, lambda: os.kill(os.getpid(), signal.SIGUSR1)).start()
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)

"""Idempotency-Key: the work is done once, however often, however fast and however broken its request comes."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.models import IdempotencyKey, Membership, Post
from app.permissions import Role, Scope
from app.utils.times import now
from tests.api.conftest import Person
from tests.factories import make_membership, make_organization
from tests.support.http import ApiClient, bearer, bearer_of_key
from tests.support.waiting import wait_until

KEY = {"Idempotency-Key": "abc-123"}
ONCE = {"title": "Once"}


def posts() -> int:
    with transaction():
        return db.session.scalar(select(func.count()).select_from(Post)) or 0


def kept_keys() -> int:
    with transaction():
        return db.session.scalar(select(func.count()).select_from(IdempotencyKey)) or 0


def is_replay(answer: TestResponse) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


@pytest.fixture
def editor() -> Membership:
    with transaction():
        return make_membership(role=Role.EDITOR)


@pytest.fixture
def write(client: ApiClient, editor: Membership) -> Callable[..., TestResponse]:
    """Writes a post with the key, from any thread."""
    signed_in = client.acting_as(editor)

    def send(title: str = "Once") -> TestResponse:
        return signed_in.with_headers(KEY).post("/api/v1/posts", json={"title": title})

    return send


def test_the_replay_is_the_first_answer_byte_for_byte(ada: Person) -> None:
    first, again = (ada.post("/posts", ONCE, headers=KEY) for _ in range(2))

    assert (first.status_code, is_replay(first)) == (201, False)
    assert (again.status_code, is_replay(again)) == (201, True)
    assert again.data == first.data
    for header in ("Location", "ETag", "Content-Type", "Cache-Control"):
        assert again.headers.get(header) == first.headers.get(header), header


def test_the_replay_shows_the_world_as_it_was(ada: Person) -> None:
    first = ada.post("/posts", ONCE, headers=KEY)
    ada.send("DELETE", f"/posts/{first.json['id']}")

    again = ada.post("/posts", ONCE, headers=KEY)

    assert again.data == first.data
    assert posts() == 0


@pytest.mark.parametrize("other", [{"title": "Other"}, {"title": "Once", "slug": "once"}])
def test_another_body_under_the_same_key_is_refused_and_changes_nothing(ada: Person, other: dict[str, str]) -> None:
    ada.post("/posts", ONCE, headers=KEY)

    answer = ada.post("/posts", other, headers=KEY)

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert is_replay(ada.post("/posts", ONCE, headers=KEY))
    assert posts() == 1


def test_an_action_without_a_body_is_done_once_too(ada: Person) -> None:
    path = f"/posts/{ada.draft()['id']}/publish"

    first, again = (ada.post(path, headers=KEY) for _ in range(2))

    assert (first.status_code, again.data, is_replay(again)) == (200, first.data, True)


def test_a_key_belongs_to_its_sender_organization_and_path(
    ada: Person, bob: Person, client: ApiClient, editor: Membership
) -> None:
    with transaction():
        elsewhere = make_membership(editor.user, make_organization(), Role.EDITOR)
    path = f"/posts/{ada.draft()['id']}/publish"
    ada.post("/posts", ONCE, headers=KEY)
    headers = [
        bearer(editor.user, editor.organization),
        bearer(editor.user, elsewhere.organization),
        bearer_of_key(editor, [Scope.WRITE_CONTENT]),
        bearer_of_key(editor, [Scope.WRITE_CONTENT]),
    ]

    answers = [client.post("/api/v1/posts", json=ONCE, headers={**who, **KEY}) for who in headers]
    answers += [bob.post("/posts", ONCE, headers=KEY), ada.post(path, headers=KEY)]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 201, 201, 200]
    assert not any(map(is_replay, answers))


def test_a_key_is_good_for_a_day(ada: Person) -> None:
    ada.post("/posts", ONCE, headers=KEY)
    with transaction():
        row = db.session.scalars(select(IdempotencyKey)).one()
        left = row.expires_at - now()
        row.expires_at = now() - timedelta(seconds=1)

    later = ada.post("/posts", ONCE, headers=KEY)

    assert timedelta(hours=23) < left <= timedelta(hours=24)
    assert (later.status_code, is_replay(later)) == (201, False)
    assert (posts(), kept_keys()) == (2, 1)


@pytest.mark.parametrize("refused", [{"title": ""}, {"title": "Once", "colour": "red"}, {"title": "A", "slug": "used"}])
def test_what_was_refused_leaves_the_key_free(ada: Person, refused: dict[str, str]) -> None:
    ada.post("/posts", {"title": "Used", "slug": "used"})

    assert ada.post("/posts", refused, headers=KEY).status_code in {409, 422}
    assert kept_keys() == 0
    assert ada.post("/posts", ONCE, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "k\u00e9y", "tab\tbed"])
def test_a_key_has_1_to_255_visible_characters(ada: Person, key: str) -> None:
    answer = ada.post("/posts", ONCE, headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_header")
    assert posts() == 0


def test_the_longest_key_and_the_largest_answer_are_kept(ada: Person) -> None:
    body = {"title": "Long", "body_markdown": "word " * 95_000}

    first, again = (ada.post("/posts", body, headers={"Idempotency-Key": "~" * 255}) for _ in range(2))

    assert len(first.data) > 900_000
    assert (first.status_code, again.data == first.data, is_replay(again)) == (201, True, True)


def test_a_read_does_not_look_at_the_key(ada: Person) -> None:
    assert ada.get("/posts", headers={"Idempotency-Key": "not a key"}).status_code == 200


def test_a_session_that_is_over_is_refused_before_its_key_is_looked_at(ada: Person) -> None:
    ada.post("/posts", ONCE, headers=KEY)
    ada.post("/auth/signout", {})

    assert ada.post("/posts", ONCE, headers=KEY).status_code == 401


@pytest.mark.both_databases
@pytest.mark.usefixtures("committed_database")
def test_twenty_at_once_do_the_work_once_and_get_one_answer(write: Callable[..., TestResponse]) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _number: write(), range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum(map(is_replay, answers)) == 19
    assert posts() == 1


@pytest.mark.usefixtures("committed_database")
def test_of_two_bodies_at_once_one_is_taken_and_the_other_refused(write: Callable[..., TestResponse]) -> None:
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(write, ["One", "Other"]))

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert posts() == 1


@contextmanager
def holding(engine: Engine, lock: str, **values: object) -> Iterator[Connection]:
    """Holds what others need, for as long as it takes."""
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(text(lock), values)
        yield connection


@contextmanager
def held(engine: Engine, editor: Membership) -> Iterator[Connection]:
    """While it lasts, a new post of the organization waits for its foreign key."""
    lock = "SELECT 1 FROM organizations WHERE id = :id FOR UPDATE"
    with holding(engine, lock, id=editor.organization_id) as connection:
        yield connection


def wait_for_writers(connection: Connection, number: int) -> set[int]:
    """The processes that wait for a lock in our database, once there are so many; others use the server too."""
    waiting = text(
        "SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
    )
    wait_until(lambda: len(set(connection.execute(waiting).scalars())) >= number)
    return set(connection.execute(waiting).scalars())


def test_a_second_request_waits_for_the_first_and_gets_its_answer(
    committed_database: Engine, editor: Membership, write: Callable[..., TestResponse]
) -> None:
    with ThreadPoolExecutor(2) as threads:
        with held(committed_database, editor) as connection:
            answers = [threads.submit(write) for _ in range(2)]
            wait_for_writers(connection, 2)
        first, second = sorted((answer.result() for answer in answers), key=is_replay)

    assert (first.status_code, is_replay(first)) == (201, False)
    assert (second.status_code, second.data, is_replay(second)) == (201, first.data, True)


def test_after_a_crash_half_way_the_same_key_does_the_work(
    committed_database: Engine, editor: Membership, write: Callable[..., TestResponse]
) -> None:
    with ThreadPoolExecutor(1) as threads, held(committed_database, editor) as connection:
        crashed = threads.submit(write)
        (process_id,) = wait_for_writers(connection, 1)
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": process_id})
        assert crashed.result().status_code == 503

    assert (posts(), kept_keys()) == (0, 0)
    again = write()
    assert (again.status_code, is_replay(again), posts()) == (201, False, 1)


@pytest.mark.slow
@pytest.mark.product_deadlines
def test_after_five_seconds_a_waiting_request_is_told_to_come_back(
    committed_database: Engine, write: Callable[..., TestResponse]
) -> None:
    with holding(committed_database, "LOCK TABLE idempotency_keys IN SHARE ROW EXCLUSIVE MODE"):
        began = time.monotonic()
        answer = write()
        waited_s = time.monotonic() - began

    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (
        409,
        "idempotency_in_flight",
        "1",
    )
    assert waited_s > 4


@pytest.mark.slow
@pytest.mark.product_deadlines
def test_a_lock_that_the_work_itself_waits_for_is_not_taken_for_the_key_s(
    committed_database: Engine, editor: Membership, write: Callable[..., TestResponse]
) -> None:
    with held(committed_database, editor):
        answer = write()

    assert answer.status_code == 503
    assert kept_keys() == 0

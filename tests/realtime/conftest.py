"""Plain `gunicorn wsgi:app` with two workers on a database of its own, and people who use it."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.support.database_fixtures import drop_database, new_database
from tests.support.processes import Running, running

GONE_WITHIN_S = 10.0
"""Nothing else would end a connection before: the beats come every 15 and 25 s."""
ENDINGS = {
    "a revoked session": "UPDATE sessions SET revoked_at = now() WHERE user_id = %s",
    "a disabled user": "UPDATE users SET disabled_at = now() WHERE id = %s",
    "a removed member": "DELETE FROM memberships WHERE user_id = %s",
    "a suspended member": "UPDATE memberships SET suspended_at = now() WHERE user_id = %s",
}
"""What ends a right to follow; the parameter is the user."""
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


@dataclass
class Live:
    """The running product and a way into its database."""

    product: Running
    database_url: str

    @property
    def address(self) -> str:
        return self.product.address

    def execute(self, statement: str, *values: object) -> list[Any]:
        """Changes the database under the product, as another of its processes would."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def happen(self, scope: str, *, organization_id: str | None = None, times: int = 1) -> None:
        """Writes events as the product does, without a wake-up."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(
                "INSERT INTO event_counters (scope_id, seq) VALUES (%(scope)s, %(times)s) "
                "ON CONFLICT (scope_id) DO UPDATE SET seq = event_counters.seq + %(times)s RETURNING seq",
                {"scope": scope, "times": times},
            ).fetchone()
            assert row is not None
            connection.cursor().executemany(
                "INSERT INTO events (scope_id, seq, id, organization_id, type, subject, data, occurred_at) "
                "VALUES (%s, %s, %s, %s, 'test.happened', 'test:1', '{}', now())",
                [(scope, row[0] - times + n, uuid.uuid4(), organization_id) for n in range(1, times + 1)],
            )


@dataclass
class Person:
    """Somebody who signed up at one address."""

    live: Live
    session: dict[str, Any]

    @property
    def token(self) -> str:
        return str(self.session["access_token"])

    @property
    def user_id(self) -> str:
        return str(self.session["user"]["id"])

    @property
    def organization_id(self) -> str:
        rows = self.live.execute("SELECT organization_id FROM memberships WHERE user_id = %s", self.user_id)
        return str(rows[0][0])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def draft(self, title: str = "Something to hear", address: str | None = None) -> dict[str, Any]:
        """A new post of theirs, which makes the event `post.created`."""
        url = f"{address or self.live.address}/api/v1/posts"
        answer = requests.post(url, json={"title": title}, headers=self.headers, timeout=60)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def change(self, post_id: str, title: str) -> None:
        """Gives a post of theirs another title, which makes the event `post.updated`."""
        url = f"{self.live.address}/api/v1/posts/{post_id}"
        answer = requests.patch(url, json={"title": title}, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def live_settings() -> dict[str, str]:
    """What the product is started with; a module may have its own."""
    return {"WEB_CONCURRENCY": "2"}


@pytest.fixture(scope="module")
def live(
    live_settings: dict[str, str],
    postgresql_server: str,
    postgresql_url: str,
    redis_url: str,
    run_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Live]:
    name = f"{postgresql_url.rpartition('/')[2]}-live"
    url = new_database(postgresql_server, name, template=f"{run_folder.name}-template")
    folder = tmp_path_factory.mktemp("live")
    with running(folder, database_url=url, redis_url=redis_url, workers=0, **live_settings) as product:
        yield Live(product, url)
    drop_database(postgresql_server, name)


@pytest.fixture
def sign_up(live: Live) -> Callable[[], Person]:
    def sign_up() -> Person:
        body = {"email": f"user{next(_numbers)}@example.org", "password": PASSWORD, "name": "Ada"}
        answer = requests.post(f"{live.address}/api/v1/auth/signup", json=body, timeout=30)
        assert answer.status_code == 201, answer.text
        return Person(live, answer.json())

    return sign_up


@pytest.fixture
def ada(sign_up: Callable[[], Person]) -> Person:
    return sign_up()


@pytest.fixture
def bob(sign_up: Callable[[], Person]) -> Person:
    """The owner of another organization."""
    return sign_up()

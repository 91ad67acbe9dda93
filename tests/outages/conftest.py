"""A product on servers of its own, which a test may freeze, kill, empty and fill."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from redis import Redis

from tests import clips
from tests.support import servers
from tests.support.database_fixtures import migrate
from tests.support.processes import Running, running
from tests.support.servers import Server
from tests.support.waiting import wait_until

PASSWORD = "correct horse battery"


@dataclass
class Answer:
    """What came back, when it was asked for, and how long it took."""

    what: str
    status: int
    asked_at: float
    took_s: float
    retry_after: str | None


@dataclass
class Stack:
    """The product, its two servers, and somebody who signed up."""

    product: Running
    postgresql: Server
    redis: Server
    clip: Path
    token: str = ""

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """A request on a connection of its own."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return requests.request(method, f"{self.product.address}/api/v1{path}", headers=headers, timeout=60, **options)

    def timed(self, what: str, method: str, path: str, **options: Any) -> tuple[Answer, Any]:
        """The answer's figures and its document."""
        asked_at = time.monotonic()
        response = self.send(method, path, **options)
        took_s = time.monotonic() - asked_at
        figures = Answer(what, response.status_code, asked_at, took_s, response.headers.get("Retry-After"))
        return figures, response.json() if response.content else None

    def sign_up(self) -> Answer:
        """A new account; it counts in shared rate limits and sends a letter."""
        email = f"user{time.monotonic_ns()}@example.org"
        self.token = ""
        figures, document = self.timed(
            "sign up", "POST", "/auth/signup", json={"email": email, "password": PASSWORD, "name": "Ada"}
        )
        self.token = document.get("access_token", "")
        return figures

    def write(self) -> list[Answer]:
        """One of each kind of write that touches Redis: limits, wake-ups and events."""
        answers = [self.sign_up()]
        created, post = self.timed("create", "POST", "/posts", json={"title": "A", "body_markdown": "b"})
        path = f"/posts/{post['id']}"
        published, _ = self.timed("publish", "POST", f"{path}/publish")
        deleted, _ = self.timed("delete", "DELETE", path)
        uploaded, _ = self.upload()
        return [*answers, created, published, deleted, uploaded]

    def upload(self) -> tuple[Answer, Any]:
        """A small video, with the job that it brings."""
        with self.clip.open("rb") as file:
            return self.timed("upload", "POST", "/videos", files={"file": (self.clip.name, file)})

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says; nothing in between."""
        with psycopg.connect(self.postgresql.url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def wait_until(self, condition: Callable[[], object]) -> float:
        """Seconds until the condition held; an assertion error says what was logged."""
        return wait_until(condition, log=lambda: self.product.log_file.read_text()[-4000:])

    def command(self, *words: str) -> None:
        """Tells Redis something."""
        with Redis.from_url(self.redis.url) as client:
            client.execute_command(*words)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with servers.postgresql() as postgresql, servers.valkey() as redis:
        migrate(postgresql.url)
        variables = {"RATE_LIMIT_SCALE": "10000", "LOG_LEVEL": "INFO"}
        with running(
            folder / "data", database_url=postgresql.url, redis_url=redis.url, workers=1, **variables
        ) as product:
            stack = Stack(product, postgresql, redis, clips.make(folder, "vp9.webm"))
            stack.write()  # warm: the first requests load code
            stack.wait_until(lambda: not stack.ask("SELECT 1 FROM jobs WHERE state <> 'succeeded'"))
            yield stack

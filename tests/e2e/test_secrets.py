"""Secrets pushed through every door of the running product leave no trace in logs, jobs, Redis, files or errors."""

import json
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
import requests
import socketio
from socketio.exceptions import ConnectionError as Refused

from app.http.routing import BodyKind, Route
from tests.matrix.calls import example_of
from tests.support.canaries import everything_told_to, files, found_in, kept_in_redis, rows, tokens_of_letters
from tests.support.database_fixtures import drop_database, new_database
from tests.support.processes import Running, running
from tests.support.route_table import ALL_ROUTES, any_path
from tests.support.waiting import wait_until

ADDRESSES_STAND_IN: Final = {"users", "invitations"}
KINDS: Final = {"email": "mail", "password": "password", "token": "token", "secret": "token", "key": "api-key"}
HAS: Final = {route.full_path for route in ALL_ROUTES}


@dataclass
class Visit:
    """What was pushed in, and every error that came back."""

    product: Running
    database_url: str
    redis_url: str
    mark: str = field(default_factory=lambda: secrets.token_hex(6))
    secrets: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    told_to_redis: list[str] = field(default_factory=list)
    answered: int = 0

    @property
    def email(self) -> str:
        return f"canary-mail-{self.mark}@example.org"

    @property
    def password(self) -> str:
        return f"a pushed phrase {self.mark[::-1]}"

    def new(self, kind: str) -> str:
        """A secret of its own."""
        made = {"mail": f"canary-mail-{secrets.token_hex(6)}@example.org", "api-key": f"mq_{secrets.token_hex(20)}"}
        value = made.get(kind, f"canary-{kind}-{secrets.token_hex(16)}")
        self.secrets.add(value)
        return value

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        answer = requests.request(method, f"{self.product.address}{path}", timeout=30, allow_redirects=False, **options)
        self.answered += 1
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            self.errors.append(f"{answer.status_code} {answer.headers} {answer.text}")
        return answer

    def auth(self, name: str, body: dict[str, Any], **headers: str) -> requests.Response:
        return self.send(
            "POST", f"/api/v1/auth/{name}", json=body, headers={"Marquee-Token-Delivery": "body", **headers}
        )

    def keep_tokens(self, answer: requests.Response) -> dict[str, Any]:
        """The session's tokens are secrets now, and so is the part of each that signs."""
        document: dict[str, Any] = answer.json()
        for name in ("access_token", "refresh_token"):
            self.secrets |= {document[name], document[name].rpartition(".")[2]}
        return document


@pytest.fixture(scope="module")
def visit(
    postgresql_server: str,
    postgresql_url: str,
    redis_url: str,
    run_folder: Path,
    worker_name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Visit]:
    del postgresql_url  # it makes the template
    name = f"{run_folder.name}-secrets-{worker_name}"
    url = new_database(postgresql_server, name, template=f"{run_folder.name}-template")
    folder = tmp_path_factory.mktemp("secrets")
    variables = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json", "WEB_CONCURRENCY": "1", "RATE_LIMIT_SCALE": "100"}
    with (
        everything_told_to(redis_url) as told,
        running(folder, database_url=url, redis_url=redis_url, workers=1, **variables) as product,
    ):
        visit = Visit(product, url, redis_url, told_to_redis=told)
        visit.secrets |= {visit.email, visit.password}
        access_token = _live_through_a_session(visit)
        _push_through_every_route(visit, access_token)
        _push_through_headers_and_realtime(visit, access_token)
        _wait_for_the_jobs(visit)
        visit.secrets |= tokens_of_letters(product.data_dir / "outbox")
        yield visit
    drop_database(postgresql_server, name)


def _live_through_a_session(visit: Visit) -> str:
    """The ordinary ways of an account, right and wrong. Returns an access token that is still good."""
    account = {"email": visit.email, "password": visit.password, "name": "Ada Lovelace"}
    signed_up = visit.auth("signup", account)
    assert signed_up.status_code == 201, signed_up.text
    assert visit.auth("signup", account).status_code == 409
    visit.auth("signin", {"email": visit.email, "password": visit.new("password")})
    signed_in = visit.keep_tokens(visit.auth("signin", {"email": visit.email, "password": visit.password}))
    renewed = visit.keep_tokens(visit.auth("refresh", {"refresh_token": signed_in["refresh_token"]}))
    visit.auth("refresh", {}, Cookie=f"marquee_refresh={renewed['refresh_token']}", Origin="https://evil.example")
    visit.auth("refresh", {}, Cookie=f"marquee_refresh={renewed['refresh_token']}", Origin=visit.product.address)
    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    if "/api/v1/api-keys" in HAS:
        made = visit.send(
            "POST", "/api/v1/api-keys", json={"name": "A key", "scopes": ["content:read"]}, headers=bearer
        )
        assert made.status_code == 201, made.text
        visit.secrets |= {text for text in made.json().values() if isinstance(text, str) and text.startswith("mq_")}
    for name in ("password/forgot", "email/verification"):
        if f"/api/v1/auth/{name}" in HAS:
            visit.auth(name, {"email": visit.email}, **bearer)
            visit.auth(name, {"email": visit.new("mail")})
    visit.auth("signout", {"refresh_token": renewed["refresh_token"]})
    last = visit.keep_tokens(visit.auth("signin", {"email": visit.email, "password": visit.password}))
    return str(last["access_token"])


def _push_through_every_route(visit: Visit, access_token: str) -> None:
    """Secrets as values, where others are wanted, in broken bodies, and in queries of every route."""
    for route in ALL_ROUTES:
        if "text/event-stream" in route.answers.values() or "signout" in route.path:
            continue
        for headers in ({}, {"Authorization": f"Bearer {access_token}"}):
            _push(visit, route, headers)


def _push(visit: Visit, route: Route, headers: dict[str, str]) -> None:
    path = any_path(route)
    query = "&".join(f"{name}={visit.new('token')}" for name in ("token", "access_token", "refresh_token", "password"))
    visit.send(route.method, f"{path}?{query}", headers=headers)
    if route.body is None or route.body_kind is not BodyKind.JSON:
        return
    example = example_of(route.body)
    assert isinstance(example, dict)
    secret = {name: visit.new(kind) for name in route.body.model_fields if (kind := _kind_of(name))}
    typed = {"Content-Type": "application/json", **headers}
    bodies = [
        json.dumps({**example, **secret}),
        json.dumps({**example, **{name: [value] for name, value in secret.items()}}),
        json.dumps({**example, **secret, "more": visit.new("token")}),
        json.dumps({**example, **secret})[:-1],
        json.dumps([visit.new("password")]),
        json.dumps(visit.new("password")),
        '{"password": "' + visit.new("password") + '\\u0000"}',
    ]
    for body in bodies:
        visit.send(route.method, path, data=body, headers=typed)
    visit.send(route.method, path, data=bodies[0], headers={**headers, "Content-Type": "text/plain"})


def _kind_of(name: str) -> str | None:
    return next((kind for word, kind in KINDS.items() if word in name), None)


def _push_through_headers_and_realtime(visit: Visit, access_token: str) -> None:
    for path in ("/api/v1/posts", "/api/v1/users/me", "/api/v1/events", "/metrics"):
        for value in (
            f"Bearer {visit.new('token')}",
            f"Basic {visit.new('password')}",
            f"Bearer {visit.new('api-key')}",
            f"Bearer {access_token}x",
            f"Bearer {access_token.rpartition('.')[0]}.{visit.new('token')}",
        ):
            visit.send("GET", path, headers={"Authorization": value}, stream=True).close()
    for name in ("v1/master.m3u8", "v1/../original", "nothing"):
        visit.send("GET", f"/media/{visit.new('token')}/{uuid.uuid4()}/{name}")
    visit.send("GET", f"/media/{visit.new('token')}/no-id/x")
    visit.send("POST", f"/media/{visit.new('token')}/{uuid.uuid4()}/x")
    events = {"Authorization": f"Bearer {access_token}", "Last-Event-ID": visit.new("token")}
    visit.send("GET", "/api/v1/events", headers=events, stream=True).close()
    for token, kind in ((access_token, None), (visit.new("token"), None), (access_token, visit.new("token"))):
        client = socketio.Client(reconnection=False)
        try:
            client.connect(visit.product.address, auth={"token": token, "organization": kind}, wait_timeout=60)
            client.call("subscribe", {"topic": f"video:{visit.new('token')}"}, timeout=60)
        except Refused:
            continue
        finally:
            client.disconnect()


def _wait_for_the_jobs(visit: Visit) -> None:
    """Letters are written, so that what the worker logs counts too."""
    with psycopg.connect(visit.database_url, autocommit=True) as connection:
        waiting = "SELECT kind FROM jobs WHERE state IN ('queued', 'running') AND run_at <= now()"
        wait_until(lambda: not connection.execute(waiting).fetchall())


@pytest.mark.slow
def test_every_kind_of_secret_was_pushed(visit: Visit) -> None:
    beginnings = ("canary-mail", "canary-password", "canary-token", "a pushed phrase", "eyJ", "mq_")

    assert all(any(secret.startswith(beginning) for secret in visit.secrets) for beginning in beginnings)
    assert len(tokens_of_letters(visit.product.data_dir / "outbox")) >= 2


@pytest.mark.slow
def test_no_error_says_a_secret(visit: Visit) -> None:
    assert len(visit.errors) > 100
    assert {text for text in visit.errors if found_in(text, visit.secrets)} == set()


@pytest.mark.slow
def test_no_log_holds_a_secret(visit: Visit) -> None:
    log = visit.product.log_file.read_text(encoding="utf-8")

    assert log.count('"event": "request"') >= visit.answered * 0.9
    assert found_in(log, visit.secrets) == []


@pytest.mark.slow
def test_no_row_holds_a_secret_and_addresses_stand_only_where_they_must(visit: Visit) -> None:
    found = [(table, secret) for table, text in rows(visit.database_url) for secret in found_in(text, visit.secrets)]

    assert {table for table, secret in found if "canary-mail" in secret} <= ADDRESSES_STAND_IN
    assert [pair for pair in found if "canary-mail" not in pair[1]] == []
    assert ("users", visit.email) in found


@pytest.mark.slow
def test_redis_neither_keeps_nor_hears_a_secret(visit: Visit) -> None:
    heard = "\n".join(visit.told_to_redis)

    assert "marquee:rate" in heard
    assert found_in(heard, visit.secrets) == []
    assert found_in("\n".join(kept_in_redis(visit.redis_url)), visit.secrets) == []


@pytest.mark.slow
def test_no_file_but_a_kept_letter_holds_a_secret(visit: Visit) -> None:
    found = [
        (name, secret)
        for name, text in files(visit.product.data_dir, without="outbox")
        for secret in found_in(text, visit.secrets)
    ]

    assert found == []

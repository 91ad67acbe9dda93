"""Rate limits: who is counted, what the answers say, and that nothing in a request evades them."""

import re
import secrets
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.clients import rates, redis
from app.http.limits import NAMED, limit_of_method
from app.services import passwords
from config import settings
from tests.api.conftest import PASSWORD, Person
from tests.support.http import ApiClient
from tests.support.limits_page import PAGE, render
from tests.support.route_table import ALL_ROUTES

WRONG = "wrong horse battery"
REDIS = pytest.mark.parametrize("is_redis_there", [True, False], ids=["with Redis", "without Redis"])


@pytest.fixture(autouse=True)
def limits_in_force(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "rate_limit_scale", 1)
    rates.forget()
    yield
    rates.forget()
    redis.forget()


@pytest.fixture
def address() -> str:
    """A peer that no other test was."""
    return ".".join(["10", *(str(byte) for byte in secrets.token_bytes(3))])


def signin(client: ApiClient, address: str, email: str, password: str = WRONG, **more: object) -> TestResponse:
    headers = {"X-Forwarded-For": f"203.0.113.{secrets.randbelow(256)}", "Forwarded": "for=203.0.113.7"}
    body = {"email": email, "password": password, **more}
    return client.post("/api/v1/auth/signin", json=body, headers=headers, environ_base={"REMOTE_ADDR": address})


@REDIS
def test_of_two_hundred_tries_twenty_are_looked_at_and_the_owner_still_gets_in(
    client: ApiClient, ada: Person, address: str, monkeypatch: pytest.MonkeyPatch, *, is_redis_there: bool
) -> None:
    email = ada.session["user"]["email"]
    verified: list[str] = []
    verify = passwords.verify

    def count(password: str, password_hash: str | None) -> bool:
        verified.append(password)
        return verify(password, password_hash)

    monkeypatch.setattr(passwords, "verify", count)
    if not is_redis_there:
        monkeypatch.setattr(settings, "redis_url", "redis://127.0.0.1:1/0")
        redis.forget()

    statuses = Counter(
        signin(client, address, email if number % 2 else f"other{number}@example.org").status_code
        for number in range(200)
    )

    assert len(verified) <= 20
    assert statuses == {401: len(verified), 429: 200 - len(verified)}
    assert signin(client, "198.51.100.7" if is_redis_there else "198.51.100.8", email, PASSWORD).status_code == 200


def test_a_redis_that_comes_and_goes_gives_no_tries_away(
    client: ApiClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, calls = redis.ask, iter(range(10_000))
    monkeypatch.setattr(redis, "ask", lambda call: ask(call) if next(calls) % 7 < 4 else None)

    statuses = Counter(signin(client, address, f"a{number}@example.org").status_code for number in range(60))

    assert statuses[401] <= 20
    assert statuses[429] >= 40


def test_ten_tries_a_minute_are_for_one_account_from_one_address(client: ApiClient, address: str) -> None:
    tries = [
        signin(client, address, " Grace@Example.org " if number % 2 else "grace@example.org") for number in range(11)
    ]

    assert [answer.status_code for answer in tries].count(429) == 1
    assert tries[-1].json["violated-policies"] == ["sign-in-account"]
    assert signin(client, address, "alan@example.org").status_code == 401


def test_odd_bodies_are_counted_too(client: ApiClient, address: str) -> None:
    statuses = {signin(client, address, "a@example.org", extra=number).status_code for number in range(30)}

    assert statuses == {422, 429}


def test_bodies_that_are_no_json_are_counted_too(client: ApiClient, address: str) -> None:
    statuses = Counter(
        client.post(
            "/api/v1/auth/signin", data=b"{", content_type="application/json", environ_base={"REMOTE_ADDR": address}
        ).status_code
        for _ in range(12)
    )

    assert statuses == {400: 10, 429: 2}


@pytest.mark.parametrize("token", ["no.token.at.all", "mq_no_key"])
def test_guessing_tokens_is_counted_for_the_address(
    client: ApiClient, ada: Person, address: str, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setattr(settings, "rate_limit_scale", 3 / 6000)
    guess = {"headers": {"Authorization": f"Bearer {token}"}, "environ_base": {"REMOTE_ADDR": address}}

    answers = [client.get("/api/v1/users/me", **guess) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"read";q=3;w=60'
    assert ada.get("/users/me", environ_base={"REMOTE_ADDR": address}).status_code == 200


def test_a_refusal_says_how_long_to_wait(client: ApiClient, address: str) -> None:
    answer = [signin(client, address, f"a{number}@example.org") for number in range(21)][-1]

    assert answer.status_code == 429
    assert answer.json["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert answer.json["code"] == "quota-exceeded"
    assert answer.json["violated-policies"] == ["sign-in-address"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit"].startswith('"sign-in-address";r=0;t=')


def test_an_answer_says_its_quotas_and_what_is_left(client: ApiClient, address: str) -> None:
    signin(client, address, "a@example.org")
    answer = signin(client, address, "b@example.org")

    assert answer.headers["RateLimit-Policy"] == '"sign-in-address";q=20;w=60, "sign-in-account";q=10;w=60'
    left = r'"sign-in-address";r=18;t=[1-6]\d?, "sign-in-account";r=9;t=[1-6]\d?'
    assert re.fullmatch(left, answer.headers["RateLimit"])


def test_an_answer_for_shared_caches_tells_nobody_s_count(client: ApiClient, ada: Person) -> None:
    public, private = client.get("/api/v1/posts"), ada.get("/posts")

    assert public.headers["RateLimit-Policy"] == private.headers["RateLimit-Policy"] == '"read";q=6000;w=60'
    assert "RateLimit" not in public.headers
    assert private.headers["RateLimit"].startswith('"read";r=5999;t=')


def test_a_read_never_asks_redis(client: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(redis, "ask", asked.append)

    assert client.get("/api/v1/posts").status_code == 200
    assert asked == []


def test_accounts_behind_one_address_are_counted_each(
    ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "rate_limit_scale", 3 / 600)

    mine = [ada.post("/posts", {"title": "A"}).status_code for _ in range(4)]

    assert mine == [201, 201, 201, 429]
    assert bob.post("/posts", {"title": "B"}).status_code == 201


def test_one_ipv6_customer_is_one_peer(client: ApiClient) -> None:
    network = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}"

    statuses = [
        signin(client, f"{network}::{number:x}", f"a{number}@example.org").status_code for number in range(1, 22)
    ]

    assert statuses == [401] * 20 + [429]


def test_every_route_has_a_limit_and_only_what_reads_counts_by_itself() -> None:
    assert all(route.limit_in_force.policies for route in ALL_ROUTES)
    assert not [route.endpoint for route in ALL_ROUTES if route.method == "GET" and route.limit_in_force.is_shared]
    assert limit_of_method("GET") is NAMED["READ"]


def test_the_limits_of_test_runs_are_off_unless_asked_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    answer = app.test_client().get("/healthz")

    assert "RateLimit-Policy" not in answer.headers


def test_the_page_of_limits_is_the_generated_one() -> None:
    """`python -m tests.support.write_limits` writes it."""
    assert PAGE.read_text(encoding="utf-8") == render()

"""The outermost layer: whom a request comes from, whom it means, and what every answer carries."""

import secrets
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from app.clients import rates
from app.database import db
from app.http.routing import Route
from app.models import Session
from config import settings
from tests.api.conftest import PASSWORD, Person
from tests.factories import make_membership
from tests.support.http import ApiClient, bearer
from tests.support.route_table import ALL_ROUTES, any_path

PROXY = "10.0.0.1"
FRONT_END = "https://front.example"
STRICT = "default-src 'none'; frame-ancestors 'none'"

every_route = pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda route: f"{route.method} {route.path}")


@pytest.fixture
def trusted_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "trusted_proxies", (ip_network("10.0.0.0/8"),))


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "public_url", "https://marquee.example")


@pytest.fixture
def limits_in_force(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "rate_limit_scale", 1)
    rates.forget()
    yield
    rates.forget()


def sign_in_from(person: Person, peer: str, headers: dict[str, str], password: str = PASSWORD) -> TestResponse:
    body = {"email": person.session["user"]["email"], "password": password}
    return person.client.post("/api/v1/auth/signin", json=body, headers=headers, environ_base={"REMOTE_ADDR": peer})


def address_of_newest_session() -> str | None:
    return db.session.scalar(select(Session.address).order_by(Session.id.desc()).limit(1))


# Whom it comes from


@pytest.mark.usefixtures("trusted_proxy")
@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        (PROXY, "203.0.113.7", "203.0.113.7"),
        (PROXY, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "203.0.113.7", "203.0.113.7"),
    ],
    ids=["a proxy", "a chain of them", "a stranger", "the unix socket"],
)
def test_only_a_trusted_proxy_says_who_the_client_is(ada: Person, peer: str, forwarded_for: str, address: str) -> None:
    sign_in_from(ada, peer, {"X-Forwarded-For": forwarded_for, "X-Real-Ip": "192.0.2.1", "Forwarded": "for=192.0.2.2"})

    assert address_of_newest_session() == address


def test_without_the_setting_nobody_is_trusted(ada: Person) -> None:
    sign_in_from(ada, "127.0.0.1", {"X-Forwarded-For": "203.0.113.7"})

    assert address_of_newest_session() == "127.0.0.1"


@pytest.mark.usefixtures("trusted_proxy", "limits_in_force")
def test_behind_a_proxy_an_invented_address_evades_no_limit(ada: Person) -> None:
    attacker, owner = (f"203.0.{secrets.randbelow(256)}.{number}" for number in (1, 2))

    tries = [
        sign_in_from(ada, PROXY, {"X-Forwarded-For": f"192.0.2.{number}, {attacker}"}, "wrong").status_code
        for number in range(15)
    ]

    assert tries == [401] * 10 + [429] * 5
    assert sign_in_from(ada, PROXY, {"X-Forwarded-For": owner}).status_code == 200


@pytest.mark.usefixtures("trusted_proxy")
@pytest.mark.parametrize(("peer", "status"), [(PROXY, 200), ("203.0.113.9", 403)], ids=["a proxy", "a stranger"])
def test_scheme_and_host_are_believed_from_a_trusted_proxy_only(ada: Person, peer: str, status: int) -> None:
    """The address that the page was asked at counts as our own origin."""
    headers = {
        "X-Forwarded-Proto": "http, https",
        "X-Forwarded-Host": "evil.example, app.localhost",
        "Origin": "https://app.localhost",
    }

    answer = ada.client.post("/api/v1/auth/refresh", json={}, headers=headers, environ_base={"REMOTE_ADDR": peer})

    assert answer.status_code == status


# Whom it means


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("app.localhost:1", 200),
        ("localhost.", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("192.168.1.20", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("evillocalhost", 421),
        ("", 400),
        ("localhost:0", 400),
        ("localhost:99999", 400),
        ("localhost, evil.example", 400),
        ("user@localhost", 400),
        ("localhost/path", 400),
        ("local host", 400),
        ("[::1", 400),
        ("[localhost]", 400),
        ("exämple.org", 400),
        ("<script>", 400),
    ],
)
def test_a_host_that_is_not_ours_is_refused(client: ApiClient, host: str, status: int) -> None:
    answer = client.get("/api/v1/posts", headers={"Host": host})

    assert answer.status_code == status
    if status != 200:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"] == ("bad_host" if status == 400 else "misdirected_request")
        assert "evil" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("marquee.example", 200),
        ("marquee.example:443", 200),
        ("api.other.example", 200),
        ("a.b.wild.example", 200),
        ("wild.example", 421),
        ("localhost", 421),
        ("127.0.0.1", 421),
        ("other.example", 421),
        ("marquee.example.evil.example", 421),
    ],
)
def test_production_answers_for_its_own_names_only(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch, host: str, status: int
) -> None:
    monkeypatch.setattr(settings, "public_url", "https://marquee.example")
    monkeypatch.setattr(settings, "allowed_hosts", ("api.other.example", "*.wild.example"))
    monkeypatch.setattr(settings, "app_env", "production")

    assert client.get("/api/v1/posts", headers={"Host": host}).status_code in {status, 422 if status == 200 else status}


@every_route
def test_no_route_answers_for_a_foreign_host_but_the_probes(route: Route, client: ApiClient) -> None:
    answer = client.open(any_path(route), method=route.method, headers={"Host": "evil.example"})

    assert (answer.status_code != 421) == (route.path in {"/healthz", "/readyz"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("headers", [{"Host": "10.1.2.3:8000"}, {"Host": "pod-7"}, {}], ids=["address", "name", "none"])
def test_probes_come_by_any_name(app: Flask, path: str, headers: dict[str, str]) -> None:
    environ = {"HTTP_HOST": headers["Host"]} if headers else {"HTTP_HOST": ""}

    assert Client(app).get(path, environ_overrides=environ).status_code == 200


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=polling&sid=x.y"])
def test_socket_io_does_not_answer_for_a_foreign_host_either(client: ApiClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"})

    assert answer.status_code == 421
    assert answer.mimetype == "application/problem+json"


# What every answer carries


def assert_protected(answer: TestResponse, *, has_hsts: bool) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] in {"same-origin", "cross-origin"}
    assert ("Strict-Transport-Security" in answer.headers) is has_hsts
    assert answer.headers["Cache-Control"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    if answer.mimetype == "text/html" and policy != STRICT:
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert directives.get("script-src", "'none'") in {"'self'", "'none'"}
        assert (directives["base-uri"], directives["form-action"]) == ("'none'", "'none'")
    elif answer.mimetype != "text/css":
        assert policy == STRICT or answer.mimetype in {"text/javascript", "image/svg+xml"}
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control"):
        assert len(answer.headers.getlist(name)) == 1


@every_route
def test_every_answer_of_every_route_is_protected(route: Route, client: ApiClient, https: None) -> None:
    del https
    path, owner = any_path(route), make_membership()
    requests: list[tuple[str, str, dict[str, str]]] = [
        (route.method, path, {}),
        (route.method, path, {"Authorization": "Bearer no.token.at.all"}),
        (route.method, f"{path}?no=such", {}),
        *((method, path, {}) for method in ("TRACE", "OPTIONS", "HEAD")),
        (route.method, path, bearer(owner.user, owner.organization)),
    ]

    for method, target, headers in requests:
        with Client(client.application).open(target, method=method, headers=headers) as answer:
            assert_protected(answer, has_hsts=True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/nowhere", 404), ("/api/v1/posts/no-id", 404), ("/docs", 200), ("/docs/swagger-ui.css", 200)),
        *(("/docs/swagger-ui-bundle.js", 200), ("/openapi.json", 200), ("/metrics", 200), ("/docs/../wsgi.py", 404)),
        *(("/socket.io/?EIO=4&transport=polling", 200), ("/socket.io/?EIO=1", 400), ("/socket.io/?EIO=4&sid=x", 400)),
    ],
)
def test_files_errors_and_socket_io_are_protected_too(app: Flask, path: str, status: int, https: None) -> None:
    del https
    with Client(app).get(path) as answer:
        assert answer.status_code == status
        assert_protected(answer, has_hsts=True)


def test_hsts_is_for_https_only(client: ApiClient) -> None:
    assert_protected(client.get("/healthz"), has_hsts=False)


@pytest.mark.usefixtures("https", "trusted_proxy")
@pytest.mark.parametrize(("scheme", "has_hsts"), [("http", False), ("https", True)])
def test_hsts_is_not_sent_to_a_client_that_came_by_http(client: ApiClient, scheme: str, *, has_hsts: bool) -> None:
    answer = client.get("/healthz", headers={"X-Forwarded-Proto": scheme}, environ_base={"REMOTE_ADDR": PROXY})

    assert_protected(answer, has_hsts=has_hsts)

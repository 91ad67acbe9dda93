"""Which pages may use the API: exact origins by CORS, and the session's cookie by CSRF rules."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import Client

from app import create_app
from config import settings
from tests.api.conftest import Person
from tests.support.database_fixtures import close_engines

FRONT_END = "https://front.example"
STRANGERS = [
    "https://evil.example",
    "https://front.example.evil.example",
    "https://evilfront.example",
    "https://front.example:8443",
    "http://front.example",
    "https://front.example/",
    "https://sub.front.example",
    "null",
    "*",
    "https://front.example, https://evil.example",
]
PATHS = ["/api/v1/posts", "/api/v1/nowhere", "/api/v1/users/me", "/media/public/x/v1/master.m3u8", "/healthz"]


@pytest.fixture(scope="module")
def built_with_a_list(app: Flask) -> Iterator[Flask]:
    """Another application; the usual one came first, for its databases."""
    del app
    given, settings.cors_origins = settings.cors_origins, (FRONT_END,)
    application = create_app()
    settings.cors_origins = given
    yield application
    close_engines(application)


@pytest.fixture
def open_app(built_with_a_list: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with a front end on its list."""
    monkeypatch.setattr(settings, "cors_origins", (FRONT_END,))
    return built_with_a_list


@pytest.mark.parametrize("path", PATHS)
def test_an_origin_on_the_list_is_named_exactly(open_app: Flask, path: str) -> None:
    answer = Client(open_app).get(path, headers={"Origin": FRONT_END})

    assert answer.headers.getlist("Access-Control-Allow-Origin") == [FRONT_END]
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in answer.headers["Vary"]
    assert {"ETag", "Location", "Content-Range", "RateLimit", "Retry-After"} <= set(
        answer.headers["Access-Control-Expose-Headers"].split(", ")
    )


@pytest.mark.parametrize("origin", STRANGERS)
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
def test_any_other_origin_gets_nothing(open_app: Flask, origin: str, method: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    for path in PATHS:
        answer = Client(open_app).open(path, method=method, headers=headers)

        assert answer.headers.get("Access-Control-Allow-Origin") in {None, FRONT_END}
        assert answer.headers.get("Access-Control-Allow-Origin") != origin


def test_a_preflight_is_answered_without_credentials(open_app: Flask) -> None:
    headers = {
        "Origin": FRONT_END,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, content-type",
    }

    answer = Client(open_app).options("/api/v1/users/me", headers=headers)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == FRONT_END
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"


def test_without_a_list_there_is_no_cors_at_all(app: Flask) -> None:
    answer = Client(app).get("/api/v1/posts", headers={"Origin": FRONT_END})

    assert not [name for name, _value in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        *((FRONT_END, 200), ("http://localhost", 200), ("http://localhost:8000", 200), (None, 200)),
        *(("https://evil.example", 400), ("null", 400), ("https://localhost", 400), ("http://localhost:1", 400)),
    ],
)
def test_socket_io_takes_the_same_origins(open_app: Flask, origin: str | None, status: int) -> None:
    headers = {"Origin": origin} if origin else {}

    answer = Client(open_app).get("/socket.io/?EIO=4&transport=polling", headers=headers)

    assert answer.status_code == status
    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if status == 200 else None)


# The cookie


@pytest.mark.parametrize("path", ["/api/v1/auth/refresh", "/api/v1/auth/signout"])
@pytest.mark.parametrize("origin", [None, "", *STRANGERS, FRONT_END])
def test_the_cookie_counts_for_our_own_pages_only(ada: Person, path: str, origin: str | None) -> None:
    headers = {"Origin": origin} if origin is not None else {}

    answer = ada.client.post(path, json={}, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (403, "origin_not_allowed")
    assert ada.get("/users/me").status_code == 200


@pytest.mark.parametrize("origin", ["http://localhost", "http://localhost:8000", FRONT_END])
def test_our_own_pages_and_those_on_the_list_may_use_it(
    ada: Person, monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    monkeypatch.setattr(settings, "cors_origins", (FRONT_END,))

    assert ada.client.post("/api/v1/auth/refresh", json={}, headers={"Origin": origin}).status_code == 200
    assert ada.client.post("/api/v1/auth/signout", json={}, headers={"Origin": origin}).status_code == 204
    assert ada.get("/users/me").status_code == 401


@pytest.mark.parametrize("mimetype", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_can_send_is_never_taken_for_json(ada: Person, mimetype: str) -> None:
    for path in ("refresh", "signout", "signin", "signup"):
        answer = ada.client.post(
            f"/api/v1/auth/{path}", data="{}", content_type=mimetype, headers={"Origin": "http://localhost"}
        )

        assert answer.status_code == 415


def test_the_cookie_opens_nothing_but_the_auth_routes(ada: Person) -> None:
    answer = ada.client.get("/api/v1/users/me", headers={"Origin": "http://localhost"})

    assert answer.status_code == 401


def test_an_access_token_needs_no_origin_to_sign_out(ada: Person) -> None:
    assert ada.post("/auth/signout", {}).status_code == 204
    assert ada.get("/users/me").status_code == 401

"""What every endpoint has in common: strict JSON, problems, headers, health, the document."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import Person


@pytest.fixture
def client(anonymous: Person) -> FlaskClient:
    return anonymous.client


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 1000 + b"]" * 1000, 400),
        (b'{"a":' * 65 + b"1" + b"}" * 65, 400),
        (b'{"email": NaN}', 400),
        (b'{"email": Infinity}', 400),
        (b'{"email": "a", "email": "b"}', 400),
        (b'{"email": "a\\u0000b"}', 400),
        (b'{"email": "\\ud800"}', 400),
        (b'{"email": ' + b"9" * 5000 + b"}", 400),
        ('{"email": "ä"}'.encode("utf-16"), 400),
        (b'{"email": "\xff"}', 400),
        (b"\xef\xbb\xbf{}", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b" " * 1_000_001, 413),
    ],
)
def test_what_is_no_strict_json_is_refused(client: FlaskClient, body: bytes, status: int) -> None:
    answer = client.post("/api/v1/auth/signin", data=body, content_type="application/json")

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status


@pytest.mark.timeout(60, func_only=True)
@pytest.mark.parametrize(
    "body", [b'"' + b'\\"' * 490_000, b'"\\' * 330_000, b'["' * 490_000, b'{"a":"' + b"\\" * 900_000]
)
def test_no_body_keeps_the_reader_busy(client: FlaskClient, body: bytes) -> None:
    """Reading a string that never ends once took hours."""
    assert client.post("/api/v1/auth/signin", data=body, content_type="application/json").status_code == 400


def test_another_content_type_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/auth/signin", data="email=a", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/posts/no-id", 404),
        ("DELETE", "/api/v1/posts", 405),
        ("TRACE", "/api/v1/posts", 405),
        ("GET", "/docs/../wsgi.py", 404),
        ("GET", "/media/public/019a8f6e-7c3b-7d10-8f3e-2b1c9d4e5f60/v1/../original", 404),
    ],
)
def test_every_error_is_a_problem(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) >= {"type", "title", "status", "detail", "instance", "code", "request_id"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (status != 405) or answer.headers["Allow"]


def test_a_request_id_is_kept_and_an_odd_one_replaced(client: FlaskClient) -> None:
    kept = client.get("/healthz", headers={"X-Request-Id": "my-request-1"})
    odd = client.get("/healthz", headers={"X-Request-Id": "a b<script>"})

    assert kept.headers["X-Request-Id"] == "my-request-1"
    assert odd.headers["X-Request-Id"] not in {"", "a b<script>"}


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    headers = client.get("/api/v1/posts").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert {"Authorization", "Origin"} <= {part.strip() for part in headers["Vary"].split(",")}


def test_the_parts_report_their_health(client: FlaskClient) -> None:
    ready = client.get("/readyz")

    assert client.get("/healthz").json == {"status": "ok"}
    assert ready.status_code == 200
    assert ready.json["database"] is True
    assert ready.json["migrations"] is True
    assert ready.json["redis"] is True


def test_metrics_count_requests_and_jobs(client: FlaskClient) -> None:
    client.get("/healthz")

    text = client.get("/metrics").get_data(as_text=True)

    assert 'marquee_request_seconds_count{method="GET",route="/healthz",status="2xx"}' in text
    assert "# TYPE marquee_jobs gauge" in text


def test_the_documentation_page_needs_nothing_from_outside(client: FlaskClient) -> None:
    page = client.get("/docs")

    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "http://" not in page.get_data(as_text=True)
    assert "https://" not in page.get_data(as_text=True)
    with client.get("/docs/swagger-ui-bundle.js") as bundle:
        assert bundle.status_code == 200


def test_an_unknown_error_says_nothing_about_itself(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/api/v1/posts", headers={"Authorization": "Basic x"})

    assert answer.status_code == 401
    assert "Traceback" not in answer.get_data(as_text=True)
    assert app.debug is False

"""What gunicorn refuses before the application sees it is a problem like all others."""

import json
import socket
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest
from gunicorn.http.errors import ParseException

from config import settings
from config.security import ALWAYS
from config.server_problems import answer_to
from tests.support.processes import Running

START = "POST /api/v1/posts HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("request_text", "status", "code", "instance"),
    [
        (f"GET /{'x' * 9000} HTTP/1.1\r\n\r\n", 414, "uri_too_long", ""),
        ("NONSENSE\r\n\r\n", 400, "bad_http", ""),
        ("GET /healthz HTTP/9.9\r\n\r\n", 400, "bad_http", "/healthz"),
        (f"{START}Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad_http", "/api/v1/posts"),
        (f"{START}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "bad_http", "/api/v1/posts"),
        (f"{START}Transfer-Encoding: x-own, chunked\r\n\r\n", 501, "unsupported_transfer_coding", "/api/v1/posts"),
        (f"{START}X-\x00: y\r\n\r\n", 400, "bad_http", "/api/v1/posts"),
        (f"{START}X: {'y' * 9000}\r\n\r\n", 431, "headers_too_large", "/api/v1/posts"),
    ],
)
def test_a_refusal_of_the_server_is_a_problem(
    request_text: str, status: int, code: str, instance: str, web: Running
) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(web.address).port or 0), timeout=60) as client:
        client.sendall(request_text.encode("latin-1"))
        answer = HTTPResponse(client)
        answer.begin()
        problem = json.loads(answer.read())

    assert (answer.status, answer.getheader("Content-Type")) == (status, "application/problem+json")
    assert (problem["status"], problem["code"], problem["instance"]) == (status, code, instance)
    assert problem["type"] == f"urn:marquee:problem:{code}"
    assert problem["request_id"] == answer.getheader("X-Request-Id")
    assert answer.getheader("Connection") == "close"
    assert {name: answer.getheader(name) for name, _value in ALWAYS} == dict(ALWAYS)


def test_behind_https_a_refusal_insists_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = ParseException("nonsense")

    plain = answer_to(refused, instance="")
    monkeypatch.setattr(settings, "public_url", "https://example.org")

    assert b"Strict-Transport-Security" not in plain
    assert b"\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains\r\n" in answer_to(refused, instance="")

"""The guards that other tests rely on do fail when they should."""

import socket

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support import api_document
from tests.support.http import ApiClient


def test_no_socket_leaves_the_loopback() -> None:
    # pytest-socket warns before it raises, and warnings are errors.
    with socket.socket() as outward, pytest.raises(UserWarning, match="tried to use socket"):
        outward.connect(("192.0.2.1", 80))


@pytest.mark.parametrize(
    ("status", "body", "media_type", "complaint"),
    [
        (418, "", "application/problem+json", "knows no such status"),
        (200, '{"status": "fine"}', "application/json", "is not|was expected"),
        (200, '{"status": "ok", "more": 1}', "application/json", "Additional properties"),
        (200, "ok", "text/plain", "the document says"),
        (500, "<h1>Oops</h1>", "text/html", "not a problem"),
    ],
)
def test_an_answer_that_the_document_does_not_describe_fails(
    status: int, body: str, media_type: str, complaint: str, app: Flask, client: ApiClient
) -> None:
    request = client.get("/healthz").request
    headers = {"Content-Type": media_type}
    answer = TestResponse([body.encode()], str(status), headers, request)  # type: ignore[arg-type]  # werkzeug takes any headers

    with pytest.raises(AssertionError, match=complaint):
        api_document.assert_documented(answer, app.url_map)

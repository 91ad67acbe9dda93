"""The outbox page and the door that it is not in production."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Map

from app import create_app
from app.clients import outbox
from app.utils.ids import new_id
from config import settings
from tests.support.database_fixtures import close_engines

LETTER = b"""From: marquee@localhost\r
To: ada@example.org\r
Subject: <script>alert(1)</script>\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset="utf-8"\r
\r
Open http://localhost:8000/verify-email#token=abc\r
--b\r
Content-Type: text/html; charset="utf-8"\r
\r
<html><head></head><body><a href="http://localhost:8000/x">Go</a></body></html>\r
--b--\r
"""


@pytest.fixture
def development(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[Flask]:
    """The application as development has it, with one letter in its outbox."""
    del app  # it set the addresses of the database and of Redis
    monkeypatch.setattr(settings, "app_env", "development")
    application = create_app()
    yield application
    close_engines(application)


def test_a_kept_letter_is_listed_and_opened_with_nothing_in_it_that_runs(development: Flask) -> None:
    letter_id = str(new_id())
    outbox.keep(letter_id, LETTER)
    client = development.test_client()

    listed, opened = client.get("/outbox"), client.get(f"/outbox/{letter_id}")

    assert f"/outbox/{letter_id}" in listed.text
    assert "<script>" not in listed.text + opened.text
    assert 'href="http://localhost:8000/verify-email#token=abc"' in opened.text
    assert 'sandbox="allow-popups' in opened.text
    assert "script-src" not in opened.headers["Content-Security-Policy"]
    assert "default-src 'none'" in opened.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["x", "01a1fcff-1bcf-720c-9d2b-e93764de152e", "..%2f..%2fetc%2fpasswd"])
def test_what_is_no_letter_is_404(name: str, development: Flask) -> None:
    assert development.test_client().get(f"/outbox/{name}").status_code == 404


def test_outside_development_there_is_no_outbox(app: Flask) -> None:
    rules: Map = app.url_map

    assert not [rule for rule in rules.iter_rules() if "outbox" in rule.rule]

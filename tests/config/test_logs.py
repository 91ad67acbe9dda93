"""What a traceback in the log may say: where it went wrong, never with whose data."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.database import db
from app.factory import without_request
from app.schemas.account_schemas import SignUp
from app.schemas.fields import Output
from config import settings
from config.logs import set_up_logs
from tests.factories import make_user

CANARY, TAKEN = "canary-in-a-row", "canary-taken@example.com"


@pytest.fixture(params=["json", "pretty"])
def log(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[io.StringIO]:
    del app  # it sets the log up as well
    monkeypatch.setattr(settings, "log_format", request.param)
    root, written = logging.getLogger(), io.StringIO()
    handlers = root.handlers[:]
    set_up_logs(written)
    yield written
    root.handlers[:] = handlers


def logged(error: Exception, log: io.StringIO) -> str:
    structlog.get_logger("marquee.test").error("unexpected error", exc_info=error)
    return log.getvalue()


@pytest.mark.both_databases
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET email = :taken, name = :name WHERE email <> :taken",
        "UPDATE users SET password_hash = NULL, name = :name",
        "SELECT no_such_column FROM users WHERE name = :name",
    ],
    ids=["a doubled address", "a missing value", "a wrong name"],
)
def test_a_database_error_is_logged_without_values(statement: str, log: io.StringIO) -> None:
    make_user(email=TAKEN, name=CANARY)
    make_user(email="other@example.com")

    with pytest.raises(SQLAlchemyError) as caught:
        db.session.execute(text(statement), {"name": CANARY, "taken": TAKEN})

    written = logged(caught.value, log)
    assert "Traceback" in written
    assert "users" in written
    assert CANARY not in written
    assert TAKEN not in written


@pytest.mark.parametrize("schema", [SignUp, Output])
def test_a_validation_error_is_logged_without_values(schema: type[SignUp] | type[Output], log: io.StringIO) -> None:
    with pytest.raises(ValidationError) as caught:
        schema.model_validate({"email": CANARY, "password": CANARY, "more": CANARY})

    written = logged(caught.value, log)
    assert "Traceback" in written
    assert CANARY not in written


def test_what_goes_to_sentry_holds_no_request_and_no_row() -> None:
    detail = f"duplicate key\nDETAIL:  Key (email)=({CANARY}) already exists."
    event = {"request": {"url": f"/media/{CANARY}/x"}, "exception": {"values": [{"value": detail}]}}

    sent = without_request(event, None)

    assert sent == {"exception": {"values": [{"value": "duplicate key\nDETAIL: [hidden]"}]}}

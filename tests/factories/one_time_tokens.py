"""Single-use tokens."""

from datetime import timedelta
from typing import Any

from app.models import OneTimeToken, Purpose, User
from app.utils.times import now
from tests.factories.accounts import make_user
from tests.factories.rows import flushed


def make_one_time_token(user: User | None = None, **columns: Any) -> OneTimeToken:
    """An open token with which the user's address can be verified."""
    columns.setdefault("purpose", Purpose.VERIFY_EMAIL)
    columns.setdefault("expires_at", now() + timedelta(hours=1))
    return flushed(OneTimeToken(user_id=(user or make_user()).id, **columns))

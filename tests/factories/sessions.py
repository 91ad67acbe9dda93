"""Sessions and their refresh tokens."""

import secrets
from datetime import timedelta
from typing import Any

from app.models import Organization, RefreshToken, Session, User
from app.services import tokens
from app.utils.times import now
from tests.factories.rows import flushed


def make_session(user: User, organization: Organization | None = None, **columns: Any) -> Session:
    """A session in force; it acts in the organization."""
    columns.setdefault("successor_key", secrets.token_bytes(32))
    columns.setdefault("last_used_at", now())
    columns.setdefault("expires_at", now() + timedelta(days=30))
    organization_id = organization.id if organization else None
    return flushed(Session(user_id=user.id, organization_id=organization_id, **columns))


def make_refresh_token(session: Session, token: str | None = None, **columns: Any) -> RefreshToken:
    """The newest refresh token of a session."""
    token_hash = tokens.hash_token(token or tokens.new_refresh_token())
    return flushed(RefreshToken(token_hash=token_hash, session_id=session.id, **columns))

"""API keys."""

from typing import Any

from app.models import ApiKey, Membership, Organization
from app.services import tokens
from tests.factories.accounts import make_membership
from tests.factories.rows import flushed, unique


def make_api_key(maker: Membership | Organization | None = None, secret: str = "", **columns: Any) -> ApiKey:
    """A key of a member, or of a new owner of the organization; it may read content."""
    membership = maker if isinstance(maker, Membership) else make_membership(organization=maker)
    columns.setdefault("name", "A key")
    columns.setdefault("scopes", "content:read")
    columns.setdefault("secret_hash", tokens.hash_token(secret or unique("secret")))
    return flushed(ApiKey(user_id=membership.user_id, organization_id=membership.organization_id, **columns))

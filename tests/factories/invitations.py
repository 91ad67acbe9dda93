"""Invitations."""

from datetime import timedelta
from typing import Any

from app.models import Invitation, Organization
from app.permissions import Role
from app.utils.times import now
from tests.factories.accounts import make_organization
from tests.factories.rows import flushed, unique


def make_invitation(organization: Organization | None = None, **columns: Any) -> Invitation:
    """An open invitation as an editor."""
    organization = organization or make_organization()
    columns.setdefault("email", f"{unique('guest')}@example.com")
    columns.setdefault("role", Role.EDITOR)
    columns.setdefault("expires_at", now() + timedelta(days=7))
    return flushed(Invitation(organization_id=organization.id, **columns))

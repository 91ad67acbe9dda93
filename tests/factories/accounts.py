"""Users, organizations and memberships."""

from functools import cache
from typing import Any, Final

from app.models import Membership, Organization, OrganizationSlug, User
from app.permissions import Role
from app.services import passwords
from app.utils.times import now
from tests.factories.rows import flushed, unique

PASSWORD: Final = "correct horse battery"


@cache
def _password_hash() -> str:
    return passwords.hash_password(PASSWORD)


def make_user(**columns: Any) -> User:
    """A verified user whose password is `PASSWORD`."""
    slug = columns.setdefault("slug", unique("ada"))
    columns.setdefault("email", f"{slug}@example.com")
    columns.setdefault("name", "Ada Author")
    columns.setdefault("password_hash", _password_hash())
    columns.setdefault("email_verified_at", now())
    return flushed(User(**columns))


def make_organization(**columns: Any) -> Organization:
    """An organization without people."""
    columns.setdefault("slug", unique("acme"))
    columns.setdefault("name", "Acme")
    return flushed(Organization(**columns))


def make_organization_slug(organization: Organization, slug: str) -> OrganizationSlug:
    """An address that the organization had before."""
    return flushed(OrganizationSlug(slug=slug, organization_id=organization.id))


def make_membership(
    user: User | None = None,
    organization: Organization | None = None,
    role: Role = Role.OWNER,
    **columns: Any,
) -> Membership:
    """A user's role in an organization; both are made if not given. Both can be read from it."""
    user, organization = user or make_user(), organization or make_organization()
    return flushed(Membership(user=user, organization=organization, role=role, **columns))

"""Accounts and sessions: what goes in and out."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, HttpUrl, StringConstraints

from app.database import Record
from app.schemas.fields import Email, Id, Input, LinkToken, Name, Output, Password, Time
from app.utils.times import rfc3339
from config import settings


class SignUp(Input):
    """A new account. `invitation_token` from a letter joins the team that invited the address."""

    email: Email
    password: Password
    name: Name
    organization_name: Name | None = None
    invitation_token: LinkToken | None = None


class SignIn(Input):
    """Credentials; no rule about passwords here, they may be older than the rule."""

    email: Annotated[str, Field(max_length=320)]
    password: Annotated[str, Field(max_length=1024)]


class Refresh(Input):
    """Native clients send the token here; browsers send the cookie and an empty object."""

    refresh_token: Annotated[str | None, Field(max_length=200)] = None


class SignOut(Refresh):
    """Nothing is needed: the access token or the cookie names the session."""


def _present(name: str | None) -> str:
    if name is None:
        raise ValueError("A name can be changed, not removed")
    return name


class ProfileChange(Input):
    """A merge patch of one's own profile."""

    name: Annotated[Name | None, AfterValidator(_present)] = None
    bio: Annotated[str, StringConstraints(max_length=1000)] | None = None
    avatar_url: HttpUrl | None = None


class UserOut(Output):
    """One's own account."""

    id: Id
    email: str
    name: str
    slug: str
    bio: str | None
    avatar_url: str | None
    email_verified: bool
    created_at: Time
    updated_at: Time


RoleName = Literal["owner", "admin", "editor", "viewer"]


class MembershipOut(Output):
    """An organization that one works in."""

    id: Id
    slug: str
    name: str
    role: RoleName


class MeOut(UserOut):
    """One's own account with the organizations that one works in."""

    organizations: list[MembershipOut]


class SessionOut(Output):
    """A fresh session. `refresh_token` only for clients that asked to get it in the body."""

    user: UserOut
    organization: MembershipOut | None
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str | None = None


def render_user(row: Record) -> dict[str, object]:
    """A user as they see themselves."""
    return {
        "id": str(row.id),
        "email": row.email,
        "name": row.name,
        "slug": row.slug,
        "bio": row.bio,
        "avatar_url": row.avatar_url,
        "email_verified": row.email_verified_at is not None,
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    }


def render_membership(row: Record) -> dict[str, object]:
    """One of the user's organizations."""
    return {"id": str(row.id), "slug": row.slug, "name": row.name, "role": row.role}


def render_session(
    user: Record, organization: Record | None, access_token: str, refresh_token: str | None
) -> dict[str, object]:
    """The answer to sign-up, sign-in and refresh."""
    document: dict[str, object] = {
        "user": render_user(user),
        "organization": render_membership(organization) if organization else None,
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": settings.access_token_s,
    }
    return document | ({"refresh_token": refresh_token} if refresh_token else {})

"""A team, its invitations and its audit log: what goes in and out."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.database import Record
from app.permissions import Action, Actor, Role
from app.schemas.account_schemas import RoleName
from app.schemas.fields import (
    EXAMPLE_ID,
    Email,
    Id,
    Input,
    LinkToken,
    ListQuery,
    Output,
    PageOut,
    PersonOut,
    Time,
    people,
)
from app.services.audit_service import Audited, Filters
from app.utils.times import rfc3339


class TeamListQuery(ListQuery):
    """The list of a team."""


class RoleChange(Input):
    """The new role: at most one's own."""

    role: RoleName

    def as_role(self) -> Role:
        return Role(self.role)


class InvitationCreate(RoleChange):
    """Whom to invite, as what."""

    email: Email


class InvitationAccept(Input):
    """What the letter's link carries behind `#token=`."""

    token: LinkToken


class TeamMemberOut(Output):
    """Somebody who works in an organization. `email` only for those who manage its people."""

    id: Id
    slug: str
    name: str
    email: str | None
    avatar_url: str | None
    role: RoleName
    suspended_at: Time | None
    joined_at: Time


class TeamList(Output):
    """A page of a team."""

    data: list[TeamMemberOut]
    page: PageOut


class InvitationOut(Output):
    """An invitation that nobody has accepted; inviting the address again sends a new link."""

    id: Id
    email: str
    role: RoleName
    invited_by: PersonOut | None
    created_at: Time
    expires_at: Time


class InvitationList(Output):
    """A page of invitations."""

    data: list[InvitationOut]
    page: PageOut


class AuditListQuery(ListQuery):
    """What the audit log is narrowed to. `subject` is a noun and an id."""

    action: Audited | None = None
    actor: UUID | None = None
    subject: Annotated[str | None, Field(max_length=80, examples=[f"user:{EXAMPLE_ID}"])] = None

    def filters(self) -> Filters:
        return Filters(self.action.value if self.action else None, self.actor, self.subject)


class AuditActorOut(Output):
    """Who did it; name and slug are null once the account is gone."""

    id: Id
    slug: str | None
    name: str | None


class AuditEntryOut(Output):
    """A line of the audit log. Without an actor it was the operator or the system."""

    id: Id
    action: str
    actor: AuditActorOut | None
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    address: str | None
    user_agent: str | None
    request_id: str | None
    occurred_at: Time


class AuditList(Output):
    """A page of the audit log, newest first."""

    data: list[AuditEntryOut]
    page: PageOut


def render_member(actor: Actor, row: Record) -> dict[str, object]:
    """Somebody of the team, as another of the team sees them."""
    return {
        "id": str(row.id),
        "slug": row.slug,
        "name": row.name,
        "email": row.email if actor.may(Action.MANAGE_PEOPLE) else None,
        "avatar_url": row.avatar_url,
        "role": row.role,
        "suspended_at": rfc3339(row.suspended_at),
        "joined_at": rfc3339(row.joined_at),
    }


def render_invitation(row: Record) -> dict[str, object]:
    """An open invitation."""
    return {
        "id": str(row.id),
        "email": row.email,
        "role": row.role,
        "invited_by": next(iter(people(row)), None),
        "created_at": rfc3339(row.created_at),
        "expires_at": rfc3339(row.expires_at),
    }


def render_audit_entry(row: Record) -> dict[str, object]:
    """A line of the audit log."""
    actor = {"id": str(row.actor_id), "slug": row.actor_slug, "name": row.actor_name}
    return {
        "id": str(row.id),
        "action": row.action,
        "actor": actor if row.actor_id else None,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
        "address": row.address,
        "user_agent": row.user_agent,
        "request_id": row.request_id,
        "occurred_at": rfc3339(row.occurred_at),
    }

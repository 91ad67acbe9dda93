"""The audit log: what people did, written in the transaction of the deed and never changed."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import select

from app.access import owned_by
from app.database import db, read_connection, transaction
from app.models import AuditEntry, User
from app.permissions import Action, Actor
from app.services import retention, standing
from app.services.pages import Page, Position, fetch_page
from app.utils.times import now

KEPT_FOR: Final = timedelta(days=400)
"""Longer than a year, so that this spring can be held against the last."""
_SECRETS: Final = ("password", "token", "secret", "hash")
_HIDDEN: Final = "[hidden]"
Facts: TypeAlias = Mapping[str, str | int | bool | None]


class Audited(StrEnum):
    """Every action that leaves a line."""

    SIGNED_UP = "account.created"
    SIGNED_IN = "session.opened"
    SIGN_IN_REFUSED = "session.refused"
    SIGNED_OUT = "session.ended"
    SESSION_REVOKED = "session.revoked"
    TOKEN_REUSED = "session.token_reused"  # noqa: S105 - the name of an action
    EMAIL_VERIFIED = "account.email_verified"
    PASSWORD_RESET_ASKED = "account.password_forgotten"  # noqa: S105 - the name of an action
    PASSWORD_RESET = "account.password_reset"  # noqa: S105 - the name of an action
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105 - the name of an action
    PROFILE_CHANGED = "account.changed"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_DELETED = "account.deleted"
    API_KEY_CREATED = "api_key.created"
    API_KEY_REVOKED = "api_key.revoked"
    ORGANIZATION_CREATED = "organization.created"
    ORGANIZATION_CHANGED = "organization.changed"
    ORGANIZATION_TRANSFERRED = "organization.transferred"
    ORGANIZATION_DELETED = "organization.deleted"
    QUOTA_CHANGED = "organization.quota_changed"
    INVITED = "invitation.created"
    INVITATION_REVOKED = "invitation.revoked"
    JOINED = "team.joined"
    ROLE_CHANGED = "team.role_changed"
    SUSPENDED = "team.suspended"
    UNSUSPENDED = "team.unsuspended"
    REMOVED = "team.removed"
    LEFT = "team.left"
    POST_CHANGED = "post.changed"
    POST_PUBLISHED = "post.published"
    POST_UNPUBLISHED = "post.unpublished"
    POST_SCHEDULED = "post.scheduled"
    POST_ARCHIVED = "post.archived"
    POST_DELETED = "post.deleted"
    VIDEO_CHANGED = "video.changed"
    VIDEO_PUBLISHED = "video.published"
    VIDEO_UNPUBLISHED = "video.unpublished"
    VIDEO_SCHEDULED = "video.scheduled"
    VIDEO_ARCHIVED = "video.archived"
    VIDEO_DELETED = "video.deleted"
    IMAGE_DELETED = "image.deleted"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an action came from; all empty for workers and the command line."""

    address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


_NOWHERE: Final = Origin()
_origin: ContextVar[Origin] = ContextVar("audit_origin", default=_NOWHERE)


def came_from(origin: Origin) -> None:
    """Says where the actions of this request come from; each request says it anew."""
    _origin.set(origin)


def record(
    action: Audited,
    *,
    actor_id: UUID | None,
    organization_id: UUID | None,
    subject: str,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Adds a line to the open transaction (or, outside of one, in its own).

    `subject` is `noun:id`. `actor_id` None: the operator or the system. Without an organization it is the account's
    own. Facts whose name speaks of a secret are hidden.
    """
    origin = _origin.get()
    with transaction():
        db.session.add(
            AuditEntry(
                organization_id=organization_id,
                actor_id=actor_id,
                action=action.value,
                subject=subject,
                before=_without_secrets(before),
                after=_without_secrets(after),
                address=origin.address,
                user_agent=origin.user_agent,
                request_id=origin.request_id,
            )
        )


def record_by(
    actor: Actor, action: Audited, subject: str, *, before: Facts | None = None, after: Facts | None = None
) -> None:
    """Adds a line about what the actor did in the organization that they act in."""
    ids = {"actor_id": actor.user_id, "organization_id": actor.organization_id}
    record(action, **ids, subject=subject, before=before, after=after)


def _without_secrets(facts: Facts | None) -> dict[str, object] | None:
    if facts is None:
        return None
    return {name: _HIDDEN if any(word in name.lower() for word in _SECRETS) else value for name, value in facts.items()}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the log is narrowed to."""

    action: str | None = None
    actor_id: UUID | None = None
    subject: str | None = None


def list_(actor: Actor, slug: str, filters: Filters, position: Position) -> Page:
    """An organization's log, newest first."""
    member = standing.member_of(actor, slug)
    member.must(Action.READ_AUDIT)
    query = (
        select(*AuditEntry.__table__.columns, AuditEntry.occurred_at.label("sorted_at"))
        .add_columns(User.name.label("actor_name"), User.slug.label("actor_slug"))
        .select_from(AuditEntry)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(owned_by(member.organization_id, AuditEntry))
    )
    for column, wanted in (
        (AuditEntry.action, filters.action),
        (AuditEntry.actor_id, filters.actor_id),
        (AuditEntry.subject, filters.subject),
    ):
        query = query.where(column == wanted) if wanted is not None else query
    key = (AuditEntry.occurred_at.expression, AuditEntry.id.expression)
    with read_connection() as connection:
        return fetch_page(connection, query, position, key=key)


def forget_old(check: Callable[[], None]) -> None:
    """Removes lines past their retention: besides an organization's own end, the only way that one goes."""
    retention.forget(AuditEntry, AuditEntry.occurred_at < now() - KEPT_FOR, check=check)

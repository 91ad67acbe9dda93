"""Who may do what: roles, scopes, the grants tables, and the actor that every user's action takes first."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.errors import NotAuthenticated, NotPermitted


class Role(StrEnum):
    """A team member's role in one organization, strongest first."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"

    def is_above(self, other: "Role") -> bool:
        """Whether this role is stronger."""
        roles = list(Role)
        return roles.index(self) < roles.index(other)


class Action(StrEnum):
    """What a role can be granted in its organization."""

    READ_PRIVATE = "content.read_private"
    EDIT_CONTENT = "content.edit"
    SEE_JOBS = "jobs.read"
    RUN_JOBS = "jobs.run"
    FOLLOW_EVENTS = "events.follow"
    SEE_TEAM = "people.read"
    MANAGE_PEOPLE = "people.manage"
    SEE_USAGE = "usage.read"
    READ_AUDIT = "audit.read"
    MANAGE_SETTINGS = "settings.manage"
    TRANSFER_ORGANIZATION = "organization.transfer"
    DELETE_ORGANIZATION = "organization.delete"


_VIEWER: Final = frozenset({Action.READ_PRIVATE, Action.SEE_JOBS, Action.FOLLOW_EVENTS, Action.SEE_TEAM})
_EDITOR: Final = _VIEWER | {Action.EDIT_CONTENT, Action.SEE_USAGE}
_ADMIN: Final = _EDITOR | {Action.MANAGE_PEOPLE, Action.MANAGE_SETTINGS, Action.READ_AUDIT, Action.RUN_JOBS}

GRANTS: Final[dict[Role, frozenset[Action]]] = {
    Role.OWNER: _ADMIN | {Action.TRANSFER_ORGANIZATION, Action.DELETE_ORGANIZATION},
    Role.ADMIN: _ADMIN,
    Role.EDITOR: _EDITOR,
    Role.VIEWER: _VIEWER,
}


class Scope(StrEnum):
    """What an API key can be limited to. None of them reaches people, keys, accounts or the organization itself."""

    READ_CONTENT = "content:read"
    WRITE_CONTENT = "content:write"
    READ_JOBS = "jobs:read"
    RUN_JOBS = "jobs:run"
    READ_EVENTS = "events:read"


SCOPE_GRANTS: Final[dict[Scope, frozenset[Action]]] = {
    Scope.READ_CONTENT: frozenset({Action.READ_PRIVATE}),
    Scope.WRITE_CONTENT: frozenset({Action.READ_PRIVATE, Action.EDIT_CONTENT}),
    Scope.READ_JOBS: frozenset({Action.SEE_JOBS}),
    Scope.RUN_JOBS: frozenset({Action.SEE_JOBS, Action.RUN_JOBS}),
    Scope.READ_EVENTS: frozenset({Action.FOLLOW_EVENTS}),
}

UNVERIFIED_MAY: Final = _VIEWER
"""Where verified addresses are required, all that somebody without one is let do: read."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes the request, and in which organization they act (none: a reader).

    By session or by API key; a key does what its maker's role and its own scopes both allow.
    """

    user_id: UUID | None = None
    session_id: UUID | None = None
    organization_id: UUID | None = None
    organization_slug: str | None = None
    role: Role | None = None
    api_key_id: UUID | None = None
    scopes: frozenset[Scope] | None = None
    must_verify_email: bool = False

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    def acting_in(self, organization_id: UUID, slug: str, role: Role | None) -> "Actor":
        """The same person in another organization of theirs; an API key has no role outside of its own."""
        is_foreign = self.api_key_id is not None and organization_id != self.organization_id
        role = None if is_foreign else role
        return replace(self, organization_id=organization_id, organization_slug=slug, role=role)

    def may(self, action: Action) -> bool:
        """Whether the actor's role in the acting organization, and their key's scopes, grant the action."""
        is_granted = self.role is not None and action in GRANTS[self.role]
        return (
            is_granted and self._is_in_scope(action) and not (self.must_verify_email and action not in UNVERIFIED_MAY)
        )

    def must(self, action: Action) -> None:
        """Raises `NotAuthenticated` for nobody, `NotPermitted` for somebody without the grant."""
        if self.is_anonymous:
            raise NotAuthenticated("Sign in first: send an access token as a Bearer token.")
        if self.may(action):
            return
        if self.role is None:
            raise NotPermitted("You act in no organization; this needs one.", action=action)
        if action not in GRANTS[self.role]:
            raise NotPermitted(f"Your role ({self.role}) does not allow {action}.", action=action)
        if not self._is_in_scope(action):
            raise NotPermitted(f"The API key has no scope that allows {action}.", code="scope_missing", action=action)
        self.must_be_verified()

    def must_be_verified(self) -> None:
        """Raises `NotPermitted` (`email_unverified`) where verified addresses are required and theirs is not."""
        if self.must_verify_email:
            raise NotPermitted(
                "Confirm your e-mail address first: open the link that we sent, or ask for another one.",
                code="email_unverified",
            )

    def _is_in_scope(self, action: Action) -> bool:
        return self.scopes is None or any(action in SCOPE_GRANTS[scope] for scope in self.scopes)


ANONYMOUS: Final = Actor()

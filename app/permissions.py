"""Who may do what: roles, the grants table, and the actor that every user's action takes first."""

from dataclasses import dataclass
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


class Action(StrEnum):
    """What a role can be granted in its organization."""

    READ_PRIVATE = "content.read_private"
    EDIT_CONTENT = "content.edit"
    SEE_JOBS = "jobs.read"
    RUN_JOBS = "jobs.run"
    FOLLOW_EVENTS = "events.follow"
    MANAGE_PEOPLE = "people.manage"
    MANAGE_SETTINGS = "settings.manage"
    DELETE_ORGANIZATION = "organization.delete"


_VIEWER: Final = frozenset({Action.READ_PRIVATE, Action.SEE_JOBS, Action.FOLLOW_EVENTS})
_EDITOR: Final = _VIEWER | {Action.EDIT_CONTENT}
_ADMIN: Final = _EDITOR | {Action.MANAGE_PEOPLE, Action.MANAGE_SETTINGS, Action.RUN_JOBS}

GRANTS: Final[dict[Role, frozenset[Action]]] = {
    Role.OWNER: _ADMIN | {Action.DELETE_ORGANIZATION},
    Role.ADMIN: _ADMIN,
    Role.EDITOR: _EDITOR,
    Role.VIEWER: _VIEWER,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes the request, and in which organization they act (none: a reader)."""

    user_id: UUID | None = None
    session_id: UUID | None = None
    organization_id: UUID | None = None
    organization_slug: str | None = None
    role: Role | None = None

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    def may(self, action: Action) -> bool:
        """Whether the actor's role in the acting organization grants the action."""
        return self.role is not None and action in GRANTS[self.role]

    def must(self, action: Action) -> None:
        """Raises `NotAuthenticated` for nobody, `NotPermitted` for somebody without the grant."""
        if self.is_anonymous:
            raise NotAuthenticated("Sign in first: send an access token as a Bearer token.")
        if not self.may(action):
            if self.role is None:
                raise NotPermitted("You act in no organization; this needs one.", action=action)
            raise NotPermitted(f"Your role ({self.role}) does not allow {action}.", action=action)


ANONYMOUS: Final = Actor()

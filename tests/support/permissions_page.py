"""The page of permissions, generated from the table."""

from typing import Final

from app.permissions import GRANTS, SCOPE_GRANTS, Action, Role, Scope
from config.env import PROJECT_DIR

PAGE: Final = PROJECT_DIR / "docs" / "permissions.md"
_MEANING: Final = {
    Action.READ_PRIVATE: "Read drafts and what is published inside",
    Action.EDIT_CONTENT: "Write, upload, publish and delete content",
    Action.SEE_JOBS: "See background jobs",
    Action.RUN_JOBS: "Cancel and retry background jobs",
    Action.FOLLOW_EVENTS: "Follow live events",
    Action.SEE_TEAM: "See who is in the team; leave it",
    Action.MANAGE_PEOPLE: "Invite, remove and suspend people, give roles up to one's own",
    Action.SEE_USAGE: "See quotas and what is used of them",
    Action.READ_AUDIT: "Read the audit log",
    Action.MANAGE_SETTINGS: "Change the organization's name, address and description",
    Action.TRANSFER_ORGANIZATION: "Hand the organization over",
    Action.DELETE_ORGANIZATION: "Delete the organization",
}
_HEAD: Final = """# Permissions

Who may do what in an organization. Everybody else, suspended people included, is a reader: what is published and not
kept inside exists for them, everything else is 404. Nobody gives a role above their own or touches somebody above
them, and the last owner stays. An API key does what its maker's role and one of its scopes both allow, in its own
organization only.

Generated from `app/permissions.py` by `python -m tests.support.write_permissions`; every route is held to it, for every
caller, by `tests/matrix`.

"""


def render() -> str:
    """The whole page."""
    roles = list(Role)
    lines = [f"| what | action | {' | '.join(roles)} | scopes of keys |", f"|---|---|{'---|' * len(roles)}---|"]
    for action in Action:
        marks = " | ".join("yes" if action in GRANTS[role] else "" for role in roles)
        scopes = ", ".join(f"`{scope}`" for scope in Scope if action in SCOPE_GRANTS[scope])
        lines.append(f"| {_MEANING[action]} | `{action}` | {marks} | {scopes} |")
    return _HEAD + "\n".join(lines) + "\n"

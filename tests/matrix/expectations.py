"""What the permission table says about a call: derived, so that a new route is held to it from its first day."""

from dataclasses import dataclass
from typing import Final

from app.http.routing import Access, Route
from app.permissions import Action
from tests.architecture.test_tenants import NAMES_ANOTHER, OPEN_WRITES
from tests.matrix.world import Caller, Target

ANSWERED: Final = 0
"""Any status that an answer to somebody who may do this can have."""
ANYTHING: Final = -1
"""Any status but a server error."""
_REFUSALS: Final = frozenset({401, 403, 404, 405, 415, 422, 429})


@dataclass(frozen=True)
class Needs:
    """What reading and changing a noun takes. `is_readable`: its publication decides who reads, not only its owner.

    `is_tenants` is off for what belongs to no organization: there the answer may be any, if nothing leaks.
    `is_personal`: only whoever made the thing reaches it.
    `others_with`: what it takes to see a colleague's; without it, theirs does not exist.
    """

    read: Action | None = None
    write: Action | None = None
    is_readable: bool = False
    is_tenants: bool = True
    is_personal: bool = False
    others_with: Action | None = None


NEEDS: Final[dict[str, Needs]] = {
    "account_page": Needs(is_tenants=False),
    "address": Needs(is_tenants=False),
    "caption": Needs(write=Action.EDIT_CONTENT),
    "api_key": Needs(write=Action.READ_PRIVATE, others_with=Action.MANAGE_SETTINGS),
    "audit": Needs(read=Action.READ_AUDIT),
    "auth": Needs(is_tenants=False),
    "comment": Needs(write=Action.EDIT_CONTENT, is_readable=True),
    "docs": Needs(is_tenants=False),
    "feed": Needs(is_readable=True),
    "image": Needs(read=Action.READ_PRIVATE, write=Action.EDIT_CONTENT),
    "invitation": Needs(read=Action.MANAGE_PEOPLE, write=Action.MANAGE_PEOPLE),
    "invitation.accept": Needs(is_tenants=False),
    "job": Needs(read=Action.SEE_JOBS, write=Action.RUN_JOBS),
    "like": Needs(is_readable=True),
    "moderation": Needs(read=Action.EDIT_CONTENT),
    "ops": Needs(is_tenants=False),
    "organization.list_own": Needs(),
    "organization.create": Needs(),
    "organization.get": Needs(is_readable=True),
    "organization.change": Needs(write=Action.MANAGE_SETTINGS),
    "organization.delete": Needs(write=Action.DELETE_ORGANIZATION),
    "organization.transfer": Needs(write=Action.TRANSFER_ORGANIZATION),
    "organization.leave": Needs(write=Action.SEE_TEAM),
    "organization.usage": Needs(read=Action.SEE_USAGE),
    "outbox": Needs(is_tenants=False),
    "page": Needs(is_tenants=False),
    "password": Needs(is_tenants=False),
    "preview": Needs(is_tenants=False),
    "revision": Needs(read=Action.READ_PRIVATE, write=Action.EDIT_CONTENT),
    "tag": Needs(write=Action.EDIT_CONTENT),
    "poster": Needs(write=Action.EDIT_CONTENT),
    "post": Needs(write=Action.EDIT_CONTENT, is_readable=True),
    "profile": Needs(is_tenants=False),
    "sse": Needs(read=Action.FOLLOW_EVENTS),
    "team": Needs(read=Action.SEE_TEAM, write=Action.MANAGE_PEOPLE),
    "upload": Needs(write=Action.EDIT_CONTENT, is_personal=True),
    "user": Needs(),
    "verification": Needs(is_tenants=False),
    "video": Needs(write=Action.EDIT_CONTENT, is_readable=True),
    "view": Needs(is_readable=True),
}
"""By noun, or by endpoint where a noun's actions differ; one that is missing fails the build."""

PERSONAL_WRITES: Final = frozenset({"comment.change"})
"""Endpoints by which only its author changes what others see too."""


def is_known(route: Route) -> bool:
    return route.endpoint in NEEDS or _noun_of(route) in NEEDS


def _noun_of(route: Route) -> str:
    return route.endpoint.split(".", 1)[0]


def _needs(route: Route) -> Needs:
    return NEEDS[route.endpoint if route.endpoint in NEEDS else _noun_of(route)]


def needs_of(route: Route) -> Action | None:
    needs = _needs(route)
    return needs.read if route.method in {"GET", "OPTIONS"} else needs.write


def expected_status(route: Route, caller: Caller, target: Target | None) -> int:
    """401, 403 or 404, `ANSWERED` or `ANYTHING`."""
    if not _needs(route).is_tenants:
        return ANYTHING
    if refusal := _refusal(route, caller):
        return refusal
    if target is not None and not _reaches(route, caller, target):
        return 404
    if route.endpoint in PERSONAL_WRITES and target is not None and target.author_id != caller.user_id:
        return 403
    if route.endpoint in OPEN_WRITES or caller.may(needs_of(route)):
        return ANYTHING if route.endpoint in NAMES_ANOTHER else ANSWERED
    return 403


def _refusal(route: Route, caller: Caller) -> int | None:
    """What the caller hears before anybody asks what it is about."""
    if caller.is_dead or (caller.is_anonymous and route.access is not Access.ANYONE):
        return 401
    if caller.is_lost:
        return 404
    return 403 if caller.scopes is not None and route.access is Access.IN_PERSON else None


def _reaches(route: Route, caller: Caller, target: Target) -> bool:
    """Whether the target exists for the caller, for this purpose."""
    needs = _needs(route)
    is_own = caller.belongs_to(target.owner) and caller.may(needs.others_with)
    is_reading = route.method == "GET" or route.endpoint in OPEN_WRITES
    if is_reading and needs.is_readable:
        return target.is_open or (is_own and caller.may(Action.READ_PRIVATE))
    if needs.is_personal:
        return is_own and target.author_id == caller.user_id and caller.may(Action.READ_PRIVATE)
    return is_own


def fits(status: int, expected: int) -> bool:
    """Whether a status is what was expected."""
    if expected in {ANSWERED, ANYTHING}:
        return status < 500 and (expected == ANYTHING or status not in _REFUSALS)
    return status == expected

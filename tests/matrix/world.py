"""Two organizations with the same people and things, and everybody who might knock."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from app.models import Membership, Organization
from app.permissions import GRANTS, SCOPE_GRANTS, Action, Role, Scope
from app.services import tokens
from app.utils import api_keys
from app.utils.ids import new_id
from app.utils.times import now
from config import settings
from tests.architecture.test_tenants import PRIVATE, PUBLIC, Maker
from tests.factories import make_membership, make_organization, make_quota_usage, make_session, make_user
from tests.factories.rows import unique
from tests.support.http import bearer, bearer_of, bearer_of_key

_TEXTS: Final = ("title", "excerpt", "body_markdown", "body_html", "description", "subject", "name", "body", "alt")


@dataclass(frozen=True)
class Caller:
    """Somebody with their headers. `role` is the one in force; `is_dead`: their credentials no longer count.

    `scopes` are an API key's; None: a session.
    """

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    organization: Organization | None = None
    role: Role | None = None
    scopes: frozenset[Scope] | None = None
    is_dead: bool = False
    is_lost: bool = False
    own_words: frozenset[str] = frozenset()
    user_id: UUID | None = None

    @property
    def is_anonymous(self) -> bool:
        return not self.headers

    def may(self, action: Action | None) -> bool:
        """By the permission table; what needs no action is anybody's."""
        if action is None:
            return True
        in_scope = self.scopes is None or any(action in SCOPE_GRANTS[scope] for scope in self.scopes)
        return in_scope and self.role is not None and action in GRANTS[self.role]

    def belongs_to(self, organization: Organization) -> bool:
        return self.role is not None and self.organization is organization


@dataclass(frozen=True)
class Target:
    """A thing that an id names. `is_open`: everybody may read it."""

    parameter: str
    state: str
    id: str
    owner: Organization
    is_open: bool
    author_id: UUID | None = None


@dataclass
class Side:
    """One organization, its people's callers, its things, and the words that no outsider may ever read."""

    name: str
    organization: Organization
    callers: list[Caller] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    canaries: set[str] = field(default_factory=set)


@dataclass
class World:
    """The two sides are alike; outsiders belong to neither."""

    sides: list[Side] = field(default_factory=list)
    outsiders: list[Caller] = field(default_factory=list)

    @property
    def callers(self) -> list[Caller]:
        """Everybody of the north, and the outsiders: the south is there to be foreign."""
        return [*self.outsiders, *self.sides[0].callers]

    @property
    def targets(self) -> list[Target]:
        return [target for side in self.sides for target in side.targets]

    def forbidden_words(self, caller: Caller) -> set[str]:
        """What must not stand in any answer to the caller."""
        foreign = [side.canaries for side in self.sides if not caller.belongs_to(side.organization)]
        return set().union(*foreign) - caller.own_words


def build_outsiders(north: Side, south: Side) -> list[Caller]:
    """Nobody, a user who works nowhere, and an owner who asks to act in an organization that is not theirs."""
    owner = _member(north, Role.OWNER)
    elsewhere = {**bearer(owner.user, north.organization), "Marquee-Organization": south.organization.slug}
    return [
        Caller("anonymous"),
        Caller("no organization", bearer(make_user(name=unique("drifter")))),
        Caller("owner acting in another organization", elsewhere, is_lost=True),
    ]


def build_side(name: str) -> Side:
    """An organization with a member of each role, members who no longer count, and things in every state."""
    organization = make_organization(slug=unique(name), name=f"The {name}")
    make_quota_usage(organization)  # as every organization has one
    side = Side(name, organization)
    members = {role: _member(side, role) for role in Role}
    side.callers += [
        Caller(str(role), bearer(member.user, organization), organization, role, user_id=member.user_id)
        for role, member in members.items()
    ]
    side.callers += [*_former_members(side), *_dead_credentials(side, members[Role.OWNER])]
    side.callers += [*_keys(side, members), *_dead_keys(side, members[Role.OWNER])]
    own_session = make_session(members[Role.OWNER].user, organization)
    side.targets.append(Target("session_id", "in force", str(own_session.id), organization, is_open=False))
    for parameter, makers in PRIVATE.items():
        side.targets += [_private(side, parameter, state, make, members[Role.EDITOR]) for state, make in makers.items()]
    for parameter, make in PUBLIC.items():
        side.targets.append(Target(parameter, "public", str(make(organization).id), organization, is_open=True))
    side.targets.append(Target("slug", "public", organization.slug, organization, is_open=True))
    return side


def _member(side: Side, role: Role) -> Membership:
    user = make_user(name=unique("canary-person"), email=f"{unique('canary-mail')}@example.com")
    membership = make_membership(user, side.organization, role)
    side.canaries |= _words_of(membership)
    return membership


def _words_of(membership: Membership) -> frozenset[str]:
    user = membership.user
    return frozenset({user.name, user.email, user.slug, str(user.id)})


def _former_members(side: Side) -> list[Caller]:
    """A suspended owner is a reader like any other; a disabled one is nobody at all."""
    suspended, disabled = _member(side, Role.OWNER), _member(side, Role.OWNER)
    callers = [
        Caller("suspended", bearer(suspended.user, side.organization), own_words=_words_of(suspended)),
        Caller("disabled", bearer(disabled.user, side.organization), is_dead=True),
    ]
    suspended.suspended_at = disabled.user.disabled_at = now()
    return callers


def _dead_credentials(side: Side, owner: Membership) -> list[Caller]:
    revoked = make_session(owner.user, side.organization, revoked_at=now())
    ended = make_session(owner.user, side.organization, expires_at=now() - timedelta(seconds=1))
    refresh = {"Authorization": f"Bearer {tokens.new_refresh_token()}"}
    return [
        Caller("expired token", _expired_bearer(owner, side.organization), is_dead=True),
        Caller("revoked session", bearer_of(revoked), is_dead=True),
        Caller("ended session", bearer_of(ended), is_dead=True),
        Caller("refresh token as access token", refresh, is_dead=True),
    ]


def _keys(side: Side, members: dict[Role, Membership]) -> list[Caller]:
    """An owner's key for each scope alone, and a key of each role with every scope."""
    kinds = [(Role.OWNER, frozenset({scope})) for scope in Scope] + [(role, frozenset(Scope)) for role in Role]
    return [
        Caller(
            f"{role}'s key for {' '.join(sorted(scopes))}",
            bearer_of_key(members[role], scopes),
            side.organization,
            role,
            scopes,
            user_id=members[role].user_id,
        )
        for role, scopes in kinds
    ]


def _dead_keys(side: Side, owner: Membership) -> list[Caller]:
    every = frozenset(Scope)
    suspended = _member(side, Role.OWNER)
    revoked = {"Authorization": f"Bearer {api_keys.write(new_id(), api_keys.new_secret())}"}
    callers = [
        Caller("expired key", bearer_of_key(owner, every, expires_at=now() - timedelta(seconds=1)), is_dead=True),
        Caller("suspended owner's key", bearer_of_key(suspended, every), is_dead=True),
        Caller("revoked key", revoked, is_dead=True),
    ]
    suspended.suspended_at = now()
    return callers


def _expired_bearer(owner: Membership, organization: Organization) -> dict[str, str]:
    life_s = settings.access_token_s
    settings.access_token_s = -60
    try:
        return bearer(owner.user, organization)
    finally:
        settings.access_token_s = life_s


def _private(side: Side, parameter: str, state: str, make: Maker, author: Membership) -> Target:
    row = make(side.organization)
    if hasattr(row, "author_id"):
        row.author_id = author.user_id
    for name in _TEXTS:
        if isinstance(getattr(row, name, None), str):
            word = unique("canary")
            setattr(row, name, word)
            side.canaries.add(word)
    side.canaries |= {str(row.id), *([row.slug] if hasattr(row, "slug") else [])}
    return Target(parameter, state, str(row.id), side.organization, is_open=False, author_id=author.user_id)

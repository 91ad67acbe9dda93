"""An organization's team: who works there, as what; and that it never is without an owner."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from app.access import owned_by
from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, NotFound, NotPermitted
from app.models import Invitation, Membership, User
from app.permissions import GRANTS, Action, Actor, Role
from app.services import audit_service, event_service, homes, organization_service, standing
from app.services.audit_service import Audited
from app.services.pages import Page, Position, fetch_page
from app.utils.times import now

_COLUMNS = (
    *(User.id, User.slug, User.name, User.email, User.avatar_url),
    *(Membership.role, Membership.suspended_at, Membership.created_at.label("joined_at")),
    Membership.created_at.label("sorted_at"),
)
_NOBODY: Final = "There is nobody of that id in the team."


def list_(actor: Actor, slug: str, position: Position) -> tuple[Actor, Page]:
    """The team, who joined last first; and the actor as a member of it."""
    member = standing.member_of(actor, slug)
    member.must(Action.SEE_TEAM)
    key = (Membership.created_at.expression, User.id.expression)
    with read_connection() as connection:
        return member, fetch_page(connection, _reading(member), position, key=key)


def change_role(actor: Actor, slug: str, user_id: UUID, role: Role) -> tuple[Actor, Record]:
    """Gives somebody another role: at most one's own, and only to people who do not stand above oneself.

    Raises `Conflict` (`last_owner`) if nobody would own the organization.
    """
    with transaction():
        member = standing.member_locked(actor, slug, Action.MANAGE_PEOPLE)
        row = _manageable(member, user_id)
        assert_not_above(member, role)
        before, row.role = row.role, role
        _assert_owner_left(member)
        _end_invitations_of(row, role)
        _note(member, Audited.ROLE_CHANGED, row, before={"role": before}, after={"role": role})
        return member, _get(member, user_id)


def suspend(actor: Actor, slug: str, user_id: UUID) -> tuple[Actor, Record]:
    """Takes all grants from somebody who stays in the team. Suspending twice changes nothing."""
    with transaction():
        member = standing.member_locked(actor, slug, Action.MANAGE_PEOPLE)
        row = _manageable(member, user_id)
        if user_id == member.user_id:
            raise Conflict("Nobody suspends themselves; leave instead.", code="yourself")
        if row.suspended_at is None:
            row.suspended_at = now()
            _assert_owner_left(member)
            _end_invitations_of(row, None)
            homes.settle(user_id)
            _note(member, Audited.SUSPENDED, row)
        return member, _get(member, user_id)


def unsuspend(actor: Actor, slug: str, user_id: UUID) -> tuple[Actor, Record]:
    """Gives somebody their role back."""
    with transaction():
        member = standing.member_locked(actor, slug, Action.MANAGE_PEOPLE)
        row = _manageable(member, user_id)
        if row.suspended_at is not None:
            row.suspended_at = None
            homes.settle(user_id)
            _note(member, Audited.UNSUSPENDED, row)
        return member, _get(member, user_id)


def remove(actor: Actor, slug: str, user_id: UUID) -> None:
    """Takes somebody out of the team. What they wrote stays the organization's."""
    with transaction():
        member = standing.member_locked(actor, slug, Action.MANAGE_PEOPLE)
        _take_out(member, _manageable(member, user_id), Audited.REMOVED)


def leave(actor: Actor, slug: str) -> tuple[Actor, Record]:
    """Ends one's own membership. Raises `Conflict` (`last_owner`)."""
    with transaction():
        member = standing.member_locked(actor, slug, Action.SEE_TEAM)
        _take_out(member, _row(member, member.user_id), Audited.LEFT)
        return standing.seen_by(actor, slug)


def transfer(actor: Actor, slug: str, user_id: UUID) -> tuple[Actor, Record]:
    """Makes somebody of the team an owner in the actor's place, who becomes an admin."""
    with transaction():
        member = standing.member_locked(actor, slug, Action.TRANSFER_ORGANIZATION)
        heir = _row(member, user_id)
        if user_id == member.user_id:
            raise Conflict("You own it already.", code="yourself")
        if heir.suspended_at is not None:
            raise Conflict("Somebody who is suspended cannot own an organization.", code="suspended")
        heir.role = Role.OWNER
        former = _row(member, member.user_id)
        former.role = Role.ADMIN
        _assert_owner_left(member)
        _end_invitations_of(former, former.role)
        _note(member, Audited.ORGANIZATION_TRANSFERRED, heir, after={"owner": str(user_id)})
        return standing.seen_by(actor, slug)


def leave_all(user_id: UUID) -> None:
    """Ends all memberships of an account that is to go, in the open transaction; organizations of one end with it.

    Raises `Conflict` (`last_owner`) where others would be left without an owner.
    """
    query = select(Membership.organization_id).where(Membership.user_id == user_id).order_by(Membership.organization_id)
    for organization_id in db.session.scalars(query).all():
        organization = standing.lock(organization_id)
        others = select(func.count()).where(owned_by(organization_id, Membership), Membership.user_id != user_id)
        if db.session.scalar(others) == 0:
            organization_service.begin_removal(organization, actor_id=user_id)
            continue
        member = Actor(user_id=user_id, organization_id=organization_id, organization_slug=organization.slug)
        _take_out(member, _row(member, user_id), Audited.LEFT)


def assert_not_above(member: Actor, role: Role) -> None:
    """Raises `NotPermitted` (`above_own_role`) for a role that is stronger than the member's own."""
    if member.role is None or role.is_above(member.role):
        raise NotPermitted(f"Your role ({member.role}) is below {role}.", code="above_own_role")


def tell(organization_id: UUID, user_id: UUID, *, role: Role | None, state: str) -> None:
    """Adds the event `team.changed` to the open transaction."""
    event_service.record(
        "team.changed",
        subject=f"user:{user_id}",
        scope=organization_id,
        organization_id=organization_id,
        data={"user_id": str(user_id), "role": role, "state": state},
    )


def _manageable(member: Actor, user_id: UUID) -> Membership:
    row = _row(member, user_id)
    assert_not_above(member, row.role)
    return row


def _row(member: Actor, user_id: UUID | None) -> Membership:
    query = select(Membership).where(owned_by(member.organization_id, Membership), Membership.user_id == user_id)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(_NOBODY)
    return row


def _take_out(member: Actor, row: Membership, action: Audited) -> None:
    db.session.delete(row)
    _assert_owner_left(member)
    _end_invitations_of(row, None)
    homes.settle(row.user_id)
    _note(member, action, row, before={"role": row.role})


def _end_invitations_of(row: Membership, role: Role | None) -> None:
    """What somebody has no right to give (any more), nobody may take up: their open invitations above it end."""
    ended = delete(Invitation).where(owned_by(row.organization_id, Invitation), Invitation.invited_by_id == row.user_id)
    if role is not None and Action.MANAGE_PEOPLE in GRANTS[role]:
        ended = ended.where(Invitation.role.in_([other for other in Role if other.is_above(role)]))
    db.session.execute(ended.execution_options(synchronize_session=False))


def _assert_owner_left(member: Actor) -> None:
    """The organization's row is locked, so that two who go at once are counted one after the other."""
    db.session.flush()
    query = select(Membership.id).join(User, User.id == Membership.user_id)
    owners = query.where(
        owned_by(member.organization_id, Membership),
        Membership.role == Role.OWNER,
        Membership.suspended_at.is_(None),
        User.disabled_at.is_(None),
    )
    if db.session.scalar(owners.limit(1)) is None:
        raise Conflict("An organization needs an owner: make somebody else one first.", code="last_owner")


def _note(
    member: Actor,
    action: Audited,
    row: Membership,
    *,
    before: audit_service.Facts | None = None,
    after: audit_service.Facts | None = None,
) -> None:
    audit_service.record_by(member, action, f"user:{row.user_id}", before=before, after=after)
    if action in {Audited.REMOVED, Audited.LEFT}:
        tell(row.organization_id, row.user_id, role=None, state="removed")
    else:
        tell(row.organization_id, row.user_id, role=row.role, state="suspended" if row.suspended_at else "active")


def _get(member: Actor, user_id: UUID) -> Record:
    with read_connection() as connection:
        row = connection.execute(_reading(member).where(User.id == user_id)).first()
    if row is None:
        raise NotFound(_NOBODY)
    return row


def _reading(member: Actor) -> Select[*tuple[Any, ...]]:
    joined = select(*_COLUMNS).select_from(Membership).join(User, User.id == Membership.user_id)
    return joined.where(owned_by(member.organization_id, Membership))

"""Invitations to an organization's team: by mail, for one address, usable once, for a week."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, select, update

from app.access import owned_by
from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, Gone, NotAuthenticated, NotFound, NotPermitted
from app.models import Invitation, Membership, Organization, User
from app.permissions import Action, Actor, Role
from app.services import audit_service, homes, mail_service, retention, standing, team_service, tokens
from app.services.audit_service import Audited
from app.services.mail_service import Letter, Message
from app.services.pages import Page, Position, fetch_page
from app.utils.times import in_words, now

LIFE: Final = timedelta(days=7)
SHOWN_FOR: Final = timedelta(days=30)
"""How long one that has expired stays in the list, where it can be sent again."""
PURPOSE: Final = "invitation"
_COLUMNS = (
    *(Invitation.id, Invitation.email, Invitation.role, Invitation.created_at, Invitation.expires_at),
    User.id.label("author_id"),
    User.slug.label("author_slug"),
    User.name.label("author_name"),
    User.avatar_url.label("author_avatar_url"),
)


def register() -> None:
    """Names the writer of the letter."""
    mail_service.composes(Letter.INVITATION, compose)


def invite(actor: Actor, slug: str, *, email: str, role: Role) -> Record:
    """Invites an address, by mail. Again ends the earlier invitation and sends a new link.

    Raises `NotPermitted` (`above_own_role`), `Conflict` (`already_member`).
    """
    address = email.lower()
    with transaction():
        member = standing.member_locked(actor, slug, Action.MANAGE_PEOPLE)
        team_service.assert_not_above(member, role)
        _assert_no_member(member, address)
        earlier = delete(Invitation).where(owned_by(member.organization_id, Invitation), Invitation.email == address)
        db.session.execute(earlier.execution_options(synchronize_session=False))
        invitation = Invitation(
            organization_id=standing.id_of(member),
            email=address,
            role=role,
            invited_by_id=member.user_id,
            expires_at=now() + LIFE,
        )
        db.session.add(invitation)
        db.session.flush()
        mail_service.queue(Letter.INVITATION, invitation.id, organization_id=invitation.organization_id)
        _audit(Audited.INVITED, member, invitation.id, {"email": address, "role": role})
        return _get(member, invitation.id)


def list_(actor: Actor, slug: str, position: Position) -> Page:
    """Invitations that nobody has accepted yet, newest first."""
    member = standing.member_of(actor, slug)
    member.must(Action.MANAGE_PEOPLE)
    query = _reading(member).add_columns(Invitation.created_at.label("sorted_at"))
    key = (Invitation.created_at.expression, Invitation.id.expression)
    with read_connection() as connection:
        return fetch_page(connection, query, position, key=key)


def revoke(actor: Actor, slug: str, invitation_id: UUID) -> None:
    """Takes an invitation back: its link ends at once. Raises `NotFound`."""
    with transaction():
        member = standing.member_locked(actor, slug, Action.MANAGE_PEOPLE)
        gone = delete(Invitation).where(Invitation.id == invitation_id, owned_by(member.organization_id, Invitation))
        returned = gone.returning(Invitation.email, Invitation.role)
        row = db.session.execute(returned.execution_options(synchronize_session=False)).first()
        if row is None:
            raise NotFound("There is no such invitation.")
        _audit(Audited.INVITATION_REVOKED, member, invitation_id, {"email": row.email, "role": row.role})


def accept(actor: Actor, token: str) -> tuple[Actor, Record]:
    """Joins the organization that the token's invitation is to; what `redeem` raises."""
    if actor.user_id is None:
        raise NotAuthenticated("Sign in first.")
    with transaction():
        organization = redeem(actor.user_id, token)
        return standing.seen_by(actor, organization.slug)


def assert_genuine(token: str) -> None:
    """Raises `Invalid` (`invalid_token`) for a token that we never wrote; says nothing of whether it still counts."""
    tokens.row_of_token(PURPOSE, token)


def redeem(user_id: UUID, token: str) -> Organization:
    """Uses an invitation up in the open transaction: one statement decides between any number of tries.

    The letter reached the address, so the account's address counts as confirmed. Raises `Invalid` (`invalid_token`),
    `Gone` (`token_spent`), `NotPermitted` (`wrong_account`), `Conflict` (`already_member`).
    """
    invitation_id = tokens.row_of_token(PURPOSE, token)
    organization = _organization_of(invitation_id)
    spent = delete(Invitation).where(Invitation.id == invitation_id, Invitation.expires_at > now())
    returned = spent.returning(Invitation.email, Invitation.role).execution_options(synchronize_session=False)
    invitation = db.session.execute(returned).first()
    if invitation is None:
        raise _spent()
    _assert_addressee(user_id, invitation.email)
    _join(user_id, organization, invitation.role)
    return organization


def compose(invitation_id: UUID) -> Message | None:
    """The letter to whom is invited; None when the invitation was used, revoked or has expired."""
    query = (
        select(Invitation.email, Invitation.role, Invitation.expires_at, Organization.name, User.name.label("inviter"))
        .join(Organization, Organization.id == Invitation.organization_id)
        .outerjoin(User, User.id == Invitation.invited_by_id)
        .where(Invitation.id == invitation_id, Invitation.expires_at > now(), Organization.deleted_at.is_(None))
    )
    with read_connection() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    values = {
        "inviter": row.inviter or row.name,
        "organization": row.name,
        "role": row.role,
        "until": in_words(row.expires_at),
        "link": mail_service.link("accept-invitation", tokens.derived_token(PURPOSE, invitation_id)),
    }
    return Message(row.email, values)


def forget_expired(check: Callable[[], None]) -> None:
    """Removes invitations that expired long ago."""
    retention.forget(Invitation, Invitation.expires_at < now() - SHOWN_FOR, check=check)


def _organization_of(invitation_id: UUID) -> Organization:
    """The organization, locked like for every change of a team."""
    organization_id = db.session.scalar(select(Invitation.organization_id).where(Invitation.id == invitation_id))
    if organization_id is None:
        raise _spent()
    return standing.lock(organization_id)


def _assert_addressee(user_id: UUID, email: str) -> None:
    own = db.session.scalar(select(User.email).where(User.id == user_id))
    if own != email:
        raise NotPermitted(
            "The invitation is for another e-mail address; sign in with the account that it was sent to.",
            code="wrong_account",
        )
    confirmed = update(User).where(User.id == user_id, User.email_verified_at.is_(None))
    db.session.execute(confirmed.values(email_verified_at=now()).execution_options(synchronize_session=False))


def _join(user_id: UUID, organization: Organization, role: Role) -> None:
    mine = select(Membership.id).where(owned_by(organization.id, Membership), Membership.user_id == user_id)
    if db.session.scalar(mine) is not None:
        raise _already_member()
    db.session.add(Membership(user_id=user_id, organization_id=organization.id, role=role))
    homes.settle(user_id)
    audit_service.record(
        Audited.JOINED,
        actor_id=user_id,
        organization_id=organization.id,
        subject=f"user:{user_id}",
        after={"role": role},
    )
    team_service.tell(organization.id, user_id, role=role, state="active")


def _assert_no_member(member: Actor, address: str) -> None:
    query = select(Membership.id).join(User, User.id == Membership.user_id)
    if db.session.scalar(query.where(owned_by(member.organization_id, Membership), User.email == address)):
        raise _already_member()


def _already_member() -> Conflict:
    return Conflict("This account is in the team already.", code="already_member")


def _spent() -> Gone:
    return Gone("The invitation was used, taken back, or its time is over; ask for a new one.", code="token_spent")


def _get(member: Actor, invitation_id: UUID) -> Record:
    with read_connection() as connection:
        return connection.execute(_reading(member).where(Invitation.id == invitation_id)).one()


def _reading(member: Actor) -> Select[*tuple[Any, ...]]:
    joined = select(*_COLUMNS).select_from(Invitation).outerjoin(User, User.id == Invitation.invited_by_id)
    return joined.where(owned_by(member.organization_id, Invitation))


def _audit(action: Audited, member: Actor, invitation_id: UUID, facts: audit_service.Facts) -> None:
    audit_service.record_by(member, action, f"invitation:{invitation_id}", after=facts)
